"""Processes that are replaced when they die, with growing pauses, and ended when this one is told to stop.

It knows nothing of what they do. This process must have no threads: each of the others is a fork of it. `run_folder`
makes a folder that all of them may use, and that goes with them.
"""

import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from stat import S_ISDIR
from typing import Self

from feedsvc.errors import StartError
from feedsvc.locks import is_locked, try_lock

log = logging.getLogger(__name__)

PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds before the first, second, … replacement in a row
STEADY_SECONDS = 60.0  # a process that has lived this long starts a new row
SETTLED_SECONDS = 1.0  # a process that says it is ready was, if it lives on for this long
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
FOLDER = "feedsvc-run-"  # what the name of a run's folder starts with

Ready = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Role:
    """What a process does: `run` is called in it, with what it is to call once it is ready.

    There is no point in going on if no process of the roles that are needed ever becomes ready.
    """

    name: str
    run: Callable[[Ready], object]
    is_needed: bool = False


# --- one process ---------------------------------------------------------------------------------


class _Child:
    """A process, from its start to its end."""

    def __init__(self, role: Role) -> None:
        """Start it. Raise OSError if the system has no room for another."""
        self._started, self._ready_since, self._reason = time.monotonic(), 0.0, ""
        self.channel, theirs = Pipe(duplex=False)
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # until it has handlers of its own
        try:
            self._process = ForkProcess(target=_live, args=(role, theirs, mask), name=f"feedsvc-{role.name}")
            self._process.start()
        except OSError:
            self.channel.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            theirs.close()

    def listen(self) -> None:
        """Take note of what it says: nothing once it is ready, and why it ends."""
        with suppress(EOFError, OSError):
            while not self.channel.closed and self.channel.poll():
                reason = self.channel.recv_bytes().decode()
                self._reason = reason
                self._ready_since = self._ready_since if reason else time.monotonic()
            return
        self.channel.close()

    @property
    def is_alive(self) -> bool:
        return self._process.exitcode is None

    @property
    def is_ready(self) -> bool:
        return bool(self._ready_since)

    @property
    def has_settled(self) -> bool:
        """True if it was ready and stayed so, as far as that was up to it."""
        has_lived = time.monotonic() - self._ready_since >= SETTLED_SECONDS
        return self.is_ready and (has_lived or self._process.exitcode == -signal.SIGKILL)

    @property
    def was_steady(self) -> bool:
        return time.monotonic() - self._started >= STEADY_SECONDS

    @property
    def end(self) -> str:
        """Return why it ended, in words."""
        code = self._process.exitcode or 0
        if self._reason or code >= 0:
            return self._reason or f"ended with {code}"
        return f"killed by signal {-code} ({signal.strsignal(-code)})"

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.is_alive and self._process.pid:
            os.kill(self._process.pid, number)  # not reaped yet, so nobody else has its number


