"""The WSGI chain around Flask: tokens, response cache, request checks, Flask; each response is counted and logged."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from time import monotonic
from typing import Any

from feedsvc.publishing.publisher import Publisher
from feedsvc.web.access_log import AccessLogger
from feedsvc.web.auth import Environ, make_preparations
from feedsvc.web.metrics import Counts, find_slot
from feedsvc.web.request_checks import RequestChecks
from feedsvc.web.response_cache import CachedResponse, RequestKey, ResponseCache, make_key
from feedsvc.web.responses import Response

# What a view leaves in the WSGI environment if its response may be cached.
RESPONSE = "feedsvc.response"  # Response
STATE = "feedsvc.state"  # State: that of the index before the view made the response

_BODILESS = (204, 304)
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

StartResponse = Callable[..., object]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class Middleware:
    """WSGI middleware; `before_each` is called with every request, so it must be fast."""

    def __init__(
        self, app: Wsgi, publisher: Publisher, before_each: Callable[[], None], *, patience: float, counts: Counts
    ) -> None:
        self._app = app
        self._before_each = before_each
        self._preparations = make_preparations(publisher.settings)
        self._checks = RequestChecks(publisher.settings.base_url)
        self._counts = counts.own
        self._access_log = AccessLogger(publisher.settings)
        self._logs_all = self._access_log.logs_all
        self.cache = ResponseCache(publisher, patience)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Send the cached response to the same request, else refuse the request or call Flask."""
        self._before_each()
        for prepare in self._preparations:
            prepare(environ)
        key = make_key(environ)
        started = monotonic()
        cached = self.cache.get(key, started)
        if cached is None:
            return self._respond(key, environ, start_response, started)
        response, slot = cached
        self._counts[slot] += 1
        if self._logs_all:
            path, seconds = environ["PATH_INFO"], monotonic() - started
            self._access_log.log(environ, path, response.status, len(response.body), seconds=seconds)
        return _send(response, environ, start_response)

    def _respond(
        self, key: RequestKey, environ: Environ, start_response: StartResponse, started: float
    ) -> Iterable[bytes]:
        """Refuse a request or call Flask; count and log the response."""
        path = environ["PATH_INFO"]  # before the checks change it
        status = size = 0

        def start(status_line: str, headers: list[tuple[str, str]], *error: object) -> object:
            nonlocal status, size
            status = int(status_line[:3])
            has_body = environ["REQUEST_METHOD"] != "HEAD" and status not in _BODILESS
            size = int(dict(headers).get("Content-Length", 0)) if has_body else 0
            return start_response(status_line, headers, *error)

        refusal = self._checks.refuse(environ, key)
        body = _send(refusal, environ, start) if refusal else self._call_app(key, environ, start)
        self._counts[find_slot(status, environ["PATH_INFO"], "miss")] += 1
        self._access_log.log(environ, path, status, size, seconds=monotonic() - started)
        return body

    def _call_app(self, key: RequestKey, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = self._app(environ, start_response)
        self.cache.refresh()  # a client that got this response must not get an older one next
        if RESPONSE in environ:
            response: Response = environ[RESPONSE]
            slot = find_slot(response.status, environ["PATH_INFO"], "hit")
            self.cache.put(key, environ[STATE], CachedResponse(response, slot))
        return body


def _send(response: Response, environ: Environ, start_response: StartResponse) -> list[bytes]:
    start_response(_STATUS[response.status], list(response.headers))
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]
