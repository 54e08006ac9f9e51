"""Posts and their clean bodies → Feed: titles, absolute addresses, ids and neighbours. Pure.

`base` is the address the service is reached at, without a slash at its end.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from html import escape, unescape
from urllib.parse import parse_qsl, quote

from feedsvc.models import (
    Author,
    Cleaned,
    Content,
    Entry,
    Feed,
    FeedRequest,
    Format,
    Post,
    Scope,
    ScopeGroup,
    ScopeKind,
    ScopeLinks,
    ScopeSummary,
    Selection,
    Site,
)
from feedsvc.names import FOLDERS
from feedsvc.publishing.ids import entry_id, feed_id, permalink
from feedsvc.publishing.routing import parameters, path_of, post_path_of, promote, url_of
from feedsvc.render import FORMATS
from feedsvc.settings import UNKNOWN_BASE, LinkTo, Settings, site_title
from feedsvc.urls import to_host, to_uri

# The time of a feed without posts: Atom wants one, and a clock's would change the bytes (RFC 4287 section 4.2.15).
NO_POST = datetime(2000, 1, 1, tzinfo=UTC)

_TAG = re.compile("<(/?)([a-z0-9]+)[^>]*>")
_VOID = {"area", "br", "col", "hr", "img", "source", "track", "wbr"}
_PICTURE = re.compile('(<img[^>]* src=")(https?://[^"]*)(")')
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # RFC 3986 section 3.1


def to_feed(  # noqa: PLR0913 - two of them by name
    request: FeedRequest,
    posts: Sequence[Post],
    bodies: Mapping[str, Cleaned],
    settings: Settings,
    *,
    base: str,
    pages: int = 1,
) -> Feed:
    """Make a page of a feed that has `pages` of them, of the posts on it."""
    title = site_title(settings)
    make = partial(
        to_entry,
        settings=settings,
        base=base,
        content=request.content,
        link_to=LinkTo.PAGE if request.format == Format.HTML else settings.link_to,  # pages lead to pages
        most=0 if request.legacy_path else settings.page_bytes,  # there whole posts are expected
    )
    entries = tuple(make(post, bodies[post.path]) for post in posts)
    return Feed(
        id=feed_id(_named_scope(request), settings, request.legacy_path),
        title=" · ".join([title, *_narrowing(request)]),
        description=settings.description or f"The newest posts of {title}",
        base_url=f"{base}/",
        self_url=base + url_of(request, settings),
        page_url=base + url_of(_page_for_people(request, settings), settings),
        updated=max((entry.updated for entry in entries), default=NO_POST),
        ttl=math.ceil(settings.max_age / 60),
        author=Author(settings.author or title),
        language=settings.language,
        pages=tuple((rel, base + url_of(page, settings)) for rel, page in _other_pages(request, pages)),
        entries=entries,
        timezone=settings.timezone,
    )


def _named_scope(request: FeedRequest) -> Scope:
    """Return the scope a feed is named after: an empty one, whose name no post has yet, keeps its id when one does."""
    return request.scope if request.scope.name else promote(request.filters)[0]


def _page_for_people(request: FeedRequest, settings: Settings) -> FeedRequest:
    """Give the page of the same posts, however many of them and how much of each the feed shows."""
    return replace(request, format=Format.HTML, limit=settings.limit, content=settings.content, page=1, legacy_path="")


def _other_pages(request: FeedRequest, pages: int) -> Iterator[tuple[str, FeedRequest]]:
    numbers = {"first": 1, "previous": request.page - 1, "next": request.page + 1, "last": pages}
    for rel, number in numbers.items():
        if pages > 1 and 1 <= number <= pages:
            yield rel, replace(request, page=number)


def _narrowing(request: FeedRequest) -> list[str]:
    """Say what narrows a selection: "tag 联合早报", "not author Li"."""
    scope = [] if request.scope.kind is ScopeKind.ALL else [f"{request.scope.kind} {request.scope.name}"]
    return [*scope, *(label for label, _ in _without_each(request))]


def to_entry(  # noqa: PLR0913 - four of them by name
    post: Post,
    body: Cleaned,
    settings: Settings,
    *,
    base: str,
    content: Content = Content.FULL,
    link_to: LinkTo = LinkTo.PAGE,
    most: int = 0,
) -> Entry:
    """Show a post as an entry of a feed; its picture is the declared one, else the first of its body.

    A body of more than `most` characters is cut, unless that is 0.
    """
    enclosure = post.enclosure
    return Entry(
        id=entry_id(post, settings),
        title=post.title,
        link=_link(post, settings, link_to) or base + post_path_of(post.path),
        published=post.published,
        updated=post.updated,
        content=_content(post, body, settings, base, most or len(body.html)) if content is Content.FULL else "",
        summary=(post.summary or body.summary) if content is not Content.NONE else "",
        authors=post.authors,
        tags=post.tags,
        categories=post.categories,
        original=post.original,
        language=post.language,
        image=_proxied(_absolute(post.image or body.image, base), settings.image_proxy),
        enclosure=replace(enclosure, url=_absolute(enclosure.url, base)) if enclosure else None,
    )


def _content(post: Post, body: Cleaned, settings: Settings, base: str, most: int) -> str:
    html = cut(body.html, most)
    page = base + post_path_of(post.path)
    rest = "" if html == body.html else f'<p><a href="{escape(page)}">…</a></p>'
    original = to_uri(post.original) if settings.source_line else ""
    source = f'<p><a href="{escape(original)}">{escape(to_host(original))}</a></p>' if original else ""
    shown = html.replace(UNKNOWN_BASE, base) + rest + source
    return _PICTURE.sub(partial(_through_proxy, settings.image_proxy), shown) if settings.image_proxy else shown


def _through_proxy(template: str, found: re.Match[str]) -> str:
    return f"{found[1]}{escape(_proxied(unescape(found[2]), template))}{found[3]}"


def _proxied(address: str, template: str) -> str:
    return template.replace("{url}", quote(address, safe="")) if template and to_uri(address) else address


def cut(html: str, most: int) -> str:
    """Cut clean HTML after its last whole block within `most` characters; "" if the first one is longer."""
    if len(html) <= most:
        return html
    depth, end = 0, 0
    for found in _TAG.finditer(html, 0, most):
        depth += -1 if found[1] else found[2] not in _VOID
        if depth == 0:
            end = found.end()
    return html[:end]


def _link(post: Post, settings: Settings, link_to: LinkTo) -> str:
    site, original = permalink(post, settings), to_uri(post.original)
    return {LinkTo.SITE: site, LinkTo.ORIGINAL: original, LinkTo.AUTO: site or original}.get(link_to, "")


def _absolute(address: str, base: str) -> str:
    """Give an address of the front matter as an absolute one: a path is on the site, wherever the site is mounted."""
    if not address or _SCHEME.match(address):
        return address.replace(UNKNOWN_BASE, base)
    return f"https:{address}" if address.startswith("//") else f"{base}/{address.lstrip('/')}"


def to_site(settings: Settings, *, base: str) -> Site:
    """Say what every page for people needs to know of the whole."""
    return Site(
        title=site_title(settings),
        description=settings.description,
        language=settings.language,
        home_url=f"{base}/",
        has_search=not settings.static,
        timezone=settings.timezone,
    )


def to_links(summary: ScopeSummary, *, base: str) -> ScopeLinks:
    """Return where a scope's page and its feeds are."""
    feed_urls = tuple(base + path_of(summary.scope, format_) for format_ in FORMATS)
    page_url = base + path_of(summary.scope, Format.HTML)
    return ScopeLinks(summary.scope.name, summary.count, summary.newest, feed_urls, page_url)


