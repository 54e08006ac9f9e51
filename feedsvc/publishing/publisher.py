"""A request → its document, from memory or made by the builder. How a document is sent is not decided here."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from feedsvc.entries import Details, Document, State
from feedsvc.errors import NotFound
from feedsvc.index.change_table import Change
from feedsvc.index.queries import Index
from feedsvc.models import FeedRequest, Format
from feedsvc.posts.paths import stems_of
from feedsvc.publishing.bodies import CachedCleaner
from feedsvc.publishing.builder import DocumentBuilder
from feedsvc.publishing.catalog import Catalog
from feedsvc.publishing.crawlers import Sitemaps
from feedsvc.publishing.documents import DocumentStore
from feedsvc.publishing.error_pages import ErrorPages
from feedsvc.publishing.feed_requests import is_front, is_list
from feedsvc.publishing.pagination import Paginator
from feedsvc.publishing.resolver import Resolver
from feedsvc.publishing.served_files import ServedFiles
from feedsvc.publishing.state import Clock, StateReader
from feedsvc.publishing.static_files import STATIC_FILES, read_favicon, read_static_file
from feedsvc.publishing.status import StatusReader
from feedsvc.publishing.tags import ANY, changes_of_feed, changes_of_post, to_tags
from feedsvc.settings import Settings


class Publisher:
    """Publishes every document of the service; one a process, safe to share between threads.

    The key of a document covers what it shows (the posts of its page, or the index's state), so no document is stale.
    """

    def __init__(
        self,
        settings: Settings,
        index: Index,
        cleaner: CachedCleaner,
        clock: Clock,
        *,
        on_build: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_build` is called whenever a document or a variant of one is made."""
        self.settings = settings
        self.frame_hosts = cleaner.frame_hosts
        self._index = index
        self._states = StateReader(settings, index, clock)
        self.catalog = Catalog(index, self._states)
        self.status = StatusReader(index, self._states)
        self.resolver = Resolver(settings, index, self._states)
        # The other half is for the response cache, which mostly holds the bytes of these documents.
        self.documents = DocumentStore(settings.cache_bytes // 2, on_build)
        self.files = ServedFiles(settings, index, cleaner, self._states)
        self.error_pages = ErrorPages(settings)
        self.sitemaps = Sitemaps(index, self._states, self.catalog, self.documents)
        self._paginator = Paginator(index, self._states)
        self._builder = DocumentBuilder(settings, index, cleaner, self.catalog)

    def state(self) -> State:
        """Return the index's state. Raise NotReady until the posts have been read."""
        return self._states.current()

    def max_age(self) -> int:
        """Return the seconds for which a response made now stays fresh."""
        return self._states.max_age()

    def page(self, request: FeedRequest, base: str) -> Document:
        """Return the document of any request that `resolver` returns. Raise NotFound for a page past the end."""
        if is_list(request):
            return self.documents.get_or_create(
                request, base, self.state(), lambda: _tag(self._builder.scope_list(request, base), ANY)
            )
        if is_front(request):
            return self._front(request, base)
        return self.feed(request, base)

    def feed(self, request: FeedRequest, base: str) -> Document:
        """Return a page of a feed. Raise NotFound past the end."""
        page = self._paginator.page(request)
        count = page.post_count if request.format == Format.HTML else page.page_count
        posts = tuple((post.path, post.digest) for post in page.posts)
        kinds = self.catalog.kinds() if request.format == Format.HTML else ()  # in the menu of pages
        shown = (count, posts, self._index.revisions(page.posts), kinds)
        changes = changes_of_feed(request, is_empty=not page.posts)
        return self.documents.get_or_create(
            request, base, shown, lambda: _tag(self._builder.feed(request, page, base), *changes)
        )

    def _front(self, request: FeedRequest, base: str) -> Document:
        def make() -> Document:
            return _tag(self._builder.front(request, self._paginator.page(request), base), ANY)

        return self.documents.get_or_create(("front", request), base, self.state(), make)

    def pages_of(self, first: FeedRequest) -> Iterator[FeedRequest]:
        """Return the requests for all pages of a feed or a list, given that for the first one."""
        is_of_scopes = is_list(first)
        count = self.catalog.count_list_pages(first.scope.kind) if is_of_scopes else self._paginator.count(first)
        return (replace(first, page=number) for number in range(1, count + 1))

    def post_page(self, stem: str, base: str) -> Document:
        """Return the page of the post whose path without suffix and `index` is `stem`. Raise NotFound if none is."""
        cutoff = self._states.cutoff()
        found = (self._index.post(path, cutoff) for path in stems_of(stem))
        post = next(filter(None, found), None)
        if post is None:
            raise NotFound("no such post")
        links = self.catalog.links_of(post, self.settings.site)
        translations = tuple((other.language, other.path) for other in links.translations)
        neighbors = tuple(other and (other.path, other.title, other.language) for other in (links.newer, links.older))
        shown = (post.digest, self._index.revisions([post]), translations, neighbors, self.catalog.kinds())
        changes = changes_of_post(post, links.stems, [one.path for one in (links.newer, links.older) if one])
        return self.documents.get_or_create(
            ("post", post.path), base, shown, lambda: _tag(self._builder.post(post, links, base), *changes)
        )

    def opml(self, base: str) -> Document:
        """Return the list of all feeds."""
        return self.documents.get_or_create("opml", base, self.state(), lambda: _tag(self._builder.opml(base), ANY))

    def status_page(self, base: str, details: Details) -> Document:
        """Return the status page, with these details."""
        return self._builder.status(self.status.read(), details, base)

    def static(self, name: str) -> Document:
        """Return one of the service's own files. Raise NotFound for any other name."""
        if name not in STATIC_FILES:
            raise NotFound("no such file")
        return self.documents.get_or_create(("static", name), "", "", lambda: read_static_file(name, self.settings))

    def favicon(self) -> Document:
        """Return the icon for `/favicon.ico`."""
        return self.documents.get_or_create("favicon", "", "", read_favicon)


def _tag(document: Document, *changes: Change) -> Document:
    """Return a document with the tags of the changes that concern it."""
    return replace(document, tags=to_tags(changes))
