"""Posts and their clean bodies → Feed, and scopes → the links that pages show. Pure.

`base` is the URL of the service without a slash at its end; all URLs that are returned are absolute.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qsl, quote

from feedsvc.entries import Entry, Feed, ScopeGroup, ScopeLinks, Selection, Site
from feedsvc.models import (
    Author,
    Cleaned,
    FeedRequest,
    Format,
    Post,
    Scope,
    ScopeKind,
    ScopeSummary,
)
from feedsvc.names import FOLDERS
from feedsvc.posts.generators.table import generator_of
from feedsvc.publishing.entries import max_lengths, to_absolute_url, to_entry
from feedsvc.publishing.ids import feed_id
from feedsvc.publishing.routing import first_page, parameters, path_of, promote, url_of
from feedsvc.render import FORMATS
from feedsvc.settings import LinkTo, Settings, site_title

# The time of a feed without posts: Atom requires one (RFC 4287 section 4.2.15); the current time would change bytes.
NO_POST = datetime(2000, 1, 1, tzinfo=UTC)


def to_feed(  # noqa: PLR0913 - two of them by name
    request: FeedRequest,
    posts: Sequence[Post],
    bodies: Mapping[str, Cleaned],
    settings: Settings,
    *,
    base: str,
    pages: int = 1,
    has_last: bool = True,
) -> Feed:
    """Return one page of a feed, with the posts on it; `pages` is the number of pages of the whole feed.

    Without `has_last`, that is the number of pages that are known of, and no link leads to the last.
    """
    title = site_title(settings)
    entries = tuple(_to_entries(request, posts, bodies, settings, base))
    return Feed(
        id=feed_id(_named_scope(request), settings, request.legacy_path),
        title=_title_of(request, title, settings),
        description=settings.description or f"The newest posts of {title}",
        base_url=f"{base}/",
        self_url=base + url_of(request, settings),
        page_url=base + url_of(_to_html_request(request, settings), settings),
        updated=max((entry.updated for entry in entries), default=NO_POST),
        ttl=math.ceil(settings.max_age / 60),
        author=Author(settings.author or title),
        language=_language_of(request) or settings.language,
        icon=_picture(settings.icon, settings, base),
        logo=_picture(settings.logo, settings, base),
        pages=tuple(
            (rel, base + url_of(page, settings)) for rel, page in _other_pages(request, pages, has_last=has_last)
        ),
        entries=entries,
        timezone=settings.timezone,
    )


def _title_of(request: FeedRequest, title: str, settings: Settings) -> str:
    """Return the title of a feed; one that stays where the site's generator had it keeps the title it had there."""
    generator = generator_of(settings.site)
    own = generator.name_feed(title, request.scope) if request.legacy_path else ""
    named = own or " · ".join([title, *_conditions(request)])
    return generator.show_title(named) if request.legacy_path else named


def _to_entries(
    request: FeedRequest, posts: Sequence[Post], bodies: Mapping[str, Cleaned], settings: Settings, base: str
) -> Iterator[Entry]:
    """Return the posts on a page of a feed as entries."""
    make = partial(
        to_entry,
        settings=settings,
        base=base,
        content=request.content,
        link_to=LinkTo.PAGE if request.format == Format.HTML else settings.link_to,  # pages link to pages
    )
    show_title = generator_of(settings.site).show_title if request.legacy_path else str
    lengths = max_lengths([bodies[post.path].html for post in posts], settings.page_bytes)
    if request.legacy_path:  # there whole posts are expected
        lengths = [None] * len(posts)
    for post, length in zip(posts, lengths, strict=True):
        entry = make(post, bodies[post.path], max_length=length)
        is_withheld = post.excerpt_only and request.format != Format.HTML
        yield replace(entry, title=show_title(entry.title), content="" if is_withheld else entry.content)


def _picture(url: str, settings: Settings, base: str) -> str:
    """Return the URL of a picture of the site; a path is one on the site that the posts belong to."""
    return to_absolute_url(url, (settings.own_url or base).rstrip("/"))


def _named_scope(request: FeedRequest) -> Scope:
    """Return the scope that a feed's id is made of, so that the id stays when a post first has the name of a filter."""
    return request.scope if request.scope.name else promote(request.filters)[0]


def _to_html_request(request: FeedRequest, settings: Settings) -> FeedRequest:
    """Return the request for the first HTML page of the same scope and filters, with the default limit and content."""
    return replace(request, format=Format.HTML, limit=settings.limit, content=settings.content, page=1, legacy_path="")


def _other_pages(request: FeedRequest, pages: int, *, has_last: bool = True) -> Iterator[tuple[str, FeedRequest]]:
    last = pages if has_last else 0
    numbers = {"first": 1, "previous": request.page - 1, "next": request.page + 1, "last": last}
    for rel, number in numbers.items():
        if pages > 1 and 1 <= number <= pages:
            yield rel, replace(request, page=number)


