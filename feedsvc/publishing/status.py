"""The service in numbers; for its operator, problems of posts and how far caches and hubs have been notified."""

from collections.abc import Iterable

from feedsvc import __version__
from feedsvc.entries import DeliveryState, Details, Status
from feedsvc.index.queries import Index
from feedsvc.models import Scope
from feedsvc.publishing.state import StateReader


class StatusReader:
    """Reads the status from the index, as of now."""

    def __init__(self, index: Index, states: StateReader) -> None:
        self._index = index
        self._states = states

    def read(self) -> Status:
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

    def details(self, targets: Iterable[str]) -> Details:
        """Return what only the operator sees; `targets` are the names of the caches and hubs that are notified."""
        return Details(tuple(self._index.problems()), self.delivery_states(targets))

    def delivery_states(self, targets: Iterable[str]) -> tuple[DeliveryState, ...]:
        """Return how far these targets have been notified of changes."""
        return tuple(self._index.delivery_states(targets))
