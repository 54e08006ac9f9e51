"""Posts, bodies and times as the index stores them, and posts and times read back. Pure."""

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple
from unicodedata import normalize

from feedsvc.files import Stamp
from feedsvc.lookup import Reference
from feedsvc.models import (
    EPOCH,
    Author,
    Chapter,
    Cleaned,
    Enclosure,
    Episode,
    Hint,
    Level,
    Person,
    Post,
    Problem,
    Reading,
    ScopeKind,
    Transcript,
)
from feedsvc.names import fold, terms_of

_NESTED = {"published", "updated", "authors", "enclosure", "episode"}
_PLAIN = [field.name for field in fields(Post) if field.name not in _NESTED]
_plain_of = attrgetter(*_PLAIN)
# Authors, enclosures and episodes are written as lists of their fields.
_write = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, default=lambda value: [getattr(value, n) for n in value.__slots__]
).encode

UPDATED = f"$[{len(_PLAIN) + 1}]"  # of a row's `data`, as a path of SQLite's JSON functions

MICROSECOND = timedelta(microseconds=1)


class BodyRow(NamedTuple):
    """A clean body as the index stores it; `key` names the content it was made from and the cleaner that made it."""

    path: str
    key: str
    html: str
    summary: str
    image: str
    fallback: str
    hints: str
    duration: int = 0
    references: tuple[Reference, ...] = ()

    @property
    def values(self) -> tuple[str | int, ...]:
        """Return the values of the table `bodies`."""
        return self[:8]


class Row(NamedTuple):
    """A file as the index stores it, in values that can be sent from one process to another.

    `text` is what searches look in, `terms` are the scopes of the post as kind and name. `data` is "" if there is no
    post: because the file is `broken`, and its last good version stays, or because its post is hidden for a `reason`.
    `body` is the clean body, if it has been made. If `is_same`, only the stamp is new. `mentions` are the folded names
    of files that the post may refer to; `link` changes when a link to the post has to; `passed` is when the post
    appeared or expired by its own dates. `digest` is that of the file's content, "" if it has to be parsed again when
    its stamp changes.
    """

    path: str
    stamp: Stamp
    published: int = 0
    data: str = ""
    text: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[int, str, str], ...] = ()
    broken: bool = False
    body: BodyRow | None = None
    reason: str = ""
    is_same: bool = False
    mentions: tuple[str, ...] = ()
    link: str = ""
    passed: int = 0
    digest: str = ""

    def __reduce__(self) -> tuple[object, ...]:
        """Return how another process makes the same row, faster than in a named tuple's own way."""
        return type(self), tuple(self)


def to_row(  # noqa: PLR0913 - three of them by name
    path: str,
    stamp: Stamp,
    reading: Reading,
    *,
    digest: str = "",
    mentions: tuple[str, ...] = (),
    body: BodyRow | None = None,
) -> Row:
    """Return the row of a file that was read, for `Writer.put`; `digest` is that of a file without a post."""
    post, problems, passed = reading.post, _to_values(reading.problems), to_number(reading.passed)
    if post is None:
        return Row(path, stamp, problems=problems, reason=reading.reason, passed=passed, digest=digest)
    return Row(
        path,
        stamp,
        published=to_number(post.published),
        data=_to_data(post),
        text=_to_text(post),
        terms=to_terms(post),
        problems=problems,
        body=body,
        mentions=mentions,
        link=link_of(post),
        passed=passed,
        digest=post.digest,
    )


def to_broken_row(path: str, stamp: Stamp, problem: Problem, digest: str = "") -> Row:
    """Return the row of a file that cannot be read."""
    return Row(path, stamp, problems=_to_values((problem,)), broken=True, digest=digest)


def _to_values(problems: Iterable[Problem]) -> tuple[tuple[int, str, str], ...]:
    return tuple((problem.line, problem.level.value, problem.message) for problem in problems)


