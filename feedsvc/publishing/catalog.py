"""What the index holds at present: scopes, paths of posts, problems and counts. Renders nothing."""

from collections.abc import Iterator

from feedsvc import __version__
from feedsvc.index.queries import Index
from feedsvc.models import Problem, Scope, ScopeSummary, Status
from feedsvc.publishing.feeds import NO_POST
from feedsvc.publishing.state import StateReader


class Catalog:
    """Lists what is published, as of now."""

    def __init__(self, index: Index, states: StateReader) -> None:
        self._index = index
        self._states = states

    def status(self) -> Status:
        """Return the counts that the status page shows. Raise NotReady until the posts have been read."""
        summaries = self.summaries()
        scanned, seconds = self._index.last_scan()
        return Status(
            version=__version__,
            index_version=self._states.current().version,
            posts=next((summary.count for summary in summaries if summary.scope == Scope()), 0),
            hidden=self._index.count_hidden(),
            feeds=len(summaries),
            problems=len(self._index.problems()),
            scanned=scanned,
            scan_seconds=round(seconds, 3),
        )

    def problems(self) -> list[Problem]:
        """Return the problems of the posts."""
        return self._index.problems()

    def scopes(self) -> list[Scope]:
        """Return every scope that has a post; without any post the scope of all posts."""
        return [summary.scope for summary in self.summaries()] or [Scope()]

    def summaries(self) -> list[ScopeSummary]:
        """Return every scope that has a post, with the number of its posts and the time of the newest."""
        return self._index.scopes(self._states.cutoff())

    def summary(self, scope: Scope) -> ScopeSummary:
        """Return the summary of one scope, whether it has a post or not."""
        return self._index.summary(scope, self._states.cutoff()) or ScopeSummary(scope, 0, NO_POST)

    def paths(self) -> Iterator[str]:
        """Return the path of every post that is published."""
        cutoff = self._states.cutoff()
        return (post.path for post in self._index.posts() if post.published <= cutoff)
