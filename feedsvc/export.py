"""Everything that the service serves, as static files for any web server or object store.

Each file has the bytes that a service with the setting `static` sends; a page is `index.html` in its folder.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from feedsvc.attachments import media_type_of
from feedsvc.bucket import open_bucket
from feedsvc.destinations import Destination, OutputFile
from feedsvc.entries import Document
from feedsvc.errors import NotFound, OutputError, SettingError
from feedsvc.folder_output import open_folder
from feedsvc.manifest import Manifest
from feedsvc.models import MIN_CODED, FeedRequest, Format, Scope
from feedsvc.progress import Progress, show_nothing
from feedsvc.publishing.crawlers import to_robots
from feedsvc.publishing.documents import to_document
from feedsvc.publishing.legacy_urls import own_paths
from feedsvc.publishing.places import FILES
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.redirects import (
    find_patterns,
    find_redirects,
    to_nginx_map,
    to_redirect_page,
    to_redirects_file,
)
from feedsvc.publishing.routing import first_page, post_path_of, url_of
from feedsvc.publishing.static_files import STATIC_FILES
from feedsvc.render import FORMATS, HTML_TYPE

NOT_FOUND = "/404.html"  # GitHub Pages and file servers show it for what is missing
NGINX_MAP = "redirects.map"
_TEXT, _HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"
_FEEDS = (".xml", ".json", ".atom", ".rss", ".rdf")  # suffixes that file servers know
SUFFIXES = {"br": ".br", "gzip": ".gz"}
MAX_SEGMENT = 250  # bytes of a file name, with room for a suffix

Documents = Mapping[str, Callable[[], Document]]


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The numbers of files of an export; `refused` are URLs that cannot be files, with the reason."""

    written: int
    unchanged: int
    removed: int
    refused: tuple[str, ...]

    def __str__(self) -> str:
        """Return the numbers as a line."""
        return f"{self.written:,} written, {self.unchanged:,} unchanged, {self.removed:,} removed"


@contextmanager
def open_destination(out: str, posts: Path) -> Iterator[Destination]:
    """Open a folder, or the bucket of a URL, for this build alone.

    Raise OutputError for one that cannot be written to, and for a folder among the `posts`.
    """
    if "://" in out:
        with open_bucket(out) as bucket:
            yield bucket
        return
    if Path(os.path.realpath(out)).is_relative_to(os.path.realpath(posts)):
        beside = os.path.relpath(Path(os.path.realpath(posts)).with_name(Path(out).name or "out"))
        raise OutputError(f"{out}: in the posts folder: name a folder outside of it, such as {beside}")
    with open_folder(Path(out)) as folder:
        yield folder


def export(
    publisher: Publisher,
    destination: Destination,
    progress: Progress = show_nothing,
    max_removals: int | None = None,
) -> ExportReport:
    """Write every document; leave files that have not changed, remove those that no longer belong there.

    What others link to is written first, and files are removed last, so that a build that is interrupted leaves a site
    whose links lead somewhere. Raise SettingError if no base URL is set, OutputError if `destination` cannot be
    written, is not the output of a build, or would lose more than `max_removals` files.
    """
    if not publisher.settings.base_url:
        raise SettingError(
            "base_url: must be set, such as --base-url https://blog.example: files do not know their URL"
        )
    build = _Build(publisher, destination, destination.read_manifest())
    build.keep()  # a build that is interrupted can be repeated
    posts, lists = (dict(progress(part, None, "listing pages")) for part in (_posts(publisher), _lists(publisher)))
    build.write(progress(_attachments(publisher), None, "copying files"))
    for documents in (posts, lists):
        build.write(progress(build.to_files(documents), len(documents), "writing pages"))
    build.write(build.to_redirects(posts | lists))
    removed = build.remove_others(destination.max_removals if max_removals is None else max_removals)
    build.keep()
    return ExportReport(build.written, len(build.files) - build.written, removed, tuple(build.refused))


