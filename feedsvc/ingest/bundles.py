"""Folders on disk that are one page with its parts, as leaf bundles of Hugo: which of their files may be posts."""

import os

from feedsvc.files import Folder, split_path
from feedsvc.posts.generators.table import generator_of
from feedsvc.sites import Site


class Bundles:
    """The bundles of a site, as far as they have been looked at; a folder is looked at after those it is in."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._pages = generator_of(site).bundle_pages(site)
        self._found: set[str] = set()  # prefixes

    def pages_in(self, folder: Folder, prefix: str) -> frozenset[str] | None:
        """Return the names of the files in a subfolder that may be posts, None if all may.

        Raise OSError if there is no such folder.
        """
        if not self._pages or self._site.prefix + prefix in self._site.content:
            return None
        if not self._found.isdisjoint(_prefixes_of(prefix)):
            return frozenset()
        descriptor = folder.descend(prefix)
        pages = frozenset(name for name in self._pages if _is_there(name, descriptor))
        self._found |= {prefix} if pages else set()
        return pages or None

    def look_above(self, folder: Folder, prefix: str) -> None:
        """Look at the folders that a folder is in. Raise OSError as `pages_in`."""
        for place in _prefixes_of(prefix):
            self.pages_in(folder, place)

    def has_post(self, folder: Folder, path: str) -> bool:
        """Return True unless a file is a part of the page of a folder that it is in. Raise OSError as `pages_in`."""
        prefix, name = split_path(path)
        pages: frozenset[str] | None = None
        for place in (*_prefixes_of(prefix), prefix) if self._pages else ():
            pages = self.pages_in(folder, place)
        return pages is None or name in pages


def _prefixes_of(prefix: str) -> list[str]:
    """Return the prefixes of the folders that a folder is in: "", "a/" and "a/b/" of "a/b/c/"."""
    parts = prefix.split("/")[:-2]
    return ["", *("/".join((*parts[:number], "")) for number in range(1, len(parts) + 1))] if prefix else []


def _is_there(name: str, descriptor: int) -> bool:
    try:
        os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except OSError:
        return False
    return True
