"""What the index holds at present: scopes, paths of posts, problems and counts. Renders nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from feedsvc import __version__
from feedsvc.errors import NotFound
from feedsvc.index.queries import Index
from feedsvc.models import Problem, Scope, ScopeKind, ScopeSummary, Status
from feedsvc.publishing.feeds import NO_POST
from feedsvc.publishing.state import StateReader

MAX_ON_LIST = 500  # scopes on a page of the list of all of a kind


@dataclass(frozen=True, slots=True)
class ScopeList:
    """Some scopes of a kind, and the number of all there are."""

    kind: ScopeKind
    summaries: tuple[ScopeSummary, ...]
    count: int

    @property
    def page_count(self) -> int:
        """Return the number of pages of the list of all."""
        return -(-self.count // MAX_ON_LIST)


class Catalog:
    """Lists what is published, as of now."""

    def __init__(self, index: Index, states: StateReader) -> None:
        self._index = index
        self._states = states

    def status(self) -> Status:
        """Return the counts that the status page shows. Raise NotReady until the posts have been read."""
        cutoff = self._states.cutoff()
        scanned, seconds = self._index.last_scan()
        return Status(
            version=__version__,
            index_version=self._states.current().version,
            posts=self._index.count_posts(Scope(), cutoff),
            hidden=self._index.count_hidden(),
            feeds=self._index.count_scopes(cutoff),
            problems=self._index.count_problems(),
            scanned=scanned,
            scan_seconds=round(seconds, 3),
        )

    def problems(self) -> list[Problem]:
        """Return the problems of the posts."""
        return self._index.problems()

    def scopes(self) -> list[Scope]:
        """Return every scope that has a post; without any post the scope of all posts."""
        return [summary.scope for summary in self._index.scopes(self._states.cutoff())] or [Scope()]

    def largest(self, kind: ScopeKind, limit: int) -> ScopeList:
        """Return the `limit` scopes of a kind with the most posts, by name."""
        cutoff = self._states.cutoff()
        with self._index.snapshot():
            found = self._index.largest_scopes(kind, cutoff, limit)
            return ScopeList(kind, tuple(found), self._index.count_scopes(cutoff, kind))

    def list_page(self, kind: ScopeKind, number: int) -> ScopeList:
        """Return the scopes on a page of the list of all scopes of a kind, by name. Raise NotFound past the end."""
        cutoff = self._states.cutoff()
        with self._index.snapshot():
            found = self._index.scopes_of_kind(kind, cutoff, (number - 1) * MAX_ON_LIST, MAX_ON_LIST)
            if not found:
                raise NotFound("no such page" if number == 1 else "page: past the end")
            return ScopeList(kind, tuple(found), self._index.count_scopes(cutoff, kind))

    def count_list_pages(self, kind: ScopeKind) -> int:
        """Return the number of pages of the list of all scopes of a kind."""
        return self.largest(kind, 0).page_count

    def summary(self, scope: Scope) -> ScopeSummary:
        """Return the summary of one scope, whether it has a post or not."""
        return self._index.summary(scope, self._states.cutoff()) or ScopeSummary(scope, 0, NO_POST)

    def paths(self) -> Iterator[str]:
        """Return the path of every post that is published."""
        cutoff = self._states.cutoff()
        return (post.path for post in self._index.posts() if post.published <= cutoff)
