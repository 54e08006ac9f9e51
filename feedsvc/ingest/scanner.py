"""The posts folder against the index: what is new, changed or gone is read and stored, in one transaction.

A file is read again when its size, its times or its inode differ; one that cannot be read is a Problem and costs
nothing else. The folder itself is only ever read.
"""

import gc
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from feedsvc.errors import FolderError, NotReady, PostError
from feedsvc.index.queries import MAX_PROBLEMS, Index
from feedsvc.index.records import BodyRow, Row, to_number, to_row, to_time
from feedsvc.ingest.folder import File, Folder
from feedsvc.models import NEVER, Level, Post, Problem, Reading
from feedsvc.pool import hold_back_stop, make_pool
from feedsvc.posts.parser import parse
from feedsvc.settings import Settings
from feedsvc.text import format_count

log = logging.getLogger(__name__)

POOL_FROM = 2_000  # files; for fewer, starting processes costs more than it gains
EXPIRES = "@"  # in a stamp: before the time at which the post expires, or appears
CHUNK = 200  # files handed to a process at a time
NEVER_READ = 10  # a file this many times larger than `max_post_bytes` is not even opened
CLEANED_AT_ONCE = 100  # files; of more changed ones the bodies are left until somebody asks
LATEST = to_number(NEVER)
LONGEST_WAIT = 2.0  # seconds for a file that is written to all the time

T = TypeVar("T")
Clean = Callable[[Post, bytes], BodyRow]


class Progress(Protocol):
    """Lets rows go by, and may show how many of `total` have; that is None where nobody knows how many will come."""

    def __call__(self, rows: Iterable[T], total: int | None, what: str, /) -> Iterable[T]:
        """Return the same rows; `what` says what is done with them."""


