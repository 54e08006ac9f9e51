"""Waiting for what must happen: events rather than seconds, so that a busy machine changes nothing."""

import sys
import time
from collections.abc import Callable
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
    return sum(wanted <= set(_codes(frame)) for frame in sys._current_frames().values())  # noqa: SLF001


def _codes(frame: FrameType | None) -> list[CodeType]:
    codes = []
    while frame:
        codes.append(frame.f_code)
        frame = frame.f_back
    return codes
