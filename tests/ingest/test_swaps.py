"""A folder that has taken the place of another one: what is found first, without reading a post."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from checkout import Repository, turn

from feedsvc.files import Folder
from feedsvc.ingest import swaps as module
from feedsvc.ingest.scanner import scan, scan_paths
from feedsvc.ingest.swaps import find_first

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def site(site: Site) -> Site:
    for letter in "abc":
        site.write(f"2024-01-02-{letter}.md", title=letter)
    site.scan()
    return site


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of files below the posts folder that are read."""
    read, reads = Folder.read, []

    def count(folder: Folder, path: str, *given: object) -> bytes:
        reads.append(path)
        return read(folder, path, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Folder, "read", count)
    return reads


def test_posts_that_are_new_or_of_another_size_are_found_first(site: Site) -> None:
    site.write("2024-01-02-b.md", title="Longer")
    site.write("2024-01-04-d.md", title="D")
    (site.posts / "b.png").write_bytes(b"xx")

    assert find_first(site.settings, site.index) == {"2024-01-02-b.md", "2024-01-04-d.md"}


def test_posts_of_another_time_are_found_first_if_they_are_few(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write("2024-01-02-b.md", title="Longer")
    os.utime(site.posts / "2024-01-02-a.md", (1, 1))
    few = find_first(site.settings, site.index)
    monkeypatch.setattr(module, "MAX_FIRST", 1)

    assert (few, find_first(site.settings, site.index)) == ({"2024-01-02-a.md", "2024-01-02-b.md"}, {"2024-01-02-b.md"})


def test_no_more_are_found_than_are_scanned_at_a_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FIRST", 1)
    monkeypatch.setattr(module, "CHUNK", 1)
    site.write("2024-01-04-d.md", title="D")
    site.write("2024-01-05-e.md", title="E")

    assert len(find_first(site.settings, site.index)) == 1


# --- checkouts of git ----------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "repository")
    for letter in "abc":
        (repository.folder / "posts" / "sub").mkdir(parents=True, exist_ok=True)
        (repository.folder / "posts" / "sub" / f"2024-01-02-{letter}.md").write_text(f"---\ntitle: {letter}\n---\n")
    (repository.folder / "posts" / "old.png").write_bytes(b"old")
    (repository.folder / "posts" / "notes.md").write_text("no date")
    return repository


@pytest.fixture
def checked_out(repository: Repository, settings: Settings, make_site: Callable[[Settings], Site]) -> Site:
    """A site whose posts folder is reached by a link to a checkout."""
    link = repository.folder / "current"
    link.symlink_to(repository.check_out("one"))
    site = make_site(replace(settings, posts=link / "posts"))
    site.scan()
    return site


def change(repository: Repository) -> None:
    """Change a post, add one and a picture, remove one; change a file that is none and the picture that was there."""
    posts = repository.folder / "posts"
    (posts / "sub" / "2024-01-02-a.md").write_text("---\ntitle: A\n---\n")
    (posts / "sub" / "2024-01-02-b.md").rename(posts / "2024-01-02-new.md")
    (posts / "new.png").write_bytes(b"new")
    (posts / "old.png").write_bytes(b"OLD")
    (repository.folder / "README.md").write_text("x")


CHANGED = {"sub/2024-01-02-a.md", "sub/2024-01-02-b.md", "2024-01-02-new.md", "new.png"}


@needs_git
def test_what_a_commit_changed_is_found_first_and_no_post_is_read(
    checked_out: Site, repository: Repository, reads: list[str]
) -> None:
    change(repository)
    turn(repository.folder / "current", repository.check_out("two"))

    found = find_first(checked_out.settings, checked_out.index)

    assert (found, set(reads)) == (CHANGED, {".git", "index"})


@needs_git
def test_another_checkout_of_the_same_commit_has_nothing_to_be_scanned_first(
    checked_out: Site, repository: Repository
) -> None:
    turn(repository.folder / "current", repository.check_out("two"))

    assert find_first(checked_out.settings, checked_out.index) == set()


@needs_git
def test_what_is_found_first_makes_the_index_as_a_scan_of_the_whole_would(
    checked_out: Site, repository: Repository
) -> None:
    change(repository)
    turn(repository.folder / "current", repository.check_out("two"))

    scan_paths(checked_out.settings, checked_out.index, find_first(checked_out.settings, checked_out.index))
    first = list(checked_out.index.posts())
    scan(checked_out.settings, checked_out.index)

    assert first == list(checked_out.index.posts())
    assert [post.path for post in first] == ["2024-01-02-new.md", "sub/2024-01-02-a.md", "sub/2024-01-02-c.md"]


@needs_git
def test_index_of_git_that_cannot_be_read_leaves_the_sizes(checked_out: Site, repository: Repository) -> None:
    (repository.folder / "posts" / "sub" / "2024-01-02-a.md").write_text("---\ntitle: Longer\n---\n")
    worktree = repository.check_out("two")
    (repository.folder / ".git" / "worktrees" / "two" / "index").write_bytes(b"")
    turn(repository.folder / "current", worktree)

    assert "sub/2024-01-02-a.md" in find_first(checked_out.settings, checked_out.index)
