"""The posts folder compared with the index: what is new, changed or gone is read and stored, in one transaction.

A file is read again if its stamp differs. A file that cannot be read is a Problem and affects no other file. The folder
is only read, never written to.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from feedsvc.errors import FolderError, FolderReplaced, NotReady
from feedsvc.files import Stamp
from feedsvc.index.dating import FolderTimes
from feedsvc.index.queries import MAX_PROBLEMS, Index
from feedsvc.index.records import Row
from feedsvc.index.writer import Writer
from feedsvc.ingest.attachments import AttachmentChanges, look_in_static_folders, walk_static_folders
from feedsvc.ingest.checkouts import read_checkout
from feedsvc.ingest.folder import File, look, walk
from feedsvc.ingest.reading import POOL_FROM, Clean, Reader, open_posts_folder
from feedsvc.ingest.settling import Settling
from feedsvc.ingest.sources import ALL_SOURCES
from feedsvc.models import Level, Problem
from feedsvc.progress import Progress, show_nothing
from feedsvc.settings import Settings
from feedsvc.text import format_count

log = logging.getLogger(__name__)

T = TypeVar("T")

KEPT_FROM = 200  # files; what git knows of fewer takes longer than to read them
LOOK_EVERY = 200  # files, entries or rows: whether another folder is in the place of the one that is scanned
MAX_CLEANED = 100  # files; if more changed, bodies are cleaned when they are first requested


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did, in files, and how long it took.

    If it `is_early`, the times of folders have to be looked at again: they may date what changed.
    """

    read: int
    removed: int
    unchanged: int
    seconds: float
    problems: tuple[Problem, ...] = ()
    is_early: bool = False

    def __str__(self) -> str:
        """Return the report as one line of the log."""
        return f"{self.read:,} read, {self.removed:,} gone, {self.unchanged:,} unchanged in {self.seconds:.1f} s"


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def scan(  # noqa: PLR0913 - three of them by name
    settings: Settings,
    index: Index,
    progress: Progress = show_nothing,
    *,
    settling: Settling | None = None,
    clean: Clean | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> ScanReport:
    """Bring the index up to date with the folder; `progress` may show the rows.

    Only a scan of a folder that is watched has `settling`. With `clean`, the bodies of a few changed posts are cleaned
    from the bytes that were read, since a file may change before its body is requested. Raise FolderError if the
    folder is missing or cannot be read, StorageError if the index cannot be written.
    """
    comparison = _Comparison(_resolve(settings), settings, index, progress, settling, clean, clock())
    try:
        return comparison.scan_folder()
    except NotReady:  # the index was damaged and has been moved aside: fill a new one
        return comparison.scan_folder()


def scan_paths(
    settings: Settings,
    index: Index,
    paths: Iterable[str],
    settling: Settling | None = None,
    clean: Clean | None = None,
) -> ScanReport:
    """Bring the index up to date with some files only, given by their paths in the folder.

    ALL_SOURCES among them stands for includes and data files.
    """
    return _Comparison(_resolve(settings), settings, index, show_nothing, settling, clean, utc_now()).scan_paths(paths)


@dataclass(frozen=True, slots=True)
class _Difference:
    """How the folder differs from the index: files that changed, with their stamps in the index, and paths removed."""

    found: int  # files, changed or not
    changed: list[File]
    known: Mapping[str, Stamp]
    removed: list[str]
    unreadable: tuple[str, ...]  # prefixes of folders


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One comparison of the folder with the index."""

    settings: Settings
    given: Settings  # with the folder's path as it was given: its site's static folders are found from there
    index: Index
    progress: Progress
    settling: Settling | None
    clean: Clean | None
    now: datetime

    def scan_folder(self) -> ScanReport:
        started = time.monotonic()
        known, attached, sources = self._read_index()
        had_posts, attachments = bool(known), AttachmentChanges(attached)
        folders = FolderTimes(time.time_ns(), is_whole=True)
        with open_posts_folder(self.settings) as folder:
            posts = attachments.separate(walk(folder, self.settings.site, note=folders.note))
            found = self._until_replaced(self.progress(posts, None, "looking for posts"))
            difference = _compare(found, known, self.now)
        attachments.compare_static_files(walk_static_folders(self.given, folders.note))
        attachments.compare_sources(self.given, sources)
        if self.settling:
            self.settling.refuse_emptiness(is_empty=had_posts and not difference.found)
        return self._note(self._update(difference, attachments, folders), started)

    def _read_index(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Return what the index knows of posts, attachments, and includes and data files; nothing without an index."""
        try:
            return self.index.stamps(), self.index.attachments(), self.index.sources()
        except NotReady:
            return {}, {}, {}

    def scan_paths(self, paths: Iterable[str]) -> ScanReport:
        started = time.monotonic()
        given = set(paths)
        wanted = sorted(given - {ALL_SOURCES})
        known, attachments = self.index.stamps(wanted), AttachmentChanges(self.index.attachments(wanted))
        folders = FolderTimes(time.time_ns())
        with open_posts_folder(self.settings) as folder:
            found = []
            for path in wanted:
                found += [file] if (file := look(folder, path, self.settings.site)) else []
                folders.note(folder.last_modified())
        difference = _compare(attachments.separate(found), known, self.now)
        attachments.compare_static_files(look_in_static_folders(self.given, wanted, folders.note))
        if ALL_SOURCES in given:
            attachments.compare_sources(self.given, self.index.sources())
        return self._note(self._update(difference, attachments, folders), started)

    def _note(self, report: ScanReport, started: float) -> ScanReport:
        seconds = time.monotonic() - started
        self.index.note_scan(seconds)
        return replace(report, seconds=seconds)

    def _update(self, difference: _Difference, attachments: AttachmentChanges, folders: FolderTimes) -> ScanReport:
        """Store what differs between the folder and the index."""
        changed, removed = difference.changed, difference.removed
        is_current, clean = self.index.is_current(), None
        kept: list[Row] = []
        if is_current:
            kept, changed = self._part_kept(self._add_digests(changed, difference.known))
        if self.settling and is_current:
            changed = self.settling.choose(changed, difference.known)
            clean = self.clean if len(changed) <= MAX_CLEANED else None
        rows: Iterable[Row] = chain(kept, self._read(changed, clean))
        rows = self._until_replaced(rows) if is_current else rows
        # Bodies are cleaned before the index is locked: another process may have bodies to keep.
        rows = list(rows) if clean else rows
        problems, is_early = list[Problem](), False
        if kept or changed or removed or attachments.differs() or not is_current:
            store_attachments = partial(attachments.store, unreadable=difference.unreadable)
            problems, is_early = self._store(rows, removed, folders, store_attachments)
        unchanged = difference.found - len(changed)
        return ScanReport(len(changed), len(removed), unchanged, 0, tuple(problems), is_early)

    def _add_digests(self, changed: list[File], known: Mapping[str, Stamp]) -> list[File]:
        """Return changed files with the digests of what is known of them, if only their stamps may have changed.

        A copy of a folder, a restored backup or another checkout has new stamps and the same content. The date of a
        draft may be that of its file; a post that has expired, or that appears, is read for the time.
        """
        if self.settings.drafts:
            return changed
        digests = self.index.digests(known)
        return [
            file._replace(digest=digests[file.path], stamp=file.stamp._replace(expires=known[file.path].expires))
            if file.path in digests and self._may_be_same(file.stamp, known[file.path])
            else file
            for file in changed
        ]

    def _may_be_same(self, stamp: Stamp, known: Stamp) -> bool:
        return stamp.size == known.size and self.now < known.expires

    def _part_kept(self, files: list[File]) -> tuple[list[Row], list[File]]:
        """Return the rows of files that git knows to have the content that the index has, and the other files."""
        known = {file.path: file for file in files if file.digest}
        if len(known) < KEPT_FROM:
            return [], files
        entries = self._until_replaced(read_checkout(self.settings.posts))
        pairs = ((entry, known[entry.path]) for entry in entries if entry.path in known)
        kept = {
            file.path: Row(file.path, file.stamp, is_same=True)
            for entry, file in pairs
            if entry.digest == file.digest and entry.is_unchanged(file.stamp)
        }
        return [*kept.values()], [file for file in files if file.path not in kept]

    def _until_replaced(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items. Raise FolderReplaced if the link to a folder that is watched leads to another one by now."""
        for number, item in enumerate(items):
            if self.settling and number % LOOK_EVERY == 0 and _find_root(self.given) != self.settings.posts:
                raise FolderReplaced("posts: another folder is in their place: scanning that one")
            yield item

    def _read(self, files: list[File], clean: Clean | None) -> Iterable[Row]:
        if len(files) >= POOL_FROM:
            log.info("posts: reading %s", format_count(len(files), "file"))
        rows = Reader(self.settings, self.now, clean).read_all(files)
        return self.progress(rows, len(files), "reading posts")

    def _store(
        self,
        rows: Iterable[Row],
        removed: Iterable[str],
        folders: FolderTimes,
        store_attachments: Callable[[Writer], None],
    ) -> tuple[list[Problem], bool]:
        """Store what differs; return the problems, and whether the folders have to be looked at again."""
        problems: list[Problem] = []
        with self.index.update() as writer:
            writer.folders = folders
            store_attachments(writer)
            for path in removed:
                writer.remove(path)
            for row in rows:
                writer.put(row)
                if row.problems and len(problems) < MAX_PROBLEMS:
                    problems += (Problem(row.path, line, Level(level), text) for line, level, text in row.problems)
        return problems, writer.is_early


def _compare(files: Iterable[File], known: dict[str, str], now: datetime) -> _Difference:
    """Return how files differ from their stamps in the index, of which those of files that are there are taken out."""
    changed: list[File] = []
    stamps: dict[str, Stamp] = {}
    found = 0
    for file in files:
        found += 1
        text = known.pop(file.path, "")
        if not text:
            changed.append(file)
        elif text != file.stamp.to_text():  # equal texts, of nearly all files, need not be read
            stamp = Stamp.from_text(text)
            if not stamp.is_current(file.stamp, now):
                changed.append(file)
                stamps[file.path] = stamp
    unreadable = tuple(file.path for file in changed if file.path.endswith("/"))  # what they hold may still be there
    changed.sort(key=attrgetter("path"))  # so that neighbors in the index are stored one after the other
    removed = [path for path in known if not path.startswith(unreadable)]
    return _Difference(found, changed, stamps, removed, unreadable)


def _resolve(settings: Settings) -> Settings:
    """Return the settings with the folder's real path: a link to it may be turned while its files are read.

    Raise FolderError if there is no such folder.
    """
    root = _find_root(settings)
    if not root.is_dir():
        raise FolderError(f"posts: {str(settings.posts)!r}: no such folder: name it, or run feedsvc init")
    return replace(settings, posts=root)


def _find_root(settings: Settings) -> Path:
    return Path(os.path.realpath(settings.posts))
