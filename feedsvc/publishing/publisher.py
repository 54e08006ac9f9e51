"""FeedRequest → Document, through the cache; the only place where index, bodies and renderers meet."""

import gzip
import hashlib
import logging
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from threading import Lock
from typing import NamedTuple

import brotli

from feedsvc import __version__
from feedsvc.errors import FeedsvcError, NotFound
from feedsvc.index.queries import Index
from feedsvc.models import (
    EPOCH,
    NEVER,
    Content,
    Document,
    Feed,
    FeedRequest,
    Format,
    Post,
    Problem,
    Scope,
    ScopeGroup,
    ScopeLinks,
    ScopeSummary,
    Site,
    State,
    Status,
)
from feedsvc.names import labels_of
from feedsvc.publishing.bodies import Cleaner
from feedsvc.publishing.cache import Cache
from feedsvc.publishing.feeds import (
    NO_POST,
    Pages,
    paginate,
    to_entry,
    to_feed,
    to_groups,
    to_links,
    to_selection,
    to_site,
)
from feedsvc.publishing.resolver import Resolver
from feedsvc.publishing.routing import is_front, is_list
from feedsvc.render import FORMATS, HTML_TYPE
from feedsvc.render.html import front_page, list_page, post_page, scope_page, status_page
from feedsvc.render.opml import OPML_TYPE, to_opml
from feedsvc.settings import Settings

log = logging.getLogger(__name__)

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
STATIC = {"feedsvc.css": "text/css; charset=utf-8", "feed.css": "text/css; charset=utf-8"}
MOST_ON_FRONT = 40  # scopes of a kind
MOST_BORDERS = 100  # selections whose pages are remembered
MAX_HOSTS = 8  # whose documents are kept
SHORTEST_AGE = 60  # seconds; below, clients poll more than news can need

Clock = Callable[[], datetime]


class _Page(NamedTuple):
    """The posts on a page, of how many posts, on how many pages."""

    posts: list[Post]
    total: int
    pages: int