@dataclass(slots=True)
class _Build:
    """A build under way: what is known of the destination, and the files that are to be there."""

    publisher: Publisher
    destination: Destination
    known: Manifest
    files: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    written: int = 0

    def keep(self) -> None:
        """Store what is known, for the next build."""
        self.destination.keep_manifest(self.known)

    def to_files(self, documents: Documents) -> Iterator[OutputFile]:
        """Yield the files of documents by their URLs; note those that cannot be files."""
        for url, make in documents.items():
            name = _file_name(url)
            if reason := _refusal(name, self.files):
                self.refused.append(f"{unquote(url)}: {reason}")
            else:
                yield from self._variants(name, make())

    def _variants(self, name: str, document: Document) -> Iterator[OutputFile]:
        """Yield a document as the destination has it: plain with coded ones beside it, or coded itself."""
        age, coding = self.publisher.settings.max_age, self.destination.coding
        is_coded = len(document.body) >= MIN_CODED
        body = self.publisher.variant(document, coding).body if is_coded and coding else document.body
        yield OutputFile(name, body, document.media_type, age, coding if is_coded else "")
        for other in self.destination.codings if is_coded else ():
            body = self.publisher.variant(document, other).body
            yield OutputFile(name + SUFFIXES[other], body, document.media_type, age, other)

    def to_redirects(self, documents: Documents) -> Iterator[OutputFile]:
        """Yield what makes old URLs lead on, for each kind of server; a feed is copied, for readers follow no page."""
        settings, age = self.publisher.settings, self.publisher.settings.max_age
        redirects = list(find_redirects(settings, self.publisher.resolver))
        patterns = list(find_patterns(settings))
        self.destination.keep_aside(NGINX_MAP, to_nginx_map(redirects, patterns, settings).encode())
        listed = to_redirects_file(redirects, patterns, settings).encode()
        yield OutputFile("_redirects", listed, _TEXT, age)
        yield OutputFile(".nojekyll", b"", _TEXT, age)  # else GitHub Pages leaves out names such as `_redirects`
        for redirect in redirects:
            name = _file_name(redirect.path)
            if _refusal(name, self.files) or not redirect.target:
                continue
            if name.endswith("/index.html"):
                yield OutputFile(name, to_redirect_page(redirect, settings), _HTML, age)
            elif redirect.target in documents and name.endswith(_FEEDS):
                yield from self._variants(name, documents[redirect.target]())

    def write(self, files: Iterable[OutputFile]) -> None:
        """Write those files that have changed, in batches."""
        batch: list[OutputFile] = []
        for file in files:
            self.files.add(file.name)
            if self.destination.is_current(file, self.known.get(file.name, "")):
                self.known[file.name] = file.digest
                continue
            batch.append(file)
            if sum(len(one.body) for one in batch) > self.destination.batch_bytes:
                self._put(batch)
                batch = []
        self._put(batch)

    def _put(self, batch: list[OutputFile]) -> None:
        """Write files; if that is interrupted, the next build knows that they may hold anything."""
        if not batch:
            return
        if self.destination.batch_bytes:
            self.known.doubt(file.name for file in batch)
            self.keep()
        self.destination.put(batch)
        self.known.update({file.name: file.digest for file in batch})
        self.written += len(batch)

    def remove_others(self, max_removals: int) -> int:
        """Remove what earlier builds have written and this one has not; return how many files there were."""
        others = sorted(self.known.keys() - self.files)
        if len(others) > max_removals:
            self.keep()
            raise OutputError(
                f"{len(others):,} files would be removed, more than {max_removals:,}, so none is: "
                f"if that is right, say --max-deletes {len(others)}"
            )
        removed = self.destination.remove(others)
        for name in others:
            del self.known[name]
        return removed


# --- documents -----------------------------------------------------------------------------------


def _posts(publisher: Publisher) -> Iterator[tuple[str, Callable[[], Document]]]:
    """Yield the canonical URL of what lists and feeds refer to, percent-encoded, and what returns the document."""
    yield from ((f"/static/{name}", partial(publisher.static, name)) for name in STATIC_FILES)
    for path in publisher.catalog.paths():
        yield post_path_of(path), partial(publisher.post_page, path.rpartition(".")[0], publisher.settings.base_url)


def _lists(publisher: Publisher) -> Iterator[tuple[str, Callable[[], Document]]]:
    """Yield the same of all other documents."""
    base = publisher.settings.base_url
    for request in _requests(publisher):
        yield url_of(request, publisher.settings), partial(publisher.page, request, base)
    yield "/feeds.opml", partial(publisher.opml, base)
    yield NOT_FOUND, partial(_not_found, publisher, base)
    yield "/robots.txt", partial(to_robots, publisher.settings, base)
    for name in publisher.sitemaps.part_names():
        yield f"/sitemap-{name}.xml", partial(publisher.sitemaps.part, name, base)
    yield "/sitemap.xml", partial(publisher.sitemaps.main, base)


def _not_found(publisher: Publisher, base: str) -> Document:
    return to_document(publisher.error_pages.make(base, 404, "no such page"), HTML_TYPE)


def _requests(publisher: Publisher) -> Iterator[FeedRequest]:
    """Yield the request of every list, of every page of a feed, and of the feeds at a Jekyll site's own URLs."""
    settings, scopes = publisher.settings, publisher.catalog.scopes()
    kinds = dict.fromkeys(scope.kind for scope in scopes if scope.name)
    for kind in kinds:
        yield from publisher.pages_of(first_page(Scope(kind), Format.HTML, settings))
    for scope in scopes:
        for format_ in (*FORMATS, Format.HTML):
            yield from publisher.pages_of(first_page(scope, format_, settings))
    yield from (publisher.resolver.find(unquote(path), "").request for path in own_paths(scopes, settings))


def _attachments(publisher: Publisher) -> Iterator[OutputFile]:
    """Yield the files beside posts that the documents refer to."""
    for path in publisher.files.paths():
        with suppress(NotFound), publisher.files.open(path) as file:  # it may have gone meanwhile
            name, body = f"{FILES}{path}".removeprefix("/"), b"".join(file.read(0, file.size))
            yield OutputFile(name, body, media_type_of(path), publisher.settings.max_age)


# --- files ---------------------------------------------------------------------------------------


def _file_name(url: str) -> str:
    """Return the path of the file that web servers send for a URL: they decode it first."""
    name = unquote(url).removeprefix("/")
    return f"{name}index.html" if not name or name.endswith("/") else name


def _refusal(name: str, taken: set[str]) -> str:
    """Return the reason why a path cannot be a file, "" if it can."""
    segments = name.split("/")
    if "?" in name or not all(segments) or {".", ".."} & set(segments):
        return "not a path that a file can have"
    if any(len(segment.encode()) > MAX_SEGMENT for segment in segments):
        return f"a name longer than {MAX_SEGMENT} bytes"
    above = {"/".join(segments[:end]) for end in range(1, len(segments))}
    return "a folder and a file of the same name" if name in taken or above & taken else ""
