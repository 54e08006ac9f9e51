"""Numbers that processes share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from feedsvc.web.metrics import BUILDS, Counts

if TYPE_CHECKING:
    from pathlib import Path


def test_counts_of_processes_add_up_and_outlive_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 1):  # the third has the number of one that has ended
        monkeypatch.setattr(os, "getpid", lambda number=number: number)
        Counts(tmp_path).add_build()

    assert Counts(tmp_path).total()[BUILDS] == 3


def test_process_without_a_folder_counts_for_itself() -> None:
    counts = Counts()
    counts.add_build()

    assert (counts.total()[BUILDS], Counts().total()[BUILDS]) == (1, 0)


def test_folder_that_cannot_be_used_costs_the_sum_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()

    Counts(tmp_path / "file").add_build()

    assert "metrics: " in caplog.text


def test_folder_that_is_swept_away_costs_the_sum_alone(tmp_path: Path) -> None:
    folder = tmp_path / "counts"
    folder.mkdir()
    counts = Counts(folder)
    counts.add_build()

    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()

    assert counts.total()[BUILDS] == 1


def test_file_that_is_just_being_made_counts_nothing(tmp_path: Path) -> None:
    counts = Counts(tmp_path)
    counts.add_build()
    (tmp_path / "other").touch()

    assert counts.total()[BUILDS] == 1
