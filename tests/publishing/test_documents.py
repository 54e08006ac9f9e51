"""Documents in memory: their coded variants, and what is served while one cannot be made."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import brotli
import pytest

from feedsvc.entries import Document
from feedsvc.models import Content, FeedRequest, Format, Scope
from feedsvc.publishing import cache as cache_module
from feedsvc.render import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

BASE = "https://example.org"
ALL = FeedRequest(Scope(), Format.JSON, 20, Content.FULL)


def write_json_with(write: Callable[[object], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, Format.JSON, replace(FORMATS[Format.JSON], write=write))


def fails(_: object) -> bytes:
    raise ZeroDivisionError


def titles(document: Document) -> list[str]:
    return [item["title"] for item in json.loads(document.body)["items"]]


@pytest.mark.parametrize(("coding", "undo"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_variant_decodes_to_the_document(site: Site, coding: str, undo: Callable[[bytes], bytes]) -> None:
    site.publish()
    document = site.publisher.feed(ALL, BASE)

    assert undo(site.publisher.documents.variant(document, coding).body) == document.body


def test_variant_is_made_once(site: Site) -> None:
    site.publish()
    publisher = site.publisher
    document = publisher.feed(ALL, BASE)

    assert publisher.documents.variant(document, "gzip") is publisher.documents.variant(document, "gzip")


def test_feed_that_cannot_be_made_is_given_as_it_was_and_made_again_once_it_can(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "FAILED_SECONDS", 0)
    site.publish()
    ours = site.publisher
    before = ours.feed(ALL, BASE)
    site.publish("2024-01-02-b.md")

    with monkeypatch.context() as broken:
        write_json_with(fails, broken)
        meanwhile = ours.feed(ALL, BASE)

    assert meanwhile == replace(before, keep=False)
    assert titles(ours.feed(ALL, BASE)) == ["2024-01-02-b", "2024-01-01-a"]


def test_feed_that_cannot_be_made_is_a_line_of_the_log_with_the_reason(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site.publish()
    ours = site.publisher
    ours.feed(ALL, BASE)
    site.publish("2024-01-02-b.md")
    write_json_with(fails, monkeypatch)

    ours.feed(ALL, BASE)

    assert caplog.messages == [f"{ALL}: cannot be made: ZeroDivisionError(); serving its last version"]


def test_feed_that_could_never_be_made_is_an_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    write_json_with(fails, monkeypatch)
    site.publish()

    with pytest.raises(ZeroDivisionError):
        site.publisher.feed(ALL, BASE)


def test_20_clients_of_a_feed_that_cannot_be_made_cost_one_try(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.publish()
    ours = site.publisher
    before = ours.feed(ALL, BASE)
    site.publish("2024-01-02-b.md")
    tries: list[object] = []
    write_json_with(lambda feed: (tries.append(feed), fails(feed)), monkeypatch)

    with ThreadPoolExecutor(20) as pool:
        given = set(pool.map(lambda _: ours.feed(ALL, BASE).body, range(20)))

    assert (given, len(tries)) == ({before.body}, 1)
