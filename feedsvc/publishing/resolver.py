"""A URL → the request that it means, with every name as posts spell it, and the canonical URL."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote

from feedsvc.errors import Gone, NotFound
from feedsvc.index.queries import Index
from feedsvc.models import FeedRequest, Scope, ScopeKind
from feedsvc.publishing.legacy_urls import is_wordpress_query, own_path, parse_legacy_url, parse_own_path
from feedsvc.publishing.routing import Route, has_parameters, parse, path_of, scope_to_filters, split_page, url_of
from feedsvc.publishing.state import StateReader
from feedsvc.settings import GONE, Settings


class Resolution(NamedTuple):
    """The request that a URL means, the canonical URL of its scope, and the part of the query that a redirect keeps."""

    request: FeedRequest
    canonical: str
    kept_query: str


class Resolver:
    """Resolves URLs by the names that the published posts have; safe to share between threads."""

    def __init__(self, settings: Settings, index: Index, states: StateReader) -> None:
        self._settings = settings
        self._index = index
        self._states = states

    def find(self, path: str, query: str) -> Resolution:
        """Return what a URL means, whether feedsvc's or another generator's. Raise NotFound, BadRequest or Gone."""
        query = "" if self._settings.static else query  # a file server ignores it too
        alias = dict(self._settings.aliases).get(path)
        if alias == GONE:
            raise Gone("given up for good")
        if alias:
            path, _, query = unquote(alias).partition("?")
        errors = []
        for route in self._routes(path, query):
            try:
                return self._to_resolution(route, query)
            except NotFound as error:
                errors.append(error)
        raise (errors or [NotFound("no such page")])[0]

    def _to_resolution(self, route: Route, query: str) -> Resolution:
        request = self.resolve(route)
        scope = request.scope if route.name_in_path else Scope()
        is_whole = request.legacy_path or self._settings.static  # its URL has no other parameters
        canonical = url_of(request, self._settings) if is_whole else path_of(scope, request.format)
        return Resolution(request, canonical, query if route.kept_query is None else route.kept_query)

    def _routes(self, path: str, query: str) -> Iterator[Route]:
        """Return what a URL may mean, the likeliest first."""
        if not has_parameters(query):
            yield from parse_own_path(path, self._settings)
        in_path = [split_page(path)] if self._settings.static else []
        for spelling in ((path, query), *in_path, (path.rstrip("/"), query)) if not is_wordpress_query(query) else ():
            with suppress(NotFound):
                yield parse(*spelling, self._settings)
        yield from parse_legacy_url(path, query, self._settings)

    def resolve(self, route: Route) -> FeedRequest:
        """Return the request with every name as posts spell it.

        Raise NotFound for an unknown name in the path. One from the query stays a filter, since a path with it would
        be not found.
        """
        request = route.request
        scope = Scope(request.scope.kind, self._spelling(request.scope.kind, request.scope.name))
        filters = tuple(
            replace(chosen, names=tuple(sorted({self._spelling(chosen.kind, name) for name in chosen.names})))
            for chosen in request.filters
        )
        if scope.name and not self._index.has(scope, self._states.cutoff()):
            if route.name_in_path:
                raise NotFound(f"no such {scope.kind}")
            scope, filters = Scope(), scope_to_filters(scope, filters)
        legacy_path = own_path(scope, request.legacy_path, self._settings) if request.legacy_path else ""
        return replace(request, scope=scope, filters=filters, legacy_path=legacy_path)

    def _spelling(self, kind: ScopeKind, name: str) -> str:
        """Return a name as posts spell it: the same, else one that differs in case, else that with its slug.

        A name that no post has is returned unchanged.
        """
        if kind is ScopeKind.ALL or not name:
            return name
        return self._index.spelling(kind, name, self._states.cutoff()) or name
