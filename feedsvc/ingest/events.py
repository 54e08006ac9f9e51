"""File events made into the paths to be scanned, and the folders whose events matter."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from watchfiles import Change

from feedsvc.attachments import is_attachment, may_hold_attachments, roots_of
from feedsvc.ingest.folder import is_folder_of_posts, is_post_path
from feedsvc.ingest.sources import ALL_SOURCES, source_folders
from feedsvc.posts.generators.table import generator_of
from feedsvc.settings import Settings
from feedsvc.sites import Site

Changes = set[tuple[Change, str]]


@dataclass(frozen=True, slots=True)
class WatchedFolders:
    """The posts folder and those of the site's static files, by their real paths.

    `sources` are those of includes and data files.
    """

    posts: Path
    static: tuple[Path, ...]
    site: Site
    sources: tuple[Path, ...] = ()

    @classmethod
    def find(cls, settings: Settings) -> Self:
        """Return the folders as they are now; static ones that are missing are left out."""
        posts, *static = (Path(os.path.realpath(root)) for root in (settings.posts, *roots_of(settings)[1:]))
        sources = tuple(Path(os.path.realpath(folder)) for folder in source_folders(settings))
        return cls(posts, tuple(root for root in static if root.is_dir() and root != posts), settings.site, sources)

    def outermost(self) -> list[Path]:
        """Return the folders to watch: those that are in none of the others.

        Of a folder that the posts folder is in, such as a site's root, it is those that may hold files to be served:
        beside them are repositories and dependencies, with thousands of folders.
        """
        folders = dict.fromkeys(
            (self.posts, *(one for root in self.static for one in self._parts_of(root)), *self.sources)
        )
        return [one for one in folders if not any(one.is_relative_to(other) for other in folders if other != one)]

    def _parts_of(self, root: Path) -> list[Path]:
        if not self.posts.is_relative_to(root):
            return [root]
        return [
            path
            for path in root.iterdir()
            if may_hold_attachments(path.name) and path.is_dir() and not path.is_symlink()
        ]

    def have_gone(self, changes: Changes) -> bool:
        """True if one of the folders itself has changed: another one may be there now, or none."""
        names = {name for _, name in changes}
        return any(str(root) in names for root in (self.posts, *self.static))

    def find_moved(self, changes: Changes) -> set[str]:
        """Return the added posts if a path was deleted: they may be renamed files, which are complete."""
        added = {path.as_posix() for change, path in _below(self.posts, changes) if change is Change.added}
        is_gone = any(change is Change.deleted and not Path(name).exists() for change, name in changes)
        return added if is_gone else set()

    def find_changed(self, changes: Changes) -> set[str]:
        """Return the changed paths of posts and of files beside posts, and the prefixes of changed folders.

        ALL_SOURCES is among them if an include or a data file has changed.
        """
        has_source = any(Path(name).is_relative_to(folder) for _, name in changes for folder in self.sources)
        found = (
            self._find_scanned(root, change, path)
            for root in (self.posts, *self.static)
            for change, path in _below(root, changes)
        )
        return {path for path in found if path is not None} | ({ALL_SOURCES} if has_source else set())

    def _find_scanned(self, root: Path, change: Change, path: Path) -> str | None:
        """Return what is to be looked at as a path has changed: the path, or a prefix; None for nothing.

        It is everything, "", if the path leads through a link, which the watcher follows but a scan does not.
        """
        whole, name = root / path, path.as_posix()
        if any(part.startswith(".") for part in path.parts):
            return "" if _is_link_to_folder(whole) else None
        folder, slash, _ = name.rpartition("/")
        if not self._is_scanned(root, folder):
            return None  # such as the site that Jekyll built
        if whole.parent.resolve() != whole.parent:
            return ""
        if change is not Change.modified and path.name in generator_of(self.site).bundle_pages(self.site):
            return folder + slash  # what is beside it becomes a part of it, or a post again
        if is_attachment(name) or (root == self.posts and is_post_path(name, self.site)):
            return name
        return f"{name}/" if change is Change.deleted or whole.is_dir() else None

    def _is_scanned(self, root: Path, folder: str) -> bool:
        return may_hold_attachments(folder) or (root == self.posts and is_folder_of_posts(folder, self.site))


def _below(root: Path, changes: Changes) -> Iterator[tuple[Change, Path]]:
    inside = f"{root}{os.sep}"
    return ((change, Path(name).relative_to(root)) for change, name in changes if name.startswith(inside))


def _is_link_to_folder(path: Path) -> bool:
    """True for what Kubernetes turns when a ConfigMap changes: the posts are links through `..data` to another folder.

    Editors make hidden links too, but to nothing.
    """
    return path.is_symlink() and path.is_dir()