def _to_text(post: Post) -> str:
    """Return what searches look in, folded; one value a line, so that no word is found across two values."""
    names = (author.name for author in post.authors)
    return fold("\n".join((post.title, *post.tags, *post.categories, *names, post.summary)))


def to_body_row(post: Post, body: Cleaned, cleaner: str) -> BodyRow:
    """Return the row of a clean body, kept for the content of the post and the fingerprint of the cleaner."""
    key = post.digest + cleaner
    shown = body.html, body.summary, body.image, body.fallback, _to_lines(body.hints), body.duration
    return BodyRow(post.path, key, *shown, body.references)


def to_terms(post: Post) -> tuple[tuple[str, str], ...]:
    """Return kind and name of every scope that a post is in."""
    return tuple(map(_to_term, terms_of(post)))


@lru_cache(1024)  # the same few names stand in post after post; a tuple sent twice to another process is sent once
def _to_term(term: tuple[ScopeKind, str]) -> tuple[str, str]:
    kind, name = term
    return kind.value, name


def link_of(post: Post) -> str:
    """Return a text that changes when other posts have to link to a post otherwise."""
    return f"{post.url} {post.original} {post.title}"


def link_path_of(path: str) -> str:
    """Return the path by which links name a post: without its suffix, for an index file that of its folder."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return folder if folder and stem == "index" else f"{folder}/{stem}".lstrip("/")


def link_name_of(path: str) -> str:
    """Return the last part of a path, by which links name posts and files in any letter case.

    Full-width letters and the like stay: two notes may differ in them alone, and `fold` would take much longer.
    """
    return normalize("NFC", path.rpartition("/")[2]).casefold()


def digest_of_link_name(path: str) -> int:
    """Return the digest of the name by which links name a post."""
    return digest_of_name(link_name_of(link_path_of(path)))


def digest_of_name(name: str) -> int:
    """Return a number for a name that no other name has: a fourth of the bytes, and faster to sort."""
    found = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "big", signed=True)


def to_number(moment: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def to_time(number: int) -> datetime:
    """Return the time of a number of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=number)


def _to_data(post: Post) -> str:
    times = to_number(post.published), to_number(post.updated)
    return _write([*_plain_of(post), *times, post.authors, post.enclosure, post.episode])


def to_post(data: str) -> Post:
    """Return the post that a row's `data` holds."""
    *plain, published, updated, authors, enclosure, episode = json.loads(data)
    values: dict[str, Any] = dict(zip(_PLAIN, plain, strict=True))
    values |= {name: tuple(values[name]) for name in ("tags", "categories", "sections")}
    return Post(
        **values,
        published=to_time(published),
        updated=to_time(updated),
        authors=tuple(Author(*author) for author in authors),
        enclosure=Enclosure(*enclosure) if enclosure else None,
        episode=_to_episode(episode) if episode else None,
    )


def _to_episode(values: list[Any]) -> Episode:
    *plain, transcripts, persons, parts = values
    found: dict[str, Any] = dict(zip(Episode.__slots__, plain, strict=False))
    found |= {"transcripts": tuple(Transcript(*one) for one in transcripts)}
    found |= {"persons": tuple(Person(*one) for one in persons), "parts": tuple(Chapter(*one) for one in parts)}
    return Episode(**found)


def _to_lines(hints: Iterable[Hint]) -> str:
    return "\n".join(f"{hint.line}: {hint.text}" for hint in hints)


def to_hints(lines: str) -> tuple[Hint, ...]:
    """Return the hints of a body as the index stores them: each is a line, behind its line in the file."""
    parts = (line.partition(": ") for line in lines.split("\n") if line)
    return tuple(Hint(text, line=int(number)) for number, _, text in parts)


def to_problems(path: str, hints: Iterable[Hint]) -> list[Problem]:
    """Return the hints of the body of a post as problems."""
    return [Problem(path, hint.line, Level.HINT, hint.text) for hint in hints]
