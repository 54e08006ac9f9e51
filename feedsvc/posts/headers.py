"""Headers without fences, of Pelican (`Title: …`) and Nikola (`.. title: …`) → values, and where the body begins.

Pure, linear time. The forms are those of https://docs.getpelican.com/en/stable/content.html#file-metadata and
https://getnikola.com/handbook.html#metadata-fields. Wrong fences are reported.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from feedsvc.errors import PostError

MAX_LINES = 200  # of a header
MAX_UNOPENED = 64 * 1024  # characters of front matter that no line opens

# Keys of Pelican and Nikola, and the values with which a single one is enough to be a header.
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
LISTS = {"tags", "keywords", "authors", "categories"}  # items separated by semicolons, else by commas
_PELICAN = re.compile(r" {0,3}([A-Za-z0-9][A-Za-z0-9_-]*):(?!//)[ \t]*(.*)")  # but not `https://…`
_CONTINUED = re.compile(r"(?: {4}|\t)[ \t]*(\S.*)")
_JSON_PAIR = re.compile(r'[ \t]*"([A-Za-z][\w-]*)"[ \t]*:[ \t]*(?=["\[{\d-]|true|false|null)"?(.*)')
_ENDING = re.compile(r"^(?:-{3,}|;{3,})[ \t]*(?:\n|\Z)", re.MULTILINE)
_NIKOLA = re.compile(r"[ \t]*\.\.[ \t]+([A-Za-z0-9][A-Za-z0-9_-]*):[ \t]*(.*)")
_FENCE = re.compile(r"(?:-{3,}|\.{3})[ \t]*")  # Python-Markdown, which reads Pelican's headers, ends one by such too
_WRONG_FENCE = re.compile(r"(?!-{3})[-\u2010-\u2015\u2212]{1,5}[ \t]*")  # `--`, and what keyboards make of `---`
_ANY_FENCE = re.compile(f"{_WRONG_FENCE.pattern}|{_FENCE.pattern}")
_NO_KEY = re.compile(r"\s|-\s|#|\Z")  # other lines of YAML: indented, items, comments, blank
_COMMENT_OPENS, _COMMENT_CLOSES = "<!--", "-->"


@dataclass(frozen=True, slots=True)
class Header:
    """The values of a header by names in lower case, and the position where the body begins."""

    values: dict[str, Any]
    end: int


@dataclass(frozen=True, slots=True)
class Unopened:
    """Front matter as text, of JSON without its braces, and the position where the body begins."""

    raw: str
    is_json: bool
    end: int


def find_header(text: str) -> Header | None:
    """Return the header at the start of a file's text, None if there is none."""
    return _find_pelican(text) or _find_nikola(text)


def _find_pelican(text: str) -> Header | None:
    """Return the header of `Key: value` lines before a blank line or a fence, None if one of them has another form."""
    lines = list(takewhile(_is_within, _lines(text)))
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
    return Header(_to_values(pairs), _after_fence(text, _after(text, lines))) if _is_header(pairs) else None


def _is_within(line: str) -> bool:
    return bool(line.strip()) and not _FENCE.fullmatch(line)


def _after_fence(text: str, start: int) -> int:
    """Return where the body begins: after the fence that may stand at `start`."""
    found = _FENCE.match(text, start)
    return min(found.end() + 1, len(text)) if found and text[found.end() : found.end() + 1] in {"", "\n"} else start


def _is_header(pairs: list[tuple[str, str]]) -> bool:
    """Return True if pairs are certainly a header: a text may start with `Note: …` as well."""
    names = dict.fromkeys(name for name, _ in pairs)
    known = names.keys() & _KNOWN
    if not pairs or pairs[0][0] not in _KNOWN or 2 * len(known) < len(names):
        return False
    alone = any(name in _ALONE and _ALONE[name].match(value) for name, value in pairs)
    return alone or len(known) > 1


def _find_nikola(text: str) -> Header | None:
    """Return the header of `.. key: value` lines, with or without an HTML comment around them."""
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


def find_unopened(text: str) -> Unopened | None:
    """Return front matter without a first fence: YAML that dashes end, or JSON that semicolons end; None for any other.

    The form is that of https://github.com/hexojs/hexo-front-matter.
    """
    fence = _ENDING.search(text, 0, MAX_UNOPENED)
    if not fence:
        return None
    raw, is_json = text[: fence.start()], fence[0].startswith(";")
    pattern = _JSON_PAIR if is_json else _PELICAN
    is_certain = _opens_with_keys(raw.splitlines(), pattern)
    return Unopened(raw.rstrip("\n, "), is_json, fence.end()) if is_certain else None


def find_wrong_fence(text: str) -> PostError | None:
    """Return the error of a file that begins with front matter between wrong fences, None for any other file."""
    lines = list(_lines(text))
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    is_opened = bool(_WRONG_FENCE.fullmatch(lines[first]))
    start = first + is_opened
    fence = _ANY_FENCE if is_opened else _FENCE
    inside = list(takewhile(lambda line: not fence.fullmatch(line), lines[start:]))
    if start + len(inside) >= len(lines) or not _opens_with_keys(inside):
        return None
    wrong = f"opens with {lines[first].strip()!r}: write ---" if is_opened else "never opened: write --- above it"
    return PostError(f"front matter: {wrong}", first + 1)


def _opens_with_keys(lines: list[str], pattern: re.Pattern[str] = _PELICAN) -> bool:
    """True if lines are those of YAML, of which the first is a key, and the keys are certainly those of a post."""
    found = [pattern.fullmatch(line) for line in lines]
    is_yaml = all(one or _NO_KEY.match(line) for one, line in zip(found, lines, strict=True))
    return is_yaml and bool(found and found[0]) and _is_header([(one[1].lower(), one[2]) for one in found if one])


def _end_of_paragraph(text: str, start: int) -> int:
    end = text.find("\n\n", start)
    return len(text) if end < 0 else end


def _lines(text: str) -> Iterator[str]:
    return iter(text.split("\n", MAX_LINES + 1)[: MAX_LINES + 1])


def _after(text: str, lines: list[str]) -> int:
    return min(sum(len(line) + 1 for line in lines), len(text))


def _to_values(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the values by name; the texts of repeated names and of continued lines are joined."""
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name in LISTS:
            values.setdefault(name, []).extend(split_list(text))
        else:
            values[name] = f"{values[name]} {text}".strip() if name in values else text
    return values


def split_list(text: str) -> list[str]:
    """Return the items of a text, which semicolons separate, else commas."""
    items = re.split(";" if ";" in text else ",", text)
    return [item.strip() for item in items if item.strip()]
