"""Everything that the service serves, as static files for any web server or object store.

Each file has the bytes that a service with the setting `static` sends; a page is `index.html` in its folder.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

from feedsvc.attachments import media_type_of
from feedsvc.bucket import open_bucket
from feedsvc.destinations import Destination, OutputFile
from feedsvc.document_files import FileMaker, Job, to_file_name
from feedsvc.entries import Document
from feedsvc.errors import NotFound, OutputError, SettingError
from feedsvc.folder_destination import open_folder
from feedsvc.manifest import Manifest
from feedsvc.models import FeedRequest, Format, Scope
from feedsvc.progress import Progress, show_nothing
from feedsvc.publishing.crawlers import to_robots
from feedsvc.publishing.documents import to_document
from feedsvc.publishing.feed_requests import first_page
from feedsvc.publishing.legacy_urls import own_paths
from feedsvc.publishing.link_targets import FILES
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.redirects import (
    find_patterns,
    find_redirects,
    to_nginx_map,
    to_redirect_page,
    to_redirects_file,
)
from feedsvc.publishing.routing import post_path_of, url_of
from feedsvc.publishing.static_files import STATIC_FILES
from feedsvc.render import FORMATS, HTML_TYPE

NOT_FOUND = "/404.html"  # GitHub Pages and file servers show it for what is missing
NGINX_MAP = "redirects.map"
_TEXT, _HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"
_FEEDS = (".xml", ".json", ".atom", ".rss", ".rdf")  # suffixes that file servers know
NO_PATH = "not a path that a file can have"
MAX_SEGMENT = 250  # bytes of a file name, with room for a suffix


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

    What is new is written first, for nothing links to it yet, and files are removed last, so that a build that is
    interrupted leaves a site whose links lead somewhere. Raise SettingError if no base URL is set, OutputError if
    `destination` cannot be written, is not the output of a build, or would lose more than `max_removals` files.
    """
    if not publisher.settings.base_url:
        raise SettingError(
            "base_url: must be set, such as --base-url https://blog.example: files do not know their URL"
        )
    build = _Build(publisher, destination, destination.read_manifest())
    build.keep()  # a build that is interrupted can be repeated
    jobs = {job.url: job for job in progress(_jobs(publisher), None, "listing pages")}
    build.write(progress(_attachments(publisher), None, "copying files"))
    new, known = build.plan(jobs.values())
    for part in (new, known):
        build.write(chain.from_iterable(progress(build.maker.make_all(part), len(part), "writing pages")))
    build.write(build.to_redirects(jobs))
    removed = build.remove_others(destination.max_removals if max_removals is None else max_removals)
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

    @property
    def maker(self) -> FileMaker:
        """Return what makes the files of documents."""
        return FileMaker(self.publisher, self.destination, self.known)

    def plan(self, jobs: Iterable[Job]) -> tuple[list[Job], list[Job]]:
        """Return the jobs for files that are new, and for those that are there; note those that cannot be files."""
        parts: tuple[list[Job], list[Job]] = [], []
        for job in jobs:
            if reason := self._refusal(job):
                self.refused.append(f"{unquote(job.url)}: {reason}")
            else:
                self.files.add(job.name)
                parts[self.known.is_there(job.name)].append(job)
        return parts

    def _refusal(self, job: Job) -> str:
        """Return the reason why a document cannot be a file, "" if it can."""
        if "?" in job.url:
            return NO_PATH
        return _refusal(job.name, self.files) or self.destination.refusal(job.name)

    def to_redirects(self, jobs: Mapping[str, Job]) -> Iterator[OutputFile]:
        """Yield the files that redirect old URLs, for each kind of server; feeds are copied: readers follow no page."""
        settings, age = self.publisher.settings, self.publisher.settings.max_age
        redirects = list(find_redirects(settings, self.publisher.resolver))
        patterns = list(find_patterns(settings))
        self.destination.keep_aside(NGINX_MAP, to_nginx_map(redirects, patterns, settings).encode())
        listed = to_redirects_file(redirects, patterns, settings).encode()
        yield OutputFile("_redirects", listed, _TEXT, age)
        yield OutputFile(".nojekyll", b"", _TEXT, age)  # else GitHub Pages leaves out names such as `_redirects`
        for redirect in redirects:
            name = to_file_name(redirect.path)
            if not redirect.target or _refusal(name, self.files) or self.destination.refusal(name):
                continue
            if name.endswith("/index.html"):
                yield OutputFile(name, to_redirect_page(redirect, settings), _HTML, age)
            elif redirect.target in jobs and name.endswith(_FEEDS):
                yield from self.maker.make(replace(jobs[redirect.target], url=redirect.path))

    def write(self, files: Iterable[OutputFile]) -> None:
        """Write those files that have changed, in batches; note those that cannot be there."""
        batch: list[OutputFile] = []
        size = 0
        for file in files:
            if reason := self.destination.refusal(file.name):
                self.refused.append(f"/{file.name}: {reason}")
                continue
            self.files.add(file.name)
            if self.destination.is_current(file, self.known.get(file.name, "")):
                self.known[file.name] = file.digest
                continue
            batch.append(file)
            size += len(file.body)
            if size > self.destination.batch_bytes:
                self._put(batch)
                batch, size = [], 0
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
        self.known.forget(others)
        self.keep()
        removed = self.destination.remove(others)
        for name in others:
            del self.known[name]
        self.keep()
        return removed


