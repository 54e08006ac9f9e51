"""Code within a paragraph, between runs of backticks of one length: https://spec.commonmark.org/0.31.2/#code-spans.

Pure, linear time.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from feedsvc.markup.spans import Finder

MAX_RUNS = 50_000  # of backticks in a text; later ones are text
MAX_PARTS = 100
"""Of a span of code as `between_backticks` has it: each a line break, backticks, or up to 100 characters between."""
_RUN = re.compile("`+")
_RUN_OR_ESCAPE = re.compile(r"\\[`\\]|(`+)")
# A blank line, and what begins another block: a fence, an item of a list, a heading, a row of a table.
_END_OF_PARAGRAPH = re.compile(r"\n[ \t>]*(?:\n|\Z|```|~~~|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}(?:\s|\Z)|\|)|\Z")


class CodeSpans:
    """The spans of code in one text."""

    def __init__(self, text: str, finder: Finder) -> None:
        self._text, self._finder = text, finder
        self._starts: dict[int, list[int]] = {}  # of all runs, by their lengths

    def end_of(self, start: int, end: int) -> int:
        """Return the end of the code that a run of backticks opens; 0 if it opens none."""
        if not self._starts:
            for run in islice(_RUN.finditer(self._text), MAX_RUNS):
                self._starts.setdefault(len(run[0]), []).append(run.start())
        length = end - start
        starts = self._starts.get(length, [])
        index = bisect_right(starts, start)
        if index < len(starts) and starts[index] < self._finder.span_after(_END_OF_PARAGRAPH, end)[0]:
            return starts[index] + length
        return 0


def between_backticks(line_break: str = "") -> str:
    """Return an expression for code between two runs of backticks, the group `ticks`; `line_break` is one within it."""
    part = r"[^`\n]{1,100}+|(?!(?P=ticks)(?!`))`++" + (line_break and f"|{line_break}")
    return rf"(?<!`)(?P<ticks>`++)(?:{part}){{1,{MAX_PARTS}}}+(?P=ticks)(?!`)"


CODE = rf"^[ \t]*(?P<fence>`{{3,}}|~{{3,}}).*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)|{between_backticks()}"
"""An expression for code between fences, also of one that is never closed, or backticks: MULTILINE and DOTALL."""


def find_code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each span of code in Markdown that has no other code."""
    spans, position = CodeSpans(text, Finder(text)), 0
    for run in _RUN_OR_ESCAPE.finditer(text):
        if run[1] and run.start() >= position and (end := spans.end_of(*run.span())):
            yield run.start(), end
            position = end
