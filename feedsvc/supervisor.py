"""Start processes, replace those that die after growing pauses, and end them all on SIGTERM or SIGINT.

What the processes do is not its concern. Each is a fork of this process, which must therefore have no threads.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Self

from feedsvc.errors import StartError

log = logging.getLogger(__name__)

PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds before the first, second, … replacement in a series
STEADY_SECONDS = 60.0  # of life, after which the next replacement starts a new series
SETTLED_SECONDS = 1.0  # of life after a process has reported to be ready; only then it counts as ready
DRAIN_SECONDS = 8  # for requests under way; most platforms kill ten seconds after SIGTERM
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

Ready = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Role:
    """What a process does: `run` is called in it with a function, which it calls once it is ready.

    If no process of a role with `is_needed` ever becomes ready, the supervisor gives up.
    """

    name: str
    run: Callable[[Ready], object]
    is_needed: bool = False


# --- one process ---------------------------------------------------------------------------------


class _Child:
    """A process, from its start to its end."""

    def __init__(self, role: Role) -> None:
        """Start the process. Raise OSError if the system allows no further one."""
        self._started, self._ready_since, self._reason = time.monotonic(), 0.0, ""
        self.channel, sender = Pipe(duplex=False)
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # until the child has set its own handlers
        try:
            self._process = ForkProcess(target=_live, args=(role, sender, mask), name=f"feedsvc-{role.name}")
            self._process.start()
        except OSError:
            self.channel.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            sender.close()

    def receive(self) -> None:
        """Read the messages of the process: an empty one when it is ready, and the reason when it fails."""
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
        """True if it became ready and lived on for SETTLED_SECONDS, or was killed from outside before that."""
        has_lived = time.monotonic() - self._ready_since >= SETTLED_SECONDS
        return self.is_ready and (has_lived or self._process.exitcode == -signal.SIGKILL)

    @property
    def was_steady(self) -> bool:
        return time.monotonic() - self._started >= STEADY_SECONDS

    @property
    def end(self) -> str:
        """Return why the process ended."""
        code = self._process.exitcode or 0
        if self._reason or code >= 0:
            return self._reason or f"ended with {code}"
        return f"killed by signal {-code} ({signal.strsignal(-code)})"

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process if it is alive."""
        if self.is_alive and self._process.pid:
            os.kill(self._process.pid, number)  # not reaped yet, so its id is not in use again


def _live(role: Role, channel: Connection, mask: set[signal.Signals]) -> None:
    """Run a role in its forked process, and exit at once: threads and exit handlers are not waited for."""
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
    except BaseException as error:  # the parent logs it as the reason of the end
        log.exception("%s: failed", role.name)
        with suppress(OSError):
            channel.send_bytes(f"{type(error).__name__}: {error}".encode())
    finally:
        sys.stderr.flush()
        os._exit(code)


# --- all processes -------------------------------------------------------------------------------


