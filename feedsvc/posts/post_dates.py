"""The dates of a post: of its publication and its last change, and when it appears and expires. Pure.

A date is looked for in the front matter, then in the name of the file, then in those of its folders.
"""

from contextlib import suppress
from datetime import datetime

from feedsvc.errors import NO_DATE, NOTE, PageError, PostError
from feedsvc.models import EPOCH, NEVER, Level, Post
from feedsvc.posts.dates import parse_date
from feedsvc.posts.metadata import EXPIRES, PUBLISHED, TAGS, UPDATED, Front, to_shown
from feedsvc.posts.misspellings import find_meant_key
from feedsvc.posts.paths import date_of, name_of, stem_of
from feedsvc.posts.visibility import is_known
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName, Site

# Keys of Hugo and others for the date from which a post is public.
_APPEARS = frozenset({"publishDate", "pubDate", "pubdate", "published_at", "post_date", "published", "publish"})
# Names of files that are no posts in any folder.
_PAGES = frozenset({"readme", "license", "licence", "contributing", "changelog", "code_of_conduct", "security", "404"})


def publication_of(front: Front, settings: Settings) -> datetime:
    """Return the date of a post. Raise PostError if it has none, and for a day or an hour that does not exist."""
    published = _date_in_front(front, settings) or _date_in_flag(front, settings) or _date_in_path(front, settings)
    return published.replace(microsecond=0) if front.is_jekyll else published


def update_of(front: Front, published: datetime, settings: Settings) -> datetime:
    """Return the date of the last change; only on a Jekyll site it may be before `published`."""
    keys = (*UPDATED, "date") if isinstance(front.values.get("date"), dict) else UPDATED
    updated = _date_under(keys, front, settings) or published
    return updated if front.is_jekyll else max(updated, published)


def expiry_of(front: Front, settings: Settings) -> datetime:
    """Return when a post disappears."""
    return _date_under(EXPIRES, front, settings) or NEVER


def appearance_of(front: Front, post: Post, settings: Settings) -> tuple[datetime, str]:
    """Return when a post appears, with the key that says so, if that is later than its own date; else EPOCH.

    The index knows when a post is due by its own date, but not of a post that is apart from the others.
    """
    if post.is_apart and not settings.future:
        return post.published, "date"
    if settings.future or front.is_jekyll or _APPEARS.isdisjoint(front.values):
        return EPOCH, ""
    dates = ((_date_if_any(value, settings), key) for key, value in front.get(*_APPEARS))
    latest = max(((moment, key) for moment, key in dates if moment), default=(EPOCH, ""))
    return latest if latest[0] > post.published else (EPOCH, "")


# --- where a date is looked for ------------------------------------------------------------------


def _date_in_front(front: Front, settings: Settings) -> datetime | None:
    for key, value in front.get(*PUBLISHED):
        try:
            moment = value.get("created", value) if isinstance(value, dict) else value  # of Material for MkDocs
            return _parse(moment, front, settings)
        except ValueError as error:
            raise PostError(f"{key}: {to_shown(value)}: {error}", front.source.line_of(key)) from error
    return None


def _date_in_flag(front: Front, settings: Settings) -> datetime | None:
    """Return the date under a key that usually says whether a post is published, as in posts of Fuwari."""
    if front.is_jekyll:
        return None
    dates = (_date_if_any(value, settings) for _, value in front.get("published", "publish"))
    return next(filter(None, dates), None)


def _date_in_path(front: Front, settings: Settings) -> datetime:
    """Return the date in the name of the file or of a folder. Raise PostError if there is none."""
    try:
        is_vault = settings.site.generator is GeneratorName.OBSIDIAN
        named = date_of(front.path, settings.timezone, is_vault=is_vault)
    except ValueError as error:
        raise PostError(f"file name: {stem_of(front.path)[:10]!r} is no date: {error}") from error
    if named is None:
        raise _make_error(front, settings.site)
    return named


def _date_under(keys: tuple[str, ...], front: Front, settings: Settings) -> datetime | None:
    """Return the first date under the keys; report other values and leave them out."""
    for key, value in front.get(*keys):
        try:
            is_table = isinstance(value, dict)  # `last_update` of Docusaurus, `date` of Material for MkDocs
            moment = value.get("updated" if key == "date" else "date") if is_table else value
            if moment is not None:
                return _parse(moment, front, settings)
        except ValueError as error:
            front.report(Level.HINT, key, f"{to_shown(value)}: {error}: left out")
    return None


def _date_if_any(value: object, settings: Settings) -> datetime | None:
    """Return a date, None for a boolean and for text, which `publication_of` reports."""
    with suppress(ValueError):
        return parse_date(value, settings.timezone, is_month_first=_is_month_first(settings))
    return None


def _parse(value: object, front: Front, settings: Settings) -> datetime:
    """Return the moment of a date as the site's generator reads it."""
    return parse_date(value, settings.timezone, is_jekyll=front.is_jekyll, is_month_first=_is_month_first(settings))


def _is_month_first(settings: Settings) -> bool:
    """True where 05/15/2023 is a date (https://quarto.org/docs/reference/dates.html)."""
    return settings.site.generator is GeneratorName.QUARTO


def _make_error(front: Front, site: Site) -> PostError:
    """Return the error of a file without a date: a PageError if nothing else in its front matter is that of a post.

    In a vault few notes are posts, so all without a date are pages.
    """
    misspelt = next((key for key in front.source.values if find_meant_key(key) in PUBLISHED), "")
    if misspelt:
        return PostError(f"{NO_DATE}; {misspelt!r} is an unknown key")
    if site.generator is GeneratorName.OBSIDIAN:
        return PageError(NOTE)
    if any(key in TAGS or is_known(key) for key in front.values):
        return PostError(NO_DATE)
    is_named = name_of(front.path).lower() in _PAGES
    return PageError("no date, and the name of a page: no post" if is_named else NO_DATE)
