"""Locks on files and folders: held by one process at a time, and freed by the kernel however that process ends.

They say who is at work, across processes and without clocks; what a file holds is not looked at.
"""

import fcntl
import os
from pathlib import Path


def try_lock(opened: int) -> bool:
    """Lock an open file (its descriptor) until it is closed; True if that worked, False if another holds it."""
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """True if a process holds the lock on a file or folder; False where there is none or it cannot be opened."""
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
