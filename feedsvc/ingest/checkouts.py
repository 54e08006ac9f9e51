"""What git knows of a checkout: which content each file has, without reading the file.

A checkout has an index of its files (git-scm.com/docs/index-format). An index that is incomplete, too large or of
an unknown format is ignored.
"""

import struct
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from feedsvc.errors import PostError
from feedsvc.files import UNREAD, Folder, Stamp, read_file

MAX_CHECKOUT = 128_000_000  # bytes of an index of git that is read: some 700,000 files
MAX_POINTER = 4_096  # bytes of the file that names the repository of a checkout
_SECOND = 1_000_000_000
_CHECKSUM = 20  # bytes, of SHA-1
_HEADER = struct.Struct(">4sII")
_ENTRY = struct.Struct(">4I4xII8xI20sH")  # changed, modified, inode, mode, size, digest, flags
_EXTENDED, _STAGE = 0x4000, 0x3000  # flags
_INODE = 0xFFFFFFFF  # the part of it that git keeps


class CommittedFile(NamedTuple):
    """A file as git wrote it: its path in the folder that was asked for, its stamp and the digest of its content."""

    path: str
    stamp: Stamp
    digest: str

    def is_unchanged(self, stamp: Stamp) -> bool:
        """True if a file that has this stamp now still has the content that git wrote."""
        return self.stamp == Stamp(stamp.size, stamp.modified, stamp.changed, stamp.inode & _INODE)


def read_checkout(folder: Path) -> Iterator[CommittedFile]:
    """Yield the files of a folder that git has written, links aside; none if it is not in a checkout."""
    try:
        for root in (folder, *folder.parents):
            if repository := _find_repository(root):
                prefix = folder.relative_to(root).as_posix() + "/" if folder != root else ""
                yield from _read_index(repository, prefix)
                return
    except (OSError, PostError, struct.error, IndexError, ValueError):
        return


def _find_repository(root: Path) -> Path | None:
    """Return the folder of git that belongs to a checkout, None if this is not the root of one."""
    place = root / ".git"
    if place.is_dir():
        return place
    if not place.is_file():
        return None
    label, _, name = read_file(root, ".git", MAX_POINTER).decode().partition(": ")  # of a worktree or a submodule
    return root / name.rstrip("\n") if label == "gitdir" else None


def _read_index(repository: Path, prefix: str) -> Iterator[CommittedFile]:
    status = (repository / "index").stat()
    with Folder(repository) as folder:
        data = folder.read("index", MAX_CHECKOUT, Stamp.from_status(status))
    if sha1(data[:-_CHECKSUM], usedforsecurity=False).digest() != data[-_CHECKSUM:]:
        return
    for entry in _entries(data):
        if entry.path.startswith(prefix):
            is_racy = entry.stamp.modified >= status.st_mtime_ns  # git-scm.com/docs/racy-git
            stamp = UNREAD if is_racy else entry.stamp
            yield CommittedFile(entry.path.removeprefix(prefix), stamp, entry.digest)


def _entries(data: bytes) -> Iterator[CommittedFile]:
    """Yield the regular files of an index. Raise ValueError if it has an unknown format."""
    signature, version, count = _HEADER.unpack_from(data)
    if signature != b"DIRC" or version not in {2, 3, 4}:
        raise ValueError(f"an unknown index of git: {signature!r} {version}")
    has_short_names = version == 4  # noqa: PLR2004 - each without what it has in common with the one before
    position, name = _HEADER.size, b""
    for _ in range(count):
        changed, changed_ns, modified, modified_ns, inode, mode, size, digest, flags = _ENTRY.unpack_from(
            data, position
        )
        start = position + _ENTRY.size + (2 if flags & _EXTENDED else 0)
        cut, start = _read_number(data, start) if has_short_names else (len(name), start)
        end = data.index(b"\0", start)
        name = name[: len(name) - cut] + data[start:end]
        position = end + 1 if has_short_names else position + (end - position + 8) // 8 * 8
        if S_ISREG(mode) and not flags & _STAGE:
            stamp = Stamp(size, modified * _SECOND + modified_ns, changed * _SECOND + changed_ns, inode)
            yield CommittedFile(name.decode("utf-8", "replace"), stamp, digest.hex())


def _read_number(data: bytes, position: int) -> tuple[int, int]:
    """Return a number of variable length and the position after it."""
    number = data[position] & 0x7F
    while data[position] & 0x80:
        position += 1
        number = (number + 1 << 7) + (data[position] & 0x7F)
    return number, position + 1
