"""Processes that die are replaced, those that never were ready end the whole, and what is told to stop stops."""

from __future__ import annotations

import logging
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedsvc import supervisor as module
from feedsvc.errors import StartError
from feedsvc.supervisor import Ready, Role, Supervisor, exit_on_signal

if TYPE_CHECKING:
    from collections.abc import Callable

GRACE = 5


def messages_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the supervisor logged; threads of other tests may end later, and log as well."""
    return [record.getMessage() for record in caplog.records if record.name == module.__name__]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES", (0.0, 0.01, 0.02))
    monkeypatch.setattr(module, "SETTLED_SECONDS", 0.0)


@pytest.fixture
def lives(tmp_path: Path) -> Path:
    """A folder in which every process leaves a file, called by its number."""
    folder = tmp_path / "lives"
    folder.mkdir()
    return folder


def supervise(*roles: Role, grace: float = GRACE) -> None:
    with Supervisor(grace) as supervisor:
        for role in roles:
            supervisor.add(role)
        supervisor.run()


def tell_parent(number: int = signal.SIGTERM) -> None:
    os.kill(os.getppid(), number)


def stay() -> None:
    while True:
        signal.pause()


def die_until(folder: Path, count: int, die: Callable[[], object], ready: Ready) -> None:
    """Be ready and die; the `count`-th process stays, and tells its parent to stop."""
    (folder / str(os.getpid())).touch()
    ready()
    if len(list(folder.iterdir())) < count:
        die()
        return
    tell_parent()
    stay()


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# --- replaced ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("die", "end"),
    [
        pytest.param(kill_myself, "worker: killed by signal 9 (Killed): starting another", id="killed"),
        pytest.param(partial(os._exit, 3), "worker: ended with 3: starting another", id="exits"),
        pytest.param(partial(sys.exit, 3), "worker: ended with 3: starting another", id="raises SystemExit"),
        pytest.param(lambda: None, "worker: ended with 0: starting another", id="returns"),
        pytest.param(partial(int, "x"), "worker: ValueError: invalid literal", id="raises"),
    ],
)
def test_process_that_dies_is_replaced_as_often_as_it_dies(
    lives: Path, caplog: pytest.LogCaptureFixture, die: Callable[[], object], end: str
) -> None:
    supervise(Role("worker", partial(die_until, lives, 6, die), is_needed=True))

    assert len(list(lives.iterdir())) == 6
    assert caplog.text.count(end) == 5


def test_pauses_grow(lives: Path, caplog: pytest.LogCaptureFixture) -> None:
    supervise(Role("worker", partial(die_until, lives, 5, kill_myself), is_needed=True))

    pauses = [message.partition("another")[2] for message in messages_in(caplog)]
    assert pauses == ["", " in 0.01 s", " in 0.02 s", " in 0.02 s"]


def test_process_that_was_steady_is_replaced_without_a_pause(
    lives: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEADY_SECONDS", 0.0)

    supervise(Role("worker", partial(die_until, lives, 4, kill_myself), is_needed=True))

    assert " in 0.0" not in caplog.text


def test_process_that_dies_costs_no_other(lives: Path, tmp_path: Path) -> None:
    def note_once(_: Ready) -> None:
        with (tmp_path / "starts").open("a") as file:
            file.write(".")
        stay()

    supervise(Role("other", note_once), Role("worker", partial(die_until, lives, 4, kill_myself), is_needed=True))

    assert (tmp_path / "starts").read_text() == "."


# --- without hope --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("die", "reason"),
    [
        pytest.param(kill_myself, "killed by signal 9", id="killed"),
        pytest.param(partial(os._exit, 3), "ended with 3", id="exits"),
        pytest.param(partial(int, "x"), "ValueError: invalid literal", id="raises"),
    ],
)
def test_service_ends_where_no_process_that_is_needed_is_ever_ready(die: Callable[[], object], reason: str) -> None:
    roles = [Role("keeper", lambda _: stay()), *(Role(f"worker-{n}", lambda _: die(), is_needed=True) for n in (1, 2))]

    with pytest.raises(StartError, match=f"^worker-1: did not start: {reason}"):
        supervise(*roles)


def test_process_that_says_it_is_ready_and_dies_at_once_was_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLED_SECONDS", 60.0)

    def die_ready(ready: Ready) -> None:
        ready()
        signal.signal(signal.SIGABRT, signal.SIG_DFL)
        os.abort()  # as granian does where it cannot listen

    with pytest.raises(StartError):
        supervise(Role("worker", die_ready, is_needed=True))


def test_process_that_is_killed_as_soon_as_it_is_ready_was(lives: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLED_SECONDS", 60.0)

    supervise(Role("worker", partial(die_until, lives, 4, kill_myself), is_needed=True))

    assert len(list(lives.iterdir())) == 4


def test_one_process_that_is_ready_is_enough(lives: Path) -> None:
    never = Role("worker-1", lambda _: kill_myself(), is_needed=True)

    supervise(never, Role("worker-2", partial(die_until, lives, 4, kill_myself), is_needed=True))

    assert len(list(lives.iterdir())) == 4


def test_process_that_is_not_needed_ends_nothing(lives: Path) -> None:
    supervise(Role("keeper", lambda _: kill_myself()), Role("worker", partial(die_until, lives, 3, kill_myself)))

    assert len(list(lives.iterdir())) == 3


# --- stopped -------------------------------------------------------------------------------------


def stop_when_ready(lives: Path, number: int, ready: Ready) -> None:
    (lives / str(os.getpid())).touch()
    ready()
    tell_parent(number)
    stay()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_is_one_line_and_leaves_no_process(
    lives: Path, caplog: pytest.LogCaptureFixture, number: signal.Signals
) -> None:
    with caplog.at_level(logging.INFO):
        supervise(Role("keeper", lambda _: stay()), Role("worker", partial(stop_when_ready, lives, number)))

    (line,) = messages_in(caplog)
    assert line == f"feedsvc: {number.name}: stopping; requests under way have 5 seconds"
    with pytest.raises(ProcessLookupError):
        os.kill(int(next(lives.iterdir()).name), 0)


def test_process_that_does_not_stop_is_killed(lives: Path, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(ready: Ready) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop_when_ready(lives, signal.SIGTERM, ready)

    supervise(Role("worker", refuse), grace=0.1)

    assert messages_in(caplog) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(next(lives.iterdir()).name), 0)


def test_process_may_end_what_it_is_at(lives: Path) -> None:
    def finish(ready: Ready) -> None:
        signal.signal(signal.SIGTERM, lambda *_: (lives / "finished").touch() or os._exit(0))
        stop_when_ready(lives, signal.SIGTERM, ready)

    supervise(Role("worker", finish))

    assert (lives / "finished").exists()


def test_stop_before_any_process_is_ready_is_as_clean(caplog: pytest.LogCaptureFixture) -> None:
    def stop_unready(_: Ready) -> None:
        tell_parent()
        stay()

    supervise(Role("worker", stop_unready, is_needed=True))

    assert messages_in(caplog) == []


def test_terminal_that_closes_ends_nothing(lives: Path) -> None:
    def hang_up(ready: Ready) -> None:
        tell_parent(signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        stop_when_ready(lives, signal.SIGTERM, ready)

    supervise(Role("worker", hang_up, is_needed=True))

    assert len(list(lives.iterdir())) == 1


def test_handlers_are_as_before_afterwards(lives: Path) -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
    before = [signal.getsignal(number) for number in numbers]

    supervise(Role("worker", partial(stop_when_ready, lives, signal.SIGTERM)))

    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_while_there_is_nothing_to_end_exits_with_0(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with pytest.raises(SystemExit) as end, exit_on_signal():
        os.kill(os.getpid(), number)

    assert (end.value.code, signal.getsignal(number)) == (0, before)
