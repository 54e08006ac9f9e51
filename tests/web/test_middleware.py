"""The whole chain keeps to WSGI, and nothing else of a request changes a response."""

from __future__ import annotations

from typing import TYPE_CHECKING
from wsgiref.validate import validator

import pytest

if TYPE_CHECKING:
    from conftest import Site


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
