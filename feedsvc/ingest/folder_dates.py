"""Date changes by the times of folders, where no file shows them: a removed file, for example.

This waits a while, for a program such as `rsync -a` sets the time of a folder at the end.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain

from feedsvc.errors import FolderError
from feedsvc.index.dating import EARLY
from feedsvc.index.queries import Index
from feedsvc.ingest.attachments import look_in_static_folders, walk_static_folders
from feedsvc.ingest.folder import MAX_SLICE, look, walk
from feedsvc.ingest.reading import open_posts_folder
from feedsvc.settings import Settings

LOOK_SECONDS = EARLY / 1_000_000_000  # after a change


class FolderDates:
    """Dates the changes of paths that are added; `clock` is in seconds, and only differences are used."""

    def __init__(self, settings: Settings, index: Index, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._index, self._clock = settings, index, clock
        self._paths: set[str] = set()
        self._due = 0.0
        self._steps: Iterator[object] = iter(())
        self._newest = 0  # of the times seen so far

    def add(self, paths: Iterable[str]) -> None:
        """Note that these paths have just changed, "" for all."""
        self._paths.update(paths)
        self._due = self._clock() + LOOK_SECONDS

    def look(self) -> None:
        """Read times of folders for one slice of time; once all are read, date the changes by the newest."""
        if self._paths and self._clock() >= self._due:
            paths, self._paths = self._paths, set()
            self._steps = chain(self._steps, self._look_at(paths))
        end = self._clock() + MAX_SLICE
        with suppress(FolderError):  # the next scan reports it
            for _ in self._steps:
                if self._clock() >= end:
                    return
        newest, self._newest = self._newest, 0
        if newest:
            self._index.note_folder(newest)

    def _look_at(self, paths: set[str]) -> Iterator[object]:
        """Note the times of the folders of these paths; yield after each step of the work."""
        with open_posts_folder(self._settings) as folder:
            if "" in paths:
                yield from walk(folder, self._settings.site, note=self._note)
                yield from walk_static_folders(self._settings, self._note)
                return
            for path in paths:
                yield look(folder, path, self._settings.site)
                self._note(folder.last_modified())
        yield from look_in_static_folders(self._settings, paths, self._note)

    def _note(self, modified: int) -> None:
        self._newest = max(self._newest, modified)
