"""A folder for temporary files goes with its run, however that ends."""

from __future__ import annotations

import errno
import os
import signal
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedsvc import run_folder
from feedsvc.locks import is_locked
from feedsvc.run_folder import FOLDER, make_run_folder

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


def test_folder_of_a_run_goes_with_it(place: Path) -> None:
    with make_run_folder() as folder:
        (folder / "file").touch()
        meanwhile = list(place.iterdir())

    assert (meanwhile, list(place.iterdir())) == ([folder], [])


def test_system_without_a_place_for_temporary_files_has_one_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", refuse)
    monkeypatch.setattr(run_folder, "MEMORY", tmp_path)

    with make_run_folder() as folder:
        assert (folder.parent, [*tmp_path.iterdir()]) == (tmp_path, [folder])
    assert [*tmp_path.iterdir()] == []


def make_and_wait(told: Path) -> None:
    with make_run_folder() as folder:
        (folder / "file").touch()
        told.write_text(str(folder))
        signal.pause()


def test_folder_of_a_run_that_was_killed_goes_with_the_next(
    place: Path, tmp_path: Path, until: Callable[..., None]
) -> None:
    killed = get_context("fork").Process(target=make_and_wait, args=(tmp_path / "told",))
    killed.start()
    until(lambda: (tmp_path / "told").exists() and (tmp_path / "told").read_text())
    left = Path((tmp_path / "told").read_text())
    with make_run_folder() as ours:
        while_it_lives = sorted(place.iterdir())
    killed.kill()
    killed.join()
    until(lambda: not is_locked(left))
    is_left = left.exists()

    with make_run_folder() as next_:
        after = list(place.iterdir())

    assert (while_it_lives, is_left, after) == (sorted([ours, left]), True, [next_])


def test_only_folders_of_runs_are_removed(place: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "file").touch()
    (place / f"{FOLDER}link").symlink_to(mine)
    (place / f"{FOLDER}file").touch()
    (place / "feedsvc-0").mkdir()
    before = sorted(place.iterdir())

    with make_run_folder():
        pass

    assert (sorted(place.iterdir()), (mine / "file").exists()) == (before, True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder of another user")
def test_folder_of_another_user_stays(place: Path) -> None:
    (place / f"{FOLDER}theirs").mkdir()
    os.chown(place / f"{FOLDER}theirs", 12_345, -1)

    with make_run_folder():
        pass

    assert (place / f"{FOLDER}theirs").exists()
