"""The pages of a feed: their borders, and how often they are counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import threads_within, wait_until

from feedsvc.index.queries import Index
from feedsvc.models import Content, FeedRequest, Format, Scope
from feedsvc.publishing.pagination import paginate
from feedsvc.publishing.publisher import Publisher

if TYPE_CHECKING:
    from datetime import datetime

    from conftest import Site

BASE = "https://example.org"
ALL = FeedRequest(Scope(), Format.JSON, 20, Content.FULL)


@pytest.mark.parametrize(
    ("sizes", "limit", "max_bytes", "pages"),
    [
        ([], 2, 9, ()),
        ([1, 1, 1], 2, 9, ((0, 2), (2, 3))),
        ([5, 5, 5], 9, 10, ((0, 2), (2, 3))),
        ([99, 1, 99], 9, 10, ((0, 1), (1, 2), (2, 3))),
        ([4, 4, 4, 4], 2, 100, ((0, 2), (2, 4))),
    ],
    ids=["none", "by number", "by bytes", "never none", "even"],
)
def test_pages(sizes: list[int], limit: int, max_bytes: int, pages: tuple[tuple[int, int], ...]) -> None:
    assert paginate(sizes, limit, max_bytes) == pages


@given(st.lists(st.integers(0, 50)), st.integers(1, 9), st.integers(1, 100))
def test_pages_hold_every_post_once_and_in_order(sizes: list[int], limit: int, max_bytes: int) -> None:
    pages = paginate(sizes, limit, max_bytes)

    assert [number for start, end in pages for number in range(start, end)] == list(range(len(sizes)))
    assert all(1 <= end - start <= limit for start, end in pages)
    assert all(end - start == 1 or sum(sizes[start:end]) <= max_bytes for start, end in pages)


def test_threads_count_the_posts_once_after_a_change(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.publish("2024-01-01-a.md")
    publisher, sizes, asked = site.publisher, Index.sizes, list[FeedRequest]()

    def slowly(index: Index, request: FeedRequest, now: datetime) -> list[int]:
        asked.append(request)
        wait_until(lambda: threads_within(Publisher.feed) == 8)
        return sizes(index, request, now)

    monkeypatch.setattr(Index, "sizes", slowly)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: publisher.feed(ALL, BASE), range(8)))

    assert len(asked) == 1
