"""For operators: alive, ready, and what there is."""

from __future__ import annotations

import fcntl
import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families

from feedsvc import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings


def test_process_is_alive_before_the_posts_are_read(site: Site) -> None:
    reply = site.get("/healthz")

    assert (reply.status, reply.text) == (200, "ok\n")


def test_service_is_not_ready_before_the_posts_are_read(site: Site) -> None:
    reply = site.get("/readyz")

    assert (reply.status, reply.headers["Retry-After"]) == (503, "2")


@pytest.mark.usefixtures("compared")
def test_service_is_ready_when_the_posts_are_read(site: Site) -> None:
    site.scan()

    assert (site.get("/readyz").status, site.get("/readyz").text) == (200, "ready\n")


def test_service_with_an_index_of_earlier_serves_it_and_is_not_ready(site: Site) -> None:
    site.publish()

    assert (site.get("/rss.xml").status, site.get("/readyz").status) == (200, 503)
    assert site.get("/readyz").text == "posts: being compared with the index; try again in a moment\n"


@pytest.mark.usefixtures("compared")
def test_service_without_an_index_is_not_ready_whoever_has_compared(site: Site) -> None:
    assert site.get("/readyz").status == 503


def test_service_that_was_ready_stays_so_when_nobody_scans(site: Site) -> None:
    site.publish()
    with site.index.compared.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = site.get("/readyz").status

    assert (before, site.get("/readyz").status) == (200, 200)


def test_status_counts(site: Site) -> None:
    site.write("undated.md")
    site.publish(tags=["a"])

    counts = {"version": __version__, "posts": 1, "feeds": 2, "problems": 1}
    told = json.loads(site.get("/status.json").body)
    assert told | counts == told


def test_status_tells_when_the_last_scan_ended_and_how_long_it_took(site: Site) -> None:
    before = datetime.now(UTC)
    site.publish()
    scanned_once = site.index.last_scan()

    report = site.scan()  # that finds nothing new

    told = json.loads(site.get("/status.json").body)
    assert before < scanned_once[0] < datetime.fromisoformat(told["scanned"]) <= datetime.now(UTC)
    assert told["scan_seconds"] == round(report.seconds, 3)


def test_status_counts_hidden_posts(site: Site) -> None:
    site.write("2024-01-01-a.md", draft=True)
    site.publish("2024-01-02-b.md")

    told = json.loads(site.get("/status.json").body)

    assert (told["posts"], told["hidden"]) == (1, 1)


def test_status_page_shows_the_same_to_people(site: Site) -> None:
    site.write("undated.md")
    site.write("2024-01-02-b.md", draft=True)
    site.publish(tags=["a"])

    page = site.get("/status", accept="application/json")

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page.text) == [
        ("Posts", "1"),
        ("Hidden", "1"),
        ("Feeds", "2"),
        ("Problems", "1"),
        ("Version", __version__),
    ]


@pytest.mark.parametrize("target", ["/status", "/status.json", f"/status?token={'x' * 16}"])
def test_status_tells_strangers_no_path(site: Site, target: str) -> None:
    site.publish("undated.md")

    assert "undated" not in site.get(target).text


@pytest.mark.parametrize("target", ["/status", "/status.json"])
def test_status_before_the_posts_are_read_is_503(site: Site, target: str) -> None:
    assert site.get(target).status == 503


# --- the operator --------------------------------------------------------------------------------

TOKEN = "open+sesame/open=sesame"
BY_PASSWORD = f"Basic {b64encode(f'anyone:{TOKEN}'.encode()).decode()}"