def _to_links(pages: Iterable[tuple[str, FeedRequest]], settings: Settings, base: str) -> tuple[tuple[str, str], ...]:
    return tuple((rel, base + url_of(page, settings)) for rel, page in pages)


def _language_of(request: FeedRequest) -> str:
    """Return the language that all posts of a feed are in, "" if the request names none."""
    if request.scope.kind is ScopeKind.LANGUAGE:
        return request.scope.name
    chosen = [one.names for one in request.filters if one.kind is ScopeKind.LANGUAGE and not one.exclude]
    return chosen[0][0] if chosen and len(chosen[0]) == 1 else ""


def _conditions(request: FeedRequest) -> list[str]:
    """Return the scope and filters of a request in words: "tag 联合早报", "not author Li"."""
    scope = [] if request.scope.kind is ScopeKind.ALL else [f"{request.scope.kind} {request.scope.name}"]
    return [*scope, *(label for label, _ in _without_each(request))]


def to_site(settings: Settings, *, base: str) -> Site:
    """Return what every HTML page shows of the site."""
    return Site(
        title=site_title(settings),
        description=settings.description,
        language=settings.language,
        home_url=f"{base}/",
        has_search=not settings.static,
        own_feeds=tuple(_own_feeds(settings, base)),
        timezone=settings.timezone,
    )


def _own_feeds(settings: Settings, base: str) -> Iterator[tuple[str, str]]:
    """Yield media type and URL of the feeds of all posts that stay where the site's generator had them."""
    for feed in settings.site.feeds:
        if feed.kind is ScopeKind.ALL:
            yield FORMATS[feed.format].media_type.partition(";")[0], base + quote(feed.path)


def to_links(summary: ScopeSummary, *, base: str) -> ScopeLinks:
    """Return where a scope's page and its feeds are."""
    feed_urls = tuple(base + path_of(summary.scope, format_) for format_ in FORMATS)
    page_url = base + path_of(summary.scope, Format.HTML)
    return ScopeLinks(summary.scope.name, summary.count, summary.newest, feed_urls, page_url)


def to_groups(summaries: Sequence[ScopeSummary], *, base: str) -> tuple[ScopeGroup, ...]:
    """Group scopes by kind, in the given order."""
    by_kind = {folder.kind: [one for one in summaries if one.scope.kind is folder.kind] for folder in FOLDERS.values()}
    return tuple(to_group(kind, found, len(found), base=base) for kind, found in by_kind.items())


def to_group(kind: ScopeKind, summaries: Sequence[ScopeSummary], count: int, *, base: str) -> ScopeGroup:
    """Return scopes of a kind, of `count` there are, as a page lists them."""
    links = tuple(to_links(summary, base=base) for summary in summaries)
    return ScopeGroup(kind, links, count, base + path_of(Scope(kind), Format.HTML))


def to_list(  # noqa: PLR0913 - two of them by name
    request: FeedRequest,
    summaries: Sequence[ScopeSummary],
    count: int,
    settings: Settings,
    *,
    base: str,
    pages: int,
) -> ScopeGroup:
    """Return the scopes on one page of the list of all of a kind, with the URLs of the page and of its neighbours."""
    first = first_page(request.scope, Format.HTML, settings)
    own = replace(first, page=request.page)
    others = _to_links(_other_pages(own, pages), settings, base)
    group = to_group(request.scope.kind, summaries, count, base=base)
    return replace(group, url=base + url_of(own, settings), page=request.page, pages=others)


def to_selection(
    request: FeedRequest, count: int, settings: Settings, *, base: str, is_counted: bool = True
) -> Selection:
    """Return the URLs of the feeds with the same filters, each filter with the URL without it, and the search form.

    `count` is the number of posts; unless `is_counted`, there are more than that.
    """
    page = _to_html_request(request, settings)
    feed_urls = tuple(base + url_of(replace(page, format=format_), settings) for format_ in FORMATS)
    path, _, query = path_of(request.scope, Format.HTML).partition("?")  # a form drops the query of its URL
    return Selection(
        feeds=ScopeLinks(" · ".join(_conditions(page)), count, NO_POST, feed_urls, base + url_of(page, settings)),
        filters=tuple((label, base + url_of(rest, settings)) for label, rest in _without_each(page)),
        search_url=base + path,
        words=" ".join(request.words),
        kept=(*parse_qsl(query), *parameters(replace(page, words=()), settings)),
        page=request.page,
        is_counted=is_counted,
    )


def _without_each(request: FeedRequest) -> Iterator[tuple[str, FeedRequest]]:
    """Return each filter of a request in words, with the request without that filter."""
    for chosen in request.filters:
        label = f"{'not ' if chosen.exclude else ''}{chosen.kind} {' or '.join(chosen.names)}"
        yield label, replace(request, filters=tuple(other for other in request.filters if other is not chosen))
    if request.words:
        yield f"“{' '.join(request.words)}”", replace(request, words=())
    if request.since:
        yield f"since {request.since:%Y-%m-%d}", replace(request, since=None)
    if request.until:
        yield f"until {request.until:%Y-%m-%d}", replace(request, until=None)
