"""The regular look at the whole folder, beside the events, which can be missed: a little at a time.

It finds paths that differ from the index, for a scan of these paths; it reads no file and stores nothing. Between two
slices of the look events are handled.
"""

import math
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice

from feedsvc.errors import NotReady
from feedsvc.files import Stamp
from feedsvc.index.queries import Index
from feedsvc.ingest.beside import to_known, walk_static_folders
from feedsvc.ingest.folder import File, walk
from feedsvc.ingest.reading import open_folder
from feedsvc.ingest.sources import Sources
from feedsvc.settings import Settings

MAX_SHARE = 0.05  # of the time
MAX_SLICE = 0.1  # seconds: for so long an event may wait
CHUNK = 200  # files compared at a time

Differences = set[str] | None
"""Paths that differ; None if the folder has to be scanned as a whole."""


class Patrol:
    """Looks at the folder every `scan_interval` seconds, in slices that together take MAX_SHARE of the time at most."""

    def __init__(self, settings: Settings, index: Index, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._index, self._clock = settings, index, clock
        self._looks: Iterator[Differences] = iter(())
        self._begun = self._free = -math.inf  # when the present look began, and from when on the next slice may
        self.restart()

    def restart(self) -> None:
        """Begin the next look an interval from now: the folder has just been scanned as a whole."""
        self._looks = iter(())
        self._begun = self._clock()

    def advance(self) -> Differences:
        """Look further for a slice of time, if that is due, until something differs; return what does."""
        started = self._clock()
        if started < self._free:
            return set()
        found = self._look_until(started + MAX_SLICE)
        self._free = started + (self._clock() - started) / MAX_SHARE
        return found

    def _look_until(self, end: float) -> Differences:
        try:
            for found in self._looks:
                if found is None or found or self._clock() >= end:
                    return found
            if self._clock() - self._begun >= self._settings.scan_interval:
                self._begun = self._clock()
                self._looks = find_differences(self._settings, self._index)
                return self._look_until(end)
        except NotReady:  # no index, or a damaged one
            return None
        return set()


def find_differences(settings: Settings, index: Index) -> Iterator[Differences]:
    """Yield how the folder differs from the index, a few files at a time. Raise FolderError if it cannot be read."""
    seen: set[int] = set()  # hashes of paths: a fifth of the memory
    unreadable: list[str] = []
    with open_folder(settings) as folder:
        files = walk(folder, settings.site)
        while chunk := list(islice(files, CHUNK)):
            seen.update(hash(file.path) for file in chunk)
            unreadable += (file.path for file in chunk if file.path.endswith("/"))
            yield _to_differences(_find_changed(chunk, index))
    beside = set(seen)
    yield from _look_at_static_folders(settings, index, beside)
    yield None if Sources(settings, index.sources()).differs() else set()
    path = ""
    while paths := index.paths_after(path, CHUNK):
        if not seen:  # the folder is suddenly empty
            yield None
        path = paths[-1]
        gone = {known for known in paths if hash(known) not in seen}
        yield _to_differences({known for known in gone if not known.startswith(tuple(unreadable))})
    gone = {path for path in index.attachments() if hash(path) not in beside}
    yield {path for path in gone if not path.startswith(tuple(unreadable))}


def _look_at_static_folders(settings: Settings, index: Index, seen: set[int]) -> Iterator[Differences]:
    """Yield how the files that the site's generator keeps apart differ."""
    files = walk_static_folders(settings)
    while chunk := list(islice(files, CHUNK)):
        new = {hash(file.path): (number, file) for number, file in reversed(chunk) if hash(file.path) not in seen}
        seen.update(new)
        known = index.attachments(file.path for _, file in new.values())
        yield {file.path for number, file in new.values() if known.get(file.path) != to_known(file, number)}


def _find_changed(files: list[File], index: Index) -> set[str]:
    posts = [file for file in files if not file.is_attachment]
    beside = [file for file in files if file.is_attachment]
    known = index.stamps(file.path for file in posts)
    attached = index.attachments(file.path for file in beside) if beside else {}
    now = datetime.now(UTC)
    changed = {file.path for file in posts if not _is_current(known.get(file.path, ""), file.stamp, now)}
    return changed | {file.path for file in beside if attached.get(file.path) != to_known(file, 0)}


def _is_current(text: str, stamp: Stamp, now: datetime) -> bool:
    return text == stamp.to_text() or (bool(text) and Stamp.from_text(text).is_current(stamp, now))


def _to_differences(paths: set[str]) -> Differences:
    """Return paths, None if a folder is among them that cannot be read, or can be again."""
    return None if any(path.endswith("/") for path in paths) else paths
