"""Send requests to caches and hubs, by the standard library: no redirect is followed, no response awaited for long.

What is raised or logged names no path, query, header or body, for these may hold secrets.
"""

import json
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Event, Timer
from urllib.parse import urlsplit

from feedsvc.errors import DeliveryError
from feedsvc.notify.targets import OutgoingRequest

IDLE_SECONDS = 10.0  # without a byte
MAX_SECONDS = 30.0  # for a request; a server that sends a byte at a time could take for ever
MAX_RESPONSE = 65_536  # bytes that are read of a response; the connection is ended if it has more
MAX_PAUSE = 3_600  # seconds for which a response may ask


def send(requests: Iterable[OutgoingRequest]) -> None:
    """Send requests to one host, in turn. Raise DeliveryError for the first that does not succeed."""
    connection: HTTPConnection | None = None
    try:
        for request in requests:
            connection = connection or _connect(request.url)
            _send(connection, request)
    except (OSError, HTTPException, ValueError) as error:  # ValueError names the header that cannot be sent
        raise DeliveryError(getattr(error, "strerror", None) or type(error).__name__) from error
    finally:
        if connection:
            connection.close()


def _connect(url: str) -> HTTPConnection:
    parts = urlsplit(url)
    make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return make(parts.hostname or "", parts.port, timeout=IDLE_SECONDS)


def _send(connection: HTTPConnection, request: OutgoingRequest) -> None:
    parts = urlsplit(request.url)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    if connection.sock is None:
        connection.connect()
    with _ending(connection.sock):
        connection.request(request.method, target, request.body, {"User-Agent": "feedsvc", **request.headers})
        with closing(connection.getresponse()) as response:
            body = response.read(MAX_RESPONSE)
            if not response.isclosed():
                connection.close()
    _require_success(response, body)


@contextmanager
def _ending(connected: socket.socket) -> Iterator[None]:
    """End a connection if the block takes too long. Raise TimeoutError then, even if the block took the end for one."""
    is_late = Event()
    timer = Timer(MAX_SECONDS, _end, [connected, is_late])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if is_late.is_set():
        raise TimeoutError


def _end(connected: socket.socket, is_late: Event) -> None:
    is_late.set()
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _require_success(response: HTTPResponse, body: bytes) -> None:
    """Raise DeliveryError unless a response has a status of success, and no JSON that says otherwise."""
    if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        seconds = re.fullmatch("[0-9]{1,9}", response.getheader("Retry-After", ""))  # else it is a date
        pause = min(int(seconds[0]), MAX_PAUSE) if seconds else 0
        raise DeliveryError(f"answered with {response.status}", pause=pause)
    with suppress(ValueError, RecursionError):
        found = json.loads(body)
        if isinstance(found, dict) and found.get("success") is False:
            raise DeliveryError("answered that it failed")
