"""Clean bodies of posts: from the index, else made of the post's file and kept in the index."""

import errno
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from itertools import islice, zip_longest
from typing import TypeVar

from feedsvc import __version__
from feedsvc.cleaning import Removal, Rules, clean, explain, sanitize_only
from feedsvc.errors import NotReady, PostError
from feedsvc.files import OVERSIZE_FACTOR, read_file
from feedsvc.index.queries import Index
from feedsvc.index.records import BodyRow, to_body_row
from feedsvc.lookup import NO_LOOKUP, Lookup, Reference
from feedsvc.markup.comments import may_hide, strip_comments
from feedsvc.markup.effort import MAX_MARKS
from feedsvc.markup.html_blocks import is_html
from feedsvc.markup.liquid.work import Scene
from feedsvc.markup.markdown import is_flood, strip_top, to_html
from feedsvc.markup.shortcode_rules import make_rules, packaged_lists
from feedsvc.markup.shortcodes import Shortcodes
from feedsvc.models import Body, Cleaned, Post
from feedsvc.pool import make_pool
from feedsvc.posts.front_matter import decode
from feedsvc.posts.generators.jekyll_excerpt import excerpt_of
from feedsvc.posts.parser import body_of, digest_of
from feedsvc.publishing.attachments import AttachmentFiles
from feedsvc.publishing.ids import link_to_post, permalink
from feedsvc.publishing.places import files_of, find_reference
from feedsvc.publishing.provenance import Provenance, find_own_url, find_provenance
from feedsvc.publishing.references import PostLookup
from feedsvc.publishing.site_sources import SiteSources
from feedsvc.publishing.sounds import IS_INSTALLED, MISSING
from feedsvc.publishing.templates import RunBody, run_templates, scene_of
from feedsvc.settings import UNKNOWN_BASE, LinkTo, Settings
from feedsvc.sites import GeneratorName
from feedsvc.text import format_count

log = logging.getLogger(__name__)

BEGINNING = 200  # characters by which a body is found in its file
BATCH, CHUNK = 500, 20  # posts whose bodies are stored at a time, and that a process cleans at a time

T = TypeVar("T")
Mapper = Callable[[Callable[[Post], Cleaned | None], Sequence[Post]], Iterable[Cleaned | None]]
# Errors of the process, not of the file: a feed must not lose the body of a post because of them.
PROCESS_ERRORS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


