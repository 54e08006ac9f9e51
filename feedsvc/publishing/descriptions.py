"""What a feed gathers, in words: "tag 联合早报", "not author Li". Pure."""

from collections.abc import Iterator
from dataclasses import replace

from feedsvc.models import FeedRequest, Filter, ScopeKind
from feedsvc.wording import Words


def describe(request: FeedRequest, words: Words) -> list[str]:
    """Return the scope and the filters of a request in words."""
    scope = request.scope
    own = [] if scope.kind is ScopeKind.ALL else [words.text(f"title.{scope.kind}", name=scope.name)]
    return [*own, *(label for label, _ in without_each(request, words))]


def without_each(request: FeedRequest, words: Words) -> Iterator[tuple[str, FeedRequest]]:
    """Yield each filter of a request in words, with the request without that filter."""
    for chosen in request.filters:
        others = tuple(other for other in request.filters if other is not chosen)
        yield _describe_filter(chosen, words), replace(request, filters=others)
    if request.words:
        yield words.text("title.words", words=" ".join(request.words)), replace(request, words=())
    if request.since:
        yield words.text("title.since", day=f"{request.since:%Y-%m-%d}"), replace(request, since=None)
    if request.until:
        yield words.text("title.until", day=f"{request.until:%Y-%m-%d}"), replace(request, until=None)


def _describe_filter(chosen: Filter, words: Words) -> str:
    names = words.text("title.or").join(chosen.names)
    condition = words.text(f"title.{chosen.kind}", name=names)
    return words.text("title.not", what=condition) if chosen.exclude else condition


def language_of(request: FeedRequest) -> str:
    """Return the language that all posts of a feed are in, "" if the request names none."""
    if request.scope.kind is ScopeKind.LANGUAGE:
        return request.scope.name
    chosen = [one.names for one in request.filters if one.kind is ScopeKind.LANGUAGE and not one.exclude]
    return chosen[0][0] if chosen and len(chosen[0]) == 1 else ""
