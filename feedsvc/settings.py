# ruff: noqa: RUF009 - `_setting` is a dataclass field
"""Every setting: its default, how it is read from text or TOML, and what it means; what a Jekyll site adds.

Pure. Where values come from, and which source wins, is for `config`.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from feedsvc import __version__
from feedsvc.models import Author, Content
from feedsvc.podcast_settings import Show
from feedsvc.setting_values import (
    one_of,
    read_address,
    read_color,
    read_language,
    read_names,
    read_path,
    read_permalink,
    read_picture,
    read_targets,
    read_template,
    read_text,
    read_token,
    read_truth,
    read_url,
    read_zone,
    whole,
)
from feedsvc.sites import PLAIN_SITE, GeneratorName, Jekyll, Site
from feedsvc.urls import to_host

GONE = "gone"  # the alias of a feed that no longer exists
MAX_LIMIT = 200

_WITH_EMAIL = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>@\s]+@[^<>@\s]+)>\s*")

T = TypeVar("T")


class LinkTo(StrEnum):
    """Where an entry links to; `auto`: its page on its own site, else the original, else its page here."""

    AUTO = "auto"
    SITE = "site"
    ORIGINAL = "original"
    PAGE = "page"


class Scraped(StrEnum):
    """Which posts count as taken from another site; `auto`: by their original and their body."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class IdScheme(StrEnum):
    """How entry ids are made; all but `uuid` need a site with a URL, those called after Jekyll one of Jekyll.

    `site`: as the feed of the site's own generator has them.
    """

    SITE = "site"
    JEKYLL_FEED = "jekyll-feed"
    JEKYLL = "jekyll"
    PERMALINK = "permalink"
    UUID = "uuid"


class CacheTags(StrEnum):
    """The header in which caches in front find the tags of a response; `off`: none."""

    OFF = "off"
    SURROGATE_KEY = "surrogate-key"
    CACHE_TAG = "cache-tag"
    XKEY = "xkey"


class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


class AccessLog(StrEnum):
    """Which requests are logged; `errors`: responses with an error status, and slow ones."""

    ERRORS = "errors"
    ALL = "all"
    OFF = "off"


# --- the settings --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """How a setting's value is read from text or from TOML, and what it means."""

    read: Callable[[object], object]
    help: str
    is_flag: bool
    is_secret: bool  # neither in messages nor on the command line, which other users of the machine can see


def _setting(default: T, meaning: str, read: Callable[[object], T] | None = None, *, is_secret: bool = False) -> T:
    """Declare a setting; without a reader, the type of its default decides: text, yes or no, names, or a choice."""
    reader = read or _READERS.get(type(default)) or one_of(type(default))
    option = Option(reader, meaning, default is False, is_secret)
    made: T = field(default=default, repr=not is_secret, metadata={"option": option})
    return made


