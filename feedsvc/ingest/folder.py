"""The posts folder on disk: which files in it are posts, and what each looks like. Files are read by `files`."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from errno import EIO
from functools import partial
from stat import S_ISLNK, S_ISREG
from typing import NamedTuple

from feedsvc.attachments import is_attachment, may_hold_attachments
from feedsvc.errors import FolderError
from feedsvc.files import ABSENT, Folder, Stamp, split_path
from feedsvc.ingest.bundles import Bundles
from feedsvc.posts.generators.table import generator_of
from feedsvc.sites import PLAIN_SITE, Site

MAX_SLICE = 0.1  # seconds that a look at the folder takes at a time: for so long an event may wait


class File(NamedTuple):
    """A post file, or a file beside posts, before it is read; `problem` says why it must not be opened.

    `digest` is that of the content that the index has; "" if the file has to be parsed even if that is the same.
    """

    path: str
    stamp: Stamp
    problem: str = ""
    digest: str = ""
    is_attachment: bool = False


def pass_over(_: int) -> None:
    """Do nothing with a time."""


def walk(
    folder: Folder,
    site: Site = PLAIN_SITE,
    *,
    has_posts: bool = True,
    prefix: str = "",
    note: Callable[[int], None] = pass_over,
) -> Iterator[File]:
    """Yield every post file, in subfolders too, and every file beside posts that may be served.

    With `prefix`, a path that ends with "/", only those in that folder. The site's generator decides which files are
    posts; unless `has_posts`, none is. Hidden files, editors' files and linked folders are passed over. A subfolder
    that cannot be read is a File with a problem. Raise FolderError if the folder itself cannot be read. `note` is
    called with the time of modification of each folder.
    """
    waiting, bundles = [prefix], Bundles(site)
    with suppress(OSError):
        bundles.look_above(folder, prefix)
    while waiting:
        prefix = waiting.pop()
        holds_posts = has_posts and is_folder_of_posts(prefix.rstrip("/"), site)
        if not holds_posts and not may_hold_attachments(prefix.rstrip("/")):
            continue
        links: list[str] = []
        try:
            pages = bundles.pages_in(folder, prefix) if holds_posts else None
            look_in = partial(_look_in, holds_posts=holds_posts, pages=pages, folders=waiting, links=links)
            descriptor = folder.descend(prefix)
            note(os.fstat(descriptor).st_mtime_ns)
            yield from look_in(descriptor, prefix, site)
        except OSError as error:
            if holds_posts and (not prefix or error.errno not in ABSENT):
                yield _unreadable(folder, prefix, error)
            continue
        for path in links:  # last: it moves the folder's descriptor
            is_post = holds_posts and generator_of(site).is_post(path, site) and bundles.has_post(folder, path)
            if file := _to_shown(_follow(folder, path), is_post=is_post):
                yield file


def look(folder: Folder, path: str, site: Site = PLAIN_SITE) -> File | None:
    """Return one file; None if it does not exist, is not regular, or is only reached through a link that leads out.

    Also return None for a part of a page that is never served, and for a folder (with "/" at its end) that can be read.
    """
    if path.endswith("/"):
        return _look_at_folder(folder, path)
    file = _look(folder, path)
    if file is None or not is_post_path(path, site):
        return file and file._replace(is_attachment=True)
    is_post = _is_whole(folder, path, site)
    return file if is_post or file.problem else file._replace(is_attachment=True) if is_attachment(path) else None


def _is_whole(folder: Folder, path: str, site: Site) -> bool:
    try:
        return Bundles(site).has_post(folder, path)
    except OSError:
        return True


def _look_at_folder(folder: Folder, prefix: str) -> File | None:
    try:
        with os.scandir(folder.descend(prefix)):
            return None
    except OSError as error:
        return None if error.errno in ABSENT else _unreadable(folder, prefix, error)


def _look(folder: Folder, path: str) -> File | None:
    try:
        prefix, name = split_path(path)
        status = os.stat(name, dir_fd=folder.descend(prefix), follow_symlinks=False)
    except OSError as error:
        return _unknown(path, error)
    return _follow(folder, path) if S_ISLNK(status.st_mode) else _to_file(path, status)


def is_folder_of_posts(path: str, site: Site) -> bool:
    """True if a folder may hold posts, going by its name and those of the folders it is in."""
    return generator_of(site).may_hold_posts(path, site)


def is_post_path(path: str, site: Site) -> bool:
    """True if a file is meant as a post: no hidden file, no section page, no editor's copy."""
    return is_folder_of_posts(path.rpartition("/")[0], site) and generator_of(site).is_post(path, site)


def _look_in(  # noqa: PLR0913 - four of them by name
    descriptor: int,
    prefix: str,
    site: Site,
    *,
    holds_posts: bool,
    pages: frozenset[str] | None,
    folders: list[str],
    links: list[str],
) -> Iterator[File]:
    """Yield the files in a folder as it is read; add the prefixes of folders to walk, and the paths of links.

    `pages` are the names of files that may be posts, None if all may.
    """
    generator = generator_of(site)
    with os.scandir(descriptor) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{path}/")
                continue
            is_post = holds_posts and generator.is_post(path, site) and (pages is None or entry.name in pages)
            if is_post or is_attachment(entry.name):
                if entry.is_symlink():
                    links.append(path)
                elif file := _to_shown(_look_at(entry.name, descriptor, path), is_post=is_post):
                    yield file


def _to_shown(file: File | None, *, is_post: bool) -> File | None:
    """Return what a walk yields for a file; None for one beside posts that cannot be looked at."""
    if file is None or is_post:
        return file
    return None if file.problem else file._replace(is_attachment=True)


def _look_at(name: str, descriptor: int, path: str) -> File | None:
    """Return what has a name in the folder with this descriptor; `path` is its path."""
    try:
        status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except OSError as error:
        return _unknown(path, error)
    return _to_file(path, status)


def _follow(folder: Folder, path: str) -> File | None:
    """Return the file a link leads to, under the path of the link; None if it leads out or to nothing."""
    try:
        prefix, name = folder.resolve(path)
    except OSError:
        return None
    try:
        return _look_at(name, folder.descend(prefix), path)
    except OSError as error:
        return _unknown(path, error)


def _to_file(path: str, status: os.stat_result) -> File | None:
    if not S_ISREG(status.st_mode):
        return None
    stamp = Stamp.from_status(status)
    if path.isprintable() or (_escape(path) == path and len(path.splitlines()) == 1):
        return File(path, stamp)
    return File(_escape(path), stamp, "file name: not UTF-8, or with a line break")


def _unknown(path: str, error: OSError) -> File | None:
    """Return None if nothing is there; else a File with a problem, whose last good version stays."""
    if error.errno in ABSENT:
        return None
    return File(_escape(path), Stamp(errno=error.errno or EIO), f"cannot be read: {error.strerror}")


def _unreadable(folder: Folder, prefix: str, error: OSError) -> File:
    """Return a subfolder as a File with a problem. Raise FolderError for the posts folder itself."""
    if not prefix:
        raise FolderError(f"posts: {folder.root!r}: cannot be read: {error.strerror}") from error
    return File(prefix, Stamp(errno=error.errno or EIO), f"folder: cannot be read: {error.strerror}")


def _escape(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()
