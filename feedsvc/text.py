"""Plain text and names: legal in XML, HTML and JSON, on one line, cut between words. Pure."""

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from html import unescape
from html.entities import html5
from itertools import pairwise
from typing import Any, TypeVar

T = TypeVar("T")

# Not characters of XML 1.0 (https://www.w3.org/TR/xml/#charsets): C0 controls, surrogates, U+FFFE, U+FFFF.
ILLEGAL = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"  # for a regular expression's class
# Never intended: DEL, C1 controls, and U+FFFD, which marks text that was decoded wrongly.
UNWANTED = re.compile(f"[{ILLEGAL}\x7f-\x9f\ufffd]")
_HALF_PAIR = re.compile(r"(\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\[^u])|\\u[dD][89a-fA-F]..")
_LINE_END = re.compile("\r\n?")
_BLANKS = re.compile("[\t\n ]+")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_JOINERS = "\u200c\u200d"  # they build emoji and shape Persian and Indic words
# A flag of a region, an emoji_tag_sequence of https://www.unicode.org/reports/tr51/; elsewhere these are invisible.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,16}\U000e007f")
_REFERENCE = re.compile("&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
_STOPS = " 　.,:;!?。，、：；！？…"
_NOT_IN_ANCHORS = re.compile(r"[^\w -]")


def make_legal(value: T) -> T:
    """Return a string, or a tuple or dataclass with all the strings in it, without unwanted characters.

    Line ends become line feeds, as any XML parser would make them: https://www.w3.org/TR/xml/#sec-line-ends.
    """
    legal: Any = value
    match value:
        case Enum():
            pass
        case str():
            legal = UNWANTED.sub("", value)
            legal = _LINE_END.sub("\n", legal) if "\r" in legal else legal
        case tuple():
            legal = tuple(map(make_legal, value))
        case _ if is_dataclass(value) and not isinstance(value, type):
            members = [(name, getattr(value, name)) for name in _names_of(type(value))]
            changed = {name: made for name, member in members if (made := make_legal(member)) != member}
            legal = replace(value, **changed) if changed else value
    result: T = legal
    return result


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def drop_half_pairs(json: str) -> str:
    """Return JSON without escapes for half of a surrogate pair: no encoding can write it (RFC 8259 section 8.2).

    Programs that cut a text after so many UTF-16 units leave one of an emoji.
    """
    return _HALF_PAIR.sub(lambda found: found[1] or "", json)


def join_words(text: str) -> str:
    """Return the words of a text with single blanks between them."""
    return " ".join(text.split())


def to_line(text: str) -> str:
    """Join the lines of a text by single spaces; wide spaces such as U+3000 stay."""
    return _BLANKS.sub(" ", text).strip()


def to_printable(line: str) -> str:
    """Escape characters that cannot be printed, so that no file name can forge a line of a log."""
    return line if line.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


def shorten(text: str, width: int) -> str:
    """Cut a text to at most `width` characters and an ellipsis, between words if there are spaces."""
    line = to_line(text)
    if len(line) <= width:
        return line
    head = line[: width + 1].rpartition(" ")[0] or line[:width]
    return f"{head.rstrip(_STOPS)}…"


def decode_references(text: str) -> str:
    """Return a text with HTML's character references decoded; what only looks like one (`AT&T;`, `&nosuch;`) stays."""
    return _REFERENCE.sub(_decode, text) if "&" in text else text


def _decode(found: re.Match[str]) -> str:
    return unescape(found[0]) if found[1] is None or f"{found[1]};" in html5 else found[0]


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with the noun it counts: "1 error", "2,000 errors"; `plural` if that is not noun + "s"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def clean_name(text: str) -> str:
    """Return the canonical form of a tag, category or author: NFC, single spaces, visible; "" if nothing is left."""
    visible = _to_visible(text) if "\U0001f3f4" not in text else "".join(map(_to_visible, _split_at_flags(text)))
    return join_words(unicodedata.normalize("NFC", visible)).strip(_JOINERS + " ")


def _split_at_flags(text: str) -> list[str]:
    """Return the parts of a text, each flag of a region as one."""
    ends = [0, *(end for found in _FLAG.finditer(text) for end in found.span()), len(text)]
    return [text[start:end] for start, end in pairwise(ends)]


def _to_visible(text: str) -> str:
    """Return a text without invisible characters; a flag as it is."""
    return text if _FLAG.fullmatch(text) else "".join(c for c in text if c.isspace() or _is_visible(c))


def _is_visible(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"}


def to_anchor(heading: str) -> str:
    """Return the id that kramdown and GitHub give a heading."""
    return _NOT_IN_ANCHORS.sub("", heading).strip().replace(" ", "-").lower()


@lru_cache(1024)  # the same few languages stand in post after post
def to_language(text: str) -> str:
    """Return a language tag (BCP 47) in its usual letter case, also for a locale (`zh_CN`); "" if the text is none.

    Checks the form alone: subtags of letters and digits (RFC 5646 sections 2.1 and 2.1.1).
    """
    tag = text.strip().replace("_", "-")
    if not _LANGUAGE_TAG.fullmatch(tag):
        return ""
    language, *subtags = tag.lower().split("-")
    usual = {2: str.upper, 4: str.capitalize}  # a country, a script
    return "-".join((language, *(usual.get(len(subtag), str)(subtag) for subtag in subtags)))


# --- raised and lowered characters ---------------------------------------------------------------

_LEVELED = "0123456789+-−=()"
_RAISED = str.maketrans(_LEVELED, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_LOWERED = str.maketrans(_LEVELED, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


def to_superscript(text: str) -> str:
    """Return a text of digits and signs in raised characters; "" if it has others."""
    return "" if text.strip(_LEVELED) else text.translate(_RAISED)


def to_subscript(text: str) -> str:
    """Return a text of digits and signs in lowered characters; "" if it has others."""
    return "" if text.strip(_LEVELED) else text.translate(_LOWERED)
