"""Lock files and folders across processes; the kernel releases a lock however its process ends.

A lock shows that a process is at work, without clocks. The contents of a locked file are neither read nor written.
"""

import fcntl
import os
from pathlib import Path


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
