"""Requests made from other requests: the first page, the pages around one, the page for people. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from feedsvc.models import FeedRequest, Format, Scope, ScopeKind
from feedsvc.settings import Settings


def first_page(scope: Scope, format_: str, settings: Settings) -> FeedRequest:
    """Return the request for the first page of a scope's feed, with the default limit and content."""
    return FeedRequest(scope, format_, settings.limit, settings.content)


def to_html_page(request: FeedRequest, settings: Settings) -> FeedRequest:
    """Return the request for the first HTML page of the same scope and filters, with the default limit and content."""
    return replace(request, format=Format.HTML, limit=settings.limit, content=settings.content, page=1, legacy_path="")


def other_pages(request: FeedRequest, pages: int, *, has_last: bool = True) -> Iterator[tuple[str, FeedRequest]]:
    """Yield the relations and requests of the first, previous, next and last of `pages`, as far as these exist.

    Without `has_last`, more pages may follow, so none is the last.
    """
    last = pages if has_last else 0
    numbers = {"first": 1, "previous": request.page - 1, "next": request.page + 1, "last": last}
    for rel, number in numbers.items():
        if pages > 1 and 1 <= number <= pages:
            yield rel, replace(request, page=number)


def is_list(request: FeedRequest) -> bool:
    """True if a request is for the page that lists all scopes of a kind."""
    return request.scope.kind is not ScopeKind.ALL and not request.scope.name


def is_front(request: FeedRequest) -> bool:
    """True if a request is for the front page, which lists scopes beside posts."""
    return request == FeedRequest(Scope(), Format.HTML, request.limit, request.content)