class Publisher:
    """Makes every document the service gives; one a process, safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        index: Index,
        cleaner: Cleaner,
        clock: Clock,
        *,
        on_build: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_build = on_build  # called whenever a document or a variant of one is made
        self.settings = settings
        self._index = index
        self._cleaner = cleaner
        self._clock = clock
        # Half of it: the front door keeps answers in the other half, of these bodies for the most part.
        self._documents: Cache[Document] = Cache(settings.cache_bytes // 2, lambda document: len(document.body))
        self._bases = {""}  # of what names none
        self._state = State(0, EPOCH, EPOCH, EPOCH)
        self._borders: tuple[State, dict[FeedRequest, Pages]] = (self._state, {})
        self._counting = Lock()  # else every thread counts the same after a change, which is the most it costs
        self.frame_hosts = cleaner.frame_hosts
        self.resolver = Resolver(settings, index, self.state, self._due)

    # --- what is current -------------------------------------------------------------------------

    def state(self) -> State:
        """Give the index's state; a few microseconds while no post has changed or become due.

        Raises NotReady until the posts have been read.
        """
        state, now = self._state, self._clock()
        if self._index.version() != state.version or not state.modified <= now < state.until:  # clocks may be set back
            state = self._index.state(now)
            if state.version >= self._state.version:  # else another thread has seen a newer one meanwhile
                self._state = replace(state, due=NEVER) if self.settings.future else state
        return self._state

    def max_age(self) -> int:
        """Give the seconds for which an answer made now may be kept: no longer than until the next post is due."""
        left = (self._state.due - self._clock()).total_seconds()
        return int(max(SHORTEST_AGE, min(self.settings.max_age, left)))

    def _due(self) -> datetime:
        return NEVER if self.settings.future else self._clock()

    # --- what there is ---------------------------------------------------------------------------

    def status(self) -> Status:
        """Give what there is, in numbers. Raises NotReady until the posts have been read."""
        scopes = self._index.scopes(self._due())
        scanned, seconds = self._index.last_scan()
        return Status(
            version=__version__,
            index_version=self.state().version,
            posts=next((summary.count for summary in scopes if summary.scope == Scope()), 0),
            hidden=self._index.count_hidden(),
            feeds=len(scopes),
            problems=len(self._index.problems()),
            scanned=scanned,
            scan_seconds=round(seconds, 3),
        )

    def problems(self) -> list[Problem]:
        """Give what is wrong with the posts."""
        return self._index.problems()

    # --- documents -------------------------------------------------------------------------------

    def page(self, request: FeedRequest, base: str) -> Document:
        """Give the document of any request that `resolver` finds. Raises NotFound for a page past the end."""
        if is_list(request):
            return self._keep(request, base, self.state(), lambda: self._make_list(request, base))
        if is_front(request):
            return self._keep("front", base, self.state(), lambda: self._make_front(request, base))
        return self.feed(request, base)

    def feed(self, request: FeedRequest, base: str) -> Document:
        """Give the document of a page of a feed. Raises NotFound for a page past the end."""
        page = self._page(request)
        counted = page.total if request.format == Format.HTML else page.pages
        shown = (counted, *((post.path, post.digest) for post in page.posts))
        return self._keep(request, base, shown, lambda: self._make_feed(request, page, base))

    def _page(self, request: FeedRequest) -> _Page:
        pages = self._pages(request)
        if request.page > max(len(pages), 1):
            raise NotFound("page: past the end")
        start, end = pages[request.page - 1] if pages else (0, 0)
        count = pages[-1][1] if pages else 0
        return _Page(self._index.select(request, self._due(), start, end - start), count, len(pages))

    def _pages(self, request: FeedRequest) -> Pages:
        """Give the borders of a feed's pages: the same in all formats, and counted once while nothing changes."""
        if request.address:  # has one page, of as many as there are
            return ((0, request.limit),)
        asked = replace(request, format=Format.HTML, content=Content.FULL, page=1)
        with self._counting:
            state = self.state()
            if self._borders[0] != state or len(self._borders[1]) > MOST_BORDERS:
                self._borders = (state, {})
            known = self._borders[1]
            if asked not in known:
                sizes = self._index.sizes(request, self._due())
                known[asked] = paginate(sizes, request.limit, self.settings.page_bytes)
            return known[asked]

    def _make_feed(self, request: FeedRequest, page: _Page, base: str) -> Document:
        feed, is_current = self._fill(request, page, base)
        if request.format == Format.HTML:
            selection = to_selection(request, page.total, self.settings, base=base)
            body, media_type = scope_page(self._site(base), feed, selection), HTML_TYPE
        else:
            row = FORMATS[request.format]
            body, media_type = row.write(feed), row.media_type
        is_kept = is_current and not (request.words or request.since or request.until)
        return _document(body, media_type, keep=is_kept)

    def _make_front(self, request: FeedRequest, base: str) -> Document:
        feed, is_current = self._fill(request, self._page(request), base)
        body = front_page(self._site(base), feed, self._everything(base), self._groups(base, MOST_ON_FRONT))
        return _document(body, HTML_TYPE, keep=is_current)

    def _fill(self, request: FeedRequest, page: _Page, base: str) -> tuple[Feed, bool]:
        """Give a feed with its posts' bodies, and whether these are all of the posts as they are now."""
        bodies = self._cleaner.bodies_of(page.posts, self._index)
        return to_feed(request, page.posts, bodies.by_path, self.settings, base=base, pages=page.pages), bodies.current

    def _make_list(self, request: FeedRequest, base: str) -> Document:
        (group,) = (group for group in self._groups(base) if group.kind is request.scope.kind)
        if not group.scopes:
            raise NotFound("no such page")
        return _document(list_page(self._site(base), self._everything(base), group), HTML_TYPE)

    def _site(self, base: str) -> Site:
        return to_site(self.settings, base=base)

    def _groups(self, base: str, most: int | None = None) -> tuple[ScopeGroup, ...]:
        return to_groups(self._index.scopes(self._due()), base=base, most=most)

    def scopes(self) -> list[Scope]:
        """Give every scope that has a post."""
        return [summary.scope for summary in self._index.scopes(self._due())] or [Scope()]

    def paths(self) -> Iterator[str]:
        """Give the path of every post that is due."""
        due = self._due()
        return (post.path for post in self._index.posts() if post.published <= due)

    def pages_of(self, first: FeedRequest) -> Iterator[FeedRequest]:
        """Give the requests of all pages of a feed, given that of the first."""
        return (replace(first, page=number) for number in range(1, max(len(self._pages(first)), 1) + 1))

    def opml(self, base: str) -> Document:
        """Give the list of all feeds."""

        def make() -> Document:
            return _document(to_opml(self._site(base), self._groups(base)), OPML_TYPE)

        return self._keep("opml", base, self.state(), make)

    def post_page(self, stem: str, base: str) -> Document:
        """Give the page of the post whose path without suffix is `stem`. Raises NotFound where there is none."""
        post = self._index.post(stem, self._due())
        if post is None:
            raise NotFound("no such post")
        return self._keep(("post", post.path), base, self.state(), lambda: self._make_post(post, base))

    def _make_post(self, post: Post, base: str) -> Document:
        bodies = self._cleaner.bodies_of([post], self._index)
        entry = to_entry(post, bodies.by_path[post.path], self.settings, base=base)
        groups = to_groups([self._summary(scope) for scope in labels_of(post)], base=base)
        body = post_page(self._site(base), entry, self._everything(base), groups)
        return _document(body, HTML_TYPE, keep=bodies.current)

    def _everything(self, base: str) -> ScopeLinks:
        return to_links(self._summary(Scope()), base=base)

    def _summary(self, scope: Scope) -> ScopeSummary:
        return self._index.summary(scope, self._due()) or ScopeSummary(scope, 0, NO_POST)

    def status_page(self, base: str, problems: list[Problem]) -> Document:
        """Give the page that says what there is, and these problems."""
        body = status_page(self._site(base), self._everything(base), self.status(), problems)
        return _document(body, HTML_TYPE, keep=False)

    def static(self, name: str) -> Document:
        """Give one of the service's own files. Raises NotFound for any other name."""
        if name not in STATIC:
            raise NotFound("no such file")
        file = files("feedsvc") / "static" / name
        return self._keep(("static", name), "", "", lambda: _document(file.read_bytes(), STATIC[name]))

    def variant(self, document: Document, coding: str) -> Document:
        """Give a document in a content coding, made when first asked for."""
        make = CODINGS[coding]
        return self._keep((document.digest, coding), "", "", lambda: replace(document, body=make(document.body)))

    def _keep(self, what: Hashable, base: str, shown: Hashable, make: Callable[[], Document]) -> Document:
        """Make a document once for all that it shows; where that fails by a fault of ours, give what it was last."""

        def build() -> Document:
            self._on_build()
            made = make()
            return made if self._is_known(base) else replace(made, keep=False)

        name = (what, base)
        try:
            return self._documents.get_or_create((name, shown), build, lambda document: document.keep, name=name)
        except FeedsvcError:
            raise
        except Exception as error:
            latest = self._documents.latest(name)
            if latest is None:
                raise
            log.error("%s: given as it was before: %r", what, error)  # noqa: TRY400 - a line, for many may ask
            return replace(latest, keep=False)

    def _is_known(self, base: str) -> bool:
        """Tell whether documents are kept for a base; where no base URL is set, whoever asks can make hosts up."""
        if len(self._bases) <= MAX_HOSTS:
            self._bases.add(base)
        return base in self._bases


def _document(body: bytes, media_type: str, *, keep: bool = True) -> Document:
    return Document(body, media_type, hashlib.sha256(body).hexdigest()[:32], keep)
