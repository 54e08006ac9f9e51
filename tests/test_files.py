"""Files below a folder: no path, link or exchange leads out of it; stamps tell one state of a file from another."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from feedsvc.errors import PostError
from feedsvc.files import UNREAD, Folder, Stamp, read_file
from feedsvc.models import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "2024-01-01-a.md"
NOW = datetime(2024, 1, 1, tzinfo=UTC)
STAMP = Stamp(4, 1_700_000_000_123_456_789, 1_700_000_001_000_000_000, 77)


# --- reading -------------------------------------------------------------------------------------


def test_file_is_read(root: Path) -> None:
    assert read_file(root, f"sub/{NAME}", 4) == b"text"


@pytest.mark.parametrize("target", ["../outside", "../../outside", "/", ".", "sub"])
def test_no_way_leads_through_a_linked_folder(root: Path, target: str) -> None:
    (root / "link").symlink_to(target)

    for path in (f"link/{NAME}", f"link/outside/{NAME}", f"link/sub/{NAME}", f"sub/../link/{NAME}"):
        with pytest.raises(OSError, match=r"."):
            read_file(root, path, 100)


@pytest.mark.parametrize(
    "target",
    [
        f"../outside/{NAME}",
        "/etc/passwd",
        "nowhere.md",
        "a.md",
        "/dev/zero",
        "/proc/self/environ",
        "out.md",
        "/",
        "sub",
    ],
)
def test_link_to_a_file_outside_or_to_none_is_not_read(root: Path, target: str) -> None:
    (root / "out.md").symlink_to(f"../outside/{NAME}")
    (root / "a.md").symlink_to(target)

    with pytest.raises((OSError, PostError)):
        read_file(root, "a.md", 10**9)


def test_files_of_a_mounted_config_map_are_read(root: Path) -> None:
    (root / "..2024_01_01").mkdir()
    (root / "..2024_01_01" / NAME).write_text("mapped")
    (root / "..data").symlink_to("..2024_01_01")
    (root / NAME).symlink_to(f"..data/{NAME}")

    assert read_file(root, NAME, 6) == b"mapped"


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path))  # its whole name may be too long


@pytest.mark.parametrize("make", [os.mkfifo, make_socket, os.mkdir])
def test_what_is_no_regular_file_is_neither_read_nor_waited_for(root: Path, make: Callable[[Path], None]) -> None:
    make(root / NAME)

    with pytest.raises((OSError, PostError)):
        read_file(root, NAME, 100)


def test_larger_file_is_not_read(root: Path) -> None:
    with pytest.raises(PostError, match=r"^4 bytes, more than 3: not read$"):
        read_file(root, f"sub/{NAME}", 3)


def test_folder_that_is_exchanged_leads_to_what_was_opened(root: Path) -> None:
    with Folder(root) as folder:
        folder.read(f"sub/{NAME}", 100)
        (root / "sub").rename(root / "old")
        (root / "sub").symlink_to("../outside")

        assert folder.read(f"sub/{NAME}", 100) == b"text"
        folder.descend("old/")
        with pytest.raises(NotADirectoryError):
            folder.read(f"sub/{NAME}", 100)


# --- stamps --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stamp",
    [
        pytest.param(STAMP, id="a file"),
        pytest.param(STAMP._replace(modified=-1), id="older than 1970"),
        pytest.param(STAMP._replace(expires=NOW), id="a post that expires"),
        pytest.param(STAMP._replace(expires=NOW + timedelta(microseconds=1)), id="a microsecond later"),
        pytest.param(Stamp(errno=13), id="a file that could not be looked at"),
        pytest.param(UNREAD, id="a file that was never read"),
    ],
)
def test_stamp_is_read_as_it_was_written(stamp: Stamp) -> None:
    assert Stamp.from_text(stamp.to_text()) == stamp


@pytest.mark.parametrize("changed", ["size", "modified", "changed", "inode", "errno"])
def test_stamp_is_not_current_once_a_field_differs(changed: str) -> None:
    assert not STAMP.is_current(STAMP._replace(**{changed: 5}), NOW)


@pytest.mark.parametrize(
    ("expires", "is_current"),
    [(NEVER, True), (NOW + timedelta(seconds=1), True), (NOW, False), (NOW - timedelta(seconds=1), False)],
)
def test_stamp_is_current_until_its_post_expires(expires: datetime, is_current: bool) -> None:  # noqa: FBT001
    assert STAMP._replace(expires=expires).is_current(STAMP, NOW) is is_current


def test_new_link_to_a_file_leaves_its_content_the_same(root: Path) -> None:
    file = root / "sub" / NAME
    before = Stamp.from_status(file.stat())

    os.link(file, root / "second")
    file.chmod(0o600)

    assert before.has_same_content(Stamp.from_status(file.stat()))
    assert not before.has_same_content(Stamp.from_status((root.parent / "outside" / NAME).stat()))
