"""Dates changes that only folders show, by their times, once who copies a folder has set its time.

`rsync -a` removes a file first, and sets the time of its folder at the end.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from feedsvc.errors import FolderError
from feedsvc.index.dating import EARLY
from feedsvc.index.queries import Index
from feedsvc.ingest.beside import look_in_static_folders, walk_static_folders
from feedsvc.ingest.folder import look, walk
from feedsvc.ingest.reading import open_folder
from feedsvc.settings import Settings

LOOK_SECONDS = EARLY / 1_000_000_000  # after a change


class FolderDates:
    """The folders that are to be looked at again; `clock` is in seconds, and only differences are used."""

    def __init__(self, settings: Settings, index: Index, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._index, self._clock = settings, index, clock
        self._paths: set[str] = set()
        self._due = 0.0

    def add(self, paths: Iterable[str]) -> None:
        """Note that these paths changed just now, "" for all."""
        self._paths.update(paths)
        self._due = self._clock() + LOOK_SECONDS

    def look(self) -> None:
        """Date the changes by the folders they are in, if it is time."""
        if not self._paths or self._clock() < self._due:
            return
        paths, self._paths = self._paths, set()
        with suppress(FolderError):  # the next scan reports it
            self._index.note_folder(max(_find_times(self._settings, paths), default=0))


def _find_times(settings: Settings, paths: set[str]) -> list[int]:
    times: list[int] = []
    with open_folder(settings) as folder:
        if "" in paths:
            for _ in walk(folder, settings.site, note=times.append):
                pass
            for _ in walk_static_folders(settings, times.append):
                pass
            return times
        for path in paths:
            look(folder, path, settings.site)
            times.append(folder.last_modified())
    for _ in look_in_static_folders(settings, paths, times.append):
        pass
    return times
