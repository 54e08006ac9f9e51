"""Clean bodies of posts: from the index, else made of the post's file and kept in the index."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from feedsvc import __version__
from feedsvc.errors import NotReady
from feedsvc.index.queries import Index
from feedsvc.index.records import BodyRow, to_body_row
from feedsvc.models import Cleaned, Post
from feedsvc.pool import make_pool, shared
from feedsvc.publishing.media_durations import IS_INSTALLED
from feedsvc.rule_files import RuleFiles
from feedsvc.settings import UNKNOWN_BASE, Settings

if TYPE_CHECKING:
    from feedsvc.publishing.post_cleaner import PostCleaner

log = logging.getLogger(__name__)

BATCH, CHUNK = 500, 20  # posts whose bodies are stored at a time, and that a process cleans at a time

Cleaning = Callable[[Post], Cleaned | None]
Mapper = Callable[[Cleaning, Sequence[Post]], Iterable[Cleaned | None]]


@dataclass(frozen=True, slots=True)
class Bodies:
    """Clean bodies by path; `current` is False if a file has changed or is gone since it was scanned."""

    by_path: dict[str, Cleaned]
    current: bool


class CachedCleaner:
    """Returns clean bodies of posts, from the index or from `PostCleaner`; the index keeps them by its fingerprint."""

    def __init__(self, settings: Settings, rules: RuleFiles, index: Index | None = None) -> None:
        """Without an index, nothing is known of other posts and of files beside posts."""
        self._settings = settings
        self._rules = rules
        self._index = index

    @property
    def frame_hosts(self) -> tuple[str, ...]:
        """Return the hosts whose frames a clean body may hold."""
        return self._rules.frame_hosts

    @cached_property
    def fingerprint(self) -> str:
        """Return a digest of all that decides how a body is cleaned, except the body and what it refers to."""
        settings = self._settings
        base_url = settings.base_url or UNKNOWN_BASE
        provenance = f"{settings.scraped} {settings.own_url or settings.base_url} {settings.site.generator}"
        config = settings.jekyll.config if settings.jekyll else ""
        inputs = f"{__version__} {self._rules.fingerprint} {base_url} {provenance} {config} {IS_INSTALLED}"
        return sha256(inputs.encode()).hexdigest()[:16]

    @cached_property
    def post_cleaner(self) -> "PostCleaner":
        """Return the cleaner, which is only loaded when a body has to be cleaned: a restart is faster without it.

        Raise NotReady if this process can open no more files.
        """
        try:
            from feedsvc.publishing.post_cleaner import PostCleaner  # noqa: PLC0415 - parsers of Markdown and HTML
        except OSError as error:
            raise NotReady(f"cleaning: {error}") from error
        return PostCleaner(self._settings, self._rules, self._index)

    def check_rules(self) -> None:
        """Raise SettingError for rules that cannot be used."""
        _ = self.post_cleaner

    def bodies_of(self, posts: Sequence[Post], index: Index, mapper: Mapper = map) -> Bodies:
        """Return the clean bodies of posts; clean and store those that the index does not have yet."""
        known = index.bodies(posts, self.fingerprint)
        missing = [post for post in posts if post.path not in known]
        version = index.version()
        read = dict(zip(missing, mapper(self.read_and_clean, missing), strict=True))
        made = {post: body for post, body in read.items() if body}
        if made:
            index.keep_bodies(made, self.fingerprint, version)
        by_path = {post.path: body or Cleaned("", post.summary) for post, body in read.items()}
        is_valid = index.version() == version or not any(body.references for body in made.values())
        return Bodies(known | by_path, is_valid and len(made) == len(read))

    def read_and_clean(self, post: Post) -> Cleaned | None:
        """Return the clean body of a post, None if its file has changed since the scan; the next scan will read it.

        Raise NotReady if this process can open no more files.
        """
        return self.post_cleaner.read_and_clean(post)

    def prepare(self, post: Post, data: bytes) -> BodyRow:
        """Return the clean body of a post as a row of the index, from the bytes of its file."""
        return to_body_row(post, self.post_cleaner.clean_file(post, data), self.fingerprint)


def all_bodies(cleaner: CachedCleaner, index: Index) -> Iterator[tuple[str, Cleaned]]:
    """Return the clean bodies of all posts with their paths; missing ones are cleaned on all processors."""
    posts = index.posts()
    with closing(_Workers(cleaner)) as workers:
        while batch := list(islice(posts, BATCH)):
            yield from cleaner.bodies_of(batch, index, workers.map).by_path.items()


class _Workers:
    """Processes that clean posts, started when there are many for the first time; without them, this one does."""

    def __init__(self, cleaner: CachedCleaner) -> None:
        self._cleaner = cleaner
        self._pool: Executor | None = None
        self._have_ended = False

    def map(self, function: Cleaning, posts: Sequence[Post]) -> Sequence[Cleaned | None]:
        """Return what cleaning makes of each post; problems are returned with the bodies, and not logged."""
        if len(posts) > CHUNK and not self._have_ended:
            try:
                self._pool = self._pool or make_pool(partial(_prepare, self._cleaner.post_cleaner))
                return list(self._pool.map(_clean, posts, chunksize=CHUNK))
            except (BrokenProcessPool, OSError) as error:  # killed for want of memory, or none could be started
                log.warning("posts: processes ended: %s: cleaning in this process", error)
                self._have_ended = True
        level = logging.root.manager.disable
        logging.disable(logging.WARNING)
        try:
            return list(map(function, posts))
        finally:
            logging.disable(level)

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown()


def _prepare(cleaner: "PostCleaner") -> "PostCleaner":
    """Return the cleaner that cleans all posts of a process: it keeps what the templates of a site ask for."""
    logging.disable(logging.WARNING)
    return cleaner


def _clean(post: Post) -> Cleaned | None:
    cleaner: PostCleaner = shared()
    return cleaner.read_and_clean(post)
