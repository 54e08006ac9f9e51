"""Which lines of Markdown are code: fences and indented lines, within lists and quotations too.

Pure; as far as CommonMark 0.31 (sections 4.4, 4.5, 5.1, 5.2) needs to be known to tell code from text.
"""

import re
from dataclasses import dataclass

INDENT = 4  # columns from which a line is code
MAX_CONTAINERS = 15  # quotations and list items within each other; `markup` reads lists no deeper
_QUOTE = 0  # stands among the widths of list items
_MARKER = re.compile(r"([-*+]|\d{1,9}[.)])([ ]+|\Z)")
_MARKER_IN_PARAGRAPH = re.compile(r"([-*+]|1[.)])([ ]+)(?=\S)")
_FENCE = re.compile(r"(`{3,})[^`]*\Z|(~{3,})")
_ENDS_PARAGRAPH = re.compile(r"#{1,6}(?:[ ]|\Z)|([-*_])[ ]*+(?:\1[ ]*+){2,}\Z|=+[ ]*\Z")


@dataclass(frozen=True, slots=True)
class _Fence:
    """A fence that is open: its sign, its length, and how many containers it is in."""

    sign: str
    length: int
    depth: int

    def is_closed_by(self, line: str) -> bool:
        marks = line.strip(" ")
        return _width_of_blanks(line) < INDENT and len(marks) >= self.length and not marks.strip(self.sign)


class Blocks:
    """Told line after line; holds what is open: a fence, quotations and list items, a paragraph."""

    def __init__(self) -> None:
        self._fence: _Fence | None = None
        self._containers: list[int] = []  # of a list item how many columns its lines are indented, or _QUOTE
        self._in_paragraph = False

    def is_code(self, line: str) -> bool:
        """Return True if a line, without its end, is code or one of a fence."""
        if not line.strip(" \t"):
            return self._goes_on_blank()
        depth, rest = self._leave(line.expandtabs(INDENT))
        if self._fence and depth >= self._fence.depth:
            self._fence = None if self._fence.is_closed_by(rest) else self._fence
            return True
        self._fence = None
        if depth < len(self._containers) and self._goes_on_lazily(rest):
            return False
        self._in_paragraph = self._in_paragraph and depth == len(self._containers)
        del self._containers[depth:]
        return self._opens_code(self._enter(rest))

    def _leave(self, line: str) -> tuple[int, str]:
        """Return how many of the open containers a line is in, and what it holds there."""
        for depth, width in enumerate(self._containers):
            blanks = _width_of_blanks(line)
            if blanks == len(line):  # a blank line is in all items
                return self._next_quote(depth), line
            if width == _QUOTE:
                if blanks >= INDENT or not line.startswith(">", blanks):
                    return depth, line
                line = _after_quote(line, blanks)
            elif blanks >= width:
                line = line[width:]
            else:
                return depth, line
        return len(self._containers), line

    def _goes_on_blank(self) -> bool:
        """Take a blank line, which ends quotations and paragraphs; return True if it is in a fence."""
        if _QUOTE in self._containers:
            del self._containers[self._containers.index(_QUOTE) :]
        self._in_paragraph = False
        if self._fence and len(self._containers) < self._fence.depth:
            self._fence = None
        return self._fence is not None

    def _next_quote(self, depth: int) -> int:
        quotes = (at for at in range(depth, len(self._containers)) if self._containers[at] == _QUOTE)
        return next(quotes, len(self._containers))

    def _goes_on_lazily(self, line: str) -> bool:
        """Return True if a line that is not in all containers goes on with the paragraph in them."""
        content = line.strip(" ")
        if not self._in_paragraph or not content:
            return False
        if _width_of_blanks(line) >= INDENT:
            return True
        return not any(
            (content.startswith(">"), _MARKER.match(content), _FENCE.match(content), _ENDS_PARAGRAPH.match(content))
        )

    def _enter(self, line: str) -> str:
        """Enter the quotations and list items that a line opens, and return what is in the last."""
        while len(self._containers) < MAX_CONTAINERS:
            blanks = _width_of_blanks(line)
            content = line[blanks:]
            if blanks >= INDENT:
                break
            if content.startswith(">"):
                self._containers.append(_QUOTE)
                line = _after_quote(line, blanks)
            elif (marker := self._marker_of(content)) and not _ENDS_PARAGRAPH.match(content):  # `* * *` is a rule
                width = len(marker[1]) + (len(marker[2]) if 0 < len(marker[2]) <= INDENT else 1)
                self._containers.append(blanks + width)
                line = content[width:]
            else:
                break
            self._in_paragraph = False
        return line

    def _marker_of(self, content: str) -> re.Match[str] | None:
        return (_MARKER_IN_PARAGRAPH if self._in_paragraph else _MARKER).match(content)

    def _opens_code(self, line: str) -> bool:
        content = line.strip(" ")
        if _width_of_blanks(line) >= INDENT and content:
            return not self._in_paragraph
        if fence := _FENCE.match(content):
            marks = fence[1] or fence[2]
            self._fence = _Fence(marks[0], len(marks), len(self._containers))
            self._in_paragraph = False
            return True
        self._in_paragraph = bool(content) and not _ENDS_PARAGRAPH.match(content)
        return False


def _width_of_blanks(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _after_quote(line: str, blanks: int) -> str:
    start = blanks + 1
    return line[start + 1 :] if line.startswith(" ", start) else line[start:]
