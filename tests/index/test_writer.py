"""The transaction in which a scan fills the index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from feedsvc.files import Stamp
from feedsvc.index import database, file_table
from feedsvc.index.queries import Index
from feedsvc.index.records import to_row
from feedsvc.index.schema import Layout
from feedsvc.models import EPOCH, NEVER, Content, FeedRequest, Format, Post, Reading, Scope, ScopeKind

if TYPE_CHECKING:
    from pathlib import Path

ALL = FeedRequest(Scope(ScopeKind.ALL, ""), Format.RSS, 20, Content.FULL)


def post(number: int) -> Post:
    moment = EPOCH + timedelta(days=number)
    return Post(f"{number}.md", f"{number}", moment, moment, tags=("a", "b"), summary="word " * 100)


def put(index: Index, *posts: Post) -> None:
    with index.update() as transaction:
        for one in posts:
            transaction.put(to_row(one.path, Stamp(one.size), Reading(one)))


def test_every_index_of_a_new_file_is_made(tmp_path: Path) -> None:
    put(Index(tmp_path / "i.db", ""), post(1))

    with closing(sqlite3.connect(tmp_path / "i.db")) as connection:
        made = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql <> ''").fetchall()
    assert sorted(sql for (sql,) in made) == sorted(filter(None, map(str.strip, Layout("").indexes())))


def test_posts_are_in_order_however_many_terms_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_table, "MAX_WAITING", 4)
    index = Index(tmp_path / "i.db", "")

    put(index, *map(post, (3, 1, 5, 2, 4)))

    assert [one.title for one in index.select(ALL, NEVER)] == ["5", "4", "3", "2", "1"]


def test_post_that_comes_and_goes_in_one_transaction_is_in_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path / "i.db", "")

    with index.update() as transaction:
        for one in (post(1), post(2), replace(post(1), title="again")):
            transaction.put(to_row(one.path, Stamp(1), Reading(one)))
        transaction.remove("2.md")

    assert [one.title for one in index.select(ALL, NEVER)] == ["again"]


def test_journal_of_a_first_scan_is_cut_by_the_next_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MAX_JOURNAL", 100_000)
    index = Index(tmp_path / "i.db", "")
    put(index, post(500))
    index.select(ALL, NEVER, count=1)  # this connection stays, and with it the journal
    journal = tmp_path / "i.db-wal"

    put(index, *map(post, range(500)))
    before = journal.stat().st_size
    with closing(sqlite3.connect(tmp_path / "i.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint")
    put(index, post(501))

    assert journal.stat().st_size <= 100_000 < before
