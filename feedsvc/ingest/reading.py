"""Post files → rows of the index, in other processes if there are many.

A file that cannot be read becomes a row with a problem and affects no other file. Nothing is stored here.
"""

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any, TypeVar

from feedsvc.attachments import find_mentions
from feedsvc.errors import FolderError, NotReady, PageError, PostError
from feedsvc.files import OVERSIZE_FACTOR, UNREAD, Folder
from feedsvc.index.records import BodyRow, Row, to_broken_row, to_number, to_row, to_time
from feedsvc.ingest.folder import File
from feedsvc.models import NEVER, Level, Post, Problem, Reading
from feedsvc.pool import map_in_processes
from feedsvc.posts.metadata import Front
from feedsvc.posts.parser import parse_front
from feedsvc.posts.post_file import digest_of, open_front
from feedsvc.settings import Settings
from feedsvc.text import format_count

log = logging.getLogger(__name__)

T = TypeVar("T")

POOL_FROM = 2_000  # files; for fewer, starting processes costs more than it saves
MIN_MEMORY = 16 * 2**20  # bytes; a process without them cannot read any file
MEMORY_PAUSE = timedelta(hours=1)  # until a file that took too much memory is read again, unless it changes
CHUNK = 200  # files handed to a process at a time
BATCH = 2**20  # bytes of files that are held at a time; a whole chunk of large files would be too many
MAX_CHUNKS = 50  # that are read ahead of what is stored: some 20 MB of rows
_LATEST = to_number(NEVER)

