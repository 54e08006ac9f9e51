"""Tags of responses: short names under which caches in front find what a change of posts concerns. Pure.

A response has the tags of the changes after which it may be another one; changes are as the index notes them.
"""

import hashlib
from collections.abc import Iterable, Sequence

from feedsvc.index.change_table import MENU, POST, SITE, Change, to_stem
from feedsvc.models import FeedRequest, Format, Post, Scope, ScopeKind
from feedsvc.names import fold

MAX_TAGS = 40  # of a response, so that the header stays below 600 bytes; with more, any change purges it
_LENGTH = 10  # hex digits of a hash: with a probability of 1 %, two of 100,000 names share one and are purged together

ANY: Change = ("any", "")  # comes with every change; concerns lists of scopes, and whatever counts posts of all scopes


def to_tag(change: Change) -> str:
    """Return the tag of a change; names that differ in case alone have the same, as they have the same feeds."""
    kind, name = change
    return f"f{hashlib.sha256(f'{kind} {fold(name)}'.encode()).hexdigest()[:_LENGTH]}"


def to_tags(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the tags of a response that these changes concern, and those that concern every response."""
    distinct = dict.fromkeys((SITE, *changes))
    return tuple(map(to_tag, distinct if len(distinct) <= MAX_TAGS else (SITE, ANY)))


def changes_of_feed(request: FeedRequest, *, is_empty: bool) -> tuple[Change, ...]:
    """Return the changes that concern a feed: those of its scope, else of the filter with the fewest names.

    The names of an empty feed may be spelled in any way, so any change concerns it. A page also shows the menu.
    """
    if is_empty:
        return (ANY,)
    menu = (MENU,) if request.format == Format.HTML else ()
    including = [chosen for chosen in request.filters if not chosen.exclude]
    if request.scope.name or not including:
        return (to_change(request.scope), *menu)
    narrowest = min(including, key=lambda chosen: len(chosen.names))
    return tuple((narrowest.kind.value, name) for name in narrowest.names) + menu


def changes_of_post(post: Post, translations: Iterable[str], neighbors: Sequence[str]) -> tuple[Change, ...]:
    """Return the changes that concern the page of a post, which links to the posts next to it.

    `translations` are the paths without suffix at which there may be translations; `neighbors` are the paths of the
    posts next to it.
    """
    stems = (*map(to_stem, (post.path, *neighbors)), *translations)
    return (MENU, *((POST, stem) for stem in stems))


def to_change(scope: Scope) -> Change:
    """Return the change of a scope's posts."""
    return scope.kind.value, scope.name if scope.kind is not ScopeKind.ALL else ""
