"""Write the access log: one line a response, which no request can forge and which shows no token."""

import logging
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from feedsvc.settings import AccessLog, Settings
from feedsvc.web.auth import Environ, client_of, split_token

access_log = logging.getLogger("feedsvc.access")

SLOW = 1.0  # seconds; a slower response is logged as errors are
MAX_SHOWN = 1_000  # characters of a path or a query in the log
_SAFE, _SAFE_IN_QUERY = "!$&'()*+,;=:@/-._~", "?%"  # characters that need no escape (RFC 3986 section 3)


class Line(NamedTuple):
    """The fields of a line: `bytes` of the body, `ms` until the response was ready to be sent."""

    client: str
    method: str
    path: str
    status: int
    bytes: int
    ms: float


class AccessLogger:
    """Logs the responses that the setting `access_log` chooses."""

    def __init__(self, settings: Settings) -> None:
        self._proxies = settings.trusted_proxies
        self._logs_errors = settings.access_log is not AccessLog.OFF
        self.logs_all = settings.access_log is AccessLog.ALL
        self._secrets = [token for token in (settings.reader_token, settings.operator_token) if token]

    def log(self, environ: Environ, path: str, status: int, size: int, *, seconds: float) -> None:
        """Log a response if its kind is to be logged; `path` is the request's, before anything was decoded."""
        is_error = status >= HTTPStatus.BAD_REQUEST or seconds > SLOW
        if self.logs_all or (is_error and self._logs_errors):
            client, method = client_of(environ, self._proxies), environ["REQUEST_METHOD"]
            url = self._hide_tokens(_format_url(path, environ.get("QUERY_STRING", "")))
            access_log.info(
                "%s %s %s %d %d %.1f",
                *Line(_escape(client), _escape(method), url, status, size, round(1000 * seconds, 1)),
            )

    def _hide_tokens(self, text: str) -> str:
        """Replace tokens wherever they stand: a client may have sent one in the path."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _format_url(path: str, query: str) -> str:
    """Return path and query as one word, without the parameter `token`."""
    rest, token = split_token(query)
    shown = "&".join(part for part in (rest, "token=***" if token else "") if part)
    return _escape(path) + (f"?{_escape(shown, _SAFE_IN_QUERY)}" if shown else "")


def _escape(text: str, safe: str = "") -> str:
    return quote(text[:MAX_SHOWN], safe=_SAFE + safe, encoding="latin-1", errors="replace") or "-"
