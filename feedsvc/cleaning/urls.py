"""URLs: made absolute, without redirectors and tracking parameters; nothing is encoded anew."""

import re
from functools import lru_cache
from urllib.parse import unquote, urljoin

from feedsvc.cleaning.allowlist import SCHEMES, WEB_SCHEMES, to_names
from feedsvc.cleaning.rules import Rules
from feedsvc.urls import is_unambiguous, parse_url, to_host

MAX_REDIRECTIONS = 4

_REMEMBERED = 500  # characters of a URL and its base up to which the result is remembered

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
_BACKSLASH = re.compile(r"\\|%5c", re.IGNORECASE)
_DOUBLE_SLASH = re.compile(r"[/\\]{2}")
# Copied into URLs and never part of one: control characters, and marks without width.
_INVISIBLE = r"\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\ufeff"
_IGNORED = re.compile(f"[{_INVISIBLE}]+")
_EDGES = re.compile(rf"\A[\s{_INVISIBLE}]+|[\s{_INVISIBLE}]+\Z")


def resolve(url: str, base: str) -> str:
    """Return an absolute URL: "" if a URL cannot be used, a relative one unchanged if there is no base.

    A URL stays as it is written, unless programs could find different hosts in it: then it is written as the URL
    standard serializes it (https://url.spec.whatwg.org/#url-serializing).
    """
    is_short = len(url) + len(base) <= _REMEMBERED
    return _resolve(url, base) if is_short else _resolve.__wrapped__(url, base)


@lru_cache(maxsize=512)  # the sanitizer asks for what the steps have resolved
def _resolve(url: str, base: str) -> str:
    written = _EDGES.sub("", url)
    if _DOUBLE_SLASH.match(written):
        written = "https:" + written
    bare = _IGNORED.sub("", written).replace(" ", "%20")
    scheme = _SCHEME.match(bare)
    if scheme and scheme[1].lower() not in WEB_SCHEMES:
        return bare if scheme[1].lower() in SCHEMES else ""
    if not scheme:
        bare = _with_slashes(bare)
    if not bare or not (scheme or base):
        return bare
    parsed = parse_url(bare, base)
    host = parsed.hostname if parsed and written == bare else to_host(written, base)
    if parsed is None or host != parsed.hostname:  # a control character in a host is an error
        return ""
    joined = _join(bare, base)
    return joined if is_unambiguous(joined, parsed.hostname) else parsed.href


def _with_slashes(path: str) -> str:
    """Return a relative URL with slashes in the place of backslashes, as Windows writes paths, in its path."""
    end = min(position for position in (path.find("?"), path.find("#"), len(path)) if position >= 0)
    slashed = _BACKSLASH.sub("/", path[:end])
    return slashed[slashed.startswith("//") and len(slashed) - len(slashed.lstrip("/")) - 1 :] + path[end:]


def _join(url: str, base: str) -> str:
    try:
        return urljoin(base, url) if base else url
    except ValueError:  # brackets without an IPv6 address in them
        return ""


def to_direct(url: str, rules: Rules) -> str:
    """Return the URL that redirectors lead to, if it is one of their parameters, without tracking parameters."""
    for _ in range(MAX_REDIRECTIONS):
        target = _find_redirection(url, rules)
        if not target:
            break
        url = target
    return _remove_tracking(url, rules)


def _find_redirection(url: str, rules: Rules) -> str:
    rest, mark, query = url.partition("?")
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


def _remove_tracking(url: str, rules: Rules) -> str:
    rest, _, tail = url.partition("?")
    query, hash_mark, fragment = tail.partition("#")
    kept = "&".join(pair for pair in query.split("&") if not _is_tracking(pair, rules))
    if kept == query:
        return url
    return rest + ("?" + kept if kept else "") + hash_mark + fragment


def _is_tracking(pair: str, rules: Rules) -> bool:
    key, mark, value = pair.removeprefix("amp;").partition("=")
    key = key.lower()
    is_named = key in rules.tracking or key.startswith(rules.tracking_prefixes)
    return is_named or f"{key}{mark}{value}".startswith(rules.tracking_pairs)


# --- sites ----------------------------------------------------------------------------------------

# Names below a country's domain that sites are registered under, and domains whose every name is a site of its own.
_SECOND_LEVEL = to_names("ac co com edu go gob gouv gov mil ne net nom or org")
_PLATFORMS = to_names(
    "blogspot.com github.io gitlab.io hatenablog.com livejournal.com medium.com netlify.app pages.dev substack.com "
    "tumblr.com typepad.com vercel.app weebly.com wixsite.com wordpress.com"
)


def to_site(url: str) -> str:
    """Return the domain of the site that a URL is on, without `www.` and the like; "" if it has no host."""
    labels = to_host(url).split(".")
    domain = ".".join(labels[-2:])
    is_below = domain in _PLATFORMS or (len(labels[-1]) == 2 and labels[-2:-1] and labels[-2] in _SECOND_LEVEL)  # noqa: PLR2004 - a country's code
    return ".".join(labels[-3:]) if is_below else domain


def to_path(url: str) -> str:
    """Return the path of a URL."""
    return url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0]
