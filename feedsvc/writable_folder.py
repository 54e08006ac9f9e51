"""A folder that one build at a time writes whole files to, never through a link.

Every subfolder is opened from the descriptor of the folder it is in, so that no link in it is followed.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG

from feedsvc.errors import OutputError
from feedsvc.files import FILE_FLAGS, FOLDER_FLAGS

PART = ".feedsvc.part"  # the file being written; one build runs at a time, so one name is enough
_PART_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_REASONS = {errno.ENOTDIR: "a link or a file is where a folder must be"}
MAX_READ = 500_000_000  # bytes


class WritableFolder:
    """A folder that is locked and written to; made by `open_writable_folder`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._root = descriptor

    def is_empty(self) -> bool:
        """True if there is nothing in the folder."""
        with os.scandir(self._root) as entries:
            return next(entries, None) is None

    def read(self, name: str) -> bytes | None:
        """Return what a file holds, None if there is none. Raise OSError for one that is not regular or too large."""
        with self._parent_of(name) as (parent, last):
            try:
                descriptor = os.open(last, FILE_FLAGS, dir_fd=parent)
            except FileNotFoundError:
                return None
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not S_ISREG(status.st_mode) or status.st_size > MAX_READ:
                    raise OSError(errno.EINVAL, f"not a regular file of at most {MAX_READ:,} bytes")
                return file.read(MAX_READ)

    def holds(self, name: str, body: bytes) -> bool:
        """True if a regular file of this name has this content."""
        with suppress(OSError), self._parent_of(name) as (parent, last):
            return _holds(parent, last, body)
        return False

    def write(self, name: str, body: bytes) -> None:
        """Replace a file as a whole, for a reader may have it open. Raise OutputError if that fails."""
        try:
            with self._parent_of(name, make=True) as (parent, last):
                _put(parent, last, body)
        except OSError as error:
            reason = _REASONS.get(error.errno or 0, error.strerror)
            raise OutputError(f"{self.path / name}: cannot be written: {reason}") from error

    def remove(self, name: str) -> bool:
        """Remove a regular file and the folders that it leaves empty; return whether there was one."""
        try:
            with self._parent_of(name) as (parent, last):
                if not S_ISREG(os.stat(last, dir_fd=parent, follow_symlinks=False).st_mode):
                    return False
                os.unlink(last, dir_fd=parent)
        except OSError:
            return False
        self._remove_empty(name.split("/")[:-1])
        return True

    def _remove_empty(self, names: list[str]) -> None:
        with suppress(OSError):  # not empty
            for end in range(len(names), 0, -1):
                with self._parent_of("/".join(names[:end])) as (parent, last):
                    os.rmdir(last, dir_fd=parent)

    @contextmanager
    def _parent_of(self, name: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """Open the folder of a file, with `make` created first; yield its descriptor and the name of the file."""
        *folders, last = name.split("/")
        parent = os.dup(self._root)
        try:
            for folder in folders:
                parent = _open_subfolder(parent, folder, make=make)
            yield parent, last
        finally:
            os.close(parent)


@contextmanager
def open_writable_folder(path: Path) -> Iterator[WritableFolder]:
    """Open a folder to write to, created if it is missing, for this build alone. Raise OutputError if that fails.

    The folder may be a link. The lock is on the folder itself, so that no lock file stays in it.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        _lock(path, descriptor)
        yield WritableFolder(path, descriptor)
    finally:
        os.close(descriptor)


def _lock(path: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OutputError(f"{path}: another build is writing to it") from error
    except OSError as error:  # no locks on this file system
        raise OutputError(f"{path}: cannot be locked: {error.strerror}") from error


def _open_subfolder(parent: int, name: str, *, make: bool) -> int:
    """Return the descriptor of a folder in the folder `parent`, whose descriptor is closed if this succeeds."""
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=parent)
    descriptor = os.open(name, FOLDER_FLAGS, dir_fd=parent)
    os.close(parent)
    return descriptor


def _holds(parent: int, name: str, body: bytes) -> bool:
    """True if a regular file has this content; one of another size is not read."""
    try:
        descriptor = os.open(name, FILE_FLAGS, dir_fd=parent)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        return S_ISREG(status.st_mode) and status.st_size == len(body) and file.read(len(body)) == body


def _put(parent: int, name: str, body: bytes) -> None:
    """Write a temporary file, then rename it to `name`."""
    with suppress(FileNotFoundError):
        os.unlink(PART, dir_fd=parent)  # left by a build that was killed; of a link, only the link is removed
    try:
        with os.fdopen(os.open(PART, _PART_FLAGS, 0o666, dir_fd=parent), "wb") as file:
            file.write(body)
        os.replace(PART, name, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with suppress(OSError):
            os.unlink(PART, dir_fd=parent)
        raise
