"""Responses from memory: that they come without Flask, are current, and no client can notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest
from flask import request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings


@pytest.fixture
def entered(site: Site) -> list[str]:
    """The paths with which Flask was entered."""
    seen: list[str] = []
    site.app.before_request(lambda: seen.append(request.path))
    return seen


@pytest.fixture
def patient(site: Site) -> Site:
    """A site that looks at its index as seldom as under load."""
    site.patience = 0.2
    return site


@pytest.mark.parametrize("target", ["/rss.xml", "/", "/feed.json?limit=1", "/posts/2024-01-01-a/"])
def test_second_request_is_answered_without_flask_and_the_same(site: Site, entered: list[str], target: str) -> None:
    site.publish()

    replies = [site.get(target, accept_encoding="gzip") for _ in range(3)]

    assert (len(entered), replies[1:]) == (1, [replies[0]] * 2)


def test_second_poll_is_answered_without_flask(site: Site, entered: list[str]) -> None:
    site.publish()
    etag = site.get("/rss.xml").headers["ETag"]

    replies = [site.get("/rss.xml", if_none_match=etag) for _ in range(3)]

    assert ([reply.status for reply in replies], len(entered)) == ([304] * 3, 2)


def test_head_is_not_answered_with_a_body_that_get_was(site: Site) -> None:
    site.publish()
    get = site.get("/rss.xml")

    heads = [site.get("/rss.xml", method="HEAD") for _ in range(2)]

    assert [(head.headers, head.body) for head in heads] == [(get.headers, b"")] * 2


@pytest.mark.parametrize(
    ("header", "value"),
    [
        *((name, "x") for name in ("if_none_match", "if_modified_since", "if_match", "if_unmodified_since")),
        ("accept_encoding", "gzip"),
        ("sec_fetch_dest", "document"),
    ],
)
def test_request_with_another_header_is_another_request(
    site: Site, entered: list[str], header: str, value: str
) -> None:
    site.publish()
    site.get("/rss.xml")

    site.get("/rss.xml", **{header: value})

    assert len(entered) == 2


@pytest.mark.parametrize(
    ("header", "values", "requests"),
    [
        ("sec_fetch_dest", ["document", *(f"x{number}" for number in range(300))], 2),
        ("sec_fetch_dest", ["", "empty", "iframe", "Document", "document, document"], 1),
        ("accept_encoding", [f"x{number}" for number in range(300)], 1),
        ("accept_encoding", [f"gzip, x{number};q=0.{number}" for number in range(300)], 1),
        ("accept_encoding", ["br", "BR", "gzip, br", "br;q=0.9, gzip;q=0.8", "*", "gzip, deflate, br, zstd"], 1),
        ("accept_encoding", ["gzip", "x-gzip", "gzip;q=0.5", "br;q=0, *", "br", "identity", "", "gzip;q=0"], 3),
    ],
    ids=["made-up destinations", "no navigation", "made-up codings", "made-up beside gzip", "Brotli", "all three"],
)
def test_spellings_that_mean_the_same_are_one_request(
    site: Site, entered: list[str], header: str, values: list[str], requests: int
) -> None:
    site.publish(body="Text. " * 500)

    replies = {site.get("/rss.xml", **{header: value}).body for value in values}

    assert (len(entered), len(replies)) == (requests, requests if header == "accept_encoding" else 1)


def test_many_responses_with_one_body_take_its_room_once(
    site: Site, make_site: Callable[[Settings], Site], entered: list[str]
) -> None:
    small = make_site(replace(site.settings, cache_bytes=200_000))
    small.app.before_request(lambda: entered.append(request.path))
    small.publish(body="x" * 30_000)
    tags = [f'"{number}"' for number in range(20)]  # 20 times the body is more than there is room for
    for _ in range(2):
        for tag in tags:
            small.get("/feed.json", if_none_match=tag)

    assert len(entered) == len(tags)


def test_change_shows_once_the_patience_is_over(patient: Site, until: Callable[[Callable[[], object]], None]) -> None:
    patient.publish(title="old")
    patient.get("/rss.xml")

    patient.publish(title="new")

    until(lambda: "new" in patient.get("/rss.xml").text)


def test_nobody_sees_an_old_answer_after_a_new_one(patient: Site) -> None:
    patient.publish(title="old")
    patient.get("/rss.xml")
    patient.publish(title="new")
    patient.get("/feed.json")  # not known, so asked of the index

    assert "new" in patient.get("/rss.xml").text


def test_scan_that_moves_a_post_enters_flask_again(site: Site, entered: list[str]) -> None:
    site.publish()
    site.get("/rss.xml")

    site.publish("2024-01-02-b.md", title="new")

    assert ("new" in site.get("/rss.xml").text, len(entered)) == (True, 2)


def test_post_that_becomes_due_enters_flask_again(site: Site, entered: list[str]) -> None:
    site.now = datetime.now(UTC)
    site.publish("a.md", title="due", date=(site.now + timedelta(seconds=90)).isoformat())
    site.get("/rss.xml")

    site.now += timedelta(seconds=90)

    assert ("due" in site.get("/rss.xml").text, len(entered)) == (True, 2)


def test_clock_that_is_set_by_a_year_changes_no_byte_and_dates_nothing_ahead(site: Site, entered: list[str]) -> None:
    site.publish()
    real = datetime.now(UTC)
    dated = set()

    for days in (0, 365, -365, 0):
        site.now = real + timedelta(days=days)
        reply, *_ = [site.get("/rss.xml") for _ in range(20)]
        modified = parsedate_to_datetime(reply.headers["Last-Modified"])
        dated.add((reply.status, reply.headers["ETag"], modified <= site.now))

    assert len(dated) == 1
    assert all(is_past for *_, is_past in dated)
    assert len(entered) <= 4


def lose(index: Path) -> None:
    index.unlink()


def damage(index: Path) -> None:
    index.unlink()
    index.write_bytes(b"garbage" * 1_000)


@pytest.mark.parametrize("befall", [lose, damage])
def test_index_that_is_lost_or_damaged_leaves_known_answers_and_heals(
    site: Site, befall: Callable[[Path], None]
) -> None:
    site.publish()
    before = site.get("/rss.xml")

    befall(site.index.path)
    meanwhile = [site.get("/rss.xml"), site.get("/atom.xml").status]
    site.publish("2024-01-02-new.md")

    assert meanwhile == [before, 503]
    assert "new" in site.get("/rss.xml").text


def test_hosts_do_not_share_a_document(site: Site) -> None:
    site.publish()

    bodies = [site.get("/rss.xml", host=host).text for host in ("a.example", "b.example", "a.example")]

    assert ["a.example" in body for body in bodies] == [True, False, True]


def test_hosts_that_are_made_up_push_no_document_out(site: Site, entered: list[str]) -> None:
    site.publish()
    for host in ("a.example", *(f"{number}.example" for number in range(20)), "a.example"):
        site.get("/rss.xml", host=host)
    entered.clear()

    for host in ("a.example", "19.example"):
        site.get("/rss.xml", host=host)

    assert len(entered) == 1


def test_case_of_the_host_makes_no_other_document(site: Site) -> None:
    site.publish()

    replies = [site.get("/rss.xml", host=host) for host in ("a.example", "A.Example")]

    assert replies[0] == replies[1]


def test_document_of_a_file_that_just_changed_is_not_remembered(site: Site, entered: list[str]) -> None:
    site.publish(body="old")
    site.write("2024-01-01-a.md", "new")

    site.get("/rss.xml")
    site.get("/rss.xml")

    assert len(entered) == 2


@pytest.mark.parametrize(("room", "times"), [(0, 2), (5_000, 2), (100_000, 1)])
def test_documents_are_remembered_within_the_bytes_set_for_them(
    site: Site, make_site: Callable[[Settings], Site], room: int, times: int
) -> None:
    small = make_site(replace(site.settings, cache_bytes=room))
    small.publish()
    made: list[str] = []
    small.app.before_request(lambda: made.append(request.path))

    small.get("/rss.xml")
    small.get("/rss.xml")

    assert len(made) == times


@pytest.fixture
def crowded(site: Site, make_site: Callable[[Settings], Site]) -> tuple[Site, list[str]]:
    """A site that remembers two answers, not three; the queries with which Flask was entered."""
    small = make_site(replace(site.settings, cache_bytes=12_000))
    small.publish()
    seen: list[str] = []
    small.app.before_request(lambda: seen.append(request.query_string.decode()))
    return small, seen


def test_full_memory_forgets_all_answers_for_the_next_one(crowded: tuple[Site, list[str]]) -> None:
    site, seen = crowded
    for query in ("1", "2", "1", "2", "3"):
        site.get(f"/feed.json?{query}")
    seen.clear()

    for query in ("3", "1", "3", "1"):
        site.get(f"/feed.json?{query}")

    assert seen == ["1"]


def test_answer_too_large_to_be_remembered_is_given_all_the_same(crowded: tuple[Site, list[str]]) -> None:
    site, seen = crowded
    site.publish(body="x" * 7_000)

    replies = [site.get("/feed.json").status for _ in range(2)]

    assert (replies, seen) == ([200, 200], ["", ""])