def to_groups(summaries: Sequence[ScopeSummary], *, base: str, most: int | None = None) -> tuple[ScopeGroup, ...]:
    """Gather scopes by kind, in the order given; where only so many are wanted, those with the most posts."""
    return tuple(
        _to_group(folder.kind, [one for one in summaries if one.scope.kind is folder.kind], base, most)
        for folder in FOLDERS.values()
    )


def _to_group(kind: ScopeKind, summaries: Sequence[ScopeSummary], base: str, most: int | None) -> ScopeGroup:
    largest = set(sorted(summaries, key=lambda summary: -summary.count)[:most])
    shown = tuple(to_links(summary, base=base) for summary in summaries if summary in largest)
    return ScopeGroup(kind, shown, len(summaries), base + path_of(Scope(kind), Format.HTML))


def to_selection(request: FeedRequest, count: int, settings: Settings, *, base: str) -> Selection:
    """Say where the feeds of exactly this selection are, what narrows it, and how to search in it."""
    page = _page_for_people(request, settings)
    feed_urls = tuple(base + url_of(replace(page, format=format_), settings) for format_ in FORMATS)
    path, _, query = path_of(request.scope, Format.HTML).partition("?")  # a form drops its address's query
    return Selection(
        feeds=ScopeLinks(" · ".join(_narrowing(page)), count, NO_POST, feed_urls, base + url_of(page, settings)),
        filters=tuple((label, base + url_of(rest, settings)) for label, rest in _without_each(page)),
        search_url=base + path,
        words=" ".join(request.words),
        kept=(*parse_qsl(query), *parameters(replace(page, words=()), settings)),
        page=request.page,
    )


def _without_each(request: FeedRequest) -> Iterator[tuple[str, FeedRequest]]:
    """Give each thing that narrows a request in words, with the request without it."""
    for chosen in request.filters:
        label = f"{'not ' if chosen.exclude else ''}{chosen.kind} {' or '.join(chosen.names)}"
        yield label, replace(request, filters=tuple(other for other in request.filters if other is not chosen))
    if request.words:
        yield f"“{' '.join(request.words)}”", replace(request, words=())
    if request.since:
        yield f"since {request.since:%Y-%m-%d}", replace(request, since=None)
    if request.until:
        yield f"until {request.until:%Y-%m-%d}", replace(request, until=None)
