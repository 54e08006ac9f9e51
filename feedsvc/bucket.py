"""An object store as the destination of a build: a bucket of S3, R2, Google or Azure, or a folder in one.

An object has one content coding, and what it is served with is stored with it. What was written is in the manifest
alone: an object's ETag does not tell its content where the bucket encrypts.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from feedsvc.destinations import OutputFile
from feedsvc.errors import OutputError
from feedsvc.manifest import Manifest

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutMode, PutResult, UpdateVersion
    from obstore.store import ObjectStore

T = TypeVar("T")

# Which variables of the environment sign in.
SCHEMES: Mapping[str, str] = {
    "s3://": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs://": "GOOGLE_SERVICE_ACCOUNT",
    "az://": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
MAX_REMOVALS = 256  # objects that a build may remove, if nobody says more
MAX_BATCH = 32 * 2**20  # bytes of objects that are written together, and in memory until then
MAX_PUTS = 16  # objects that are written at the same time
MAX_KEY = 1_024  # bytes of the name of an object, in S3 and elsewhere
MAX_RETRIES = 10  # of a request
RETRY_TIME = timedelta(minutes=3)
ASIDE = ".feedsvc/"  # objects that are not for readers
MANIFEST = f"{ASIDE}manifest.json"
MISSING = "needs a library: install feedsvc with it: pip install 'feedsvc[s3]'"
_CODED = "gzip"
_MANIFEST_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}
_OF_MACHINES = ("169.254.169.254", "Account must be specified")  # where the role of a machine is, if it has one
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")  # which obstore refuses
_TOLD = re.compile(r"<Code>([^<]+)</Code>.*?<Message>([^<]+)</Message>")  # by the store
_REQUEST = re.compile(r"Error performing [A-Z]+ (https?://[^/ ]+)\S* in .* - (.+)")


class _Objects:
    """The objects of a store, whose errors are raised as OutputError with place and reason."""

    def __init__(self, store: "ObjectStore", url: str) -> None:
        self._store = store
        self._url = url

    def has_any(self) -> bool:
        """Return True if there is an object."""
        import obstore  # noqa: PLC0415 - only for builds to a bucket

        return bool(self._try("listed", "", lambda: next(iter(obstore.list(self._store, chunk_size=1)), [])))

    def read(self, name: str) -> "tuple[bytes, PutMode] | None":
        """Return an object and its version; None if there is none."""
        import obstore  # noqa: PLC0415

        try:
            found = self._try("read", name, lambda: obstore.get(self._store, name), FileNotFoundError)
        except FileNotFoundError:
            return None
        return bytes(self._try("read", name, found.bytes)), _to_version(found.meta)

    def write(
        self,
        name: str,
        body: bytes,
        attributes: dict[str, str],
        mode: "PutMode" = "overwrite",
        expected: type[Exception] | None = None,
    ) -> "PutMode":
        """Write an object; return its version."""
        import obstore  # noqa: PLC0415

        put = partial(obstore.put, self._store, name, body, attributes=attributes, mode=mode)
        return _to_version(self._try("written", name, put, expected))

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects; one that does not exist is no error."""
        import obstore  # noqa: PLC0415

        if names:
            self._try("removed", names[0], lambda: obstore.delete(self._store, list(names)))

    def _try(self, done: str, name: str, act: Callable[[], T], expected: type[Exception] | None = None) -> T:
        """Return the result of `act`. Raise its error as an OutputError, unless it is `expected`."""
        try:
            return act()
        except Exception as error:
            if expected and isinstance(error, expected):
                raise
            place = f"{self._url}/{name}".rstrip("/")
            raise OutputError(f"{place}: cannot be {done}: {_to_reason(error, self._url)}") from error


