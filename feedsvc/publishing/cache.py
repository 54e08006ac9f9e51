"""Finished documents in memory: bounded in bytes, made once for each key however many ask at once.

Nothing is ever invalidated: a key says all that its document shows, so a changed one has another key. What fails is
not tried again for a moment, however many ask; who asks gets what was given last under the same name.
"""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

from cachetools import LRUCache, TTLCache

from feedsvc.errors import FeedsvcError

T = TypeVar("T")

FAILED_SECONDS, MAX_FAILURES = 1.0, 1_000
MAX_NAMES = 1_000  # whose latest value is known


class Cache(Generic[T]):
    """The least recently used leave when `size` of all values together would pass `most`."""

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._kept: LRUCache[Hashable, T] = LRUCache(most, getsizeof=size)
        self._latest: LRUCache[Hashable, Hashable] = LRUCache(MAX_NAMES)  # name → key
        self._failed: TTLCache[Hashable, Exception] = TTLCache(MAX_FAILURES, FAILED_SECONDS, time.monotonic)
        self._being_made: dict[Hashable, Future[T]] = {}
        self._lock = threading.Lock()  # cachetools leaves locking to its users

    def get_or_create(
        self, key: Hashable, make: Callable[[], T], keep: Callable[[T], bool] = lambda _: True, *, name: Hashable = None
    ) -> T:
        """Give what is kept under `key`, else what `make` gives; whoever asks meanwhile waits for the same result.

        What `make` raises reaches all who wait; a fault of ours also whoever asks within the next second. `name` stands
        for what is made, whatever it shows at the time.
        """
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._latest[name] = key
                return found
            if fault := self._failed.get(key):
                raise fault.with_traceback(None)
            future = self._being_made.get(key)
            if is_ours := future is None:
                future = self._being_made[key] = Future()
        store = partial(self._store, key, name, keep)
        return self._make(key, make, store, future) if is_ours else future.result()

    def __len__(self) -> int:
        """Return the number of values that are kept."""
        return len(self._kept)

    def latest(self, name: Hashable) -> T | None:
        """Give the value that was kept or given last under this name, as long as it is kept at all."""
        with self._lock:
            return self._kept.get(self._latest.get(name))

    def _make(self, key: Hashable, make: Callable[[], T], store: Callable[[T], None], future: "Future[T]") -> T:
        try:
            made = make()
        except BaseException as error:
            if isinstance(error, Exception) and not isinstance(error, FeedsvcError):
                with self._lock:
                    self._failed[key] = error
            future.set_exception(error)
            raise
        else:
            store(made)
            future.set_result(made)
            return made
        finally:
            with self._lock:
                del self._being_made[key]

    def _store(self, key: Hashable, name: Hashable, keep: Callable[[T], bool], made: T) -> None:
        with self._lock, suppress(ValueError):  # larger than the whole cache
            if keep(made):
                self._kept[key] = made
                self._latest[name] = key
