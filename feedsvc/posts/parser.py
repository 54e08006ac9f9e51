"""A post file → `Post`, or the reason why it is not published.

Pure. Raise PostError for a file that cannot be read; values that were changed or left out are returned as Problems.
"""

from datetime import datetime
from functools import partial
from itertools import chain

from feedsvc.models import EPOCH, Level, Post, Problem, Reading
from feedsvc.posts.episodes import attached_file, episode_of
from feedsvc.posts.generators.finishing import finish_by_settings
from feedsvc.posts.generators.table import generator_of
from feedsvc.posts.headings import find_heading
from feedsvc.posts.keys import report_keys
from feedsvc.posts.metadata import CATEGORIES, EXPIRES, GUID, Front, language_of, to_text
from feedsvc.posts.names import authors_of, names_of, tags_of
from feedsvc.posts.paths import is_conflict_copy, language_in, name_of, stem_of
from feedsvc.posts.post_dates import appearance_of, expiry_of, publication_of, update_of
from feedsvc.posts.post_file import body_text_of, digest_of, open_front
from feedsvc.posts.titles import shown_text, summary_of, title_from
from feedsvc.posts.urls import enclosure_of, image_of, original_of
from feedsvc.posts.visibility import find_reason
from feedsvc.settings import Settings
from feedsvc.sites import Site
from feedsvc.text import to_language

CONFLICT = "not read, a copy that a program for synchronization left"


def parse(path: str, data: bytes, settings: Settings, *, now: datetime = EPOCH, modified: datetime = EPOCH) -> Reading:
    """Return the post at `path` (relative to the posts folder, with "/" between folders), read from its file's bytes.

    The reading has a reason instead of a post where its author hides it (`visibility`), before its `publishDate`,
    after its `expiryDate`, and for an excluded tag or category. `modified` is the date of a Jekyll site's draft that
    has none. Raise PostError if the front matter cannot be read, and if the date is missing or impossible.
    """
    return parse_front(open_front(path, data, settings.site), data, settings, now=now, modified=modified)


def parse_front(front: Front, data: bytes, settings: Settings, *, now: datetime, modified: datetime) -> Reading:
    """Return the post of a file that `open_front` has opened, as `parse` does."""
    generator = generator_of(settings.site)
    if is_conflict_copy(front.path):
        return _to_hint(front.path, f"{CONFLICT}: merge it into the post, then delete it")
    if refusal := generator.refuse(front.path, settings.site):
        return _to_hint(front.path, refusal)
    generator.prepare(front, settings.site, modified)
    report_keys(front)
    expires = expiry_of(front, settings)
    if reason := _reason_to_hide(front, settings):
        return Reading(None, tuple(front.problems), reason=reason)
    if expires <= now:
        reason = _reason_of_time(front, EXPIRES, "has passed")
        return Reading(None, tuple(front.problems), reason=reason, passed=expires)
    return _read_visible(front, data, settings, now=now, expires=expires)


def _to_hint(path: str, message: str) -> Reading:
    """Return the reading of a file that is no post."""
    return Reading(None, (Problem(path, 0, Level.HINT, message),))


def _read_visible(front: Front, data: bytes, settings: Settings, *, now: datetime, expires: datetime) -> Reading:
    """Return the reading of a post that is neither hidden nor expired."""
    finish = finish_by_settings if settings.permalink else generator_of(settings.site).finish
    post = finish(_to_post(front, data, settings), front, settings)
    appears, key = appearance_of(front, post, settings)
    if appears > now:
        reason = _reason_of_time(front, (key,), "is to come")
        return Reading(None, tuple(front.problems), min(appears, expires), reason)
    reason = _reason_to_exclude(post, settings)
    return Reading(None if reason else post, tuple(front.problems), expires, reason, appears)


def _to_post(front: Front, data: bytes, settings: Settings) -> Post:
    published = publication_of(front, settings)
    enclosure = enclosure_of(front) or attached_file(front)
    return Post(
        path=front.path,
        title=_title_of(front, settings.site),
        published=published,
        updated=update_of(front, published, settings),
        authors=authors_of(front),
        tags=tags_of(front, generator_of(settings.site).complete_tags, partial(body_text_of, front)),
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


def _language_around(path: str, settings: Settings) -> str:
    """Return the language in a post's path, else that of the site."""
    return language_in(path, settings.site) or (to_language(settings.language) if settings.language else "")


def _title_of(front: Front, site: Site) -> str:
    """Return the title of a post: that of the front matter, else its first heading, else the name of file or folder."""
    written = shown_text(front, "title")
    heading = None if written or front.is_jekyll else find_heading(body_text_of(front))
    if heading:
        return heading.title
    if not written and (named := generator_of(site).title_of(stem_of(front.path))):
        return to_text(named)
    if not front.get("title"):
        front.report(Level.HINT, "title", "none, so the file name stands for it: write one")
    return written or title_from(name_of(front.path)) or stem_of(front.path)


# --- reasons not to publish ----------------------------------------------------------------------


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


def _reason_to_exclude(post: Post, settings: Settings) -> str:
    tags = (f"exclude_tags: {name}" for name in post.tags if name in settings.exclude_tags)
    categories = (f"exclude_categories: {name}" for name in post.categories if name in settings.exclude_categories)
    return next(chain(tags, categories), "")
