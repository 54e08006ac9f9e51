"""Who asks: the tokens a request brings, and what trusted proxies tell of its client and scheme.

What is found out goes into the WSGI environment, and a token out of the query: nothing behind sees one.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from feedsvc.settings import Settings

IS_READER = "feedsvc.is_reader"  # bool: may read; absent where no token is set
IS_OPERATOR = "feedsvc.is_operator"  # bool: may know everything
QUERY_TOKEN = "feedsvc.query_token"  # str: what was taken out of the query  # noqa: S105 - a name

Environ = dict[str, Any]


def preparations(settings: Settings) -> tuple[Callable[[Environ], None], ...]:
    """Give what is to be done with a request before anything looks at it: by default nothing."""
    steps: list[Callable[[Environ], None]] = []
    if settings.trusted_proxies and not settings.base_url:
        steps.append(partial(_trust_scheme, proxies=settings.trusted_proxies))
    if settings.reader_token or settings.operator_token:
        steps.append(partial(_admit, reader=settings.reader_token, operator=settings.operator_token))
    return tuple(steps)


# --- tokens --------------------------------------------------------------------------------------


def _admit(environ: Environ, reader: str, operator: str) -> None:
    """Find out what a request may see; the operator may see all that readers may."""
    environ["QUERY_STRING"], environ[QUERY_TOKEN] = split_token(environ.get("QUERY_STRING", ""))
    offered = _offered(environ)
    environ[IS_OPERATOR] = _is_among(operator, offered)
    environ[IS_READER] = not reader or environ[IS_OPERATOR] or _is_among(reader, offered)


def split_token(query: str) -> tuple[str, str]:
    """Part a query into what is none of a token's business and the parameters `token`."""
    if not query:
        return "", ""
    parts = query.split("&")
    tokens = [part for part in parts if unquote(part.partition("=")[0]) == "token"]
    return "&".join(part for part in parts if part not in tokens), "&".join(tokens)


def _offered(environ: Environ) -> list[bytes]:
    tokens = [unquote_to_bytes(part.partition("=")[2]) for part in environ[QUERY_TOKEN].split("&")]
    scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    read = _SCHEMES.get(scheme.lower())
    return [*tokens, read(credentials.strip())] if read else tokens


def _password(credentials: str) -> bytes:
    """Give the password of Basic authentication (RFC 7617); the name before it may be any."""
    try:
        return b64decode(credentials.encode("latin-1"), validate=True).partition(b":")[2]
    except (ValueError, binascii.Error):
        return b""


_SCHEMES: dict[str, Callable[[str], bytes]] = {
    "basic": _password,
    "bearer": lambda credentials: credentials.encode("latin-1", "replace"),
}


def _is_among(token: str, offered: list[bytes]) -> bool:
    """Compare in a time that tells nothing of how much was right."""
    return bool(token) and any(compare_digest(token.encode(), one) for one in offered)


# --- proxies -------------------------------------------------------------------------------------


def client_of(environ: Environ, proxies: int) -> str:
    """Give the address of whoever asks, as the outermost trusted proxy saw it."""
    return _told(environ, "HTTP_X_FORWARDED_FOR", proxies) or environ.get("REMOTE_ADDR", "")


def _trust_scheme(environ: Environ, proxies: int) -> None:
    scheme = _told(environ, "HTTP_X_FORWARDED_PROTO", proxies)
    if scheme in {"http", "https"}:
        environ["wsgi.url_scheme"] = scheme


def _told(environ: Environ, name: str, proxies: int) -> str:
    """Give what the outermost of so many proxies wrote: each adds to the right, so the client cannot reach it."""
    values = environ.get(name, "").split(",")
    return values[-proxies].strip() if 0 < proxies <= len(values) else ""
