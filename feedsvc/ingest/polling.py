"""Poll the folder, because events can be missed: all of it at intervals, and folders that changed at once.

Polling finds the paths that differ from the index; a scan then reads them. It is done in slices of time, so that events
are handled in between.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from feedsvc.errors import NotReady
from feedsvc.files import Stamp
from feedsvc.index.queries import Index
from feedsvc.ingest.attachments import to_known, walk_static_folders
from feedsvc.ingest.folder import MAX_SLICE, File, walk
from feedsvc.ingest.reading import open_posts_folder
from feedsvc.ingest.sources import ALL_SOURCES, Sources
from feedsvc.settings import Settings

MAX_SHARE = 0.05  # of the time
MAX_FOUND = 200  # paths that differ and are scanned at a time: while they are, events wait
CHUNK = 200  # files compared at a time

Differences = set[str] | None
"""Paths that differ; None if the folder has to be scanned as a whole."""


class Poller:
    """Polls the folder in slices: all of it every `scan_interval` seconds, in at most MAX_SHARE of the time."""

    def __init__(self, settings: Settings, index: Index, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._index, self._clock = settings, index, clock
        self._regular: Iterator[Differences] = iter(())
        self._urgent: dict[str, Iterator[Differences]] = {}  # by the folder that is polled
        self._begun = self._free = -math.inf  # when the regular poll began, and when its next slice may begin
        self.restart()

    def restart(self) -> None:
        """Begin the next poll an interval from now: the folder has just been scanned as a whole."""
        self._regular = iter(())
        self._urgent.clear()
        self._begun = self._clock()

    @property
    def has_urgent(self) -> bool:
        """True until the folders given to `poll_at_once` have been polled."""
        return bool(self._urgent)

    def poll_at_once(self, prefixes: Iterable[str]) -> None:
        """Poll these folders before all others; each is "" for everything, or a path that ends with "/"."""
        for prefix in prefixes:
            self._urgent.pop(prefix, None)  # that poll may have passed what has changed since
            self._urgent[prefix] = find_differences(self._settings, self._index, prefix)

    def advance(self) -> Differences:
        """Poll for one slice of time, if a poll is due; return what differs."""
        started = self._clock()
        try:
            if self._urgent:
                return self._poll_urgent(started + MAX_SLICE)
            if started < self._free:
                return set()
            found = self._poll_regularly(started + MAX_SLICE)
        except NotReady:  # no index, or a damaged one
            return None
        self._free = started + (self._clock() - started) / MAX_SHARE
        return found

    def _poll_urgent(self, end: float) -> Differences:
        found: set[str] = set()
        while self._urgent and len(found) < MAX_FOUND and self._clock() < end:
            prefix, poll = next(iter(self._urgent.items()))
            more = self._collect(poll, end)
            if more is None:
                return None
            found |= more
            if not more and self._clock() < end:
                self._urgent.pop(prefix)
        return found

    def _poll_regularly(self, end: float) -> Differences:
        found = self._collect(self._regular, end)
        if found or found is None or self._clock() >= end:
            return found
        if self._clock() - self._begun < self._settings.scan_interval:
            return set()
        self._begun = self._clock()
        self._regular = find_differences(self._settings, self._index)
        return self._collect(self._regular, end)

    def _collect(self, poll: Iterator[Differences], end: float) -> Differences:
        """Return what is found until the time is up, or enough is found."""
        found: set[str] = set()
        for differences in poll:
            if differences is None:
                return None
            found |= differences
            if len(found) >= MAX_FOUND or self._clock() >= end:
                break
        return found


def find_differences(settings: Settings, index: Index, prefix: str = "") -> Iterator[Differences]:
    """Yield how a folder differs from the index, a few files at a time: all of it, or what is below a prefix.

    Raise FolderError if the posts folder cannot be read.
    """
    seen: set[int] = set()  # hashes of paths: a fifth of the memory
    unreadable: list[str] = []
    with open_posts_folder(settings) as folder:
        files = walk(folder, settings.site, prefix=prefix)
        while chunk := list(islice(files, CHUNK)):
            seen.update(hash(file.path) for file in chunk)
            unreadable += (file.path for file in chunk if file.path.endswith("/"))
            yield _find_changed(chunk, index)
    if not (seen or prefix or index.paths_after("", 1) == []):  # the folder is suddenly empty
        yield None
    yield from _look_at_static_folders(settings, index, seen, prefix)
    yield {ALL_SOURCES} if not prefix and Sources(settings, index.sources()).differs() else set()
    for find_known in (index.paths_after, index.attachments_after):
        for known in _known_below(find_known, prefix):
            gone = {path for path in known if hash(path) not in seen}
            yield {path for path in gone if not path.startswith(tuple(unreadable))}


def _known_below(find_known: Callable[[str, int], list[str]], prefix: str) -> Iterator[list[str]]:
    """Yield the known paths that begin with a prefix, a few at a time."""
    path = prefix
    while paths := find_known(path, CHUNK):
        path = paths[-1]
        yield [found for found in paths if found.startswith(prefix)]
        if not path.startswith(prefix):
            return


def _look_at_static_folders(settings: Settings, index: Index, seen: set[int], prefix: str) -> Iterator[Differences]:
    """Yield how the files that the site's generator keeps apart differ; add them to those that were seen."""
    files = walk_static_folders(settings, prefix=prefix)
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
