"""The path and the bytes of a file → Post, or the reason why it is not published; the body is not looked at.

Pure. Raise PostError for a file that cannot be read; values that were changed or left out are returned as Problems.
"""

import hashlib
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from feedsvc.errors import NO_DATE, NOTE, PageError, PostError
from feedsvc.markup.dialects import to_markdown
from feedsvc.models import EPOCH, NEVER, Body, Level, Post, Problem, Reading
from feedsvc.posts.dates import parse_date
from feedsvc.posts.episodes import attached_file, episode_of
from feedsvc.posts.exported import take_exported
from feedsvc.posts.front_matter import split
from feedsvc.posts.generators.finishing import finish_by_settings
from feedsvc.posts.generators.jekyll_excerpt import excerpt_separator_of
from feedsvc.posts.generators.table import generator_of
from feedsvc.posts.headings import find_heading
from feedsvc.posts.keys import report_keys
from feedsvc.posts.metadata import (
    CATEGORIES,
    EXPIRES,
    GUID,
    PUBLISHED,
    TAGS,
    UPDATED,
    Front,
    language_of,
    to_shown,
    to_text,
)
from feedsvc.posts.misspellings import meant_by
from feedsvc.posts.names import authors_of, names_of, tags_of
from feedsvc.posts.paths import date_of, is_conflict_copy, language_in, name_of, stem_of
from feedsvc.posts.titles import shown_text, summary_of, title_from
from feedsvc.posts.urls import enclosure_of, image_of, original_of
from feedsvc.posts.visibility import find_reason, is_known
from feedsvc.settings import Settings
from feedsvc.sites import PLAIN_SITE, GeneratorName, Jekyll, Site
from feedsvc.text import to_language

CONFLICT = "not read, a copy that a program for synchronization left"


def parse(path: str, data: bytes, settings: Settings, *, now: datetime = EPOCH, modified: datetime = EPOCH) -> Reading:
    """Return the post at `path` (relative to the posts folder, with "/" between folders), read from its file's bytes.

    The reading has a reason instead of a post where its author hides it (`visibility`), before its `publishDate`,
    after its `expiryDate`, and for an excluded tag or category. `modified` is the date of a Jekyll site's draft that
    has none. Raise PostError if the front matter cannot be read, and if the date is missing or impossible.
    """
    return parse_front(open_front(path, data, settings.site), data, settings, now=now, modified=modified)


def open_front(path: str, data: bytes, site: Site) -> Front:
    """Return the front matter of a file; on a Jekyll site a file without fences has none."""
    is_jekyll = isinstance(site, Jekyll)
    source = split(data, has_headers=not is_jekyll)
    return Front(path, take_exported(source) if path.endswith(".mdx") else source, is_jekyll=is_jekyll)


def parse_front(front: Front, data: bytes, settings: Settings, *, now: datetime, modified: datetime) -> Reading:
    """Return the post of a file that `open_front` has opened, as `parse` does."""
    generator = generator_of(settings.site)
    if is_conflict_copy(front.path):
        message = f"{CONFLICT}: merge it into the post, then delete it"
        return Reading(None, (Problem(front.path, 0, Level.HINT, message),))
    if refusal := generator.refuse(front.path, settings.site):
        return Reading(None, (Problem(front.path, 0, Level.HINT, refusal),))
    generator.prepare(front, settings.site, modified)
    report_keys(front)
    expires = _date(front, EXPIRES, settings) or NEVER
    reason = _reason_to_hide(front, settings)
    if expires <= now and not reason:
        reason = _reason_of_time(front, EXPIRES, "has passed")
        return Reading(None, tuple(front.problems), reason=reason, passed=expires)
    if reason:
        return Reading(None, tuple(front.problems), reason=reason)
    return _read_visible(front, data, settings, now=now, expires=expires)


def _read_visible(front: Front, data: bytes, settings: Settings, *, now: datetime, expires: datetime) -> Reading:
    """Return the reading of a post that is neither hidden nor expired."""
    finish = finish_by_settings if settings.permalink else generator_of(settings.site).finish
    post = finish(_to_post(front, data, settings), front, settings)
    appears, key = _appearance_of(front, post, settings)
    if appears > now:
        reason = _reason_of_time(front, (key,), "is to come")
        return Reading(None, tuple(front.problems), min(appears, expires), reason)
    reason = _reason_to_exclude(post, settings)
    return Reading(None if reason else post, tuple(front.problems), expires, reason, appears)


