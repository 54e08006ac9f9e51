"""Requests beside uncached work: cached ones and probes never wait for it, and it is bounded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, get_ident
from typing import TYPE_CHECKING, Any

import pytest
from waiting import BOUND, threads_within, wait_until

from feedsvc.errors import Busy
from feedsvc.publishing.bodies import CachedCleaner
from feedsvc.startup import make_cleaner
from feedsvc.web.admission import MAX_WAITING, Admission
from feedsvc.web.app import create_app
from feedsvc.workers import THREADS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Site


class Gate:
    """Work that has begun once `entered` is set, and ends once `leave` is."""

    def __init__(self) -> None:
        self.entered, self.leave = Event(), Event()

    def __call__(self) -> str:
        self.entered.set()
        assert self.leave.wait(BOUND)
        return "done"


@contextmanager
def at_work(admission: Admission) -> Iterator[Gate]:
    """Keep the thread of an admission at work."""
    gate = Gate()
    with ThreadPoolExecutor(1) as client:
        first = client.submit(admission.run, gate)
        assert gate.entered.wait(BOUND)
        try:
            yield gate
        finally:
            gate.leave.set()
        assert first.result(BOUND) == "done"


@contextmanager
def impatient(admission: Admission) -> Iterator[None]:
    """Let those who ask now wait a moment only; those who asked before go on waiting."""
    before, admission.max_wait = admission.max_wait, 0.01
    try:
        yield
    finally:
        admission.max_wait = before


# --- the bound -----------------------------------------------------------------------------------


def test_work_is_done_one_at_a_time_by_one_thread() -> None:
    admission = Admission(max_wait=BOUND)
    inside: list[int] = []
    seen: set[tuple[int, int]] = set()

    def work() -> None:
        inside.append(1)
        seen.add((len(inside), get_ident()))
        inside.pop()

    with ThreadPoolExecutor(8) as clients:
        for _ in range(200):
            clients.submit(admission.run, work)

    assert len(seen) == 1


def test_work_that_has_not_begun_in_time_is_refused_and_never_done() -> None:
    admission = Admission(max_wait=BOUND)
    done: list[str] = []

    with at_work(admission), impatient(admission), pytest.raises(Busy):
        admission.run(lambda: done.append("late"))

    admission.run(lambda: done.append("next"))
    assert done == ["next"]


def test_work_that_has_begun_is_waited_for() -> None:
    admission, gate = Admission(max_wait=0.001), Gate()

    def run_until_begun() -> str:
        while True:
            with suppress(Busy):  # it has not begun in time
                return admission.run(gate)

    with ThreadPoolExecutor(1) as client:
        found = client.submit(run_until_begun)
        assert gate.entered.wait(BOUND)
        gate.leave.set()

    assert found.result(BOUND) == "done"


def test_request_beyond_those_that_may_wait_is_refused_at_once() -> None:
    admission = Admission(max_waiting=2, max_wait=BOUND)

    with ThreadPoolExecutor(2) as clients, at_work(admission):
        waiting = [clients.submit(admission.run, lambda: "in turn") for _ in range(2)]
        wait_until(lambda: threads_within(Admission.run) == 3)
        with pytest.raises(Busy):
            admission.run(lambda: "too many")

    assert [one.result(BOUND) for one in waiting] == ["in turn"] * 2


def test_refusals_and_errors_leave_no_place_taken() -> None:
    admission = Admission(max_waiting=0, max_wait=BOUND)

    def fail() -> None:
        raise ValueError("broken")

    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            admission.run(fail)
        with at_work(admission), pytest.raises(Busy):
            admission.run(lambda: "too many")

    assert admission.run(lambda: "done") == "done"


# --- the service beside it -----------------------------------------------------------------------


class SlowCleaner(CachedCleaner):
    """A cleaner that stops at a gate from the moment it is closed."""

    gate: Gate | None = None

    def bodies_of(self, *args: Any, **kwargs: Any) -> Any:
        if self.gate:
            self.gate()
        return super().bodies_of(*args, **kwargs)


@pytest.fixture
def slow(site: Site) -> Iterator[Site]:
    """A site in which a feed is being made, and that has these in memory: `/rss.xml`, its 304, the style sheet."""
    site.publish(tags=["a"])
    cleaner = make_cleaner(site.settings, site.index)
    cleaner.__class__ = SlowCleaner
    assert isinstance(cleaner, SlowCleaner)
    admission = Admission(2, max_wait=BOUND)
    site.app = create_app(site.settings, site.index, cleaner, site.clock, admission=admission)
    etag = site.get("/rss.xml").headers["ETag"]
    site.get("/rss.xml", if_none_match=etag)
    site.get("/static/feedsvc.css")
    cleaner.gate = Gate()
    with ThreadPoolExecutor(1) as client:
        first = client.submit(site.get, "/atom.xml")
        assert cleaner.gate.entered.wait(BOUND)
        try:
            with impatient(admission):
                yield site
        finally:
            cleaner.gate.leave.set()
        assert first.result(BOUND).status == 200


def test_cached_response_does_not_wait_for_uncached_work(slow: Site) -> None:
    reply = slow.get("/rss.xml")

    assert (reply.status, slow.get("/rss.xml", if_none_match=reply.headers["ETag"]).status) == (200, 304)


def test_style_sheet_does_not_wait_for_uncached_work(slow: Site) -> None:
    assert slow.get("/static/feedsvc.css").status == 200


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize("target", ["/healthz", "/readyz"])
def test_probe_does_not_wait_for_uncached_work(slow: Site, target: str) -> None:
    assert slow.get(target).status == 200


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [("/%ff", "GET", 400), ("/" + "x" * 20_000, "GET", 414), ("/none", "POST", 405), ("/none", "OPTIONS", 204)],
    ids=["not UTF-8", "too long", "method", "preflight"],
)
def test_refusal_by_the_request_alone_does_not_wait(slow: Site, target: str, method: str, status: int) -> None:
    assert slow.get(target, method=method).status == status


@pytest.mark.parametrize(
    "target",
    [
        *("/feed.json", "/", "/?page=2", "/tags/a/rss.xml", "/tags/a/", "/tags/", "/feeds.opml", "/tags/none/rss.xml"),
        *("/none", "/rss.xml?q=text", "/rss.xml?since=2024-01-01", "/rss.xml?not_tag=a", "/posts/2024-01-01-a/"),
        *("/status", "/status.json", "/metrics", "/static/none", "/index.xml"),
    ],
)
def test_uncached_request_beside_another_is_told_to_come_back(slow: Site, target: str) -> None:
    reply = slow.get(target)

    assert (reply.status, reply.headers["Retry-After"], reply.headers["Cache-Control"]) == (503, "2", "no-store")
    assert reply.text == "too many requests before this one; try again in a moment\n"


def test_request_that_was_refused_succeeds_afterwards(site: Site) -> None:
    site.publish()
    admission = Admission(max_wait=BOUND)
    site.app = create_app(
        site.settings, site.index, make_cleaner(site.settings, site.index), site.clock, admission=admission
    )

    with at_work(admission), impatient(admission):
        refused = site.get("/rss.xml").status

    assert (refused, site.get("/rss.xml").status) == (503, 200)


def test_change_is_looked_for_by_one_request_while_the_others_go_on(site: Site) -> None:
    """The one that looks is held up by its clock; what is in memory is sent meanwhile."""
    site.publish()
    site.get("/rss.xml")
    gate, real = Gate(), site.clock
    slow_clock = [gate]

    def clock() -> Any:
        if slow_clock:
            slow_clock.pop()()
        return real()

    site.app = create_app(site.settings, site.index, make_cleaner(site.settings, site.index), clock)
    gate.leave.set()
    site.get("/rss.xml")
    gate.leave.clear()
    gate.entered.clear()
    slow_clock.append(gate)
    with ThreadPoolExecutor(1) as client:
        first = client.submit(site.get, "/rss.xml")
        assert gate.entered.wait(BOUND)
        meanwhile = site.get("/rss.xml").status
        gate.leave.set()

    assert (meanwhile, first.result(BOUND).status) == (200, 200)


def test_same_request_of_many_is_worked_on_once(site: Site) -> None:
    site.publish()
    admission = Admission(max_wait=BOUND)
    built: list[str] = []
    site.app = create_app(
        site.settings, site.index, make_cleaner(site.settings, site.index), site.clock, admission=admission
    )
    site.app.before_request(lambda: built.append("once"))

    with ThreadPoolExecutor(8) as clients:
        with at_work(admission):
            replies = [clients.submit(site.get, "/rss.xml") for _ in range(8)]
            wait_until(lambda: threads_within(Admission.run) == 9)
        statuses = {reply.result(BOUND).status for reply in replies}

    assert (statuses, built) == ({200}, ["once"])


def test_threads_remain_for_cached_responses_while_all_who_may_wait_do() -> None:
    assert THREADS - 1 - MAX_WAITING >= 8
