"""Which lines of Markdown are code: fenced and indented ones, also in lists and quotations.

Pure. Follows CommonMark 0.31 (sections 4.4, 4.5, 5.1, 5.2) as far as code depends on it; it parses nothing else.
"""

import re
from dataclasses import dataclass

INDENT = 4  # columns from which a line is code
MAX_CONTAINERS = 15  # nested quotations and list items; `markdown` nests lists no deeper
_QUOTE = 0  # a quotation among the widths of list items
_MARKER = re.compile(r"([-*+]|\d{1,9}[.)])([ ]+|\Z)")
_MARKER_IN_PARAGRAPH = re.compile(r"([-*+]|1[.)])([ ]+)(?=\S)")
_FENCE = re.compile(r"(`{3,})[^`]*\Z|(~{3,})")
_IS_PROSE = re.compile(r" {0,3}[^\s>*+`~#=_:0-9-]")  # no sign that begins or ends a block
_ENDS_PARAGRAPH = re.compile(r"#{1,6}(?:[ ]|\Z)|([-*_])[ ]*+(?:\1[ ]*+){2,}\Z|=+[ ]*\Z")


@dataclass(frozen=True, slots=True)
class _Fence:
    """An open fence: its character, its length, and the number of containers around it."""

    character: str
    length: int
    depth: int

    def is_closed_by(self, line: str) -> bool:
        """Return True if a line has nothing but at least as many of the fence's characters."""
        marks = line.strip(" ")
        return _width_of_blanks(line) < INDENT and len(marks) >= self.length and not marks.strip(self.character)


class Blocks:
    """The blocks that are open while a text is read line by line: a fence, containers, a paragraph."""

    def __init__(self) -> None:
        self._fence: _Fence | None = None
        self._containers: list[int] = []  # _QUOTE, or the width of a list item's indentation
        self._in_paragraph = False

    @property
    def in_fence(self) -> bool:
        """Return True if a fence is open after the last line."""
        return self._fence is not None

    def is_code(self, line: str) -> bool:
        """Return True if the next line, without its line end, is code or the line of a fence."""
        if not line.strip(" \t"):
            return self._read_blank_line()
        if not (self._containers or self._fence) and _IS_PROSE.match(line):  # most lines, in a fifth of the time
            self._in_paragraph = True
            return False
        depth, rest = self._continue_containers(line.expandtabs(INDENT))
        if self._fence and depth >= self._fence.depth:
            self._fence = None if self._fence.is_closed_by(rest) else self._fence
            return True
        self._fence = None
        if depth < len(self._containers) and self._is_lazy(rest):
            return False
        self._in_paragraph = self._in_paragraph and depth == len(self._containers)
        del self._containers[depth:]
        return self._opens_code(self._open_containers(rest))

    def _continue_containers(self, line: str) -> tuple[int, str]:
        """Return the number of open containers that a line continues, and the rest of the line in them."""
        for depth, width in enumerate(self._containers):
            blanks = _width_of_blanks(line)
            if blanks == len(line):  # a blank line continues every list item
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

    def _read_blank_line(self) -> bool:
        """Close what a blank line ends: quotations and paragraphs; return True if it is in a fence."""
        if _QUOTE in self._containers:
            del self._containers[self._containers.index(_QUOTE) :]
        self._in_paragraph = False
        if self._fence and len(self._containers) < self._fence.depth:
            self._fence = None
        return self._fence is not None

    def _next_quote(self, depth: int) -> int:
        quotes = (at for at in range(depth, len(self._containers)) if self._containers[at] == _QUOTE)
        return next(quotes, len(self._containers))

    def _is_lazy(self, line: str) -> bool:
        """Return True if a line continues the open paragraph without the markers of its containers (section 5.1)."""
        content = line.strip(" ")
        if not self._in_paragraph or not content:
            return False
        if _width_of_blanks(line) >= INDENT:
            return True
        return not any(
            (content.startswith(">"), _MARKER.match(content), _FENCE.match(content), _ENDS_PARAGRAPH.match(content))
        )

    def _open_containers(self, line: str) -> str:
        """Open the containers that begin in a line, and return the rest of the line in the last."""
        while len(self._containers) < MAX_CONTAINERS:
            blanks = _width_of_blanks(line)
            content = line[blanks:]
            if blanks >= INDENT:
                break
            if content.startswith(">"):
                self._containers.append(_QUOTE)
                line = _after_quote(line, blanks)
            elif (marker := self._marker_of(content)) and not _ENDS_PARAGRAPH.match(
                content
            ):  # `* * *` is a thematic break
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
