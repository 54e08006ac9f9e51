"""One line a response, which no request can forge."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from feedsvc.settings import AccessLog
from feedsvc.web.access_log import AccessLogger

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings


@pytest.fixture
def logged(site: Site, make_site: Callable[[Settings], Site], caplog: pytest.LogCaptureFixture) -> Callable[..., str]:
    """What is logged when a site with these settings is asked."""
    caplog.set_level(logging.INFO, "feedsvc.access")

    def ask(target: str, fields: dict[str, str] | None = None, **settings: object) -> str:
        ours = make_site(replace(site.settings, **{"access_log": AccessLog.ALL, **settings}))
        ours.publish()
        caplog.clear()
        ours.get(target, **{"REMOTE_ADDR": "192.0.2.1", **(fields or {})})
        lines = [record.getMessage() for record in caplog.records if record.name == "feedsvc.access"]
        return "\n".join(line.rpartition(" ")[0] for line in lines)  # without the milliseconds

    return ask


@pytest.mark.parametrize(
    ("target", "fields", "line"),
    [
        ("/healthz", {}, "192.0.2.1 GET /healthz 200 3"),
        ("/healthz", {"method": "HEAD"}, "192.0.2.1 HEAD /healthz 200 0"),
        ("/rss.xml", {"if_none_match": "*"}, "192.0.2.1 GET /rss.xml 304 0"),
        ("/rss.xml?limit=x&q=%E5%8D%9A", {}, "192.0.2.1 GET /rss.xml?limit=x&q=%E5%8D%9A 400 {}"),
        ("/%E5%8D%9A/%3F%25", {}, "192.0.2.1 GET /%E5%8D%9A/%3F%25 404 {}"),
        ("/none", {"REMOTE_ADDR": "::1"}, "::1 GET /none 404 {}"),
        ("/none", {"x_forwarded_for": "203.0.113.9"}, "192.0.2.1 GET /none 404 {}"),
        ("/none", {"REMOTE_ADDR": ""}, "- GET /none 404 {}"),
    ],
)
def test_line_says_who_asked_for_what_and_what_came_of_it(
    logged: Callable[..., str], target: str, fields: dict[str, str], line: str
) -> None:
    found = logged(target, fields)

    assert found == line.format(found.rpartition(" ")[2])


def test_client_behind_a_trusted_proxy_is_named(logged: Callable[..., str]) -> None:
    assert logged("/healthz", {"x_forwarded_for": "a, 203.0.113.9"}, trusted_proxies=1).startswith("203.0.113.9 ")


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        ("/%0a192.0.2.9%20GET%20/%20200", {}),
        ("/%0d%0a%1b%5b31m%00%7f%C2%85%E2%80%A8", {}),
        ("/rss.xml?\n\x1b[31m\x85 x", {}),
        ("/", {"method": "GET\nx y"}),
        ("/", {"x_forwarded_for": "a b\n\x1b"}),
        ("/" + "a" * 15_000, {}),
        ("/rss.xml?" + "%0a" * 5_000, {}),
        ("/", {"method": "A" * 4_000}),
    ],
)
def test_no_request_forges_a_line_or_floods_the_log(
    logged: Callable[..., str], target: str, fields: dict[str, str]
) -> None:
    line = logged(target, fields, trusted_proxies=1)

    assert line.isascii()
    assert line.isprintable()
    assert (len(line.split(" ")), len(line) < 4_000) == (5, True)


@pytest.mark.parametrize("options", [{}, {"reader_token": "s3cret" * 3}, {"operator_token": "s3cret" * 3}])
@pytest.mark.parametrize("target", ["/rss.xml?limit=2&token={}", "/status?token={}", "/none?%74oken={}"])
def test_token_is_not_in_the_log(logged: Callable[..., str], target: str, options: dict[str, object]) -> None:
    line = logged(target.format("s3cret" * 3), **options)

    assert (line != "", "s3cret" in line) == (True, False)


@pytest.mark.parametrize("name", ["reader_token", "operator_token"])
def test_token_where_none_belongs_is_not_in_the_log(logged: Callable[..., str], name: str) -> None:
    token = "s3cret" * 3

    assert "s3cret" not in logged(f"/{token}/?TOKEN={token}", **{name: token})


@pytest.mark.parametrize(("chosen", "lines"), [(AccessLog.OFF, 0), (AccessLog.ERRORS, 1), (AccessLog.ALL, 4)], ids=str)
def test_lines_are_of_the_chosen_answers(
    site: Site,
    make_site: Callable[[Settings], Site],
    caplog: pytest.LogCaptureFixture,
    chosen: AccessLog,
    lines: int,
) -> None:
    caplog.set_level(logging.INFO, "feedsvc.access")
    ours = make_site(replace(site.settings, access_log=chosen))
    ours.publish()

    for target in ("/rss.xml", "/rss.xml", "/none", "/healthz"):
        ours.get(target)

    assert [record.name for record in caplog.records].count("feedsvc.access") == lines


@pytest.mark.parametrize(("seconds", "lines"), [(1.0, []), (1.001, ["192.0.2.1 GET /rss.xml 200 3 1001.0"])])
def test_answer_that_took_more_than_a_second_is_logged_as_errors_are(
    settings: Settings, caplog: pytest.LogCaptureFixture, seconds: float, lines: list[str]
) -> None:
    caplog.set_level(logging.INFO, "feedsvc.access")
    logger = AccessLogger(replace(settings, access_log=AccessLog.ERRORS))

    logger.log({"REQUEST_METHOD": "GET", "REMOTE_ADDR": "192.0.2.1"}, "/rss.xml", 200, 3, seconds=seconds)

    assert caplog.messages == lines
