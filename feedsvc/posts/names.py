"""Front-matter values → tags, categories and authors, in the shapes that people write. Pure.

Names that are too long or too many are reported and left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TypeVar

from feedsvc.models import Author, Level
from feedsvc.names import MAX_NAME
from feedsvc.posts.metadata import AUTHORS, TAGS, Front, flatten, to_shown, to_text
from feedsvc.posts.urls import to_web_url
from feedsvc.text import clean_name, decode_references

T = TypeVar("T")
_Texts = str | tuple[str, ...]
CompleteTags = Callable[[tuple[str, ...], Callable[[], str]], tuple[str, ...]]  # the second returns a post's text

MAX_NAMES = 100  # tags, categories or authors of one post

_ONE_NAME = {"tag", "category"}  # a text under these is one name, as in Jekyll
_MARKS = re.compile("[,;；؛、،，]")  # commas and semicolons of all scripts
_BLANKS = re.compile(r"\s+")
_LINKING = {"&", "+", "/", "-", "–", "—", "|", "·", "and"}  # words that make one name of those around them
_MARKS_OF_PEOPLE = re.compile("[;；؛、،，]")  # not at ",": "Lee, Ann"
_WHOLE_NAMES = re.compile(r"[^\s,]+(?:\s+[^\s,]+)+(?:\s*,\s*[^\s,]+(?:\s+[^\s,]+)+)+")  # "Ann Lee, Kofi Osei"
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_BETWEEN_LINKED = re.compile(r"\s*[,;；、，]\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+")
_PERSON = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<email>[^<>\s@]+@[^<>\s@]+)>")


def names_of(front: Front, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the names under the keys, each once, in their order."""
    usual = _find_usual(front, keys, _names_in)
    if usual is not None:
        return usual
    found = [(key, _name(front, key, item)) for key, item in _items_of(front, keys, _split)]
    return _each_once(front, found, str) if found else ()


def tags_of(front: Front, complete: CompleteTags, read_text: Callable[[], str]) -> tuple[str, ...]:
    """Return the tags of a post; `complete` adds to those of the front matter what the text of the post names."""
    written = names_of(front, TAGS)
    completed = complete(written, read_text)
    return written if completed == written else _each_once(front, [("tags", name) for name in completed], str)


def authors_of(front: Front) -> tuple[Author, ...]:
    """Return the authors of a post, each once."""
    usual = _find_usual(front, AUTHORS, _authors_in)
    if usual is not None:
        return usual
    found = [(key, _author(item)) for key, item in _items_of(front, AUTHORS, _split_people)]
    return _each_once(front, found, attrgetter("name")) if found else ()


def _find_usual(
    front: Front, keys: Sequence[str], read: Callable[[str, _Texts], tuple[T, ...] | None]
) -> tuple[T, ...] | None:
    """Return what `read` makes of a text or a list of texts under one key; None for anything else."""
    found = front.get(*keys)
    if not found:
        return ()
    key, value = found[0]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = tuple(value)
    return read(key, value) if len(found) == 1 and isinstance(value, str | tuple) else None


@lru_cache(1024)  # the same few lists stand in post after post
def _names_in(key: str, value: _Texts) -> tuple[str, ...] | None:
    """Return the names in texts, each once; None if there is something to report."""
    names = dict.fromkeys(map(_to_name, _parts_of(key, value, _split)))
    return tuple(filter(None, names)) if _are_in_bounds(names) else None


@lru_cache(1024)
def _authors_in(key: str, value: _Texts) -> tuple[Author, ...] | None:
    """Return the authors in texts, each once; None if there is something to report."""
    authors: dict[str, Author] = {}
    for author in map(_author_in, _parts_of(key, value, _split_people)):
        authors.setdefault(author.name, author)
    kept = tuple(author for name, author in authors.items() if name)
    return kept if _are_in_bounds(authors) else None


def _parts_of(key: str, value: _Texts, split: Callable[[str, str], Iterable[str]]) -> Iterable[str]:
    return split(key, decode_references(value)) if isinstance(value, str) else map(decode_references, value)