Clean = Callable[[Post, bytes], BodyRow]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads post files as they are `now`; with `clean`, their bodies are cleaned as well."""

    settings: Settings
    now: datetime
    clean: Clean | None = None

    def read_all(self, files: list[File]) -> Iterator[Row]:
        """Yield a row for each file, first of those whose content is the same, then of the others in their order."""
        different = []
        with open_posts_folder(self.settings) as folder:
            for file in files:
                if file.digest and self._read_digest(file, folder) == file.digest:
                    yield Row(file.path, file.stamp, is_same=True)
                else:
                    different.append(file)
        yield from self._parse_all(different)

    def _parse_all(self, files: list[File]) -> Iterator[Row]:
        done = 0
        if len(files) >= POOL_FROM:
            try:
                for row in read_in_processes(files, self.read_some):
                    yield row
                    done += 1
            except (BrokenProcessPool, OSError) as error:  # killed for want of memory, or none could be started
                log.warning("posts: reading processes ended: %s: reading the rest in this process", error)
        with open_posts_folder(self.settings) as folder:
            for batch in _batches(files[done:]):
                yield from self._read_batch(batch, folder)

    def read_some(self, files: Sequence[File]) -> list[Row]:
        """Return a row for each file, read in this process."""
        with open_posts_folder(self.settings) as folder:
            return [row for batch in _batches(files) for row in self._read_batch(batch, folder)]

    def _read_digest(self, file: File, folder: Folder) -> str:
        """Return the digest of a file, "" if it cannot be read: that is found again when it is to be parsed."""
        with suppress(PostError, OSError, MemoryError):
            return digest_of(_read_bytes(file, folder, self.settings.max_post_bytes))
        return ""

    def _read_batch(self, files: list[File], folder: Folder) -> Iterator[Row]:
        """Return a row for each file.

        Each step is taken for all files before the next one: the code of one step stays in the processor's caches,
        that of all would not, and reading takes a fifth less time so.
        """
        limit = self.settings.max_post_bytes
        contents = [self._attempt(_read_bytes, file, folder, limit) for file in files]
        fronts = [*map(self._attempt, repeat(self._open), files, contents)]
        readings = [*map(self._attempt, repeat(self._parse), files, contents, fronts)]
        return map(self._attempt, repeat(self._to_row), files, contents, readings)

    def _attempt(self, step: Callable[..., T], file: File, *given: Any) -> T | Row:
        """Return what a step makes of a file; a row with the problem if it cannot, or if a step before could not."""
        if isinstance(given[-1], Row):
            return given[-1]
        try:
            return step(file, *given)
        except PostError as error:
            is_page = isinstance(error, PageError)
            level, digest = (Level.HINT, digest_of(given[0])) if is_page else (Level.ERROR, "")
            return _to_broken_row(file, str(error), error.line, level, digest)
        except OSError as error:
            return _to_broken_row(file._replace(stamp=UNREAD), f"cannot be read: {error.strerror}")  # tried again
        except MemoryError as error:
            if not _has_memory():  # the process is short of it, not this file greedy: the scan is tried again
                raise NotReady(f"posts: {file.path}: cannot be read: out of memory") from error
            later = file.stamp._replace(expires=self.now + MEMORY_PAUSE)
            return _to_broken_row(file._replace(stamp=later), "cannot be read: out of memory")
        except Exception as error:  # a bug in feedsvc must not affect the other posts
            log.exception("%s", file.path)
            return _to_broken_row(file, f"a fault in feedsvc: {error!r}")

    def _open(self, file: File, data: bytes) -> Front:
        return open_front(file.path, data, self.settings.site)

    def _parse(self, file: File, data: bytes, front: Front) -> Reading:
        modified = to_time(min(file.stamp.modified // 1000, _LATEST))
        reading = parse_front(front, data, self.settings, now=self.now, modified=modified)
        if file.stamp.size <= self.settings.max_post_bytes:
            return reading
        size = format_count(file.stamp.size, "byte")
        large = Problem(file.path, 0, Level.ERROR, f"sanitized only: {size}, more than max_post_bytes")
        return replace(reading, problems=(*reading.problems, large))

    def _to_row(self, file: File, data: bytes, reading: Reading) -> Row:
        body = self.clean(reading.post, data) if self.clean and reading.post else None
        stamp = file.stamp
        if stamp.expires != reading.expires:
            stamp = stamp._replace(expires=reading.expires)
        mentions = find_mentions(data) if reading.post else ()
        digest = "" if reading.post else digest_of(data)
        return to_row(file.path, stamp, reading, digest=digest, mentions=mentions, body=body)


def _batches(files: Sequence[File]) -> Iterator[list[File]]:
    """Yield files in their order, as many at a time as have BATCH bytes together, and at least one."""
    batch: list[File] = []
    size = 0
    for file in files:
        size += file.stamp.size
        if batch and (size > BATCH or len(batch) == CHUNK):
            yield batch
            batch, size = [], file.stamp.size
        batch.append(file)
    if batch:
        yield batch


def open_posts_folder(settings: Settings) -> Folder:
    """Return the posts folder, opened. Raise FolderError if it cannot be."""
    try:
        return Folder(settings.posts)
    except OSError as error:
        raise FolderError(f"posts: {str(settings.posts)!r}: cannot be read: {error.strerror}") from error


def read_in_processes(files: list[File], read_some: Callable[[Sequence[File]], list[Row]]) -> Iterator[Row]:
    """Return the rows of files, read on all processors. Raise BrokenProcessPool if a process is killed."""
    # The processes end before there is garbage to collect.
    return map_in_processes(read_some, files, gc.disable, chunk=CHUNK, max_chunks=MAX_CHUNKS)


def _has_memory() -> bool:
    """True if there is memory for an ordinary file."""
    try:
        bytearray(MIN_MEMORY)
    except MemoryError:
        return False
    return True


def _read_bytes(file: File, folder: Folder, max_bytes: int) -> bytes:
    if file.problem:
        raise PostError(file.problem)
    if file.stamp.size > OVERSIZE_FACTOR * max_bytes:
        size = format_count(file.stamp.size, "byte")
        raise PostError(f"{size}, more than {OVERSIZE_FACTOR} × max_post_bytes: not read")
    return folder.read(file.path, file.stamp.size, file.stamp)


def _to_broken_row(file: File, message: str, line: int = 0, level: Level = Level.ERROR, digest: str = "") -> Row:
    return to_broken_row(file.path, file.stamp, Problem(file.path, line, level, message), digest)
