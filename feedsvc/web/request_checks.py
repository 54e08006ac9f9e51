"""Refuse requests that no view should see: by method, size, path, Host and token. The others get a path and a base."""

import re
from urllib.parse import unquote, urlsplit

from feedsvc.urls import to_uri
from feedsvc.web.auth import IS_READER, Environ
from feedsvc.web.response_cache import RequestKey
from feedsvc.web.responses import Response, respond_plain

# What the checks leave in the WSGI environment for the views.
PATH = "feedsvc.path"  # str: decoded, without the path of the base URL
BASE = "feedsvc.base"  # str: what absolute URLs start with

OPEN = ("/healthz", "/readyz", "/robots.txt")  # paths that need no token
MAX_TARGET = 16_000  # characters of path and query
MAX_FIELDS = 8_000  # characters of the rest of a request's key: it is kept in memory with the response
METHODS = ("GET", "HEAD", "OPTIONS")
_ALLOW = ("Allow", ", ".join(METHODS))
# The Fetch standard's preflight: scripts of other sites may read feeds, also with conditional requests.
_PREFLIGHT = (
    _ALLOW,
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", ", ".join(METHODS)),
    ("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since"),
    ("Access-Control-Max-Age", "86400"),
)
# RFC 9110 section 7.2, RFC 3986 section 3.2.2: a name, an IPv4 or a bracketed IPv6 address, and a port
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_WITHOUT_HOST = ("HTTP/1.0", "HTTP/1")  # the second is how granian writes the first


class RequestChecks:
    """The checks in their order, for a service with or without a base URL."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._base_path = unquote(urlsplit(base_url).path)

    def refuse(self, environ: Environ, key: RequestKey) -> Response | None:
        """Return a response to a request that goes no further, else None; then PATH and BASE are set."""
        return (
            _respond_to_method(environ["REQUEST_METHOD"])
            or _refuse_size(environ, key)
            or self._refuse_url(environ)
            or _refuse_without_token(environ)
        )

    def _refuse_url(self, environ: Environ) -> Response | None:
        path = _decode(environ["PATH_INFO"])
        if path is None:
            return respond_plain(400, "path: not UTF-8")
        base = self._find_base(environ)
        if base is None:
            return respond_plain(400, "Host: missing or malformed")
        environ[PATH], environ[BASE] = self._strip_base_path(path), base
        environ["PATH_INFO"] = (environ[PATH] or "/").encode().decode("latin-1")
        return None

    def _find_base(self, environ: Environ) -> str | None:
        """Return what absolute URLs start with: the base URL, else scheme and Host; None if the Host is not valid."""
        host = environ.get("HTTP_HOST", "")
        is_valid = bool(_HOST.fullmatch(host))
        if not host and environ.get("SERVER_PROTOCOL") in _WITHOUT_HOST:
            host, is_valid = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}", True
        if not is_valid:
            return None
        return self._base_url or to_uri(f"{environ['wsgi.url_scheme']}://{host}").rstrip("/") or None

    def _strip_base_path(self, path: str) -> str:
        """Remove the path of the base URL, which a proxy may have removed already.

        For "/blog" without a slash, "" is left: a path that the views redirect to "/blog/", because relative links of a
        page at "/blog" would lead out of it.
        """
        rest = path.removeprefix(self._base_path)
        return rest if rest.startswith("/") or not rest else path


def _respond_to_method(method: str) -> Response | None:
    if method == "OPTIONS":
        return Response(204, _PREFLIGHT)
    if method not in METHODS:
        return respond_plain(405, f"only {', '.join(METHODS)}", _ALLOW)
    return None


def _refuse_size(environ: Environ, key: RequestKey) -> Response | None:
    target = len(key.path) + len(key.query or "")
    if target > MAX_TARGET:
        return respond_plain(414, f"path and query: more than {MAX_TARGET:,} characters")
    codings = len(environ.get("HTTP_ACCEPT_ENCODING", ""))  # of which the key has but the one chosen
    if key.count_characters() - target + codings > MAX_FIELDS:
        message = f"headers that the response depends on: more than {MAX_FIELDS:,} characters"
        return respond_plain(431, message)
    return None


def _refuse_without_token(environ: Environ) -> Response | None:
    if environ.get(IS_READER, True) or environ[PATH] in OPEN:
        return None
    return respond_plain(401, "a token is needed", ("WWW-Authenticate", 'Basic realm="feedsvc"'))


def _decode(path: str) -> str | None:
    """Return a path decoded from WSGI's Latin-1 (PEP 3333), None if it is not UTF-8."""
    try:
        decoded = path.encode("latin-1").decode()
    except UnicodeError:
        return None
    return decoded or "/"
