"""Post ⇄ the row the index stores it as. Pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from feedsvc.models import EPOCH, Author, Cleaned, Enclosure, Post, Problem, ScopeKind
from feedsvc.names import fold

_PLAIN = [field.name for field in fields(Post) if field.name not in {"published", "updated", "authors", "enclosure"}]
_plain_of = attrgetter(*_PLAIN)
# Authors and enclosures are lists of their fields.
_write = json.JSONEncoder(ensure_ascii=False, default=lambda value: [getattr(value, n) for n in value.__slots__]).encode

MICROSECOND = timedelta(microseconds=1)

BodyRow = tuple[str, str, str, str, str, str, str]


class Row(NamedTuple):
    """A file as the index stores it, all plain values, so that any process can prepare it.

    `text` is what searches look in. `data` is "" where there is no post: `broken` then tells a file that cannot be
    read, whose last good version stays, from one that hides its post for a `reason`. `body` is the clean body, if made.
    """

    path: str
    stamp: str
    published: int = 0
    size: int = 0
    data: str = ""
    text: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[int, str, str], ...] = ()
    broken: bool = False
    body: BodyRow | None = None
    reason: str = ""


def to_row(  # noqa: PLR0913 - two of them by name
    path: str, stamp: str, post: Post | None, problems: Iterable[Problem], *, broken: bool = False, reason: str = ""
) -> Row:
    """Prepare what came of reading a file for `Writer.put`."""
    found = tuple((problem.line, problem.level.value, problem.message) for problem in problems)
    if post is None:
        return Row(path, stamp, problems=found, broken=broken, reason=reason)
    published, terms = to_number(post.published), tuple(terms_of(post))
    return Row(path, stamp, published, post.size, _to_data(post), _text_of(post), terms, found)


def _text_of(post: Post) -> str:
    """Gather what searches look in, folded, a line each, so that no word is found across two of them."""
    names = (author.name for author in post.authors)
    return fold("\n".join((post.title, *post.tags, *post.categories, *names, post.summary)))


def to_body_row(post: Post, body: Cleaned, cleaner: str) -> BodyRow:
    """Give a clean body as it is kept: for this very content, and for the cleaner of this fingerprint."""
    return post.path, post.digest + cleaner, body.html, body.summary, body.image, body.fallback, body.hints


def terms_of(post: Post) -> Iterator[tuple[str, str]]:
    """Give the scopes a post is in, as kind and name."""
    yield ScopeKind.ALL.value, ""
    yield from ((ScopeKind.TAG.value, name) for name in post.tags)
    yield from ((ScopeKind.CATEGORY.value, name) for name in post.categories)
    yield from ((ScopeKind.AUTHOR.value, author.name) for author in post.authors)


def to_number(moment: datetime) -> int:
    """Give a time as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def to_time(number: int) -> datetime:
    """Give the time of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=number)


def _to_data(post: Post) -> str:
    return _write([*_plain_of(post), to_number(post.published), to_number(post.updated), post.authors, post.enclosure])


def to_post(data: str) -> Post:
    """Read a post back from a row's data."""
    *plain, published, updated, authors, enclosure = json.loads(data)
    values: dict[str, Any] = dict(zip(_PLAIN, plain, strict=True))
    values["tags"], values["categories"] = tuple(values["tags"]), tuple(values["categories"])
    return Post(
        **values,
        published=to_time(published),
        updated=to_time(updated),
        authors=tuple(Author(*author) for author in authors),
        enclosure=Enclosure(*enclosure) if enclosure else None,
    )
