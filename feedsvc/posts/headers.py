"""The header of a file without front matter, as Pelican and Nikola have it → values and where the body begins.

Pure. https://docs.getpelican.com/en/stable/content.html#file-metadata,
https://getnikola.com/handbook.html#metadata-fields. Takes linear time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

MAX_LINES = 200  # of a header

# What Pelican and Nikola know, and what decides that lines are a header even if they stand alone.
_KNOWN = {
    *("title", "date", "modified", "tags", "keywords", "category", "slug", "author", "authors", "summary", "lang"),
    *("status", "template", "translation", "save_as", "url", "description", "subtitle", "link", "type", "image"),
    *("cover", "draft", "private", "password", "updated", "guid", "enclosure", "previewimage", "categories"),
}
_ALONE = {
    "title": re.compile(""),
    "date": re.compile(r"\d{4}"),
    "modified": re.compile(r"\d{4}"),
    "slug": re.compile(r"\S+\Z"),
    "status": re.compile(r"[\w-]+\Z"),
    "draft": re.compile(r"\w+\Z"),
}
_LISTS = {"tags", "keywords", "authors", "categories"}  # items parted by semicolons, else by commas
_PELICAN = re.compile(r" {0,3}([A-Za-z0-9][A-Za-z0-9_-]*):(?!//)[ \t]*(.*)")  # but not `https://…`
_CONTINUED = re.compile(r"(?: {4}|\t)[ \t]*(\S.*)")
_NIKOLA = re.compile(r"[ \t]*\.\.[ \t]+([A-Za-z0-9][A-Za-z0-9_-]*):[ \t]*(.*)")
_COMMENT_OPENS, _COMMENT_CLOSES = "<!--", "-->"


@dataclass(frozen=True, slots=True)
class Header:
    """The values of a header by their names in lower case, and the position at which the body begins."""

    values: dict[str, Any]
    end: int


def find_header(text: str) -> Header | None:
    """Return the header a file's text opens with, None if its first lines are no such thing."""
    return _find_pelican(text) or _find_nikola(text)


def _find_pelican(text: str) -> Header | None:
    """Read `Key: value` lines from the first line up to the first blank one."""
    lines = list(takewhile(str.strip, _lines(text)))
    if len(lines) > MAX_LINES:
        return None
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if found := _PELICAN.fullmatch(line):
            pairs.append((found[1].lower(), found[2].strip()))
        elif pairs and (more := _CONTINUED.fullmatch(line)):
            pairs.append((pairs[-1][0], more[1].strip()))
        else:
            return None
    return Header(_to_values(pairs), _after(text, lines)) if _is_header(pairs) else None


def _is_header(pairs: list[tuple[str, str]]) -> bool:
    """Return True if lines are surely a header, for prose may open with `Note: …` too."""
    names = dict.fromkeys(name for name, _ in pairs)
    known = names.keys() & _KNOWN
    if not pairs or pairs[0][0] not in _KNOWN or 2 * len(known) < len(names):
        return False
    alone = any(name in _ALONE and _ALONE[name].match(value) for name, value in pairs)
    return alone or len(known) > 1


def _find_nikola(text: str) -> Header | None:
    """Read `.. key: value` lines, within an HTML comment or without one."""
    start = len(text) - len(text.lstrip())
    opened = text.startswith(_COMMENT_OPENS, start)
    start += len(_COMMENT_OPENS) if opened else 0
    end = text.find(_COMMENT_CLOSES, start) if opened else _end_of_paragraph(text, start)
    if end < 0:
        return None
    lines = [line for line in text[start:end].split("\n", MAX_LINES + 1) if line.strip()]
    found = [_NIKOLA.fullmatch(line.rstrip()) for line in lines]
    pairs = [(one[1].lower(), one[2]) for one in found if one]
    if not pairs or len(lines) > MAX_LINES or len(pairs) < len(lines) or not _KNOWN & {name for name, _ in pairs}:
        return None
    return Header(_to_values(pairs), end + len(_COMMENT_CLOSES) if opened else end)


def _end_of_paragraph(text: str, start: int) -> int:
    end = text.find("\n\n", start)
    return len(text) if end < 0 else end


def _lines(text: str) -> Iterator[str]:
    return iter(text.split("\n", MAX_LINES + 1)[: MAX_LINES + 1])


def _after(text: str, lines: list[str]) -> int:
    return min(sum(len(line) + 1 for line in lines), len(text))


def _to_values(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Join what stands under one name, on lines that go on or in several places."""
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name in _LISTS:
            values.setdefault(name, []).extend(_split(text))
        else:
            values[name] = f"{values[name]} {text}".strip() if name in values else text
    return values


def _split(text: str) -> list[str]:
    items = re.split(";" if ";" in text else ",", text)
    return [item.strip() for item in items if item.strip()]
