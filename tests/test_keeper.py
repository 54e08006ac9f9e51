"""The keeper ends when it is stopped, and with its parent."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from waiting import BOUND

from feedsvc.ingest.scanner import show_nothing
from feedsvc.keeper import keep
from feedsvc.stopping import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Site


@pytest.fixture
def signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_keeper_ends_when_its_parent_is_gone(site: Site) -> None:
    keep(site.settings, show_nothing, os.getppid() + 1)  # somebody else's child

    assert not site.index.path.exists()


@pytest.mark.usefixtures("signals")
def test_keeper_ends_when_it_is_told_while_it_reads(site: Site) -> None:
    site.write("2024-01-01-a.md")

    def tell(_: object, __: int | None, ___: str) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(BOUND)  # which the signal cuts short

    with pytest.raises(SystemExit):
        keep(site.settings, tell, os.getppid())  # a child of ours

    assert site.get("/readyz").status == 503


def test_keeper_that_was_told_ends_with_the_next_row() -> None:
    stop = Stop(os.getppid())  # what the signal sets
    seen: list[int] = []

    def see(row: int) -> int:
        seen.append(row)
        with suppress(SystemExit):  # as Python drops it after a fork
            stop.on_signal()
        return row

    with pytest.raises(SystemExit):
        list(stop.watch(show_nothing)(map(see, range(5)), 5, "counting"))

    assert seen == [0]


def test_keeper_that_was_told_is_to_end() -> None:
    stop = Stop(os.getppid())  # what the signal sets
    with pytest.raises(SystemExit):
        stop.on_signal()

    assert stop.is_set()
