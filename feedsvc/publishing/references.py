"""The `Lookup` of one post: where its links to other posts, and to files of the folder, lead.

Every lookup is recorded, so that the index knows when a body is no longer valid.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from feedsvc.attachments import UNSHOWN_PICTURES, is_attachment
from feedsvc.errors import PostError
from feedsvc.index.queries import Index
from feedsvc.index.records import link_path_of
from feedsvc.index.references import Attachment
from feedsvc.lookup import FILE_SCHEME, INCLUDES, POST_SCHEME, FoundFile, Reference, name_of
from feedsvc.models import Format, Hint, Post, Scope, ScopeKind
from feedsvc.posts.generators.plain import SUFFIXES
from feedsvc.publishing.attachments import AttachmentFiles
from feedsvc.publishing.ids import link_to_post
from feedsvc.publishing.link_targets import is_beside_post, to_file_paths, to_post_paths, to_url_path
from feedsvc.publishing.recorded_queries import MAX_ASKED, RecordedQueries
from feedsvc.publishing.routing import path_of
from feedsvc.publishing.site_sources import SiteSources
from feedsvc.settings import UNKNOWN_BASE, Settings
from feedsvc.sites import GeneratorName
from feedsvc.text import to_printable

UNDATED = "a page without a date, so not linked"
UNSHOWN = "not shown, as browsers do not show files of this type: convert it"
TOO_MANY = f"more than {MAX_ASKED:,} addresses of posts and files: the others were not looked up"


# Pelican's links to the page of a name, such as `{tag}python` or `|author|Ada`, and to the front page.
_SCOPE = re.compile(r"(?:\{|\||%7b|%7c)(tag|category|author|index)(?:\}|\||%7d|%7c)([^#?]*)", re.IGNORECASE)


class _SiteLookup:
    """Looks up the site's own files: includes, data, the list of posts; gathers references and hints."""

    def __init__(
        self, post: Post, settings: Settings, index: Index, files: AttachmentFiles, sources: SiteSources | None = None
    ) -> None:
        """`sources` are the includes and data of a Jekyll site."""
        self._path = post.path
        self._is_own = not post.original
        self._sources = sources
        self._settings = settings
        self._index = index
        self._files = files
        self._queries = RecordedQueries(index)
        self._unread: dict[str, str] = {}  # why a file of the site cannot be read
        self._missing: dict[str, str] = {}  # why what a URL names cannot be shown, by the URL as it is written
        self._pages: dict[str, str] = {}  # the end of the path at which a missing post may be a page, by its URL

    @property
    def references(self) -> tuple[Reference, ...]:
        """Return the lookups, with the path of what was found."""
        return self._queries.references

    @property
    def hints(self) -> tuple[Hint, ...]:
        """Return a hint for each post and file that was not found; its key is the URL as written."""
        pages = self._index.pages_among(self._pages.values()) if self._pages else frozenset()
        why = self._missing | {url: UNDATED for url, stem in self._pages.items() if stem in pages}
        missing = (Hint(f"{to_printable(name)}: {reason}", name) for name, reason in (why | self._unread).items())
        return (*missing, Hint(TOO_MANY)) if self._queries.is_full else tuple(missing)

    def read_source(self, path: str) -> str | None:
        """Return the text of an include, or of a file beside the post; None for no such file.

        The index does not list files beside posts: a body with one is made again with every change of the index.
        """
        stamp = self._queries.source(path)
        if not stamp and self._sources and not self._queries.is_full and not path.startswith(INCLUDES):
            stamp = self._sources.find_stamp(path)
            self._queries.note_all_posts()
        text: str | None = self._read(path, stamp, SiteSources.read_text) if stamp else None
        return text

    def read_data(self, path: str) -> Any:
        """Return the values of a data file of the site; None for no such file."""
        stamp = self._queries.source(path)
        return self._read(path, stamp, SiteSources.read_data) if stamp else None

    def list_sources(self, folder: str) -> tuple[str, ...]:
        """Return the paths of the includes or data files below a folder of the site."""
        return self._queries.sources(folder)

    def site_posts(self) -> Sequence[Mapping[str, Any]]:
        """Return the published posts of the site as templates see them, the newest first."""
        self._queries.note_all_posts()
        return self._sources.posts(self._index) if self._sources else ()

    def _read(self, path: str, stamp: str, read: Callable[[SiteSources, str, str], Any]) -> Any:
        try:
            return read(self._sources, path, stamp) if self._sources else None
        except (OSError, PostError, ValueError, RecursionError) as error:
            self._unread[path] = f"cannot be read: {error}"
            return None


