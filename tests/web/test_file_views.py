"""Files beside posts over HTTP: which are served, conditional requests, ranges, and what protects readers."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import request

from feedsvc.publishing.attachments import PART
from feedsvc.web import file_views
from feedsvc.web.file_views import MAX_WHOLE
from feedsvc.web.request_checks import PATH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def shown(site: Site) -> Site:
    """A site whose post refers to `img/a.png` and mentions nothing else."""
    put(site, "img/a.png")
    site.publish("2024-01-01-a.md", "![A](img/a.png)")
    return site


def put(site: Site, path: str, data: bytes = CONTENT) -> None:
    (site.posts / path).parent.mkdir(parents=True, exist_ok=True)
    (site.posts / path).write_bytes(data)


def test_first_request_after_the_scan_may_be_the_picture(shown: Site) -> None:
    reply = shown.get("/files/img/a.png")

    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (200, CONTENT, "image/png")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("img/b.png", id="no post refers to it"),
        pytest.param("img/draft.png", id="a draft refers to it"),
        pytest.param("img/future.png", id="a post refers to it that is not due"),
        pytest.param("2024-01-01-a.md", id="a post"),
        pytest.param(".env.txt", id="hidden"),
        pytest.param("img/", id="a folder"),
        pytest.param("img/none.png", id="not there"),
        pytest.param("../secret.txt", id="outside"),
        pytest.param("%2e%2e/secret.txt", id="outside, escaped"),
        pytest.param("img/../img/a.png", id="not in its canonical form"),
        pytest.param("img//a.png", id="two slashes"),
        pytest.param("/img/a.png", id="absolute"),
        pytest.param("", id="nothing"),
    ],
)
def test_anything_else_is_not_found(shown: Site, path: str) -> None:
    (shown.posts.parent / "secret.txt").write_text("secret")
    for name in ("img/b.png", "img/draft.png", "img/future.png", ".env.txt"):
        put(shown, name)
    shown.write("2024-01-02-d.md", "![D](img/draft.png) ![S](../secret.txt)", draft=True)
    shown.write("2999-01-02-f.md", "![F](img/future.png)")
    shown.scan()

    assert shown.get(f"/files/{path}").status == 404


def test_picture_goes_with_its_last_post(shown: Site) -> None:
    assert shown.get("/files/img/a.png").status == 200

    shown.publish("2024-01-01-a.md", "![A](img/a.png)", draft=True)

    assert shown.get("/files/img/a.png").status == 404


def test_picture_goes_when_it_is_no_longer_referred_to(shown: Site) -> None:
    shown.get("/files/img/a.png")

    shown.publish("2024-01-01-a.md", "No picture.")

    assert shown.get("/files/img/a.png").status == 404


def test_link_out_of_the_folder_is_not_followed(site: Site) -> None:
    (site.posts.parent / "secret.png").write_bytes(CONTENT)
    (site.posts / "a.png").symlink_to("../secret.png")
    site.publish("2024-01-01-a.md", "![A](a.png)")

    assert site.get("/files/a.png").status == 404


def test_file_exchanged_for_a_link_is_not_followed(shown: Site) -> None:
    (shown.posts.parent / "secret.png").write_bytes(b"secret")
    shown.get("/rss.xml")
    (shown.posts / "img/a.png").unlink()
    (shown.posts / "img/a.png").symlink_to("../../secret.png")

    assert shown.get("/files/img/a.png").status == 404


def test_validators_make_304(shown: Site) -> None:
    first = shown.get("/files/img/a.png")

    by_tag = shown.get("/files/img/a.png", if_none_match=first.headers["ETag"])
    by_date = shown.get("/files/img/a.png", if_modified_since=first.headers["Last-Modified"])

    assert [(reply.status, reply.body) for reply in (by_tag, by_date)] == [(304, b"")] * 2
    assert by_tag.headers["ETag"] == first.headers["ETag"]


LATER, EARLIER = "Fri, 01 Jan 2100 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:01 GMT"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({"if_match": '"other"'}, 412, id="another version"),
        pytest.param({"if_match": "*"}, 200, id="any version"),
        pytest.param({"if_match": 'W/"{tag}"'}, 412, id="this version, weakly"),
        pytest.param({"if_match": '"{tag}"', "if_unmodified_since": EARLIER}, 200, id="a tag before a date"),
        pytest.param({"if_unmodified_since": EARLIER}, 412, id="modified since"),
        pytest.param({"if_unmodified_since": LATER}, 200, id="not modified since"),
        pytest.param({"if_unmodified_since": "yesterday"}, 200, id="no date"),
        pytest.param({"if_match": '"other"', "range": "bytes=0-1"}, 412, id="another version of a part"),
        pytest.param({"if_none_match": '"other"', "if_modified_since": LATER}, 200, id="a tag before a date, again"),
        pytest.param({"if_none_match": 'W/"{tag}"'}, 304, id="held weakly"),
        pytest.param({"if_none_match": "*"}, 304, id="anything held"),
        pytest.param({"if_modified_since": "2100-01-01"}, 200, id="a date in another form"),
        pytest.param({"if_none_match": '"{tag}"', "range": "bytes=0-1"}, 304, id="held, before a range"),
        pytest.param({"range": "bytes=0-1", "if_range": 'W/"{tag}"'}, 200, id="a weak tag allows no range"),
        pytest.param({"range": "bytes=0-1", "if_range": EARLIER}, 200, id="another date allows no range"),
        pytest.param({"range": "bytes=0-1", "method": "HEAD"}, 200, id="ranges are of GET alone"),
    ],
)
def test_conditions_hold_as_for_feeds(shown: Site, fields: dict[str, str], status: int) -> None:
    tag = shown.get("/files/img/a.png").headers["ETag"].strip('"')

    reply = shown.get("/files/img/a.png", **{name: value.format(tag=tag) for name, value in fields.items()})

    assert reply.status == status


def test_date_of_a_file_allows_a_range(shown: Site) -> None:
    date = shown.get("/files/img/a.png").headers["Last-Modified"]

    assert shown.get("/files/img/a.png", range="bytes=0-1", if_range=date).status == 206


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda file: os.truncate(file, MAX_WHOLE), id="truncated"),
        pytest.param(lambda file: file.write_bytes(b"y" * (MAX_WHOLE + 1000)), id="written anew"),
        pytest.param(lambda file: os.truncate(file, 0), id="emptied"),
    ],
)
def test_large_file_that_changes_while_it_is_sent_is_not_sent_to_its_end(
    site: Site, change: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    put(site, "a.mp4", b"x" * (MAX_WHOLE + 1000))
    site.publish("2024-01-01-a.html", '<p>Text</p><video src="a.mp4"></video>')
    with site.app.test_request_context("/files/a.mp4"):
        request.environ[PATH] = "/files/a.mp4"
        response = file_views.attachment("a.mp4")
        parts = response.iter_encoded()
        next(parts)
        change(site.posts / "a.mp4")
        sent = PART + sum(map(len, parts))
        response.close()

    assert sent < MAX_WHOLE
    assert caplog.messages == ["'/files/a.mp4': the file has changed while it was read"]


def test_file_that_was_exchanged_while_it_is_sent_is_sent_to_its_end(site: Site) -> None:
    put(site, "a.mp4", b"x" * (MAX_WHOLE + 1000))
    site.publish("2024-01-01-a.html", '<p>Text</p><video src="a.mp4"></video>')
    with site.publisher.files.open("a.mp4") as file:
        parts = file.read(0, file.size)
        first = next(parts)
        (site.posts / "a.mp4").unlink()
        put(site, "a.mp4", b"y")

        assert first + b"".join(parts) == b"x" * (MAX_WHOLE + 1000)


def test_picture_of_a_body_kept_under_another_base_url_is_served(
    shown: Site, make_site: Callable[[Settings], Site]
) -> None:
    shown.get("/rss.xml")
    other = make_site(replace(shown.settings, base_url="https://other.example"))

    assert other.get("/files/img/a.png", HTTP_HOST="other.example").status == 200


def test_picture_is_served_by_the_rules_of_now(site: Site, make_site: Callable[[Settings], Site]) -> None:
    put(site, "a.png")
    site.publish("2024-01-01-a.html", '<p>Text of a post.</p><p class="promo">More <img src="a.png"></p>')
    rules = site.posts.parent / "rules.toml"
    rules.write_text('[remove]\nnames = ["promo"]\n', encoding="utf-8")
    strict = make_site(replace(site.settings, rules=rules))

    statuses = [one.get("/files/a.png").status for one in (strict, site, strict)]

    assert statuses == [404, 200, 404]


def test_etag_is_of_the_content(shown: Site) -> None:
    first = shown.get("/files/img/a.png").headers["ETag"]
    os.utime(shown.posts / "img/a.png", (1, 1))
    shown.scan()
    touched = shown.get("/files/img/a.png").headers["ETag"]
    put(shown, "img/a.png", CONTENT + b"more")
    shown.scan()

    assert (touched, shown.get("/files/img/a.png").headers["ETag"] != first) == (first, True)


def test_head_has_the_length_and_no_body(shown: Site) -> None:
    reply = shown.get("/files/img/a.png", method="HEAD")

    assert (reply.status, reply.headers["Content-Length"], reply.body) == (200, str(len(CONTENT)), b"")


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-1", 206, CONTENT[:2]),
        ("bytes=1000-", 206, CONTENT[1000:]),
        ("bytes=-5", 206, CONTENT[-5:]),
        ("bytes=0-99999", 206, CONTENT),
        ("bytes=2000-", 416, b""),
        ("bytes=0-1,4-5", 200, CONTENT),
        ("bytes=x", 200, CONTENT),
        ("lines=0-1", 200, CONTENT),
    ],
)
def test_single_ranges_are_served(shown: Site, asked: str, status: int, body: bytes) -> None:
    shown.get("/files/img/a.png")

    reply = shown.get("/files/img/a.png", range=asked)

    assert (reply.status, reply.body) == (status, body)


def test_range_names_its_place(shown: Site) -> None:
    assert shown.get("/files/img/a.png", range="bytes=2-4").headers["Content-Range"] == "bytes 2-4/1024"


def test_range_of_another_version_is_the_whole(shown: Site) -> None:
    tag = shown.get("/files/img/a.png").headers["ETag"]

    assert shown.get("/files/img/a.png", range="bytes=0-1", if_range=tag).status == 206
    assert shown.get("/files/img/a.png", range="bytes=0-1", if_range='"other"').status == 200


def test_large_file_is_sent_in_parts_and_a_range_of_it_at_most_the_bound(site: Site) -> None:
    put(site, "a.mp4", b"x" * (MAX_WHOLE + 1000))
    site.publish("2024-01-01-a.html", '<p>Text</p><video src="a.mp4"></video>')

    whole = site.get("/files/a.mp4")
    part = site.get("/files/a.mp4", range="bytes=10-")

    assert (whole.status, len(whole.body)) == (200, MAX_WHOLE + 1000)
    assert (part.status, len(part.body)) == (206, MAX_WHOLE)
    assert part.headers["Content-Range"] == f"bytes 10-{MAX_WHOLE + 9}/{MAX_WHOLE + 1000}"


def test_svg_runs_no_script(site: Site) -> None:
    put(site, "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    site.publish("2024-01-01-a.md", "![A](a.svg)")

    reply = site.get("/files/a.svg")

    assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert (reply.headers["Content-Type"], reply.headers["X-Content-Type-Options"]) == ("image/svg+xml", "nosniff")


def test_page_of_html_is_not_served(site: Site) -> None:
    put(site, "a.xhtml", b"<script>alert(1)</script>")
    site.publish("2024-01-01-a.md", "[A](a.xhtml)")

    assert site.get("/files/a.xhtml").status == 404


def test_file_that_many_posts_mention_costs_a_request_a_few_bodies(site: Site) -> None:
    put(site, "a.png")
    for number in range(120):
        site.write(f"2024-01-01-{number}.md", "Text. <!-- a.png -->")
    site.scan()

    statuses = [site.get("/files/a.png").status for _ in range(3)]

    assert statuses == [503, 404, 404]


def test_range_that_is_ignored_spoils_no_other(site: Site) -> None:
    put(site, "a.png")
    site.publish("2024-01-01-a.md", "![A](a.png)")
    site.patience = 60

    assert site.get("/files/a.png", range="bytes=x").status == 200
    assert site.get("/files/a.png", range="bytes=0-1").status == 206
