"""Notify each target in a thread of its own, by one message for all changes of a second.

The changes are read from the index, where a scan has stored them, so that none is lost and no scan waits. A target
that does not confirm a message is sent it again after growing pauses, together with the changes since.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

from feedsvc.entries import DeliveryState
from feedsvc.errors import DeliveryError, FeedsvcError, NotReady
from feedsvc.index.queries import Index
from feedsvc.locks import Stop, hold
from feedsvc.notify.delivery import send
from feedsvc.notify.targets import Target, make_targets
from feedsvc.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)  # seconds after the first, second, … failure in a series


class Notifier:
    """Notifies one target; `clock` is in seconds, and only differences are used."""

    def __init__(self, target: Target, index: Index, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.target = target
        self._index = index
        self._clock = clock
        self._state: DeliveryState | None = None
        self._seen: float | None = None  # when the oldest change was seen that has not been sent
        self._due = 0.0  # until when nothing is sent again, after a failure

    def step(self) -> None:
        """Send the target the changes that are old enough, if there are any. Raise NotReady without an index."""
        now = self._clock()
        if now < self._due:
            return
        self._state = self._state or self._index.delivery_states([self.target.name])[0]
        changes = self._index.changes_after(self._state.number)
        if not changes:
            self._seen = None
            return
        self._seen = now if self._seen is None else self._seen
        if now - self._seen >= self.target.delay:
            self._send(self._state, changes[-1][0], [change for _, change in changes])

    def _send(self, state: DeliveryState, number: int, changes: list[tuple[str, str]]) -> None:
        try:
            send(self.target.to_requests(changes))
        except DeliveryError as error:
            self._state = replace(state, failures=state.failures + 1, error=str(error))
            pause = max(PAUSES[min(state.failures, len(PAUSES) - 1)], error.pause)
            self._due = self._clock() + pause
            if str(error) != state.error:
                log.warning("%s: not told of changes: %s: trying again, next in %.0f s", self.target.name, error, pause)
        else:
            if state.failures:
                log.info("%s: told of changes again", self.target.name)
            self._state = replace(state, number=number, at=datetime.now(UTC), failures=0, error="")
            self._seen = None
        self._index.keep_delivery_state(self._state)


def notify_targets(settings: Settings, index: Index, stop: Stop) -> None:
    """Notify all targets of changes until `stop` is set; of several processes that run this, one does it."""
    targets = make_targets(settings)
    if not targets:
        return
    with hold(index.path.with_suffix(".telling"), stop):
        for target in targets:
            Thread(target=_run, args=(Notifier(target, index).step, stop), name=target.name, daemon=True).start()
        _run(lambda: index.note_due(datetime.now(UTC)), stop)


def notify_in_thread(settings: Settings, index: Index, stop: Stop) -> None:
    """Run `notify_targets` in a thread of this process, if there are any."""
    if make_targets(settings):
        Thread(target=notify_targets, args=(settings, index, stop), name="feedsvc-notify", daemon=True).start()


def _run(step: Callable[[], None], stop: Stop) -> None:
    """Call `step` every LOOK_SECONDS until `stop` is set; its errors are logged, and never end the thread."""
    logged = ""
    while not stop.is_set():
        try:
            step()
        except NotReady:  # the posts have not been read yet
            pass
        except Exception as error:  # a thread that ended would never notify again
            if str(error) != logged:
                log.warning("changes: %s", error, exc_info=not isinstance(error, FeedsvcError))
                logged = str(error)
        time.sleep(LOOK_SECONDS)