def show_nothing(rows: Iterable[T], total: int | None, what: str, /) -> Iterable[T]:  # noqa: ARG001 - a Progress
    """Let rows go by."""
    return rows


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did, in files, and how long it took."""

    read: int
    removed: int
    unchanged: int
    seconds: float
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.read:,} read, {self.removed:,} gone, {self.unchanged:,} unchanged in {self.seconds:.1f} s"


class Following:
    """What a scan does that is one of many, of a folder in use.

    It waits for files that are being written and for a folder that is empty all at once, and cleans the bodies of a
    few changed posts while it has their bytes: whoever asks for one later may find another file.
    """

    def __init__(
        self, settings: Settings, clean: Clean | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.clean = clean
        self._clock = clock  # seconds, from any moment on
        self.has_started = False  # whether the log says what there is
        self._clock = clock  # seconds, from any moment on
        self.moved_here: set[str] = set()  # paths that a whole file has just been given
        self._settle = settings.settle_ms / 1000
        self._kept_for = settings.scan_interval
        self._held: dict[str, float] = {}  # since when
        self._empty_since = 0.0

    @property
    def held(self) -> set[str]:
        """Give the paths of files that are to be looked at again."""
        return set(self._held)

    def choose(self, changed: list[File], known: Mapping[str, str]) -> list[File]:
        """Give the changed files that can be read now."""
        now = self._clock()
        writing = (file.path for file in changed if self._is_being_written(file, known.get(file.path, "")))
        since = {path: self._held.get(path, now) for path in writing}
        self._held = {path: first for path, first in since.items() if now - first < LONGEST_WAIT}
        return [file for file in changed if file.path not in self._held]

    def _is_being_written(self, file: File, stamp: str) -> bool:
        if not self._settle or time.time() - file.modified / 1e9 >= self._settle:
            return False
        return not file.size or not (file.path in self.moved_here or file.is_replaced(stamp.partition(EXPIRES)[0]))

    def refuse_emptiness(self, *, is_empty: bool) -> None:
        """Raise FolderError where a folder that had posts has none, for as long as a mount may take to come back."""
        now = self._clock()
        self._empty_since = (self._empty_since or now) if is_empty else 0.0
        if is_empty and now - self._empty_since < self._kept_for:
            seconds = format_count(self._kept_for, "second")
            raise FolderError(f"posts: empty all at once: what was there is shown for another {seconds}")


def scan(
    settings: Settings,
    index: Index,
    progress: Progress = show_nothing,
    *,
    following: Following | None = None,
) -> ScanReport:
    """Bring the index up to date with the folder; `progress` may watch the rows go by.

    Raise FolderError if the folder is missing or cannot be read, StorageError if the index cannot be written.
    """
    try:
        return _scan(settings, index, progress, following)
    except NotReady:  # the index was damaged and has been moved aside: into a new one
        return _scan(settings, index, progress, following)


def _scan(settings: Settings, index: Index, progress: Progress, following: Following | None) -> ScanReport:
    started = time.monotonic()
    here = _resolved(settings)
    with _opened(here) as folder:
        posts = progress(folder.walk(settings.jekyll), None, "looking for posts")
        found = {file.path: file for file in posts}
    known: dict[str, str] = {}
    with suppress(NotReady):
        known = index.stamps()
    if following:
        following.refuse_emptiness(is_empty=bool(known) and not found)

    def read(files: list[File], clean: Clean | None) -> Iterable[Row]:
        if len(files) >= POOL_FROM:
            log.info("posts: reading %s", format_count(len(files), "file"))
        return progress(_read_all(files, clean, here), len(files), "reading posts")

    return _timed(_update(index, known, found, read, following), index, started)


def scan_paths(
    settings: Settings, index: Index, paths: Iterable[str], following: Following | None = None
) -> ScanReport:
    """Bring the index up to date with these files alone, given relative to the folder, "/" between folders."""
    started = time.monotonic()
    here = _resolved(settings)
    wanted = sorted(set(paths))
    with _opened(here) as folder:
        found = {path: file for path in wanted if (file := folder.look(path))}
    read = partial(_read_all, settings=here)
    return _timed(_update(index, index.stamps(wanted), found, read, following), index, started)


def _timed(report: ScanReport, index: Index, started: float) -> ScanReport:
    seconds = time.monotonic() - started
    index.note_scan(seconds)
    return replace(report, seconds=seconds)


def _resolved(settings: Settings) -> Settings:
    """Name the folder itself: a link to it may be turned while its files are read.

    Raises FolderError where there is no such folder.
    """
    root = Path(os.path.realpath(settings.posts))
    if not root.is_dir():
        raise FolderError(f"posts: {str(settings.posts)!r}: no such folder")
    return replace(settings, posts=root)


def _opened(settings: Settings) -> Folder:
    try:
        return Folder(settings.posts)
    except OSError as error:
        raise FolderError(f"posts: {str(settings.posts)!r}: cannot be read: {error.strerror}") from error


def _update(
    index: Index,
    known: Mapping[str, str],
    found: Mapping[str, File],
    read: Callable[[list[File], Clean | None], Iterable[Row]],
    following: Following | None,
) -> ScanReport:
    """Store what differs between the stamps that are known and the files that are found."""
    now = datetime.now(UTC)
    changed = [file for file in found.values() if not _is_as_known(file, known.get(file.path, ""), now)]
    is_current, clean = index.is_current(), None
    if following and is_current:
        changed = following.choose(changed, known)
        clean = following.clean if len(changed) <= CLEANED_AT_ONCE else None
    lost = tuple(path for path in found if path.endswith("/"))  # folders: what is in them may still be there
    removed = [path for path in known if path not in found and not path.startswith(lost)]
    rows = read(changed, clean)
    # Cleaned bodies are made before the index is locked: others may have some to keep.
    problems = _store(index, list(rows) if clean else rows, removed) if changed or removed or not is_current else ()
    return ScanReport(len(changed), len(removed), len(found) - len(changed), 0, problems)


def _is_as_known(file: File, stamp: str, now: datetime) -> bool:
    """Compare a file with what it was when it was read; a post that has expired since is to be read again."""
    seen, _, expires = stamp.partition(EXPIRES)
    return seen == file.stamp and (not expires or now < to_time(int(expires)))


def _store(index: Index, rows: Iterable[Row], removed: Iterable[str]) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    with index.update() as writer:
        for path in removed:
            writer.remove(path)
        for row in rows:
            writer.put(row)
            if len(problems) < MAX_PROBLEMS:
                problems += (Problem(row.path, line, Level(level), message) for line, level, message in row.problems)
    return tuple(problems)


# --- reading files -------------------------------------------------------------------------------


def _read_all(files: list[File], clean: Clean | None, settings: Settings) -> Iterator[Row]:
    done = 0
    if len(files) >= POOL_FROM:
        try:
            for row in _read_in_processes(files, partial(_read_some, settings=settings, clean=clean)):
                yield row
                done += 1
        except (BrokenProcessPool, OSError) as error:  # killed for want of memory; or there may be none at all
            log.warning("posts: %s: reading the rest without other processes", error)
    with _opened(settings) as folder:
        for file in files[done:]:
            yield _read(file, folder, settings, clean)


def _read_in_processes(files: list[File], read_some: Callable[[list[File]], list[Row]]) -> Iterator[Row]:
    pool = make_pool(gc.disable)  # they end before there is garbage
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    is_done = False
    try:
        with hold_back_stop():
            found = pool.map(read_some, chunks)
        for rows in found:
            yield from rows
        is_done = True
    finally:
        pool.shutdown(wait=is_done, cancel_futures=True)  # whoever breaks off waits for no post


def _read_some(files: list[File], settings: Settings, clean: Clean | None) -> list[Row]:
    with _opened(settings) as folder:
        return [_read(file, folder, settings, clean) for file in files]


def _read(file: File, folder: Folder, settings: Settings, clean: Clean | None) -> Row:
    try:
        data = _bytes_of(file, folder, settings.max_post_bytes)
        reading = _parse(file, data, settings)
        body = clean(reading.post, data) if clean and reading.post else None
    except PostError as error:
        return _broken(file, str(error), error.line)
    except OSError as error:
        return _broken(file._replace(stamp=""), f"cannot be read: {error.strerror}")  # to be tried again
    except MemoryError as error:  # no fault of the file
        raise NotReady(f"posts: {file.path}: no memory to read it") from error
    except Exception as error:  # our own mistake must not cost the other posts their feeds
        log.exception("%s", file.path)
        return _broken(file, f"a fault in feedsvc: {error!r}")
    expires = f"{EXPIRES}{to_number(reading.expires)}" if reading.expires < NEVER else ""
    row = to_row(file.path, file.stamp + expires, reading.post, reading.problems, reason=reading.reason)
    return row._replace(body=body) if body else row


def _bytes_of(file: File, folder: Folder, max_bytes: int) -> bytes:
    if file.flaw:
        raise PostError(file.flaw)
    if file.size > NEVER_READ * max_bytes:
        size = format_count(file.size, "byte")
        raise PostError(f"{size}, more than {NEVER_READ} × max_post_bytes: not read")
    return folder.read(file.path, file.size, file.stamp)


def _parse(file: File, data: bytes, settings: Settings) -> Reading:
    modified = to_time(min(file.modified // 1000, LATEST))
    reading = parse(file.path, data, settings, now=datetime.now(UTC), modified=modified)
    if file.size <= settings.max_post_bytes:
        return reading
    size = format_count(file.size, "byte")
    large = Problem(file.path, 0, Level.ERROR, f"sanitized only: {size}, more than max_post_bytes")
    return replace(reading, problems=(*reading.problems, large))


def _broken(file: File, message: str, line: int = 0) -> Row:
    return to_row(file.path, file.stamp, None, (Problem(file.path, line, Level.ERROR, message),), broken=True)
