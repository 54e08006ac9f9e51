"""The data that travels between modules: frozen, slotted dataclasses and nothing that acts.

Times are aware UTC datetimes, sequences are tuples, and a missing text is "".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from feedsvc.lookup import Reference
from feedsvc.text import to_printable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)
MIN_CODED = 1_000  # bytes of a document that is compressed: below, headers and checksum cost more than it saves


class ScopeKind(StrEnum):
    """What a feed gathers: everything, or the posts that carry one name."""

    ALL = "all"
    TAG = "tag"
    CATEGORY = "category"
    AUTHOR = "author"
    SECTION = "section"
    LANGUAGE = "language"


class Format:
    """The names of the formats that the code refers to: the page for people, and rows of `render.FORMATS`."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    HTML = "html"


class Content(StrEnum):
    """How much of a post an entry carries."""

    FULL = "full"
    SUMMARY = "summary"
    NONE = "none"


class Level(StrEnum):
    """`error`: a post is missing or altered; `hint`: probably not what its author meant."""

    ERROR = "error"
    HINT = "hint"


# --- posts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post."""

    name: str
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that comes with a post; `length` in bytes, 0 where unknown."""

    url: str
    type: str
    length: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in an episode, as a file."""

    url: str
    type: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part in an episode: the role is one such as `host` or `guest`."""

    name: str
    role: str = ""
    image: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a part of an episode begins, in seconds, and what it is called."""

    start: int
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """A post with sound or film as an episode of a podcast; 0, "", () and None stand for what is not known.

    `duration` is in seconds; `kind` is `full`, `trailer` or `bonus`; `chapters` is the URL of a file of chapters, and
    `parts` are chapters that the post lists itself.
    """

    season: int = 0
    number: int = 0
    kind: str = ""
    duration: int = 0
    explicit: bool | None = None
    image: str = ""
    chapters: str = ""
    transcripts: tuple[Transcript, ...] = ()
    persons: tuple[Person, ...] = ()
    parts: tuple[Chapter, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """What the front matter and the file name say of a post; the body stays in the file.

    `path` is relative to the posts folder with "/" between folders; `original` is the URL at which the post was
    first published; `url` and `site_id` are the path of its page and its id on its generator's site, and `sections` the
    parts of that site it is in; if `is_apart`, it is not among all posts. It is an `episode` if its enclosure is sound
    or film. `excerpt_only` is True if its author withholds the body from feeds; `digest` and `size` are of the file's
    bytes.
    """

    path: str
    title: str
    published: datetime
    updated: datetime
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    original: str = ""
    guid: str = ""
    summary: str = ""
    image: str = ""
    enclosure: Enclosure | None = None
    episode: Episode | None = None
    language: str = ""
    url: str = ""
    site_id: str = ""
    sections: tuple[str, ...] = ()
    is_apart: bool = False
    excerpt_only: bool = False
    digest: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author should know of; `line` counts from 1, 0 means the whole file."""

    path: str
    line: int
    level: Level
    message: str

    def __str__(self) -> str:
        """Return "path:line: level: message", as compilers write it, so that editors find the place."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return to_printable(f"{place}: {self.level}: {self.message}")


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a file: its post, or the `reason` why it is hidden; its problems; when to read it again.

    `passed` is when the post appeared or expired, if a date of its own says so.
    """

    post: Post | None
    problems: tuple[Problem, ...] = ()
    expires: datetime = NEVER
    reason: str = ""
    passed: datetime = EPOCH


@dataclass(frozen=True, slots=True)
class HiddenPost:
    """A post that is left out, and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        """Return "path: reason"."""
        return to_printable(f"{self.path}: {self.reason}")


@dataclass(frozen=True, slots=True)
class Body:
    """A body as its file has it, with title, original and authors' names of its post, and the file's size in bytes.

    `separator` ends the part that may be shown; None if all of it may. `values` is the front matter where templates of
    the body may ask for it; `is_rendered` is True once they have been run. `is_html` is True if it is no Markdown,
    `is_mdx` if indented text is no code.
    """

    text: str
    title: str
    original: str
    size: int
    separator: str | None = None
    authors: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    is_rendered: bool = False
    is_html: bool = False
    is_mdx: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """What the author of a body should know; it stands in a `line` of the file, 0 if that is not known.

    `key` is a text by which the line is found.
    """

    text: str
    key: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A clean body: safe HTML, its first 280 characters as plain text, and the URL of its first picture.

    `fallback` is the reason why the body was only sanitized, "" if it was cleaned. `references` are its lookups in
    the folder: it is valid as long as they have the same results. `duration` is that of the enclosed sound or film, in
    seconds, if that is a file here; 0 if it is not known.
    """

    html: str
    summary: str
    image: str = ""
    fallback: str = ""
    hints: tuple[Hint, ...] = ()
    references: tuple[Reference, ...] = ()
    duration: int = 0


# --- requests ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of posts that has feeds of its own; `name` is "" for everything, or for the list of all of a kind."""

    kind: ScopeKind = ScopeKind.ALL
    name: str = ""


@dataclass(frozen=True, slots=True)
class ScopeSummary:
    """A scope with the number of its posts and the time of the newest."""

    scope: Scope
    count: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Names that narrow a selection: a post must carry one of them, or with `exclude` none."""

    kind: ScopeKind
    names: tuple[str, ...]
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """A feed or a page of one, in canonical form: equal requests show the same document.

    `words` are folded; `since` and `until` open the first and the last day of publication in the site's time zone;
    `legacy_path` is the path of a feed that stays where a Jekyll site had it. A list of scopes is by name, or
    `by_count` with the largest first.
    """

    scope: Scope
    format: str
    limit: int
    content: Content
    page: int = 1
    filters: tuple[Filter, ...] = ()
    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    legacy_path: str = ""
    by_count: bool = False
