"""The index: what is stored is found again, readers see whole versions, and the file may come to any harm."""

from __future__ import annotations

import logging
import multiprocessing
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from conftest import settle
from waiting import threads_within, wait_until

from feedsvc.errors import NotReady, StorageError
from feedsvc.files import Stamp
from feedsvc.index import schema
from feedsvc.index.database import NOT_READ
from feedsvc.index.queries import Index
from feedsvc.index.records import Row, to_number, to_row
from feedsvc.models import (
    NEVER,
    Author,
    Cleaned,
    Content,
    Enclosure,
    FeedRequest,
    Filter,
    Format,
    Hint,
    Level,
    Post,
    Problem,
    Reading,
    Scope,
    ScopeKind,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

DAY = datetime(2024, 1, 1, tzinfo=UTC)
POST = Post("2024-01-01-a.md", "A", DAY, DAY, digest="d1")
ALL = FeedRequest(Scope(), Format.RSS, 20, Content.FULL)
SECOND = timedelta(seconds=1)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index.sqlite", "fingerprint")


def stamp(name: str) -> Stamp:
    """Return a stamp of its own for each name."""
    return Stamp(inode=int.from_bytes(name.encode()))


def put(index: Index, *posts: Post) -> None:
    with index.update() as writer:
        for post in posts:
            writer.put(to_row(post.path, stamp(post.digest), Reading(post)))


def titles(index: Index, request: FeedRequest = ALL, now: datetime = NEVER) -> list[str]:
    return [post.title for post in index.select(request, now)]


def named(title: str, **fields: object) -> Post:
    return replace(POST, path=f"{title}.md", title=title, digest=title, **fields)  # type: ignore[arg-type]


def test_all_posts_are_given_by_path_without_the_files_that_hold_none(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedsvc.index.queries.BATCH", 1)
    put(index, named("b"), named("a", published=NEVER))
    with index.update() as writer:
        writer.put(to_row("aa.md", stamp("stamp"), Reading(None)))

    assert [post.title for post in index.posts()] == ["a", "b"]


# --- round trip ----------------------------------------------------------------------------------


def test_post_is_read_as_it_was_stored(index: Index) -> None:
    post = Post(
        path="新/2024-01-01-图.md",
        title="图 <&> 🎉",
        published=DAY + timedelta(microseconds=1),
        updated=DAY + SECOND,
        authors=(Author("李雷", "li@example.org", "https://example.org/li"), Author("Han")),
        tags=("联合早报", "c++"),
        categories=("news",),
        original="https://example.org/1",
        guid="tag:1",
        summary="S",
        image="/i.jpg",
        enclosure=Enclosure("/a.mp3", "audio/mpeg", 10**17),
        language="zh-CN",
        digest="d",
        size=7,
    )

    put(index, post)

    assert index.select(ALL, NEVER) == [post]


def test_problems_are_listed_by_path_and_line(index: Index) -> None:
    problems = [Problem("b.md", 1, Level.ERROR, "one"), Problem("b.md", 12, Level.HINT, "two")]
    with index.update() as writer:
        writer.put(to_row("b.md", stamp("s"), Reading(None, tuple(reversed(problems)))))
        writer.put(to_row("a.md", stamp("s"), Reading(None, (Problem("a.md", 0, Level.ERROR, "zero"),))))

    assert index.problems() == [Problem("a.md", 0, Level.ERROR, "zero"), *problems]


def test_problems_are_counted_as_they_are_listed(index: Index) -> None:
    first, second = named("a"), named("b")
    put(index, first, second)
    with index.update() as writer:
        large = Problem("a.md", 0, Level.ERROR, "sanitized only: large")
        hint = Problem("b.md", 3, Level.HINT, "odd")
        writer.put(to_row("a.md", stamp("a2"), Reading(first, (large,))))
        writer.put(to_row("b.md", stamp("b2"), Reading(second, (hint, hint, replace(hint, line=4)))))
    index.keep_bodies(
        {first: Cleaned("", "", fallback="large"), second: Cleaned("", "", hints=(Hint("one"), Hint("two")))}, "cleaner"
    )

    assert (index.count_problems(), len(index.problems())) == (5, 5)


def test_thread_that_reads_long_holds_up_no_other(index: Index) -> None:
    put(index, POST)
    with ThreadPoolExecutor(1) as pool, index.snapshot():
        assert titles(index) == ["A"]
        put(index, replace(POST, title="B"))

        assert pool.submit(titles, index).result() == ["B"]
        assert titles(index) == ["A"]  # this thread still reads the version it began with


def test_body_is_read_as_it_was_kept(index: Index) -> None:
    body = Cleaned("<p>图</p>", "图", "/i.jpg", "why")
    put(index, POST)

    index.keep_bodies({POST: body}, "cleaner")

    assert index.bodies([POST], "cleaner") == {POST.path: body}


@pytest.mark.parametrize(
    ("post", "cleaner"),
    [
        pytest.param(replace(POST, digest="d2"), "cleaner", id="other content"),
        pytest.param(POST, "better", id="other cleaner"),
    ],
)
def test_body_is_of_one_content_and_one_cleaner(index: Index, post: Post, cleaner: str) -> None:
    put(index, POST)
    index.keep_bodies({POST: Cleaned("old", "")}, "cleaner")

    assert index.bodies([post], cleaner) == {}


def test_body_that_cannot_be_kept_now_costs_nothing(index: Index) -> None:
    put(index, POST)

    with index.update():
        index.keep_bodies({POST: Cleaned("new", "")}, "cleaner")

    assert index.bodies([POST], "cleaner") == {}


# --- selecting -----------------------------------------------------------------------------------


def test_newest_comes_first_and_ties_go_by_path(index: Index) -> None:
    put(index, named("b"), named("c"), named("a"), named("new", published=DAY + SECOND))

    assert titles(index) == ["new", "a", "b", "c"]


def test_posts_are_given_from_one_on(index: Index) -> None:
    put(index, *(named(str(number)) for number in range(5)))

    assert [post.title for post in index.select(ALL, NEVER, 2, 2)] == ["2", "3"]


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        pytest.param(replace(ALL, scope=Scope(ScopeKind.TAG, "t")), ["x", "y"], id="tag"),
        pytest.param(replace(ALL, scope=Scope(ScopeKind.CATEGORY, "c")), ["x"], id="category"),
        pytest.param(replace(ALL, scope=Scope(ScopeKind.AUTHOR, "Li")), ["y"], id="author"),
        pytest.param(replace(ALL, scope=Scope(ScopeKind.CATEGORY, "t")), [], id="a tag is no category"),
        pytest.param(replace(ALL, filters=(Filter(ScopeKind.TAG, ("t", "u")),)), ["x", "y", "z"], id="either"),
        pytest.param(replace(ALL, filters=(Filter(ScopeKind.TAG, ("t",), exclude=True),)), ["z"], id="not"),
        pytest.param(
            replace(ALL, filters=(Filter(ScopeKind.TAG, ("t",)), Filter(ScopeKind.AUTHOR, ("Li",)))), ["y"], id="both"
        ),
    ],
)
def test_scope_and_filters_narrow_the_posts(index: Index, request_: FeedRequest, found: list[str]) -> None:
    put(
        index,
        named("x", tags=("t",), categories=("c",)),
        named("y", tags=("t",), authors=(Author("Li"),)),
        named("z", tags=("u",)),
    )

    assert titles(index, request_) == found