@pytest.fixture
def owned(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    """A site with an operator, a post and a problem."""
    ours = make_site(replace(site.settings, operator_token=TOKEN))
    ours.write("undated-<b>.md")
    ours.publish(tags=["a"])
    return ours


@pytest.mark.parametrize(
    ("query", "header"),
    [
        (f"?token={TOKEN}", ""),
        (f"?x=1&token={quote(TOKEN, safe='')}&y", ""),
        ("", f"Bearer {TOKEN}"),
        ("", f"bearer  {TOKEN}"),
        ("", BY_PASSWORD),
        ("?token=wrong", BY_PASSWORD),
    ],
)
def test_operator_is_told_the_problems(owned: Site, query: str, header: str) -> None:
    page = owned.get(f"/status{query}", authorization=header)
    told = json.loads(owned.get(f"/status.json{query}", authorization=header).body)

    assert "undated-&lt;b&gt;.md: error: " in page.text
    assert [(problem["path"], problem["level"]) for problem in told["problem_list"]] == [("undated-<b>.md", "error")]


@pytest.mark.parametrize(
    ("query", "header"),
    [
        ("", ""),
        ("?token=", ""),
        (f"?token={TOKEN}x", ""),
        (f"?token={TOKEN[:-1]}", ""),
        (f"?Token={TOKEN}", ""),
        ("?token=%ff%00", "Bearer \xff"),
        ("", f"Basic {TOKEN}"),
        ("", f"Basic {b64encode(TOKEN.encode()).decode()}"),
        ("", "Basic é"),
        ("", "Basic"),
        ("", f"Digest {TOKEN}"),
        ("", TOKEN),
    ],
)
@pytest.mark.parametrize("target", ["/metrics", "/status"])
def test_whoever_lacks_the_token_is_a_stranger(owned: Site, target: str, query: str, header: str) -> None:
    reply = owned.get(f"{target}{query}", authorization=header, x_forwarded_for="127.0.0.1")

    assert (reply.status, "undated" in reply.text) == (404 if target == "/metrics" else 200, False)


def test_without_an_operator_nobody_gets_metrics(site: Site) -> None:
    site.publish()

    replies = [site.get("/metrics", authorization=header) for header in ("", "Bearer ", "Basic Og==")]

    assert replies == [site.get("/none")] * 3


def figures(site: Site, series: str) -> float:
    """The sum of the series whose names and labels begin like this."""
    lines = site.get("/metrics", authorization=f"Bearer {TOKEN}").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(series))


def test_metrics_tell_what_the_index_holds(owned: Site) -> None:
    names = ("posts", "feeds", "problems", "index_version")

    assert [figures(owned, f"feedsvc_{name} ") for name in names] == [1, 2, 1, owned.index.version()]
    assert figures(owned, "feedsvc_scan_timestamp_seconds ") == owned.index.last_scan()[0].timestamp()
    assert 0 < figures(owned, "feedsvc_scan_seconds ") < 10


@pytest.mark.parametrize(
    ("target", "labels"),
    [
        ("/rss.xml", 'cache="miss",kind="feed",status="200"'),
        ("/tags/a/feed.json?limit=x", 'cache="miss",kind="feed",status="400"'),
        ("/", 'cache="miss",kind="page",status="200"'),
        ("/tags/a", 'cache="miss",kind="page",status="301"'),
        ("/posts/2024-01-01-a/", 'cache="miss",kind="post",status="200"'),
        ("/static/feed.css", 'cache="miss",kind="static",status="200"'),
        ("/healthz", 'cache="miss",kind="ops",status="200"'),
        ("/none", 'cache="miss",kind="page",status="404"'),
        ("/%ff", 'cache="miss",kind="page",status="400"'),
    ],
)
def test_metrics_count_requests_by_status_and_kind(owned: Site, target: str, labels: str) -> None:
    owned.get(target)

    assert figures(owned, f"feedsvc_requests_total{{{labels}}} ") == 1


def test_metrics_count_what_is_given_again_and_what_is_made(owned: Site) -> None:
    for _ in range(5):
        owned.get("/rss.xml", accept_encoding="gzip")

    hits = figures(owned, 'feedsvc_requests_total{cache="hit",kind="feed",status="200"} ')
    assert (hits, figures(owned, "feedsvc_builds_total ")) == (4, 2)  # the feed, and the feed compressed


def test_metrics_are_there_before_the_posts_are_read(site: Site, make_site: Callable[[Settings], Site]) -> None:
    ours = make_site(replace(site.settings, operator_token=TOKEN))
    ours.get("/rss.xml")

    assert figures(ours, 'feedsvc_requests_total{cache="miss",kind="feed",status="503"} ') == 1


def test_prometheus_reads_the_metrics(owned: Site) -> None:
    owned.get("/rss.xml")
    reply = owned.get("/metrics", authorization=f"Bearer {TOKEN}")

    families = {family.name: family.type for family in text_string_to_metric_families(reply.text)}

    assert reply.headers["Content-Type"].startswith("text/plain; version=")
    assert (families["feedsvc_requests"], families["feedsvc_builds"], families["feedsvc_posts"]) == (
        "counter",
        "counter",
        "gauge",
    )


# --- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/healthz", "/readyz", "/status", "/status.json", f"/metrics?token={TOKEN}"])
def test_answers_to_operators_are_not_stored(owned: Site, target: str) -> None:
    assert owned.get(target).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("target", ["/healthz", "/readyz", "/status", "/status.json"])
@pytest.mark.usefixtures("compared")
def test_probe_may_ask_with_head(site: Site, target: str) -> None:
    site.scan()

    reply = site.get(target, method="HEAD")

    assert (reply.status, reply.body) == (200, b"")
