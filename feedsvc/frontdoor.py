"""A thin WSGI layer over Flask: refuses what no view should see, and answers a current document without Flask."""

import re
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from http import HTTPStatus
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from cachetools import LRUCache

from feedsvc.errors import NotReady
from feedsvc.models import Document, State
from feedsvc.publish import Publisher
from feedsvc.responses import Answer, Asked, Freshness, plain, respond

# Where the front door and the views leave things for each other in a WSGI environment.
PATH = "feedsvc.path"  # str: decoded, without the base URL's own path
BASE = "feedsvc.base"  # str: what absolute addresses start with
DOCUMENT = "feedsvc.document"  # Document: what a view answered with
STATE = "feedsvc.state"  # State: what the index was in before the view made it

ADDRESS_BYTES = 1_000  # about what a remembered address takes, beside its document
MAX_TARGET = 16_000  # characters of path and query
METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = ("Allow", ", ".join(METHODS))
# The Fetch standard's preflight: scripts of other sites may read feeds, conditionally too.
_PREFLIGHT = (
    _ALLOW,
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", ", ".join(METHODS)),
    ("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since"),
    ("Access-Control-Max-Age", "86400"),
)
# RFC 9110 section 7.2, RFC 3986 section 3.2.2: a name, an IPv4 or a bracketed IPv6 address, and a port
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_WITHOUT_HOST = ("HTTP/1.0", "HTTP/1")  # the second is granian's spelling of the first
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class _Remembered(NamedTuple):
    state: State
    document: Document


def _size(remembered: _Remembered) -> int:
    return len(remembered.document.body) + ADDRESS_BYTES


class FrontDoor:
    """WSGI middleware; `before_each` is called with every request and must cost next to nothing."""

    def __init__(self, app: Wsgi, publisher: Publisher, before_each: Callable[[], None]) -> None:
        self._app = app
        self._publisher = publisher
        self._before_each = before_each
        self._base_url = publisher.settings.base_url
        self._base_path = unquote(urlsplit(self._base_url).path)
        self._remembered: LRUCache[Hashable, _Remembered] = LRUCache(publisher.settings.cache_bytes, getsizeof=_size)
        self._lock = Lock()  # cachetools leaves locking to its users

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer at once where that can be, else let Flask answer and remember the document it answered with."""
        self._before_each()
        found = self._refuse(environ) or self._recall(environ)
        if found is None:
            body = self._app(environ, start_response)
            self._remember(environ)
            return body
        start_response(_STATUS[found.status], list(found.headers))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else found.body]

    # --- requests that no view sees --------------------------------------------------------------

    def _refuse(self, environ: Environ) -> Answer | None:
        """Check method, size, path and Host in this order; leave path and base for what follows."""
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return Answer(204, _PREFLIGHT)
        if method not in METHODS:
            return plain(405, f"only {', '.join(METHODS)}", _ALLOW)
        if len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", "")) > MAX_TARGET:
            return plain(414, f"an address has at most {MAX_TARGET:,} characters")
        path = _decode(environ["PATH_INFO"])
        if path is None:
            return plain(400, "path: not UTF-8")
        base = self._base(environ)
        if base is None:
            return plain(400, "Host: missing or malformed")
        environ[PATH], environ[BASE] = self._strip(path), base
        environ["PATH_INFO"] = environ[PATH].encode().decode("latin-1")
        return None

    def _base(self, environ: Environ) -> str | None:
        """Give what absolute addresses start with: the base URL, else the Host, None if there is no sound one."""
        host = environ.get("HTTP_HOST", "")
        is_sound = bool(_HOST.fullmatch(host))
        if not host and environ.get("SERVER_PROTOCOL") in _WITHOUT_HOST:
            host, is_sound = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}", True
        if not is_sound:
            return None
        return self._base_url or f"{environ['wsgi.url_scheme']}://{host.lower()}"

    def _strip(self, path: str) -> str:
        """Take the base URL's path off: a proxy may or may not have done so."""
        inside = path.removeprefix(self._base_path)
        return inside if inside.startswith("/") else path if inside else "/"

    # --- documents that are known to be current --------------------------------------------------

    def _recall(self, environ: Environ) -> Answer | None:
        with self._lock:
            known = self._remembered.get(_key(environ))
        try:
            if known is None or known.state != self._publisher.state():
                return None
        except NotReady:
            return None
        return answer(known.document, environ, self._publisher, known.state)

    def _remember(self, environ: Environ) -> None:
        document, state = environ.get(DOCUMENT), environ.get(STATE)
        if document and document.keep and state:
            with self._lock, suppress(ValueError):  # larger than all that may be remembered
                self._remembered[_key(environ)] = _Remembered(state, document)


def answer(document: Document, environ: Environ, publisher: Publisher, state: State | None) -> Answer:
    """Answer a request with a document; without a state (the service's own files) it has no date."""
    freshness = Freshness(state.modified if state else None, publisher.max_age())
    return respond(document, Asked.from_environ(environ), freshness, publisher.variant)


def _key(environ: Environ) -> Hashable:
    return environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ[BASE]


def _decode(path: str) -> str | None:
    """Undo WSGI's Latin-1 (PEP 3333); None for what is not UTF-8."""
    try:
        decoded = path.encode("latin-1").decode()
    except UnicodeError:
        return None
    return decoded or "/"
