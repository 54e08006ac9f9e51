"""Addresses as people and posts write them (IRIs, stray blanks, Chinese host names) → URIs any client understands.

Nothing is looked up; what is no absolute web address becomes "".
"""

import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

_WEB = frozenset({"http", "https"})
_HOST = re.compile(r"[a-z0-9._~-]+")
_IPV6 = re.compile(r"[0-9a-f:.]+")
# What may stand in a path, query or fragment as it is (RFC 3986 appendix A), an escape, or anything else.
_ESCAPE_OR_OTHER = re.compile(r"(%[0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]")


def to_uri(address: str) -> str:
    """Return an absolute http(s) address as an ASCII URI, "" if it is none: RFC 3987 section 3.1.

    The host becomes lower-case punycode, escapes upper case, and nothing is escaped twice. A user name or a password
    is left out: it was not meant to be published.
    """
    try:
        parts = urlsplit(address.strip())
        authority = _to_authority(parts)
        path, query, fragment = (_ESCAPE_OR_OTHER.sub(_escape, part) for part in parts[2:])
    except ValueError:
        return ""
    if parts.scheme not in _WEB or not authority:
        return ""
    return urlunsplit((parts.scheme, authority, path or "/", query, fragment))


def to_host(uri: str) -> str:
    """Return the host name of an address in lower case, "" where there is none."""
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""


def _to_authority(parts: SplitResult) -> str:
    """Return "host" or "host:port", "" without a host that can be; UnicodeError is a ValueError."""
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]" if _IPV6.fullmatch(host) else ""
    else:
        host = host.encode("idna").decode("ascii").lower()
        host = host if _HOST.fullmatch(host) else ""
    return f"{host}:{parts.port}" if host and parts.port else host


def _escape(found: re.Match[str]) -> str:
    """Write an escape in upper case, and escape anything else."""
    return found[1].upper() if found[1] else quote(found[0], safe="")
