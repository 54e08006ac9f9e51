"""The addresses subscribers hold from other generators → the scopes and formats they mean.

Pure. What a Jekyll site served itself is served on; everything else is redirected to our own address of the same feed.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, quote, urlencode

from feedsvc.models import FeedRequest, Format, Scope, ScopeKind
from feedsvc.publishing.routing import Address, first_page
from feedsvc.settings import Jekyll, Settings
from feedsvc.text import clean_name

_ALL, _TAG, _CATEGORY, _AUTHOR = ScopeKind.ALL, ScopeKind.TAG, ScopeKind.CATEGORY, ScopeKind.AUTHOR
_FORMATS = {
    **dict.fromkeys(("feed", "rss", "rss2", "rdf", "xml"), Format.RSS),
    "atom": Format.ATOM,
    "json": Format.JSON,
}
_KINDS = {
    **dict.fromkeys(("tag", "tags"), (_TAG,)),
    **dict.fromkeys(("author", "authors"), (_AUTHOR,)),
    "category": (_CATEGORY,),
    "categories": (_CATEGORY, _TAG),  # Nikola keeps tags there
}
_WORD = "(?P<format>feed|rdf|rss2?|atom)"

# Paths of one shape, their format and the kinds of their `name`, where the groups `format` and `folder` do not say so.
# The first that fits and names something there is decides.
_OLD: tuple[tuple[str, str | None, tuple[ScopeKind, ...]], ...] = (
    # jekyll-feed, hand-made Jekyll, Hexo, Eleventy, Nikola, Pelican
    (r"/(?:feed|atom)\.xml|/(?:feed|index)\.atom|/feed/feed\.xml|/feeds/all\.atom\.xml", Format.ATOM, ()),
    # Hugo (a section, and its lists of terms), Astro, Hexo, Nikola, Pelican
    (r"(?:/[\w-]+)?/index\.xml|/rss2?\.xml|/feeds/all\.rss\.xml", Format.RSS, ()),
    (r"/feed/feed\.json|/index\.json", Format.JSON, ()),
    # WordPress, Ghost
    (rf"(?:/(?:blog|posts?))?(?:/feed)?/{_WORD}", None, ()),
    (r"/wp-(?P<format>rdf|rss2?|atom)\.php", None, ()),
    # jekyll-feed
    (r"/feed/by_tag/(?P<name>.+)\.xml", Format.ATOM, (_TAG,)),
    (r"/feed/(?:posts/)?(?P<name>.+)\.xml", Format.ATOM, (_CATEGORY, _TAG)),
    # Pelican
    (r"/feeds/tag-(?P<name>.+)\.(?P<format>atom|rss)\.xml", None, (_TAG,)),
    (r"/feeds/(?P<name>.+)\.(?P<format>atom|rss)\.xml", None, (_CATEGORY, _AUTHOR)),
    # Hugo
    (r"/(?P<folder>tags?|category|categories|authors?)/(?P<name>.+)/index\.xml", Format.RSS, ()),
    # Nikola
    (r"/categories/cat_(?P<name>.+)\.(?P<format>xml|atom)", None, (_CATEGORY,)),
    (r"/(?P<folder>tags|categories|authors)/(?P<name>[^/]+)\.(?P<format>xml|atom)", None, ()),
    # WordPress, Ghost
    (rf"(?:/[\w-]+)?/(?P<folder>tag|category|author)/(?P<name>.+?)(?:/feed)?/{_WORD}", None, ()),
    # jekyll-archives, and everybody's pages
    (r"(?:/[\w-]+)?/(?P<folder>tag|category|author)/(?P<name>.+)", Format.HTML, ()),
)


def own_feed(path: str, settings: Settings) -> Address | None:
    """Give the feed that jekyll-feed served at `path` on this very site, for it to be served on there."""
    jekyll = settings.jekyll
    scope = jekyll and _own_scope(path, jekyll)
    if not jekyll or not scope:
        return None
    request = FeedRequest(scope, Format.ATOM, jekyll.feed_limit, settings.content, address=path)
    return Address(request, name_in_path=scope.kind is not _ALL)


def _own_scope(path: str, jekyll: Jekyll) -> Scope | None:
    if path == jekyll.feed_path:
        return Scope()
    for kind, folder in _own_folders(jekyll).items():
        name = path.removeprefix(folder).removesuffix(".xml")
        is_own = folder and path == f"{folder}{name}.xml" and (kind is _TAG or name in jekyll.feed_categories)
        if is_own and clean_name(name):
            return Scope(kind, clean_name(name))
    return None


def _own_folders(jekyll: Jekyll) -> dict[ScopeKind, str]:
    return {_TAG: jekyll.feed_tags, _CATEGORY: "/feed/"}


def own_addresses(scopes: Iterable[Scope], settings: Settings) -> Iterator[str]:
    """Give where jekyll-feed served feeds of these scopes, percent-encoded."""
    paths = (own_path(scope, settings) for scope in scopes)
    return (quote(path) for path in paths if own_feed(path, settings))


def own_path(scope: Scope, settings: Settings) -> str:
    """Give where jekyll-feed served the feed of a scope, "" if nowhere: the inverse of `own_feed`."""
    if not settings.jekyll or scope.kind is _ALL:
        return settings.jekyll.feed_path if settings.jekyll else ""
    folder = _own_folders(settings.jekyll).get(scope.kind)
    return f"{folder}{scope.name}.xml" if folder else ""


def old_feeds(path: str, query: str, settings: Settings) -> Iterator[Address]:
    """Give what an old address may mean, the likeliest first; `query` is what a redirect keeps of it."""
    asked = parse_qs(query)
    wanted = _FORMATS.get(asked.get("feed", [""])[-1])  # WordPress' `?feed=rss2`
    kept = urlencode([("q", words) for words in asked.get("s", ())]) if wanted else ""
    if path == "/" and wanted:
        yield _address(Scope(), wanted, kept, settings)
    for pattern, format_, kinds in _OLD:
        if found := re.fullmatch(f"(?:{pattern})/?", path):
            groups = found.groupdict()
            for scope in _scopes(groups, kinds):
                yield _address(scope, wanted or format_ or _FORMATS[groups["format"]], kept, settings)


def is_wordpress(query: str) -> bool:
    """Tell whether a query asks for a feed as WordPress' do, which no address of ours does."""
    return "feed=" in query and parse_qs(query).get("feed", [""])[-1] in _FORMATS


def _address(scope: Scope, format_: str, kept: str, settings: Settings) -> Address:
    return Address(first_page(scope, format_, settings), name_in_path=scope.kind is not _ALL, kept=kept)


def _scopes(groups: dict[str, str], kinds: tuple[ScopeKind, ...]) -> Iterator[Scope]:
    name = groups.get("name")
    if not name:
        yield Scope()
        return
    folder = groups.get("folder", "")
    for spelling in (name, name.rpartition("/")[2]) if folder == "category" else (name,):  # WordPress: /parent/child/
        for kind in _KINDS.get(folder, kinds):
            if cleaned := clean_name(spelling):
                yield Scope(kind, cleaned)