class Bucket:
    """A bucket, or a folder in one, for a build."""

    coding = _CODED  # which every client understands
    codings: tuple[str, ...] = ()
    max_removals = MAX_REMOVALS

    def __init__(self, store: "ObjectStore", url: str, batch_bytes: int = MAX_BATCH) -> None:
        self._objects = _Objects(store, url)
        self._url = url
        self.batch_bytes = batch_bytes
        self._replaced: PutMode = "overwrite"  # the version of the manifest that the next one replaces
        self._kept: bytes | None = None  # the manifest that is there
        self._threads = ThreadPoolExecutor(MAX_PUTS, "feedsvc-put")

    def close(self) -> None:
        """Wait for what is under way."""
        self._threads.shutdown(cancel_futures=True)

    def read_manifest(self) -> Manifest:
        """Return what the last build has written. Raise OutputError for a place that holds something else."""
        text = self._read_manifest()
        if text is not None:
            found = Manifest.parse(text, f"{self._url}/{MANIFEST}")
            return Manifest({name: digest for name, digest in found.items() if not self.refusal(name)})
        if self._objects.has_any():
            raise OutputError(
                f"{self._url}: not empty, and not the output of a build: name another one, or a folder in it"
            )
        return Manifest()

    def _read_manifest(self) -> bytes | None:
        """Return the manifest, None if there is none; it is kept as long as no other build has written one."""
        found = self._objects.read(MANIFEST)
        if found is None:
            self._replaced = "create"
            return None
        self._kept, self._replaced = found
        return self._kept

    def keep_manifest(self, manifest: Manifest) -> None:
        """Store what is written, for the next build. Raise OutputError if another build has done so meanwhile."""
        from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: PLC0415

        text, expected = manifest.dump(), PreconditionError if self._replaced != "create" else AlreadyExistsError
        if text == self._kept:
            return
        try:
            self._replaced = self._objects.write(MANIFEST, text, _MANIFEST_HEADERS, self._replaced, expected)
        except expected as error:
            if self._read_manifest() != text:  # else the response to this very request was lost
                raise OutputError(f"{self._url}: another build is writing to it: let one end first") from error
        self._kept = text

    def keep_aside(self, name: str, body: bytes) -> None:
        """Store nothing: such files configure web servers, and a bucket has none."""

    def refusal(self, name: str) -> str:
        """Return the reason why no object can have this name, "" if one can."""
        if _CONTROLS.search(name):
            return "a control character in its name"
        too_long = len(f"{self._url}/{name}".encode()) > MAX_KEY
        return f"with the name of the bucket more than {MAX_KEY:,} bytes" if too_long else ""

    def read(self, name: str) -> bytes | None:
        """Return None: coding a document takes less time than the network."""

    def is_current(self, file: OutputFile, known: str) -> bool:
        """True if the manifest says that a file is there already."""
        return file.digest == known

    def put(self, files: Sequence[OutputFile]) -> None:
        """Write objects, some at a time; they are there when this returns. Raise OutputError if that fails."""
        for _ in self._threads.map(self._put_file, files):
            pass

    def _put_file(self, file: OutputFile) -> None:
        attributes = {"Content-Type": file.media_type, "Cache-Control": f"max-age={file.max_age}"}
        if file.coding:
            attributes["Content-Encoding"] = file.coding
        self._objects.write(file.name, file.body, attributes)

    def remove(self, names: Sequence[str]) -> int:
        """Remove objects, those that are gone already too; return how many names there were."""
        self._objects.remove(names)
        return len(names)


@contextmanager
def open_bucket(url: str) -> Iterator[Bucket]:
    """Open a bucket by its URL, `s3://bucket/folder`; how to sign in is read from the environment.

    Raise OutputError if that fails, and where the library for it is not installed.
    """
    if not url.startswith(tuple(SCHEMES)):
        raise OutputError(f"{url}: must begin with {' or '.join(SCHEMES)}")
    try:
        from obstore.store import from_url  # noqa: PLC0415
    except ImportError as error:
        raise OutputError(f"{url}: {MISSING}") from error
    try:
        store = from_url(url.rstrip("/"), retry_config={"max_retries": MAX_RETRIES, "retry_timeout": RETRY_TIME})
    except Exception as error:
        raise OutputError(f"{url}: {_to_reason(error, url)}") from error
    bucket = Bucket(store, url.rstrip("/"))
    try:
        yield bucket
    finally:
        bucket.close()


def _to_version(found: "ObjectMeta | PutResult") -> "PutMode":
    """Return the version of an object, by which a request replaces no other one; not every store has both parts."""
    version: UpdateVersion = {}
    if found["e_tag"]:
        version["e_tag"] = found["e_tag"]
    if found["version"]:
        version["version"] = found["version"]
    return version or "overwrite"


def _to_reason(error: Exception, url: str) -> str:
    """Return the reason that the store gives for an error, on one line, without the details of the library."""
    text = str(error).partition("\n\n")[0].replace("\n", " ")
    if any(name in text for name in _OF_MACHINES):
        return f"nobody is signed in: set {SCHEMES[url.partition('//')[0] + '//']}"
    if told := _TOLD.search(text):
        return f"{told[1]}: {told[2]}"
    request = _REQUEST.search(text)
    return f"{request[1]}: {request[2]}" if request else text
