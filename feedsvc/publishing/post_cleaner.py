"""Clean the body in a post's file, which may refer to other posts of the index and to files beside posts."""

import errno
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape

from feedsvc.cleaning import Removal, rules_of
from feedsvc.errors import NotReady, PostError
from feedsvc.files import OVERSIZE_FACTOR, read_file
from feedsvc.index.queries import Index
from feedsvc.lookup import Reference
from feedsvc.models import Body, Cleaned, Hint, Post
from feedsvc.posts.front_matter import decode
from feedsvc.posts.post_file import body_of, digest_of
from feedsvc.publishing.attachments import AttachmentFiles
from feedsvc.publishing.body_cleaner import BodyCleaner, BodyContext, provenance_of
from feedsvc.publishing.ids import link_to_post, permalink
from feedsvc.publishing.link_targets import files_of, find_reference
from feedsvc.publishing.media_durations import IS_INSTALLED, MISSING
from feedsvc.publishing.references import PostLookup
from feedsvc.publishing.site_sources import SiteSources
from feedsvc.publishing.templates import template_inputs_of
from feedsvc.rule_files import RuleFiles
from feedsvc.settings import UNKNOWN_BASE, LinkTo, Settings

log = logging.getLogger(__name__)

BEGINNING = 200  # characters by which a body is found in its file
# Errors of the process, not of the file: a feed must not lose the body of a post because of them.
PROCESS_ERRORS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


class PostCleaner:
    """Cleans the bodies of posts by the rules of files."""

    def __init__(self, settings: Settings, rules: RuleFiles, index: Index | None) -> None:
        """Without an index, nothing is known of other posts and of files. Raise SettingError for unusable rules."""
        self._settings = settings
        self._index = index
        self._files = AttachmentFiles(settings)
        self._sources = SiteSources(settings, settings.jekyll) if settings.jekyll else None
        self._cleaner = BodyCleaner(settings, rules_of(rules))

    def explain(self, post: Post, body: Body) -> tuple[Removal, ...]:
        """Return what cleaning removes from the body of a post, each with the step or rule that removed it."""
        return self._cleaner.explain(body, self._context_of(post, body))

    def read_and_clean(self, post: Post) -> Cleaned | None:
        """Return the clean body of a post, None if its file has changed since the scan; the next scan will read it.

        Raise NotReady if this process can open no more files.
        """
        try:
            data = read_file(self._settings.posts, post.path, OVERSIZE_FACTOR * self._settings.max_post_bytes)
            if digest_of(data) != post.digest:
                return None
            return self.clean_file(post, data)
        except (OSError, PostError) as error:
            if getattr(error, "errno", 0) in PROCESS_ERRORS:
                raise NotReady(f"posts: {error}") from error
            log.warning("%s: served without its body: %s", post.path, error)
            return None

    def clean_file(self, post: Post, data: bytes) -> Cleaned:
        """Return the clean body of a post, from the bytes of its file."""
        body = body_of(data, self._settings.site, post)
        cleaned = self.clean_post(post, body)
        if cleaned.fallback:
            log.warning("%s: sanitized only: %s", post.path, cleaned.fallback)
        return replace(cleaned, hints=tuple(_with_lines(cleaned.hints, body, data))) if cleaned.hints else cleaned

    def _context_of(self, post: Post, body: Body) -> BodyContext:
        """Return what a body is cleaned with; without an index, no access to other posts and files."""
        page = _page_of(post, self._settings)
        if self._index is None:
            return BodyContext(page)
        lookup = PostLookup(post, self._settings, self._index, self._files, self._sources)
        shortcodes = self._cleaner.make_shortcodes(lookup)
        return BodyContext(page, lookup, template_inputs_of(post, body, self._settings, shortcodes), shortcodes)

    def clean_post(self, post: Post, body: Body) -> Cleaned:
        """Clean the body of a post, which may refer to other posts of the index and to files beside them."""
        context = self._context_of(post, body)
        cleaned, lookup = self._cleaner.clean(body, context), context.lookup
        if self._index is None or not isinstance(lookup, PostLookup):
            return cleaned
        for url in files_of(post):
            lookup.find_file(url)  # for `entries`, which shows them
        cleaned = self._with_duration(cleaned, post, self._index, lookup.references)
        cleaned = replace(cleaned, references=lookup.references)
        missing = lookup.hints
        if not missing or provenance_of(body, self._settings).scraped:  # it is on the site of the original
            return cleaned
        return replace(cleaned, hints=(*cleaned.hints, *missing))

    def _with_duration(self, cleaned: Cleaned, post: Post, index: Index, references: Sequence[Reference]) -> Cleaned:
        """Return a body with the duration of the enclosed sound or film, if its post has none and it is a file here."""
        if post.enclosure is None or post.episode is None or post.episode.duration:
            return cleaned
        found = find_reference(post.enclosure.url, post.path, self._settings.site, references)
        file = index.attachment(found.found) if found else None
        if file is None:
            return cleaned
        if not IS_INSTALLED:
            return replace(cleaned, hints=(*cleaned.hints, Hint(MISSING)))
        return replace(cleaned, duration=self._files.find_duration(file))


def _page_of(post: Post, settings: Settings) -> str:
    """Return the URL of the page that the relative URLs of an author's own post start from."""
    link_to = LinkTo.ORIGINAL if post.original and not permalink(post, settings) else LinkTo.SITE
    return link_to_post(post, settings, link_to, settings.base_url or UNKNOWN_BASE)


def _with_lines(hints: Iterable[Hint], body: Body, data: bytes) -> Iterator[Hint]:
    """Return the hints of a body with the lines of the file where their keys stand first."""
    text = decode(data)
    start = max(text.find(body.text[:BEGINNING]), 0)
    for hint in hints:
        forms = [(form, begin) for begin in (start, 0) for form in (hint.key, escape(hint.key)) if form]
        place = next((found for form, begin in forms if (found := text.find(form, begin)) >= 0), -1)
        yield Hint(hint.text, line=text.count("\n", 0, place) + 1 if place >= 0 else 0)
