"""The current state of the index: its version and date, which posts are due, how long responses stay fresh."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from feedsvc.entries import State
from feedsvc.index.queries import Index
from feedsvc.models import EPOCH, NEVER
from feedsvc.settings import Settings

MIN_AGE = 60  # seconds; clients that poll more often than that gain nothing

Clock = Callable[[], datetime]


class StateReader:
    """Reads the index's state again only when it may have changed; safe to share between threads."""

    def __init__(self, settings: Settings, index: Index, clock: Clock) -> None:
        self._settings = settings
        self._index = index
        self._clock = clock
        self._state = State(0, EPOCH, EPOCH, EPOCH)

    def current(self) -> State:
        """Return the index's state; a few microseconds while no post has changed or become due.

        Raise NotReady until the posts have been read.
        """
        state, now = self._state, self._clock()
        if self._index.version() != state.version or not state.modified <= now < state.until:  # clocks may be set back
            state = self._index.state(now)
            if state.version >= self._state.version:  # else another thread has read a newer one meanwhile
                self._state = replace(state, due=NEVER) if self._settings.future else state
        return self._state

    def cutoff(self) -> datetime:
        """Return the time of publication after which posts are not shown: now, or never with the setting `future`."""
        return NEVER if self._settings.future else self._clock()

    def max_age(self) -> int:
        """Return the seconds for which a response made now stays fresh: not beyond the time the next post is due."""
        seconds_left = (self._state.due - self._clock()).total_seconds()
        return int(max(MIN_AGE, min(self._settings.max_age, seconds_left)))
