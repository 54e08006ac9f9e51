"""What an operator can set, and what a Jekyll site's configuration says: frozen dataclasses and nothing that acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any

from feedsvc.models import Content

GONE = "gone"  # the alias of a feed there is no more


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
    categories that had one.
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


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set; the names, defaults and meanings are in the README and in `config`."""

    posts: Path = Path("posts")
    index: Path | None = None
    base_url: str = ""
    title: str = ""
    description: str = ""
    language: str = ""
    author: str = ""
    timezone: tzinfo = UTC
    id_scheme: IdScheme = IdScheme.UUID
    id_namespace: str = ""
    link_to: LinkTo = LinkTo.AUTO
    limit: int = 20
    page_bytes: int = 1_000_000
    content: Content = Content.FULL
    max_age: int = 300
    exclude_tags: tuple[str, ...] = ()
    exclude_categories: tuple[str, ...] = ()
    future: bool = False
    drafts: bool = False
    rules: Path | None = None
    source_line: bool = False
    image_proxy: str = ""
    max_post_bytes: int = 1_000_000
    settle_ms: int = 200
    scan_interval: int = 60
    cache_bytes: int = 32 * 1024 * 1024
    static: bool = False
    operator_token: str = field(default="", repr=False)
    reader_token: str = field(default="", repr=False)
    trusted_proxies: int = 0
    log_format: LogFormat = LogFormat.TEXT
    access_log: AccessLog = AccessLog.ERRORS
    aliases: tuple[tuple[str, str], ...] = ()
    jekyll: Jekyll | None = None
