"""The posts folder on disk: which files in it are posts, and what each looks like. Files are read by `files`."""

import os
from collections.abc import Iterator
from errno import EIO
from stat import S_ISLNK, S_ISREG
from typing import NamedTuple

from feedsvc.attachments import is_attachment, may_hold_attachments
from feedsvc.errors import FolderError
from feedsvc.files import ABSENT, Folder, Stamp, split_path
from feedsvc.posts.generators.table import generator_of
from feedsvc.sites import PLAIN_SITE, Site


class File(NamedTuple):
    """A post file as the folder shows it, or a file beside posts; `problem` says why it must not be opened.

    `digest` is that of the content that the index has of it, "" if it has to be parsed in any case.
    """

    path: str
    stamp: Stamp
    problem: str = ""
    digest: str = ""
    is_attachment: bool = False


class _Listing(NamedTuple):
    """What a folder holds: prefixes of folders to walk, names of posts, of files beside posts, and of links to either.

    `has_posts` is False in a folder that the site's generator reads no posts in.
    """

    has_posts: bool
    folders: list[str]
    files: list[str]
    attachments: list[str]
    links: list[str]


def walk(folder: Folder, site: Site = PLAIN_SITE, *, has_posts: bool = True) -> Iterator[File]:
    """Yield every post file, in subfolders too, and every file beside posts that may be served.

    On a generator's site only what the generator takes for posts are; with `has_posts` False, no file is. Hidden files,
    editors' files and linked folders are passed over. A subfolder that cannot be read is a File with a problem. Raise
    FolderError if the folder itself cannot be read.
    """
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        holds_posts = has_posts and is_folder_of_posts(prefix.rstrip("/"), site)
        try:
            descriptor = folder.descend(prefix)
            listing = _list(descriptor, prefix, site, has_posts=holds_posts)
            files = [_look_at(name, descriptor, prefix + name) for name in listing.files]
            beside = [_look_at(name, descriptor, prefix + name) for name in listing.attachments]
        except OSError as error:
            if holds_posts and (not prefix or error.errno not in ABSENT):
                yield _unreadable(folder, prefix, error)
            continue
        waiting += listing.folders
        for name in listing.links:  # last: it moves the folder's descriptor
            is_post = holds_posts and generator_of(site).is_post(prefix + name, site)
            (files if is_post else beside).append(_follow(folder, prefix + name))
        yield from filter(None, files)
        yield from (file._replace(is_attachment=True) for file in beside if file and not file.problem)


def look(folder: Folder, path: str, site: Site = PLAIN_SITE) -> File | None:
    """Return one file; None if there is no regular one, or only through a link that leads out."""
    file = _look(folder, path)
    return file and file._replace(is_attachment=not is_post_path(path, site))


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


def _list(descriptor: int, prefix: str, site: Site, *, has_posts: bool) -> _Listing:
    listing = _Listing(has_posts, [], [], [], [])
    with os.scandir(descriptor) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                _add(entry, prefix, site, listing)
    return listing


def _add(entry: os.DirEntry[str], prefix: str, site: Site, listing: _Listing) -> None:
    path = prefix + entry.name
    if entry.is_dir(follow_symlinks=False):
        if is_folder_of_posts(path, site) or may_hold_attachments(path):
            listing.folders.append(f"{path}/")
    elif listing.has_posts and generator_of(site).is_post(path, site):
        (listing.links if entry.is_symlink() else listing.files).append(entry.name)
    elif is_attachment(entry.name):
        (listing.links if entry.is_symlink() else listing.attachments).append(entry.name)


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
