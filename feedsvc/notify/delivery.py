"""Send requests to caches and hubs, by the standard library: no redirect is followed, and no answer waited for long.

What is raised or logged names no path, query, header or body, for these may hold secrets.
"""

import socket
from collections.abc import Iterable
from contextlib import closing, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from feedsvc.errors import DeliveryError
from feedsvc.notify.targets import OutgoingRequest

IDLE_SECONDS = 10.0  # without a byte
MAX_SECONDS = 30.0  # for a request; one who answers a byte at a time could take for ever
MAX_ANSWER = 65_536  # bytes that are read of an answer; it ends the connection if it has more


def send(requests: Iterable[OutgoingRequest]) -> None:
    """Send requests to one host, in turn. Raise DeliveryError for the first that is not answered with 2xx."""
    connection: HTTPConnection | None = None
    try:
        for request in requests:
            connection = connection or _connect(request.url)
            _send(connection, request)
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
    timer = Timer(MAX_SECONDS, _abort, [connection])
    timer.daemon = True
    timer.start()
    try:
        connection.request(request.method, target, request.body, {"User-Agent": "feedsvc", **request.headers})
        with closing(connection.getresponse()) as response:
            response.read(MAX_ANSWER)
            if not response.isclosed():
                connection.close()
    except (OSError, HTTPException) as error:
        connection.close()
        raise DeliveryError(getattr(error, "strerror", None) or type(error).__name__) from error
    finally:
        timer.cancel()
    if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        raise DeliveryError(f"answered with {response.status}")


def _abort(connection: HTTPConnection) -> None:
    with suppress(OSError):
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)
