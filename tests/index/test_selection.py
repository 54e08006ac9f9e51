"""Finding the posts of a page: the right ones, at a cost that grows with the rows that are skipped and no faster."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from counting import count_steps
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import TooCostly
from feedsvc.files import Stamp
from feedsvc.index import database
from feedsvc.index.queries import Index
from feedsvc.index.records import to_row
from feedsvc.models import Content, FeedRequest, Filter, Format, Post, Reading, Scope, ScopeKind

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime(2024, 1, 1, tzinfo=UTC)
NOW = datetime.now(UTC)
ALL = FeedRequest(Scope(), Format.RSS, 20, Content.FULL)
COUNT, SKIPPED_ROW = 3_000, 6  # posts; steps for one that is not on the page
BULK = Scope(ScopeKind.TAG, "bulk")


def tags(*names: str, exclude: bool = False) -> Filter:
    return Filter(ScopeKind.TAG, names, exclude)


@pytest.fixture(scope="module", params=["one moment", "one a day"])
def large(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Index:
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite", "x")
    fill(index, COUNT, timedelta(days=request.param == "one a day"))
    return index


def fill(index: Index, count: int, apart: timedelta) -> None:
    with index.update() as writer:
        for number in range(count):
            moment, names = DAY - number * apart, ("bulk", f"m{number % 10}", f"t{number}")
            post = Post(f"{number:04}.md", f"rain {number}", moment, moment, tags=names)
            writer.put(to_row(post.path, Stamp(), Reading(post)))


def steps(index: Index, request: FeedRequest, start: int, total: int | None = None) -> int:
    return count_steps(index, lambda: index.select(request, NOW, start, 20, total=total))


@pytest.mark.parametrize("scope", [Scope(), BULK], ids=["everything", "a tag"])
def test_later_page_costs_its_skipped_rows(large: Index, scope: Scope) -> None:
    request = replace(ALL, scope=scope)
    first = steps(large, request, 0)

    assert first < 1_500
    assert steps(large, request, COUNT // 2) - first < SKIPPED_ROW * COUNT // 2


@pytest.mark.parametrize("scope", [Scope(), BULK], ids=["everything", "a tag"])
def test_last_page_of_what_is_counted_costs_as_much_as_the_first(large: Index, scope: Scope) -> None:
    request = replace(ALL, scope=scope)

    assert steps(large, request, COUNT - 20, COUNT) < steps(large, request, 0, COUNT) + 200


@pytest.mark.parametrize("start", [0, 1, 1_490, 1_510, COUNT - 21, COUNT - 20, COUNT - 7, COUNT])
def test_posts_are_the_same_from_either_end(large: Index, start: int) -> None:
    request = replace(ALL, scope=BULK)

    assert large.select(request, NOW, start, 20, total=COUNT) == large.select(request, NOW, start, 20)


FILTERS = {
    "one of ten names": (tags(*(f"m{number}" for number in range(10))), COUNT),
    "names with a post each": (tags(*(f"t{number}" for number in range(10))), 10),
    "none of ten names": (tags(*(f"t{number}" for number in range(10)), exclude=True), COUNT - 10),
    "none of one that all have": (tags("bulk", exclude=True), 0),
}


@pytest.mark.parametrize(("chosen", "found"), FILTERS.values(), ids=FILTERS)
def test_filter_costs_no_more_than_a_few_steps_a_post(large: Index, chosen: Filter, found: int) -> None:
    request = replace(ALL, filters=(chosen,))

    assert len(large.select(request, NOW)) == found
    assert steps(large, request, COUNT - 20) < 60 * COUNT


@pytest.mark.parametrize("chosen", [chosen for chosen, found in FILTERS.values() if found > 20], ids=str)
def test_first_page_of_a_filter_costs_a_few_posts(large: Index, chosen: Filter) -> None:
    assert steps(large, replace(ALL, filters=(chosen,)), 0) < 4_000


BOTH = {
    "a few of many": (BULK, tags("t7", "t77", "t777"), 3),
    "many of a few": (Scope(ScopeKind.TAG, "t7"), tags("bulk", "m1"), 1),
    "none of many": (Scope(ScopeKind.TAG, "t7"), tags("bulk", "m1", exclude=True), 0),
    "one of one": (Scope(ScopeKind.TAG, "m7"), tags("bulk"), COUNT // 10),
    "none of one": (Scope(ScopeKind.TAG, "bulk"), tags("m7", exclude=True), COUNT * 9 // 10),
    "no two at once": (Scope(ScopeKind.TAG, "m7"), tags("m1", "m2"), 0),
}


@pytest.mark.parametrize(("scope", "chosen", "found"), BOTH.values(), ids=BOTH)
def test_filter_of_a_tag_costs_no_more_than_the_smaller_of_both(
    large: Index, scope: Scope, chosen: Filter, found: int
) -> None:
    request = replace(ALL, scope=scope, filters=(chosen,))

    assert len(large.select(request, NOW)) == found
    assert steps(large, request, 0) < 25_000


NAMED = st.lists(st.sampled_from(["bulk", "m1", "m2", "t1", "t77", "none"]), min_size=1, max_size=3, unique=True)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite", "x")
    fill(index, 300, timedelta(0))
    return index


def fulfills(post: Post, scope: str, filters: tuple[Filter, ...], words: tuple[str, ...]) -> bool:
    has_names = all(bool({*post.tags} & {*chosen.names}) != chosen.exclude for chosen in filters)
    text = "\n".join((post.title, *post.tags))
    return (not scope or scope in post.tags) and has_names and all(word in text for word in words)


@given(
    scope=st.sampled_from(["", "bulk", "m1", "t77"]),
    filters=st.lists(st.builds(Filter, st.just(ScopeKind.TAG), NAMED, st.booleans()), max_size=3).map(tuple),
    words=st.sampled_from([(), ("rain",), ("7", "1")]),
    start=st.sampled_from([0, 1, 20, 290]),
)
def test_posts_are_those_that_fulfill_every_condition(
    small: Index, scope: str, filters: tuple[Filter, ...], words: tuple[str, ...], start: int
) -> None:
    kind = ScopeKind.TAG if scope else ScopeKind.ALL
    request = replace(ALL, scope=Scope(kind, scope), filters=filters, words=words)

    found = [post.path for post in small.select(request, NOW, start, 20)]

    expected = [post for post in small.posts() if fulfills(post, scope, filters, words)]
    assert found == [post.path for post in sorted(expected, key=lambda post: post.path)][start : start + 20]


@pytest.mark.parametrize("name", ["none", "bulk "])
def test_filter_by_an_unknown_name_costs_a_look_up(large: Index, name: str) -> None:
    assert large.select(replace(ALL, filters=(tags(name),)), NOW) == []
    assert steps(large, replace(ALL, filters=(tags(name),)), 0) < 100


def test_unknown_name_beside_a_known_one_has_no_effect(large: Index) -> None:
    found = [large.select(replace(ALL, filters=(tags(*names),)), NOW) for names in (("m1",), ("m1", "none"))]

    assert found[0] == found[1]


def test_unknown_name_that_is_excluded_has_no_effect(large: Index) -> None:
    assert len(large.select(replace(ALL, filters=(tags("none", exclude=True),)), NOW)) == COUNT


def test_selection_that_takes_too_many_steps_is_given_up(large: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MAX_STEPS", 10_000)
    rare = replace(ALL, words=("none",))

    with pytest.raises(TooCostly, match="use fewer words or filters"):
        large.select(rare, NOW, 0, 20)

    assert len(large.select(ALL, NOW, 0, 20)) == 20  # the next one has its own limit


def test_selection_of_days_reads_no_post_outside_of_them(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.sqlite", "x")
    with index.update() as writer:
        for number in range(1_000):
            moment = DAY - timedelta(days=number)
            post = Post(f"{number:04}.md", "", moment, moment)
            writer.put(to_row(post.path, Stamp(), Reading(post)))
    day = DAY - timedelta(days=900)

    assert steps(index, replace(ALL, since=day, until=day), 0) < 200


WORDS = ["rain", "in", "n*", "?", "[a]", "[", "]", "^", "%", "_", "\\", "\0", "n", "'", "a b", "^c]"]
WORDS += ["联", "联合", "合早", "é", "图e", "e", "none"]
TEXTS = ["rain n* ?", "[a] ^c] é", "联合早报 图e ' %", "_ \\ a b", "r*in", "raiin"]


@pytest.mark.parametrize("word", WORDS)
def test_word_is_found_as_it_stands(tmp_path: Path, word: str) -> None:
    index = Index(tmp_path / "index.sqlite", "x")
    with index.update() as writer:
        for title in TEXTS:
            writer.put(to_row(title, Stamp(), Reading(Post(title, title, DAY, DAY))))

    found = {post.title for post in index.select(replace(ALL, words=(word,)), NOW)}

    assert found == {title for title in TEXTS if word in title}


def test_search_in_a_few_posts_reads_no_other_texts(large: Index) -> None:
    few = replace(ALL, scope=Scope(ScopeKind.TAG, "t77"), words=("rain",))

    assert [post.title for post in large.select(few, NOW)] == ["rain 77"]
    assert steps(large, few, 0) < 300


def test_post_must_have_all_words(large: Index) -> None:
    found = [large.select(replace(ALL, words=words), NOW) for words in (("rain", "12"), ("rain", "zxcvbn"))]

    assert (len(found[0]) > 10, all("12" in post.title for post in found[0]), found[1]) == (True, True, [])