def test_post_that_is_not_due_is_in_nothing(index: Index) -> None:
    put(index, named("later", published=DAY + SECOND, tags=("t",)))

    tag = Scope(ScopeKind.TAG, "t")
    assert (titles(index, ALL, DAY), index.scopes(DAY), index.has(tag, DAY), index.summary(tag, DAY)) == (
        [],
        [],
        False,
        None,
    )


def test_post_that_is_not_due_has_no_page(index: Index) -> None:
    put(index, named("later", published=DAY + SECOND))

    assert index.post("later", DAY) is None


@pytest.mark.parametrize("stem", ["a.b", "a"])
def test_post_is_found_by_its_path_without_suffix(index: Index, stem: str) -> None:
    put(index, *(replace(POST, path=path) for path in ("a.b.md", "a.md", "a/b.md", "ab.md")))

    found = index.post(stem, NEVER)

    assert found == replace(POST, path=f"{stem}.md")


def test_scopes_are_counted_and_listed_by_kind_and_name(index: Index) -> None:
    put(index, named("x", tags=("b", "a")), named("y", tags=("b",), categories=("z",), authors=(Author("Li"),)))

    assert [(found.scope.kind.value, found.scope.name, found.count) for found in index.scopes(NEVER)] == [
        ("all", "", 2),
        ("tag", "a", 1),
        ("tag", "b", 2),
        ("category", "z", 1),
        ("author", "Li", 1),
    ]


