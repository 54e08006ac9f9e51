"""Requests that no view sees, and the path and base of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup

from feedsvc.web.request_checks import MAX_FIELDS, MAX_TARGET

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings

SECRET = "x6"  # stands in a request and must not come back


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "FOO", "get", "A" * 300])
def test_other_methods_are_refused(site: Site, method: str) -> None:
    reply = site.get("/rss.xml", method=method)

    assert (reply.status, reply.headers["Allow"], reply.text) == (
        405,
        "GET, HEAD, OPTIONS",
        "only GET, HEAD, OPTIONS\n",
    )


def test_override_of_the_method_has_no_effect(site: Site) -> None:
    site.publish()

    assert site.get("/rss.xml?_method=DELETE", x_http_method_override="DELETE").status == 200


def test_options_tells_scripts_of_other_sites_what_they_may_do(site: Site) -> None:
    reply = site.get("/rss.xml", method="OPTIONS", access_control_request_method="GET")

    assert (reply.status, reply.headers["Access-Control-Allow-Headers"], reply.body) == (
        204,
        "If-None-Match, If-Modified-Since",
        b"",
    )


@pytest.mark.parametrize("target", ["/" + "a" * 16_001, "/rss.xml?" + "a" * 16_001], ids=["path", "query"])
def test_endless_address_is_414(site: Site, target: str) -> None:
    assert site.get(target).status == 414


def test_8000_octets_are_no_endless_address(site: Site) -> None:
    site.publish()

    assert site.get("/rss.xml?" + "a" * 8_000).status == 200


@pytest.mark.parametrize(("characters", "status"), [(MAX_TARGET, 200), (MAX_TARGET + 1, 414)])
@pytest.mark.parametrize("start", ["/", "/rss.xml", "/rss.xml?x=", "/?"])
def test_path_and_query_have_so_many_characters_at_most(site: Site, start: str, characters: int, status: int) -> None:
    site.publish()
    padding = "a" * (characters - len(start.replace("?", "")))
    is_path = "?" not in start

    reply = site.get(start + padding)

    assert reply.status == (404 if is_path and status == 200 else status)


@pytest.mark.parametrize(("characters", "status"), [(MAX_FIELDS, 200), (MAX_FIELDS + 1, 431)])
@pytest.mark.parametrize("query", ["", "?" + "x" * 5_000], ids=["short address", "long address"])
def test_other_fields_have_so_many_characters_at_most(site: Site, query: str, characters: int, status: int) -> None:
    site.publish()
    always = len("GET" + "http" + "HTTP/1.1" + "feeds.example.org")

    reply = site.get(f"/rss.xml{query}", if_none_match="a" * (characters - always))

    assert reply.status == status


@pytest.mark.parametrize(
    "path",
    ["%ff%fe", "%C0%AE", "%ED%A0%80", "%E9"],
)
def test_path_that_is_not_utf8_is_400(site: Site, path: str) -> None:
    reply = site.get(f"/tags/{SECRET}{path}/rss.xml")

    assert (reply.status, reply.text) == (400, "path: not UTF-8\n")


@pytest.mark.parametrize(
    "host", ["", 'a"><x>', "a b", "a@b", "[::1", "a/b", "a,b", "a:b", "a:999999", "é", "a\r\nb", "::1"]
)
def test_host_that_is_none_is_400(site: Site, host: str) -> None:
    reply = site.get("/rss.xml", host=host)

    assert (reply.status, reply.text) == (400, "Host: missing or malformed\n")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]", "feeds.example.org", "a_b"])
def test_host_that_is_one_makes_the_links(site: Site, host: str) -> None:
    site.publish()

    assert f"<link>http://{host}/posts/" in site.get("/rss.xml", host=host).text


def test_port_that_goes_without_saying_is_not_in_the_links(site: Site) -> None:
    site.publish()

    assert site.get("/rss.xml", host="Example.org:80") == site.get("/rss.xml", host="example.org")


@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1"])
def test_http_1_0_needs_no_host(site: Site, protocol: str) -> None:
    site.publish()

    reply = site.get("/rss.xml", SERVER_PROTOCOL=protocol, HTTP_HOST="")

    assert "<link>http://127.0.0.1:8000/posts/" in reply.text


@pytest.mark.parametrize(
    ("target", "fields", "status"),
    [
        (f"/{SECRET}", {}, 404),
        (f"/tags/{SECRET}/rss.xml", {}, 404),
        (f"/rss.xml?limit={SECRET}", {}, 400),
        (f"/rss.xml?content={SECRET}", {}, 400),
        (f"/rss.xml?tag={SECRET}%ff", {}, 400),
        (f"/{SECRET}%ff", {}, 400),
        (f"/{SECRET}%00", {}, 404),
        (f"/{SECRET}", {"method": "POST"}, 405),
        (f"/{SECRET}", {"method": SECRET}, 405),
        ("/rss.xml", {"host": f"{SECRET} "}, 400),
        (f"/{SECRET}" * 9_000, {}, 414),
    ],
)
def test_refusal_is_a_line_of_text_without_anything_of_the_request(
    site: Site, target: str, fields: dict[str, str], status: int
) -> None:
    site.publish()

    reply = site.get(target, **fields)

    assert (reply.status, reply.headers["Content-Type"], reply.headers["Cache-Control"]) == (
        status,
        "text/plain; charset=utf-8",
        "no-store",
    )
    assert SECRET not in f"{reply.text}{reply.headers}"


def test_not_ready_is_503_with_a_time_to_come_back(site: Site) -> None:
    reply = site.get("/rss.xml")

    assert (reply.status, reply.headers["Retry-After"], reply.headers["Cache-Control"]) == (503, "2", "no-store")


@pytest.mark.parametrize("target", ["/healthz", "/none", "/rss.xml", "/rss.xml?limit=x"])
def test_head_of_what_is_no_document_has_no_body(site: Site, target: str) -> None:
    site.publish()

    get, head = (site.get(target, method=method) for method in ("GET", "HEAD"))

    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


def test_head_of_a_refusal_has_no_body(site: Site) -> None:
    assert site.get("/%00", method="HEAD").body == b""


# --- base URL ------------------------------------------------------------------------------------


@pytest.fixture
def mounted(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    based = make_site(replace(site.settings, base_url="https://example.org/%E5%8D%9A/blog"))
    based.publish(tags=["News"])
    return based


@pytest.mark.parametrize("prefix", ["", "/%E5%8D%9A/blog", "/%e5%8d%9a/blog"])
@pytest.mark.parametrize("path", ["/rss.xml", "/", "/tags/News/atom.xml", "/posts/2024-01-01-a/", "/static/feed.css"])
def test_base_url_with_a_path_answers_under_it_and_without_it(mounted: Site, prefix: str, path: str) -> None:
    assert mounted.get(prefix + path) == mounted.get(path)


@pytest.mark.parametrize("query", ["", "?q=a"])
def test_path_of_the_base_url_without_its_slash_is_redirected(mounted: Site, query: str) -> None:
    reply = mounted.get(f"/%E5%8D%9A/blog{query}")

    assert (reply.status, reply.headers["Location"]) == (301, f"https://example.org/%E5%8D%9A/blog/{query}")


@pytest.mark.parametrize("prefix", ["", "/%E5%8D%9A/blog"])
@pytest.mark.parametrize("path", ["/", "/?q=a", "/tags/", "/tags/News/", "/posts/2024-01-01-a/", "/status"])
def test_links_of_pages_lead_somewhere_on_any_host(mounted: Site, prefix: str, path: str) -> None:
    soup = BeautifulSoup(mounted.get(prefix + path, host="127.0.0.1:8000").text, "lxml")

    links = {str(one["href"]) for one in soup.select("body [href], link[rel=stylesheet], link[rel=icon]")}
    ours = {
        link for link in links if not link.startswith(("feed:", "https:"))
    }  # but the feed, and what it is read with

    led = {urldefrag(urljoin(f"http://127.0.0.1:8000{prefix}{path}", link)).url for link in ours}
    replies = {link: mounted.get(link.removeprefix("http://127.0.0.1:8000")).status for link in led}
    assert set(replies.values()) == {200}, replies


def test_path_that_only_begins_like_the_base_url_is_another(mounted: Site) -> None:
    assert mounted.get("/%E5%8D%9A/blogger/rss.xml").status == 404


def test_base_url_makes_the_links_whatever_the_host(mounted: Site) -> None:
    reply = mounted.get("/rss.xml", host="evil.example")

    assert "<link>https://example.org/%E5%8D%9A/blog/posts/" in reply.text
    assert "evil" not in f"{reply.text}{reply.headers}"


def test_base_url_does_not_excuse_a_missing_host(mounted: Site) -> None:
    assert mounted.get("/rss.xml", host="").status == 400