class PostLookup(_SiteLookup):
    """The Lookup of one post."""

    def find_post(self, url: str) -> str:
        """Return the URL that a link to a post, a tag, a category or an author leads to; "" for any other link."""
        if path := _to_scope_path(url):
            return (self._settings.base_url or UNKNOWN_BASE) + path
        is_named = url.startswith(POST_SCHEME)
        written, mark, fragment = url.partition("#")
        if self._queries.is_full or not (is_named or _names_file_of_post(written) or _names_page(written)):
            return ""
        post, is_known = self._find_post(written)
        if post:
            return _link(post, self._settings) + mark + fragment
        if is_known and not written.startswith(FILE_SCHEME) and not self._may_be_on_site(written):
            self._missing[name_of(written)] = "no such post"
            self._pages[name_of(written)] = _to_stem(name_of(written)).removeprefix("./").lstrip("/")
        return ""

    def _may_be_on_site(self, url: str) -> bool:
        """True for the URL of a page, and for a path on a site with a URL: what pages it has is not known here."""
        is_path = url.startswith("/") and self._has_site_url
        return is_path or (_names_page(url) and not url.startswith(POST_SCHEME))

    @property
    def _has_site_url(self) -> bool:
        return bool(self._settings.site_url or self._settings.site.url)

    def find_title(self, url: str) -> str:
        """Return the title of another post; "" if the link names no post here."""
        post, _ = (None, False) if self._queries.is_full else self._find_post(url.partition("#")[0])
        return post.title if post else ""

    def _find_post(self, written: str) -> tuple[Post | None, bool]:
        """Return the post that a link names, and whether it may name one."""
        url = _without_base(written, self._settings.base_url)
        names = [_to_stem(path) for path in to_post_paths(url, self._path, self._settings.site)]
        post = next(filter(None, map(self._queries.post_at, names)), None)
        if post is None and names and (self._finds_by_name or written.startswith(POST_SCHEME)):
            post = self._queries.post_named(names[-1])
        elif post is None and names and written.startswith("/") and self._is_own and not self._has_site_url:
            post = self._queries.only_post_ending(names[0])
        return post, bool(names)

    def find_file(self, url: str) -> FoundFile | None:
        """Return the file that a URL names; None if it is not here."""
        if self._queries.is_full:
            return None
        named = to_file_paths(_without_base(url, self._settings.base_url), self._path, self._settings.site)
        paths = [path for path in named if is_attachment(path)]
        found = next(filter(None, map(self._queries.file_at, paths)), None)
        if found is None and paths and (self._finds_by_name or url.startswith(FILE_SCHEME)) and "/" not in url:
            found = self._queries.file_named(paths[-1])
        if not found or not found.stamp.size:
            self._note_missing(url, is_empty=bool(found), is_served=bool(paths))
        return self._to_found(found, url) if found else None

    def _note_missing(self, url: str, *, is_empty: bool, is_served: bool) -> None:
        """Note why a file is not shown; a file of a type that is never served is only noted if it is a picture."""
        if is_served:
            self._missing[name_of(url)] = "an empty file" if is_empty else "no such file"
        elif is_beside_post(url) and url.lower().endswith(UNSHOWN_PICTURES):
            self._missing[name_of(url)] = UNSHOWN

    @property
    def _finds_by_name(self) -> bool:
        """True in Obsidian's vaults, where a name alone finds a note or a file in any folder."""
        return self._settings.site.generator is GeneratorName.OBSIDIAN

    def _to_found(self, found: Attachment, written: str) -> FoundFile:
        _, mark, page = written.partition("#")  # of a document: `#page=2`; or a part of the file's name
        place = "" if "#" in found.path else mark + page
        url = (self._settings.base_url or UNKNOWN_BASE) + to_url_path(found.path) + place
        return FoundFile(url, found.stamp.size, *self._files.find_dimensions(found))


def _without_base(url: str, base: str) -> str:
    """Return a URL of this service as a path: templates write such for files of the site."""
    return url.removeprefix(base) if base and url.startswith(f"{base}/") else url


def _to_scope_path(url: str) -> str:
    """Return the path of the page of a tag, a category or an author that a link names as Pelican has it, else ""."""
    found = _SCOPE.match(url)
    if not found:
        return ""
    kind, name = found[1].lower(), unquote(found[2]).strip()
    return path_of(Scope() if kind == "index" else Scope(ScopeKind(kind), name), Format.HTML)


def _names_file_of_post(url: str) -> bool:
    return unquote(url.partition("?")[0]).lower().endswith(SUFFIXES)


def _to_stem(path: str) -> str:
    """Return the path by which a link names a post; of a name without suffix, such as `notes-1.2`, all of it."""
    return link_path_of(path if path.lower().endswith(SUFFIXES) else f"{path}.md")


def _names_page(url: str) -> bool:
    """True if the last part of a relative URL's path has no suffix: it may be the page of a post."""
    if "://" in url or url.startswith("//"):  # of most links: the rest would take longer than all else here
        return False
    name = unquote(url.partition("?")[0]).rstrip("/").rpartition("/")[2]
    return bool(name) and "." not in name and ":" not in name


def _link(post: Post, settings: Settings) -> str:
    return link_to_post(post, settings, settings.link_to, settings.base_url or UNKNOWN_BASE)
