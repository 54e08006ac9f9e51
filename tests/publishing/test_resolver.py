"""URLs and names → requests with every name as posts spell it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from feedsvc.entries import Document
from feedsvc.errors import NotFound
from feedsvc.models import Content, FeedRequest, Filter, Format, Scope, ScopeKind
from feedsvc.publishing.routing import Route

if TYPE_CHECKING:
    from conftest import Site

BASE = "https://example.org"
ALL = FeedRequest(Scope(), Format.JSON, 20, Content.FULL)
TAG = replace(ALL, scope=Scope(ScopeKind.TAG, "News"))


def resolve(site: Site, route: Route) -> FeedRequest:
    return site.publisher.resolver.resolve(route)


def titles(document: Document) -> list[str]:
    return [item["title"] for item in json.loads(document.body)["items"]]


@pytest.mark.parametrize("name", ["News", "news", "NEWS"])
def test_name_is_resolved_to_its_spelling(site: Site, name: str) -> None:
    site.publish(tags=["News"])

    request = resolve(site, Route(replace(ALL, scope=Scope(ScopeKind.TAG, name)), name_in_path=True))

    assert request == TAG


def test_slug_is_resolved_to_the_one_name_that_has_it(site: Site) -> None:
    site.publish(tags=["Big News!"])
    route = Route(replace(ALL, scope=Scope(ScopeKind.TAG, "big-news")), name_in_path=True)

    assert resolve(site, route).scope.name == "Big News!"


def test_names_in_filters_are_resolved_and_given_once(site: Site) -> None:
    site.publish(tags=["News"])
    chosen = Filter(ScopeKind.TAG, ("NEWS", "news", "none"))

    request = resolve(site, Route(replace(ALL, filters=(chosen,)), name_in_path=False))

    assert request.filters == (Filter(ScopeKind.TAG, ("News", "none")),)


def test_unknown_name_in_a_path_is_not_found(site: Site) -> None:
    site.publish()

    with pytest.raises(NotFound, match=r"^no such tag$"):
        resolve(site, Route(TAG, name_in_path=True))


def test_unknown_name_in_a_filter_is_an_empty_feed(site: Site) -> None:
    site.publish()
    publisher = site.publisher

    request = publisher.resolver.resolve(Route(TAG, name_in_path=False))

    assert titles(publisher.feed(request, BASE)) == []


def test_new_spelling_is_known_after_the_scan(site: Site) -> None:
    site.publish("2024-01-01-a.md", tags=["Old"])
    publisher = site.publisher
    lower = Route(replace(ALL, scope=Scope(ScopeKind.TAG, "news")), name_in_path=True)
    with pytest.raises(NotFound):
        publisher.resolver.resolve(lower)

    site.publish("2024-01-01-a.md", tags=["News"])

    assert publisher.resolver.resolve(lower).scope.name == "News"
