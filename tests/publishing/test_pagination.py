"""The pages of a feed: how many there are, and where their links lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import NotFound
from feedsvc.files import Stamp
from feedsvc.index.queries import Index
from feedsvc.index.records import to_row
from feedsvc.models import Content, FeedRequest, Format, Post, Reading, Scope, ScopeKind
from feedsvc.publishing.pagination import Page, Paginator
from feedsvc.publishing.state import StateReader
from feedsvc.settings import Settings

if TYPE_CHECKING:
    from conftest import Site

BASE = "https://example.org"
ALL = FeedRequest(Scope(), Format.JSON, 2, Content.FULL)
NEWS = replace(ALL, scope=Scope(ScopeKind.TAG, "news"))
SEARCH = replace(ALL, words=("rain",))
DAY = datetime(2024, 1, 1, tzinfo=UTC)


def page_of(site: Site, request: FeedRequest) -> Page:
    return Paginator(site.index, StateReader(site.settings, site.index, site.clock)).page(request)


def publish(site: Site, count: int) -> None:
    for number in range(count):
        site.write(f"2024-01-0{number + 1}-rain.md", tags=["news"])
    site.scan()


@pytest.mark.parametrize("request_", [ALL, NEWS], ids=["everything", "a tag"])
@pytest.mark.parametrize(("posts", "pages"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_pages_are_counted(site: Site, request_: FeedRequest, posts: int, pages: int) -> None:
    publish(site, posts)

    page = page_of(site, request_)

    assert (page.post_count, page.page_count, page.is_counted) == (posts, pages, True)


@pytest.mark.parametrize(("posts", "number", "pages"), [(2, 1, 1), (3, 1, 2), (5, 1, 2), (5, 2, 3), (5, 3, 3)])
def test_pages_of_a_search_are_known_up_to_the_next(site: Site, posts: int, number: int, pages: int) -> None:
    publish(site, posts)

    page = page_of(site, replace(SEARCH, page=number))

    assert (page.page_count, page.is_counted) == (pages, False)


@pytest.mark.parametrize("request_", [ALL, NEWS, SEARCH], ids=["everything", "a tag", "a search"])
def test_page_past_the_end_is_not_found(site: Site, request_: FeedRequest) -> None:
    publish(site, 4)

    with pytest.raises(NotFound, match=r"^page: past the end$"):
        page_of(site, replace(request_, page=3))


@pytest.mark.parametrize("request_", [ALL, SEARCH], ids=["everything", "a search"])
def test_first_page_of_nothing_is_empty(site: Site, request_: FeedRequest) -> None:
    site.scan()

    assert page_of(site, request_).posts == ()


@pytest.mark.parametrize("content", ["rss.xml", "atom.xml", "feed.json", ""])
def test_links_to_pages_follow_posts_that_come_and_go(site: Site, content: str) -> None:
    publish(site, 4)
    target = f"/{content}?limit=2"
    before = site.get(target).text

    (site.posts / "2024-01-01-rain.md").unlink()
    (site.posts / "2024-01-02-rain.md").unlink()
    site.scan()

    assert ("page=2" in before, "page=2" in site.get(target).text) == (True, False)
    assert site.get(f"{target}&page=2").status == 404


def put(index: Index, moments: list[datetime]) -> None:
    with index.update() as writer:
        for number, moment in enumerate(moments):
            post = Post(f"{number:05}.md", f"rain {number}", moment, moment)
            writer.put(to_row(post.path, Stamp(), Reading(post)))


@given(
    days=st.lists(st.integers(0, 3), min_size=1, max_size=30),
    limit=st.integers(1, 7),
    latest_path_first=st.booleans(),
    search=st.booleans(),
)
def test_pages_hold_every_post_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, *, days: list[int], limit: int, latest_path_first: bool, search: bool
) -> None:
    folder = tmp_path_factory.mktemp("index")
    index = Index(folder / "index.sqlite", "x", latest_path_first=latest_path_first)
    put(index, [DAY + timedelta(days=day) for day in days])
    paginator = Paginator(index, StateReader(Settings(), index, lambda: datetime.now(UTC)))
    first = replace(SEARCH if search else ALL, limit=limit)

    pages = [paginator.page(replace(first, page=number + 1)) for number in range(-(-len(days) // limit))]

    found = [post for page in pages for post in page.posts]
    by_path = sorted(found, key=lambda post: post.path, reverse=latest_path_first)
    assert found == sorted(by_path, key=lambda post: post.published, reverse=True)
    assert len(set(found)) == len(days)
