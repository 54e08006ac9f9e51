"""Includes and data files of a Jekyll site compared with the index; they are never read here."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from feedsvc.attachments import site_root
from feedsvc.files import Folder, Stamp
from feedsvc.index.writer import Writer
from feedsvc.ingest.folder import look
from feedsvc.settings import Settings

FOLDERS = ("_includes", "_data", "_layouts")
ALL_SOURCES = "/sources"  # all of them, among paths of posts: none of those begins with "/"
MAX_SOURCES = 20_000  # files that are looked at


class Sources:
    """What differs between the includes and data files of a site and the index."""

    def __init__(self, settings: Settings, known: Mapping[str, str]) -> None:
        found = dict(walk_sources(settings))
        self.changed = {path: stamp for path, stamp in found.items() if known.get(path) != stamp.to_text()}
        self.gone = known.keys() - found.keys()

    def differs(self) -> bool:
        """True if the index has to be brought up to date."""
        return bool(self.changed or self.gone)

    def store(self, writer: Writer) -> None:
        """Store what differs."""
        for path in sorted(self.gone):
            writer.remove_source(path)
        for path, stamp in self.changed.items():
            writer.put_source(path, stamp)


def source_folders(settings: Settings) -> list[Path]:
    """Return the folders of includes, layouts and data that a site has."""
    if settings.jekyll is None:
        return []
    return [folder for name in FOLDERS if (folder := site_root(settings) / name).is_dir()]


def walk_sources(settings: Settings) -> Iterator[tuple[str, Stamp]]:
    """Yield the paths in the site of includes and data files, and their stamps; none of a site that is not Jekyll's.

    Hidden files, and folders that cannot be read, are passed over.
    """
    if settings.jekyll is None:
        return
    try:
        folder = Folder(site_root(settings))
    except OSError:
        return
    with folder:
        waiting = [f"{name}/" for name in FOLDERS]
        number = 0
        while waiting and number < MAX_SOURCES:
            prefix = waiting.pop()
            for path, is_folder in _entries(folder, prefix):
                number += 1
                if is_folder:
                    waiting.append(f"{path}/")
                elif (file := look(folder, path)) and not file.problem:
                    yield file.path, file.stamp


def _entries(folder: Folder, prefix: str) -> list[tuple[str, bool]]:
    try:
        with os.scandir(folder.descend(prefix)) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError:
        return []
    return [(prefix + name, is_folder) for name, is_folder in sorted(found) if not name.startswith(".")]
