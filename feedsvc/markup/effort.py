"""How long markdown-it takes for a text, estimated by its signs, before it is parsed.

Pure, linear time. Its parser stops at every sign that may begin something, and tries each of its rules there.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

MAX_MARKS = 120_000
"""Signs of a Markdown body, weighted by the time they take; a body with more is shown as plain text."""
MAX_PARAGRAPHS = 10_000
"""Blank lines of a Markdown body; one with more is shown as one paragraph, as cleaning would drop so many tags."""

_MARKS_PER_CHARACTER = 16  # at most, but for cells of tables
_TABLE = 20  # a line below a table's head
_CELL = 6  # a cell of a table: a row has as many as the line below the head, whatever is written in it
_QUOTED = 1  # a line in a quotation, for each `>` of its first line: later lines need none
_SIGNS: tuple[tuple[int, str], ...] = ((1, "\n:@[^|"), (2, "!\\]{"), (3, "=$*_~<&"))
_WEIGHTS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"@(?=\w)")),  # of an address: the text behind it is looked at once more
    (1, re.compile(r"(?<![*_~])[*_~](?![*_~])")),  # alone, so that there are more of them to be paired
    (16, re.compile(r"`{50}|[ \t]{50}")),  # read one by one
    (3, re.compile(r"`+")),
    (5, re.compile(r"\{(?=[{%])")),
    (2, re.compile(r"\n(?!\n)")),
    (2, re.compile(r"^[ \t>]*+[-*+_\d]", re.MULTILINE)),  # is it an item, or a line across the page?
    (8, re.compile(r"\[")),
    (11, re.compile(r"^[ \t>]*+(?:[-*+:]|\d{1,9}[.)])(?=\s)", re.MULTILINE)),
    (8, re.compile(r"^[ \t>]*+#{1,6}[ \t]", re.MULTILINE)),
    (16, re.compile(r"^[ \t>]*+(?:!!!|\?\?\?|:::)", re.MULTILINE)),
    (12, re.compile(r"!(?=\[)|^[ \t>]*+\$\$", re.MULTILINE)),
    (24, re.compile(r"\^(?=\[)")),
    (16, re.compile(r"\[\^")),
    (12, re.compile(r"\]\(|<(?=[a-zA-Z][\w.+-]{0,40}[:@])")),
)
_DEEP_QUOTATION = re.compile(r"^[ \t]*+(?:>[ \t]*+){4,}", re.MULTILINE)
_BELOW_HEAD = re.compile(r"^[ \t|:>]*+-[ \t|:>-]*$", re.MULTILINE)


@lru_cache(1)  # asked for a body before its templates are shown and when it is made HTML
def is_too_much(text: str) -> bool:
    """Return True if a text has more than MAX_MARKS or MAX_PARAGRAPHS; a short one without tables is not searched."""
    if text.count("\n\n") >= MAX_PARAGRAPHS:
        return True
    return (len(text) * _MARKS_PER_CHARACTER > MAX_MARKS or "|" in text) and weigh(text) > MAX_MARKS


def weigh(text: str) -> int:
    """Return the weighted number of a text's signs; beyond MAX_MARKS only so much that it is more."""
    marks = sum(weight * sum(map(text.count, signs)) for weight, signs in _SIGNS)
    for weight, pattern in _WEIGHTS:
        if marks > MAX_MARKS:
            return marks
        marks += weight * len(pattern.findall(text))
    for weight, line in _find_heads(text):
        if marks > MAX_MARKS:
            return marks
        end = text.find("\n\n", line.end())
        rows = text.count("\n", line.end(), len(text) if end < 0 else end)
        marks += _TABLE + weight * rows
    return marks


def _find_heads(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield what each line below costs, and the first lines: of tables and deep quotations."""
    for line in _DEEP_QUOTATION.finditer(text):
        yield _QUOTED * line[0].count(">"), line
    for line in _BELOW_HEAD.finditer(text):
        yield _CELL * line[0].count("|"), line