# --- versions ------------------------------------------------------------------------------------


def test_index_that_was_never_written_is_not_ready(index: Index) -> None:
    with pytest.raises(NotReady):
        index.version()


def test_index_without_tables_is_not_ready_either(index: Index) -> None:
    with closing(sqlite3.connect(index.path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")

    with pytest.raises(NotReady, match=f"^{NOT_READ}$"):
        index.version()
    with pytest.raises(NotReady, match=f"^{NOT_READ}$"):
        index.scopes(NEVER)


def test_version_moves_when_a_post_does(index: Index) -> None:
    put(index, POST)
    before = index.version()

    put(index, replace(POST, title="B"))

    assert index.version() > before


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(to_row(POST.path, stamp("touched"), Reading(POST)), id="same post, other stamp"),
        pytest.param(to_row("draft.md", stamp("s"), Reading(None)), id="hidden post"),
        pytest.param(Row(POST.path, stamp("s"), problems=((1, "error", "bad"),), broken=True), id="post broken"),
    ],
)
def test_version_stays_when_no_post_moves(index: Index, row: Row) -> None:
    put(index, POST)
    before = index.version()

    with index.update() as writer:
        writer.put(row)

    assert index.version() == before


def test_version_never_goes_back_when_the_clock_does(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    put(index, POST)
    before = index.version()
    monkeypatch.setattr(time, "time_ns", lambda: 0)

    put(index, replace(POST, title="B"))

    assert index.version() == before + 1


def test_version_is_never_that_of_an_index_before(index: Index) -> None:
    put(index, POST)
    before = index.version()
    index.path.unlink()

    put(index, POST)

    assert index.version() > before


def test_broken_post_keeps_its_last_good_version(index: Index) -> None:
    put(index, POST)

    with index.update() as writer:
        writer.put(Row(POST.path, stamp("s2"), broken=True))

    assert (titles(index), index.stamps()) == (["A"], {POST.path: stamp("s2").to_text()})


def test_problem_of_a_mended_post_is_gone(index: Index) -> None:
    put(index, POST)
    with index.update() as writer:
        writer.put(Row(POST.path, stamp("s2"), problems=((1, "error", "bad"),), broken=True))

    put(index, POST)

    assert index.problems() == []


def test_hidden_post_is_gone(index: Index) -> None:
    put(index, POST)

    with index.update() as writer:
        writer.put(to_row(POST.path, stamp("s2"), Reading(None)))

    assert (titles(index), index.count()) == ([], 0)


def test_removed_post_leaves_nothing_behind(index: Index) -> None:
    post = replace(POST, tags=("t",))
    put(index, post)
    index.keep_bodies({post: Cleaned("body", "")}, "cleaner")
    with index.update() as writer:
        writer.put(to_row(post.path, stamp("s2"), Reading(post, (Problem(post.path, 1, Level.HINT, "odd"),))))

    with index.update() as writer:
        writer.remove(post.path)

    assert (index.stamps(), index.scopes(NEVER), index.problems(), index.bodies([post], "cleaner")) == ({}, [], [], {})


def test_stamps_of_some_files_are_given_alone(index: Index) -> None:
    put(index, named("a"), named("b"))

    assert index.stamps(["a.md", "none.md"]) == {"a.md": stamp("a").to_text()}


def test_scan_that_fails_leaves_the_version_before(index: Index) -> None:
    put(index, POST)
    before = index.version()

    def fail() -> None:
        with index.update() as writer:
            writer.remove(POST.path)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert (index.version(), titles(index)) == (before, ["A"])


def test_reader_sees_the_old_version_until_the_new_one_is_whole(index: Index) -> None:
    put(index, POST)

    with index.update() as writer:
        writer.remove(POST.path)
        writer.put(to_row("b.md", stamp("s"), Reading(named("b"))))
        seen = titles(index)

    assert (seen, titles(index)) == (["A"], ["b"])


# --- state ---------------------------------------------------------------------------------------


def put_at(index: Index, moment: datetime, *posts: Post) -> None:
    """Store posts whose files were modified at a moment."""
    with index.update() as writer:
        for post in posts:
            writer.put(to_row(post.path, stamp(post.digest)._replace(modified=to_number(moment) * 1000), Reading(post)))


def test_change_under_a_date_that_was_sent_has_another_date(index: Index) -> None:
    put_at(index, DAY, POST)
    settle(index)
    put_at(index, DAY, replace(POST, title="again"))

    assert index.state(NEVER).modified == DAY + SECOND


def test_changes_before_a_date_has_come_share_it(index: Index) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + 9 * SECOND
    put_at(index, soon, POST)
    put_at(index, soon, replace(POST, title="again"))

    assert index.state(NEVER).modified == soon


def test_state_is_settled_once_its_date_has_come(index: Index) -> None:
    put_at(index, DAY + SECOND / 2, POST)

    early, late = index.state(DAY + 0.75 * SECOND), index.state(DAY + SECOND)
    assert (early.modified, early.is_settled, early.until) == (DAY, False, DAY + SECOND)
    assert (late.modified, late.is_settled) == (DAY + SECOND, True)


def test_file_dated_far_ahead_says_nothing(index: Index) -> None:
    put_at(index, DAY, POST)
    settle(index)
    put_at(index, datetime.now(UTC) + timedelta(days=1), named("b"))

    assert index.state(NEVER).modified == DAY + SECOND


def test_index_made_anew_keeps_the_order_of_its_dates(index: Index) -> None:
    put_at(index, DAY, POST)
    other = Index(index.path, "other settings")
    put_at(other, DAY, POST)

    assert other.state(NEVER).modified == DAY + SECOND


def test_index_is_current_once_it_has_the_date_of_the_files_of_the_settings(index: Index) -> None:
    put_at(index, DAY, POST)
    edited = Index(index.path, index.fingerprint, configured=to_number(DAY + 9 * SECOND) * 1000)
    before = edited.is_current()
    with edited.update():
        pass

    assert (before, edited.is_current(), edited.state(NEVER).modified) == (False, True, DAY + 9 * SECOND)


def test_date_of_a_change_is_never_ahead_of_the_clock(index: Index) -> None:
    put(index, POST)
    put(index, replace(POST, title="again"))
    now = datetime.now(UTC)

    assert index.state(now).modified <= now


def test_file_with_other_tables_is_read_anew(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "SCHEMA", "of another version")
        put(Index(index.path, index.fingerprint), POST)

    assert not index.is_current()


def test_end_of_a_scan_is_kept(index: Index) -> None:
    put(index, POST)
    before, version = datetime.now(UTC), index.version()

    index.note_scan(1.5)

    ended, seconds = index.last_scan()
    assert (before < ended <= datetime.now(UTC), seconds, index.version()) == (True, 1.5, version)


def test_end_of_a_scan_that_cannot_be_kept_is_let_go(tmp_path: Path) -> None:
    Index(tmp_path / "none.sqlite", "").note_scan(1.5)

    assert not (tmp_path / "none.sqlite").exists()


def test_what_is_shown_otherwise_counts_as_modified(index: Index) -> None:
    put_at(index, DAY, POST)
    settle(index)
    other = Index(index.path, index.fingerprint, "another title")
    before, was_current = index.state(NEVER), other.is_current()
    with other.update():
        pass

    assert (was_current, other.is_current()) == (False, True)
    assert other.state(NEVER).modified > before.modified


def test_state_lasts_until_the_next_post_is_due(index: Index) -> None:
    now = datetime.now(UTC)
    put(index, POST, named("soon", published=now + 9 * SECOND), named("later", published=now + 99 * SECOND))

    assert index.state(now + SECOND).due == now + 9 * SECOND


def test_state_without_a_post_to_come_lasts_for_ever(index: Index) -> None:
    put(index, POST)

    assert index.state(datetime.now(UTC)).due == NEVER


def test_post_to_come_is_known_when_the_clock_was_set_back(index: Index) -> None:
    put(index, POST, named("b", published=DAY + SECOND))

    assert index.state(DAY).due == DAY + SECOND


def test_post_that_is_due_this_very_moment_is_no_post_to_come(index: Index) -> None:
    due = datetime.now(UTC) + 99 * SECOND
    put(index, POST, named("later", published=due))

    assert index.state(due).due == NEVER


@pytest.mark.parametrize("future", [False, True], ids=["alone", "with a post to come"])
def test_state_made_before_the_newest_change_lasts_until_that(index: Index, future: bool) -> None:  # noqa: FBT001
    put(index, POST, *([named("soon", published=NEVER - SECOND)] if future else []))
    settle(index)
    changed = index.state(datetime.now(UTC) + SECOND).modified

    assert index.state(changed - SECOND).until == changed


def test_state_made_at_or_after_the_newest_change_lasts_until_the_next_post_is_due(index: Index) -> None:
    due = NEVER - SECOND
    put(index, POST, named("soon", published=due))
    settle(index)
    changed = index.state(datetime.now(UTC) + SECOND).modified

    assert [index.state(moment).until for moment in (changed, changed + SECOND)] == [due, due]


@pytest.mark.parametrize(("later", "date"), [(0, 0), (0.000001, 1), (0.5, 1), (1, 1)])
def test_modified_is_when_a_file_was_modified_in_whole_seconds_rounded_up(
    index: Index, later: float, date: int
) -> None:
    put_at(index, DAY + later * SECOND, POST)

    assert index.state(NEVER).modified == DAY + date * SECOND


def test_modified_is_when_a_later_post_became_due(index: Index) -> None:
    due = (datetime.now(UTC) + 9 * SECOND).replace(microsecond=7)
    put(index, named("soon", published=due))

    assert index.state(due + SECOND).modified == due.replace(microsecond=0) + SECOND


def test_modified_does_not_go_back_when_the_newest_post_goes(index: Index) -> None:
    put(index, POST, named("b"))
    before = index.state(NEVER).modified

    with index.update() as writer:
        writer.remove("b.md")

    assert index.state(NEVER).modified >= before


def test_removal_of_a_post_that_became_due_has_another_date_than_that(index: Index) -> None:
    due = datetime.now(UTC).replace(microsecond=0) - SECOND
    put_at(index, DAY, named("due", published=due))
    before = index.state(datetime.now(UTC)).modified

    with index.update() as writer:
        writer.remove("due.md")

    assert before == due
    assert index.state(datetime.now(UTC)).modified >= due
    assert index.state(NEVER).modified == due + SECOND


def test_modified_is_never_in_the_future(index: Index) -> None:
    put(index, POST)

    assert index.state(DAY).modified == DAY


# --- the file ------------------------------------------------------------------------------------


def test_index_of_other_settings_is_not_used(index: Index) -> None:
    put(index, POST)

    with pytest.raises(NotReady):
        Index(index.path, "other").version()


def test_index_of_other_settings_is_emptied_by_the_next_writer(index: Index) -> None:
    put(index, POST)
    other = Index(index.path, "other")

    put(other, named("b"))

    assert titles(other) == ["b"]


def test_reader_notices_that_the_file_was_replaced(index: Index, tmp_path: Path) -> None:
    put(index, POST)
    assert titles(index) == ["A"]
    other = Index(tmp_path / "other.sqlite", index.fingerprint)
    put(other, named("b"))
    with closing(sqlite3.connect(other.path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")

    other.path.replace(index.path)

    assert titles(index) == ["b"]


def test_index_is_shared_between_threads(index: Index) -> None:
    put(index, POST)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: titles(index), range(200)))

    assert found == [["A"]] * 200


def test_index_that_was_open_before_a_fork_is_read_after_it(index: Index) -> None:
    put(index, POST)
    assert titles(index) == ["A"]
    ours, theirs = multiprocessing.Pipe()

    process = multiprocessing.get_context("fork").Process(target=lambda: theirs.send(titles(index)))
    process.start()
    process.join()

    assert ours.recv() == ["A"]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "no database": lambda _: b"garbage" * 1_000,
    "a few bytes": lambda _: b"abc",
    "nothing": lambda _: b"",
    "first half": lambda sound: sound[: len(sound) // 2],
    "header alone is sound": lambda sound: sound[:4096] + b"\xa5" * (len(sound) - 4096),
}


@pytest.fixture(params=DAMAGES.values(), ids=DAMAGES)
def damaged(site: Site, request: pytest.FixtureRequest) -> Site:
    for number in range(1, 10):
        site.write(f"2024-01-0{number}-a.md", tags=[f"t{tag}" for tag in range(99)])
    site.scan()
    path = site.index.path
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    path.write_bytes(request.param(path.read_bytes()))
    return site


def test_damaged_index_is_rebuilt_by_a_scan(damaged: Site) -> None:
    damaged.scan()

    assert len(damaged.index.select(ALL, NEVER)) == 9


def test_damaged_index_is_not_ready_meanwhile(damaged: Site) -> None:
    with pytest.raises(NotReady):
        damaged.index.select(ALL, NEVER)


def test_damaged_file_is_moved_aside_and_told_of(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.publish()
    site.index.path.write_bytes(b"garbage" * 1_000)

    with caplog.at_level(logging.WARNING):
        site.scan()

    assert (site.posts.parent / "index.damaged").read_bytes().startswith(b"garbage")
    assert "file is not a database: moved to index.damaged" in caplog.text


@pytest.mark.parametrize("table", ["meta", "files", "texts", "names", "terms", "bodies", "problems", "refs", "changes"])
def test_index_without_one_of_its_tables_is_rebuilt(site: Site, table: str) -> None:
    site.publish()
    with closing(sqlite3.connect(site.index.path)) as connection:
        connection.execute(f"DROP TABLE {table}")
    with suppress(NotReady):  # told by a reader, or by the scan itself
        titles(site.index)

    site.publish("2024-01-02-b.md")

    assert titles(site.index) == ["2024-01-02-b", "2024-01-01-a"]


def test_reader_that_asks_just_before_the_first_scan_ends_moves_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish()
    index = site.index
    early, connect = Mock(), index.connection
    early.execute.side_effect = sqlite3.OperationalError("no such table: files")
    early.execute.side_effect.sqlite_errorcode = sqlite3.SQLITE_ERROR
    connections = iter([early])
    monkeypatch.setattr(type(index), "connection", lambda _: next(connections, None) or connect())

    with pytest.raises(NotReady):
        index.query("SELECT path FROM files")

    assert titles(index) == ["2024-01-01-a"]


def test_damage_a_reader_finds_makes_room_for_a_new_index(site: Site) -> None:
    site.publish()
    index = site.index
    assert titles(index)
    with closing(sqlite3.connect(index.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'terms'").fetchone()
    with index.path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)

    with pytest.raises(NotReady):
        Index(index.path, index.fingerprint).select(ALL, NEVER)

    assert not index.path.exists()


WAL_DAMAGES: dict[str, Callable[[Path], object]] = {
    "other bytes": lambda wal: wal.write_bytes(b"\xa5" * wal.stat().st_size),
    "fewer bytes": lambda wal: wal.write_bytes(b"\xa5" * 100),
    "more bytes": lambda wal: wal.write_bytes(b"\xa5" * 2 * wal.stat().st_size),
    "first half": lambda wal: wal.write_bytes(wal.read_bytes()[: wal.stat().st_size // 2]),
    "nothing": lambda wal: wal.write_bytes(b""),
    "zeros": lambda wal: wal.write_bytes(bytes(wal.stat().st_size)),
    "gone": lambda wal: wal.unlink(),
}


@pytest.mark.parametrize("damage", WAL_DAMAGES.values(), ids=WAL_DAMAGES)
@pytest.mark.parametrize("finder", ["reader", "writer"])
def test_log_of_changes_that_is_damaged_while_it_is_read_is_replaced(
    site: Site, damage: Callable[[Path], object], finder: str
) -> None:
    reader = site.index
    for title in ("one", "two"):
        for number in range(1, 10):
            site.write(f"2024-01-0{number}-a.md", title=title, tags=[f"t{tag}" for tag in range(99)])
        site.scan()
        assert set(titles(reader)) == {title}
    damage(Path(f"{site.index.path}-wal"))
    if finder == "reader":
        with suppress(NotReady):
            titles(site.index)

    site.publish("2024-01-01-a.md", title="three")

    assert sorted(titles(reader)) == ["three", *["two"] * 8]


def test_body_is_not_kept_in_a_damaged_index(index: Index) -> None:
    put(index, POST)
    index.path.write_bytes(b"garbage" * 1_000)

    index.keep_bodies({POST: Cleaned("body", "")}, "cleaner")

    assert index.path.read_bytes().startswith(b"garbage")


def write_text(path: Path) -> None:
    path.write_text("my thesis\n" * 999)


def make_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE meta (mine TEXT); INSERT INTO meta VALUES ('thesis')")


@pytest.mark.parametrize("make", [write_text, make_database])
def test_file_of_somebody_else_is_never_written_to(site: Site, make: Callable[[Path], None]) -> None:
    make(site.index.path)
    before = site.index.path.read_bytes()

    with pytest.raises(StorageError, match="not made by feedsvc: name another file"):
        site.scan()
    with pytest.raises(NotReady):
        site.index.version()

    assert site.index.path.read_bytes() == before
    assert [file.name for file in site.posts.parent.iterdir() if file.is_file()] == [site.index.path.name]


def test_index_that_another_version_left_is_ours(site: Site) -> None:
    site.publish()
    site.index.lock.unlink()

    site.scan()

    assert site.index.is_current()


@pytest.mark.parametrize("place", ["folder", "file/index.sqlite"])
def test_index_that_cannot_be_written_is_told_in_a_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match=r"^index: '.*': .*"):
        put(Index(tmp_path / place, "x"), POST)


def test_full_disk_leaves_the_version_before(index: Index) -> None:
    put(index, POST)
    before = index.version()

    def fill() -> None:
        with index.update() as writer:
            writer._connection.execute("PRAGMA max_page_count = 1")  # noqa: SLF001 - a broken disk
            writer.put(to_row("large.md", stamp("s"), Reading(named("x" * 50_000))))

    with pytest.raises(StorageError, match="cannot be written: database or disk is full"):
        fill()

    assert (index.version(), titles(index)) == (before, ["A"])


def test_index_in_a_folder_that_is_not_there_makes_it(tmp_path: Path) -> None:
    index = Index(tmp_path / "a" / "b" / "index.sqlite", "x")

    put(index, POST)

    assert titles(index) == ["A"]


def test_second_writer_waits_for_the_first(index: Index) -> None:
    put(index, POST)

    def second() -> None:
        put(Index(index.path, index.fingerprint), named("second"))

    with ThreadPoolExecutor(1) as pool:
        with index.update() as writer:
            waiting = pool.submit(second)
            wait_until(lambda: threads_within(second, Index.update.__wrapped__))  # type: ignore[attr-defined]
            writer.put(to_row("first.md", stamp("s"), Reading(named("first"))))
            was_waiting = not waiting.done()
        waiting.result()

    assert (was_waiting, titles(index)) == (True, ["A", "first", "second"])
