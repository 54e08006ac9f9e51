"""Feed URLs of other generators → the scopes and formats they mean, by the rules in `legacy_urls.toml`. Pure.

The feeds of the Jekyll site at hand keep their paths; every other old URL is redirected to the feed's URL here.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from feedsvc.models import FeedRequest, Format, Scope, ScopeKind
from feedsvc.publishing.routing import Route, first_page
from feedsvc.settings import Jekyll, Settings
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


# --- feeds of the Jekyll site at hand ------------------------------------------------------------


def parse_own_path(path: str, settings: Settings) -> Route | None:
    """Return the feed that jekyll-feed wrote to `path` of this site; None where it wrote none."""
    jekyll = settings.jekyll
    scope = jekyll and _own_scope(path, jekyll)
    if not jekyll or not scope:
        return None
    request = FeedRequest(scope, Format.ATOM, jekyll.feed_limit, settings.content, legacy_path=path)
    return Route(request, name_in_path=scope.kind is not ScopeKind.ALL)


def _own_scope(path: str, jekyll: Jekyll) -> Scope | None:
    if path == jekyll.feed_path:
        return Scope()
    for kind, folder in _own_folders(jekyll).items():
        name = path.removeprefix(folder).removesuffix(".xml")
        has_feed = kind is ScopeKind.TAG or name in jekyll.feed_categories
        if folder and path == f"{folder}{name}.xml" and has_feed and clean_name(name):
            return Scope(kind, clean_name(name))
    return None


def _own_folders(jekyll: Jekyll) -> dict[ScopeKind, str]:
    return {ScopeKind.TAG: jekyll.feed_tags, ScopeKind.CATEGORY: "/feed/"}


def own_paths(scopes: Iterable[Scope], settings: Settings) -> Iterator[str]:
    """Return the paths to which jekyll-feed wrote feeds of these scopes, percent-encoded."""
    paths = (own_path(scope, settings) for scope in scopes)
    return (quote(path) for path in paths if parse_own_path(path, settings))


def own_path(scope: Scope, settings: Settings) -> str:
    """Return the path to which jekyll-feed wrote the feed of a scope, "" if to none; inverse of `parse_own_path`."""
    if not settings.jekyll or scope.kind is ScopeKind.ALL:
        return settings.jekyll.feed_path if settings.jekyll else ""
    folder = _own_folders(settings.jekyll).get(scope.kind)
    return f"{folder}{scope.name}.xml" if folder else ""


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
