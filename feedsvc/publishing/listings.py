"""Scopes and requests → the lists and links that pages show. Pure.

`base` is the URL of the service without a slash at its end; all URLs that are returned are absolute.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from feedsvc.entries import Label, Link, ScopeGroup, ScopeLinks, Selection, SiteView
from feedsvc.models import FeedRequest, Format, Post, Scope, ScopeKind, ScopeSummary
from feedsvc.names import labels_of
from feedsvc.publishing.descriptions import describe, without_each
from feedsvc.publishing.entries import to_picture_url
from feedsvc.publishing.feed_requests import first_page, to_html_page
from feedsvc.publishing.routing import links_to_other_pages, parameters, path_of, post_path_of, url_of
from feedsvc.render import FORMATS
from feedsvc.settings import Settings, site_title
from feedsvc.wording import words_for

# The time of a feed without posts: Atom requires one (RFC 4287 section 4.2.15); the current time would change bytes.
TIME_WITHOUT_POSTS = datetime(2000, 1, 1, tzinfo=UTC)


def to_site(settings: Settings, *, base: str, kinds: Sequence[ScopeKind] = (), style: str = "") -> SiteView:
    """Return what every HTML page shows of the site; `kinds` are those of which there are scopes."""
    return SiteView(
        title=site_title(settings),
        description=settings.description,
        language=settings.language,
        home_url=f"{base}/",
        has_search=not settings.static,
        own_feeds=tuple(_own_feeds(settings, base)),
        timezone=settings.timezone,
        menu=tuple(Label(kind, "", base + path_of(Scope(kind), Format.HTML)) for kind in kinds),
        icon=to_picture_url(settings.icon, settings, base),
        logo=to_picture_url(settings.logo, settings, base),
        miniflux_url=settings.miniflux_url,
        token="" if settings.static else settings.reader_token,
        style=style,
    )


def to_labels(post: Post, *, base: str) -> tuple[Label, ...]:
    """Return the scopes that a page shows with a post."""
    return tuple(Label(one.kind, one.name, base + path_of(one, Format.HTML)) for one in labels_of(post))


def to_link(post: Post | None, *, base: str) -> Link | None:
    """Return the link to a post's page."""
    return Link(post.title, post.language, base + post_path_of(post.path)) if post else None


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
    """Return the scopes on one page of the list of all of a kind, with the URLs of the page and of its neighbors."""
    first = first_page(request.scope, Format.HTML, settings)
    own = replace(first, page=request.page, by_count=request.by_count)
    group = to_group(request.scope.kind, summaries, count, base=base)
    return replace(
        group,
        url=base + url_of(own, settings),
        page=request.page,
        pages=links_to_other_pages(own, pages, settings, base=base),
        by_count=request.by_count,
        sorted_url="" if settings.static else base + url_of(replace(first, by_count=not own.by_count), settings),
    )


def to_selection(
    request: FeedRequest, count: int, settings: Settings, *, base: str, is_counted: bool = True
) -> Selection:
    """Return the URLs of the feeds with the same filters, each filter with the URL without it, and the search form.

    `count` is the number of posts; unless `is_counted`, there are more than that.
    """
    page, words = to_html_page(request, settings), words_for(settings.language)
    feed_urls = tuple(base + url_of(replace(page, format=format_), settings) for format_ in FORMATS)
    path, _, query = path_of(request.scope, Format.HTML).partition("?")  # a form drops the query of its URL
    return Selection(
        feeds=ScopeLinks(
            " · ".join(describe(page, words)), count, TIME_WITHOUT_POSTS, feed_urls, base + url_of(page, settings)
        ),
        filters=tuple((label, base + url_of(rest, settings)) for label, rest in without_each(page, words)),
        search_url=base + path,
        words=" ".join(request.words),
        kept=(*parse_qsl(query), *parameters(replace(page, words=()), settings)),
        page=request.page,
        is_counted=is_counted,
    )
