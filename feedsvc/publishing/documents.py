"""Documents and their coded variants, made once and kept in memory; the last one is served while making fails."""

import gzip
import hashlib
import logging
from collections.abc import Callable, Hashable
from dataclasses import replace

import brotli

from feedsvc.entries import Document
from feedsvc.errors import FeedsvcError
from feedsvc.publishing.cache import Cache

log = logging.getLogger(__name__)

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
MAX_HOSTS = 8  # whose documents are kept


def to_document(body: bytes, media_type: str, *, keep: bool = True, tags: tuple[str, ...] = ()) -> Document:
    """Return a document of these bytes, named by their hash."""
    return Document(body, media_type, hashlib.sha256(body).hexdigest()[:32], keep, tags)


class DocumentStore:
    """Keeps at most `max_bytes` of documents; safe to share between threads."""

    def __init__(self, max_bytes: int, on_build: Callable[[], None]) -> None:
        self._cache: Cache[Document] = Cache(max_bytes, lambda document: len(document.body))
        self._on_build = on_build
        self._bases = {""}  # of documents that name no host

    def __len__(self) -> int:
        """Return the number of documents that are kept."""
        return len(self._cache)

    def get_or_create(self, name: Hashable, base: str, shown: Hashable, make: Callable[[], Document]) -> Document:
        """Return the document of this name and base that shows `shown`; `make` it unless it is kept.

        If `make` fails unexpectedly, return the last document of this name, or raise where there is none.
        """

        def build() -> Document:
            self._on_build()
            document = make()
            return document if self._is_known(base) else replace(document, keep=False)

        key = (name, base)
        try:
            return self._cache.get_or_create((key, shown), build, lambda document: document.keep, name=key)
        except FeedsvcError:
            raise
        except Exception as error:
            latest = self._cache.latest(key)
            if latest is None:
                raise
            # Without a traceback: many clients may request it meanwhile.
            log.error("%s: cannot be made: %r; serving its last version", name, error)  # noqa: TRY400
            return replace(latest, keep=False)

    def variant(self, document: Document, coding: str) -> Document:
        """Return a document in a content coding."""
        encode = CODINGS[coding]
        return self.get_or_create(
            (document.digest, coding), "", "", lambda: replace(document, body=encode(document.body))
        )

    def _is_known(self, base: str) -> bool:
        """True if documents of this base are kept: where no base URL is set, clients can invent any number of hosts."""
        if len(self._bases) <= MAX_HOSTS:
            self._bases.add(base)
        return base in self._bases
