"""The WSGI chain around Flask: tokens, response cache, request checks, Flask; each response is counted and logged.

A cached response and a probe wait for no lock and no thread that other requests hold.
"""

from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Any

from feedsvc.errors import Busy
from feedsvc.publishing.publisher import Publisher
from feedsvc.web.access_log import AccessLogger
from feedsvc.web.admission import Admission
from feedsvc.web.auth import Environ, make_preparations
from feedsvc.web.error_pages import present
from feedsvc.web.metrics import Counts, find_slot
from feedsvc.web.request_checks import OPEN, PATH, RequestChecks
from feedsvc.web.response_cache import CachedResponse, RequestKey, ResponseCache, make_key
from feedsvc.web.responses import Response, respond_unavailable

# What a view leaves in the WSGI environment if its response may be cached.
RESPONSE = "feedsvc.response"  # Response
STATE = "feedsvc.state"  # State: that of the index before the view made the response

_BODILESS = (204, 304)
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

StartResponse = Callable[..., object]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class Middleware:
    """WSGI middleware; `before_each` is called with every request, so it must be fast."""

    def __init__(  # noqa: PLR0913 - made by the composition root
        self,
        app: Wsgi,
        publisher: Publisher,
        before_each: Callable[[], None],
        *,
        admission: Admission,
        patience: float,
        counts: Counts,
    ) -> None:
        self._app = app
        self._before_each = before_each
        self._admission = admission
        self._preparations = make_preparations(publisher.settings)
        self._error_pages = publisher.error_pages
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

        body = self._find_response(key, environ, start)
        self._counts[find_slot(status, environ["PATH_INFO"], "miss")] += 1
        self._access_log.log(environ, path, status, size, seconds=monotonic() - started)
        return body

    def _find_response(self, key: RequestKey, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if refusal := self._checks.refuse(environ, key):
            return _send(refusal, environ, start_response)
        if environ[PATH] in OPEN:
            return self._app(environ, start_response)
        try:
            return self._admission.run(partial(self._call_app, key, environ, start_response))
        except Busy as error:
            return _send(present(respond_unavailable(error), environ, self._error_pages), environ, start_response)

    def _call_app(self, key: RequestKey, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Send the response to a request that waited for the same one, else call Flask and keep its response."""
        if cached := self.cache.get(key, monotonic()):
            return _send(cached.response, environ, start_response)
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
