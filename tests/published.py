"""What an index holds for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedsvc.models import NEVER, Content, FeedRequest, Format, Scope

if TYPE_CHECKING:
    from conftest import Site

    from feedsvc.models import Post


def posts_of(site: Site) -> dict[str, Post]:
    """Return the posts of a site by their paths, the newest first, also those that are not due yet."""
    request = FeedRequest(Scope(), Format.ATOM, 1_000, Content.NONE)
    return {post.path: post for post in site.index.select(request, NEVER)}
