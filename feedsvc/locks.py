"""Lock files and folders across processes; the kernel releases a lock however its process ends.

A lock shows that a process is at work, without clocks. The contents of a locked file are neither read nor written.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

RETRY_SECONDS = 1.0


class Stop(Protocol):
    """A request to stop, such as a threading.Event."""

    def is_set(self) -> bool:
        """True if what is under way has to stop."""


@contextmanager
def hold(path: Path, stop: Stop) -> Iterator[None]:
    """Wait until no other process holds a lock file, then hold it; if `stop` is set, continue without it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:  # "a" keeps the content of the file
        while not stop.is_set():
            if try_lock(lock.fileno()):
                break
            pause(RETRY_SECONDS, stop)
        yield


def pause(seconds: float, stop: Stop) -> None:
    """Wait for so many seconds, or until `stop` is set."""
    until = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < until:
        time.sleep(0.05)


def try_lock(opened: int) -> bool:
    """Lock an open file, given its descriptor, until it is closed. Return False if another process holds the lock."""
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """True if a process holds the lock on a file or folder; False also if it is missing or cannot be opened."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False
