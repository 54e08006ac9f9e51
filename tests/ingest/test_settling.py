"""Settling: a folder that is suddenly empty keeps its posts for a while, and files that are being written wait."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from waiting import Clock

from feedsvc.errors import FolderError
from feedsvc.ingest.scanner import scan
from feedsvc.ingest.settling import Settling
from feedsvc.models import NEVER, Content, FeedRequest, Format, Scope

if TYPE_CHECKING:
    from conftest import Site

NAME = "2024-01-01-a.md"
HALF = '{"title": "B"}\n\nThe first half'
ALL = FeedRequest(Scope(), Format.RSS, 200, Content.FULL)


def titles(site: Site) -> list[str]:
    return [post.title for post in site.index.select(ALL, NEVER)]


def scan_at(site: Site, settling: Settling, clock: Clock, now: float) -> list[str]:
    """Scan at a time; give the titles that are shown then."""
    clock.now = now
    with suppress(FolderError):
        scan(site.settings, site.index, settling=settling)
    return titles(site)


@pytest.mark.parametrize(("empty_for", "shown"), [(0, ["A"]), (299, ["A"]), (300, []), (301, [])])
def test_posts_of_a_folder_that_is_empty_are_shown_for_an_interval(
    site: Site, empty_for: int, shown: list[str]
) -> None:
    clock = Clock()
    settling = Settling(replace(site.settings, scan_interval=300), clock=clock)
    site.publish(NAME, title="A").unlink()
    scan_at(site, settling, clock, 2_000)

    assert scan_at(site, settling, clock, 2_000 + empty_for) == shown


def test_folder_that_is_empty_again_is_waited_for_from_then_on(site: Site) -> None:
    clock = Clock()
    settling = Settling(replace(site.settings, scan_interval=300), clock=clock)
    file = site.publish(NAME, title="A")
    away = file.rename(site.posts.parent / NAME)
    scan_at(site, settling, clock, 2_000)
    away.rename(file)
    scan_at(site, settling, clock, 2_100)
    file.unlink()
    scan_at(site, settling, clock, 2_400)

    assert [scan_at(site, settling, clock, now) for now in (2_699, 2_700)] == [["A"], []]


def test_folder_without_a_post_from_the_start_is_not_waited_for(site: Site) -> None:
    report = scan(site.settings, site.index, settling=Settling(site.settings))

    assert (report.read, site.index.is_current()) == (0, True)


def test_emptiness_is_refused_for_as_long_as_an_interval(site: Site) -> None:
    now = 10.0
    settling = Settling(replace(site.settings, scan_interval=60), clock=lambda: now)
    for now in (10.0, 69.9):  # noqa: B007 - the clock
        with pytest.raises(FolderError, match="suddenly empty"):
            settling.refuse_emptiness(is_empty=True)

    now = 70.0

    settling.refuse_emptiness(is_empty=True)


def test_first_scan_waits_for_no_file(site: Site) -> None:
    (site.posts / "2024-01-01-a.md").write_text(HALF)

    scan(site.settings, site.index, settling=Settling(site.settings))

    assert titles(site) == ["B"]
