"""The posts folder on disk: what a walk finds, and that no path, link or exchange leads out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedsvc.errors import PostError
from feedsvc.files import MAX_OPEN, Folder, read_file
from feedsvc.ingest.folder import look, walk

NAME = "2024-01-01-a.md"


def paths(root: Path) -> list[str]:
    with Folder(root) as folder:
        return sorted(file.path for file in walk(folder))


def open_descriptors(root: Path) -> int:
    """Count what is open below a folder; other tests may leave anything else open."""
    leads = [os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir()]
    return sum(lead == str(root) or lead.startswith(f"{root}/") for lead in leads)


# --- paths and links ----------------------------------------------------------------------------


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
        assert look(folder, path) is None


@pytest.mark.parametrize("target", [f"sub/{NAME}", f"sub/../sub/{NAME}", f"../posts/sub/{NAME}", "second.md", "dir.md"])
def test_link_to_a_file_inside_is_read(root: Path, target: str) -> None:
    (root / "second.md").symlink_to(root / "sub" / NAME)
    (root / "linked").symlink_to("sub")
    (root / "dir.md").symlink_to(f"linked/{NAME}")
    (root / "a.md").symlink_to(target)

    assert read_file(root, "a.md", 4) == b"text"
    assert {"a.md", "dir.md", "second.md", f"sub/{NAME}"} == set(paths(root))


def test_folder_itself_may_be_a_link(root: Path) -> None:
    link = root.with_name("current")
    link.symlink_to(root)

    assert (read_file(link, f"sub/{NAME}", 4), paths(link)) == (b"text", [f"sub/{NAME}"])


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
        found = sorted(file.path for file in walk(opened))
        contents = {opened.read(path, 10) for path in found}
        held = open_descriptors(root)

    assert (len(found), len(contents), 0 < held <= MAX_OPEN + 1) == (2 * depth + 1, 2 * depth + 1, True)
    assert open_descriptors(root) == 0
