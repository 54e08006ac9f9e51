"""Count responses and built documents for `/metrics`, over all processes.

Each process counts in a memory-mapped file of its own, in a folder that all share; counting needs no system call.
"""

import logging
import os
import re
from http import HTTPStatus
from itertools import product
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger(__name__)

_KIND = re.compile(
    r"(?P<ops>/(?:healthz|readyz|status|status\.json|metrics)\Z)|(?P<static>/static/)|(?P<post>/posts/)"
    r"|(?P<feed>(?s:.*)\.(?:xml|json|opml)\Z)"
)


class Series(NamedTuple):
    """Labels of one count: status of the response, kind of path, and whether it came from the response cache."""

    status: int
    kind: str
    cache: str


SERIES = tuple(map(Series._make, product(map(int, HTTPStatus), ("page", *_KIND.groupindex), ("hit", "miss"))))
SLOTS = {series: slot for slot, series in enumerate(SERIES)}
BUILDS = len(SERIES)  # the slot that counts built documents
_SIZE = 8 * (BUILDS + 1)  # bytes


class Counts:
    """The counts of this process, in a file in `folder`, and the sums over all files; without a folder, in memory only.

    No lock is needed: the interpreter does not switch threads within `+= 1` on a memoryview.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.own = memoryview(_open_memory(folder)).cast("Q")

    def add_build(self) -> None:
        """Count a built document."""
        self.own[BUILDS] += 1

    def total(self) -> list[int]:
        """Return the sum of each slot over all processes of this run, including those that have ended."""
        # A folder that was removed has no files.
        files = [path.read_bytes() for path in self._folder.glob("*")] if self._folder else []
        rows = [memoryview(data).cast("Q") for data in files if len(data) == _SIZE]
        return [sum(column) for column in zip(*(rows or [self.own]), strict=True)]


def find_slot(status: int, path: str, cache: str) -> int:
    """Return the slot in which a response counts; `cache` is "hit" or "miss"."""
    kind = _KIND.match(path)
    return SLOTS[Series(status, (kind and kind.lastgroup) or "page", cache)]


def _open_memory(folder: Path | None) -> bytearray | mmap:
    if folder is None:
        return bytearray(_SIZE)
    try:
        with (folder / str(os.getpid())).open("a+b") as file:
            # Written, not extended by truncate: if the disk is full, writing to a hole in the mapping raises SIGBUS.
            file.write(bytes(_SIZE - file.tell()))
            file.flush()
            return mmap(file.fileno(), _SIZE)
    except OSError as error:
        log.warning("metrics: %s: this process counts in memory, so /metrics is incomplete", error)
        return bytearray(_SIZE)
