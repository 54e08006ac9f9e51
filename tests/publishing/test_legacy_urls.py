"""Addresses that subscribers hold from other generators, asked of a running application."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from lxml import etree

from feedsvc.config import load_settings
from feedsvc.errors import SettingError
from feedsvc.models import Scope, ScopeKind
from feedsvc.publishing.legacy_urls import own_paths
from feedsvc.setting_sources import from_toml, merge
from feedsvc.sites import OwnFeed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def moved(site: Site) -> Site:
    """A site with a tag, a category and an author."""
    site.publish("2024-01-01-a.md", tags=["Web Dev", "泡泡"], categories=["News", "Parent", "Child"], author="Li Wei")
    return site


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # jekyll-feed and hand-made Jekyll
        ("/feed.xml", "/atom.xml"),
        ("/feed.xml/", "/atom.xml"),
        ("/feed/by_tag/Web Dev.xml", "/tags/Web%20Dev/atom.xml"),
        ("/feed/by_tag/泡泡.xml", "/tags/%E6%B3%A1%E6%B3%A1/atom.xml"),
        ("/feed/News.xml", "/categories/News/atom.xml"),
        ("/feed/posts/News.xml", "/categories/News/atom.xml"),
        ("/feed.atom", "/atom.xml"),
        # jekyll-archives
        ("/tag/web-dev/", "/tags/Web%20Dev/"),
        ("/category/news", "/categories/News/"),
        # WordPress
        ("/feed/", "/rss.xml"),
        ("/feed", "/rss.xml"),
        ("/feed/rss2/", "/rss.xml"),
        ("/feed/rdf/", "/rss.xml"),
        ("/feed/atom/", "/atom.xml"),
        ("/atom/", "/atom.xml"),
        ("/rss2/", "/rss.xml"),
        ("/category/parent/child/feed/", "/categories/Child/rss.xml"),
        ("/category/news/feed/atom/", "/categories/News/atom.xml"),
        ("/category/news/atom", "/categories/News/atom.xml"),
        ("/archives/category/news/feed/", "/categories/News/rss.xml"),
        ("/tag/web-dev/feed/rss2/", "/tags/Web%20Dev/rss.xml"),
        ("/tag/%e6%b3%a1%e6%b3%a1/feed/", "/tags/%E6%B3%A1%E6%B3%A1/rss.xml"),
        ("/author/li-wei/feed/", "/authors/Li%20Wei/rss.xml"),
        ("/?feed=rss2", "/rss.xml"),
        ("/?feed=atom", "/atom.xml"),
        ("/tag/web-dev/?feed=atom", "/tags/Web%20Dev/atom.xml"),
        ("/?s=word&feed=rss2", "/rss.xml?q=word"),
        ("/wp-rss2.php", "/rss.xml"),
        ("/wp-atom.php", "/atom.xml"),
        ("/wp-rdf.php", "/rss.xml"),
        # Hugo
        ("/index.xml", "/rss.xml"),
        ("/index.xml/", "/rss.xml"),
        ("/posts/index.xml", "/rss.xml"),
        ("/tags/index.xml", "/rss.xml"),
        ("/tags/web-dev/index.xml", "/tags/Web%20Dev/rss.xml"),
        ("/categories/news/index.xml", "/categories/News/rss.xml"),
        ("/authors/li-wei/index.xml", "/authors/Li%20Wei/rss.xml"),
        # Ghost
        ("/rss/", "/rss.xml"),
        ("/tag/web-dev/rss/", "/tags/Web%20Dev/rss.xml"),
        ("/author/li-wei/rss/", "/authors/Li%20Wei/rss.xml"),
        ("/blog/rss/", "/rss.xml"),
        # Pelican
        ("/feeds/all.atom.xml", "/atom.xml"),
        ("/feeds/all.rss.xml", "/rss.xml"),
        ("/feeds/news.atom.xml", "/categories/News/atom.xml"),
        ("/feeds/li-wei.atom.xml", "/authors/Li%20Wei/atom.xml"),
        ("/feeds/tag-web-dev.atom.xml", "/tags/Web%20Dev/atom.xml"),
        # Hexo, Eleventy
        ("/rss2.xml", "/rss.xml"),
        ("/feed/feed.xml", "/atom.xml"),
        ("/feed/feed.json", "/feed.json"),
        # Nikola
        ("/index.atom", "/atom.xml"),
        ("/categories/web-dev.xml", "/tags/Web%20Dev/rss.xml"),
        ("/categories/web-dev.atom", "/tags/Web%20Dev/atom.xml"),
        ("/categories/cat_news.xml", "/categories/News/rss.xml"),
        ("/authors/li-wei.xml", "/authors/Li%20Wei/rss.xml"),
    ],
)
def test_old_url_redirects_in_one_hop(moved: Site, old: str, new: str) -> None:
    reply = moved.get(quote(old, safe="/?&=%"))

    assert (reply.status, reply.headers.get("Location")) == (301, new)
    assert moved.get(new).status == 200


@pytest.mark.parametrize("path", ["/atom.xml", "/rss.xml", "/feed.json"])
def test_shared_urls_are_served(moved: Site, path: str) -> None:
    assert moved.get(path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/tag/none/feed/",
        "/tag/parent/web-dev/feed/",  # of WordPress' kinds, only a category has another above it
        "/author/parent/li-wei/feed/",
        "/comments/feed/",
        "/feed/none.xml",
        "/x/y.xml",
        "/wp-rss2.php3",
    ],
)
def test_old_url_of_nothing_is_404(moved: Site, path: str) -> None:
    assert moved.get(path).status == 404


@pytest.mark.parametrize("path", ["/tags/none/rss.xml", "/categories/none/feed.xml", "/tags/none/podcast.xml"])
def test_a_name_that_is_gone_is_not_another_one(site: Site, path: str) -> None:
    site.publish(tags=["rss", "feed", "podcast"])

    assert site.get(path).status == 404


def test_a_slash_too_much_redirects(moved: Site) -> None:
    assert moved.get("/tags/泡泡/rss.xml/").headers["Location"] == "/tags/%E6%B3%A1%E6%B3%A1/rss.xml"


def test_a_tag_that_looks_like_an_old_url_comes_first(site: Site) -> None:
    site.publish(tags=["x", "x/index.xml"])

    assert site.get("/tags/x/index.xml").headers["Location"] == "/tags/x%2Findex.xml/"


# --- a Jekyll site's own -------------------------------------------------------------------------


@pytest.fixture
def jekyll(tmp_path: Path, make_site: Callable[[Settings], Site]) -> Site:
    root = tmp_path / "site"
    (root / "_posts").mkdir(parents=True)
    feed = "feed: {path: /news.xml, posts_limit: 250, tags: {path: tagged}, categories: [Film]}\n"
    (root / "_config.yml").write_text(f"url: https://example.org\nbaseurl: /b\n{feed}", encoding="utf-8")
    for day in range(300):
        text = "---\ntags: [Café]\ncategories: [Film]\n---\nText."
        (root / f"_posts/{2000 + day}-01-01-a.md").write_text(text, encoding="utf-8")
    site = make_site(load_settings({"posts": root, "index": tmp_path / "index.sqlite", "future": True}))
    site.scan()
    return site


@pytest.mark.parametrize("path", ["/news.xml", "/tagged/Caf%C3%A9.xml", "/feed/Film.xml"])
@pytest.mark.parametrize("prefix", ["", "/b"])
def test_own_feed_is_served_where_it_was(jekyll: Site, prefix: str, path: str) -> None:
    reply = jekyll.get(prefix + path)

    feed = etree.fromstring(reply.body)
    links = {link.get("rel"): link.get("href") for link in feed.iterfind("a:link", ATOM)}
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert feed.findtext("a:id", "", ATOM) == f"https://example.org/b{path}"
    assert (links["self"], "next" in links) == (f"https://example.org/b{path}", False)
    assert len(feed.findall("a:entry", ATOM)) == 250


def test_own_feed_takes_no_notice_of_parameters_of_others(jekyll: Site) -> None:
    assert jekyll.get("/news.xml?utm_source=x") == jekyll.get("/news.xml")


def test_own_feed_in_another_case_redirects_to_where_it_was(jekyll: Site) -> None:
    reply = jekyll.get("/tagged/caf%C3%A9.xml")

    assert (reply.status, reply.headers["Location"]) == (301, "https://example.org/b/tagged/Caf%C3%A9.xml")


def test_own_feed_in_a_place_of_ours_comes_first(jekyll: Site, make_site: Callable[[Settings], Site]) -> None:
    assert jekyll.settings.jekyll
    config = replace(jekyll.settings.jekyll, feeds=(OwnFeed("/atom.xml", "atom", 10),))
    other = make_site(replace(jekyll.settings, site=config))
    other.scan()

    assert etree.fromstring(other.get("/atom.xml").body).findtext("a:id", "", ATOM) == "https://example.org/b/atom.xml"


@pytest.mark.parametrize("path", ["/tagged/.xml", "/tagged/%20.xml", "/feed/Drama.xml", "/Film.xml"])
def test_own_feed_of_nothing_is_404(jekyll: Site, path: str) -> None:
    assert jekyll.get(path).status == 404


def test_a_tag_has_no_old_url_where_only_categories_had_feeds(jekyll: Site) -> None:
    assert jekyll.settings.jekyll
    feeds = tuple(feed for feed in jekyll.settings.jekyll.feeds if feed.kind is not ScopeKind.TAG)
    settings = replace(jekyll.settings, site=replace(jekyll.settings.jekyll, feeds=feeds))

    assert list(own_paths([Scope(ScopeKind.TAG, "Film"), Scope(ScopeKind.AUTHOR, "Film")], settings)) == []


# --- aliases -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/old.rdf", 301, "/rss.xml"),
        ("/old-dev", 301, "/tags/Web%20Dev/atom.xml"),
        ("/words", 301, "/rss.xml?limit=3"),
        ("/dead.xml", 410, None),
    ],
)
def test_alias_redirects_to_its_feed_or_is_gone(
    moved: Site, make_site: Callable[[Settings], Site], path: str, status: int, location: str | None
) -> None:
    aliases = (("/old.rdf", "/rss.xml"), ("/old-dev", "/tag/web-dev/feed/atom"), ("/words", "/rss.xml?limit=3"))
    site = make_site(replace(moved.settings, aliases=(*aliases, ("/dead.xml", "gone"))))

    reply = site.get(path)

    assert (reply.status, reply.headers.get("Location")) == (status, location)


def test_aliases_are_read_from_the_settings_file(tmp_path: Path) -> None:
    settings = merge(from_toml('[aliases]\n"/a.xml" = "/rss.xml"\n"/b.xml" = "gone"\n', tmp_path / "feedsvc.toml"))

    assert settings.aliases == (("/a.xml", "/rss.xml"), ("/b.xml", "gone"))


@pytest.mark.parametrize("line", ['"a" = "/rss.xml"', '"/a" = "https://evil.example/"', '"/a" = "//x"', '"/a" = 1'])
def test_an_alias_that_leads_nowhere_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingError, match="must be a path and a feed's path, or 'gone'"):
        from_toml(f"[aliases]\n{line}\n", tmp_path / "feedsvc.toml")
