"""An object store as the destination of a build: a bucket of S3, R2, Google or Azure, or a folder in one.

An object has one content coding, and what it is served with is stored with it. What was written is in the manifest
alone: an object's ETag does not tell its content where the bucket encrypts.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from feedsvc.destinations import OutputFile
from feedsvc.errors import OutputError
from feedsvc.manifest import Manifest

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

log = logging.getLogger(__name__)

SCHEMES = ("s3://", "gs://", "az://")
MAX_REMOVALS = 256  # objects that a build may remove, if nobody says more
MAX_BATCH = 32 * 2**20  # bytes of objects that are written together, and in memory until then
MAX_PUTS = 16  # objects that are written at the same time
MAX_RETRIES = 10  # of a request
RETRY_TIME = timedelta(minutes=3)
ASIDE = ".feedsvc/"  # objects that are not for readers
MANIFEST = f"{ASIDE}manifest.json"
MISSING = "needs a library: install feedsvc with it: pip install 'feedsvc[s3]'"
_CODED = "gzip"


class Bucket:
    """A bucket, or a folder in one, for a build."""

    coding = _CODED  # which every client understands
    codings: tuple[str, ...] = ()
    max_removals = MAX_REMOVALS

    def __init__(self, store: "ObjectStore", name: str, batch_bytes: int = MAX_BATCH) -> None:
        self._store = store
        self._name = name
        self.batch_bytes = batch_bytes
        self._threads = ThreadPoolExecutor(MAX_PUTS, "feedsvc-put")

    def close(self) -> None:
        """Wait for what is under way."""
        self._threads.shutdown(cancel_futures=True)

    def read_manifest(self) -> Manifest:
        """Return what the last build has written. Raise OutputError for a place that holds something else."""
        import obstore  # noqa: PLC0415 - only for builds to a bucket

        where = f"{self._name}/{MANIFEST}"
        try:
            text = bytes(self._try(lambda: obstore.get(self._store, MANIFEST).bytes()))
        except FileNotFoundError:
            if self._try(lambda: next(iter(obstore.list(self._store, chunk_size=1)), [])):
                raise OutputError(
                    f"{self._name}: not empty, and not the output of a build: name another one, or a folder in it"
                ) from None
            return Manifest()
        return Manifest.parse(text, where)

    def keep_manifest(self, manifest: Manifest) -> None:
        """Store what is written, for the next build."""
        self._put_one(MANIFEST, manifest.dump(), {"Content-Type": "application/json", "Cache-Control": "no-store"})

    def keep_aside(self, name: str, body: bytes) -> None:
        """Store nothing: what is kept aside is for other web servers."""

    def is_current(self, file: OutputFile, known: str) -> bool:
        """True if the manifest says that a file is there already."""
        return file.digest == known

    def put(self, files: Sequence[OutputFile]) -> None:
        """Write objects, some at a time; they are there when this returns. Raise OutputError if that fails."""
        for _ in self._threads.map(self._put_file, files):
            pass

    def _put_file(self, file: OutputFile) -> None:
        attributes = {"Content-Type": file.media_type, "Cache-Control": f"max-age={file.max_age}"}
        self._put_one(file.name, file.body, attributes | ({"Content-Encoding": file.coding} if file.coding else {}))

    def _put_one(self, name: str, body: bytes, attributes: dict[str, str]) -> None:
        import obstore  # noqa: PLC0415

        self._try(lambda: obstore.put(self._store, name, body, attributes=attributes))

    def remove(self, names: Sequence[str]) -> int:
        """Remove objects, those that are gone already too; return how many names there were."""
        import obstore  # noqa: PLC0415

        if names:
            self._try(lambda: obstore.delete(self._store, list(names)))
        return len(names)

    def _try(self, act: Callable[[], T]) -> T:
        """Return what `act` returns. Raise OutputError if it fails, FileNotFoundError for an object that is missing."""
        try:
            return act()
        except FileNotFoundError:
            raise
        except Exception as error:
            raise OutputError(f"{self._name}: {_to_line(error)}") from error


@contextmanager
def open_bucket(url: str) -> Iterator[Bucket]:
    """Open a bucket by its URL, `s3://bucket/folder`; how to sign in is read from the environment.

    Raise OutputError if that fails, and where the library for it is not installed.
    """
    if not url.startswith(SCHEMES):
        raise OutputError(f"{url}: must begin with {' or '.join(SCHEMES)}")
    try:
        from obstore.store import from_url  # noqa: PLC0415
    except ImportError as error:
        raise OutputError(f"{url}: {MISSING}") from error
    try:
        store = from_url(url.rstrip("/"), retry_config={"max_retries": MAX_RETRIES, "retry_timeout": RETRY_TIME})
    except Exception as error:
        raise OutputError(f"{url}: {_to_line(error)}") from error
    bucket = Bucket(store, url.rstrip("/"))
    try:
        yield bucket
    finally:
        bucket.close()


def _to_line(error: Exception) -> str:
    """Return the reason of an error in a line, without what the library says of itself below it."""
    return str(error).partition("\n\n")[0].replace("\n", " ")
