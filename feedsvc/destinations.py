"""Destinations of a build: the protocol of folders and buckets, and the files that are written to them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from feedsvc.manifest import Manifest


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of a build: its path, its content, and how it is to be served; `coding` is its content coding."""

    name: str
    body: bytes
    media_type: str
    max_age: int
    coding: str = ""

    @property
    def digest(self) -> str:
        """The hash of all that is served (32 hex digits)."""
        head = f"{self.media_type} {self.max_age} {self.coding}\n".encode()
        return hashlib.sha256(head + self.body).hexdigest()[:32]


class Destination(Protocol):
    """A folder or a bucket that one build writes to."""

    @property
    def codings(self) -> tuple[str, ...]:
        """The content codings of which each file has a copy beside it."""

    @property
    def coding(self) -> str:
        """The content coding in which compressible files are stored, "" for none."""

    @property
    def max_removals(self) -> int:
        """How many files a build may remove unless the operator allows more."""

    @property
    def batch_bytes(self) -> int:
        """How many bytes are written after each change of the manifest; 0 if files can be read back and need none."""

    def read_manifest(self) -> Manifest:
        """Return what the last build has written. Raise OutputError for a place that holds something else."""

    def keep_manifest(self, manifest: Manifest) -> None:
        """Store what is written, for the next build."""

    def keep_aside(self, name: str, body: bytes) -> None:
        """Store a file that is not for readers."""

    def refusal(self, name: str) -> str:
        """Return the reason why no file can have this name here, "" if one can."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if there is none, or if that takes longer than making it."""

    def is_current(self, file: OutputFile, known: str) -> bool:
        """True if a file is there already; `known` is the digest of what the manifest says was written."""

    def put(self, files: Sequence[OutputFile]) -> None:
        """Write files; they are there when this returns. Raise OutputError if that fails."""

    def remove(self, names: Sequence[str]) -> int:
        """Remove files; return how many there were."""
