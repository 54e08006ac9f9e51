# ruff: noqa: RUF009 - `_setting` is a dataclass field
"""Every setting with its default, how it is read from text or TOML, and what it means; and what a Jekyll site says.

Pure. Where the values are found, and which place wins, is for `config`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from feedsvc.models import Content
from feedsvc.text import UNWANTED, clean_name
from feedsvc.urls import to_uri

GONE = "gone"  # the alias of a feed there is no more
MAX_LIMIT = 200

T = TypeVar("T")


class LinkTo(StrEnum):
    """Where an entry links to (`auto`: its page on its own site, else the original's address, else its page here)."""

    AUTO = "auto"
    SITE = "site"
    ORIGINAL = "original"
    PAGE = "page"


class IdScheme(StrEnum):
    """How entry ids are made; the first three need a Jekyll site's `_config.yml`."""

    JEKYLL_FEED = "jekyll-feed"
    JEKYLL = "jekyll"
    PERMALINK = "permalink"
    UUID = "uuid"


class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


class AccessLog(StrEnum):
    """Which requests are logged (`errors`: those answered with an error, and slow ones)."""

    ERRORS = "errors"
    ALL = "all"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Defaults:
    """Front matter for all posts under a path of a Jekyll site, of one type or, with "", of any."""

    path: str
    type: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Jekyll:
    """What a Jekyll site's `_config.yml` says beside our own settings.

    `prefix` is where the posts folder lies in the site, "" for its root; `permalink` a template; `feed_path` and the
    others what jekyll-feed served: its path, how many posts, the folder of the feeds of tags ("" for none), and the
    categories that had one; `excerpt_only` whether its feeds carry excerpts, which `excerpt_separator` ends.
    """

    url: str = ""
    baseurl: str = ""
    prefix: str = ""
    permalink: str = ""
    defaults: tuple[Defaults, ...] = ()
    exclude: tuple[str, ...] = ()
    unpublished: bool = False
    drafts: bool = False
    authors: Mapping[str, Any] = field(default_factory=dict)
    feed_path: str = "/feed.xml"
    feed_limit: int = 10
    feed_tags: str = ""
    feed_categories: tuple[str, ...] = ()
    excerpt_only: bool = False
    excerpt_separator: str = "\n\n"


# --- readers: each gives the value or raises ValueError with the reason ---------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - one kind of error for the caller
    if UNWANTED.search(value):
        raise ValueError("must be UTF-8 without control characters")
    return value.strip()


def _path(value: object) -> Path:
    text = str(value)
    if not isinstance(value, str | Path) or not text.strip() or "\0" in text:
        raise ValueError("must be a path")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError("no such home directory") from error


def whole(least: int, most: int) -> Callable[[object], int]:
    """Give the reader of a whole number within bounds."""

    def read(value: object) -> int:
        text = str(value).replace("_", "").strip()
        if isinstance(value, bool) or not re.fullmatch("[0-9]{1,15}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least:,} to {most:,}")
        return int(text)

    return read


def _truth(value: object) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    found = words.get(str(value).strip().lower())
    if found is None:
        raise ValueError("must be yes or no")
    return found


def _names(value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError("must be a list of names")
    return tuple(name for item in items if (name := clean_name(item)))


def zone(value: object) -> tzinfo:
    """Read the name of a time zone."""
    name = _text(value)
    try:
        return UTC if name.upper() == "UTC" else ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise ValueError("is no time zone like Asia/Shanghai") from error


def _url(value: object) -> str:
    uri = to_uri(_text(value))
    if not uri or set(uri) & set("?#"):
        raise ValueError("must be an address like https://example.org or https://example.org/blog")
    return uri.rstrip("/")


def _template(value: object) -> str:
    text = _text(value)
    if text.count("{url}") != 1 or not to_uri(text.replace("{url}", "x")):
        raise ValueError("must be an address with {url} in it, like https://images.example/?url={url}")
    return text


def _token(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch("[!-~]{16,}", value.strip()):
        raise ValueError("must be at least 16 letters, digits and signs of ASCII, without blanks")
    return value.strip()


def _one_of(choices: Any) -> Callable[[object], object]:
    def read(value: object) -> object:
        try:
            return choices(str(value))
        except ValueError:
            raise ValueError(f"must be one of {', '.join(choices)}") from None

    return read


# --- the settings --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """How a setting's value is read from text or from TOML, and what it means."""

    read: Callable[[object], object]
    help: str
    is_flag: bool
    is_secret: bool  # neither shown in errors nor taken from the command line, which everyone can list


def _setting(default: T, meaning: str, read: Callable[[object], T] | None = None, *, is_secret: bool = False) -> T:
    """Declare a setting; without a reader its default says whether it is text, yes or no, names, or a choice."""
    reader = read or _READERS.get(type(default)) or _one_of(type(default))
    option = Option(reader, meaning, default is False, is_secret)
    made: T = field(default=default, repr=not is_secret, metadata={"option": option})
    return made


_READERS: Mapping[type, Callable[[object], object]] = {str: _text, bool: _truth, tuple: _names}


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set."""

    posts: Path = _setting(Path("posts"), "the folder of posts", _path)
    index: Path | None = _setting(None, "the index file; a cache, by default in your cache directory", _path)
    base_url: str = _setting("", "the address the service is reached at; without it the request's Host is used", _url)
    title: str = _setting("", "the title of the whole; by default the name of the folder that holds the posts")
    description: str = _setting("", "a line on what the posts are about")
    language: str = _setting("", "the language of the posts, such as zh-CN")
    author: str = _setting("", "who stands for posts without an author; by default the title")
    timezone: tzinfo = _setting(UTC, "where dates without a time zone are meant, such as Asia/Shanghai", zone)  # type: ignore[arg-type]
    id_scheme: IdScheme = _setting(
        IdScheme.UUID, "how entry ids are made: uuid; for a Jekyll site jekyll-feed, jekyll or permalink"
    )
    id_namespace: str = _setting("", "a text that tells this site's entry ids from another's; set it once for good")
    link_to: LinkTo = _setting(
        LinkTo.AUTO,
        "where entries link to: auto (their page on their own site, else the original, else the page here), site, "
        "original or page",
    )
    limit: int = _setting(20, "entries of a feed page", whole(1, MAX_LIMIT))
    page_bytes: int = _setting(
        1_000_000, "a page has fewer entries where their files are longer than this together", whole(1_000, 10**9)
    )
    content: Content = _setting(Content.FULL, "what entries carry: full, summary or none")
    max_age: int = _setting(300, "seconds for which clients may keep a feed", whole(60, 86_400))
    exclude_tags: tuple[str, ...] = _setting((), "posts with one of these tags are left out")
    exclude_categories: tuple[str, ...] = _setting((), "posts with one of these categories are left out")
    future: bool = _setting(False, "publish posts before their date")
    drafts: bool = _setting(False, "publish drafts")
    rules: Path | None = _setting(None, "a file with your own cleaning rules, added to the packaged ones", _path)
    source_line: bool = _setting(False, "end each body with a line that names its original")
    image_proxy: str = _setting(
        "", "an address with {url} in it through which pictures are shown whose hosts refuse other sites", _template
    )
    max_post_bytes: int = _setting(
        1_000_000, "a larger post is sanitized only; one ten times larger is not read", whole(1_000, 100_000_000)
    )
    settle_ms: int = _setting(200, "milliseconds for which a file edited in place must be still", whole(0, 60_000))
    scan_interval: int = _setting(60, "seconds between looks at the whole folder, beside watching it", whole(1, 86_400))
    static: bool = _setting(False, "pages as `build` makes them: no search, paging by path")
    cache_bytes: int = _setting(32 * 1024 * 1024, "memory for finished documents, of each process", whole(0, 10**12))
    operator_token: str = _setting("", "opens /metrics, and the problems on /status", _token, is_secret=True)
    reader_token: str = _setting("", "everything but /healthz and /readyz asks for it", _token, is_secret=True)
    trusted_proxies: int = _setting(0, "how many proxies before the service say who asks, by which scheme", whole(0, 9))
    log_format: LogFormat = _setting(LogFormat.TEXT, "how log lines are written: text or json")
    access_log: AccessLog = _setting(AccessLog.ERRORS, "which requests are logged: errors (and slow ones), all or off")
    aliases: tuple[tuple[str, str], ...] = ()  # this and the next are in files alone
    jekyll: Jekyll | None = None


OPTIONS: Mapping[str, Option] = {one.name: one.metadata["option"] for one in fields(Settings) if one.metadata}


# Stands for the site's address in kept bodies where it is only known with a request (RFC 2606: resolves nowhere).
UNKNOWN_BASE = "http://base.invalid"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where `serve` listens, and with how many processes."""

    host: str
    port: int
    workers: int


def site_title(settings: Settings) -> str:
    """Give the site's title: the one that is set, or the name of the posts folder, of its parent if it says nothing."""
    folder = settings.posts.absolute()
    name = folder.parent.name if folder.name in {"posts", "_posts", "content"} else folder.name
    return settings.title or name or "Posts"
