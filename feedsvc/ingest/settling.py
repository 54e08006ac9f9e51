"""Waits for what is about to change again: files that are being written, and a folder that is suddenly empty.

It decides which files are read now; the watcher looks at the others again.
"""

import time
from collections.abc import Callable, Mapping

from feedsvc.errors import FolderError
from feedsvc.files import UNREAD, Stamp
from feedsvc.ingest.folder import File
from feedsvc.settings import Settings
from feedsvc.text import format_count

MAX_WAIT = 2.0  # seconds for a file that is written to all the time


class Settling:
    """What one scan of a watched folder leaves for the next; not thread-safe."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.moved_here: set[str] = set()  # paths that a whole file has just been renamed to
        self._clock = clock  # seconds, from any moment on
        self._quiet_seconds = settings.settle_ms / 1000
        self._empty_seconds = settings.scan_interval
        self._held_since: dict[str, float] = {}
        self._empty_since = 0.0

    @property
    def held(self) -> set[str]:
        """Return the paths of files that are to be looked at again."""
        return set(self._held_since)

    def choose(self, changed: list[File], known: Mapping[str, Stamp]) -> list[File]:
        """Return the changed files that can be read now, and hold the others; `known` are the stamps they had."""
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
        """Raise FolderError while a folder that had posts has none, for `scan_interval` seconds.

        A mount may go away and come back in that time.
        """
        now = self._clock()
        self._empty_since = (self._empty_since or now) if is_empty else 0.0
        if is_empty and now - self._empty_since < self._empty_seconds:
            seconds = format_count(self._empty_seconds, "second")
            raise FolderError(f"posts: folder is suddenly empty: keeping its posts for up to {seconds}")


def _is_replaced(stamp: Stamp, known: Stamp) -> bool:
    """True if another file took the place of the one that was read: editors write a whole file, then rename it."""
    return known != UNREAD and stamp.inode != known.inode
