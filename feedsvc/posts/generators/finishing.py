"""The URL of a post on its site by its own front matter and by the setting `permalink`, for any generator. Pure."""

from collections.abc import Callable
from dataclasses import replace

from feedsvc.errors import PostError
from feedsvc.models import Post
from feedsvc.posts.dates import without_date
from feedsvc.posts.metadata import Front
from feedsvc.posts.permalinks import quote_path, stem_of, url_of_post
from feedsvc.settings import Settings

Finish = Callable[[Post, Front, Settings], Post]


def finish_by_settings(post: Post, front: Front, settings: Settings) -> Post:
    """Return a post with the URL in its front matter, else with that of the setting `permalink`; "" without either."""
    written = url_in(front, "permalink", settings)
    return replace(post, url=written or (_fill(post, front, settings) if settings.permalink else ""))


def url_in(front: Front, key: str, settings: Settings) -> str:
    """Return a key's path on the site, or its URL if that is on the site; "" for anything else."""
    text = front.text(key) if isinstance(front.values.get(key), str) else ""
    if settings.own_url and text.startswith(f"{settings.own_url}/"):
        text = text.removeprefix(settings.own_url)
    return quote_path(text) if text.startswith("/") and not text.startswith("//") and ":" not in text else ""


def slug_of(post: Post, front: Front) -> str:
    """Return the slug that a post's front matter has, else the name of its file or folder without the date."""
    stem = stem_of(post.path)
    return front.text("slug") or without_date(stem) or stem


def _fill(post: Post, front: Front, settings: Settings) -> str:
    local = post.published.astimezone(settings.timezone)
    path = settings.site.prefix + post.path
    try:
        return url_of_post(settings.permalink, path, slug_of(post, front), post.categories, local)
    except ValueError as error:
        raise PostError(f"the setting permalink: {error}") from error
