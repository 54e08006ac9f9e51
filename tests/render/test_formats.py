"""A format is one row of `FORMATS`: with it, its feeds are served, listed on pages and exported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from feedsvc.export import export, open_destination
from feedsvc.render import FORMATS, FeedFormat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.entries import Feed
    from feedsvc.settings import Settings

BASE = "https://example.org"
PLAIN = "text/plain; charset=utf-8"


def to_text(feed: Feed) -> bytes:
    return "\n".join([feed.title, *(f"{entry.title} {entry.link}" for entry in feed.entries)]).encode()


@pytest.fixture
def plain(settings: Settings, make_site: Callable[[Settings], Site], monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a site of one tagged post, served in one more format than there is."""
    monkeypatch.setitem(FORMATS, "text", FeedFormat("feed.txt", PLAIN, "Plain text", to_text))
    site = make_site(replace(settings, base_url=BASE, title="Daily"))
    site.publish(tags=["x"])
    return site


def links(site: Site, path: str, selector: str) -> list[tuple[str, str]]:
    found = BeautifulSoup(site.get(path).text, "lxml").select(selector)
    return [(str(link.get("title") or link.get("aria-label") or link.text), str(link["href"])) for link in found]


@pytest.mark.parametrize(
    ("path", "title"),
    [("/feed.txt", "Daily"), ("/tags/x/feed.txt", "Daily · tag x"), ("/feed.txt?not_tag=y", "Daily · not tag y")],
)
def test_another_format_is_served(plain: Site, path: str, title: str) -> None:
    reply = plain.get(path)

    assert (reply.status, reply.headers["Content-Type"]) == (200, PLAIN)
    assert reply.text == f"{title}\n2024-01-01-a {BASE}/posts/2024-01-01-a/"


def test_another_format_is_announced_by_pages(plain: Site) -> None:
    assert links(plain, "/tags/x/", "link[rel=alternate]")[-1] == ("tag x (Plain text)", f"{BASE}/tags/x/feed.txt")


def test_another_format_is_offered_by_pages(plain: Site) -> None:
    offered = [("RSS", "rss.xml"), ("Atom", "atom.xml"), ("JSON Feed", "feed.json"), ("Plain text", "feed.txt")]

    assert links(plain, "/", ".formats a") == [(label, f"./{file}") for label, file in offered]


def test_another_format_is_offered_by_the_page_of_a_name(plain: Site) -> None:
    assert links(plain, "/tags/x/", ".formats a")[-1] == ("Plain text", "../../tags/x/feed.txt")


def test_another_format_leaves_the_list_of_feeds_as_it_is(plain: Site) -> None:
    assert (plain.get("/feeds.opml").text.count("rss.xml"), "feed.txt" in plain.get("/feeds.opml").text) == (2, False)


def test_another_format_is_exported(plain: Site, tmp_path: Path) -> None:
    with open_destination(str(tmp_path / "out"), plain.posts) as destination:
        export(plain.publisher, destination)

    assert (tmp_path / "out/tags/x/feed.txt").read_bytes() == plain.get("/tags/x/feed.txt").body


def test_file_of_another_format_is_a_name_without_its_row(site: Site) -> None:
    site.publish(tags=["x"])

    assert [site.get(path).status for path in ("/feed.txt", "/tags/x/feed.txt")] == [404, 404]
