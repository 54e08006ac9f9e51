"""The pages of a feed: how many posts and pages it has, and which posts are on one of them."""

from dataclasses import dataclass

from feedsvc.errors import NotFound
from feedsvc.index.queries import Index
from feedsvc.models import FeedRequest, Post
from feedsvc.publishing.state import StateReader


@dataclass(frozen=True, slots=True)
class Page:
    """The posts on one page of a feed, and the numbers of posts and pages of the whole feed.

    The posts of a filtered feed are not counted: its numbers only include the next page, if there is one.
    """

    posts: tuple[Post, ...]
    post_count: int
    page_count: int
    is_counted: bool


class Paginator:
    """Finds the posts on a page; keeps nothing, and is safe to share between threads."""

    def __init__(self, index: Index, states: StateReader) -> None:
        self._index = index
        self._states = states

    def page(self, request: FeedRequest) -> Page:
        """Return the page that is requested. Raise NotFound past the end."""
        now, start = self._states.cutoff(), (request.page - 1) * request.limit
        with self._index.snapshot():  # posts may come and go between counting and reading
            total = None if _is_filtered(request) else self._index.count_posts(request.scope, now)
            if start and total is not None and start >= total:
                raise NotFound("page: past the end")
            posts = tuple(self._index.select(request, now, start, request.limit + 1, total=total))
        if start and not posts:
            raise NotFound("page: past the end")
        if request.legacy_path:  # one page of `limit` posts, as the site that served it had it
            return Page(posts[: request.limit], min(len(posts), request.limit), 1, is_counted=True)
        if total is None:
            is_last = len(posts) <= request.limit
            return Page(posts[: request.limit], start + len(posts), request.page + (not is_last), is_counted=False)
        return Page(posts[: request.limit], total, _pages(total, request.limit), is_counted=True)

    def count(self, request: FeedRequest) -> int:
        """Return the number of pages of a feed without filters; one without posts has one page."""
        if request.legacy_path:
            return 1
        return max(1, _pages(self._index.count_posts(request.scope, self._states.cutoff()), request.limit))


def _is_filtered(request: FeedRequest) -> bool:
    return bool(request.filters or request.words or request.since or request.until)


def _pages(total: int, limit: int) -> int:
    return -(-total // limit)
