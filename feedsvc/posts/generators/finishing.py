"""The URL of a post on its site by its own front matter and by the setting `permalink`, for any generator. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo

from feedsvc.errors import PostError
from feedsvc.models import Post
from feedsvc.posts.dates import without_date
from feedsvc.posts.metadata import CATEGORIES, PUBLISHED, TAGS, Front
from feedsvc.posts.paths import stem_of
from feedsvc.posts.permalinks import quote_path, url_of_post
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName, Site

_SEPARATORS = re.compile("[,，、،;；؛]")
_RELATIVE = re.compile(r"[\w~./@+-]*[\w~/-]")  # a path, and no name of a style or a template
_OFFSET = re.compile(r":\d\d(?:[.,]\d+)?\s*(?:[Zz]|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?)\s*\Z")


def finish_by_settings(post: Post, front: Front, settings: Settings) -> Post:
    """Return a post with the URL in its front matter, else with that of the setting `permalink`; "" without either."""
    if not settings.permalink and "permalink" not in front.values:  # most posts of most folders
        return post
    written = _url_written(front, settings)
    url = written or (_fill(post, front, settings) if settings.permalink else "")
    return replace(post, url=url) if url else post


def _url_written(front: Front, settings: Settings) -> str:
    """Return the path under `permalink`, "" if there is none; one without a slash at its start is below the root.

    Such a one ends as the setting `permalink` does, and names no `index.html`, as in Eleventy.
    """
    text = front.text("permalink") if isinstance(front.values.get("permalink"), str) else ""
    if text.startswith("/") or not _RELATIVE.fullmatch(text):
        return url_in(front, "permalink", settings)
    end = "/" if settings.permalink.endswith("/") and "." not in text and not text.endswith("/") else ""
    return quote_path(f"/{text.removesuffix('index.html')}{end}")


def url_in(front: Front, key: str, settings: Settings) -> str:
    """Return a key's path on the site, or its URL if that is on the site; "" for anything else."""
    text = front.text(key) if isinstance(front.values.get(key), str) else ""
    if settings.own_url and text.startswith(f"{settings.own_url}/"):
        text = text.removeprefix(settings.own_url)
    return quote_path(text) if text.startswith("/") and not text.startswith("//") and ":" not in text else ""


def slug_of(post: Post, front: Front) -> str:
    """Return the slug that a post's front matter has, else the name of its file or folder without the date."""
    stem = stem_of(post.path)
    return front.text("slug") or without_date(stem, is_jekyll=False) or stem


def _astro_slug(path: str) -> str:
    """Return the id that Astro makes of the path of a file in a collection: `2024/a-post` of `2024/A Post/index.md`."""
    parts = path.rpartition(".")[0].removeprefix("src/").split("/")
    below = parts[min(2, len(parts) - 1) :]  # of src/content/blog/
    below = below[:-1] if below[-1] == "index" and len(below) > 1 else below
    return "/".join(re.sub(r"[^\w\s-]", "", part.lower()).replace(" ", "-") for part in below)


def _eleventy_slug(path: str) -> str:
    """Return what Eleventy calls a file (`page.fileSlug`): its name, or its folder's, without a date at its start."""
    stem = stem_of(path)
    return without_date(stem, is_jekyll=False) or stem


_OWN_SLUGS: Mapping[GeneratorName, Callable[[str], str]] = {
    GeneratorName.ASTRO: _astro_slug,
    GeneratorName.ELEVENTY: _eleventy_slug,
}


def raw_text(front: Front, key: str) -> str:
    """Return the text under a key as the file has it, in any letter case of the key; "" for other values."""
    values = (value for name, value in front.source.values.items() if name.lower() == key)
    return next((str(value).strip() for value in values if not isinstance(value, dict | list | bool | None)), "")


def keep_names_whole(front: Front, _site: Site, _modified: datetime) -> None:
    """Make a text without separators one name, as it is in all generators but Jekyll.

    Keywords are for search engines there, and no tags.
    """
    keys = (key for key in (*TAGS, *CATEGORIES) if isinstance(front.values.get(key), str))
    whole = {key: [front.values[key]] for key in keys if not _SEPARATORS.search(front.values[key])}
    if whole or "keywords" in front.values:
        front.take({key: value for key, value in {**front.values, **whole}.items() if key != "keywords"})


def local_time(post: Post, front: Front, zone: tzinfo) -> datetime:
    """Return the date of a post in the time zone that it is written with, else in that of the site."""
    value = next((value for _, value in front.get(*PUBLISHED)), None)
    if isinstance(value, datetime) and value.tzinfo:
        return post.published.astimezone(value.tzinfo)
    found = _OFFSET.search(value) if isinstance(value, str) else None
    if not found:
        return post.published.astimezone(zone)
    minutes = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
    return post.published.astimezone(timezone(timedelta(minutes=-minutes if found["sign"] == "-" else minutes)))


def _fill(post: Post, front: Front, settings: Settings) -> str:
    local = post.published.astimezone(settings.timezone)
    path = settings.site.prefix + post.path
    template = settings.permalink
    own_slug = None if front.text("slug") else _OWN_SLUGS.get(settings.site.generator)
    if own_slug:
        template = re.sub(r":slug(?![\w-])", quote_path(own_slug(path)), template)
    try:
        return url_of_post(template, path, slug_of(post, front), post.categories, local)
    except ValueError as error:
        raise PostError(f"the setting permalink: {error}") from error
