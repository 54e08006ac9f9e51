"""What crawlers find: a sitemap of every page, in parts if there are many, and robots.txt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from feedsvc.publishing import crawlers

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings

BASE = "http://feeds.example.org"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
TOKEN = "a-token-of-readers"


@pytest.fixture
def site(site: Site) -> Site:
    site.now = datetime(2024, 6, 1, tzinfo=UTC)
    site.write("2024-01-01-a.md", tags=["联合早报", "a&b", "ci/cd", ".."], updated="2024-03-01 10:00")
    site.write("sub/2024-01-02-图.md", author="Li")
    site.write("2024-07-01-later.md", tags=["later"])
    site.write("2024-01-03-draft.md", draft=True)
    site.scan()
    return site


def urls_in(body: bytes, kind: str = "url") -> list[str]:
    root = ET.fromstring(body)
    return [element.findtext(f"{NAMESPACE}loc", "") for element in root.iter(f"{NAMESPACE}{kind}")]


def test_sitemap_lists_every_page_once_by_its_canonical_url(site: Site) -> None:
    reply = site.get("/sitemap.xml")

    urls = urls_in(reply.body)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert sorted(urls) == sorted(
        [
            *(f"{BASE}/{path}" for path in ("", "tags/", "authors/", "posts/2024-01-01-a/", "authors/Li/")),
            f"{BASE}/posts/sub/2024-01-02-{quote('图')}/",
            f"{BASE}/tags/{quote('联合早报')}/",
            f"{BASE}/tags/a%26b/",
            f"{BASE}/tags/ci%2Fcd/",
        ]
    )
    assert {site.get(url.removeprefix(BASE)).status for url in urls} == {200}


def test_sitemap_names_the_last_change_of_a_post(site: Site) -> None:
    root = ET.fromstring(site.get("/sitemap.xml").body)

    changes = {e.findtext(f"{NAMESPACE}loc"): e.findtext(f"{NAMESPACE}lastmod") for e in root}

    assert changes[f"{BASE}/posts/2024-01-01-a/"] == "2024-03-01T10:00:00+00:00"
    assert None not in changes.values()


def test_sitemap_changes_with_the_posts(site: Site) -> None:
    before = site.get("/sitemap.xml")
    site.publish("2024-02-01-new.md")

    after = site.get("/sitemap.xml", if_none_match=before.headers["ETag"])

    assert (after.status, f"{BASE}/posts/2024-02-01-new/" in urls_in(after.body)) == (200, True)


@pytest.mark.parametrize("target", ["/sitemap.xml", "/robots.txt"])
def test_sitemaps_and_robots_answer_conditional_requests_and_head(site: Site, target: str) -> None:
    get = site.get(target)

    again = site.get(target, if_none_match=get.headers["ETag"])
    head = site.get(target, method="HEAD")

    assert (get.status, again.status, again.body) == (200, 304, b"")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(get.body)))
    assert get.headers["Cache-Control"].startswith("max-age=")


def test_many_pages_are_in_several_sitemaps(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = set(urls_in(site.get("/sitemap.xml").body))
    monkeypatch.setattr(crawlers, "MAX_URLS", 2)
    site.publish("2024-01-01-another.md")

    parts = urls_in(site.get("/sitemap.xml").body, "sitemap")
    found = [urls_in(site.get(part.removeprefix(BASE)).body) for part in parts]

    every = [url for urls in found for url in urls]
    assert parts[:3] == [f"{BASE}/sitemap-{name}.xml" for name in ("pages-1", "pages-2", "posts-1")]
    assert (max(map(len, found)), len(every), set(every)) == (
        2,
        len(set(every)),
        whole | {f"{BASE}/posts/2024-01-01-another/"},
    )


@pytest.mark.parametrize(
    "name", ["posts-0", "posts-2", "posts-01", "posts", "posts--1", "none-1", "posts-99999999999", "pages-٣", "-1"]
)
def test_other_names_are_no_sitemaps(site: Site, name: str) -> None:
    assert site.get(f"/sitemap-{quote(name)}.xml").status == 404


def test_folder_without_posts_has_a_valid_sitemap(settings: Settings, make_site: Callable[[Settings], Site]) -> None:
    empty = make_site(settings)
    empty.scan()

    assert urls_in(empty.get("/sitemap.xml").body) == [f"{BASE}/"]


def test_base_url_makes_the_urls(site: Site, make_site: Callable[[Settings], Site]) -> None:
    other = make_site(replace(site.settings, base_url="https://example.org/a&b"))
    other.scan()

    assert "https://example.org/a&b/posts/2024-01-01-a/" in urls_in(other.get("/sitemap.xml").body)
    assert "Sitemap: https://example.org/a&b/sitemap.xml\n" in other.get("/robots.txt").text


def test_robots_lead_to_the_sitemap_and_keep_out_of_searches(site: Site) -> None:
    reply = site.get("/robots.txt")

    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert reply.text.splitlines() == [
        "User-agent: *",
        "Disallow: /*?q=",
        "Disallow: /*&q=",
        "",
        f"Sitemap: {BASE}/sitemap.xml",
    ]


def test_private_service_refuses_crawlers_and_shows_them_no_sitemap(
    site: Site, make_site: Callable[[Settings], Site]
) -> None:
    private = make_site(replace(site.settings, reader_token=TOKEN))

    robots, sitemap = private.get("/robots.txt"), private.get("/sitemap.xml")

    assert (robots.status, robots.text) == (200, "User-agent: *\nDisallow: /\n")
    assert (sitemap.status, private.get(f"/sitemap.xml?token={TOKEN}").status) == (401, 200)
    assert "private" in robots.headers["Cache-Control"]
