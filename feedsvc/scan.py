"""The posts folder against the index: what is new, changed or gone is read and stored, in one transaction.

A file is read again when its size, its times or its inode differ; one that cannot be read is a Problem and costs
nothing else. The folder itself is only ever read.
"""

import gc
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from stat import S_ISLNK, S_ISREG
from threading import active_count
from typing import NamedTuple

from feedsvc.errors import NotReady, PostError, SettingError
from feedsvc.index import Index
from feedsvc.jekyll import is_post, may_hold_posts
from feedsvc.models import NEVER, Jekyll, Level, Problem, Reading, Settings
from feedsvc.posts import SUFFIXES, parse
from feedsvc.rows import Row, to_number, to_row, to_time

log = logging.getLogger(__name__)

POOL_FROM = 2_000  # files; for fewer, starting processes costs more than it gains
EXPIRES = "@"  # in a stamp: before the time at which the post expires
CHUNK = 200  # files handed to a process at a time
NEVER_READ = 10  # a file this many times larger than `max_post_bytes` is not even opened

Progress = Callable[[Iterable[Row], int], Iterable[Row]]


class File(NamedTuple):
    """A post file as the folder shows it; `flaw` says why it must not be opened."""

    path: str
    stamp: str
    size: int
    flaw: str = ""


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


def scan(settings: Settings, index: Index, progress: Progress = lambda rows, _: rows) -> ScanReport:
    """Bring the index up to date with the folder; `progress` may watch the rows go by.

    Raises SettingError where the folder is missing or the index cannot be written.
    """
    try:
        return _scan(settings, index, progress)
    except NotReady:  # the index was damaged and has been moved aside: into a new one
        return _scan(settings, index, progress)


def _scan(settings: Settings, index: Index, progress: Progress) -> ScanReport:
    started = time.monotonic()
    found = {file.path: file for file in walk(settings.posts, settings.jekyll)}

    def read(files: list[File]) -> Iterable[Row]:
        return progress(_read_all(files, settings), len(files))

    return _update(index, _known(index), found, read, started=started)


def scan_paths(settings: Settings, index: Index, paths: Iterable[str]) -> ScanReport:
    """Bring the index up to date with these files alone, given relative to the folder, "/" between folders."""
    started = time.monotonic()
    wanted = sorted(set(paths))
    found = {path: file for path in wanted if (file := _file_at(settings.posts, path))}
    return _update(index, index.stamps(wanted), found, partial(_read_all, settings=settings), started=started)


def _update(
    index: Index,
    known: Mapping[str, str],
    found: Mapping[str, File],
    read: Callable[[list[File]], Iterable[Row]],
    *,
    started: float,
) -> ScanReport:
    """Store what differs between the stamps that are known and the files that are found."""
    now = datetime.now(UTC)
    changed = [file for file in found.values() if not _is_as_known(file, known.get(file.path, ""), now)]
    lost = tuple(path for path in found if path.endswith("/"))  # folders: what is in them may still be there
    removed = [path for path in known if path not in found and not path.startswith(lost)]
    problems = _store(index, read(changed), removed) if changed or removed or not index.is_current() else ()
    seconds = time.monotonic() - started
    index.note_scan(seconds)
    return ScanReport(len(changed), len(removed), len(found) - len(changed), seconds, problems)


def _is_as_known(file: File, stamp: str, now: datetime) -> bool:
    """Compare a file with what it was when it was read; a post that has expired since is to be read again."""
    seen, _, expires = stamp.partition(EXPIRES)
    return seen == file.stamp and (not expires or now < to_time(int(expires)))


def _known(index: Index) -> dict[str, str]:
    try:
        return index.stamps()
    except NotReady:
        return {}


def _store(index: Index, rows: Iterable[Row], removed: Iterable[str]) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    with index.update() as writer:
        for path in removed:
            writer.remove(path)
        for row in rows:
            writer.put(row)
            problems += (Problem(row.path, line, Level(level), message) for line, level, message in row.problems)
    return tuple(problems)


# --- looking at the folder -----------------------------------------------------------------------


