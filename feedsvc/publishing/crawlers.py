"""Documents for crawlers: sitemaps of all pages for people, and robots.txt (RFC 9309)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from feedsvc.entries import Document
from feedsvc.errors import NotFound
from feedsvc.index.queries import Index
from feedsvc.models import Format, Scope, ScopeKind
from feedsvc.names import FOLDERS
from feedsvc.publishing.catalog import Catalog
from feedsvc.publishing.documents import DocumentStore, to_document
from feedsvc.publishing.routing import path_of, post_path_of
from feedsvc.publishing.state import StateReader
from feedsvc.publishing.tags import ANY, to_tags
from feedsvc.render.sitemaps import MAX_URLS, SITEMAP_TYPE, to_sitemap, to_sitemap_index
from feedsvc.settings import Settings

_NUMBER = re.compile("[1-9][0-9]{0,5}")
ROBOTS_TYPE = "text/plain; charset=utf-8"
# Searches are without end, and crawlers need none of them.
_ROBOTS = "User-agent: *\nDisallow: /*?q=\nDisallow: /*&q=\n\nSitemap: {base}/sitemap.xml\n"
_REFUSAL = "User-agent: *\nDisallow: /\n"

DatedPaths = Iterator[tuple[str, datetime]]


def to_robots(settings: Settings, base: str) -> Document:
    """Return the rules for crawlers; a service with a reader token refuses them all."""
    text = _REFUSAL if settings.reader_token else _ROBOTS.format(base=base)
    return to_document(text.encode(), ROBOTS_TYPE)


@dataclass(frozen=True, slots=True)
class _Group:
    """Pages of one kind: how many there are, and a function that returns some of their paths and times of change."""

    count: int
    dated_paths: Callable[[int, int], DatedPaths]


class Sitemaps:
    """Makes sitemaps; safe to share between threads."""

    def __init__(self, index: Index, states: StateReader, catalog: Catalog, documents: DocumentStore) -> None:
        self._index = index
        self._states = states
        self._catalog = catalog
        self._documents = documents

    def main(self, base: str) -> Document:
        """Return the sitemap of all pages, or the index of several if they are too many for one."""

        def make() -> bytes:
            if names := self.part_names():
                return to_sitemap_index(f"{base}/sitemap-{name}.xml" for name in names)
            paths = chain.from_iterable(group.dated_paths(0, MAX_URLS) for group in self._groups().values())
            return to_sitemap((base + path, changed) for path, changed in paths)

        return self._get_or_create("", base, make)

    def part(self, name: str, base: str) -> Document:
        """Return one of several sitemaps by its name, as `posts-2`. Raise NotFound if there is none."""
        sort, _, number = name.rpartition("-")
        group = self._groups().get(sort)
        if group is None or not _NUMBER.fullmatch(number) or int(number) > _count_parts(group):
            raise NotFound("no such sitemap")

        def make() -> bytes:
            paths = group.dated_paths((int(number) - 1) * MAX_URLS, MAX_URLS)
            return to_sitemap((base + path, changed) for path, changed in paths)

        return self._get_or_create(name, base, make)

    def part_names(self) -> list[str]:
        """Return the names of the sitemaps that the main one lists, none if it is the only one."""
        groups = self._groups()
        if sum(group.count for group in groups.values()) <= MAX_URLS:
            return []
        numbers = {sort: range(1, _count_parts(group) + 1) for sort, group in groups.items()}
        return [f"{sort}-{number}" for sort in groups for number in numbers[sort]]

    def _get_or_create(self, name: str, base: str, make: Callable[[], bytes]) -> Document:
        state = self._states.current()
        return self._documents.get_or_create(
            ("sitemap", name), base, state, lambda: to_document(make(), SITEMAP_TYPE, tags=to_tags([ANY]))
        )

    def _groups(self) -> dict[str, _Group]:
        """Return the sorts of pages; posts are in the order of their dates, so that new ones change the last part."""
        kinds = {name: (folder.kind, self._catalog.largest(folder.kind, 0).count) for name, folder in FOLDERS.items()}
        listed = {name: pair for name, pair in kinds.items() if pair[1]}
        scopes = {name: _Group(count, self._scopes_of(kind)) for name, (kind, count) in listed.items()}
        posts = _Group(self._index.count_posts(Scope(), self._states.cutoff()), self._posts)
        lists = [Scope(), *(Scope(kind) for kind, _ in listed.values())]
        return {"pages": _Group(len(lists), lambda start, count: self._lists(lists[start : start + count]))} | {
            "posts": posts,
            **scopes,
        }

    def _lists(self, scopes: list[Scope]) -> DatedPaths:
        newest = self._catalog.summary(Scope()).newest
        return ((path_of(scope, Format.HTML), newest) for scope in scopes)

    def _posts(self, start: int, count: int) -> DatedPaths:
        paths = self._index.dated_paths(self._states.cutoff(), start, count)
        return ((post_path_of(path), changed) for path, changed in paths)

    def _scopes_of(self, kind: ScopeKind) -> Callable[[int, int], DatedPaths]:
        """Return a function for the scopes of a kind; a name that no path can hold has no page of its own."""

        def paths(start: int, count: int) -> DatedPaths:
            found = self._index.scopes_of_kind(kind, self._states.cutoff(), start, count)
            paths = ((path_of(summary.scope, Format.HTML), summary.newest) for summary in found)
            return ((path, newest) for path, newest in paths if "?" not in path)

        return paths


def _count_parts(group: _Group) -> int:
    return -(-group.count // MAX_URLS)
