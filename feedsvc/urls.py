"""Parse URLs as posts write them, and convert them to URIs, host names and relative URLs.

Parsing follows the WHATWG URL standard (https://url.spec.whatwg.org/), so that a check sees the same host as a browser:
a backslash is a slash, a host name is mapped by UTS 46. Pure: no host name is looked up.
"""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from ada_url import URL

_WEB = frozenset({"http:", "https:"})
# An escape (group 1), or a character that must be escaped in a path, query or fragment (RFC 3986 appendix A).
_ESCAPE_OR_OTHER = re.compile(r"(%[0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]")
_TO_QUOTE = re.compile("[^A-Za-z0-9_.~/-]+")
_AUTHORITY = re.compile(r"(?i:https?)://([^/?#\\]*)")
MAX_NAME, MAX_LABEL = 253, 63
_REMEMBERED = 500  # characters of a URL up to which it is remembered
_CONTROLS = re.compile(r"[\x00-\x20\x7f\\]")


def parse_url(text: str, base: str = "") -> URL | None:
    """Parse an http(s) URL, resolved against `base`; return None if the text is not such a URL."""
    try:
        url = URL(text, base or None)
    except ValueError:
        return None
    return url if url.protocol in _WEB and _can_be_host(url.hostname) else None


def _can_be_host(name: str) -> bool:
    """True if a host name is not too long (RFC 1035 section 2.3.4) and its punycode is valid (UTS 46 section 4)."""
    if not 0 < len(name) <= MAX_NAME or max(map(len, name.split("."))) > MAX_LABEL:
        return False
    if "xn--" not in name:
        return True
    try:
        unicode_name = ".".join(map(_to_unicode, name.split(".")))
        return URL(f"https://{unicode_name}").hostname == name
    except ValueError:
        return False


def _to_unicode(label: str) -> str:
    return label[4:].encode().decode("punycode") if label.startswith("xn--") else label


def to_uri(text: str) -> str:
    """Return an absolute http(s) URL as an ASCII URI (RFC 3987 section 3.1); "" if the text is not such a URL.

    The host is converted to lower-case punycode and existing escapes to upper case. A user name and a password are
    removed, since they were not meant to be published.
    """
    return _make_uri(text) if len(text) <= _REMEMBERED else _make_uri.__wrapped__(text)


@lru_cache(maxsize=1024)  # each format of a feed asks for the same ones
def _make_uri(text: str) -> str:
    url = parse_url(text.strip())
    if url is None:
        return ""
    path_and_query = _escape(url.pathname + url.search)
    fragment = url.hash.removeprefix("#")
    return f"{url.protocol}//{url.host}{path_and_query}" + (f"#{_escape(fragment)}" if fragment else "")


def quote_path(path: str) -> str:
    """Return a path percent-encoded, as `urllib.parse.quote` does it, but the signs of a word at once: much faster."""
    return path if path.isascii() and not _TO_QUOTE.search(path) else _TO_QUOTE.sub(_quote_run, path)


def _quote_run(found: re.Match[str]) -> str:
    return "%" + found[0].encode().hex("%").upper()


def to_host(text: str, base: str = "") -> str:
    """Return the host of an http(s) URL in lower-case punycode, "" if it has none."""
    return _find_host(text, base) if len(text) <= _REMEMBERED else _find_host.__wrapped__(text, base)


@lru_cache(maxsize=1024)  # one host is asked for many times
def _find_host(text: str, base: str) -> str:
    url = parse_url(text, base)
    return url.hostname if url else ""


def to_host_name(name: str) -> str:
    """Return a host name in lower-case punycode, as `to_host` does; a name that is not valid is returned unchanged."""
    return to_host(f"https://{name}") or name


def to_relative(url: str, page: str, home: str) -> str:
    """Return `url` relative to `page` (RFC 3986 section 4.2) if both are below `home`, else unchanged.

    The result goes up to `home`, then down. If the path of `page` has an escaped slash, the result is an absolute path:
    some file servers and proxies decode the slash, so the depth of the page is not known.
    """
    if not (url.startswith(home) and page.startswith(home)):
        return url
    inside = page.removeprefix(home).partition("?")[0]
    if "%2F" in inside.upper():
        return urlunsplit(("", "", *urlsplit(url)[2:]))
    return ("../" * inside.count("/") or "./") + url.removeprefix(home)


def is_unambiguous(url: str, host: str) -> bool:
    """True if every parser, strict or lenient, finds this host in an absolute http(s) URL."""
    authority = _AUTHORITY.match(url)
    if authority is None or _CONTROLS.search(url.partition("?")[0].partition("#")[0]):
        return False
    user, _, host_and_port = authority[1].rpartition("@")
    name = host_and_port.partition("]")[0] + "]" if host_and_port.startswith("[") else host_and_port.partition(":")[0]
    return name.lower() == host and "@" not in user


def is_frame_of(text: str, hosts: frozenset[str]) -> bool:
    """True if a frame's URL has one of these hosts, and no user name, password or port."""
    url = parse_url(text)
    if url is None or url.username or url.password or url.port:
        return False
    return url.hostname in hosts and is_unambiguous(text, url.hostname)


def _escape(part: str) -> str:
    return _ESCAPE_OR_OTHER.sub(lambda found: found[1].upper() if found[1] else quote(found[0], safe=""), part)
