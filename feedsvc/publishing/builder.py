"""Makes documents of each kind: the only place where index, bodies and renderers meet. Keeps nothing."""

from dataclasses import replace

from feedsvc.entries import Details, Document, Feed, ScopeGroup, ScopeLinks, SiteView, Status
from feedsvc.index.queries import Index
from feedsvc.models import FeedRequest, Format, Post, Scope
from feedsvc.names import FOLDERS
from feedsvc.publishing.bodies import CachedCleaner
from feedsvc.publishing.catalog import Catalog, PostLinks
from feedsvc.publishing.documents import to_document
from feedsvc.publishing.entries import to_entry
from feedsvc.publishing.feeds import to_feed
from feedsvc.publishing.listings import to_group, to_labels, to_link, to_links, to_list, to_selection, to_site
from feedsvc.publishing.pagination import Page
from feedsvc.publishing.routing import post_path_of
from feedsvc.publishing.static_files import read_style
from feedsvc.render import FORMATS, HTML_TYPE
from feedsvc.render.html import front_page, list_page, post_page, scope_page, status_page
from feedsvc.render.opml import OPML_TYPE, to_opml
from feedsvc.settings import Settings

MAX_ON_FRONT_PAGE, MAX_IN_OPML = 30, 1_000  # scopes of a kind


class DocumentBuilder:
    """Makes documents; `base` is the URL of the service without a slash at its end."""

    def __init__(self, settings: Settings, index: Index, cleaner: CachedCleaner, catalog: Catalog) -> None:
        self._settings = settings
        self._index = index
        self._cleaner = cleaner
        self._catalog = catalog
        self._style = read_style(settings).digest[:8]

    def feed(self, request: FeedRequest, page: Page, base: str) -> Document:
        """Make a page of a feed in any format; that of a search is not kept, for hardly anyone repeats it."""
        feed, is_current = self._fill(request, page, base)
        is_kept = is_current and not (request.words or request.since or request.until)
        if request.format == Format.HTML:
            is_counted = page.is_counted or page.page_count == request.page
            selection = to_selection(request, page.post_count, self._settings, base=base, is_counted=is_counted)
            return to_document(scope_page(self._site(base), feed, selection), HTML_TYPE, keep=is_kept)
        format_ = FORMATS[request.format]
        links = f'<{feed.hub}>; rel="hub", <{feed.self_url}>; rel="self"' if feed.hub else ""  # W3C WebSub, section 4
        return replace(to_document(format_.write(feed), format_.media_type, keep=is_kept), links=links)

    def front(self, request: FeedRequest, page: Page, base: str) -> Document:
        """Make the front page."""
        feed, is_current = self._fill(request, page, base)
        body = front_page(self._site(base), feed, self._everything(base), self._largest(base, MAX_ON_FRONT_PAGE))
        return to_document(body, HTML_TYPE, keep=is_current)

    def scope_list(self, request: FeedRequest, base: str) -> Document:
        """Make a page of the list of all scopes of a kind. Raise NotFound where there is none."""
        found = self._catalog.list_page(request.scope.kind, request.page, by_count=request.by_count)
        group = to_list(request, found.summaries, found.count, self._settings, base=base, pages=found.page_count)
        return to_document(list_page(self._site(base), self._everything(base), group), HTML_TYPE)

    def post(self, post: Post, links: PostLinks, base: str) -> Document:
        """Make the page of a post."""
        bodies = self._cleaner.bodies_of([post], self._index)
        pages = tuple((one.language, base + post_path_of(one.path)) for one in links.translations)
        entry = replace(
            to_entry(post, bodies.by_path[post.path], self._settings, base=base),
            translations=pages,
            labels=to_labels(post, base=base),
            newer=to_link(links.newer, base=base),
            older=to_link(links.older, base=base),
        )
        body = post_page(self._site(base), entry, self._everything(base))
        return to_document(body, HTML_TYPE, keep=bodies.current)

    def opml(self, base: str) -> Document:
        """Make the list of all feeds, of each kind those with the most posts."""
        return to_document(to_opml(self._site(base), self._largest(base, MAX_IN_OPML)), OPML_TYPE)

    def status(self, status: Status, details: Details, base: str) -> Document:
        """Make the status page, with these details."""
        body = status_page(self._site(base), self._everything(base), status, details)
        return to_document(body, HTML_TYPE, keep=False)

    def _fill(self, request: FeedRequest, page: Page, base: str) -> tuple[Feed, bool]:
        """Return a feed with its posts' bodies; and True if no file has changed since it was scanned."""
        bodies = self._cleaner.bodies_of(page.posts, self._index)
        pages, has_last = page.page_count, page.is_counted
        feed = to_feed(request, page.posts, bodies.by_path, self._settings, base=base, pages=pages, has_last=has_last)
        return feed, bodies.current

    def _site(self, base: str) -> SiteView:
        return to_site(self._settings, base=base, kinds=self._catalog.kinds(), style=self._style)

    def _everything(self, base: str) -> ScopeLinks:
        return to_links(self._catalog.summary(Scope()), base=base)

    def _largest(self, base: str, limit: int) -> tuple[ScopeGroup, ...]:
        found = (self._catalog.largest(folder.kind, limit) for folder in FOLDERS.values())
        return tuple(to_group(scopes.kind, scopes.summaries, scopes.count, base=base) for scopes in found)
