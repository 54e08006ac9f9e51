"""Check tokens, and read client and scheme from the headers of trusted proxies.

The results are left in the WSGI environment; tokens are removed from the query, so that nothing behind sees one.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from feedsvc.settings import Settings

IS_READER = "feedsvc.is_reader"  # bool: may read feeds and pages; absent where no token is set
IS_OPERATOR = "feedsvc.is_operator"  # bool: may also see problems and metrics
QUERY_TOKEN = "feedsvc.query_token"  # str: the parameters removed from the query  # noqa: S105 - a name

Environ = dict[str, Any]


def make_preparations(settings: Settings) -> tuple[Callable[[Environ], None], ...]:
    """Return the functions that prepare each request: none without tokens and trusted proxies."""
    steps: list[Callable[[Environ], None]] = []
    if settings.trusted_proxies and not settings.base_url:
        steps.append(partial(_trust_scheme, proxies=settings.trusted_proxies))
    if settings.reader_token or settings.operator_token:
        steps.append(partial(_check_tokens, reader=settings.reader_token, operator=settings.operator_token))
    return tuple(steps)


# --- tokens --------------------------------------------------------------------------------------


def _check_tokens(environ: Environ, reader: str, operator: str) -> None:
    """Set whether a request has the rights of a reader and of an operator, who has both."""
    environ["QUERY_STRING"], environ[QUERY_TOKEN] = split_token(environ.get("QUERY_STRING", ""))
    sent = _find_tokens(environ)
    environ[IS_OPERATOR] = _is_among(operator, sent)
    environ[IS_READER] = not reader or environ[IS_OPERATOR] or _is_among(reader, sent)


def split_token(query: str) -> tuple[str, str]:
    """Split a query into the parameters that are not `token`, and those that are."""
    if not query:
        return "", ""
    parts = query.split("&")
    tokens = [part for part in parts if unquote(part.partition("=")[0]) == "token"]
    return "&".join(part for part in parts if part not in tokens), "&".join(tokens)


def _find_tokens(environ: Environ) -> list[bytes]:
    tokens = [unquote_to_bytes(part.partition("=")[2]) for part in environ[QUERY_TOKEN].split("&")]
    scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    read = _SCHEMES.get(scheme.lower())
    return [*tokens, read(credentials.strip())] if read else tokens


def _read_password(credentials: str) -> bytes:
    """Return the password of Basic authentication (RFC 7617), b"" if it is malformed; any user name will do."""
    try:
        return b64decode(credentials.encode("latin-1"), validate=True).partition(b":")[2]
    except (ValueError, binascii.Error):
        return b""


# Not werkzeug's Authorization: it reads a bearer token that holds "=" as parameters.
_SCHEMES: dict[str, Callable[[str], bytes]] = {
    "basic": _read_password,
    "bearer": lambda credentials: credentials.encode("latin-1", "replace"),
}


def _is_among(token: str, sent: list[bytes]) -> bool:
    """True if a token is set and was sent; compared in constant time."""
    return bool(token) and any(compare_digest(token.encode(), one) for one in sent)


# --- proxies -------------------------------------------------------------------------------------


def client_of(environ: Environ, proxies: int) -> str:
    """Return the address of the client as the outermost trusted proxy saw it; without one, that of the connection."""
    return _read_forwarded(environ, "HTTP_X_FORWARDED_FOR", proxies) or environ.get("REMOTE_ADDR", "")


def _trust_scheme(environ: Environ, proxies: int) -> None:
    """Set the scheme of the client's request. Not by werkzeug's ProxyFix: it takes any word for a scheme."""
    scheme = _read_forwarded(environ, "HTTP_X_FORWARDED_PROTO", proxies)
    if scheme in {"http", "https"}:
        environ["wsgi.url_scheme"] = scheme


def _read_forwarded(environ: Environ, name: str, proxies: int) -> str:
    """Return the value that the outermost of `proxies` appended; what is left of it may be made up by the client."""
    values = environ.get(name, "").split(",")
    return values[-proxies].strip() if 0 < proxies <= len(values) else ""
