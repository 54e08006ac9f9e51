"""Search a text for many patterns in linear time, and cut spans out of it. Pure."""

import re
from collections.abc import Iterable

MAX_PREFIX = 100  # characters of blanks and quotation marks before the content of a line
REST_OF_LINE = re.compile(r"[ \t]*(?:\n|\Z)")


def cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a text without spans, which may overlap."""
    parts: list[str] = []
    position = 0
    for start, end in sorted(spans):
        parts.append(text[position:start])  # empty where one span is in another
        position = max(position, end)
    return "".join(parts) + text[position:]


class Finder:
    """Finds patterns in one text; keeps what was found, so that all searches together take linear time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[re.Pattern[str], tuple[int, int] | None] = {}  # the span found last, None for none

    def end_of_line(self, position: int) -> int:
        """Return the position of the next line feed, or of the end of the text."""
        end = self._text.find("\n", position)
        return len(self._text) if end < 0 else end

    def span_after(self, pattern: re.Pattern[str], position: int) -> tuple[int, int]:
        """Return the span of the next match of a pattern, (0, 0) if there is none."""
        if pattern in self._next:
            known = self._next[pattern]
            if known is None or known[0] >= position:
                return known or (0, 0)
        found = pattern.search(self._text, position)
        self._next[pattern] = found.span() if found else None
        return found.span() if found else (0, 0)

    def end_of_pair(self, pattern: re.Pattern[str], position: int) -> int:
        """Return the end of the closing tag of a pair that may be nested; 0 if there is none.

        The first group of the pattern is in closing tags alone. If more tags are opened than closed, the last closing
        tag counts.
        """
        if self._next.get(pattern, (0, 0)) is None:
            return 0
        depth, last = 1, 0
        for tag in pattern.finditer(self._text, position):
            depth += -1 if tag[1] else 1
            last = tag.end() if tag[1] else last
            if not depth:
                return last
        self._next[pattern] = None
        return last


class Cuts:
    """The spans of a text that are hidden, and hints about what is never closed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: list[tuple[int, int]] = []
        self.hints: dict[str, str] = {}  # by what is opened: one hint for each

    def rest(self) -> str:
        """Return the text without the hidden spans."""
        return cut(self._text, self._spans)

    def hide(self, start: int, end: int) -> int:
        """Hide a span, with its whole line if there is nothing else on it; return its end."""
        rest = REST_OF_LINE.match(self._text, end)
        line = self._text.rfind("\n", max(0, start - MAX_PREFIX), start) + 1
        alone = rest and (line or start < MAX_PREFIX) and not self._text[line:start].strip(" \t>")
        self._spans.append((line, rest.end()) if rest and alone else (start, end))
        return end

    def hide_rest(self, start: int, name: str) -> int:
        """Hide a comment that is never closed, to the end of the text, with a hint; return that end."""
        self.hint(name, start, "the rest is left out")
        self._spans.append((start, len(self._text)))
        return len(self._text)

    def hint(self, name: str, position: int, effect: str) -> None:
        """Add a hint about a comment that is opened at a position and never closed."""
        if name not in self.hints:
            line = self._text.count("\n", 0, position) + 1
            self.hints[name] = f"{name}: opened in line {line:,} of the body and never closed: {effect}"
