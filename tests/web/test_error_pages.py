"""Errors: a page for browsers, a line of text for programs, and neither for the other."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup

from feedsvc.errors import Busy, NotReady, TooCostly
from feedsvc.publishing.error_pages import ErrorPages
from feedsvc.publishing.publisher import Publisher
from feedsvc.web.request_headers import is_html_wanted
from feedsvc.wording import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Reply, Site

    from feedsvc.settings import Settings

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
TOKEN = "a-token-of-readers"


@pytest.fixture
def site(site: Site) -> Site:
    site.publish(tags=["rust"])
    return site


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Publisher, "page", fail)


@pytest.mark.parametrize(
    ("target", "status", "title"),
    [
        ("/nothing", 404, "There is no such page"),
        ("/tags/none/", 404, "There is no such page"),
        ("/tags/none/rss.xml", 404, "There is no such page"),
        ("/posts/none/", 404, "There is no such page"),
        ("/files/none.png", 404, "There is no such page"),
        ("/static/none.css", 404, "There is no such page"),
        ("/?page=99", 404, "There is no such page"),
        ("/?limit=many", 400, "This address cannot be understood"),
        ("/?q=%FF", 400, "This address cannot be understood"),
    ],
)
def test_browser_gets_a_page_and_a_program_a_line(site: Site, target: str, status: int, title: str) -> None:
    page = site.get(target, accept=BROWSER)
    line = site.get(target, accept="*/*")

    soup = BeautifulSoup(page.body, "lxml")
    assert (page.status, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert soup.h1
    assert soup.h1.get_text() == title
    assert "Content-Security-Policy" in page.headers
    assert (line.status, line.headers["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert line.body.count(b"\n") == 1


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/nothing", "404 · keine solche Seite"),
        ("/posts/none/", "404 · keine solche Seite"),
        ("/tags/none/", "404 · kein solches Schlagwort"),
        ("/categories/none/rss.xml", "404 · keine solche Kategorie"),
        ("/files/none.png", "404 · keine solche Datei"),
        ("/?page=99", "404 · page: nach der letzten Seite"),
        ("/?limit=many", "400 · limit: muss eine ganze Zahl ab 1 sein"),
        ("/?since=never", "400 · since: muss ein Tag wie 2024-05-01 sein"),
        ("/tags/?sort=x", "400 · sort: muss name oder count sein"),
    ],
)
def test_reason_is_in_the_language_of_the_page_and_a_line_in_english(
    site: Site, make_site: Callable[[Settings], Site], target: str, reason: str
) -> None:
    german = make_site(replace(site.settings, language="de"))
    english = site.get(target, accept="*/*").text
    german.scan()

    page, line = german.get(target, accept=BROWSER), german.get(target, accept="*/*")

    assert f'<p class="about">{reason}</p>' in page.text
    assert line.text == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_reason_that_has_no_translation_is_english(
    site: Site, make_site: Callable[[Settings], Site], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    other = make_site(replace(site.settings, language=language))
    other.scan()
    fail_with(monkeypatch, NotReady("posts: a disk is gone"))

    assert '503 · <span lang="en">posts: a disk is gone</span>' in other.get("/", accept=BROWSER).text


def test_feed_given_up_is_a_page(site: Site, make_site: Callable[[Settings], Site]) -> None:
    other = make_site(replace(site.settings, aliases=(("/old.xml", "gone"),)))

    assert "Gone for good" in other.get("/old.xml", accept=BROWSER).text


@pytest.mark.parametrize("accept", ["", "*/*", "application/rss+xml, */*;q=0.1", "text/*", "text/html;q=0"])
def test_accept_that_does_not_name_html_gets_a_line(site: Site, accept: str) -> None:
    fields = {"accept": accept} if accept else {}

    assert site.get("/nothing", **fields).text == "no such page; see / for the feeds\n"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, True),
        ("TEXT/HTML", True),
        ("application/xhtml+xml", True),
        ("text/plain;q=0.5, text/html", True),
        ("text/html;q=0.5, text/plain", False),
        ("text/html ; q=0.000", False),
        ("text/html;level=1;q=0.3", True),
        ("text/htmlx", False),
        (",;,q=1", False),
        ("text/html;q=x", True),
    ],
)
def test_accept_is_read(accept: str, expected: bool) -> None:  # noqa: FBT001 - a row
    assert is_html_wanted(accept) is expected


@pytest.mark.parametrize("accept", [BROWSER, "*/*"])
def test_caches_keep_no_error_and_know_what_it_depends_on(site: Site, accept: str) -> None:
    headers = site.get("/nothing", accept=accept).headers

    assert (headers["Cache-Control"], headers["Vary"]) == ("no-store", "Accept")


@pytest.mark.parametrize("target", ["/rss.xml", "/", "/tags/rust/"])
def test_what_is_no_error_does_not_depend_on_accept(site: Site, target: str) -> None:
    page, line = site.get(target, accept=BROWSER), site.get(target, accept="*/*")

    assert (page.status, page.body, page.headers) == (200, line.body, line.headers)
    assert "Accept," not in f"{page.headers.get('Vary', '')},"


@pytest.mark.parametrize(
    ("error", "seconds"), [(NotReady("posts: being read"), "2"), (Busy("too many"), "2"), (TooCostly("a filter"), "60")]
)
def test_page_of_a_service_that_is_busy_loads_itself_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception, seconds: str
) -> None:
    fail_with(monkeypatch, error)

    reply = site.get("/", accept=BROWSER)

    refresh = BeautifulSoup(reply.body, "lxml").find("meta", attrs={"http-equiv": "refresh"})
    assert (reply.status, reply.headers["Retry-After"]) == (503, seconds)
    assert refresh
    assert refresh["content"] == seconds


def test_page_is_there_before_the_posts_have_been_read(
    settings: Settings, make_site: Callable[[Settings], Site]
) -> None:
    reply = make_site(settings).get("/", accept=BROWSER)

    assert (reply.status, "One moment, please" in reply.text) == (503, True)


def test_fault_of_the_service_is_a_page_without_its_details(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, RuntimeError("secret"))

    reply = site.get("/", accept=BROWSER)

    assert (reply.status, "secret" in reply.text, "Something went wrong" in reply.text) == (500, False, True)


def test_error_is_a_line_if_its_page_cannot_be_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(ErrorPages, "make", fail)

    assert site.get("/nothing", accept=BROWSER).text == "no such page; see / for the feeds\n"


@pytest.mark.parametrize("target", ["/nothing", "/a/b/c/nothing", "/tags/a%2Fb/c", "/tags/none/rss.xml"])
@pytest.mark.parametrize("base", ["", "https://example.org/blog"])
def test_links_of_the_page_lead_home_from_any_depth(
    site: Site, make_site: Callable[[Settings], Site], target: str, base: str
) -> None:
    other = make_site(replace(site.settings, base_url=base)) if base else site
    root = base or "http://feeds.example.org"

    soup = BeautifulSoup(other.get(target, accept=BROWSER).body, "lxml")

    (css,) = soup("link", rel="stylesheet")
    path, _, style = urljoin(root + target, str(css["href"])).partition("?v=")
    assert (path, bool(style)) == (f"{root}/static/feedsvc.css", True)
    assert {urljoin(root + target, str(link["href"])) for link in soup("a")} >= {f"{root}/"}


@pytest.mark.parametrize("target", ["/%3Cscript%3E", "/tags/%3Cb%3E/", "/?limit=%3Cb%3E"])
def test_page_shows_nothing_of_the_request(site: Site, target: str) -> None:
    reply = site.get(target, accept=BROWSER)

    assert not re.search("<script>alert|<b>|&lt;b&gt;|&lt;script", reply.text)


def test_head_has_the_headers_of_the_page_alone(site: Site) -> None:
    get, head = (site.get("/nothing", method=method, accept=BROWSER) for method in ("GET", "HEAD"))

    assert (head.body, head.headers) == (b"", get.headers)


def test_stranger_to_a_private_service_learns_nothing_of_it(site: Site, make_site: Callable[[Settings], Site]) -> None:
    private = make_site(replace(site.settings, reader_token=TOKEN))

    reply = private.get("/nothing", accept=BROWSER)

    assert (reply.status, reply.text) == (401, "a token is needed\n")


@pytest.mark.parametrize("target", ["/readyz", "/healthz", "/robots.txt", "/nothing", "/"])
def test_stranger_to_a_private_service_never_sees_its_token(
    settings: Settings, make_site: Callable[[Settings], Site], target: str
) -> None:
    private = make_site(replace(settings, reader_token=TOKEN))

    reply = private.get(target, accept=BROWSER)

    assert (TOKEN in reply.text, reply.headers["Content-Type"]) == (False, "text/plain; charset=utf-8")


@pytest.mark.parametrize(("fields", "status"), [({"HTTP_HOST": "a b"}, 400), ({"method": "POST"}, 405)])
def test_request_that_no_view_sees_is_refused_in_a_line(site: Site, fields: dict[str, str], status: int) -> None:
    reply = site.get("/", accept=BROWSER, **fields)

    assert (reply.status, reply.headers["Content-Type"]) == (status, "text/plain; charset=utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_in_the_language_of_the_site(site: Site, make_site: Callable[[Settings], Site], language: str) -> None:
    other = make_site(replace(site.settings, language=language))
    other.scan()

    reply = other.get("/nothing", accept=BROWSER)

    soup = BeautifulSoup(reply.body, "lxml")
    assert soup.html
    assert soup.html["lang"] == language
    assert ("There is no such page" in reply.text) == (language == "en")


# --- searches without a hit ----------------------------------------------------------------------


def page(reply: Reply) -> BeautifulSoup:
    return BeautifulSoup(reply.body, "lxml")


@pytest.mark.parametrize(
    ("target", "cleared"),
    [("/?q=none", "/"), ("/tags/rust/?q=none", "/tags/rust/"), ("/?tag=none", "/"), ("/?since=2030-01-01", "/")],
)
def test_search_without_a_hit_says_so_and_offers_to_clear_it(site: Site, target: str, cleared: str) -> None:
    soup = page(site.get(target))

    (link,) = soup("a", string="Clear search and filters")
    assert "Nothing was found." in soup.get_text()
    assert urljoin(f"http://feeds.example.org{target}", str(link["href"])) == f"http://feeds.example.org{cleared}"
    assert not soup(class_="subscribe")
    assert str(soup.find(class_="to-subscribe")["href"]).endswith("/#subscribe")  # type: ignore[index]


@pytest.mark.parametrize("target", ["/?q=2024-01-01-a", "/tags/rust/"])
def test_page_with_posts_offers_to_subscribe_and_nothing_to_clear(site: Site, target: str) -> None:
    soup = page(site.get(target))

    assert (len(soup(class_="subscribe")), soup("a", string="Clear search and filters")) == (1, [])
