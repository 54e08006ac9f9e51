"""Locks say who is at work, and go with the process that holds them."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from feedsvc.locks import is_locked, try_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(params=["file", "folder"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "lock"
    (path.mkdir if request.param == "folder" else path.touch)()
    return path


def test_lock_is_held_until_it_is_closed(path: Path) -> None:
    with opened(path) as ours, opened(path) as theirs:
        before = is_locked(path)

        held = try_lock(ours), try_lock(theirs), is_locked(path)

    assert (before, held, is_locked(path)) == (False, (True, False, True), False)


def test_looking_at_a_lock_does_not_take_it(path: Path) -> None:
    with opened(path) as ours:
        assert not is_locked(path)

        assert try_lock(ours)


def test_nothing_is_not_locked(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    assert [is_locked(tmp_path / name) for name in ("none", "none/none", "loop")] == [False] * 3


def hold(path: Path) -> None:
    try_lock(os.open(path, os.O_RDONLY))
    signal.pause()


def test_lock_goes_with_a_process_that_is_killed(path: Path, until: Callable[..., None]) -> None:
    holder = get_context("fork").Process(target=hold, args=(path,))
    holder.start()
    until(lambda: is_locked(path))

    holder.kill()

    until(lambda: not is_locked(path))
    holder.join()
