"""Start pools of processes that end on SIGTERM, and with the process that started them."""

import ctypes
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import active_children, get_context
from threading import active_count
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

PR_SET_PDEATHSIG = 1  # of linux/prctl.h
END_SECONDS = 1.0  # to wait for a killed process


def make_pool(prepare: Callable[[], object]) -> ProcessPoolExecutor:
    """Make a pool of one process a processor; `prepare` is called once in each, and `shared` returns its result."""
    # A fork saves all imports, but in a process with threads it would copy the locks that other threads hold.
    context = get_context("fork" if active_count() == 1 else "spawn")
    return ProcessPoolExecutor(mp_context=context, initializer=_begin, initargs=(prepare, os.getpid()))


def map_in_processes(
    function: Callable[[Sequence[T]], list[R]],
    items: Sequence[T],
    prepare: Callable[[], object],
    *,
    chunk: int,
    max_chunks: int,
) -> Iterator[R]:
    """Yield what `function` returns of `chunk` items at a time, called on all processors, in their order.

    At most `max_chunks` are ahead of what has been yielded. Raise BrokenProcessPool if a process is killed.
    """
    pool = make_pool(prepare)
    results: deque[Future[list[R]]] = deque()
    is_done = False
    try:
        for start in range(0, len(items), chunk):
            with hold_back_stop():
                results.append(pool.submit(function, items[start : start + chunk]))
            if len(results) >= max_chunks:
                yield from results.popleft().result()
        while results:
            yield from results.popleft().result()
        is_done = True
    finally:
        pool.shutdown(wait=is_done, cancel_futures=True)  # work that is broken off is not waited for


@contextmanager
def hold_back_stop() -> Iterator[None]:
    """Delay SIGTERM while processes are started: an exception of its handler just after a fork would be lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_shared: object = None  # what `prepare` has returned, in a process of a pool


def shared() -> Any:
    """Return what `prepare` has returned in this process of a pool."""
    return _shared


def _begin(prepare: Callable[[], object], parent: int) -> None:
    global _shared  # noqa: PLW0603 - functions that a pool calls are given nothing but their items
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # not the parent's handler, which may wait for this process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all processes; the parent decides
    die_with(parent)
    _shared = prepare()


def die_with(parent: int) -> None:
    """Let the kernel kill this process when the thread that started it ends (Linux only)."""
    with suppress(OSError, AttributeError):  # not Linux
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the call above
        os._exit(1)


def kill_children() -> None:
    """Kill all child processes of `multiprocessing`, and wait up to END_SECONDS for the end of each."""
    children = active_children()
    for child in children:
        child.kill()
    for child in children:
        child.join(END_SECONDS)
