"""The preconditions of a request, in the order of RFC 9110 section 13.2.2, and If-Range. Pure.

`environ` is the WSGI environment of the request, `digest` the entity tag of the document or file without a coding.
"""

from collections.abc import Mapping
from datetime import datetime

from werkzeug.http import parse_etags

from feedsvc.web.request_headers import parse_date

_SUFFIXES = ("", "-br", "-gzip")  # of the entity tags of a document and its variants
_APACHE_SUFFIXES = ("--gzip", ";gzip")  # as an Apache that compresses writes the tags, and its clients send them back


def find_failed_precondition(environ: Mapping[str, str], digest: str, modified: datetime | None) -> str:
    """Return the header whose precondition fails, of If-Match and If-Unmodified-Since; "" if none does."""
    if_match = environ.get("HTTP_IF_MATCH")
    if if_match is not None:  # then If-Unmodified-Since is ignored
        return "" if _matches(if_match, digest) else "If-Match"
    since = parse_date(environ.get("HTTP_IF_UNMODIFIED_SINCE", ""))
    return "If-Unmodified-Since" if since and modified and modified.replace(microsecond=0) > since else ""


def find_current_tag(environ: Mapping[str, str], digest: str, selected: str, modified: datetime | None) -> str:
    """Return the entity tag of what the client holds, if that is current; else "".

    `selected` is the entity tag of the response; a client that sends only a date holds that.
    """
    if_none_match = environ.get("HTTP_IF_NONE_MATCH")
    if if_none_match is not None:  # "" is a list without tags, and takes precedence over a date
        return _find_tag_in(if_none_match, digest, selected)
    since = parse_date(environ.get("HTTP_IF_MODIFIED_SINCE", ""))
    return selected if since and modified and modified.replace(microsecond=0) <= since else ""


def allows_range(environ: Mapping[str, str], digest: str, modified: datetime) -> bool:
    """True unless If-Range names another version, or names this one weakly (RFC 9110 section 13.1.5)."""
    given = environ.get("HTTP_IF_RANGE")
    return given is None or given.strip() == f'"{digest}"' or parse_date(given) == modified.replace(microsecond=0)


def _matches(header: str, digest: str) -> bool:
    tags = parse_etags(header)
    return any(tags.contains(digest + suffix) for suffix in (*_SUFFIXES, *_APACHE_SUFFIXES))


def _find_tag_in(header: str, digest: str, selected: str) -> str:
    """Return the current entity tag that the client holds, compared weakly (RFC 9110 section 13.1.2); "" if none."""
    tags = parse_etags(header)
    held = [tag for tag in (selected, *(digest + suffix for suffix in _SUFFIXES)) if tags.contains_weak(tag)]
    if not held and any(tags.contains_weak(digest + suffix) for suffix in _APACHE_SUFFIXES):
        return selected
    return held[0] if held else ""
