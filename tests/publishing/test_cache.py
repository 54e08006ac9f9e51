"""Documents in memory: how many are kept, and how often one is made."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest
from waiting import BOUND, threads_within, wait_until

from feedsvc.errors import NotReady
from feedsvc.publishing.cache import FAILED_SECONDS, Cache

CLIENTS = 64


def wait_for_the_others() -> None:
    """Wait until all other clients wait for what is being made."""
    wait_until(lambda: threads_within(Cache.get_or_create, Future.result) == CLIENTS - 1)


def test_made_value_is_kept() -> None:
    cache: Cache[str] = Cache(100, len)
    cache.get_or_create("key", lambda: "first")

    assert cache.get_or_create("key", lambda: "second") == "first"


def test_each_key_has_its_value() -> None:
    cache: Cache[str] = Cache(100, len)
    cache.get_or_create("a", lambda: "of a")

    assert cache.get_or_create("b", lambda: "of b") == "of b"


def test_64_threads_make_one_build_of_a_key() -> None:
    cache: Cache[str] = Cache(100, len)
    built: list[str] = []

    def build() -> str:
        built.append("once")
        wait_for_the_others()
        return "made"

    def ask(_: int) -> str:
        return cache.get_or_create("key", build)

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(ask, range(CLIENTS)))

    assert (built, set(answers)) == (["once"], {"made"})


def test_builders_of_different_keys_do_not_wait_for_each_other() -> None:
    cache: Cache[str] = Cache(100, len)
    entered, leave = Event(), Event()

    def slow() -> str:
        entered.set()
        assert leave.wait(BOUND)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        pool.submit(cache.get_or_create, "slow", slow)
        assert entered.wait(BOUND)
        answer = cache.get_or_create("quick", lambda: "quick")
        leave.set()

    assert answer == "quick"


def fails() -> str:
    raise ValueError("broken")


def test_what_a_builder_raises_reaches_who_asked() -> None:
    cache: Cache[str] = Cache(100, len)

    with pytest.raises(ValueError, match="broken"):
        cache.get_or_create("key", fails)


def test_what_a_builder_raises_reaches_all_who_wait() -> None:
    cache: Cache[str] = Cache(100, len)
    built: list[str] = []

    def build() -> str:
        built.append("once")
        wait_for_the_others()
        return fails()

    def ask(_: int) -> str:
        with pytest.raises(ValueError, match="broken"):
            cache.get_or_create("key", build)
        return "told"

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(ask, range(CLIENTS)))

    assert (built, answers) == (["once"], ["told"] * CLIENTS)


def test_failure_is_remembered_for_a_moment_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 10.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    cache: Cache[str] = Cache(100, len)
    with pytest.raises(ValueError, match="broken"):
        cache.get_or_create("key", fails)

    with pytest.raises(ValueError, match="broken"):
        cache.get_or_create("key", lambda: "made")
    now += FAILED_SECONDS

    assert cache.get_or_create("key", lambda: "made") == "made"


def test_latest_value_of_a_name_is_the_one_given_last() -> None:
    cache: Cache[str] = Cache(100, len)
    for key in ("old", "new", "old"):
        cache.get_or_create(key, lambda key=key: f"made {key}", name="page")  # type: ignore[misc]

    assert (cache.latest("page"), cache.latest("other")) == ("made old", None)


def test_latest_value_is_gone_when_its_room_was_needed() -> None:
    cache: Cache[str] = Cache(10, len)
    cache.get_or_create("a", lambda: "12345", name="a")
    cache.get_or_create("b", lambda: "1234567890", name="b")

    assert cache.latest("a") is None


def test_index_that_is_not_ready_is_asked_again_at_once() -> None:
    cache: Cache[str] = Cache(100, len)

    def is_not_ready() -> str:
        raise NotReady("index: the posts are being read")

    with pytest.raises(NotReady):
        cache.get_or_create("key", is_not_ready)

    assert cache.get_or_create("key", lambda: "made") == "made"


def again(cache: Cache[bytes], key: int) -> bool:
    made: list[int] = []

    def build() -> bytes:
        made.append(key)
        return b"."

    cache.get_or_create(key, build, keep=lambda _: False)
    return bool(made)


def test_bytes_of_all_values_stay_within_the_bound() -> None:
    cache: Cache[bytes] = Cache(100, len)
    for key in range(20):
        cache.get_or_create(key, lambda: bytes(30))

    assert [key for key in range(20) if not again(cache, key)] == [17, 18, 19]


def test_least_recently_used_leaves_first() -> None:
    cache: Cache[bytes] = Cache(60, len)
    for key in (1, 2, 1, 3):
        cache.get_or_create(key, lambda: bytes(30))

    assert [again(cache, key) for key in (1, 2, 3)] == [False, True, False]


@pytest.mark.parametrize(
    ("max_size", "keep"),
    [
        pytest.param(0, lambda _: True, id="no cache"),
        pytest.param(100, lambda _: False, id="not to be kept"),
    ],
)
def test_value_that_is_not_kept_is_returned_all_the_same(max_size: int, keep: Callable[[bytes], bool]) -> None:
    cache: Cache[bytes] = Cache(max_size, len)

    made = cache.get_or_create(1, lambda: bytes(30), keep)

    assert (made, again(cache, 1)) == (bytes(30), True)


@pytest.mark.parametrize(
    ("keys", "made"),
    [
        ((1, 1, 1), [1]),
        ((1, 2, 1, 2), [1, 2]),
        ((1, 2, 3, 3, 2), [1, 2, 3]),
        ((1, 2, 3, 1), [1, 2, 3, 1]),
    ],
    ids=["one", "a document and its variant", "the last two", "a third pushes the first out"],
)
def test_values_larger_than_the_cache_are_not_made_twice_in_a_row(keys: tuple[int, ...], made: list[int]) -> None:
    cache: Cache[bytes] = Cache(10, len)
    built: list[int] = []

    def build(key: int) -> bytes:
        built.append(key)
        return bytes(30)

    for key in keys:
        cache.get_or_create(key, partial(build, key))

    assert built == made


def test_large_value_pushes_no_small_one_out() -> None:
    cache: Cache[bytes] = Cache(20, len)
    cache.get_or_create("small", lambda: bytes(20))

    cache.get_or_create("large", lambda: bytes(21))

    assert cache.get_or_create("small", bytes) == bytes(20)


def test_latest_value_may_be_a_large_one() -> None:
    cache: Cache[bytes] = Cache(20, len)
    cache.get_or_create("key", lambda: bytes(21), name="page")

    assert cache.latest("page") == bytes(21)
