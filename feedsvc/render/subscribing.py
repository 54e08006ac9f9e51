"""How to subscribe to a feed: its address as people read it, and links into feed readers, by `readers.toml`. Pure."""

import re
import tomllib
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import quote, unquote

from feedsvc.urls import to_host

_ESCAPED = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f])+")  # of characters beyond ASCII alone
# Names that other computers do not know: RFC 6761, RFC 6762, and those without a dot.
_LOCAL = re.compile(r"[^.]+|.*\.(?:local|localhost|test|invalid|internal|lan|home\.arpa)")
_READERS: dict[str, str] = tomllib.loads((files(__package__) / "readers.toml").read_text("utf-8"))["readers"]


def to_readable_url(url: str) -> str:
    """Return a URL with its characters beyond ASCII as they are read: `/tags/联合早报/`. It still is a URL (an IRI)."""
    return _ESCAPED.sub(_decode, url)


def _decode(found: re.Match[str]) -> str:
    text = unquote(found[0], errors="replace")
    return text if text.isprintable() and "\ufffd" not in text else found[0]


def with_token(url: str, token: str) -> str:
    """Return a private URL, which needs no other password; the same URL without a token."""
    return f"{url}{'&' if '?' in url else '?'}token={quote(token, safe='')}" if token else url


def reader_links(url: str, miniflux_url: str) -> tuple[tuple[str, str], ...]:
    """Return the names of feed readers and the URLs at which they subscribe to the feed at `url`.

    Readers on the web are left out where they could not reach the feed.
    """
    readers = _READERS if _is_public(to_host(url)) else {}
    own = {"Miniflux": miniflux_url + "/bookmarklet?uri={url}"} if miniflux_url else {}
    escaped = quote(url, safe="")
    return tuple((name, template.replace("{url}", escaped)) for name, template in (own | readers).items())


def _is_public(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        return not _LOCAL.fullmatch(host)