def _are_in_bounds(names: Mapping[str, object]) -> bool:
    return len(names) <= MAX_NAMES and all(len(name) <= MAX_NAME for name in names)


def _items_of(
    front: Front, keys: Sequence[str], split: Callable[[str, str], Iterable[str]]
) -> Iterator[tuple[str, object]]:
    """Return each item under the keys, with its key; a text is split, the items of a list are not."""
    for key, value in front.get(*keys):
        if isinstance(value, str):
            yield from ((key, part) for part in split(key, decode_references(value)))
        else:
            yield from ((key, _decoded(item)) for item in flatten(value))


def _decoded(value: T) -> T | str:
    return decode_references(value) if isinstance(value, str) else value


def _split(key: str, text: str) -> list[str]:
    if key in _ONE_NAME:
        return [text]
    if _MARKS.search(text):
        return _MARKS.split(text)
    words = _BLANKS.split(text)
    return words if _LINKING.isdisjoint(words) else [text]


def _split_people(key: str, text: str) -> list[str]:
    """Return the people named in a text; "Lee, Ann" is one."""
    if "](" in text and _LINK.search(text):
        return _split_linked(text)
    if key == "authors" and _WHOLE_NAMES.fullmatch(text.strip()) and not _MARKS_OF_PEOPLE.search(text):
        return text.split(",")
    return _MARKS_OF_PEOPLE.split(text)


def _split_linked(text: str) -> list[str]:
    """Return the people of a text with Markdown links, which are their own text."""
    labels = [found[1] for found in _LINK.finditer(text)]
    parts = _BETWEEN_LINKED.split(_LINK.sub("\0)", text))  # no mark within a link splits
    remaining = iter(labels)
    return [re.sub(r"\0\)", lambda _: next(remaining, ""), part) for part in parts]


def _each_once(front: Front, found: Iterable[tuple[str, T]], name_of: Callable[[T], str]) -> tuple[T, ...]:
    """Return the first item of each name; report names that are too long or too many."""
    kept: dict[str, T] = {}
    for key, value in found:
        name = name_of(value)
        if len(name) > MAX_NAME:
            front.report(Level.ERROR, key, f"{name[:40]!r}… has {len(name)} characters, at most {MAX_NAME}: left out")
        elif len(kept) == MAX_NAMES and name not in kept:
            front.report(Level.ERROR, key, f"more than {MAX_NAMES} names: {name[:40]!r} and later ones are left out")
            break
        elif name:
            kept.setdefault(name, value)
    return tuple(kept.values())


def _name(front: Front, key: str, item: object) -> str:
    if isinstance(item, str):
        return _to_name(item)
    text = _first_of(item, "name", "title", "slug") if isinstance(item, dict) else item
    if isinstance(text, dict | list):
        front.report(Level.ERROR, key, f"{to_shown(text)} is no name: left out")
    return _to_name(text if isinstance(text, str) else to_text(text))


@lru_cache(1024)  # the same few names stand in post after post
def _to_name(text: str) -> str:
    return clean_name(to_text(text))


def _first_of(values: dict[str, object], *keys: str) -> object:
    return next((_decoded(values[key]) for key in keys if values.get(key)), "")


def _author(item: object) -> Author:
    """Return an author; the name is "" if there is none."""
    if isinstance(item, dict):
        name, email = to_text(_first_of(item, "name", "display_name")), to_text(item.get("email"))
        url = to_web_url(to_text(_first_of(item, "url", "uri")))
        return Author(_to_name(name or email.partition("@")[0]), email, url)
    return _author_in(item if isinstance(item, str) else to_text(item))


@lru_cache(1024)
def _author_in(text: str) -> Author:
    """Return the author that a text names, with an e-mail address or as a Markdown link."""
    text = to_text(text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    found = _PERSON.fullmatch(text)
    name, email = found.groups() if found else (text, "")
    return Author(clean_name(name), email)