def digest_of(data: bytes) -> str:
    """Return the digest of the content of a file: the id that git has for it (git-scm.com/docs/git-hash-object)."""
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def body_of(data: bytes, site: Site = PLAIN_SITE, post: Post | None = None, *, path: str = "") -> Body:
    """Return a post's body with what cleaning needs to know; with `post`, only the part that may be shown.

    `path` is that of its file where there is no post.

    Raise PostError if the front matter in `data` cannot be read.
    """
    front = open_front(post.path if post else path, data, site)
    text, title = _text_of(front), shown_text(front, "title")
    if not title and not front.is_jekyll and (heading := find_heading(text)):
        text, title = heading.remove_from(text), heading.title
    authors = tuple(author.name for author in (post.authors if post else authors_of(front)))
    values = front.source.values if isinstance(site, Jekyll) else {}
    body = Body(text, title, original_of(front), len(data), authors=authors, values=values)
    if not isinstance(site, Jekyll) or post is None or not post.excerpt_only:
        return body
    if post.summary:  # shown instead of the body
        return replace(body, text="")
    return replace(body, separator=excerpt_separator_of(front.source.values, post.path, site))


def _text_of(front: Front) -> str:
    """Return the body as Markdown or HTML."""
    return front.source.body if front.is_jekyll else to_markdown(front.source.body, front.path)


def _to_post(front: Front, data: bytes, settings: Settings) -> Post:
    published = _published(front, settings)
    if front.is_jekyll:
        published = published.replace(microsecond=0)
    enclosure = enclosure_of(front) or attached_file(front)
    return Post(
        path=front.path,
        title=_title(front, settings.site),
        published=published,
        updated=_updated(front, published, settings),
        authors=authors_of(front),
        tags=tags_of(front, generator_of(settings.site).complete_tags, partial(_text_of, front)),
        categories=names_of(front, CATEGORIES),
        original=original_of(front),
        guid=front.text(*GUID),
        summary=summary_of(front),
        image=image_of(front),
        enclosure=enclosure,
        episode=episode_of(front, enclosure),
        language=language_of(front) or _language_around(front.path, settings),
        digest=digest_of(data),
        size=len(data),
    )


def _updated(front: Front, published: datetime, settings: Settings) -> datetime:
    """Return the date of the last change; on a Jekyll site it may be before the post's own."""
    updated = _date(front, UPDATED, settings) or published
    return updated if front.is_jekyll else max(updated, published)


def _language_around(path: str, settings: Settings) -> str:
    """Return the language in a post's path, else that of the site."""
    return language_in(path, settings.site) or (to_language(settings.language) if settings.language else "")


def _title(front: Front, site: Site) -> str:
    """Return the title of a post: that of the front matter, else its first heading, else the name of file or folder."""
    written = shown_text(front, "title")
    heading = None if written or front.is_jekyll else find_heading(_text_of(front))
    if heading:
        return heading.title
    if not written and (named := generator_of(site).title_of(stem_of(front.path))):
        return to_text(named)
    if not front.get("title"):
        front.report(Level.HINT, "title", "none, so the file name stands for it: write one")
    return written or title_from(name_of(front.path)) or stem_of(front.path)


# --- reasons not to publish ----------------------------------------------------------------------

# Keys of Hugo and others for the date from which a post is public.
_APPEARS = frozenset({"publishDate", "pubDate", "pubdate", "published_at", "post_date", "published", "publish"})


def _reason_to_hide(front: Front, settings: Settings) -> str:
    """Return the reason why a post's author hides it, "" if there is none; report what the author may not expect."""
    values = front.values if front.is_jekyll else front.source.values  # with every spelling of a key
    reason = find_reason(values, is_jekyll=front.is_jekyll, with_drafts=settings.drafts)
    if reason is None:
        return ""
    if reason.level:
        line = front.source.line_of(reason.key.partition(".")[0])  # for a key in a table, the line of the table
        front.report(reason.level, reason.key, reason.message, line)
    return reason.text


def _reason_of_time(front: Front, keys: tuple[str, ...], what: str) -> str:
    return next((f"{key}: {to_text(value)} {what}" for key, value in front.get(*keys)), "")


