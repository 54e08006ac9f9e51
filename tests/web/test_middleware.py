"""The layer before Flask: what it refuses, what it answers by itself, and that nobody can tell the difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from wsgiref.validate import validator

import pytest
from bs4 import BeautifulSoup
from flask import request

from feedsvc.web.middleware import MAX_FIELDS, MAX_TARGET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

SECRET = "x6"  # stands in a request and must not come back


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


# --- answers without Flask -----------------------------------------------------------------------


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
    "header",
    ["if_none_match", "if_modified_since", "if_match", "if_unmodified_since", "accept_encoding", "sec_fetch_dest"],
)
def test_request_with_another_header_is_another_request(site: Site, entered: list[str], header: str) -> None:
    site.publish()
    site.get("/rss.xml")

    site.get("/rss.xml", **{header: "document"})

    assert len(entered) == 2


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

    links = {str(one["href"]) for one in soup.select("body [href], link[rel=stylesheet]")}

    led = {urljoin(f"http://127.0.0.1:8000{prefix}{path}", link) for link in links}
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


# --- all together --------------------------------------------------------------------------------

UNKEYED = ["x_forwarded_host", "x_forwarded_proto", "x_forwarded_for", "x_forwarded_prefix", "x_original_url",
           "x_rewrite_url", "forwarded", "cookie", "authorization", "referer", "user_agent", "accept", "origin",
           "accept_language", "range", "a_im", "x_http_method_override"]  # fmt: skip


@pytest.mark.parametrize("field", UNKEYED)
def test_field_that_is_nobodys_business_changes_nothing(site: Site, field: str) -> None:
    site.publish()
    plain = site.get("/rss.xml")

    assert site.get("/rss.xml", **{field: "https://evil.example/feed"}) == plain


@pytest.mark.parametrize("query", ["utm_source=x", "x", "&&", "=", "%20", "a=1&a=2", "limit=20", "page=1", "tag="])
def test_query_that_says_nothing_changes_nothing(site: Site, query: str) -> None:
    site.publish()

    assert site.get(f"/rss.xml?{query}") == site.get("/rss.xml")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("target", ["/rss.xml", "/", "/none", "/tags/x", "/%00", "/healthz"])
@pytest.mark.parametrize("condition", ["", "*"])
def test_application_keeps_to_wsgi(site: Site, method: str, target: str, condition: str) -> None:
    site.publish(tags=["x"])
    site.app.wsgi_app = validator(site.app.wsgi_app)

    replies = [site.get(target, method=method, if_none_match=condition) for _ in range(2)]

    assert replies[0] == replies[1]
