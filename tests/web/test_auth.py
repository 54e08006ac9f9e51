"""Who may read what, and whom to believe about where a request came from."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from feedsvc.settings import Settings, showing_fingerprint
from feedsvc.web.auth import client_of, split_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Reply, Site


TOKEN, OPERATOR = "readers-only-0123", "operator-only-0123"
BASIC = f"Basic {b64encode(f':{TOKEN}'.encode()).decode()}"


@pytest.fixture
def closed(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    """A site for readers with a token."""
    ours = make_site(replace(site.settings, reader_token=TOKEN, operator_token=OPERATOR))
    ours.publish(tags=["a"])
    return ours


# --- readers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["/rss.xml", "/", "/tags/a/", "/posts/2024-01-01-a/", "/static/feed.css", "/status", "/metrics", "/none"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_without_the_token_nothing_is_told(closed: Site, target: str, method: str) -> None:
    reply = closed.get(target, method=method)

    assert (reply.status, reply.headers["WWW-Authenticate"], reply.headers["Cache-Control"]) == (
        401,
        'Basic realm="feedsvc"',
        "no-store",
    )
    assert reply.body == (b"" if method == "HEAD" else b"a token is needed\n")


@pytest.mark.parametrize("target", ["/healthz", "/readyz"])
@pytest.mark.usefixtures("compared")
def test_probes_need_no_token(closed: Site, target: str) -> None:
    assert closed.get(target).status == 200


@pytest.mark.parametrize("target", ["/healthz/", "/healthz/../rss.xml", "//rss.xml", "/%68ealthz/x", "/feed.xml"])
def test_no_spelling_gets_around_the_token(closed: Site, target: str) -> None:
    assert closed.get(target).status == 401


@pytest.mark.parametrize("token", [TOKEN, OPERATOR])
@pytest.mark.parametrize("target", ["/rss.xml", "/", "/static/feed.css"])
def test_token_in_the_query_or_as_a_password_lets_in(closed: Site, target: str, token: str) -> None:
    password = f"Basic {b64encode(f'me:{token}'.encode()).decode()}"

    replies = closed.get(f"{target}?token={token}"), closed.get(target, authorization=password)

    assert replies[0] == replies[1]
    assert replies[0].status == 200


@pytest.mark.parametrize("target", ["/rss.xml", "/", "/static/feed.css", "/tags/a"])
def test_what_readers_get_is_for_no_shared_cache(closed: Site, target: str) -> None:
    headers = closed.get(f"{target}?token={TOKEN}").headers

    assert headers["Cache-Control"].startswith("private, max-age=")
    assert headers["Vary"].endswith("Authorization")


def test_304_is_for_no_shared_cache_either(closed: Site) -> None:
    etag = closed.get("/rss.xml", authorization=BASIC).headers["ETag"]

    reply = closed.get("/rss.xml", authorization=BASIC, if_none_match=etag)

    assert (reply.status, reply.headers["Cache-Control"][:8], reply.headers["Vary"][-13:]) == (
        304,
        "private,",
        "Authorization",
    )


@pytest.mark.parametrize("target", ["/rss.xml", "/atom.xml", "/feed.json", "/feeds.opml", "/sitemap.xml"])
def test_token_stands_in_no_feed(closed: Site, target: str) -> None:
    reply = closed.get(f"{target}{'&' if '?' in target else '?'}token={TOKEN}")

    assert (reply.status, TOKEN in f"{reply.text}{reply.headers}") == (200, False)


@pytest.mark.parametrize("target", ["/", "/tags/a/", "/posts/2024-01-01-a/"])
def test_page_gives_readers_the_private_url_of_its_feed(closed: Site, target: str) -> None:
    page = closed.get(target, authorization=BASIC)
    url = re.findall('data-copy="http://feeds.example.org([^"]*)"', page.text)[0]

    assert page.headers["Cache-Control"].startswith("private")
    assert (url.endswith(f"?token={TOKEN}"), closed.get(url).status) == (True, 200)


def test_another_token_changes_the_pages_that_show_it() -> None:
    shown = {showing_fingerprint(Settings(reader_token=token)) for token in ("a" * 16, "b" * 16)}

    assert len(shown) == 2


def test_redirect_keeps_a_token_that_came_in_the_query_and_no_other(closed: Site) -> None:
    locations = [
        closed.get(target, authorization=header).headers["Location"]
        for target, header in ((f"/tags/a?token={TOKEN}&limit=2", ""), ("/tags/a?limit=2", BASIC))
    ]

    assert locations == [f"/tags/a/?limit=2&token={TOKEN}", "/tags/a/?limit=2"]


def test_reader_is_no_operator(closed: Site) -> None:
    assert closed.get("/metrics", authorization=BASIC).status == 404


# --- answers given again without Flask -----------------------------------------------------------


def ask(site: Site, token: str) -> Reply:
    return site.get(f"/rss.xml?token={token}" if token else "/rss.xml")


def test_answer_of_a_reader_is_not_given_to_a_stranger(closed: Site) -> None:
    statuses = [ask(closed, token).status for token in (TOKEN, TOKEN, "", "wrong", TOKEN)]

    assert statuses == [200, 200, 401, 401, 200]


def test_refusal_of_a_stranger_is_not_given_to_a_reader(closed: Site) -> None:
    statuses = [ask(closed, token).status for token in ("", "", TOKEN)]

    assert statuses == [401, 401, 200]


def test_tokens_make_no_other_request(closed: Site) -> None:
    ask(closed, TOKEN)
    closed.get("/rss.xml", authorization=BASIC)
    ask(closed, OPERATOR)

    metrics = closed.get("/metrics", authorization=f"Bearer {OPERATOR}").text

    assert 'feedsvc_requests_total{cache="hit",kind="feed",status="200"} 2.0' in metrics


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("", ("", "")),
        ("a=1", ("a=1", "")),
        ("token=x", ("", "token=x")),
        ("a=1&token=x&b&token=y", ("a=1&b", "token=x&token=y")),
        ("%74oken=x", ("", "%74oken=x")),
        ("token", ("", "token")),
        ("tokens=x&q=token", ("tokens=x&q=token", "")),
    ],
)
def test_query_is_parted_from_tokens(query: str, parts: tuple[str, str]) -> None:
    assert split_token(query) == parts


# --- proxies -------------------------------------------------------------------------------------


@pytest.fixture
def behind(site: Site, make_site: Callable[[Settings], Site]) -> Callable[..., Site]:
    def make(proxies: int, base_url: str = "") -> Site:
        ours = make_site(replace(site.settings, trusted_proxies=proxies, base_url=base_url))
        ours.publish()
        return ours

    return make


@pytest.mark.parametrize(
    ("proxies", "header", "scheme"),
    [
        (0, "https", "http"),
        (1, "https", "https"),
        (1, "http, https", "https"),
        (1, "https, http", "http"),
        (2, "https, http", "https"),
        (2, "https", "http"),
        (1, "gopher", "http"),
        (1, "", "http"),
    ],
)
def test_scheme_is_what_the_outermost_trusted_proxy_says(
    behind: Callable[..., Site], proxies: int, header: str, scheme: str
) -> None:
    text = behind(proxies).get("/rss.xml", x_forwarded_proto=header).text

    assert f"<link>{scheme}://feeds.example.org/posts/" in text


def test_schemes_do_not_share_a_document(behind: Callable[..., Site]) -> None:
    site = behind(1)

    texts = [site.get("/rss.xml", x_forwarded_proto=scheme).text for scheme in ("http", "https", "http")]

    assert ["https://feeds" in text for text in texts] == [False, True, False]


def test_base_url_has_its_own_scheme(behind: Callable[..., Site]) -> None:
    site = behind(1, "http://example.org")

    assert "https://example.org" not in site.get("/rss.xml", x_forwarded_proto="https").text


@pytest.mark.parametrize("field", ["x_forwarded_host", "x_forwarded_prefix", "x_forwarded_port", "forwarded"])
def test_proxies_say_nothing_else(behind: Callable[..., Site], field: str) -> None:
    site = behind(1)

    assert site.get("/rss.xml", **{field: "evil"}) == site.get("/rss.xml")


@pytest.mark.parametrize(
    ("proxies", "header", "client"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "spoofed, 203.0.113.9", "203.0.113.9"),
        (2, "spoofed, 203.0.113.9,10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_client_is_whom_the_outermost_trusted_proxy_saw(proxies: int, header: str, client: str) -> None:
    assert client_of({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": header}, proxies) == client
