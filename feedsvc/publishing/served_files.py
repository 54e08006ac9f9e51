"""The files beside posts that are served: those that published posts or the settings of the site refer to."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from feedsvc.attachments import media_type_of, mention_of
from feedsvc.errors import Busy, NotFound
from feedsvc.files import Stamp
from feedsvc.index.queries import Index
from feedsvc.index.references import Attachment
from feedsvc.publishing.attachments import AttachmentFiles, digest_of_file, read_parts
from feedsvc.publishing.bodies import CachedCleaner, all_bodies
from feedsvc.publishing.cache import Cache
from feedsvc.publishing.link_targets import pictures_of
from feedsvc.publishing.state import StateReader
from feedsvc.settings import Settings

MAX_DIGESTS = 10_000  # kept in memory, by path and status
# Bodies that are cleaned at a time to find out whether they refer to a file, and how often a request does so.
BATCH, MAX_BATCHES = 20, 5


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is served: its descriptor, what it looked like, media type, and hash."""

    descriptor: int
    stamp: Stamp
    media_type: str
    digest: str

    @property
    def size(self) -> int:
        """The number of bytes."""
        return self.stamp.size

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to before `end`. Raise Busy if the file is no longer what was opened."""
        for part in read_parts(self.descriptor, start, end):
            start += len(part)
            if not self.stamp.has_same_content(Stamp.from_status(os.fstat(self.descriptor))):
                break
            yield part
        else:
            if start == end:
                return
        raise Busy("the file has changed while it was read")


class ServedFiles:
    """Finds and opens the files that are served; safe to share between threads, but for `open`."""

    def __init__(self, settings: Settings, index: Index, cleaner: CachedCleaner, states: StateReader) -> None:
        self._index = index
        self._cleaner = cleaner
        self._states = states
        self._files = AttachmentFiles(settings)
        self._of_settings = frozenset(pictures_of(settings).values())
        self._digests: Cache[str] = Cache(MAX_DIGESTS, lambda _: 1)

    def paths(self) -> list[str]:
        """Return the paths of all files that are served; the bodies of all posts are cleaned first."""
        deque(all_bodies(self._cleaner, self._index), maxlen=0)
        referred = self._index.referred(self._states.cutoff(), self._cleaner.fingerprint)
        return sorted({*referred, *(path for path in self._of_settings if self._index.attachment(path))})

    @contextmanager
    def open(self, path: str) -> Iterator[OpenFile]:
        """Open the file that is served at a path. Raise NotFound if none is."""
        found = self._index.attachment(path)
        if found is None or not (path in self._of_settings or self._is_referred(path)):
            raise NotFound("no such file")
        try:
            with self._files.open(found) as (descriptor, status):
                digest = self._digest(found, descriptor, status)
                yield OpenFile(descriptor, Stamp.from_status(status), media_type_of(path), digest)
        except FileNotFoundError as error:
            raise NotFound("no such file") from error

    def _digest(self, found: Attachment, descriptor: int, status: os.stat_result) -> str:
        key = (found.root, found.path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        return self._digests.get_or_create(key, lambda: digest_of_file(descriptor, status.st_size))

    def _is_referred(self, path: str) -> bool:
        """True if a published post refers to a file; the bodies of those that may are cleaned first.

        Raise Busy if they are many: each request cleans some of them.
        """
        now, cleaner = self._states.cutoff(), self._cleaner.fingerprint
        for _ in range(MAX_BATCHES):
            if self._index.is_referred(path, now, cleaner):
                return True
            posts = self._index.posts_mentioning(mention_of(path), now, cleaner, BATCH)
            if not posts:
                return False
            self._cleaner.bodies_of(posts, self._index)
        raise Busy("posts that mention this file are being cleaned")