def walk(folder: Path, jekyll: Jekyll | None = None) -> Iterator[File]:
    """Give every post file under `folder`, in subfolders too; hidden files, editors' files and others never.

    Of a Jekyll site only what it takes for posts.

    Raises SettingError where there is no such folder.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise SettingError(f"posts: {str(folder)!r}: no such folder")
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            entries = list(os.scandir(root / prefix))
        except OSError as error:
            yield _unreadable(folder, prefix, error)
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if jekyll is None or may_hold_posts(prefix + entry.name, jekyll):
                    waiting.append(f"{prefix}{entry.name}/")
            elif is_post_path(prefix + entry.name, jekyll) and (file := _file_at(root, prefix + entry.name)):
                yield file


def _unreadable(folder: Path, prefix: str, error: OSError) -> File:
    """Make a folder that cannot be looked into a file with a flaw. Raises SettingError for the posts folder itself."""
    if not prefix:
        raise SettingError(f"posts: {str(folder)!r}: cannot be read: {error.strerror}") from error
    return File(prefix, str(error.errno), 0, f"folder: cannot be read: {error.strerror}")


def is_post_path(path: str, jekyll: Jekyll | None) -> bool:
    """Tell whether a file is meant to be read: no hidden file, no section page, no editor's copy."""
    name = path.rpartition("/")[2]
    return is_post(path, jekyll) if jekyll else name.endswith(SUFFIXES) and not name.startswith((".", "_", "#"))


def _file_at(folder: Path, path: str) -> File | None:
    """Look at one file; None where there is none, or no regular one, or it is a link that leads out of the folder."""
    full = f"{folder}/{path}"  # 50,000 of them: pathlib would take longer than the disk
    try:
        status = os.lstat(full)
        if S_ISLNK(status.st_mode):
            if not Path(full).resolve().is_relative_to(folder.resolve()):
                return None
            status = os.stat(full)  # noqa: PTH116 - as above
    except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
        return None
    if not S_ISREG(status.st_mode):
        return None
    stamp = f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"
    shown = path.encode("utf-8", "backslashreplace").decode()
    is_sound = shown == path and len(path.splitlines()) == 1
    return File(shown, stamp, status.st_size, "" if is_sound else "file name: not UTF-8, or with a line break")


# --- reading files -------------------------------------------------------------------------------


def _read_all(files: list[File], settings: Settings) -> Iterator[Row]:
    read = partial(_read, settings=settings)
    if len(files) < POOL_FROM:
        yield from map(read, files)
        return
    pool = make_pool(gc.disable)  # they end before there is garbage
    try:
        yield from pool.map(read, files, chunksize=CHUNK)
    finally:
        pool.shutdown(cancel_futures=True)


def make_pool(prepare: Callable[[], object]) -> ProcessPoolExecutor:
    """Give a process for each processor; `prepare` is called in each."""
    # Where this is a thread of a server, a fork would copy the others half; elsewhere it saves all imports.
    context = get_context("fork" if active_count() == 1 else "spawn")
    return ProcessPoolExecutor(mp_context=context, initializer=prepare)


def _read(file: File, settings: Settings) -> Row:
    try:
        reading = _parse(file, settings)
    except PostError as error:
        return _broken(file, str(error), error.line)
    except OSError as error:
        return _broken(file, f"cannot be read: {error.strerror}")
    except Exception as error:  # our own mistake must not cost the other posts their feeds
        log.exception("%s", file.path)
        return _broken(file, f"a fault in feedsvc: {error!r}")
    expires = f"{EXPIRES}{to_number(reading.expires)}" if reading.post and reading.expires < NEVER else ""
    return to_row(file.path, file.stamp + expires, reading.post, reading.problems)


def _parse(file: File, settings: Settings) -> Reading:
    most = settings.max_post_bytes
    if file.flaw or file.size > NEVER_READ * most:
        raise PostError(file.flaw or f"{file.size:,} bytes, more than {NEVER_READ} × max_post_bytes: not read")
    with open(f"{settings.posts}/{file.path}", "rb", buffering=0) as opened:  # noqa: PTH123 - as in _file_at
        data = opened.read()
    modified = to_time(int(file.stamp.split(":")[1]) // 1000)
    reading = parse(file.path, data, settings, now=datetime.now(UTC), modified=modified)
    if file.size <= most:
        return reading
    large = Problem(file.path, 0, Level.ERROR, f"sanitised only: {file.size:,} bytes, more than max_post_bytes")
    return replace(reading, problems=(*reading.problems, large))


def _broken(file: File, message: str, line: int = 0) -> Row:
    return to_row(file.path, file.stamp, None, (Problem(file.path, line, Level.ERROR, message),), broken=True)
