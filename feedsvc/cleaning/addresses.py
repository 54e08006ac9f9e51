"""Addresses: made absolute, freed of redirectors and of parameters that follow readers; nothing is encoded anew."""

import re
from urllib.parse import unquote, urljoin, urlsplit

from feedsvc.addresses import to_host
from feedsvc.cleaning.rules import Rules

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
# What the URL standard lets stand for a host (https://url.spec.whatwg.org/#forbidden-host-code-point).
_HOST = re.compile(r"(?:[^@/]*@)?(?:[^\s#/:<>?@\[\\\]^|%\x00-\x20\x7f]+|\[[0-9a-fA-F:.]+\])(?::\d{0,5})?\Z")
_IGNORED = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\ufeff]+")
# Browsers take any number of slashes before a host (https://url.spec.whatwg.org/#special-authority-slashes-state).
_SLASHES = re.compile(r"\A(https?:)/{3,}", re.IGNORECASE)
MOST_REDIRECTIONS = 4


def resolve(address: str, base: str) -> str:
    """Make an address absolute: "" if it cannot be used, unchanged if it is relative and there is no base."""
    bare = _SLASHES.sub(r"\1//", _IGNORED.sub("", address).strip().replace(" ", "%20"))
    if bare.startswith("//"):
        bare = "https:" + bare
    scheme = _SCHEME.match(bare)
    if scheme and scheme[1].lower() not in SCHEMES:
        return ""
    try:
        address = urljoin(base, bare) if base and bare and not scheme else bare
        is_sound = not address.lower().startswith("http") or _HOST.match(urlsplit(address).netloc)
    except ValueError:
        return ""
    return address if is_sound else ""


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
    parameters = rules.redirectors.get(rest.partition("://")[2]) if mark else None
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
