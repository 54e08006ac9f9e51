"""An address → what it means: a request with every name as posts spell it, and the one address it should have."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote

from feedsvc.errors import Gone, NotFound
from feedsvc.index.queries import Index
from feedsvc.models import FeedRequest, Scope, ScopeKind, State
from feedsvc.names import fold, slug, to_spellings
from feedsvc.publishing.legacy_urls import is_wordpress, old_feeds, own_feed, own_path
from feedsvc.publishing.routing import Address, demote, is_shaped, parse, path_of, split_page, url_of
from feedsvc.publishing.state import StateReader
from feedsvc.settings import GONE, Settings


class Found(NamedTuple):
    """What an address means: a request, its canonical address, and what a redirect there keeps of the query."""

    request: FeedRequest
    canonical: str
    kept: str


class Resolver:
    """Resolves URLs by the names that the published posts have; safe to share between threads."""

    def __init__(self, settings: Settings, index: Index, states: StateReader) -> None:
        self._settings = settings
        self._index = index
        self._states = states
        self._names: tuple[State | None, dict[ScopeKind, dict[str, str]]] = (None, {})

    def find(self, path: str, query: str) -> Found:
        """Give what an address means, ours or an old one. Raises NotFound, BadRequest and Gone."""
        query = "" if self._settings.static else query  # a file server would not see it either
        alias = dict(self._settings.aliases).get(path)
        if alias == GONE:
            raise Gone("given up for good")
        if alias:
            path, _, query = unquote(alias).partition("?")
        refused = []
        for address in self._meanings(path, query):
            try:
                return self._found(address, query)
            except NotFound as error:
                refused.append(error)
        raise (refused or [NotFound("no such page")])[0]

    def _found(self, address: Address, query: str) -> Found:
        request = self.resolve(address)
        scope = request.scope if address.name_in_path else Scope()
        is_own = request.address or self._settings.static
        canonical = url_of(request, self._settings) if is_own else path_of(scope, request.format)
        return Found(request, canonical, query if address.kept is None else address.kept)

    def _meanings(self, path: str, query: str) -> Iterator[Address]:
        own = None if is_shaped(query) else own_feed(path, self._settings)
        if own:
            yield own
        written = [(path, query), *([split_page(path)] if self._settings.static else []), (path.rstrip("/"), query)]
        for spelt, asked in written if not is_wordpress(query) else ():
            with suppress(NotFound):
                yield parse(spelt, asked, self._settings)
        yield from old_feeds(path, query, self._settings)

    def resolve(self, address: Address) -> FeedRequest:
        """Give the request with every name as posts spell it.

        Raises NotFound for an unknown name in the path; one in the query stays a filter, for the path would be none.
        """
        request = address.request
        scope = Scope(request.scope.kind, self._spelling(request.scope.kind, request.scope.name))
        filters = tuple(
            replace(chosen, names=tuple(sorted({self._spelling(chosen.kind, name) for name in chosen.names})))
            for chosen in request.filters
        )
        if scope.name and not self._index.has(scope, self._states.cutoff()):
            if address.name_in_path:
                raise NotFound(f"no such {scope.kind}")
            scope, filters = Scope(), demote(scope, filters)
        path = own_path(scope, self._settings) if request.address else ""
        return replace(request, scope=scope, filters=filters, address=path)

    def _spelling(self, kind: ScopeKind, name: str) -> str:
        """Give a name as posts spell it: exactly, else but for case, else the one with its slug, else as it came."""
        if kind is ScopeKind.ALL or not name or self._index.has(Scope(kind, name), self._states.cutoff()):
            return name
        spellings = self._spellings().get(kind, {})
        return spellings.get(fold(name)) or spellings.get(slug(name)) or name

    def _spellings(self) -> dict[ScopeKind, dict[str, str]]:
        state = self._states.current()
        if self._names[0] != state:
            scopes = [summary.scope for summary in self._index.scopes(self._states.cutoff())]
            tables = {kind: to_spellings(scope.name for scope in scopes if scope.kind is kind) for kind in ScopeKind}
            self._names = (state, tables)
        return self._names[1]
