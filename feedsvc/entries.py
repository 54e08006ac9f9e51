"""What feeds and pages show: entries, feeds, lists of scopes, documents, and the state they are made in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from feedsvc.models import Author, Enclosure, Episode, Problem, ScopeKind
from feedsvc.podcast_settings import Show


@dataclass(frozen=True, slots=True)
class Label:
    """A scope as a link: its kind, its name, and the URL of its page; without a name, that of the list of its kind."""

    kind: ScopeKind
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Link:
    """The page of a post: its title, its language and its URL."""

    title: str
    language: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as a feed shows it: every URL absolute and ASCII, `content` clean HTML, `summary` plain text.

    `translations` are languages and the URLs of the post's pages in them, its own included. `labels` are the scopes
    that a page shows with it, `newer` and `older` the posts next to it.
    """

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    content: str = ""
    summary: str = ""
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    original: str = ""
    language: str = ""
    image: str = ""
    enclosure: Enclosure | None = None
    episode: Episode | None = None
    translations: tuple[tuple[str, str], ...] = ()
    labels: tuple[Label, ...] = ()
    newer: Link | None = None
    older: Link | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed, ready to be written in any format.

    `base_url` starts the schemes of tags and categories; `ttl` is in minutes; `hub` is the WebSub hub that is notified
    of changes, "" for none; `pages` are link relations and URLs of the first, previous, next and last page, as far as
    these exist (RFC 5005 section 3). The title of an untitled entry is its day in `timezone`. If one of the entries is
    an episode, the feed is the podcast that `show` describes.
    """

    id: str
    title: str
    description: str
    base_url: str
    self_url: str
    page_url: str
    updated: datetime
    ttl: int
    author: Author
    language: str = ""
    hub: str = ""
    icon: str = ""
    logo: str = ""
    show: Show | None = None
    pages: tuple[tuple[str, str], ...] = ()
    entries: tuple[Entry, ...] = ()
    timezone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class SiteView:
    """What every page for people shows of the site; days are those of `timezone`.

    `own_feeds` are media types and URLs of the feeds of all posts that its generator had; `menu` are the lists of
    scopes that there are; `token` opens feeds to readers; `style` is the version of the style sheet.
    """

    title: str
    description: str
    language: str
    home_url: str
    has_search: bool = True
    timezone: tzinfo = UTC
    own_feeds: tuple[tuple[str, str], ...] = ()
    menu: tuple[Label, ...] = ()
    icon: str = ""
    logo: str = ""
    miniflux_url: str = ""
    token: str = field(default="", repr=False)
    style: str = ""


@dataclass(frozen=True, slots=True)
class ScopeLinks:
    """A scope as a page lists it: its name, its size, the URLs of its feeds and of its page.

    `feed_urls` has one URL for each row of `render.FORMATS`, in that order.
    """

    name: str
    count: int
    newest: datetime
    feed_urls: tuple[str, ...]
    page_url: str


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """Scopes of one kind as a page lists them; `count` of all there are, and the `url` of the page that lists all.

    On that page itself, `page` is its number, `url` its own, `pages` are as those of a Feed, and `sorted_url` is the
    URL of the same list in the other order: by count, or `by_count` by name.
    """

    kind: ScopeKind
    scopes: tuple[ScopeLinks, ...]
    count: int
    url: str
    page: int = 1
    pages: tuple[tuple[str, str], ...] = ()
    by_count: bool = False
    sorted_url: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a page shows and how to change it: its feeds, its filters, and a search form with `kept` as hidden fields.

    `page` counts from 1. A filter is a pair: its label, and the URL of the same page without it. Unless `is_counted`,
    there are more posts than the count of `feeds`.
    """

    feeds: ScopeLinks
    filters: tuple[tuple[str, str], ...] = ()
    search_url: str = ""
    words: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    page: int = 1
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes to be served, their media type and the hash that names them (32 hex digits of their SHA-256).

    `tags` name what the document shows, for caches in front; `links` is the value of its Link header.
    """

    body: bytes
    media_type: str
    digest: str
    keep: bool = True
    tags: tuple[str, ...] = ()
    links: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The index at a moment: `version` grows when a post changes; `modified` is the newest change a reader can see.

    It is in whole seconds; unless `is_settled`, there are changes in the second after it. `due` is when the next post
    appears; no response made from this state is current after `until`.
    """

    version: int
    modified: datetime
    due: datetime
    until: datetime
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class Status:
    """The service in numbers; `index_version` changes with any post, `scanned` is when the last scan ended.

    `hidden` counts the files whose posts are left out because their authors hide them.
    """

    version: str
    index_version: int
    posts: int
    hidden: int
    feeds: int
    problems: int
    scanned: datetime
    scan_seconds: float


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """How far and when a target has been notified of changes, how many times in a row that failed since, and why.

    `waiting` counts the changes that it has still to be notified of.
    """

    target: str
    number: int
    at: datetime
    failures: int = 0
    error: str = ""
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Details:
    """What only the operator sees of the service: problems of posts, and how far targets have been notified."""

    problems: tuple[Problem, ...] = ()
    deliveries: tuple[DeliveryState, ...] = ()