# --- documents -----------------------------------------------------------------------------------


def _jobs(publisher: Publisher) -> Iterator[Job]:
    """Yield a job for each document; those at which readers enter the site come last."""
    base = publisher.settings.base_url
    for name in STATIC_FILES:
        yield Job(f"/static/{name}", Publisher.static, (name,))
    for path in publisher.catalog.paths():
        yield Job(post_path_of(path), Publisher.post_page, (path.rpartition(".")[0], base))
    for request in _requests(publisher):
        yield Job(url_of(request, publisher.settings), Publisher.page, (request, base))
    yield Job("/feeds.opml", Publisher.opml, (base,))
    yield Job(NOT_FOUND, _not_found, (base,))
    yield Job("/robots.txt", _robots, (base,))
    for name in publisher.sitemaps.part_names():
        yield Job(f"/sitemap-{name}.xml", _sitemap_part, (name, base))
    yield Job("/sitemap.xml", _sitemap, (base,))


def _not_found(publisher: Publisher, base: str) -> Document:
    return to_document(publisher.error_pages.make(base, 404, "no such page"), HTML_TYPE)


def _robots(publisher: Publisher, base: str) -> Document:
    return to_robots(publisher.settings, base)


def _sitemap_part(publisher: Publisher, name: str, base: str) -> Document:
    return publisher.sitemaps.part(name, base)


def _sitemap(publisher: Publisher, base: str) -> Document:
    return publisher.sitemaps.main(base)


def _requests(publisher: Publisher) -> Iterator[FeedRequest]:
    """Yield the request of every list, of every page of a feed, and of the feeds at a Jekyll site's own URLs.

    A page is requested in all formats one after the other, so that what they share is made once.
    """
    settings, scopes = publisher.settings, publisher.catalog.scopes()
    kinds = dict.fromkeys(scope.kind for scope in scopes if scope.name)
    for kind in kinds:
        yield from publisher.pages_of(first_page(Scope(kind), Format.HTML, settings))
    for scope in sorted(scopes, key=lambda scope: not scope.name):
        firsts = (first_page(scope, format_, settings) for format_ in (*FORMATS, Format.HTML))
        pages = [*zip(*map(publisher.pages_of, firsts), strict=True)]
        yield from chain.from_iterable(reversed(pages))
    yield from (publisher.resolver.find(unquote(path), "").request for path in own_paths(scopes, settings))


def _attachments(publisher: Publisher) -> Iterator[OutputFile]:
    """Yield the files beside posts that the documents refer to."""
    for path in publisher.files.paths():
        with suppress(NotFound), publisher.files.open(path) as file:  # it may have gone meanwhile
            name, body = f"{FILES}{path}".removeprefix("/"), b"".join(file.read(0, file.size))
            yield OutputFile(name, body, media_type_of(path), publisher.settings.max_age)


# --- files ---------------------------------------------------------------------------------------


def _refusal(name: str, taken: set[str]) -> str:
    """Return the reason why a path cannot be a file, "" if it can."""
    segments = name.split("/")
    if not all(segments) or {".", ".."} & set(segments):
        return NO_PATH
    if any(len(segment.encode()) > MAX_SEGMENT for segment in segments):
        return f"a name longer than {MAX_SEGMENT} bytes"
    above = {"/".join(segments[:end]) for end in range(1, len(segments))}
    return "a folder and a file of the same name" if name in taken or above & taken else ""
