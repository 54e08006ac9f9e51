"""Documents made into the files of a build, on all processors where they are many. Writes nothing."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from threading import active_count
from urllib.parse import unquote

from feedsvc.destinations import Destination, OutputFile
from feedsvc.entries import Document
from feedsvc.manifest import Manifest
from feedsvc.models import MIN_CODED
from feedsvc.pool import map_in_processes, shared
from feedsvc.publishing.publisher import Publisher

log = logging.getLogger(__name__)

POOL_FROM = 500  # documents; for fewer, starting processes costs more than it saves
CHUNK = 16  # documents handed to a process at a time: some pages of a feed, each in all formats
MAX_CHUNKS = 8  # that are made ahead of what is written: some 20 MB of files
SUFFIXES = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True, slots=True)
class Job:
    """A document to be made: its URL, percent-encoded, the function of a publisher that returns it, its arguments."""

    url: str
    make: Callable[..., Document]
    arguments: tuple[object, ...]

    @property
    def name(self) -> str:
        """The path of its file."""
        return to_file_name(self.url)


@dataclass(frozen=True, slots=True)
class FileMaker:
    """Makes the files of documents, in the content codings of the destination."""

    publisher: Publisher
    destination: Destination
    known: Manifest  # what the last build has written

    def make(self, job: Job) -> list[OutputFile]:
        """Return the files of a document."""
        return list(self._variants(job.name, job.make(self.publisher, *job.arguments)))

    def make_all(self, jobs: Sequence[Job]) -> Iterator[list[OutputFile]]:
        """Yield the files of each document, in their order."""
        done = 0
        if len(jobs) >= POOL_FROM and active_count() == 1:  # a fork hands the publisher on
            try:
                for files in map_in_processes(_make_some, jobs, lambda: self, chunk=CHUNK, max_chunks=MAX_CHUNKS):
                    yield files
                    done += 1
            except (BrokenProcessPool, OSError) as error:  # killed for want of memory, or none could be started
                log.warning("build: processes ended: %s: making the rest in this process", error)
        yield from map(self.make, jobs[done:])

    def _variants(self, name: str, document: Document) -> Iterator[OutputFile]:
        """Yield the files of a document: plain with coded copies beside it, or one that is coded itself."""
        age, is_coded = self.publisher.settings.max_age, len(document.body) >= MIN_CODED
        coding = self.destination.coding if is_coded else ""
        body = self.publisher.documents.variant(document, coding).body if coding else document.body
        file = OutputFile(name, body, document.media_type, age, coding)
        yield file
        is_known = self.known.get(name) == file.digest
        for other in self.destination.codings if is_coded else ():
            coded = replace(file, name=name + SUFFIXES[other], body=b"", coding=other)
            kept = self._read(coded) if is_known else b""
            yield replace(coded, body=kept or self.publisher.documents.variant(document, other).body)

    def _read(self, file: OutputFile) -> bytes:
        """Return the content of a file of the destination, if that is what the last build wrote, else nothing."""
        body = self.destination.read(file.name) or b""
        return body if replace(file, body=body).digest == self.known.get(file.name) else b""


def to_file_name(url: str) -> str:
    """Return the path of the file that web servers send for a URL: they decode it first."""
    name = unquote(url).removeprefix("/")
    return f"{name}index.html" if not name or name.endswith("/") else name


def _make_some(jobs: Sequence[Job]) -> list[list[OutputFile]]:
    maker: FileMaker = shared()
    return [maker.make(job) for job in jobs]
