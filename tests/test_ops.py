"""For operators: alive, ready, and what there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from feedsvc import __version__

if TYPE_CHECKING:
    from conftest import Site


def test_process_is_alive_before_the_posts_are_read(site: Site) -> None:
    reply = site.get("/healthz")

    assert (reply.status, reply.text) == (200, "ok\n")


def test_service_is_not_ready_before_the_posts_are_read(site: Site) -> None:
    reply = site.get("/readyz")

    assert (reply.status, reply.headers["Retry-After"]) == (503, "2")


def test_service_is_ready_when_the_posts_are_read(site: Site) -> None:
    site.scan()

    assert (site.get("/readyz").status, site.get("/readyz").text) == (200, "ready\n")


def test_status_counts(site: Site) -> None:
    site.write("undated.md")
    site.publish(tags=["a"])

    counts = {"version": __version__, "posts": 1, "feeds": 2, "problems": 1}
    assert json.loads(site.get("/status").body) == counts


def test_status_tells_no_path(site: Site) -> None:
    site.publish("undated.md")

    assert "undated" not in site.get("/status").text


def test_status_before_the_posts_are_read_is_503(site: Site) -> None:
    assert site.get("/status").status == 503


@pytest.mark.parametrize("target", ["/healthz", "/readyz", "/status"])
def test_answers_to_operators_are_not_stored(site: Site, target: str) -> None:
    site.scan()

    assert site.get(target).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("target", ["/healthz", "/readyz", "/status"])
def test_probe_may_ask_with_head(site: Site, target: str) -> None:
    site.scan()

    reply = site.get(target, method="HEAD")

    assert (reply.status, reply.body) == (200, b"")