def _appearance_of(front: Front, post: Post, settings: Settings) -> tuple[datetime, str]:
    """Return when a post appears, if that is later than its own date, and the key with that date.

    One that is not among all posts appears at its date: what is due is looked up among those.
    """
    if post.is_apart and not settings.future:
        return post.published, "date"
    if settings.future or front.is_jekyll or _APPEARS.isdisjoint(front.values):
        return EPOCH, ""
    dates = ((_moment(value, settings), key) for key, value in front.get(*_APPEARS))
    latest = max(((moment, key) for moment, key in dates if moment), default=(EPOCH, ""))
    return latest if latest[0] > post.published else (EPOCH, "")


def _moment(value: object, settings: Settings) -> datetime | None:
    """Return a date, None for a boolean and for text, which `_published` reports."""
    with suppress(ValueError):
        return parse_date(value, settings.timezone, is_month_first=_is_month_first(settings))
    return None


def _reason_to_exclude(post: Post, settings: Settings) -> str:
    if not settings.exclude_tags and not settings.exclude_categories:
        return ""
    tags = [f"exclude_tags: {name}" for name in post.tags if name in settings.exclude_tags]
    categories = [f"exclude_categories: {name}" for name in post.categories if name in settings.exclude_categories]
    return next(iter(tags + categories), "")


# Names of files that are no posts in any folder.
_PAGES = frozenset({"readme", "license", "licence", "contributing", "changelog", "code_of_conduct", "security", "404"})

# --- dates --------------------------------------------------------------------------------------


def _published(front: Front, settings: Settings) -> datetime:
    """Return the date of a post; the front matter wins over the file name, and that over the folder's."""
    for key, value in front.get(*PUBLISHED):
        try:
            return _parse(value, front, settings)
        except ValueError as error:
            raise PostError(f"{key}: {to_shown(value)}: {error}", front.source.line_of(key)) from error
    if moment := _date_of_publication(front, settings):
        return moment
    try:
        is_vault = settings.site.generator is GeneratorName.OBSIDIAN
        named = date_of(front.path, settings.timezone, is_vault=is_vault)
    except ValueError as error:
        raise PostError(f"file name: {stem_of(front.path)[:10]!r} is no date: {error}") from error
    if named is None:
        raise _no_date(front, settings.site)
    return named


def _parse(value: object, front: Front, settings: Settings) -> datetime:
    """Return the moment of a date as the site's generator reads it."""
    return parse_date(value, settings.timezone, is_jekyll=front.is_jekyll, is_month_first=_is_month_first(settings))


def _is_month_first(settings: Settings) -> bool:
    """True where 05/15/2023 is a date (https://quarto.org/docs/reference/dates.html)."""
    return settings.site.generator is GeneratorName.QUARTO


def _date_of_publication(front: Front, settings: Settings) -> datetime | None:
    """Return the date under a key that says elsewhere whether a post is published: of Fuwari's posts, for example."""
    if front.is_jekyll:
        return None
    return next(
        (moment for _, value in front.get("published", "publish") if (moment := _moment(value, settings))), None
    )


def _no_date(front: Front, site: Site) -> PostError:
    """Return the error of a file without a date; one without tags and draft as well is a page, if no post is beside it.

    Jekyll refuses such files before. In a vault of notes few are posts: all without a date are pages.
    """
    misspelt = next((key for key in front.source.values if meant_by(key) in PUBLISHED), "")
    if misspelt:
        return PostError(f"{NO_DATE}; {misspelt!r} is an unknown key")
    if site.generator is GeneratorName.OBSIDIAN:
        return PageError(NOTE)
    if any(key in TAGS or is_known(key) for key in front.values):
        return PostError(NO_DATE)
    is_named = name_of(front.path).lower() in _PAGES
    return PageError("no date, and the name of a page: no post" if is_named else NO_DATE)


def _date(front: Front, keys: tuple[str, ...], settings: Settings) -> datetime | None:
    """Return the first date under the keys; report other values and leave them out."""
    for key, value in front.get(*keys):
        try:
            moment = value.get("date") if isinstance(value, dict) else value  # `last_update` of Docusaurus
            if moment is not None:
                return _parse(moment, front, settings)
        except ValueError as error:
            front.report(Level.HINT, key, f"{to_shown(value)}: {error}: left out")
    return None
