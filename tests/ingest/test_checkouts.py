"""What git knows of a checkout: the content of every file that is as git wrote it, and nothing if in doubt."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from checkout import Repository

from feedsvc.files import UNREAD, Stamp
from feedsvc.ingest import checkouts as module
from feedsvc.ingest.checkouts import read_checkout
from feedsvc.posts.post_file import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

FILES = {"a.md": "A", "posts/2024-01-01-long-name-of-a-post.md": "Text.", "posts/sub/é.md": "É", "posts/x.png": ""}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return fill(Repository(tmp_path / "repository"))


def fill(repository: Repository) -> Repository:
    for path, text in FILES.items():
        (repository.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (repository.folder / path).write_text(text)
    return repository


@pytest.fixture
def worktree(repository: Repository) -> Path:
    worktree = repository.check_out("one")
    write_later(worktree)
    return worktree


def index_of(worktree: Path) -> Path:
    return worktree.parent.parent / ".git" / "worktrees" / worktree.name / "index"


def write_later(worktree: Path) -> None:
    """Let the index be later than the files, as after a checkout that takes longer than a tick of the clock."""
    newest = max(file.stat().st_mtime_ns for file in worktree.rglob("*"))
    os.utime(index_of(worktree), ns=(newest + 1, newest + 1))


def stamp_of(file: Path) -> Stamp:
    return Stamp.from_status(file.stat())


def unchanged_in(folder: Path) -> dict[str, str]:
    return {
        entry.path: entry.digest for entry in read_checkout(folder) if entry.is_unchanged(stamp_of(folder / entry.path))
    }


def digests_in(folder: Path) -> dict[str, str]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != ".git"]
    return {file.relative_to(folder).as_posix(): digest_of(file.read_bytes()) for file in files}


@pytest.mark.parametrize("below", [".", "posts", "posts/sub"])
def test_files_of_a_folder_are_known_by_their_content(worktree: Path, below: str) -> None:
    folder = worktree / below

    assert unchanged_in(folder) == digests_in(folder)


@pytest.mark.parametrize(
    ("change", "version"),
    [
        pytest.param(("--index-version", "2"), 2, id="2"),
        pytest.param(("--skip-worktree", "a.md"), 3, id="3"),
        pytest.param(("--index-version", "4"), 4, id="4"),
    ],
)
def test_every_version_of_the_index_is_read(
    repository: Repository, worktree: Path, change: tuple[str, ...], version: int
) -> None:
    repository.git("update-index", *change, folder=worktree)
    write_later(worktree)

    assert index_of(worktree).read_bytes()[:8] == b"DIRC" + version.to_bytes(4, "big")
    assert unchanged_in(worktree) == digests_in(worktree)


def test_long_names_that_have_little_in_common_are_read_whole(repository: Repository) -> None:
    for name in ("a" * 250, "a" * 10 + "b" * 230, "b", "ба" * 60):
        (repository.folder / name).write_text(name)
    worktree = repository.check_out("one")
    repository.git("update-index", "--index-version", "4", folder=worktree)
    write_later(worktree)

    assert unchanged_in(worktree) == digests_in(worktree)


def test_ordinary_clone_is_a_checkout_too(repository: Repository, tmp_path: Path) -> None:
    repository.check_out("one")
    repository.git("clone", "--quiet", ".", str(tmp_path / "clone"))

    entries = list(read_checkout(tmp_path / "clone" / "posts"))

    assert {entry.path: entry.digest for entry in entries} == digests_in(tmp_path / "clone" / "posts")


def test_submodule_is_a_checkout_of_its_own(repository: Repository, tmp_path: Path) -> None:
    repository.check_out("one")
    outer = Repository(tmp_path / "outer")
    outer.git("submodule", "--quiet", "add", str(repository.folder), "blog")

    paths = [entry.path for entry in read_checkout(outer.folder / "blog" / "posts" / "sub")]

    assert paths == ["é.md"]


def edit(file: Path) -> None:
    file.write_text("B")


def touch(file: Path) -> None:
    os.utime(file)


def put_in_its_place(file: Path) -> None:
    file.with_name("copy").write_bytes(file.read_bytes())
    file.with_name("copy").replace(file)


def set_back(file: Path) -> None:
    status = file.stat()
    file.write_text("B")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("change", [edit, touch, put_in_its_place, set_back, lambda file: file.chmod(0o600)])
def test_file_that_is_not_as_git_wrote_it_is_not_known(worktree: Path, change: Callable[[Path], None]) -> None:
    before = stamp_of(worktree / "a.md")
    while stamp_of(worktree / "a.md").changed == before.changed:  # until the clock of the file system has ticked
        change(worktree / "a.md")

    assert unchanged_in(worktree).keys() == FILES.keys() - {"a.md"}


def test_file_as_new_as_the_index_may_have_changed_since(worktree: Path) -> None:
    file = worktree / "a.md"
    os.utime(index_of(worktree), ns=(0, file.stat().st_mtime_ns))

    assert next(entry.stamp for entry in read_checkout(worktree) if entry.path == "a.md") == UNREAD


def test_link_is_not_a_file_of_its_own(repository: Repository) -> None:
    (repository.folder / "link.md").symlink_to("a.md")

    assert "link.md" not in {entry.path for entry in read_checkout(repository.check_out("one"))}


def cut(worktree: Path) -> None:
    index_of(worktree).write_bytes(index_of(worktree).read_bytes()[:-30])


def damage(worktree: Path) -> None:
    data = index_of(worktree).read_bytes()
    index_of(worktree).write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])


def remove_index(worktree: Path) -> None:
    index_of(worktree).unlink()


def lead_nowhere(worktree: Path) -> None:
    (worktree / ".git").write_text("gitdir: /nowhere\n")


def write_other_words(worktree: Path) -> None:
    (worktree / ".git").write_bytes(b"\xff words")


def put_a_pipe(worktree: Path) -> None:
    index_of(worktree).unlink()
    os.mkfifo(index_of(worktree))


def empty(worktree: Path) -> None:
    index_of(worktree).write_bytes(b"")


@pytest.mark.parametrize("fault", [cut, damage, empty, remove_index, lead_nowhere, write_other_words, put_a_pipe])
def test_index_that_is_not_whole_tells_nothing(worktree: Path, fault: Callable[[Path], None]) -> None:
    fault(worktree)

    assert list(read_checkout(worktree)) == []


def test_index_that_is_too_large_tells_nothing(worktree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHECKOUT", 100)

    assert list(read_checkout(worktree)) == []


def test_repository_of_sha_256_tells_nothing(tmp_path: Path) -> None:
    worktree = fill(Repository(tmp_path / "repository", "--object-format=sha256")).check_out("one")

    assert list(read_checkout(worktree)) == []


def test_folder_outside_of_any_checkout_tells_nothing(tmp_path: Path) -> None:
    assert list(read_checkout(tmp_path)) == []
