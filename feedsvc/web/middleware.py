"""A thin WSGI layer over Flask: refuses what no view should see, and gives a current answer again without Flask."""

import re
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from http import HTTPStatus
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit

from feedsvc.errors import NotReady
from feedsvc.publishing.publisher import Publisher
from feedsvc.urls import to_uri
from feedsvc.web.auth import IS_READER, Environ, preparations
from feedsvc.web.metrics import Traffic
from feedsvc.web.responses import Answer, plain

# Where the front door and the views leave things for each other in a WSGI environment.
PATH = "feedsvc.path"  # str: decoded, without the base URL's own path
BASE = "feedsvc.base"  # str: what absolute addresses start with
ANSWER = "feedsvc.answer"  # Answer: what a view gave that may be given again
STATE = "feedsvc.state"  # State: what the index was in before the view made it

# All of a request that shapes an answer, by its name in the WSGI environment.
SHAPING = (
    "REQUEST_METHOD",
    "wsgi.url_scheme",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_SEC_FETCH_DEST",
    IS_READER,  # what readers were given is for readers
)
OPEN = ("/healthz", "/readyz")  # whoever asks
ANSWER_BYTES = 2_000  # about what a remembered answer takes, beside its body
MAX_TARGET = 16_000  # characters of path and query
MAX_FIELDS = 8_000  # characters of all else that shapes an answer, for it is kept in memory with that
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
_BODILESS = (204, 304)
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

Asked = tuple[Any, ...]
StartResponse = Callable[..., object]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class _Current:
    """What was answered while the index was in one state, as far as it fits; forgotten as a whole."""

    def __init__(self, seen: Hashable, most: int) -> None:
        self.seen = seen
        self.answers: dict[Hashable, tuple[Answer, int]] = {}  # with the slot each counts in
        self._left = self._most = most  # bytes

    def keep(self, asked: Asked, found: Answer, slot: int) -> None:
        size = len(found.body) + ANSWER_BYTES + _length(asked)
        if size > self._left:
            self.answers.clear()
            self._left = self._most
        if size <= self._left:
            self.answers[asked] = found, slot
            self._left -= size


