"""Scopes: their names as posts spell them, and counts that follow posts and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from counting import count_steps
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.files import Stamp
from feedsvc.index.queries import Index
from feedsvc.index.records import to_row
from feedsvc.models import NEVER, Post, Reading, Scope, ScopeKind, ScopeSummary
from feedsvc.names import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

SECOND = timedelta(seconds=1)
PAST = datetime(2024, 1, 1, tzinfo=UTC)
TAG = ScopeKind.TAG


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index.sqlite", "fingerprint")


def post(path: str, published: datetime = PAST, *tags: str) -> Post:
    return Post(path, path, published, published, tags=tags)


def put(index: Index, *posts: Post) -> None:
    with index.update() as writer:
        for one in posts:
            writer.put(to_row(one.path, Stamp(), Reading(one)))


def remove(index: Index, *paths: str) -> None:
    with index.update() as writer:
        for path in paths:
            writer.remove(path)


def counts(index: Index, now: datetime) -> dict[str, int]:
    return {summary.scope.name: summary.count for summary in index.scopes(now)}


# --- counts --------------------------------------------------------------------------------------


def test_post_that_goes_is_counted_no_longer(index: Index) -> None:
    put(index, post("a", PAST, "t", "u"), post("b", PAST, "t"))

    remove(index, "a")

    assert counts(index, NEVER) == {"": 1, "t": 1}


def test_post_that_changes_its_tags_is_counted_once(index: Index) -> None:
    put(index, post("a", PAST, "t", "u"))

    put(index, post("a", PAST, "u", "v"))

    assert counts(index, NEVER) == {"": 1, "u": 1, "v": 1}


def test_name_that_goes_and_comes_again_in_one_scan_is_counted(index: Index) -> None:
    put(index, post("a", PAST, "t"))

    with index.update() as writer:
        writer.remove("a")
        again = post("b", PAST, "t")
        writer.put(to_row(again.path, Stamp(), Reading(again)))

    assert counts(index, NEVER) == {"": 1, "t": 1}


def test_name_that_no_post_has_is_forgotten(index: Index) -> None:
    put(index, post("a", NEVER - SECOND, "t"))

    remove(index, "a")

    assert index.query("SELECT name FROM names") == [("",)]


@pytest.mark.parametrize("future", [False, True], ids=["when due", "at once"])
def test_post_to_come_is_counted_from_its_moment_on(tmp_path: Path, *, future: bool) -> None:
    index = Index(tmp_path / "index.sqlite", "x", future=future)
    due = datetime.now(UTC) + 99 * SECOND
    put(index, post("a", PAST, "t"), post("b", due, "t"), post("c", due + SECOND, "t", "later"))

    found = [counts(index, moment) for moment in (due - SECOND, due, due + SECOND, due - SECOND)]

    assert found == [{"": 1, "t": 1}, {"": 2, "t": 2}, {"": 3, "t": 3, "later": 1}, {"": 1, "t": 1}]


def test_post_is_not_counted_before_its_moment_when_the_clock_was_set_back(index: Index) -> None:
    put(index, post("a", PAST, "t"), post("b", PAST + SECOND, "t"))

    assert counts(index, PAST) == {"": 1, "t": 1}


@pytest.mark.parametrize("write", [put, lambda index: index.note_scan(1)], ids=["a change", "a scan"])
def test_writer_counts_what_has_become_due(
    index: Index, monkeypatch: pytest.MonkeyPatch, write: Callable[[Index], None]
) -> None:
    due = datetime.now(UTC) + 99 * SECOND
    put(index, post("a", PAST, "t"), post("b", due, "t"))
    monkeypatch.setattr("time.time_ns", lambda: int((due + SECOND).timestamp()) * 10**9)

    write(index)

    assert index.query("SELECT count FROM names ORDER BY id") == [(2,), (2,)]
    assert (counts(index, due), counts(index, due - SECOND)) == ({"": 2, "t": 2}, {"": 1, "t": 1})


def test_newest_is_the_newest_that_is_due(index: Index) -> None:
    due = datetime.now(UTC) + 99 * SECOND
    put(index, post("a", PAST, "t"), post("b", due, "t"))
    tag = Scope(TAG, "t")

    assert index.summary(tag, due - SECOND) == ScopeSummary(tag, 1, PAST)
    assert index.summary(tag, due) == ScopeSummary(tag, 2, due)


NOW = datetime.now(UTC)
MOVES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from([None, -9, -1, 1, 9]), st.sets(st.sampled_from("tuv"))),
    max_size=12,
)


@given(moves=MOVES, hours=st.sampled_from([-20, -5, 0, 5, 20]), future=st.booleans())
def test_counts_are_those_of_counting_the_posts(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    moves: list[tuple[str, int | None, set[str]]],
    hours: int,
    future: bool,
) -> None:
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite", "x", future=future)
    put(index)
    now = NOW + timedelta(hours=hours)
    for path, published, tags in moves:
        if published is None:
            remove(index, path)
        else:
            put(index, post(path, NOW + timedelta(hours=published), *sorted(tags)))

    names = [name for one in index.posts() if one.published <= now for name in ("", *one.tags)]
    assert counts(index, now) == {name: names.count(name) for name in sorted(names)}


# --- lists ---------------------------------------------------------------------------------------


def names(summaries: Iterable[ScopeSummary]) -> list[str]:
    return [summary.scope.name for summary in summaries]


def test_scopes_of_a_kind_are_listed_by_name(index: Index) -> None:
    put(index, post("a", PAST, "b", "c", "a"), post("later", NEVER - SECOND, "0"))

    assert names(index.scopes_of_kind(TAG, NOW, 0, 2)) == ["a", "b"]
    assert names(index.scopes_of_kind(TAG, NOW, 2, 2)) == ["c"]


def test_largest_scopes_are_listed_by_name(index: Index) -> None:
    put(index, post("a", PAST, "z", "y", "x"), post("b", PAST, "z", "y"), post("c", PAST, "y"))

    assert [names(index.largest_scopes(TAG, NOW, count)) for count in (1, 2, 9)] == [["y"], ["y", "z"], ["x", "y", "z"]]


def test_of_scopes_with_as_many_posts_the_first_by_name_are_listed(index: Index) -> None:
    put(index, post("a", PAST, "c", "b", "a"))

    assert names(index.largest_scopes(TAG, NOW, 2)) == ["a", "b"]


def test_scopes_are_numbered_when_they_are_due(index: Index) -> None:
    due = datetime.now(UTC) + 99 * SECOND
    put(index, post("a", PAST, "t"), post("b", due, "u"))

    assert [index.count_scopes(moment, TAG) for moment in (due - SECOND, due)] == [1, 2]
    assert [index.count_scopes(moment) for moment in (due - SECOND, due)] == [2, 3]


# --- spellings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelled", "requested", "found"),
    [
        (["News"], "News", "News"),
        (["News"], "NEWS", "News"),
        (["Straße"], "STRASSE", "Straße"),
        (["Ｎews"], "news", "Ｎews"),
        (["NEWS", "News"], "news", "NEWS"),
        (["NEWS", "news"], "news", "news"),
        (["Big Data"], "big-data", "Big Data"),
        (["A b", "A/b"], "a-b", None),
        (["A b", "a-b"], "a.b", "a-b"),
        (["C", "C++"], "c", "C"),
        (["C++"], "c", "C++"),
        (["🚀"], "🚀", "🚀"),
        (["🚀"], "🎉", None),
        (["News"], "none", None),
        ([], "", None),
    ],
)
def test_name_is_found_as_posts_spell_it(index: Index, spelled: list[str], requested: str, found: str | None) -> None:
    put(index, post("a", PAST, *spelled), replace(post("b"), categories=("none",)))

    assert index.spelling(TAG, requested, NOW) == found


@given(spelled=st.sets(st.text(min_size=1, max_size=5), min_size=1, max_size=6))
def test_every_name_is_found_up_to_its_case(tmp_path_factory: pytest.TempPathFactory, spelled: set[str]) -> None:
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite", "x")
    put(index, post("a", PAST, *spelled))

    found = {name: index.spelling(TAG, fold(name), NOW) for name in spelled}
    assert {name: other and fold(other) for name, other in found.items()} == {name: fold(name) for name in spelled}


def test_name_of_a_post_to_come_is_found_when_due(index: Index) -> None:
    due = datetime.now(UTC) + 99 * SECOND
    put(index, post("a", PAST, "NEWS"), post("b", due, "News", "Big Data"), post("c", PAST, "Big/Data"))

    found = [[index.spelling(TAG, name, moment) for name in ("News", "big-data")] for moment in (due - SECOND, due)]
    assert found == [["NEWS", "Big/Data"], ["News", None]]


# --- steps ---------------------------------------------------------------------------------------


@pytest.fixture
def large(index: Index) -> Index:
    put(index, *(post(f"{number:04}", PAST, "bulk", f"t{number}") for number in range(1_000)))
    return index


@pytest.mark.parametrize(
    ("act", "bound"),
    [
        pytest.param(lambda index: index.spelling(TAG, "none", NOW), 200, id="unknown name"),
        pytest.param(lambda index: index.spelling(TAG, "BULK", NOW), 200, id="other spelling"),
        pytest.param(lambda index: index.has(Scope(TAG, "bulk"), NOW), 50, id="whether there is a post"),
        pytest.param(lambda index: index.summary(Scope(TAG, "bulk"), NOW), 100, id="summary"),
        pytest.param(lambda index: index.largest_scopes(TAG, NOW, 10), 400, id="largest"),
        pytest.param(lambda index: index.scopes_of_kind(TAG, NOW, 0, 10), 400, id="first page"),
        pytest.param(lambda index: index.state(NOW), 100, id="state"),
    ],
)
def test_look_up_reads_neither_all_names_nor_all_posts(
    large: Index, act: Callable[[Index], object], bound: int
) -> None:
    assert count_steps(large, lambda: act(large)) < bound


def test_change_of_a_post_writes_its_own_names_alone(large: Index) -> None:
    changes = []
    for number in (1, 2):
        with large.update() as writer:
            before = writer._connection.total_changes  # noqa: SLF001 - what SQLite counts
            again = post(f"{number:04}", PAST, "bulk", "other")
            writer.put(to_row(again.path, Stamp(), Reading(again)))
            writer.finish()
            changes.append(writer._connection.total_changes - before)  # noqa: SLF001

    assert max(changes) < 30


def test_scopes_of_a_kind_are_listed_by_name_or_by_count(index: Index) -> None:
    put(index, post("1.md", PAST, "b", "c"), post("2.md", PAST, "b", "a"), post("3.md", PAST, "c"))

    orders = [
        [one.scope.name for one in index.scopes_of_kind(TAG, PAST, 0, 9, by_count=by_count)]
        for by_count in (False, True)
    ]

    assert orders == [["a", "b", "c"], ["b", "c", "a"]]


def test_kind_has_scopes_once_its_posts_are_due(index: Index) -> None:
    put(index, post("1.md", PAST, "a"), post("2.md", PAST + SECOND, "b"))

    found = [index.has_scopes(TAG, now, number) for now in (PAST, PAST + SECOND) for number in (1, 2, 3)]

    assert found == [True, False, False, True, True, False]
