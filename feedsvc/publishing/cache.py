"""A cache in memory, bounded in bytes, in which each key is built by one thread while the others wait (single flight).

There is no invalidation: a key covers all that its value shows, so a changed value has another key. A build that
failed is not repeated for a moment; `latest` returns the last value of the same name meanwhile. Of values larger than
the whole cache the last ones are kept beside it.
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
MAX_NAMES = 1_000  # whose latest value can be returned
MAX_LARGE = 2  # values larger than the cache: a document and its last coded variant


class Cache(Generic[T]):
    """Removes the least recently used values when the sum of their sizes would exceed `max_size`."""

    def __init__(self, max_size: int, size: Callable[[T], int]) -> None:
        self._kept: LRUCache[Hashable, T] = LRUCache(max_size, getsizeof=size)
        self._large: LRUCache[Hashable, T] = LRUCache(MAX_LARGE if max_size else 0)
        self._latest: LRUCache[Hashable, Hashable] = LRUCache(MAX_NAMES)  # name → key
        self._failed: TTLCache[Hashable, Exception] = TTLCache(MAX_FAILURES, FAILED_SECONDS, time.monotonic)
        self._pending: dict[Hashable, Future[T]] = {}
        self._lock = threading.Lock()  # cachetools leaves locking to its users

    def get_or_create(
        self, key: Hashable, make: Callable[[], T], keep: Callable[[T], bool] = lambda _: True, *, name: Hashable = None
    ) -> T:
        """Return the value of `key`, made by `make` unless it is kept; concurrent callers wait for the same result.

        An error of `make` is raised in all callers that wait; an unexpected one (no FeedsvcError) also in those of the
        next second. `name` identifies the value across changes, for `latest`.
        """
        with self._lock:
            if (found := self._find(key)) is not None:
                self._latest[name] = key
                return found
            if error := self._failed.get(key):
                raise error.with_traceback(None)
            future = self._pending.get(key)
            if is_builder := future is None:
                future = self._pending[key] = Future()
        store = partial(self._store, key, name, keep)
        return self._make(key, make, store, future) if is_builder else future.result()

    def __len__(self) -> int:
        """Return the number of values that are kept."""
        return len(self._kept) + len(self._large)

    def latest(self, name: Hashable) -> T | None:
        """Return the value that was kept or returned last under this name, None if it is no longer kept."""
        with self._lock:
            return self._find(self._latest.get(name))

    def _find(self, key: Hashable) -> T | None:
        found = self._kept.get(key)
        return self._large.get(key) if found is None else found

    def _make(self, key: Hashable, make: Callable[[], T], store: Callable[[T], None], future: "Future[T]") -> T:
        try:
            value = make()
        except BaseException as error:
            if isinstance(error, Exception) and not isinstance(error, FeedsvcError):
                with self._lock:
                    self._failed[key] = error
            future.set_exception(error)
            raise
        else:
            store(value)
            future.set_result(value)
            return value
        finally:
            with self._lock:
                del self._pending[key]

    def _store(self, key: Hashable, name: Hashable, keep: Callable[[T], bool], value: T) -> None:
        if not keep(value):
            return
        with self._lock, suppress(ValueError):  # without a cache there is no room for large ones either
            is_large = self._kept.getsizeof(value) > self._kept.maxsize
            (self._large if is_large else self._kept)[key] = value
            self._latest[name] = key
