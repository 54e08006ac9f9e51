"""Posts and their clean bodies → Feed. Pure.

`base` is the URL of the service without a slash at its end; all URLs that are returned are absolute.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from feedsvc.entries import Entry, Feed
from feedsvc.models import Cleaned, FeedRequest, Format, Post, Scope
from feedsvc.posts.generators.table import generator_of
from feedsvc.publishing.descriptions import describe, language_of
from feedsvc.publishing.entries import fit_to_page, to_entry, to_picture_url
from feedsvc.publishing.feed_requests import first_page, to_html_page
from feedsvc.publishing.ids import feed_id
from feedsvc.publishing.listings import TIME_WITHOUT_POSTS, to_labels
from feedsvc.publishing.podcasts import language_of_episodes, to_show
from feedsvc.publishing.routing import filters_to_scope, links_to_other_pages, url_of
from feedsvc.settings import LinkTo, Settings, site_author, site_title
from feedsvc.wording import Words, words_for


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
    title, words = site_title(settings), words_for(settings.language)
    entries = tuple(_to_entries(request, posts, bodies, settings, base))
    return Feed(
        id=feed_id(_named_scope(request), settings, request.legacy_path),
        title=_title_of(request, title, settings, words),
        description=settings.description or words.text("title.newest", title=title),
        base_url=f"{base}/",
        self_url=base + url_of(request, settings),
        page_url=base + url_of(to_html_page(request, settings), settings),
        updated=max((entry.updated for entry in entries), default=TIME_WITHOUT_POSTS),
        ttl=math.ceil(settings.max_age / 60),
        author=site_author(settings),
        language=language_of(request) or settings.language or language_of_episodes(entries),
        hub=settings.websub_hub if _is_topic(request, settings) else "",
        icon=to_picture_url(settings.icon, settings, base),
        logo=to_picture_url(settings.logo, settings, base),
        show=to_show(request, settings, base) if any(entry.episode for entry in entries) else None,
        pages=links_to_other_pages(request, pages, settings, base=base, has_last=has_last),
        entries=entries,
        timezone=settings.timezone,
    )


def _title_of(request: FeedRequest, title: str, settings: Settings, words: Words) -> str:
    """Return the title of a feed; one that stays where the site's generator had it keeps the title it had there."""
    generator = generator_of(settings.site)
    own = generator.name_feed(title, request.scope, settings.site) if request.legacy_path else ""
    named = own or " · ".join([title, *describe(request, words)])
    return generator.show_title(named) if request.legacy_path else named


def _is_topic(request: FeedRequest, settings: Settings) -> bool:
    """True if a hub is notified of changes of a feed: feeds with filters, and further pages, are too many."""
    first = first_page(request.scope, request.format, settings)
    return request.page == 1 if request.legacy_path else request == first


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
    lengths = fit_to_page([bodies[post.path].html for post in posts], settings.page_bytes)
    if request.legacy_path:  # there whole posts are expected
        lengths = [None] * len(posts)
    for post, length in zip(posts, lengths, strict=True):
        entry = make(post, bodies[post.path], max_length=length)
        is_withheld = post.excerpt_only and request.format != Format.HTML
        labels = to_labels(post, base=base) if request.format == Format.HTML else ()
        entry = _as_on_site(entry, post, settings) if request.legacy_path else entry
        yield replace(entry, content="" if is_withheld else entry.content, labels=labels)


def _as_on_site(entry: Entry, post: Post, settings: Settings) -> Entry:
    """Return an entry with title and summary as the feeds of the site's generator have them."""
    length = None if post.summary else settings.site.summary_length or None
    title = generator_of(settings.site).show_title(entry.title)
    return replace(entry, title=title, summary=entry.summary[:length])


def _named_scope(request: FeedRequest) -> Scope:
    """Return the scope that a feed's id is made of, so that the id stays when a post first has the name of a filter."""
    return request.scope if request.scope.name else filters_to_scope(request.filters)[0]
