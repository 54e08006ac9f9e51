"""The views: every address, where it leads, and what is said of one that leads nowhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import feedparser
import pytest
from bs4 import BeautifulSoup

from feedsvc.errors import FeedsvcError
from feedsvc.publishing.publisher import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings

RSS, ATOM = "application/rss+xml; charset=utf-8", "application/atom+xml; charset=utf-8"
JSON, HTML, CSS = "application/feed+json", "text/html; charset=utf-8", "text/css; charset=utf-8"
TAG = quote("联合早报")


@pytest.fixture
def site(site: Site) -> Site:
    site.write("2024-01-01-a.md", title="A", tags=["联合早报", "c++", "a/b", "Big News!"], categories=["x y"])
    site.write("sub/2024-01-02-图.md", title="B", author="Li", tags=["..", "café", "rss.xml", "a # ? % 🎉"])
    site.scan()
    return site


def titles(site: Site, target: str) -> list[str]:
    return [entry.title for entry in feedparser.parse(site.get(target).body).entries]


# --- every address -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "media_type"),
    [
        ("/", HTML),
        ("/rss.xml", RSS),
        ("/atom.xml", ATOM),
        ("/feed.json", JSON),
        (f"/tags/{TAG}/", HTML),
        ("/tags/", HTML),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        (f"/tags/{TAG}/rss.xml", RSS),
        (f"/tags/{TAG}/atom.xml", ATOM),
        (f"/tags/{TAG}/feed.json", JSON),
        ("/categories/x%20y/", HTML),
        ("/categories/x%20y/rss.xml", RSS),
        ("/authors/Li/", HTML),
        ("/authors/Li/atom.xml", ATOM),
        ("/posts/2024-01-01-a/", HTML),
        (f"/posts/sub/2024-01-02-{quote('图')}/", HTML),
        ("/static/feedsvc.css", CSS),
        ("/static/feed.css", CSS),
        ("/healthz", "text/plain; charset=utf-8"),
        ("/readyz", "text/plain; charset=utf-8"),
        ("/status", HTML),
        ("/status.json", "application/json"),
    ],
)
@pytest.mark.usefixtures("compared")
def test_address_is_served(site: Site, target: str, media_type: str) -> None:
    reply = site.get(target)

    assert (reply.status, reply.headers["Content-Type"]) == (200, media_type)


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/rss.xml", ["B", "A"]),
        ("/atom.xml", ["B", "A"]),
        (f"/tags/{TAG}/rss.xml", ["A"]),
        ("/tags/c%2B%2B/rss.xml", ["A"]),
        ("/tags/c++/rss.xml", ["A"]),
        ("/tags/a%2Fb/rss.xml", ["A"]),
        ("/tags/a/b/rss.xml", ["A"]),
        ("/tags/rss.xml/rss.xml", ["B"]),
        (f"/tags/{quote('a # ? % 🎉')}/rss.xml", ["B"]),
        ("/rss.xml?tag=..", ["B"]),
        ("/rss.xml?author=Li", ["B"]),
        ("/rss.xml?not_author=Li", ["A"]),
        (f"/rss.xml?tag={TAG}", ["A"]),
        ("/rss.xml?tag=联合早报", ["A"]),
        ("/rss.xml?tag=联合早报&tag=caf%C3%A9", ["B", "A"]),
        ("/rss.xml?tag=none", []),
        ("/rss.xml?limit=1", ["B"]),
        ("/rss.xml?limit=1&page=2", ["A"]),
        ("/rss.xml?limit=999", ["B", "A"]),
    ],
)
def test_feed_shows_its_posts(site: Site, target: str, found: list[str]) -> None:
    assert titles(site, target) == found


def test_json_feed_shows_its_posts(site: Site) -> None:
    assert [item["title"] for item in json.loads(site.get("/feed.json").body)["items"]] == ["B", "A"]


@pytest.mark.parametrize("target", [f"/tags/{TAG}/rss.xml", "/rss.xml?tag=..", "/rss.xml", "/tags/a%2Fb/atom.xml"])
def test_self_link_leads_back(site: Site, target: str) -> None:
    links = feedparser.parse(site.get(target).body).feed.links

    own = next(link.href for link in links if link.rel == "self").removeprefix("http://feeds.example.org")
    assert site.get(own) == site.get(target)


@pytest.mark.parametrize("target", ["/rss.xml", "/", "/posts/2024-01-01-a/", "/static/feed.css"])
def test_document_is_held_by_its_tag(site: Site, target: str) -> None:
    etag = site.get(target).headers["ETag"]

    assert site.get(target, if_none_match=etag).status == 304


def test_feed_is_held_by_its_date(site: Site) -> None:
    modified = site.get("/rss.xml").headers["Last-Modified"]

    assert site.get("/rss.xml", if_modified_since=modified).status == 304


def test_304_from_a_view_keeps_the_date(site: Site) -> None:
    assert "Last-Modified" in site.get("/rss.xml", if_none_match="*").headers


def test_impossible_date_is_no_fault(site: Site) -> None:
    assert site.get("/rss.xml", if_modified_since="Mon, 01 Jan 99999999999999999999 00:00:00 GMT").status == 200


def test_front_page_leads_to_the_feeds(site: Site) -> None:
    text = site.get("/").text

    assert [link in text for link in ("http://feeds.example.org/rss.xml", f'"./tags/{TAG}/"')] == [True] * 2


# --- redirects -----------------------------------------------------------------------------------

REDIRECTS = [
    pytest.param(f"/tags/{TAG}", f"/tags/{TAG}/", id="no slash"),
    pytest.param("/authors/li/rss.xml", "/authors/Li/rss.xml", id="case"),
    pytest.param("/categories/X%20Y/", "/categories/x%20y/", id="case of a page"),
    pytest.param("/tags/big-news/rss.xml", "/tags/Big%20News%21/rss.xml", id="slug"),
    pytest.param("/tags/cafe%CC%81/rss.xml", "/tags/caf%C3%A9/rss.xml", id="NFD"),
    pytest.param("/categories/%20x%20%20y/rss.xml", "/categories/x%20y/rss.xml", id="blanks"),
    pytest.param(f"/tags//{TAG}/rss.xml", f"/tags/{TAG}/rss.xml", id="double slash"),
    pytest.param("/rss.xml/", "/rss.xml", id="slash after a file"),
    pytest.param("//rss.xml", "/rss.xml", id="double slash in front"),
    pytest.param("/authors/li?limit=1&x=%20", "/authors/Li/?limit=1&x=%20", id="query"),
    pytest.param("/authors/li?x=联", f"/authors/Li/?x={quote('联')}", id="query as it was typed"),
    pytest.param("/tags/../rss.xml", "/rss.xml?tag=..", id="no path segment"),
    pytest.param("/tags/../rss.xml?limit=1", "/rss.xml?tag=..&limit=1", id="no path segment, query"),
    pytest.param("/posts/2024-01-01-a", "/posts/2024-01-01-a/", id="post without slash"),
    pytest.param("/posts/2024-01-01-a//?x=1", "/posts/2024-01-01-a/?x=1", id="post with two"),
]


@pytest.mark.parametrize(("target", "location"), REDIRECTS)
def test_other_spelling_is_redirected_for_good(site: Site, target: str, location: str) -> None:
    reply = site.get(target)

    assert (reply.status, reply.headers["Location"], site.get(location).status) == (301, location, 200)


@pytest.mark.parametrize(
    ("target", "status", "title"),
    [
        ("/posts/sea/", 200, "Sea"),
        ("/posts/sea.fr/", 200, "Mer"),
        ("/posts/sea/index/", 301, ""),
        ("/posts/sea/index.fr/", 301, ""),
        ("/posts/2024-01-01-a/index/", 404, ""),
    ],
)
def test_post_in_an_index_file_has_the_page_of_its_folder(site: Site, target: str, status: int, title: str) -> None:
    site.write("sea/index.md", title="Sea", date="2024-05-01")
    site.write("sea/index.fr.md", title="Mer", date="2024-05-01")
    site.scan()

    reply = site.get(target)

    assert reply.status == status
    assert f"<h1>{title}" in reply.body.decode() or not title
    assert status != 301 or site.get(reply.headers["Location"]).status == 200


@pytest.mark.parametrize(("target", "location"), REDIRECTS)
def test_redirect_is_absolute_under_a_base_url(
    site: Site, make_site: Callable[[Settings], Site], target: str, location: str
) -> None:
    based = make_site(replace(site.settings, base_url="https://example.org/blog"))

    reply = based.get(target, host="evil.example")

    assert reply.headers["Location"] == f"https://example.org/blog{location}"


def test_redirect_never_follows_the_host(site: Site) -> None:
    assert "evil" not in str(site.get(f"/tags/{TAG}", host="evil.example").headers)


@pytest.mark.parametrize(
    "target", ["//evil.example", "//evil.example/rss.xml", "/%5Cevil.example", "/%2f%2fevil.example", "/?next=//evil",
               "///evil.example/..", "/tags//evil.example", "/posts//evil.example/"],
)  # fmt: skip
def test_nothing_leads_off_the_site(site: Site, target: str) -> None:
    location = site.get(target).headers.get("Location", "/")

    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_condition_does_not_hold_a_redirect(site: Site) -> None:
    assert site.get(f"/tags/{TAG}", if_none_match="*").status == 301


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "/none",
        "/none/",
        "/tags/none/rss.xml",
        "/tags/none/",
        "/categories/c++/rss.xml",
        "/authors/Nobody/atom.xml",
        "/posts/",
        "/posts/none/",
        "/posts/sub/",
        "/posts/../pyproject.toml/",
        "/posts/2024-01-01-a.md/",
        "/static/none.css",
        "/static/../index.py",
        "/static/",
        "/rss.xml?page=99",
        "/tags/" + "a" * 300 + "/rss.xml",
        "/tags/" + "a" * 3_000 + "/rss.xml",
        "/.git/HEAD",
        "/.env",
        "/console",
        "/metrics",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/healthz/",
        "/<script>",
    ],
)
def test_nothing_is_404_even_for_who_holds_anything(site: Site, target: str) -> None:
    reply = site.get(target, if_none_match="*")

    assert (reply.status, reply.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")


def test_selection_that_takes_too_long_is_503(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.index.database.MAX_STEPS", 0)
    monkeypatch.setattr("feedsvc.index.database.STEPS_AT_A_TIME", 1)

    reply = site.get("/rss.xml?q=none")

    assert (reply.status, reply.headers["Retry-After"]) == (503, "60")
    assert reply.text == "posts: this selection takes too long: use fewer words or filters\n"


def test_404_says_where_the_feeds_are(site: Site) -> None:
    assert site.get("/tags/none/rss.xml").text == "no such tag; see / for the feeds\n"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit: must be a whole number from 1"),
        ("limit=x", "limit: must be a whole number from 1"),
        ("page=-1", "page: must be a whole number from 1"),
        ("content=x", "content: must be one of full, summary, none"),
        ("tag=%ff", "query: not UTF-8, or more than 200 parameters"),
        ("&".join(["a=1"] * 201), "query: not UTF-8, or more than 200 parameters"),
        ("&".join(f"not_tag={number}" for number in range(199)), "not_tag: at most 10 names"),
        ("tag=" + "a" * 101, "tag: a name has at most 100 characters"),
        ("tag=\udcff", "query: not UTF-8"),
    ],
)
def test_filter_that_cannot_be_understood_is_named(site: Site, query: str, message: str) -> None:
    reply = site.get(f"/rss.xml?{query}")

    assert (reply.status, reply.text) == (400, f"{message}\n")


def test_unexpected_error_is_a_line_and_is_logged(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Publisher, "feed", fail)

    reply = site.get("/rss.xml")

    assert (reply.status, reply.text) == (500, "internal error in feedsvc: see its log\n")
    assert "secret" in caplog.text


def test_error_of_ours_that_has_no_status_is_a_fault(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise FeedsvcError("somewhere: something")

    monkeypatch.setattr(Publisher, "feed", fail)

    assert site.get("/rss.xml").status == 500


def test_nothing_sets_a_cookie(site: Site) -> None:
    replies = [site.get(target) for target in ("/", "/rss.xml", "/none", "/healthz", f"/tags/{TAG}")]

    assert not [reply for reply in replies if "Set-Cookie" in reply.headers]


def test_name_with_markup_is_never_given_raw(site: Site) -> None:
    site.publish("2024-01-03-x.md", tags=["<script>alert(1)</script>"], title="<script>alert(1)</script>")

    pages = [site.get(target).text for target in ("/", "/posts/2024-01-03-x/", "/?tag=%3Cscript%3E", "/rss.xml")]

    assert not [page for page in pages if "<script>alert" in page]


@pytest.mark.parametrize("sign", ["\x08", "\u200e", "\u202e", "\ufffd"])
def test_post_whose_file_name_holds_an_odd_sign_has_its_page(site: Site, sign: str) -> None:
    site.publish(f"2024-01-01-a{sign}b.md", title="Odd")

    assert site.get(f"/posts/2024-01-01-a{quote(sign)}b/").status == 200


@pytest.mark.parametrize("sign", ["\x00", "\n", "\x1b", "\x85", "\u202e", "\u2028", "\ufffd"])
def test_name_with_a_deceptive_sign_is_404(site: Site, sign: str) -> None:
    site.publish(tags=["ab"])

    assert site.get(f"/tags/a{quote(sign)}b/rss.xml").status == 404


# --- the sample posts ----------------------------------------------------------------------------


def test_pages_of_the_sample_posts_are_small(settings: Settings, make_site: Callable[[Settings], Site]) -> None:
    site = make_site(replace(settings, posts=Path(__file__).parents[2] / "posts"))
    site.scan()
    front = BeautifulSoup(site.get("/").body, "lxml").select("a[href$='/']")
    paths = {str(link["href"]).removeprefix(".") for link in front}

    sizes = {path: len(site.get(path).body) for path in paths if path.startswith("/")}

    assert len(sizes) > 30
    assert {path: size for path, size in sizes.items() if size >= 60_000} == {}


def test_pages_of_a_scope_have_titles_of_their_own(site: Site) -> None:
    for day in (1, 2):
        site.publish(f"2024-01-0{day}-a.md", tags=["News"])

    pages = [site.get(f"/tags/News/?limit=1&page={number}").text for number in (1, 2)]
    titles = [re.findall("<title>(.*)</title>", page) for page in pages]

    assert titles == [["Daily · tag News"], ["Daily · tag News (2)"]]


TEMPLATES = ("{{ 7 * 7 }}", "{% raw %}", "%s %(name)s", "${x} {0} {x!r}", "#{7 * 7}", "]]> & <b>")


@pytest.mark.parametrize("title", TEMPLATES)
@pytest.mark.parametrize("target", ["/rss.xml?limit=1", "/atom.xml?limit=1"])
def test_title_is_never_taken_for_a_template(site: Site, target: str, title: str) -> None:
    site.publish("2024-01-03-a.md", title=title)

    (entry,) = feedparser.parse(site.get(target).body, sanitize_html=False).entries

    assert (entry.title, escape(title, quote=False) in site.get("/").text) == (title, True)


@pytest.mark.parametrize("target", ["/", f"/tags/{TAG}/", "/tags/", "/?q=a", "/posts/2024-01-01-a/"])
def test_every_page_says_how_links_to_it_are_shown(
    site: Site, make_site: Callable[[Settings], Site], target: str
) -> None:
    other = make_site(replace(site.settings, logo="/logo.png", description="All there is."))
    soup = BeautifulSoup(other.get(target).body, "lxml")

    said = {str(meta["property"]): str(meta["content"]) for meta in soup("meta", property=re.compile("^og:"))}

    assert said.keys() == {"og:type", "og:title", "og:site_name", "og:url", "og:description", "og:image"}
    assert said["og:url"].startswith("http://feeds.example.org/")
    assert (said["og:image"], all(said.values())) == ("http://feeds.example.org/logo.png", True)


def test_list_of_names_says_when_the_newest_post_is_from_for_programs_too(site: Site) -> None:
    moments = [str(time["datetime"]) for time in BeautifulSoup(site.get("/tags/").body, "lxml").main("time")]  # type: ignore[union-attr]

    assert set(moments) == {"2024-01-01T00:00:00+00:00", "2024-01-02T00:00:00+00:00"}
