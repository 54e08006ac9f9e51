"""The pages of a feed: where each begins and ends, and which posts are on it. Keeps the borders until posts change."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from threading import Lock

from feedsvc.errors import NotFound
from feedsvc.index.queries import Index
from feedsvc.models import Content, FeedRequest, Format, Post, State
from feedsvc.publishing.state import StateReader
from feedsvc.settings import Settings

MAX_BORDERS = 100  # feeds whose borders are kept

Borders = tuple[tuple[int, int], ...]  # of each page: the position of its first post, and of the one after its last


def paginate(sizes: Sequence[int], limit: int, max_bytes: int) -> Borders:
    """Return the borders of pages of at most `limit` posts and `max_bytes` bytes, but at least one post each.

    `sizes` are those of the posts' files in bytes, in the order of the feed; 0 as `max_bytes` means no such limit.
    """
    sums = [0, *accumulate(sizes)]
    borders, start = [], 0
    while start < len(sizes):
        end = min(start + limit, len(sizes))
        if max_bytes and sums[end] - sums[start] > max_bytes:
            end = max(start + 1, bisect_right(sums, sums[start] + max_bytes, start, end) - 1)
        borders.append((start, end))
        start = end
    return tuple(borders)


@dataclass(frozen=True, slots=True)
class Page:
    """The posts on one page of a feed, and the numbers of posts and pages of the whole feed."""

    posts: tuple[Post, ...]
    post_count: int
    page_count: int


class Paginator:
    """Finds the posts on a page; safe to share between threads."""

    def __init__(self, settings: Settings, index: Index, states: StateReader) -> None:
        self._max_bytes = settings.page_bytes
        self._index = index
        self._states = states
        self._kept: tuple[State | None, dict[FeedRequest, Borders]] = (None, {})
        self._lock = Lock()  # after a change one thread counts, which is slow, while the others wait

    def page(self, request: FeedRequest) -> Page:
        """Return the page that is requested. Raise NotFound past the end."""
        borders = self._borders(request)
        if request.page > max(len(borders), 1):
            raise NotFound("page: past the end")
        start, end = borders[request.page - 1] if borders else (0, 0)
        posts = self._index.select(request, self._states.cutoff(), start, end - start)
        return Page(tuple(posts), borders[-1][1] if borders else 0, len(borders))

    def count(self, request: FeedRequest) -> int:
        """Return the number of pages of a feed; one without posts has one page."""
        return max(len(self._borders(request)), 1)

    def _borders(self, request: FeedRequest) -> Borders:
        if request.legacy_path:  # one page of `limit` posts, as the site that served it had it
            return ((0, request.limit),)
        key = replace(request, format=Format.HTML, content=Content.FULL, page=1)  # the same in every format
        with self._lock:
            kept = self._kept_at(self._states.current())
            if key not in kept:
                kept[key] = paginate(self._index.sizes(key, self._states.cutoff()), key.limit, self._max_bytes)
            return kept[key]

    def _kept_at(self, state: State) -> dict[FeedRequest, Borders]:
        if self._kept[0] != state or len(self._kept[1]) > MAX_BORDERS:
            self._kept = (state, {})
        return self._kept[1]
