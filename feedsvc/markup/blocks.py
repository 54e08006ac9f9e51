"""Which lines of Markdown are code: fences and indented lines, within lists and quotations too.

Pure; as far as CommonMark 0.31 (sections 4.4, 4.5, 5.1, 5.2) needs to be known to tell code from text.
"""

import re
from dataclasses import dataclass

INDENT = 4  # columns from which a line is code
MAX_ITEMS = 10  # list items that one line may open
_QUOTE = re.compile(r"(?: {0,3}>[ ]?)+")
_MARKER = re.compile(r"([-*+]|\d{1,9}[.)])([ \t]+|\Z)")
_FENCE = re.compile(r"(`{3,})[^`]*\Z|(~{3,})")
_BLANKS = re.compile(r"[ \t]*")
_ENDS_PARAGRAPH = re.compile(r"#{1,6}(?:[ \t]|\Z)|(?:[-*_=][ \t]*+){3,}\Z")


@dataclass(frozen=True, slots=True)
class _Fence:
    """A fence that is open: its sign, its length, and where it stands."""

    sign: str
    length: int
    depth: int
    column: int

    def is_closed_by(self, line: str) -> bool:
        marks = line.strip(" \t")
        return len(marks) >= self.length and not marks.strip(self.sign)


class Blocks:
    """Told line after line; holds what is open: a fence, quotations, list items, a paragraph."""

    def __init__(self) -> None:
        self._fence: _Fence | None = None
        self._depth = 0  # of quotations
        self._items: list[int] = []  # the columns at which the contents of list items begin
        self._in_paragraph = False

    def is_code(self, line: str) -> bool:
        """Return True if a line, without its end, is code or one of a fence."""
        quote = _QUOTE.match(line)
        depth, rest = (quote[0].count(">"), line[quote.end() :]) if quote else (0, line)
        if not rest.strip(" \t"):
            self._fence = self._fence if self._fence and depth >= self._fence.depth else None
            self._in_paragraph = False
            return self._fence is not None
        blanks = _BLANKS.match(rest)
        column = len(blanks[0].expandtabs(INDENT)) if blanks else 0
        return self._goes_on_in_fence(rest, depth, column) or self._opens_code(rest.strip(" \t"), depth, column)

    def _goes_on_in_fence(self, line: str, depth: int, column: int) -> bool:
        fence = self._fence
        if fence is None:
            return False
        if depth < fence.depth or column < fence.column:  # its quotation or list item has ended
            self._fence = None
            return False
        if column - fence.column < INDENT and fence.is_closed_by(line):
            self._fence = None
        return True

    def _opens_code(self, content: str, depth: int, column: int) -> bool:
        self._enter(content, depth, column)
        column -= self._items[-1] if self._items else 0
        if column >= INDENT:
            return not self._in_paragraph
        content = self._enter_items(content, column + (self._items[-1] if self._items else 0))
        if fence := _FENCE.match(content):
            marks = fence[1] or fence[2]
            self._fence = _Fence(marks[0], len(marks), depth, self._items[-1] if self._items else 0)
            self._in_paragraph = False
            return True
        self._in_paragraph = bool(content) and not _ENDS_PARAGRAPH.match(content)
        return False

    def _enter(self, content: str, depth: int, column: int) -> None:
        """Leave the list items and the paragraph that a line is not in."""
        if depth != self._depth and (depth > self._depth or not self._in_paragraph):
            self._items, self._depth = [], depth
            self._in_paragraph = False
        if self._in_paragraph and not _MARKER.match(content) and not _FENCE.match(content):
            return  # it goes on, however far out a line begins
        while self._items and column < self._items[-1]:
            self._items.pop()

    def _enter_items(self, content: str, column: int) -> str:
        """Enter the list items that a line opens at a column, and return what is in the last."""
        if _ENDS_PARAGRAPH.match(content):  # `* * *` is a rule
            return content
        for _ in range(MAX_ITEMS):
            marker = _MARKER.match(content)
            if not marker:
                break
            blanks = len(marker[2].expandtabs(INDENT))
            column += len(marker[1]) + (blanks if 0 < blanks <= INDENT else 1)
            self._items.append(column)
            content = content[marker.end() :]
        return content
