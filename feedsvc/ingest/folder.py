"""The posts folder on disk: walk it, look at a file, read a file. Nothing outside is read, and nothing blocks.

Every name on the way is opened from the descriptor of the folder before it, and never through a link: whatever is
exchanged meanwhile, a descriptor leads to what it was opened for. The posts folder itself may be a link, and so may a
file that leads to another one inside.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISLNK, S_ISREG
from typing import NamedTuple, Self

from feedsvc.errors import FolderError, PostError
from feedsvc.posts.generators.jekyll import POSTS, is_post, may_hold_posts
from feedsvc.posts.parser import SUFFIXES
from feedsvc.settings import Jekyll

MAX_OPEN = 32  # folders a way into the depth keeps open
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a pipe without a writer would block for ever; O_NOCTTY: a terminal would become that of the process.
FILE_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}  # there is nothing, or a link on the way
_SPECIAL = (".", "_", "#", "node_modules")  # prefixes of names that are not posts'
_NOT_NAMES = {"", ".", ".."}


class File(NamedTuple):
    """A post file as the folder shows it; `flaw` says why it must not be opened."""

    path: str
    stamp: str
    size: int
    flaw: str = ""

    @property
    def modified(self) -> int:
        """Return when it was last written to, in nanoseconds since 1970; 0 for a folder."""
        return int(self.stamp.split(":")[1]) if ":" in self.stamp else 0

    def is_replaced(self, seen: str) -> bool:
        """True if another file was in its place when it was read last; `seen` is the stamp of then."""
        return bool(seen) and seen.rpartition(":")[2] != self.stamp.rpartition(":")[2]


class Folder:
    """The posts folder, held open, with the folders on the way to where it was used last. Not thread-safe."""

    def __init__(self, path: Path) -> None:
        self.root = os.path.realpath(path)
        self._way = [("", os.open(self.root, FOLDER_FLAGS))]  # prefixes, each of the next, and their descriptors

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all descriptors."""
        self.close()

    def close(self) -> None:
        """Close all descriptors; closing twice is allowed."""
        while self._way:
            os.close(self._way.pop()[1])

    def descend(self, prefix: str) -> int:
        """Return the descriptor of a folder below, "" or a path that ends with "/"; valid until the next call.

        Raises OSError if there is none, or a link on the way.
        """
        while not prefix.startswith(self._way[-1][0]):
            os.close(self._way.pop()[1])
        at, descriptor = self._way[-1]
        for name in prefix[len(at) :].split("/")[:-1]:
            _require_name(name)
            at, descriptor = f"{at}{name}/", os.open(name, FOLDER_FLAGS, dir_fd=descriptor)
            if len(self._way) > MAX_OPEN:
                os.close(self._way.pop()[1])
            self._way.append((at, descriptor))
        return descriptor

    # --- looking at it ---------------------------------------------------------------------------

    def walk(self, jekyll: Jekyll | None = None) -> Iterator[File]:
        """Yield every post file, in subfolders too; of a Jekyll site only what it takes for posts.

        Hidden files, editors' files and linked folders are passed over. A subfolder that cannot be read is a File with
        a flaw. Raises FolderError where the folder itself cannot be read.
        """
        waiting = [""]
        while waiting:
            prefix = waiting.pop()
            try:
                descriptor = self.descend(prefix)
                folders, names, links = _list(descriptor, prefix, jekyll)
                files = [_look_at(name, descriptor, prefix + name) for name in names]
            except OSError as error:
                if not prefix or error.errno not in _ABSENT:
                    yield self._unreadable(prefix, error)
                continue
            waiting += folders
            files += [self._follow(prefix + name) for name in links]  # last, for it leaves the folder
            yield from filter(None, files)

    def _unreadable(self, prefix: str, error: OSError) -> File:
        """Return a folder as a file with a flaw. Raise FolderError for the posts folder itself."""
        if not prefix:
            raise FolderError(f"posts: {self.root!r}: cannot be read: {error.strerror}") from error
        return File(prefix, str(error.errno), 0, f"folder: cannot be read: {error.strerror}")

    def look(self, path: str) -> File | None:
        """Return one file; None where there is no regular one, or only by way of a link that leads out."""
        try:
            prefix, name = _split(path)
            status = os.stat(name, dir_fd=self.descend(prefix), follow_symlinks=False)
        except OSError as error:
            return _unknown(path, error)
        return self._follow(path) if S_ISLNK(status.st_mode) else _to_file(path, status)

    def _follow(self, path: str) -> File | None:
        """Return the file a link stands for, under the path of the link; None for one that leads out or to nothing."""
        try:
            prefix, name = self._target_of(path)
        except OSError:
            return None
        try:
            return _look_at(name, self.descend(prefix), path)
        except OSError as error:
            return _unknown(path, error)

    def _target_of(self, path: str) -> tuple[str, str]:
        """Return the folder and the name of what a link leads to. Raise OSError if it leads out or to nothing.

        The way that is found is a proposal only: it is gone again from the root, and a link on it is an error then.
        """
        real, inside = os.path.realpath(f"{self.root}/{path}", strict=True), f"{self.root.rstrip('/')}/"
        if not real.startswith(inside):
            raise FileNotFoundError(errno.ENOENT, "leads out of the folder", path)
        return _split(real.removeprefix(inside))

    # --- reading ---------------------------------------------------------------------------------

    def read(self, path: str, limit: int, stamp: str = "") -> bytes:
        """Return the bytes of a regular file of at most `limit` bytes.

        Raises PostError for any other, and for one that is not as it was when it had `stamp`; OSError if there is none,
        or only by way of a link that leads out.
        """
        descriptor = self._open(path)
        try:
            status = os.fstat(descriptor)
            _require_sound(status, limit, stamp)
            data = _read_all(descriptor, status.st_size)
        finally:
            os.close(descriptor)
        if len(data) != status.st_size:
            raise PostError("changed while it was being read: to be read again")
        return data

    def _open(self, path: str) -> int:
        prefix, name = _split(path)
        try:
            return os.open(name, FILE_FLAGS, dir_fd=self.descend(prefix))
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
        prefix, name = self._target_of(path)
        return os.open(name, FILE_FLAGS, dir_fd=self.descend(prefix))


