"""Files below a folder, opened safely: never through a link that leads out of it, never blocking.

Every name on the way is opened from the descriptor of the folder before it, so that a descriptor leads to what it was
opened for, whatever is exchanged meanwhile. The folder itself may be a link, and a file may be a link to another file
inside. Which files are posts is not decided here.
"""

import errno
import os
from datetime import datetime
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple, Self

from feedsvc.errors import PostError
from feedsvc.models import NEVER

MAX_OPEN = 32  # folders on the way to a deep one that stay open
OVERSIZE_FACTOR = 10  # a post this many times larger than `max_post_bytes` is not opened
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe without a writer would block; O_NOCTTY: a terminal would become that of the process.
FILE_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY
ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}  # nothing is there, or a link is on the way
_NOT_NAMES = {"", ".", ".."}
_EXPIRES = "@"


class Stamp(NamedTuple):  # made for every file of every scan, at a fraction of a frozen dataclass's cost
    """What a file looked like when it was read; times in nanoseconds since 1970.

    `errno` is why it could not be looked at, 0 if it could. The post is read again at `expires`, when it appears or
    disappears although its file does not change.
    """

    size: int = 0
    modified: int = 0
    changed: int = 0
    inode: int = 0
    errno: int = 0
    expires: datetime = NEVER

    def __reduce__(self) -> tuple[object, ...]:
        """Return how another process makes the same stamp, faster than in a named tuple's own way."""
        return type(self), tuple(self)

    @classmethod
    def from_status(cls, status: os.stat_result) -> Self:
        """Return the stamp of a file with this status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the stamp that `to_text` wrote."""
        numbers, _, expires = text.partition(_EXPIRES)
        size, modified, changed, inode, error = map(int, numbers.split(":"))
        return cls(size, modified, changed, inode, error, datetime.fromisoformat(expires) if expires else NEVER)

    def to_text(self) -> str:
        """Return the stamp as the index stores it."""
        text = f"{self.size}:{self.modified}:{self.changed}:{self.inode}:{self.errno}"
        if self.expires is NEVER or self.expires == NEVER:  # the first is true of nearly all, and takes no time
            return text
        return f"{text}{_EXPIRES}{self.expires.isoformat()}"

    def is_current(self, now: "Stamp", moment: datetime) -> bool:
        """True if the file has not changed since, going by its stamp `now`, and its post has not expired."""
        return (
            self.has_same_content(now)
            and (self.changed, self.errno) == (now.changed, now.errno)
            and (moment < self.expires)
        )

    def has_same_content(self, other: "Stamp") -> bool:
        """True if all is equal but the time of change, which a new link or another mode moves as well."""
        return (self.size, self.modified, self.inode) == (other.size, other.modified, other.inode)


UNREAD = Stamp()  # of a file that was never read, or that is to be tried again


class Folder:
    """A folder that is held open, with the folders on the way to where it was used last. Not thread-safe."""

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

        Raise OSError if there is none, or a link on the way.
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

    def last_modified(self) -> int:
        """Return when one of the folders on the way that is open was last modified, in nanoseconds since 1970."""
        return max(os.fstat(descriptor).st_mtime_ns for _, descriptor in self._way)

    def resolve(self, path: str) -> tuple[str, str]:
        """Return the prefix and the name of the file a link leads to. Raise OSError if it leads out or to nothing.

        The result may be out of date: open it from the root again, where a link on the way is an error.
        """
        real, inside = os.path.realpath(f"{self.root}/{path}", strict=True), f"{self.root.rstrip('/')}/"
        if not real.startswith(inside):
            raise FileNotFoundError(errno.ENOENT, "leads out of the folder", path)
        return split_path(real.removeprefix(inside))

    def open(self, path: str) -> tuple[int, os.stat_result]:
        """Return a descriptor of a regular file, for the caller to close, and its status.

        Raise PostError for any other; OSError if there is none, or only through a link that leads out.
        """
        descriptor = self._open(path)
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            os.close(descriptor)
            raise PostError("not a regular file: not read")
        return descriptor, status

    def read(self, path: str, limit: int, stamp: Stamp | None = None) -> bytes:
        """Return the bytes of a regular file of at most `limit` bytes.

        Raise PostError for any other, and for one that has changed since it had `stamp`; OSError if there is none, or
        only through a link that leads out.
        """
        descriptor = self._open(path)
        try:
            status = os.fstat(descriptor)
            _require_sound(status, limit, stamp)
            data = _read_all(descriptor, status.st_size)
        finally:
            os.close(descriptor)
        if len(data) != status.st_size:
            raise PostError("changed while it was being read: will be read again")
        return data

    def _open(self, path: str) -> int:
        prefix, name = split_path(path)
        try:
            return os.open(name, FILE_FLAGS, dir_fd=self.descend(prefix))
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
        prefix, name = self.resolve(path)
        return os.open(name, FILE_FLAGS, dir_fd=self.descend(prefix))


def read_file(root: Path, path: str, limit: int) -> bytes:
    """Return the bytes of one file below `root`, and raise, as `Folder.read` does."""
    with Folder(root) as folder:
        return folder.read(path, limit)


def split_path(path: str) -> tuple[str, str]:
    """Return the prefix and the name of a path. Raise OSError for a path that is not one below a folder."""
    folder, slash, name = path.rpartition("/")
    _require_name(name)
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise FileNotFoundError(errno.ENOENT, "not the name of a file", path) from error
    return folder + slash, name


def is_name(part: str) -> bool:
    """True if part of a path can be the name of a file or a folder in the folder before it."""
    return part not in _NOT_NAMES and "\0" not in part


def is_encodable(path: str) -> bool:
    """True if a path can be written in UTF-8: half of a surrogate pair cannot."""
    return path.isascii() or path.encode("utf-8", "ignore").decode() == path


def _require_name(name: str) -> None:
    if not is_name(name):
        raise FileNotFoundError(errno.ENOENT, "not the name of a file", name)


def _require_sound(status: os.stat_result, limit: int, stamp: Stamp | None) -> None:
    if not S_ISREG(status.st_mode):
        raise PostError("not a regular file: not read")
    if stamp and not stamp.has_same_content(Stamp.from_status(status)):
        raise PostError("changed while it was being read: will be read again")
    if status.st_size > limit:
        raise PostError(f"{status.st_size:,} bytes, more than {limit:,}: not read")


def _read_all(descriptor: int, size: int) -> bytes:
    """Return up to one byte more than `size`; some file systems return less at a time than there is."""
    data = os.read(descriptor, size + 1)
    while len(data) < size and (more := os.read(descriptor, size + 1 - len(data))):
        data += more
    return data
