"""The posts folder on disk: what a walk finds, and that no path, link or exchange leads out of it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedsvc.errors import PostError
from feedsvc.ingest.folder import MAX_OPEN, Folder, read_file

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "2024-01-01-a.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / NAME).write_text("secret")
    (tmp_path / "posts" / "sub").mkdir(parents=True)
    (tmp_path / "posts" / "sub" / NAME).write_text("text")
    return tmp_path / "posts"


def paths(root: Path) -> list[str]:
    with Folder(root) as folder:
        return sorted(file.path for file in folder.walk())


def open_descriptors(root: Path) -> int:
    """Count what is open below a folder; other tests may leave anything else open."""
    leads = [os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir()]
    return sum(lead == str(root) or lead.startswith(f"{root}/") for lead in leads)


# --- reading -------------------------------------------------------------------------------------


def test_file_is_read(root: Path) -> None:
    assert read_file(root, f"sub/{NAME}", 4) == b"text"


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        f"../outside/{NAME}",
        f"sub/../../outside/{NAME}",
        f"sub/../sub/{NAME}",
        f"./sub/{NAME}",
        f"sub//{NAME}",
        f"/sub/{NAME}",
        "/etc/passwd",
        "sub/",
        "sub/..",
        f"sub/{NAME}\0",
        f"su\0b/{NAME}",
        f"sub/{NAME}/x",
        "none.md",
        "\ud800.md",
        "sub\ud800/a.md",
        "bad\udcff.md",
        "x" * 300,
    ],
)
def test_path_that_is_not_one_below_the_folder_is_not_there(root: Path, path: str) -> None:
    with pytest.raises(OSError, match=r"."):
        read_file(root, path, 100)

    with Folder(root) as folder:
        assert folder.look(path) is None


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


@pytest.mark.parametrize("target", [f"sub/{NAME}", f"sub/../sub/{NAME}", f"../posts/sub/{NAME}", "second.md", "dir.md"])
def test_link_to_a_file_inside_is_read(root: Path, target: str) -> None:
    (root / "second.md").symlink_to(root / "sub" / NAME)
    (root / "linked").symlink_to("sub")
    (root / "dir.md").symlink_to(f"linked/{NAME}")
    (root / "a.md").symlink_to(target)

    assert read_file(root, "a.md", 4) == b"text"
    assert {"a.md", "dir.md", "second.md", f"sub/{NAME}"} == set(paths(root))


def test_files_of_a_mounted_config_map_are_read(root: Path) -> None:
    (root / "..2024_01_01").mkdir()
    (root / "..2024_01_01" / NAME).write_text("mapped")
    (root / "..data").symlink_to("..2024_01_01")
    (root / NAME).symlink_to(f"..data/{NAME}")

    assert read_file(root, NAME, 6) == b"mapped"


def test_folder_itself_may_be_a_link(root: Path) -> None:
    link = root.with_name("current")
    link.symlink_to(root)

    assert (read_file(link, f"sub/{NAME}", 4), paths(link)) == (b"text", [f"sub/{NAME}"])


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


# --- descriptors ---------------------------------------------------------------------------------


def test_nothing_stays_open(root: Path) -> None:
    (root / "link.md").symlink_to(f"sub/{NAME}")

    paths(root)
    read_file(root, "link.md", 4)
    with pytest.raises(PostError):
        read_file(root, "link.md", 3)
    with pytest.raises(OSError, match="No such file"):
        read_file(root, "sub/none.md", 3)

    assert open_descriptors(root) == 0


@pytest.mark.parametrize("depth", [3, MAX_OPEN - 1, MAX_OPEN + 1, 3 * MAX_OPEN])
def test_depth_is_walked_and_read_with_few_descriptors(root: Path, depth: int) -> None:
    names = [f"d{level % 10}" for level in range(depth)]
    for level in range(depth):
        folder = root.joinpath(*names[: level + 1])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_text(str(level))
        (folder / "z").mkdir()
        (folder / "z" / NAME).write_text(f"z{level}")

    with Folder(root) as opened:
        found = sorted(file.path for file in opened.walk())
        contents = {opened.read(path, 10) for path in found}
        held = open_descriptors(root)

    assert (len(found), len(contents), 0 < held <= MAX_OPEN + 1) == (2 * depth + 1, 2 * depth + 1, True)
    assert open_descriptors(root) == 0