_READERS: Mapping[type, Callable[[object], object]] = {str: read_text, bool: read_truth, tuple: read_names}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a service or a build."""

    posts: Path = _setting(Path("posts"), "the folder of posts", read_path)
    index: Path | None = _setting(None, "the index file; a cache, by default in your cache directory", read_path)
    base_url: str = _setting("", "the URL of the service; without it, the request's Host makes the links", read_url)
    title: str = _setting("", "the title of the site; by default the host of site_url or base_url")
    description: str = _setting("", "one line about the posts")
    language: str = _setting("", "the language of the posts, of pages and of feed titles, such as zh-CN", read_language)
    author: str = _setting("", "the author of posts that name none, as `Name` or `Name <mail>`; by default the title")
    icon: str = _setting("", "a small square picture of the site, as a URL or a path on the site", read_picture)
    logo: str = _setting("", "a picture of the site, twice as wide as high, as a URL or a path on it", read_picture)
    accent: str = _setting("", "the color of links and buttons on pages, such as #0b57a4", read_color)
    miniflux_url: str = _setting("", "the URL of your Miniflux, to which pages offer to add a feed", read_url)
    timezone: tzinfo = _setting(UTC, "the time zone of dates that name none, such as Asia/Shanghai", read_zone)  # type: ignore[arg-type]
    generator: GeneratorName = _setting(
        GeneratorName.AUTO, "which generator's site the folder is: auto (by its files), plain, or a generator's name"
    )
    site_url: str = _setting("", "the URL of the site that the posts belong to, for links to pages there", read_url)
    permalink: str = _setting("", "the paths of posts' pages on that site, such as /blog/:year/:slug/", read_permalink)
    id_scheme: IdScheme = _setting(
        IdScheme.UUID,
        "how entry ids are made: uuid; for a site with a URL site, permalink; for a Jekyll site jekyll-feed, jekyll",
    )
    id_namespace: str = _setting(
        "", "text that makes this site's entry ids differ from another site's; never change it"
    )
    link_to: LinkTo = _setting(
        LinkTo.AUTO,
        "where entries link to: auto (their page on their own site, else the original, else the page here), site, "
        "original or page",
    )
    limit: int = _setting(20, "number of entries on a page of a feed", whole(1, MAX_LIMIT))
    page_bytes: int = _setting(
        1_000_000,
        "bytes of the bodies on a page of a feed together; beyond, an entry has its summary and a link",
        whole(1_000, 10**9),
    )
    content: Content = _setting(Content.FULL, "what entries carry: full, summary or none")
    max_age: int = _setting(300, "seconds that clients may cache a feed", whole(60, 86_400))
    exclude_tags: tuple[str, ...] = _setting((), "posts with one of these tags are left out")
    exclude_categories: tuple[str, ...] = _setting((), "posts with one of these categories are left out")
    future: bool = _setting(False, "publish posts before their date")
    drafts: bool = _setting(False, "publish drafts")
    scraped: Scraped = _setting(
        Scraped.AUTO,
        "which posts are cleaned as taken from another site: auto (by their original and their body), always or never",
    )
    rules: Path | None = _setting(None, "a file of cleaning rules, added to the packaged ones", read_path)
    source_line: bool = _setting(False, "end each body with a link to its original")
    image_proxy: str = _setting("", "a URL with {url} in it, through which pictures are loaded", read_template)
    max_post_bytes: int = _setting(
        1_000_000, "bytes; a larger post is sanitized only, one ten times larger is not read", whole(1_000, 100_000_000)
    )
    settle_ms: int = _setting(
        200, "milliseconds that a file edited in place must stay unchanged before it is read", whole(0, 60_000)
    )
    scan_interval: int = _setting(
        60, "seconds between scans of the whole folder; changes are also watched", whole(1, 86_400)
    )
    static: bool = _setting(False, "serve pages as `build` writes them: no search, page numbers in the path")
    cache_bytes: int = _setting(
        32 * 1024 * 1024, "bytes of memory for finished documents, in each process", whole(0, 10**12)
    )
    cache_tags: CacheTags = _setting(
        CacheTags.OFF, "the header with the tags of a response: off, surrogate-key, cache-tag or xkey"
    )
    websub_hub: str = _setting(
        "", "the URL of a WebSub hub, named in feeds and notified of their changes", read_address
    )
    on_change: tuple[str, ...] = _setting(
        (),
        "caches that are notified of changes: varnish, fastly, cloudflare or webhook, and a URL",
        read_targets,
        is_secret=True,
    )
    on_change_token: str = _setting("", "the token for those caches", read_token, is_secret=True)
    tell_after: int = _setting(1, "seconds from a change until hub and caches are notified of it", whole(1, 3_600))
    operator_token: str = _setting(
        "", "the token that opens /metrics and the problems on /status", read_token, is_secret=True
    )
    reader_token: str = _setting(
        "", "the token that all but /healthz, /readyz and /robots.txt require", read_token, is_secret=True
    )
    trusted_proxies: int = _setting(
        0, "number of proxies in front whose X-Forwarded-* headers are trusted", whole(0, 9)
    )
    log_format: LogFormat = _setting(LogFormat.TEXT, "how log lines are written: text or json")
    access_log: AccessLog = _setting(AccessLog.ERRORS, "which requests are logged: errors (and slow ones), all or off")
    aliases: tuple[tuple[str, str], ...] = ()  # this and the next two are in files only
    podcast: Show = Show()
    site: Site = PLAIN_SITE
    base_url_from: str = ""  # the file of the site's configuration that `base_url` is from, if it is from there
    configured: int = 0  # when the files of these settings were last modified, in nanoseconds since 1970

    @property
    def jekyll(self) -> Jekyll | None:
        """The site if it is one of Jekyll."""
        return self.site if isinstance(self.site, Jekyll) else None

    @property
    def own_url(self) -> str:
        """The URL of the site that the posts belong to, "" if it is not known."""
        return self.site_url or self.site.root_url


OPTIONS: Mapping[str, Option] = {one.name: one.metadata["option"] for one in fields(Settings) if one.metadata}


# Stands in kept bodies for the site's URL, which without a base URL each request decides (RFC 2606: never resolves).
UNKNOWN_BASE = "http://base.invalid"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where `serve` listens, and the number of its worker processes."""

    host: str
    port: int
    workers: int


def site_title(settings: Settings) -> str:
    """Return the title that is set, else the host of the site, else a word: the same whatever the folder is called."""
    return settings.title or to_host(settings.own_url or settings.base_url) or "Posts"


def site_author(settings: Settings) -> Author:
    """Return the author that is set, with the e-mail address behind the name; the site is called by its title."""
    found = _WITH_EMAIL.fullmatch(settings.author)
    name, email = (found["name"].strip(), found["email"]) if found else (settings.author, "")
    return Author(name or site_title(settings), email)


# --- fingerprints --------------------------------------------------------------------------------

# Settings that no document shows.
_RUNNING = (
    *("posts", "index", "settle_ms", "scan_interval", "cache_bytes"),
    *("operator_token", "trusted_proxies", "log_format", "access_log"),
    *("cache_tags", "on_change", "on_change_token", "tell_after"),
)
# Settings that decide what the index holds: after a change of one, all posts are read again.
_READING = (
    *("site", "site_url", "permalink", "timezone", "language", "exclude_tags", "exclude_categories", "drafts"),
    *("future", "max_post_bytes"),
)


def reading_fingerprint(settings: Settings) -> str:
    """Return a name for the settings that posts were read with, so that no index made with others is used."""
    return _fingerprint(settings, _READING)


def showing_fingerprint(settings: Settings) -> str:
    """Return a name for the settings that feeds and pages depend on."""
    return _fingerprint(settings, OPTIONS.keys() - set(_RUNNING) | {"podcast"})


def _fingerprint(settings: Settings, names: Iterable[str]) -> str:
    shaped = [__version__, *(f"{name}={getattr(settings, name)}" for name in sorted(names))]
    return hashlib.sha256("\n".join(shaped).encode()).hexdigest()[:16]
