"""What to do about YAML that cannot be read: libyaml's words say what the parser met, not what the author did. Pure."""

import re

NEVER_CLOSED = "a quote is opened and never closed"
_PLACEHOLDER = "a template's placeholder: put it in quotes or fill it in"
_QUOTES = "put the value in quotes"
_SEEN = 500  # characters of a line that are looked at, for some are as long as the front matter

# The start of libyaml's message, what the line must be like as far as the place of the fault, and the remedy.
_REMEDIES = tuple(
    (problem, re.compile(line), remedy)
    for problem, line, remedy in (
        ("found unhashable key", r"\{\{", _PLACEHOLDER),
        ("found character that cannot start any token", r"\{%$", _PLACEHOLDER),
        ("found character that cannot start any token", r"\t$", "indent with spaces"),
        ("found character that cannot start any token", "", _QUOTES),
        ("did not find expected key", r"^[^:]*:\s*\{\{", _PLACEHOLDER),
        ("did not find expected key", "[\"']", "a quote is not closed, or one within the text needs a \\ before it"),
        ("mapping values are not allowed", r"^[^:]*:\s.*:$", _QUOTES),
        ("mapping values are not allowed", "", "mind the indentation"),
        ("block sequence entries are not allowed", r"^[^:]*:\s+-$", _QUOTES),
        ("did not find expected alphabetic or numeric", r"[*&][^\s*&]*.$", _QUOTES),
        ("found undefined alias", "", _QUOTES),
        ("found unknown escape character", "", "write \\\\ for a \\, or use single quotes"),
        ("did not find expected hexdecimal number", "", "write \\\\ for a \\, or use single quotes"),
    )
)


def find_remedy(problem: str, text: str, place: int) -> str:
    """Return what to do about a fault at a place of a YAML text, "" if that is not known."""
    line = text[: place + 1].rpartition("\n")[2][:_SEEN]
    return next(
        (remedy for start, is_like, remedy in _REMEDIES if problem.startswith(start) and is_like.search(line)), ""
    )
