"""Processes that share work, and end when they are told to and with the process that started them."""

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import active_children, get_context
from threading import active_count

PR_SET_PDEATHSIG = 1  # of linux/prctl.h
END_SECONDS = 1.0  # for a killed process to be gone


def make_pool(prepare: Callable[[], object]) -> ProcessPoolExecutor:
    """Make a pool of a process for each processor; `prepare` is called in each."""
    # Where this is a thread of a server, a fork would copy the others half; elsewhere it saves all imports.
    context = get_context("fork" if active_count() == 1 else "spawn")
    return ProcessPoolExecutor(mp_context=context, initializer=_begin, initargs=(prepare, os.getpid()))


@contextmanager
def hold_back_stop() -> Iterator[None]:
    """Let SIGTERM wait while processes are started: Python drops what its handler raises just after a fork."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(prepare: Callable[[], object], parent: int) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork has the handler of its parent, which may wait for this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    die_with(parent)
    prepare()


def die_with(parent: int) -> None:
    """Let the kernel kill this process as soon as the thread that started it is gone, where it can (Linux)."""
    with suppress(OSError, AttributeError):  # another system
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # gone before that
        os._exit(1)


def kill_children() -> None:
    """Kill every process that this one has started with `multiprocessing`, and wait a moment for their end."""
    children = active_children()
    for child in children:
        child.kill()
    for child in children:
        child.join(END_SECONDS)