def _live(role: Role, channel: Connection, mask: set[signal.Signals]) -> None:
    """Do what a role asks for, in a process that was forked for it, and leave without waiting for anything."""
    for number in (*STOP_SIGNALS, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    code = 1
    try:
        role.run(lambda: channel.send_bytes(b""))
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException as error:  # whatever it is, it ends the process
        log.exception("%s", role.name)
        with suppress(OSError):
            channel.send_bytes(f"{type(error).__name__}: {error}".encode())
    finally:
        sys.stderr.flush()
        os._exit(code)


# --- all of them ---------------------------------------------------------------------------------


class _Member:
    """A role, and the process that fills it now."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.child: _Child | None = None
        self.was_ready = False  # any process so far
        self.failures = 0  # in a row
        self.last_end = ""
        self.due = 0.0  # when to start the next one, by the monotonic clock

    def start(self) -> None:
        """Start a process, or take note that none can be."""
        try:
            self.child = _Child(self.role)
        except OSError as error:
            self._note(f"cannot be started: {error.strerror}", self.failures + 1)

    def look(self) -> None:
        """Take note of what has become of the process."""
        if self.child:
            is_alive = self.child.is_alive  # before it is listened to: nothing is said after the end
            self.child.listen()
            self.was_ready |= self.child.has_settled
            if not is_alive:
                self._note(self.child.end, 1 if self.child.was_steady else self.failures + 1)
                self.child = None

    def _note(self, end: str, failures: int) -> None:
        self.last_end, self.failures = end, failures
        self.due = time.monotonic() + self.pause

    @property
    def pause(self) -> float:
        """Return the seconds between the last process' end and the next one's start."""
        return PAUSES[min(self.failures, len(PAUSES)) - 1]

    @property
    def is_hopeless(self) -> bool:
        """True if every process so far has failed, and the one there is now has not become ready."""
        return bool(self.failures) and not self.was_ready and not (self.child and self.child.is_ready)


class Supervisor:
    """Starts processes, replaces those that die, and ends them all when its `with` block ends."""

    def __init__(self, grace: float) -> None:
        self._grace = grace  # seconds from the signal to stop to the one that kills
        self._members: list[_Member] = []
        self._stopped_by = ""
        self._bell, self._rope = os.pipe()  # a signal pulls, `wait` hears
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> Self:
        """Listen to signals."""
        for pipe in (self._bell, self._rope):
            os.set_blocking(pipe, False)
        for number in (*STOP_SIGNALS, signal.SIGCHLD, signal.SIGHUP):  # a terminal that closes ends no service
            self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self._end_all()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        os.close(self._bell)
        os.close(self._rope)

    def _on_signal(self, number: int, _: object) -> None:
        if number in STOP_SIGNALS:
            self._stopped_by = signal.Signals(number).name
        with suppress(BlockingIOError):  # enough was said already
            os.write(self._rope, b"!")

    def add(self, role: Role) -> None:
        """Start a process for a role."""
        member = _Member(role)
        self._members.append(member)
        member.start()

    def run(self) -> None:
        """Replace processes until told to stop. Raise StartError if none that is needed ever became ready."""
        while not self._stopped_by:
            for member in self._members:
                self._look_after(member)
            self._refuse_hopelessness()
            dues = [member.due for member in self._members if not member.child]
            self._wait(min(dues) - time.monotonic() if dues else None)
        log.info("feedsvc: %s: stopping; requests under way have %.0f seconds", self._stopped_by, self._grace)

    def _look_after(self, member: _Member) -> None:
        before = member.child
        member.look()
        if before and not member.child and not self._stopped_by:  # else it was told to end as this one was
            when = f" in {member.pause} s" if member.pause else ""
            log.error("%s: %s: starting another%s", member.role.name, member.last_end, when)
        if not member.child and member.due <= time.monotonic() and not self._stopped_by:
            member.start()

    def _refuse_hopelessness(self) -> None:
        needed = [member for member in self._members if member.role.is_needed]
        if needed and all(member.is_hopeless for member in needed):
            raise StartError(f"{needed[0].role.name}: did not start: {needed[0].last_end}")

    def _wait(self, seconds: float | None) -> None:
        """Wait for a signal, for a word of a process, or for so many seconds."""
        channels = [member.child.channel for member in self._members if member.child]
        wait(
            [self._bell, *(channel for channel in channels if not channel.closed)],
            None if seconds is None else max(0.0, seconds),
        )
        with suppress(BlockingIOError):
            os.read(self._bell, 1_000)

    def _end_all(self) -> None:
        """End every process, those that take too long by force."""
        self._tell_all(signal.SIGTERM)
        deadline = time.monotonic() + self._grace
        while any(member.child for member in self._members):
            left = deadline - time.monotonic()
            if left <= 0:
                self._tell_all(signal.SIGKILL)
            self._wait(left if left > 0 else None)
            for member in self._members:
                member.look()

    def _tell_all(self, number: signal.Signals) -> None:
        for member in self._members:
            if member.child:
                member.child.tell(number)


@contextmanager
def exit_when_told() -> Iterator[None]:
    """Exit with 0 on a signal to stop that comes while there is nothing to be ended yet."""
    handlers = {number: signal.signal(number, lambda *_: sys.exit(0)) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


# --- the folder of a run -------------------------------------------------------------------------


@contextmanager
def run_folder() -> Iterator[Path]:
    """Make a folder for temporary files, removed at the end; those of runs that were killed are removed now.

    Raise OSError if none can be made.
    """
    _remove_leftovers()
    new = Path(tempfile.mkdtemp(prefix="feedsvc-new-"))
    opened = os.open(new, os.O_RDONLY)
    try_lock(opened)  # before it has the name of a leftover; processes that are forked hold it too
    folder = new.rename(new.with_name(new.name.replace("feedsvc-new-", FOLDER)))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(opened)


def _remove_leftovers() -> None:
    """Remove this user's folders of runs of which no process is left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with suppress(OSError):
            status = folder.lstat()
            if S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not is_locked(folder):
                shutil.rmtree(folder, ignore_errors=True)