class _Member:
    """A role, and its current process."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.child: _Child | None = None
        self.was_ready = False  # true once any of its processes was
        self.failures = 0  # in a series
        self.last_end = ""
        self.due = 0.0  # when to start the next process, by the monotonic clock

    def start(self) -> None:
        """Start a process; if the system refuses, count that as a failure."""
        try:
            self.child = _Child(self.role)
        except OSError as error:
            self._count_failure(f"cannot be started: {error.strerror}", self.failures + 1)

    def update(self) -> None:
        """Read what the process reports, and note its end."""
        if self.child:
            is_alive = self.child.is_alive  # checked first: then no message can follow the last one read
            self.child.receive()
            self.was_ready |= self.child.has_settled
            if not is_alive:
                self._count_failure(self.child.end, 1 if self.child.was_steady else self.failures + 1)
                self.child = None

    def _count_failure(self, end: str, failures: int) -> None:
        self.last_end, self.failures = end, failures
        self.due = time.monotonic() + self.pause

    @property
    def pause(self) -> float:
        """Seconds between the end of the last process and the start of the next one."""
        return PAUSES[min(self.failures, len(PAUSES)) - 1]

    @property
    def is_hopeless(self) -> bool:
        """True if all processes so far have failed and the current one, if any, is not ready."""
        return bool(self.failures) and not self.was_ready and not (self.child and self.child.is_ready)


class Supervisor:
    """Starts processes, replaces those that die, and ends them all when its `with` block ends."""

    def __init__(self, grace: float) -> None:
        self._grace = grace  # seconds from the signal to stop to the one that kills
        self._members: list[_Member] = []
        self._stopped_by = ""
        self._wake_reader, self._wake_writer = os.pipe()  # a signal ends `_wait` by writing a byte
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> Self:
        """Handle signals from now on."""
        for pipe in (self._wake_reader, self._wake_writer):
            os.set_blocking(pipe, False)
        for number in (*STOP_SIGNALS, signal.SIGCHLD, signal.SIGHUP):  # a closed terminal must not end the service
            self._handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes, and restore the handlers of signals."""
        self._end_all()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _on_signal(self, number: int, _: object) -> None:
        if number in STOP_SIGNALS:
            self._stopped_by = signal.Signals(number).name
        with suppress(BlockingIOError):  # the pipe is full, so `_wait` ends anyway
            os.write(self._wake_writer, b"!")

    def add(self, role: Role) -> None:
        """Add a role and start its first process."""
        member = _Member(role)
        self._members.append(member)
        member.start()

    def run(self) -> None:
        """Replace processes until a signal to stop. Raise StartError if no process that is needed ever became ready."""
        while not self._stopped_by:
            for member in self._members:
                self._update(member)
            self._raise_if_hopeless()
            dues = [member.due for member in self._members if not member.child]
            self._wait(min(dues) - time.monotonic() if dues else None)
        log.info("feedsvc: %s: stopping; requests under way have %.0f seconds", self._stopped_by, self._grace)

    def _update(self, member: _Member) -> None:
        before = member.child
        member.update()
        if before and not member.child and not self._stopped_by:  # else the process may have got the same signal
            when = f" in {member.pause} s" if member.pause else ""
            log.error("%s: %s: starting another%s", member.role.name, member.last_end, when)
        if not member.child and member.due <= time.monotonic() and not self._stopped_by:
            member.start()

    def _raise_if_hopeless(self) -> None:
        needed = [member for member in self._members if member.role.is_needed]
        if needed and all(member.is_hopeless for member in needed):
            raise StartError(f"{needed[0].role.name}: did not start: {needed[0].last_end}")

    def _wait(self, seconds: float | None) -> None:
        """Wait for a signal, for a message of a process, or for so many seconds (None: without limit)."""
        channels = [member.child.channel for member in self._members if member.child]
        wait(
            [self._wake_reader, *(channel for channel in channels if not channel.closed)],
            None if seconds is None else max(0.0, seconds),
        )
        with suppress(BlockingIOError):
            os.read(self._wake_reader, 1_000)

    def _end_all(self) -> None:
        """Send SIGTERM to all processes, and SIGKILL to those that live on after the grace time."""
        self._send_to_all(signal.SIGTERM)
        deadline = time.monotonic() + self._grace
        while any(member.child for member in self._members):
            left = deadline - time.monotonic()
            if left <= 0:
                self._send_to_all(signal.SIGKILL)
            self._wait(left if left > 0 else None)
            for member in self._members:
                member.update()

    def _send_to_all(self, number: signal.Signals) -> None:
        for member in self._members:
            if member.child:
                member.child.send(number)


@contextmanager
def exit_on_signal() -> Iterator[None]:
    """Exit with 0 on SIGTERM or SIGINT, for commands that have no processes to end."""
    handlers = {number: signal.signal(number, lambda *_: sys.exit(0)) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
