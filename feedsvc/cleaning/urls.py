"""Addresses: made absolute, freed of redirectors and of parameters that follow readers; nothing is encoded anew."""

import re
from urllib.parse import unquote, urljoin

from feedsvc.cleaning.rules import Rules
from feedsvc.urls import is_unambiguous, parse_url, to_host

_WEB = frozenset({"http", "https"})
SCHEMES = _WEB | {"mailto", "tel"}
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
_DOUBLE_SLASH = re.compile(r"[/\\]{2}")
_INVISIBLE = r"\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\ufeff"
_IGNORED = re.compile(f"[{_INVISIBLE}]+")
_EDGES = re.compile(rf"\A[\s{_INVISIBLE}]+|[\s{_INVISIBLE}]+\Z")
MOST_REDIRECTIONS = 4


def resolve(address: str, base: str) -> str:
    """Make an address absolute: "" if it cannot be used, unchanged if it is relative and there is no base.

    It stays as it is written, unless a browser would find another host in it than other programs: then it is written
    as the URL standard serializes it.
    """
    written = _EDGES.sub("", address)
    if _DOUBLE_SLASH.match(written):
        written = "https:" + written
    bare = _IGNORED.sub("", written).replace(" ", "%20")
    scheme = _SCHEME.match(bare)
    if scheme and scheme[1].lower() not in _WEB:
        return bare if scheme[1].lower() in SCHEMES else ""
    if not bare or not (scheme or base):
        return bare
    url = parse_url(bare, base)
    if url is None or to_host(written, base) != url.hostname:  # a control character in a host is an error
        return ""
    joined = _join(bare, base)
    return joined if is_unambiguous(joined, url.hostname) else url.href


def _join(address: str, base: str) -> str:
    try:
        return urljoin(base, address) if base else address
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def tidy(address: str, rules: Rules) -> str:
    """Follow redirectors that name their target, and take out the parameters that follow readers."""
    for _ in range(MOST_REDIRECTIONS):
        target = _target(address, rules)
        if not target:
            break
        address = target
    return _without_tracking(address, rules)


def _target(address: str, rules: Rules) -> str:
    rest, mark, query = address.partition("?")
    path = rest.partition("://")[2].partition("/")[2]
    parameters = rules.redirectors.get(f"{to_host(rest)}/{path}") if mark else None
    if not parameters:
        return ""
    for pair in query.partition("#")[0].split("&"):
        key, _, value = pair.partition("=")
        target = resolve(unquote(value), "") if key in parameters else ""
        if to_host(target):
            return target
    return ""


def _without_tracking(address: str, rules: Rules) -> str:
    rest, _, tail = address.partition("?")
    query, hash_mark, fragment = tail.partition("#")
    kept = "&".join(pair for pair in query.split("&") if not _is_tracking(pair, rules))
    if kept == query:
        return address
    return rest + ("?" + kept if kept else "") + hash_mark + fragment


def _is_tracking(pair: str, rules: Rules) -> bool:
    key = pair.partition("=")[0].removeprefix("amp;").lower()
    return key in rules.tracking or key.startswith(rules.tracking_prefixes)
