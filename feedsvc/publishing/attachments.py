"""Files beside posts on disk: opened without following links out of their folder, measured, digested, read in parts."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager

from feedsvc.attachments import media_type_of, roots_of
from feedsvc.errors import PostError
from feedsvc.files import Folder
from feedsvc.index.references import Attachment
from feedsvc.publishing.media_durations import find_duration
from feedsvc.settings import Settings

PART = 256 * 1024  # bytes read at a time
MAX_HEADER = 256 * 1024  # bytes in which a picture's size is looked for


class AttachmentFiles:
    """Opens the files beside the posts of a folder."""

    def __init__(self, settings: Settings) -> None:
        self._roots = roots_of(settings)

    @contextmanager
    def open(self, file: Attachment) -> Iterator[tuple[int, os.stat_result]]:
        """Open a file: its descriptor, until the context ends, and its status. Raise OSError if it is not there."""
        with Folder(self._roots[file.root]) as folder:
            try:
                descriptor, status = folder.open(file.path)
            except PostError as error:
                raise FileNotFoundError(str(error)) from error
        try:
            yield descriptor, status
        finally:
            os.close(descriptor)

    def find_dimensions(self, file: Attachment) -> tuple[int, int]:
        """Return the width and height of a picture in pixels, from its header; zeros if it is none or has none."""
        if not media_type_of(file.path).startswith("image/"):
            return 0, 0
        import imagesize  # noqa: PLC0415 - with its reader of XML, and many folders have no pictures

        try:
            with self.open(file) as (descriptor, _):
                header = os.read(descriptor, MAX_HEADER)
            width, height = imagesize.get(io.BytesIO(header))
        except Exception:  # noqa: BLE001 - of a file of any content; a picture without a size is no error
            return 0, 0
        return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)

    def find_duration(self, file: Attachment) -> int:
        """Return the duration of audio or video in seconds, 0 if it is not known."""
        try:
            with self.open(file) as (descriptor, _):
                return find_duration(descriptor, file.path)
        except OSError:
            return 0


def digest_of_file(descriptor: int, size: int) -> str:
    """Return the hash that names the content of a file of `size` bytes (32 hex digits of its SHA-256)."""
    digest = hashlib.sha256()
    for part in read_parts(descriptor, 0, size):
        digest.update(part)
    return digest.hexdigest()[:32]


def read_parts(descriptor: int, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes of a file from `start` to before `end`, at most PART at a time."""
    while start < end and (part := os.pread(descriptor, min(PART, end - start), start)):
        start += len(part)
        yield part
