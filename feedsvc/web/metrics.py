"""What was answered: counted for `/metrics`, over all processes, and told in the access log.

Counting is one addition in memory; a file of a folder that processes share backs it, nothing is ever flushed.
"""

import logging
import os
import re
from http import HTTPStatus
from itertools import product
from mmap import mmap
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from feedsvc.settings import AccessLog, Settings
from feedsvc.web.auth import Environ, client_of, split_token

log = logging.getLogger(__name__)
access_log = logging.getLogger("feedsvc.access")

SLOW = 1.0  # seconds; what takes longer is logged as errors are
MAX_SHOWN = 1_000  # characters of an address in the log
_SAFE, _IN_QUERY = "!$&'()*+,;=:@/-._~", "?%"  # what stands in an address as it is (RFC 3986 section 3)
_KIND = re.compile(
    r"(?P<ops>/(?:healthz|readyz|status|status\.json|metrics)\Z)|(?P<static>/static/)|(?P<post>/posts/)"
    r"|(?P<feed>(?s:.*)\.(?:xml|json|opml)\Z)"
)


class Series(NamedTuple):
    """What is counted for itself: answers by status, kind of address, and whether one was given again."""

    status: int
    kind: str
    cache: str


class Line(NamedTuple):
    """A line of the access log; `bytes` of the body, `ms` until it was ready to be sent."""

    client: str
    method: str
    path: str
    status: int
    bytes: int
    ms: float


SERIES = tuple(map(Series._make, product(map(int, HTTPStatus), ("page", *_KIND.groupindex), ("hit", "miss"))))
SLOTS = {series: slot for slot, series in enumerate(SERIES)}
BUILDS = len(SERIES)  # the slot of documents that were made
_SIZE = 8 * (BUILDS + 1)  # bytes


class Counts:
    """Numbers that only grow, those of each process in a file of its own in `folder`; without one, of this process.

    They are added to without a lock, which the interpreter's own makes up for: no thread is interrupted within `+= 1`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.own = memoryview(_room(folder)).cast("Q")

    def add_build(self) -> None:
        """Count a document that was made."""
        self.own[BUILDS] += 1

    def total(self) -> list[int]:
        """Give the sums over all processes, those that have ended too, by slot."""
        files = [path.read_bytes() for path in self._folder.glob("*")] if self._folder else []  # none if it is gone
        rows = [memoryview(data).cast("Q") for data in files if len(data) == _SIZE]
        return [sum(column) for column in zip(*(rows or [self.own]), strict=True)]


def _room(folder: Path | None) -> bytearray | mmap:
    if folder is None:
        return bytearray(_SIZE)
    try:
        with (folder / str(os.getpid())).open("a+b") as file:
            file.write(bytes(_SIZE - file.tell()))  # not truncate: a hole that a full disk cannot fill would be a crash
            file.flush()
            return mmap(file.fileno(), _SIZE)
    except OSError as error:
        log.warning("metrics: %s: counting in memory", error)
        return bytearray(_SIZE)


class Traffic:
    """Takes note of every answer."""

    def __init__(self, settings: Settings, counts: Counts) -> None:
        self._proxies = settings.trusted_proxies
        self._chosen = settings.access_log
        self.logs_all = self._chosen is AccessLog.ALL
        self.counts = counts.own
        self._secrets = [token for token in (settings.reader_token, settings.operator_token) if token]

    def slot(self, status: int, path: str, cache: str) -> int:
        """Give the slot in which an answer counts."""
        found = _KIND.match(path)
        return SLOTS[Series(status, (found and found.lastgroup) or "page", cache)]

    def note(self, environ: Environ, path: str, answered: tuple[int, int], seconds: float) -> None:
        """Log an answer, its status and size, if that is asked for; `path` as it came."""
        status, size = answered
        is_error = status >= HTTPStatus.BAD_REQUEST or seconds > SLOW
        if self.logs_all or (is_error and self._chosen is AccessLog.ERRORS):
            client, method = client_of(environ, self._proxies), environ["REQUEST_METHOD"]
            address = _shown(path, environ.get("QUERY_STRING", ""))
            for secret in self._secrets:  # where no token belongs
                address = address.replace(secret, "***")
            line = Line(_escape(client), _escape(method), address, status, size, round(1000 * seconds, 1))
            access_log.info("%s %s %s %d %d %.1f", *line)


def _shown(path: str, query: str) -> str:
    """Write an address so that it is one word of a line, without a token."""
    rest, token = split_token(query)
    shown = "&".join(part for part in (rest, "token=***" if token else "") if part)
    return _escape(path) + (f"?{_escape(shown, _IN_QUERY)}" if shown else "")


def _escape(text: str, more: str = "") -> str:
    return quote(text[:MAX_SHOWN], safe=_SAFE + more, encoding="latin-1", errors="replace") or "-"
