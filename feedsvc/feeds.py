"""Posts and their clean bodies → Feed: titles, absolute addresses, ids and neighbours. Pure.

`base` is the address the service is reached at, without a slash at its end.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from feedsvc.addresses import to_uri
from feedsvc.config import site_title
from feedsvc.models import (
    Author,
    Cleaned,
    Content,
    Entry,
    Feed,
    FeedRequest,
    Format,
    LinkTo,
    Post,
    ScopeKind,
    ScopeLinks,
    ScopeSummary,
    Settings,
    Site,
)
from feedsvc.permalinks import entry_id, feed_id, permalink
from feedsvc.scopes import path_of, post_path_of, url_of

# Stands for the site's address in kept bodies where it is only known with a request (RFC 2606: resolves nowhere).
UNKNOWN_BASE = "http://base.invalid"
# The time of a feed without posts: Atom wants one, and a clock's would change the bytes (RFC 4287 section 4.2.15).
NO_POST = datetime(2000, 1, 1, tzinfo=UTC)

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # RFC 3986 section 3.1


def to_feed(
    request: FeedRequest, posts: Sequence[Post], bodies: Mapping[str, Cleaned], settings: Settings, *, base: str
) -> Feed:
    """Make a page of a feed; `posts` may hold one more than the page shows, which says that there is a next page."""
    title = site_title(settings)
    entries = tuple(
        to_entry(
            post, bodies[post.path], settings, base=base, content=request.content, link_to=_link_to(request, settings)
        )
        for post in posts[: request.limit]
    )
    return Feed(
        id=feed_id(request.scope, settings, request.address),
        title=_feed_title(request, title),
        description=settings.description or f"The newest posts of {title}",
        base_url=f"{base}/",
        self_url=base + url_of(request, settings),
        page_url=base + url_of(_page_for_people(request, settings), settings),
        stylesheet_url=f"{base}/static/feed.css",
        updated=max((entry.updated for entry in entries), default=NO_POST),
        ttl=math.ceil(settings.max_age / 60),
        author=Author(settings.author or title),
        language=settings.language,
        next_url=_page_url(request, 1, settings, base) if len(posts) > request.limit and not request.address else "",
        previous_url=_page_url(request, -1, settings, base) if request.page > 1 else "",
        entries=entries,
    )


def _page_for_people(request: FeedRequest, settings: Settings) -> FeedRequest:
    """Give the page of the same posts, however many of them and how much of each the feed shows."""
    return FeedRequest(request.scope, Format.HTML, settings.limit, settings.content, filters=request.filters)


def _link_to(request: FeedRequest, settings: Settings) -> LinkTo:
    """Pages for people lead to pages for people."""
    return LinkTo.PAGE if request.format is Format.HTML else settings.link_to


def _page_url(request: FeedRequest, step: int, settings: Settings, base: str) -> str:
    return base + url_of(replace(request, page=request.page + step), settings)


def _feed_title(request: FeedRequest, title: str) -> str:
    """Name the site and what narrows the selection: "Site · tag 联合早报 · not author Li"."""
    scope = [] if request.scope.kind is ScopeKind.ALL else [f"{request.scope.kind} {request.scope.name}"]
    filters = (
        f"{'not ' if chosen.exclude else ''}{chosen.kind} {' or '.join(chosen.names)}" for chosen in request.filters
    )
    return " · ".join([title, *scope, *filters])


def to_entry(  # noqa: PLR0913 - three of them by name
    post: Post,
    body: Cleaned,
    settings: Settings,
    *,
    base: str,
    content: Content = Content.FULL,
    link_to: LinkTo = LinkTo.PAGE,
) -> Entry:
    """Show a post as an entry of a feed; its picture is the declared one, else the first of its body."""
    enclosure = post.enclosure
    return Entry(
        id=entry_id(post, settings),
        title=post.title,
        link=_link(post, settings, link_to) or base + post_path_of(post.path),
        published=post.published,
        updated=post.updated,
        content=body.html.replace(UNKNOWN_BASE, base) if content is Content.FULL else "",
        summary=(post.summary or body.summary) if content is not Content.NONE else "",
        authors=post.authors,
        tags=post.tags,
        categories=post.categories,
        original=post.original,
        language=post.language,
        image=_absolute(post.image or body.image, base),
        enclosure=replace(enclosure, url=_absolute(enclosure.url, base)) if enclosure else None,
    )


def _link(post: Post, settings: Settings, link_to: LinkTo) -> str:
    addresses = {LinkTo.SITE: permalink(post, settings), LinkTo.ORIGINAL: to_uri(post.original)}
    if link_to is LinkTo.AUTO:
        return next(filter(None, addresses.values()), "")
    return addresses.get(link_to, "")


def _absolute(address: str, base: str) -> str:
    """Give an address of the front matter as an absolute one: a path is on the site, wherever the site is mounted."""
    if not address or _SCHEME.match(address):
        return address.replace(UNKNOWN_BASE, base)
    return f"https:{address}" if address.startswith("//") else f"{base}/{address.lstrip('/')}"


def to_site(settings: Settings, *, base: str) -> Site:
    """Say what every page for people needs to know of the whole."""
    return Site(site_title(settings), settings.description, settings.language, f"{base}/", f"{base}/static/feedsvc.css")


def to_links(summary: ScopeSummary, *, base: str) -> ScopeLinks:
    """Say where a scope's page and its three feeds are."""
    page, rss, atom, json = (
        base + path_of(summary.scope, format_) for format_ in (Format.HTML, Format.RSS, Format.ATOM, Format.JSON)
    )
    return ScopeLinks(summary.scope.kind, summary.scope.name, summary.count, summary.newest, page, rss, atom, json)
