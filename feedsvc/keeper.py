"""The processes beside the workers: the keeper keeps the index fresh, the notifier tells caches and hubs of changes."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from feedsvc.ingest.scanner import scan
from feedsvc.ingest.watcher import keep_fresh
from feedsvc.logs import configure_logging
from feedsvc.notify.notifier import notify_targets
from feedsvc.pool import die_with, kill_children
from feedsvc.progress import Progress
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner, open_index

T = TypeVar("T")


def run_keeper(settings: Settings, progress: Progress, parent: int, _: Callable[[], None]) -> None:
    """Keep the index fresh in this process, and kill its child processes at the end; `parent` is the parent's id."""
    die_with(parent)
    try:
        keep(settings, progress, parent)
    finally:
        kill_children()


def keep(settings: Settings, progress: Progress, parent: int) -> None:
    """Keep the index fresh until SIGTERM, which raises SystemExit, or until the parent has gone."""
    stop = _begin(settings, parent)
    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # it logs a warning at every signal
    index = open_index(settings)
    clean = make_cleaner(settings, index).prepare
    keep_fresh(settings, index, stop, partial(scan, progress=stop.watch(progress)), clean=clean)


def run_notifier(settings: Settings, parent: int, _: Callable[[], None]) -> None:
    """Send changes to caches and hubs in this process, until SIGTERM or until the parent has gone."""
    die_with(parent)
    stop = _begin(settings, parent)
    notify_targets(settings, open_index(settings), stop)


def _begin(settings: Settings, parent: int) -> "Stop":
    """Begin to log in this process, and to stop at SIGTERM, which raises SystemExit, or with the parent."""
    configure_logging(settings.log_format)
    stop = Stop(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all processes; the parent decides
    signal.signal(signal.SIGTERM, stop.on_signal)
    return stop


class Stop:
    """A request to stop: set by SIGTERM, and when the parent process has ended."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._is_signaled = False

    def is_set(self) -> bool:
        """True if this process has to stop."""
        return self._is_signaled or os.getppid() != self._parent

    def on_signal(self, *_: object) -> None:
        """Handle SIGTERM: raise SystemExit, the first time."""
        if not self._is_signaled:  # a second signal must not interrupt the clean-up after the first
            self._is_signaled = True
            sys.exit(0)  # ends a long scan; the watcher checks `is_set`

    def watch(self, progress: Progress) -> Progress:
        """Return a `progress` that stops at the next row: Python may have dropped the exception of the signal."""

        def watched(rows: Iterable[T], total: int | None, what: str, /) -> Iterator[T]:
            for row in progress(rows, total, what):
                yield row
                if self.is_set():
                    sys.exit(0)

        return watched
