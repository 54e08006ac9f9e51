"""How long markdown-it takes for a text, estimated by its signs, before it is parsed.

Pure, linear time. Its parser stops at every sign that may begin something, and tries each of its rules there.
"""

import re

MAX_MARKS = 150_000
"""Signs of a Markdown body, weighted by the time they take; a body with more is shown as plain text."""

_MARKS_PER_CHARACTER = 16  # at most, but for cells of tables
_TABLE = 20  # a line below a table's head
_CELL = 4  # a cell of a table: a row has as many as the line below the head, whatever is written in it
_SIGNS: tuple[tuple[int, str], ...] = ((1, "\n!#%+:=>@[\\]^{|}-"), (3, "$*_~<&"))
_WEIGHTS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"@(?=\w)")),  # of an address: the text behind it is looked at once more
    (1, re.compile(r"(?<![*_~])[*_~](?![*_~])")),  # alone, so that there are more of them to be paired
    (3, re.compile(r"`+")),
    (4, re.compile(r"\n(?!\n)")),
    (8, re.compile(r"\[")),
    (8, re.compile(r"^[ \t>]*(?:[-*+:]|\d{1,9}[.)])(?=\s)", re.MULTILINE)),
    (12, re.compile(r"!(?=\[)|^[ \t>]*\$\$", re.MULTILINE)),
    (24, re.compile(r"\^(?=\[)")),
    (12, re.compile(r"\]\(|<(?=[a-zA-Z][\w.+-]{0,40}[:@])")),
)
_BELOW_HEAD = re.compile(r"^[ \t|:>]*-[ \t|:>-]*$", re.MULTILINE)


def is_too_much(text: str) -> bool:
    """Return True if a text has more than MAX_MARKS; a short one without tables, as most are, is not searched."""
    return (len(text) * _MARKS_PER_CHARACTER > MAX_MARKS or "|" in text) and weigh(text) > MAX_MARKS


def weigh(text: str) -> int:
    """Return the weighted number of a text's signs; beyond MAX_MARKS only so much that it is more."""
    marks = sum(weight * sum(map(text.count, signs)) for weight, signs in _SIGNS)
    for weight, pattern in _WEIGHTS:
        if marks > MAX_MARKS:
            return marks
        marks += weight * len(pattern.findall(text))
    for line in _BELOW_HEAD.finditer(text):
        if marks > MAX_MARKS:
            return marks
        end = text.find("\n\n", line.end())
        rows = text.count("\n", line.end(), len(text) if end < 0 else end)
        marks += _TABLE + _CELL * rows * line[0].count("|")
    return marks