@dataclass(frozen=True, slots=True)
class Bodies:
    """Clean bodies by path; `current` is False if a file has changed or is gone since it was scanned."""

    by_path: dict[str, Cleaned]
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a body stands: the URL of its page, which relative URLs start from, and what is known of the folder."""

    url: str = ""
    lookup: Lookup = NO_LOOKUP
    scene: Scene | None = None  # what the templates of the body see
    shortcodes: Shortcodes | None = None


NOWHERE = Place()


class Cleaner:
    """Cleans bodies by one set of rules for one base URL; the index keeps them under its fingerprint."""

    def __init__(self, settings: Settings, rules: Rules, index: Index | None = None) -> None:
        """Without an index, nothing is known of other posts and of files beside posts."""
        self._settings = settings
        self._rules = rules
        self._index = index
        self._files = AttachmentFiles(settings)
        self._shortcodes = make_rules(packaged_lists(), rules.shortcodes)
        self._sources = SiteSources(settings, settings.jekyll) if settings.jekyll else None
        self._base_url = settings.base_url or UNKNOWN_BASE
        provenance = f"{settings.scraped} {find_own_url(settings)} {settings.site.generator}"
        config = settings.jekyll.config if settings.jekyll else ""
        inputs = f"{__version__} {rules.fingerprint} {self._base_url} {provenance} {config} {IS_INSTALLED}"
        self.fingerprint = hashlib.sha256(inputs.encode()).hexdigest()[:16]

    @property
    def frame_hosts(self) -> tuple[str, ...]:
        """Return the hosts whose frames a clean body may hold."""
        return self._rules.frame_hosts

    def clean(self, body: Body, place: Place = NOWHERE) -> Cleaned:
        """Clean a body; one that is too much or that cleaning fails on is sanitized only, and `fallback` says why."""
        run = _run(body, place.scene) if place.scene else RunBody(body, (), ())
        visible, hints = _visible_part(run.body, self._settings)
        shortcodes = place.shortcodes or Shortcodes(self._shortcodes)
        cleaned = self._clean(visible, replace(place, shortcodes=shortcodes))
        found = (*run.hints, *shortcodes.hints, *hints)
        if not found:
            return cleaned
        keys = (*run.keys, *shortcodes.hints.values(), *("" for _ in hints), *cleaned.keys)
        return replace(cleaned, hints="\n".join(filter(None, (*found, cleaned.hints))), keys=keys)

    def _clean(self, body: Body, place: Place) -> Cleaned:
        if body.size > self._settings.max_post_bytes:
            return sanitize_only(body.text, f"{format_count(body.size, 'byte')}, more than max_post_bytes")
        if is_flood(body.text, body.title):
            return sanitize_only(to_html(body.text), f"more than {MAX_MARKS:,} signs of Markdown")
        try:
            return self._with_context(clean, body, place)
        except Exception as error:  # a bug in cleaning must not remove the post or break the feed
            log.exception("%r: cleaning failed; the body is sanitized only", body.title)
            return sanitize_only(body.text, f"a fault in feedsvc: {error!r}")

    def explain(self, post: Post, body: Body) -> tuple[Removal, ...]:
        """Return what cleaning removes from the body of a post, each with the step or rule that removed it."""
        place = self._place_of(post, body)
        run = _run(body, place.scene) if place.scene else RunBody(body, (), ())
        return self._with_context(explain, _visible_part(run.body, self._settings)[0], place)

    def _with_context(self, act: Callable[..., T], body: Body, place: Place) -> T:
        scraped = find_provenance(body, self._settings).scraped
        return act(
            to_html(
                body.text,
                title=body.title,
                site_url=self._base_url,
                is_jekyll=self._settings.jekyll is not None,
                is_vault=self._settings.site.generator is GeneratorName.OBSIDIAN,
                is_rendered=body.is_rendered,
                shortcodes=place.shortcodes,
            ),
            original=body.original,
            title=body.title,
            authors=body.authors,
            base_url=(body.original if scraped else "") or place.url or f"{self._base_url}/",
            rules=self._rules if scraped else self._rules.own,
            lookup=place.lookup,
        )

    def bodies_of(self, posts: Sequence[Post], index: Index, mapper: Mapper = map) -> Bodies:
        """Return the clean bodies of posts; clean and store those that the index does not have yet."""
        known = index.bodies(posts, self.fingerprint)
        missing = [post for post in posts if post.path not in known]
        version = index.version()
        read = dict(zip(missing, mapper(self._read_and_clean, missing), strict=True))
        made = {post: body for post, body in read.items() if body}
        if made:
            index.keep_bodies(made, self.fingerprint, version)
        by_path = {post.path: body or Cleaned("", post.summary) for post, body in read.items()}
        is_valid = index.version() == version or not any(body.references for body in made.values())
        return Bodies(known | by_path, is_valid and len(made) == len(read))

    def _read_and_clean(self, post: Post) -> Cleaned | None:
        """Return the clean body of a post, None if its file has changed since the scan; the next scan will read it.

        Raise NotReady if this process can open no more files.
        """
        try:
            data = read_file(self._settings.posts, post.path, OVERSIZE_FACTOR * self._settings.max_post_bytes)
            if digest_of(data) != post.digest:
                return None
            return self._clean_file(post, data)
        except (OSError, PostError) as error:
            if getattr(error, "errno", 0) in PROCESS_ERRORS:
                raise NotReady(f"posts: {error}") from error
            log.warning("%s: served without its body: %s", post.path, error)
            return None

    def prepare(self, post: Post, data: bytes) -> BodyRow:
        """Return the clean body of a post as a row of the index, from the bytes of its file."""
        return to_body_row(post, self._clean_file(post, data), self.fingerprint)

    def _clean_file(self, post: Post, data: bytes) -> Cleaned:
        body = body_of(data, self._settings.site, post)
        cleaned = self.clean_post(post, body)
        if cleaned.fallback:
            log.warning("%s: sanitized only: %s", post.path, cleaned.fallback)
        return replace(cleaned, hints=_place(cleaned, body, data), keys=()) if cleaned.hints else cleaned

    def _place_of(self, post: Post, body: Body) -> Place:
        """Return where the body of a post stands; with an index, among its posts and the files beside them."""
        page = _page_of(post, self._settings)
        if self._index is None:
            return Place(page)
        lookup = PostLookup(post.path, self._settings, self._index, self._files, self._sources)
        shortcodes = Shortcodes(self._shortcodes, lookup)
        return Place(page, lookup, scene_of(post, body, self._settings, shortcodes), shortcodes)

    def clean_post(self, post: Post, body: Body) -> Cleaned:
        """Clean the body of a post, which may refer to other posts of the index and to files beside them."""
        place = self._place_of(post, body)
        cleaned, lookup = self.clean(body, place), place.lookup
        if self._index is None or not isinstance(lookup, PostLookup):
            return cleaned
        for url in files_of(post):
            lookup.find_file(url)  # for `entries`, which shows them
        cleaned = self._with_duration(cleaned, post, self._index, lookup.references)
        cleaned = replace(cleaned, references=lookup.references)
        missing = lookup.hints
        if not missing or provenance_of(body, self._settings).scraped:  # they are on the site of the original
            return cleaned
        before = cleaned.hints.split("\n") if cleaned.hints else []
        keys = (*cleaned.keys, *("" for _ in range(len(before) - len(cleaned.keys))), *missing)
        return replace(cleaned, hints="\n".join((*before, *missing.values())), keys=keys)

    def _with_duration(self, cleaned: Cleaned, post: Post, index: Index, references: Sequence[Reference]) -> Cleaned:
        """Return a body with the duration of the enclosed sound or film, if its post has none and it is a file here."""
        if post.enclosure is None or post.episode is None or post.episode.duration:
            return cleaned
        found = find_reference(post.enclosure.url, post.path, self._settings.site, references)
        file = index.attachment(found.found) if found else None
        if file is None:
            return cleaned
        if not IS_INSTALLED:
            return replace(cleaned, hints="\n".join(filter(None, (cleaned.hints, MISSING))))
        return replace(cleaned, duration=self._files.find_duration(file))


def all_bodies(cleaner: Cleaner, index: Index) -> Iterator[tuple[str, Cleaned]]:
    """Return the clean bodies of all posts with their paths; missing ones are cleaned on all processors."""
    posts = index.posts()
    with make_pool(partial(logging.disable, logging.WARNING)) as pool:  # their problems are returned with the bodies
        while batch := list(islice(posts, BATCH)):
            yield from cleaner.bodies_of(batch, index, partial(pool.map, chunksize=CHUNK)).by_path.items()


def provenance_of(body: Body, settings: Settings) -> Provenance:
    """Return where a post is from, as cleaning sees it."""
    return find_provenance(_visible_part(body, settings)[0], settings)


def _run(body: Body, scene: Scene) -> RunBody:
    """Return a body after its templates; as it was, with a hint, where running them fails."""
    try:
        return run_templates(body, scene)
    except NotReady:
        raise
    except Exception as error:  # a bug in templates must not remove the post or break the feed
        log.exception("%r: running Liquid failed; the body is shown without it", body.title)
        return RunBody(body, (f"Liquid: a fault in feedsvc: {error!r}: the body is shown without running it",), ("",))


def _visible_part(body: Body, settings: Settings) -> tuple[Body, tuple[str, ...]]:
    """Return a body without hidden text, or the excerpt of one that is withheld; and hints for its author."""
    hints: tuple[str, ...] = ()
    if may_hide(body.text):
        found = strip_comments(
            body.text,
            is_html=is_html(strip_top(body.text, body.title)),
            is_jekyll=settings.jekyll is not None,
        )
        body, hints = replace(body, text=found.text), found.hints
    if body.separator is not None:
        body = replace(body, text=excerpt_of(body.text, body.separator))
    return body, hints


def _page_of(post: Post, settings: Settings) -> str:
    """Return the URL of the page that the relative URLs of an author's own post start from."""
    link_to = LinkTo.ORIGINAL if post.original and not permalink(post, settings) else LinkTo.SITE
    return link_to_post(post, settings, link_to, settings.base_url or UNKNOWN_BASE)


def _place(cleaned: Cleaned, body: Body, data: bytes) -> str:
    """Return the hints of a body, each behind the line of the file where its key stands first, 0 if it does not."""
    text = decode(data)
    start = max(text.find(body.text[:BEGINNING]), 0)
    placed = []
    for hint, key in zip_longest(cleaned.hints.split("\n"), cleaned.keys, fillvalue=""):
        forms = [(form, begin) for begin in (start, 0) for form in (key, escape(key)) if key]
        place = next((found for form, begin in forms if (found := text.find(form, begin)) >= 0), -1)
        placed.append(f"{text.count(chr(10), 0, place) + 1 if place >= 0 else 0}: {hint}")
    return "\n".join(placed)
