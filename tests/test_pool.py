"""Processes that share work end when they are told, and with the process that started them."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedsvc.pool import kill_children, make_pool

if TYPE_CHECKING:
    from collections.abc import Callable


def work_long(folder: Path) -> None:
    (folder / str(os.getpid())).touch()
    time.sleep(30)


def use_pool(folder: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # which the pool's processes would have, too
    list(make_pool(gc.disable).map(work_long, [folder] * 20))


def use_and_leave(folder: Path, until: Callable[..., None]) -> None:
    pool = make_pool(gc.disable)
    pool.map(work_long, [folder] * 20)
    until(lambda: any(folder.iterdir()))
    kill_children()
    os._exit(0)


def has_ended(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "(zombie)" in status.read_text()


@pytest.mark.parametrize(
    ("number", "is_for_parent"),
    [
        pytest.param(signal.SIGTERM, False, id="told"),
        pytest.param(signal.SIGKILL, True, id="orphaned"),
    ],
)
def test_process_that_shares_work_ends(
    tmp_path: Path,
    until: Callable[..., None],
    number: signal.Signals,
    is_for_parent: bool,  # noqa: FBT001
) -> None:
    parent = get_context("fork").Process(target=use_pool, args=(tmp_path,))
    parent.start()
    until(lambda: any(tmp_path.iterdir()))
    child = int(next(tmp_path.iterdir()).name)

    os.kill((parent.pid or 0) if is_for_parent else child, number)

    until(lambda: has_ended(child))
    parent.kill()
    parent.join()


def test_process_that_shares_work_leaves_the_terminal_to_its_parent(tmp_path: Path, until: Callable[..., None]) -> None:
    parent = get_context("fork").Process(target=use_pool, args=(tmp_path,))
    parent.start()
    until(lambda: any(tmp_path.iterdir()))
    child = int(next(tmp_path.iterdir()).name)

    os.kill(child, signal.SIGINT)
    os.kill(child, signal.SIGCONT)  # handled after it

    assert not has_ended(child)
    parent.kill()
    parent.join()
    until(lambda: has_ended(child))


def test_children_that_are_killed_are_gone(tmp_path: Path, until: Callable[..., None]) -> None:
    parent = get_context("fork").Process(target=use_and_leave, args=(tmp_path, until))
    parent.start()
    parent.join()

    children = [int(file.name) for file in tmp_path.iterdir()]

    assert (bool(children), [has_ended(child) for child in children]) == (True, [True] * len(children))