class FrontDoor:
    """WSGI middleware; `before_each` is called with every request and must cost next to nothing.

    It looks whether the index has changed at most every `patience` seconds, and whenever it has no answer.
    """

    def __init__(
        self, app: Wsgi, publisher: Publisher, before_each: Callable[[], None], patience: float, *, traffic: Traffic
    ) -> None:
        self._app = app
        self._traffic = traffic
        self._counts, self._logs_all = traffic.counts, traffic.logs_all
        self._preparations = preparations(publisher.settings)
        self._publisher = publisher
        self._before_each = before_each
        self._patience = patience
        self._base_url = publisher.settings.base_url
        self._base_path = unquote(urlsplit(self._base_url).path)
        self._current = _Current(None, 0)
        self._looked = 0.0  # by the monotonic clock
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as before where nothing has changed since, else let Flask answer and remember what it answered."""
        self._before_each()
        for prepare in self._preparations:
            prepare(environ)
        asked = tuple(map(environ.get, SHAPING))
        started = monotonic()
        if started - self._looked >= self._patience:
            self._look()
        known = self._current.answers.get(asked)
        if known is None:
            return self._answer(asked, environ, start_response, started)
        found, slot = known
        self._counts[slot] += 1
        if self._logs_all:
            self._traffic.note(environ, environ["PATH_INFO"], (found.status, len(found.body)), monotonic() - started)
        return _send(found, environ, start_response)

    def _answer(self, asked: Asked, environ: Environ, start_response: StartResponse, started: float) -> Iterable[bytes]:
        """Refuse, or let Flask answer; take note of what came of it."""
        path = environ["PATH_INFO"]  # as it came
        answered = 0, 0

        def start(status: str, headers: list[tuple[str, str]], *error: object) -> object:
            nonlocal answered
            code = int(status[:3])
            has_body = environ["REQUEST_METHOD"] != "HEAD" and code not in _BODILESS
            answered = code, int(dict(headers).get("Content-Length", 0)) if has_body else 0
            return start_response(status, headers, *error)

        refused = self._refuse(environ, asked) or self._challenge(environ)
        body = _send(refused, environ, start) if refused else self._ask(asked, environ, start)
        self._counts[self._traffic.slot(answered[0], environ["PATH_INFO"], "miss")] += 1
        self._traffic.note(environ, path, answered, monotonic() - started)
        return body

    # --- answers that are known to be current ----------------------------------------------------

    def _look(self) -> None:
        """Forget all answers if the index has changed, or the time they may be kept for; none while it is lost."""
        with self._lock, suppress(NotReady):  # else a slower thread might put an older state back
            self._looked = monotonic()
            seen = self._publisher.state(), self._publisher.max_age()
            if seen != self._current.seen:
                self._current = _Current(seen, self._publisher.settings.cache_bytes // 2)

    def _ask(self, asked: Asked, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = self._app(environ, start_response)
        self._look()  # whoever got this answer must not be given an older one next
        current = self._current
        if ANSWER in environ and current.seen == (environ[STATE], self._publisher.max_age()):
            found: Answer = environ[ANSWER]
            current.keep(asked, found, self._traffic.slot(found.status, environ["PATH_INFO"], "hit"))
        return body

    # --- requests that no view sees --------------------------------------------------------------

    def _refuse(self, environ: Environ, asked: Asked) -> Answer | None:
        """Check method, size, path and Host in this order; leave path and base for what follows."""
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return Answer(204, _PREFLIGHT)
        if method not in METHODS:
            return plain(405, f"only {', '.join(METHODS)}", _ALLOW)
        if too_long := _too_long(environ, asked):
            return too_long
        path = _decode(environ["PATH_INFO"])
        if path is None:
            return plain(400, "path: not UTF-8")
        base = self._base(environ)
        if base is None:
            return plain(400, "Host: missing or malformed")
        environ[PATH], environ[BASE] = self._strip(path), base
        environ["PATH_INFO"] = (environ[PATH] or "/").encode().decode("latin-1")
        return None

    def _challenge(self, environ: Environ) -> Answer | None:
        if environ.get(IS_READER, True) or environ[PATH] in OPEN:
            return None
        return plain(401, "a token is needed", ("WWW-Authenticate", 'Basic realm="feedsvc"'))

    def _base(self, environ: Environ) -> str | None:
        """Give what absolute addresses start with: the base URL, else the Host, None if there is no sound one."""
        host = environ.get("HTTP_HOST", "")
        is_sound = bool(_HOST.fullmatch(host))
        if not host and environ.get("SERVER_PROTOCOL") in _WITHOUT_HOST:
            host, is_sound = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}", True
        if not is_sound:
            return None
        return self._base_url or to_uri(f"{environ['wsgi.url_scheme']}://{host}").rstrip("/") or None

    def _strip(self, path: str) -> str:
        """Take the base URL's path off: a proxy may or may not have done so.

        Nothing is left of "/blog" without a slash, which is no address of ours, so that it is redirected to "/blog/":
        relative links lead astray from there.
        """
        inside = path.removeprefix(self._base_path)
        return inside if inside.startswith("/") or not inside else path


def _send(found: Answer, environ: Environ, start_response: StartResponse) -> list[bytes]:
    start_response(_STATUS[found.status], list(found.headers))
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else found.body]


def _too_long(environ: Environ, asked: Asked) -> Answer | None:
    target = len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", ""))
    if target > MAX_TARGET:
        return plain(414, f"an address has at most {MAX_TARGET:,} characters")
    if _length(asked) - target > MAX_FIELDS:
        return plain(431, f"the fields that shape an answer have at most {MAX_FIELDS:,} characters")
    return None


def _length(asked: Asked) -> int:
    return sum(len(value) for value in asked if isinstance(value, str))


def _decode(path: str) -> str | None:
    """Undo WSGI's Latin-1 (PEP 3333); None for what is not UTF-8."""
    try:
        decoded = path.encode("latin-1").decode()
    except UnicodeError:
        return None
    return decoded or "/"
