"""Everything that the service serves, as static files for any web server or object store.

Each file has the bytes that a service with the setting `static` sends; a page is `index.html` in its folder.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from feedsvc.entries import Document
from feedsvc.errors import NotFound, OutputError, SettingError
from feedsvc.models import MIN_CODED, FeedRequest, Format, Scope
from feedsvc.output import Output, is_path_below, opened
from feedsvc.progress import Progress, show_nothing
from feedsvc.publishing.crawlers import to_robots
from feedsvc.publishing.documents import CODINGS, to_document
from feedsvc.publishing.legacy_urls import own_paths
from feedsvc.publishing.places import FILES
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.routing import first_page, post_path_of, url_of
from feedsvc.publishing.static_files import STATIC_FILES
from feedsvc.render import FORMATS, HTML_TYPE

MANIFEST = ".feedsvc.json"  # lists the files of the last build: only these are ever removed
NOT_FOUND = "/404.html"  # GitHub Pages and file servers show it for what is missing
SUFFIXES = {"br": ".br", "gzip": ".gz"}
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


def export(publisher: Publisher, out: Path, progress: Progress = show_nothing) -> ExportReport:
    """Write every document below `out`; leave files that have not changed, remove those that no longer belong there.

    Raise SettingError if no base URL is set, OutputError if `out` cannot be written or is not the output of a build.
    """
    base = publisher.settings.base_url
    if not base:
        raise SettingError("base_url: must be set: files do not know the URL they will be served at")
    if Path(os.path.realpath(out)).is_relative_to(os.path.realpath(publisher.settings.posts)):
        raise OutputError(f"{out}: in the posts folder: name a folder outside of it")
    with opened(out) as output:
        return _export(publisher, output, progress)


def _export(publisher: Publisher, output: Output, progress: Progress) -> ExportReport:
    known = _known(output)
    output.write(MANIFEST, _listed(known))  # a build that is interrupted can be repeated
    documents = dict(progress(_documents(publisher, publisher.settings.base_url), None, "listing pages"))
    files: set[str] = set()
    written, refused = 0, []
    for url in progress(documents, len(documents), "writing pages"):
        name = _file_name(url)
        if reason := _refusal(name, files):
            refused.append(f"{unquote(url)}: {reason}")
            continue
        for file, body in _variants(name, documents[url](), publisher):
            files.add(file)
            written += output.write(file, body)
    for file, body in progress(_attachments(publisher), None, "copying files"):
        files.add(file)
        written += output.write(file, body)
    removed = [output.remove(name) for name in sorted(known - files)]
    output.write(MANIFEST, _listed(files))
    return ExportReport(written, len(files) - written, sum(removed), tuple(refused))


def _listed(files: set[str]) -> bytes:
    return json.dumps(sorted(files), ensure_ascii=False, indent=0).encode()


def _known(output: Output) -> set[str]:
    """Return the files an earlier build has listed; what cannot be one of its files is ignored.

    Raise OutputError for a folder that is neither empty nor the output of a build.
    """
    place = output.path / MANIFEST
    try:
        text = output.read(MANIFEST)
        names = [] if text is None else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise OutputError(f"{place}: cannot be read: {error}") from error
    if text is None and not output.is_empty():
        raise OutputError(f"{output.path}: not empty, and not the output of a build: name another folder")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise OutputError(f"{place}: cannot be read: not a list of names")
    return {name for name in names if is_path_below(name) and name != MANIFEST}


# --- documents -----------------------------------------------------------------------------------


def _documents(publisher: Publisher, base: str) -> Iterator[tuple[str, Callable[[], Document]]]:
    """Yield the canonical URL of every document, percent-encoded, and a function that returns the document."""
    yield "/feeds.opml", partial(publisher.opml, base)
    yield NOT_FOUND, partial(_not_found, publisher, base)
    yield "/robots.txt", partial(to_robots, publisher.settings, base)
    yield "/sitemap.xml", partial(publisher.sitemaps.main, base)
    for name in publisher.sitemaps.part_names():
        yield f"/sitemap-{name}.xml", partial(publisher.sitemaps.part, name, base)
    yield from ((f"/static/{name}", partial(publisher.static, name)) for name in STATIC_FILES)
    for request in _requests(publisher):
        yield url_of(request, publisher.settings), partial(publisher.page, request, base)
    for path in publisher.catalog.paths():
        yield post_path_of(path), partial(publisher.post_page, path.rpartition(".")[0], base)


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


def _attachments(publisher: Publisher) -> Iterator[tuple[str, bytes]]:
    """Yield the files beside posts that the documents refer to, with their content."""
    for path in publisher.files.paths():
        with suppress(NotFound), publisher.files.open(path) as file:  # it may have gone meanwhile
            yield f"{FILES}{path}".removeprefix("/"), b"".join(file.read(0, file.size))


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


def _variants(name: str, document: Document, publisher: Publisher) -> Iterator[tuple[str, bytes]]:
    yield name, document.body
    if len(document.body) >= MIN_CODED:
        yield from ((name + SUFFIXES[coding], publisher.variant(document, coding).body) for coding in CODINGS)
