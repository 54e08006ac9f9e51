"""The clean body of a post: from the index, else read from its file, turned into HTML, cleaned, and kept there."""

import errno
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TypeVar

from feedsvc import __version__
from feedsvc.cleaning import Removal, Rules, clean, explain, sanitize_only
from feedsvc.errors import NotReady, PostError
from feedsvc.index.queries import Index
from feedsvc.index.records import BodyRow, to_body_row
from feedsvc.ingest.folder import read_file
from feedsvc.ingest.scanner import NEVER_READ
from feedsvc.markup.comments import may_hide, strip_comments
from feedsvc.markup.markdown import MAX_MARKS, is_flood, is_html, strip_top, to_html
from feedsvc.models import Body, Cleaned, Post
from feedsvc.pool import make_pool
from feedsvc.posts.generators.jekyll import excerpt_of
from feedsvc.posts.parser import body_of
from feedsvc.settings import UNKNOWN_BASE, Settings
from feedsvc.text import format_count

log = logging.getLogger(__name__)

SOME, CHUNK = 500, 20  # posts kept at a time, and handed to a process at a time

T = TypeVar("T")
Spread = Callable[[Callable[[Post], Cleaned | None], Sequence[Post]], Iterable[Cleaned | None]]
OUR_TROUBLE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}  # no fault of the file; a feed without its text would be one


@dataclass(frozen=True, slots=True)
class Bodies:
    """Clean bodies by path; `current` is false where a file has changed or gone since the scan that found it."""

    by_path: dict[str, Cleaned]
    current: bool


class Cleaner:
    """Cleans by one set of rules for one base URL; what it made is kept in the index under its fingerprint."""

    def __init__(self, settings: Settings, rules: Rules) -> None:
        self._settings = settings
        self._rules = rules
        self._base_url = settings.base_url or UNKNOWN_BASE
        shaped = f"{__version__} {rules.fingerprint} {self._base_url}"
        self.fingerprint = hashlib.sha256(shaped.encode()).hexdigest()[:16]

    @property
    def frame_hosts(self) -> tuple[str, ...]:
        """Return the hosts whose frames a clean body may hold."""
        return self._rules.frame_hosts

    def clean(self, body: Body) -> Cleaned:
        """Clean a body; one that is too much or that cleaning fails on is sanitized only, and `fallback` says why."""
        shown, hints = self._shown(body)
        cleaned = self._clean(shown)
        return replace(cleaned, hints=hints) if hints else cleaned

    def _shown(self, body: Body) -> tuple[Body, str]:
        """Return a body without its hidden text, and of one that is withheld the excerpt; and what to tell of it."""
        hints: tuple[str, ...] = ()
        if may_hide(body.text):
            found = strip_comments(
                body.text,
                is_html=is_html(strip_top(body.text, body.title)),
                is_jekyll=self._settings.jekyll is not None,
            )
            body, hints = replace(body, text=found.text), found.hints
        if body.separator is not None:
            body = replace(body, text=excerpt_of(body.text, body.separator))
        return body, "\n".join(hints)

    def _clean(self, body: Body) -> Cleaned:
        if body.size > self._settings.max_post_bytes:
            return sanitize_only(body.text, f"{format_count(body.size, 'byte')}, more than max_post_bytes")
        if is_flood(body.text, body.title):
            return sanitize_only(to_html(body.text), f"more than {MAX_MARKS:,} lines and signs of Markdown")
        try:
            return self._with_context(clean, body)
        except Exception as error:  # our own mistake must cost neither the feed nor the post
            log.exception("cleaning %r", body.title)
            return sanitize_only(body.text, f"a fault in feedsvc: {error!r}")

    def explain(self, body: Body) -> tuple[Removal, ...]:
        """Tell what cleaning takes out of a body, and by which step or rule."""
        return self._with_context(explain, self._shown(body)[0])

    def _with_context(self, act: Callable[..., T], body: Body) -> T:
        return act(
            to_html(body.text, title=body.title, site_url=self._base_url),
            original=body.original,
            title=body.title,
            base_url=f"{self._base_url}/",
            rules=self._rules,
        )

    def bodies_of(self, posts: Sequence[Post], index: Index, spread: Spread = map) -> Bodies:
        """Give the clean bodies of posts, cleaning and keeping those the index does not have yet."""
        known = index.bodies(posts, self.fingerprint)
        missing = [post for post in posts if post.path not in known]
        read = dict(zip(missing, spread(self._read_and_clean, missing), strict=True))
        made = {post: body for post, body in read.items() if body}
        if made:
            index.keep_bodies(made, self.fingerprint)
        by_path = {post.path: body or Cleaned("", post.summary) for post, body in read.items()}
        return Bodies(known | by_path, len(made) == len(read))

    def all_bodies(self, index: Index) -> Iterator[tuple[str, Cleaned]]:
        """Give the clean bodies of all posts with their paths; missing ones are made on all processors."""
        posts = index.posts()
        with make_pool(partial(logging.disable, logging.WARNING)) as pool:  # what it would say comes back in the bodies
            while some := list(islice(posts, SOME)):
                yield from self.bodies_of(some, index, partial(pool.map, chunksize=CHUNK)).by_path.items()

    def _read_and_clean(self, post: Post) -> Cleaned | None:
        """Give None where the file is no longer the one that was scanned: the next scan will say what became of it.

        Raises NotReady where this process may open no file at all.
        """
        try:
            data = read_file(self._settings.posts, post.path, NEVER_READ * self._settings.max_post_bytes)
            if hashlib.sha256(data).hexdigest()[:32] != post.digest:
                return None
            return self._clean_file(post, data)
        except (OSError, PostError) as error:
            if getattr(error, "errno", 0) in OUR_TROUBLE:
                raise NotReady(f"posts: {error}") from error
            log.warning("%s: no body: %s", post.path, error)
            return None

    def prepare(self, post: Post, data: bytes) -> BodyRow:
        """Clean a post's body out of the bytes of its file, as the index keeps it."""
        return to_body_row(post, self._clean_file(post, data), self.fingerprint)

    def _clean_file(self, post: Post, data: bytes) -> Cleaned:
        body = self.clean(body_of(data, self._settings.jekyll, post))
        if body.fallback:
            log.warning("%s: sanitized only: %s", post.path, body.fallback)
        return body
