"""Admit requests to uncached work: one thread of the process does it, some requests wait, others get a 503.

So uncached work takes at most one processor, and never the threads that cached responses need.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import BoundedSemaphore
from typing import TypeVar

from feedsvc.errors import Busy

T = TypeVar("T")

MAX_WAITING = 48  # requests whose work has not begun; each holds a thread, so it must be less than there are
MAX_WAIT = 1.0  # seconds until the work of a request must have begun


class Admission:
    """Does one piece of work at a time, in the order of the requests; safe to share between threads."""

    def __init__(self, max_waiting: int = MAX_WAITING, max_wait: float = MAX_WAIT) -> None:
        self.max_wait = max_wait
        self._places = BoundedSemaphore(1 + max_waiting)
        # One thread for all work: each thread has a connection to the index, whose pages stay in memory.
        self._executor = ThreadPoolExecutor(1, "feedsvc-work")

    def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns. Raise Busy if too many wait already, or if it has not begun after `max_wait`."""
        if not self._places.acquire(blocking=False):
            raise Busy("too many requests at once")
        try:
            return self._finish(self._executor.submit(work))
        finally:
            self._places.release()

    def _finish(self, work: "Future[T]") -> T:
        wait((work,), self.max_wait)
        if work.cancel():  # False once it has begun
            raise Busy("too many requests before this one")
        return work.result()
