"""File name + bytes → Post: what the front matter says, read generously; the body is left alone.

Pure. What cannot be read raises PostError; what had to be changed or left out comes back as Problems.
"""

import hashlib
from dataclasses import replace
from datetime import datetime

from feedsvc.dates import date_in_name, parse_date, without_date
from feedsvc.errors import PostError
from feedsvc.fields import (
    CATEGORIES,
    EXPIRES,
    GUID,
    NO,
    PUBLISHED,
    SUMMARY,
    TAGS,
    UNLISTED,
    UPDATED,
    Front,
    authors_of,
    enclosure_of,
    flatten,
    image_of,
    language_of,
    names_of,
    original_of,
    title_from,
    to_shown,
    to_text,
)
from feedsvc.front_matter import Number, split
from feedsvc.jekyll import is_dated, is_draft, slug_of, values_of
from feedsvc.lint import meant_by
from feedsvc.models import EPOCH, NEVER, Body, Level, Post, Problem, Reading
from feedsvc.permalinks import id_of_post, url_of_post
from feedsvc.settings import Jekyll, Settings

SUFFIXES = (".md", ".markdown", ".html", ".htm")


def parse(path: str, data: bytes, settings: Settings, *, now: datetime = EPOCH, modified: datetime = EPOCH) -> Reading:
    """Read the post at `path` (relative to the posts folder, "/" between folders) from its file's bytes.

    Gives no post where its author hides it: a draft, `published: false`, `feed: false`, one that has expired, an
    excluded tag or category. `modified` dates the drafts of a Jekyll site. Raises PostError where nothing sound can be
    made of it: unreadable front matter, no date, an impossible date.
    """
    front = Front(path, split(data))
    jekyll = settings.jekyll
    if jekyll:
        if not is_dated(path.rpartition("/")[2]) and not is_draft(path, jekyll):
            hint = Problem(path, 0, Level.HINT, "file name: opens with no date, so this is no post to Jekyll")
            return Reading(None, (hint,))
        _take_as_jekyll(front, jekyll, modified)
    _look_at_keys(front)
    expires = _date(front, EXPIRES, settings) or NEVER
    if _is_hidden(front, settings) or expires <= now:
        return Reading(None, tuple(front.problems))
    post = _to_post(front, data, settings)
    if jekyll:
        post = _to_jekyll_post(post, front, jekyll, settings)
    return Reading(None if _is_excluded(post, settings) else post, tuple(front.problems), expires)


def body_of(data: bytes) -> Body:
    """Give a post's body and what its cleaning needs to know. Raises PostError where `data` cannot be taken apart."""
    front = Front("", split(data))
    return Body(front.source.body, front.text("title"), original_of(front), len(data))


def _look_at_keys(front: Front) -> None:
    for key, line in front.source.repeated.items():
        front.report(Level.HINT, key, "given more than once, and the last one counts: remove the others", line)
    for key in front.source.values:
        if meant := meant_by(key):
            front.report(Level.HINT, key, f"unknown, so without effect: write {meant!r} if that is meant")


def _to_post(front: Front, data: bytes, settings: Settings) -> Post:
    stem = _stem(front.path)
    published = _published(front, stem, settings)
    if not front.get("title"):
        front.report(Level.HINT, "title", "none, so the file name stands for it: write one")
    return Post(
        path=front.path,
        title=front.text("title") or title_from(without_date(stem)),
        published=published,
        updated=max(_date(front, UPDATED, settings) or published, published),
        authors=authors_of(front),
        tags=names_of(front, TAGS),
        categories=names_of(front, CATEGORIES),
        original=original_of(front),
        guid=front.text(*GUID),
        summary=front.text(*SUMMARY),
        image=image_of(front),
        enclosure=enclosure_of(front),
        language=language_of(front),
        digest=hashlib.sha256(data).hexdigest()[:32],
        size=len(data),
    )


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


# --- a Jekyll site's ------------------------------------------------------------------------------


def _take_as_jekyll(front: Front, jekyll: Jekyll, modified: datetime) -> None:
    """Go on with the front matter as Jekyll takes it, and say what its author may not have expected."""
    values = values_of(front.source.values, front.path, jekyll)
    if not values["published"] and front.source.values.get("published", True) is None:
        front.report(Level.HINT, "published", "empty, which hides the post, as in Jekyll")
    for number in (item for item in flatten(values["tags"]) if isinstance(item, Number)):
        front.report(Level.HINT, "tags", f"{number} is a number, which jekyll-feed fails on: put it in quotes")
    stem = _stem(front.path)
    if not values.get("date") and without_date(stem) == stem:  # a draft: other posts have a date in their names
        values["date"] = modified
    front.take(values)


def _to_jekyll_post(post: Post, front: Front, jekyll: Jekyll, settings: Settings) -> Post:
    """Give a post the address and the id that it has on its site, and dates to the second."""
    published = post.published.replace(microsecond=0)
    slug = str(front.values.get("slug") or slug_of(front.path))
    template = (front.values.get("permalink") and front.text("permalink")) or jekyll.permalink
    categories = tuple(map(to_text, flatten(front.values.get("categories"))))
    local = published.astimezone(settings.timezone)
    try:
        url = url_of_post(template, jekyll.prefix + front.path, slug, categories, local)
    except ValueError as error:
        raise PostError(str(error), front.source.line_of("permalink")) from error
    updated = _date(front, UPDATED, settings) or published
    return replace(post, published=published, updated=updated, url=url, site_id=id_of_post(url, slug))


# --- is it published ----------------------------------------------------------------------------


def _is_hidden(front: Front, settings: Settings) -> bool:
    """Tell whether a post's author hides it, in the words of any generator."""
    if not _truth(front, "published", default=True) or not _truth(front, "feed", default=True):
        return True
    if _truth(front, "draft", default=False) or front.text("status").lower() in UNLISTED:
        return not settings.drafts
    return _truth(front, "eleventyExcludeFromCollections", default=False)


def _truth(front: Front, key: str, *, default: bool) -> bool:
    """Tell whether anything but a spelling of no stands under `key`; `published:` without a value says nothing."""
    if key not in front.values:
        return default
    value = front.values[key]
    return isinstance(value, dict | list) or to_text(value).lower() not in NO


def _is_excluded(post: Post, settings: Settings) -> bool:
    excluded = {*post.tags} & {*settings.exclude_tags} or {*post.categories} & {*settings.exclude_categories}
    return bool(excluded)


# --- dates --------------------------------------------------------------------------------------


def _published(front: Front, stem: str, settings: Settings) -> datetime:
    """Give when a post appeared; the front matter wins over the file name."""
    for key, value in front.get(*PUBLISHED):
        try:
            return parse_date(value, settings.timezone)
        except ValueError as error:
            raise PostError(f"{key}: {to_shown(value)}: {error}", front.source.line_of(key)) from error
    try:
        named = date_in_name(stem, settings.timezone)
    except ValueError as error:
        raise PostError(f"file name: {stem[:10]!r} is no date: {error}") from error
    if named is None:
        misspelt = (f"; {key!r} is an unknown key" for key in front.source.values if meant_by(key) in PUBLISHED)
        raise PostError(f"date: neither in the front matter nor in the file name, so not published{next(misspelt, '')}")
    return named


def _date(front: Front, keys: tuple[str, ...], settings: Settings) -> datetime | None:
    """Give the first date under one of `keys`; what is none is reported and left out."""
    for key, value in front.get(*keys):
        try:
            return parse_date(value, settings.timezone)
        except ValueError as error:
            front.report(Level.HINT, key, f"{to_shown(value)}: {error}: left out")
    return None