def read_file(root: Path, path: str, limit: int) -> bytes:
    """Return the bytes of one file below `root` as `Folder.read` does."""
    with Folder(root) as folder:
        return folder.read(path, limit)


def _list(descriptor: int, prefix: str, jekyll: Jekyll | None) -> tuple[list[str], list[str], list[str]]:
    """Return the prefixes of the folders of posts in a folder, and the names of files and of links to files."""
    folders: list[str] = []
    names: list[str] = []
    links: list[str] = []
    with os.scandir(descriptor) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if is_folder_of_posts(path, jekyll):
                    folders.append(f"{path}/")
            elif is_post_path(path, jekyll):
                (links if entry.is_symlink() else names).append(entry.name)
    return folders, names, links


def _look_at(name: str, descriptor: int, path: str) -> File | None:
    """Return what has a name in the folder with this descriptor; `path` is its path."""
    try:
        status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except OSError as error:
        return _unknown(path, error)
    return _to_file(path, status)


def _split(path: str) -> tuple[str, str]:
    """Return the prefix and the name of a path. Raise OSError for a path that is not one below a folder."""
    folder, slash, name = path.rpartition("/")
    _require_name(name)
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise FileNotFoundError(errno.ENOENT, "not the name of a file", path) from error
    return folder + slash, name


def _require_name(name: str) -> None:
    if not is_name(name):
        raise FileNotFoundError(errno.ENOENT, "not the name of a file", name)


def is_name(part: str) -> bool:
    """True if part of a path can be the name of a file or a folder in the folder before it."""
    return part not in _NOT_NAMES and "\0" not in part


def is_encodable(path: str) -> bool:
    """True if a path can be written in UTF-8: half of a surrogate pair cannot."""
    return path.isascii() or path.encode("utf-8", "ignore").decode() == path


def _require_sound(status: os.stat_result, limit: int, stamp: str) -> None:
    if not S_ISREG(status.st_mode):
        raise PostError("not a regular file: not read")
    if stamp and not _is_as_stamped(status, stamp):
        raise PostError("changed while it was being read: to be read again")
    if status.st_size > limit:
        raise PostError(f"{status.st_size:,} bytes, more than {limit:,}: not read")


def _read_all(descriptor: int, size: int) -> bytes:
    """Return up to one byte more than `size`: some file systems give less at a time than there is."""
    data = os.read(descriptor, size + 1)
    while len(data) < size and (more := os.read(descriptor, size + 1 - len(data))):
        data += more
    return data


def _stamp_of(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _is_as_stamped(status: os.stat_result, stamp: str) -> bool:
    """Compare all but st_ctime, which a new link or another mode changes as well."""
    return stamp.startswith(f"{status.st_size}:{status.st_mtime_ns}:") and stamp.endswith(f":{status.st_ino}")


def _to_file(path: str, status: os.stat_result) -> File | None:
    if not S_ISREG(status.st_mode):
        return None
    is_sound = path.isprintable() or (_shown(path) == path and len(path.splitlines()) == 1)
    flaw = "" if is_sound else "file name: not UTF-8, or with a line break"
    return File(path if is_sound else _shown(path), _stamp_of(status), status.st_size, flaw)


def _unknown(path: str, error: OSError) -> File | None:
    """Return None where nothing is there; else what is known may still be true."""
    if error.errno in _ABSENT:
        return None
    return File(_shown(path), str(error.errno), 0, f"cannot be read: {error.strerror}")


def _shown(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()


# --- what is looked for --------------------------------------------------------------------------


def is_folder_of_posts(path: str, jekyll: Jekyll | None) -> bool:
    """True if a folder, and those it is in, are worth a look."""
    if jekyll:
        return may_hold_posts(path, jekyll)
    return not any(part.startswith(_SPECIAL) and part != POSTS for part in path.split("/"))


def is_post_path(path: str, jekyll: Jekyll | None) -> bool:
    """True if a file is meant to be read: no hidden file, no section page, no editor's copy."""
    if jekyll:
        return is_post(path, jekyll)
    folder, _, name = path.rpartition("/")
    return name.lower().endswith(SUFFIXES) and not name.startswith(_SPECIAL) and is_folder_of_posts(folder, jekyll)
