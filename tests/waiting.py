"""Waiting for what must happen: events rather than seconds, so that a busy machine changes nothing."""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType

BOUND = 120  # seconds, after which what must happen counts as never happening


@dataclass
class Clock:
    """A clock that goes by hand, in seconds."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def wait_until(is_true: Callable[[], object]) -> None:
    """Wait until something is true, and fail if it never is."""
    end = time.perf_counter() + BOUND
    while not is_true():
        assert time.perf_counter() < end, "it never happened"
        time.sleep(0.01)


def threads_within(*functions: FunctionType) -> int:
    """Return the number of threads that are within calls of all these functions at this moment."""
    wanted = {function.__code__ for function in functions}
    with _without_collection():
        frames = sys._current_frames()  # noqa: SLF001
    return sum(wanted <= set(_codes(frame)) for frame in frames.values())


@contextmanager
def _without_collection() -> Iterator[None]:
    """Hold garbage collection back: while Python lists frames, it holds a lock that starting a thread needs.

    A finalizer that lets other threads run would wait for ever (https://github.com/python/cpython/issues/106883).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _codes(frame: FrameType | None) -> list[CodeType]:
    codes = []
    while frame:
        codes.append(frame.f_code)
        frame = frame.f_back
    return codes
