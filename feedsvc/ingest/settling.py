"""Hold files that are still being written, and refuse a folder that is suddenly empty.

Decides which changed files are read now; the watcher has the others scanned again later.
"""

import time
from collections.abc import Callable, Mapping

from feedsvc.errors import FolderError
from feedsvc.files import UNREAD, Stamp
from feedsvc.ingest.folder import File
from feedsvc.settings import Settings
from feedsvc.text import format_count

MAX_WAIT = 2.0  # seconds; then a file is read even if it is still being written


class Settling:
    """The files held, and the time since which the folder is empty, from one scan to the next; not thread-safe."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.moved_here: set[str] = set()  # paths that a whole file has just been renamed to
        self._clock = clock  # in seconds; only differences are used
        self._quiet_seconds = settings.settle_ms / 1000
        self._empty_seconds = settings.scan_interval
        self._held_since: dict[str, float] = {}
        self._empty_since = 0.0

    @property
    def held(self) -> set[str]:
        """Return the paths of files that have to be scanned again."""
        return set(self._held_since)

    def choose(self, changed: list[File], known: Mapping[str, Stamp]) -> list[File]:
        """Return the changed files that can be read now, and hold the others; `known` has their last stamps by path."""
        now = self._clock()
        writing = (file.path for file in changed if self._is_being_written(file, known.get(file.path, UNREAD)))
        since = {path: self._held_since.get(path, now) for path in writing}
        self._held_since = {path: first for path, first in since.items() if now - first < MAX_WAIT}
        return [file for file in changed if file.path not in self._held_since]

    def _is_being_written(self, file: File, known: Stamp) -> bool:
        if not self._quiet_seconds or time.time() - file.stamp.modified / 1e9 >= self._quiet_seconds:
            return False
        return not file.stamp.size or not (file.path in self.moved_here or _is_replaced(file.stamp, known))

    def refuse_emptiness(self, *, is_empty: bool) -> None:
        """Raise FolderError if a folder that had posts has none, during the first `scan_interval` seconds.

        A mount may be restored in that time.
        """
        now = self._clock()
        self._empty_since = (self._empty_since or now) if is_empty else 0.0
        if is_empty and now - self._empty_since < self._empty_seconds:
            seconds = format_count(self._empty_seconds, "second")
            raise FolderError(f"posts: folder is suddenly empty: keeping its posts for up to {seconds}")


def _is_replaced(stamp: Stamp, known: Stamp) -> bool:
    """True if the file that was read has been replaced: many editors write a new file, then rename it."""
    return known != UNREAD and stamp.inode != known.inode
