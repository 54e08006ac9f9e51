"""Start logging in a process beside the workers, and stop it on SIGTERM or with its parent."""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from feedsvc.logs import configure_logging
from feedsvc.progress import Progress
from feedsvc.settings import Settings

T = TypeVar("T")


def begin(settings: Settings, parent: int) -> "Stop":
    """Configure logging, and stop this process on SIGTERM, which raises SystemExit, or when its parent has ended."""
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
