"""The keeper: a process beside the workers that keeps the index fresh until it is stopped or its parent has gone."""

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
from feedsvc.pool import die_with, kill_children
from feedsvc.progress import Progress
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner, open_index

T = TypeVar("T")


def run_keeper(settings: Settings, progress: Progress, parent: int, _: Callable[[], None]) -> None:
    """Keep the index fresh in this process, and leave no child behind; `parent` is the id of the process above."""
    die_with(parent)
    try:
        keep(settings, progress, parent)
    finally:
        kill_children()


def keep(settings: Settings, progress: Progress, parent: int) -> None:
    """Keep the index fresh until SIGTERM, which raises SystemExit, or until the parent has gone."""
    configure_logging(settings.log_format)
    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # it warns of every signal
    stop = Stop(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all processes; the parent decides
    signal.signal(signal.SIGTERM, stop.on_signal)
    clean = make_cleaner(settings).prepare
    keep_fresh(settings, open_index(settings), stop, partial(scan, progress=stop.watch(progress)), clean=clean)


class Stop:
    """Set by SIGTERM, and when the process that started this one has gone."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._is_signaled = False

    def is_set(self) -> bool:
        """True if the process is to end."""
        return self._is_signaled or os.getppid() != self._parent

    def on_signal(self, *_: object) -> None:
        """Handle SIGTERM: raise SystemExit, the first time."""
        if not self._is_signaled:  # a second signal must not interrupt the clean-up after the first
            self._is_signaled = True
            sys.exit(0)  # leaves a long scan; the watch looks at `is_set`

    def watch(self, progress: Progress) -> Progress:
        """Return a `progress` that ends with the next row, in case Python has dropped the exception of the signal."""

        def watched(rows: Iterable[T], total: int | None, what: str, /) -> Iterator[T]:
            for row in progress(rows, total, what):
                yield row
                if self.is_set():
                    sys.exit(0)

        return watched
