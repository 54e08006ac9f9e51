"""Feed URLs of other generators → the scopes and formats they mean, by the rules in `legacy_urls.toml`. Pure.

Feeds of the site that the posts belong to keep their paths; other old URLs redirect to the feed's URL here.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from feedsvc.models import FeedRequest, Scope, ScopeKind
from feedsvc.posts.generators.table import generator_of
from feedsvc.publishing.feed_requests import first_page
from feedsvc.publishing.routing import Route
from feedsvc.settings import Settings
from feedsvc.sites import OwnFeed
from feedsvc.text import clean_name


@dataclass(frozen=True, slots=True)
class LegacyRule:
    """What paths of one pattern mean; "" as `format` where a group of the pattern names it."""

    path: re.Pattern[str]
    format: str
    kinds: tuple[ScopeKind, ...]


def _to_kinds(names: Iterable[str]) -> tuple[ScopeKind, ...]:
    return tuple(map(ScopeKind, names))


def _to_rule(row: Mapping[str, Any]) -> LegacyRule:
    return LegacyRule(re.compile(f"(?:{row['path']})/?"), row.get("format", ""), _to_kinds(row.get("kinds", ())))


_TABLES: Mapping[str, Any] = tomllib.loads((files(__package__) / "legacy_urls.toml").read_text("utf-8"))
_FORMATS: Mapping[str, str] = _TABLES["formats"]
_KINDS = {folder: _to_kinds(names) for folder, names in _TABLES["kinds"].items()}
LEGACY_RULES = tuple(map(_to_rule, _TABLES["rules"]))


# --- feeds of the site that the posts belong to --------------------------------------------------


def parse_own_path(path: str, settings: Settings) -> Iterator[Route]:
    """Return the feeds that the site's generator may have written to `path`."""
    for feed in settings.site.feeds:
        if scope := _own_scope(path, feed):
            request = FeedRequest(scope, feed.format, feed.limit, settings.content, legacy_path=path)
            yield Route(request, name_in_path=scope.kind is not ScopeKind.ALL)


def _own_scope(path: str, feed: OwnFeed) -> Scope | None:
    if feed.kind is ScopeKind.ALL:
        return Scope() if path == feed.path else None
    start, mark, end = feed.path.partition("{name}")
    if not mark:  # the feed of one name
        return Scope(feed.kind, feed.names[0]) if path == feed.path and feed.names else None
    name = path.removeprefix(start).removesuffix(end)
    is_path = path == f"{start}{name}{end}" and bool(clean_name(name))
    return Scope(feed.kind, clean_name(name)) if is_path and _has_feed(name, feed) else None


def _has_feed(name: str, feed: OwnFeed) -> bool:
    return (not feed.names or name in feed.names) and name not in feed.excluded


def own_paths(scopes: Iterable[Scope], settings: Settings) -> Iterator[str]:
    """Return the paths to which the site's generator wrote feeds of these scopes, percent-encoded."""
    for scope in scopes:
        for feed in settings.site.feeds:
            path = _own_path(scope, feed, settings)
            if feed.kind is scope.kind and _has_feed(scope.name, feed) and _own_scope(path, feed):
                yield quote(path)


def own_path(scope: Scope, path: str, settings: Settings) -> str:
    """Return the path of a scope's feed at the site's own URLs; `path` is that of any feed of its kind there."""
    feeds = (feed for feed in settings.site.feeds if feed.kind is scope.kind and _own_scope(path, feed))
    found = (_own_path(scope, feed, settings) for feed in feeds)
    return next(found, "")


def _own_path(scope: Scope, feed: OwnFeed, settings: Settings) -> str:
    return feed.path.replace("{name}", generator_of(settings.site).to_segment(scope))


# --- feeds of any generator ----------------------------------------------------------------------


def parse_legacy_url(path: str, query: str, settings: Settings) -> Iterator[Route]:
    """Return what the URL of a feed of another generator may mean, the likeliest first."""
    parameters = parse_qs(query)
    format_in_query = _FORMATS.get(parameters.get("feed", [""])[-1], "")  # WordPress: `?feed=rss2`
    kept_query = urlencode([("q", words) for words in parameters.get("s", ())]) if format_in_query else ""
    if path == "/" and format_in_query:
        yield _to_route(Scope(), format_in_query, kept_query, settings)
    for rule in LEGACY_RULES:
        if found := rule.path.fullmatch(path):
            groups = found.groupdict()
            format_ = format_in_query or rule.format or _FORMATS[groups["format"]]
            for scope in _scopes(groups, rule.kinds):
                yield _to_route(scope, format_, kept_query, settings)


def is_wordpress_query(query: str) -> bool:
    """True if a query requests a feed as WordPress does: `feed=rss2`. feedsvc itself has no parameter `feed`."""
    return "feed=" in query and parse_qs(query).get("feed", [""])[-1] in _FORMATS


def _to_route(scope: Scope, format_: str, kept_query: str, settings: Settings) -> Route:
    request = first_page(scope, format_, settings)
    return Route(request, name_in_path=scope.kind is not ScopeKind.ALL, kept_query=kept_query)


def _scopes(groups: Mapping[str, str], kinds: tuple[ScopeKind, ...]) -> Iterator[Scope]:
    name = groups.get("name")
    if not name:
        yield Scope()
        return
    folder = groups.get("folder", "")
    for spelling in (name, name.rpartition("/")[2]) if folder == "category" else (name,):  # WordPress: /parent/child/
        for kind in _KINDS.get(folder, kinds):
            if cleaned := clean_name(spelling):
                yield Scope(kind, cleaned)
