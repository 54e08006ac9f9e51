"""The view of files beside posts: conditional requests, single ranges, large files in parts (RFC 9110 section 14)."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import BoundedSemaphore

from flask import Blueprint, request
from flask import Response as FlaskResponse
from werkzeug.http import http_date, parse_range_header, quote_etag

from feedsvc.errors import Busy
from feedsvc.index.change_table import FILE
from feedsvc.publishing.link_targets import FILES
from feedsvc.publishing.served_files import OpenFile
from feedsvc.publishing.tags import to_tags
from feedsvc.web.middleware import RESPONSE, STATE
from feedsvc.web.preconditions import allows_range, find_current_tag, find_failed_precondition
from feedsvc.web.request_checks import PATH
from feedsvc.web.responses import NO_SNIFFING, Freshness, Response, format_lifetime, make_tags, respond_plain
from feedsvc.web.views import get_publisher, make_freshness, to_flask

MAX_WHOLE = 8 * 2**20  # bytes that are sent from memory; larger files are read while they are sent
MAX_CACHED = 256 * 1024  # bytes of a file that stays in the response cache
MAX_STREAMS = 1  # large files that a process sends at a time: each holds a thread for as long as its reader takes
# No script in an SVG runs, not even if it is opened by itself, and what it refers to is not loaded.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

file_views = Blueprint("files", __name__)
log = logging.getLogger(__name__)
_streams = BoundedSemaphore(MAX_STREAMS)


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of a file to be sent, from `start` to before `end`, and whether they are asked for as a range."""

    start: int
    end: int
    is_range: bool = False


@file_views.get(f"{FILES}<path:path>")
def attachment(path: str) -> FlaskResponse:  # noqa: ARG001 - the path as it was sent counts
    """Serve a file that a published post refers to."""
    publisher = get_publisher()
    state = publisher.state()
    with ExitStack() as stack:
        file = stack.enter_context(publisher.files.open(request.environ[PATH].removeprefix(FILES)))
        if refused := _check_preconditions(file, make_freshness(state)):
            return to_flask(refused)
        headers = _make_headers(file, make_freshness(state))
        part = _choose_part(file)
        if part is None:
            unsatisfied = ("Content-Range", f"bytes */{file.size}")
            return to_flask(Response(416, (*headers, unsatisfied, ("Content-Length", "0"))))
        headers += _describe(file, part)
        if part.end - part.start > MAX_WHOLE and request.method == "GET":
            return _stream(file, part, headers, stack.pop_all())
        response = Response(206 if part.is_range else 200, tuple(headers), _read(file, part))
        if "HTTP_RANGE" not in request.environ and file.size <= MAX_CACHED:
            request.environ[RESPONSE], request.environ[STATE] = response, state
        return to_flask(response)


def _check_preconditions(file: OpenFile, freshness: Freshness) -> Response | None:
    """Return the response to a request whose conditions decide, 412 or 304, else None."""
    if failed := find_failed_precondition(request.environ, file.digest, _modified(file)):
        return respond_plain(412, f"{failed}: the file has changed")
    if find_current_tag(request.environ, file.digest, file.digest, _modified(file)):
        return Response(304, tuple(_make_headers(file, freshness)))
    return None


def _read(file: OpenFile, part: Part) -> bytes:
    """Return the bytes to be sent: none for HEAD. Raise Busy if the file has changed since it was opened."""
    if request.method == "HEAD":
        return b""
    return b"".join(file.read(part.start, part.end))


def _make_headers(file: OpenFile, freshness: Freshness) -> list[tuple[str, str]]:
    return [
        ("ETag", quote_etag(file.digest)),
        ("Last-Modified", http_date(_modified(file))),
        ("Cache-Control", format_lifetime(freshness)),
        *([("Vary", "Authorization")] if freshness.is_private else []),
        *make_tags(to_tags([(FILE, request.environ[PATH].removeprefix(FILES))]), freshness),
        ("Accept-Ranges", "bytes"),
        ("Access-Control-Allow-Origin", "*"),
        NO_SNIFFING,
        ("Content-Security-Policy", _POLICY),
    ]


def _describe(file: OpenFile, part: Part) -> list[tuple[str, str]]:
    described = [("Content-Type", file.media_type), ("Content-Length", str(part.end - part.start))]
    if part.is_range:
        described.append(("Content-Range", f"bytes {part.start}-{part.end - 1}/{file.size}"))
    return described


def _modified(file: OpenFile) -> datetime:
    return datetime.fromtimestamp(file.stamp.modified // 1_000_000_000, UTC)


def _choose_part(file: OpenFile) -> Part | None:
    """Return what is asked for: at most MAX_WHOLE of a single range, else the whole file; None for one past its end.

    A server may answer with less than a range (RFC 9110 section 15.3.7), and with the whole for several.
    """
    whole = Part(0, file.size)
    wanted = parse_range_header(request.headers.get("Range")) if request.method == "GET" else None
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return whole
    if not allows_range(request.environ, file.digest, _modified(file)):
        return whole
    found = wanted.range_for_length(file.size)
    if found is None:
        return None
    start, end = found
    return Part(start, min(end or file.size, start + MAX_WHOLE), is_range=True)


def _stream(file: OpenFile, part: Part, headers: list[tuple[str, str]], opened: ExitStack) -> FlaskResponse:
    """Return the response of a large file, which is closed at the end. Raise Busy if another is being sent."""
    if not _streams.acquire(blocking=False):
        opened.close()
        raise Busy("another large file is being sent")
    opened.callback(_streams.release)
    response = FlaskResponse(_send_parts(file, part, request.environ[PATH]), headers=headers)
    response.call_on_close(opened.close)
    return response


def _send_parts(file: OpenFile, part: Part, path: str) -> Iterator[bytes]:
    """Yield a file in parts; end early if it changes: the server then closes the connection, so that clients notice."""
    try:
        yield from file.read(part.start, part.end)
    except Busy as error:
        log.warning("%r: %s", path, error)
