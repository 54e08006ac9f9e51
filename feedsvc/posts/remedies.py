"""What to do about front matter that cannot be read: parsers say what they met, not what the author did. Pure."""

import re
from collections.abc import Iterable

NEVER_CLOSED = "a quote is opened and never closed"
NAME_VALUE = "write each line as `name: value`"
SAVE_AS_UTF_8 = "save it as UTF-8"
_PLACEHOLDER = "a template's placeholder: put it in quotes or fill it in"
_QUOTES = "put the value in quotes"
_DOUBLED = "write \\\\ for a \\, or use single quotes"
_SPACES = "indent with spaces"
_INDENTATION = "mind the indentation"
_COMMA = "put a comma between values"
_LAST_COMMA = "no comma belongs before a bracket that closes"
_SEEN = 500  # characters of a line that are looked at, for some are as long as the front matter
_AROUND = 50  # characters on each side of a fault in JSON

_Remedies = tuple[tuple[str, re.Pattern[str], str], ...]


def _table(rows: Iterable[tuple[str, str, str]]) -> _Remedies:
    return tuple((problem, re.compile(text), remedy) for problem, text, remedy in rows)


# The start of libyaml's message, what the line must be like as far as the place of the fault, and the remedy.
_YAML = _table(
    (
        ("found unhashable key", r"\{\{", _PLACEHOLDER),
        ("found character that cannot start any token", r"\{%$", _PLACEHOLDER),
        ("found character that cannot start any token", r"\t$", _SPACES),
        ("found character that cannot start any token", "", _QUOTES),
        ("found a tab character", "", _SPACES),
        ("did not find expected key", r"^[^:]*:\s*\{\{", _PLACEHOLDER),
        ("did not find expected key", "[\"']", "a quote is not closed, or one within the text needs a \\ before it"),
        ("did not find expected key", r"^[^:]*:\s+[\[{]", _QUOTES),
        ("did not find expected comment or line break", "", _QUOTES),
        ("did not find expected <document start>", "", "begin all names in the same column"),
        ("did not find expected ',' or ']'", "", "a [ is opened and never closed"),
        ("did not find expected ',' or '}'", "", "a { is opened and never closed"),
        ("could not find expected ':'", "", NAME_VALUE),
        ("could not determine a constructor for the tag '!", r"^[^:]*:\s+!$", _QUOTES),
        ("mapping values are not allowed", r"^[^:]*:\s.*:$", _QUOTES),
        ("mapping values are not allowed", "", _INDENTATION),
        ("block sequence entries are not allowed", r"^[^:]*:\s+-$", _QUOTES),
        ("did not find expected alphabetic or numeric", r"[*&][^\s*&]*.$", _QUOTES),
        ("found undefined alias", "", _QUOTES),
        ("found unknown escape character", "", _DOUBLED),
        ("did not find expected hexdecimal number", "", _DOUBLED),
    )
)

# The start of tomllib's message, what the whole line must be like, and the remedy.
_TOML = _table(
    (
        ("", r"=\s*\[?\s*[“”„‘’]", "write straight quotes, \" or '"),
        ("", r"=\s*\d{1,4}[-/.]\d{1,2}[-/.]\d", "write a date as 2024-05-01"),
        ("Invalid value", r"=\s*\w", _QUOTES),
        ("Invalid value", r"=\s*$", _QUOTES),
        ("Expected '=' after a key", "[:：]", "write each line as `name = value`"),
        ("Unclosed array", r"[\"']\s+[\"']", _COMMA),
        ("Expected newline", "[\"']", "a quote is not closed, or one within the text needs other quotes around it"),
        ("Illegal character '\\n'", "", NEVER_CLOSED),
        ("Unescaped '\\'", "", _DOUBLED),
        ("Invalid hex value", "", _DOUBLED),
        ("Invalid statement", r"^\s*[^\s=\[\"']+\s*=", "put the name in quotes"),
        ("Cannot overwrite a value", "", "the name is used twice: keep one of them"),
    )
)

# The start of json's message, what the text around the place of the fault must be like, and the remedy.
_JSON = _table(
    (
        ("", "^[^|]*\\|[“”„]", 'write straight quotes, "'),
        ("", r",\s*\|\s*[\]}]", _LAST_COMMA),
        ("", r"\|,\s*[\]}]", _LAST_COMMA),
        ("Expecting value", r"\|\w", "put the value in double quotes"),
        ("Expecting ',' delimiter", r'\|"', _COMMA),
    )
)


def with_remedy(problem: str, remedy: str) -> str:
    """Return a problem with what to do about it, if that is known."""
    return f"{problem}: {remedy}" if remedy else problem


def find_yaml_remedy(problem: str, text: str, place: int) -> str:
    """Return what to do about a fault at a place of a YAML text, "" if that is not known."""
    return _find(_YAML, problem, text[: place + 1].rpartition("\n")[2][:_SEEN])


def find_toml_remedy(problem: str, line: str) -> str:
    """Return what to do about a fault in a line of TOML, "" if that is not known."""
    return _find(_TOML, problem, line[:_SEEN])


def find_json_remedy(problem: str, text: str, place: int) -> str:
    """Return what to do about a fault at a place of a JSON text, "" if that is not known."""
    before = text[max(0, place - _AROUND) : place].replace("|", " ")
    return _find(_JSON, problem, f"{before}|{text[place : place + _AROUND]}")


def _find(remedies: _Remedies, problem: str, text: str) -> str:
    return next(
        (remedy for start, is_like, remedy in remedies if problem.startswith(start) and is_like.search(text)), ""
    )
