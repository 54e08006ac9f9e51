"""Small sites of each generator, and what its own feeds say of them: here every feed at its old URL says the same.

`tests/data/sites/make_truth.py` writes what they say; there is no difference.
"""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from lxml import etree

from feedsvc.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings

FOLDER = Path(__file__).parents[2] / "data" / "sites"
TRUTHS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the indexes of the sites, which are only ever read, from test to test."""
    return tmp_path_factory.mktemp("indexes")


@pytest.fixture
def open_site(indexes: Path, make_site: Callable[[Settings], Site]) -> Callable[[str], Site]:
    """Read one of the sites."""

    def opened(name: str) -> Site:
        site = make_site(load_settings({"posts": FOLDER / name, "index": indexes / f"{name}.sqlite"}))
        site.scan()
        return site

    return opened


def entries_of(feed: bytes) -> list[dict[str, Any]]:
    """Return the entries of a feed as `make_truth.py` does."""
    root = etree.fromstring(feed)
    if root.tag == f"{ATOM}feed":
        return [_atom_entry(entry) for entry in root.iter(f"{ATOM}entry")]
    return [_rss_item(item) for item in root.iter("item")]


def _atom_entry(entry: Any) -> dict[str, Any]:
    names = sorted(category.get("term") for category in entry.iter(f"{ATOM}category"))
    published = datetime.fromisoformat(entry.findtext(f"{ATOM}published"))
    link = entry.find(f"{ATOM}link").get("href")
    return _to_entry(entry.findtext(f"{ATOM}id"), link, entry.findtext(f"{ATOM}title"), published, names)


def _rss_item(item: Any) -> dict[str, Any]:
    names = sorted(category.text for category in item.iter("category"))
    published = parsedate_to_datetime(item.findtext("pubDate"))
    return _to_entry(item.findtext("guid"), item.findtext("link"), item.findtext("title"), published, names)


def _to_entry(id_: str, link: str, title: str, published: datetime, names: list[str]) -> dict[str, Any]:
    return {"id": id_, "link": link, "title": unescape(title), "published": published, "names": names}


def to_expected(row: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of the truth; a link is compared percent-encoded."""
    link = quote(row["link"], safe="/:%?#[]@!$&'()*+,;=~")
    return {**row, "link": link, "title": unescape(row["title"]), "published": datetime.fromisoformat(row["published"])}


FEEDS = [pytest.param(name, path, id=name + path) for name, feeds in TRUTHS.items() for path in feeds]


@pytest.mark.parametrize(("name", "path"), FEEDS)
def test_every_feed_says_what_the_generators_own_said(open_site: Callable[[str], Site], name: str, path: str) -> None:
    site = open_site(name)
    expected = [to_expected(row) for row in TRUTHS[name][path]]

    reply = site.get(quote(path), http_host=urlsplit(site.settings.base_url).netloc or "localhost")

    assert reply.status == 200
    found = entries_of(reply.body)
    has_names = any(row["names"] for row in expected)  # Hugo's feeds and Zola's carry none
    fields = ["id", "link", "title", "published", *(["names"] if has_names else [])]
    assert [row["title"] for row in found] == [row["title"] for row in expected]
    different = {
        (row["title"], field)
        for row, ours in zip(expected, found, strict=True)
        for field in fields
        if row[field] != ours[field]
    }
    assert different == set()
