"""Document + request headers → status, headers and body, by RFC 9110. Pure; front door and Flask both answer by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from werkzeug.datastructures import ETags
from werkzeug.http import http_date, parse_accept_header, parse_date, parse_etags

from feedsvc.models import Document

# What a body must have at least for a coding to pay: below, headers and checksum eat the gain.
WORTH_CODING = 1_000  # bytes
_XML_FEEDS = ("application/rss+xml", "application/atom+xml")
# Tags other servers and proxies make of ours: Apache appends "-gzip" or ";gzip", some clients keep it.
_SUFFIXES = ("-br", "--gzip", "-gzip", ";gzip")
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; media-src https: http:; "
    "frame-src https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request shapes the answer besides its URL: header values, "" where there is none."""

    method: str = "GET"
    if_none_match: str = ""
    if_modified_since: str = ""
    if_match: str = ""
    accept_encoding: str = ""
    fetch_destination: str = ""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Asked":
        """Take it from a WSGI environment."""
        get = environ.get
        return cls(
            environ["REQUEST_METHOD"],
            get("HTTP_IF_NONE_MATCH", ""),
            get("HTTP_IF_MODIFIED_SINCE", ""),
            get("HTTP_IF_MATCH", ""),
            get("HTTP_ACCEPT_ENCODING", ""),
            get("HTTP_SEC_FETCH_DEST", ""),
        )


@dataclass(frozen=True, slots=True)
class Freshness:
    """When what is served last changed (None: not known), for how many seconds it may be kept, and by whom."""

    modified: datetime | None
    max_age: int
    is_private: bool = False  # for readers with a token: no cache that others share may keep it


def respond(
    document: Document, asked: Asked, freshness: Freshness, variant: Callable[[Document, str], Document]
) -> Answer:
    """Answer a GET or HEAD for a document: 200, 304 or 412, in the best content coding (RFC 9110 section 13.2.2).

    `variant` gives the document in a coding.
    """
    coding = choose_coding(asked.accept_encoding) if len(document.body) >= WORTH_CODING else ""
    etag = f"{document.digest}-{coding}" if coding else document.digest
    if asked.if_match and not _matches(asked.if_match, document.digest):
        return plain(412, "If-Match: the document is another one now")
    held = _held_tag(asked.if_none_match, document.digest, etag)
    headers = _common(document, freshness, held or etag)
    if held or (not asked.if_none_match and _is_unmodified(asked.if_modified_since, freshness.modified)):
        return Answer(304, headers)
    chosen = variant(document, coding) if coding else document
    described = (*headers, *_describe(chosen, asked, coding))
    return Answer(200, described, b"" if asked.method == "HEAD" else chosen.body)


def _common(document: Document, freshness: Freshness, etag: str) -> Headers:
    """Give the headers a 304 must repeat (RFC 9110 section 15.4.5) and those every answer has."""
    vary = "Accept-Encoding, Sec-Fetch-Dest" if _is_xml_feed(document) else "Accept-Encoding"
    headers = [
        ("ETag", f'"{etag}"'),
        ("Cache-Control", f"{_age(freshness)}, stale-while-revalidate={2 * freshness.max_age}, stale-if-error=86400"),
        ("Vary", f"{vary}, Authorization" if freshness.is_private else vary),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if freshness.modified:
        headers.append(("Last-Modified", _http_date(freshness.modified)))
    return tuple(headers)


def _age(freshness: Freshness) -> str:
    return f"{'private, ' if freshness.is_private else ''}max-age={freshness.max_age}"


def _describe(document: Document, asked: Asked, coding: str) -> Headers:
    headers = [("Content-Type", _media_type(document, asked)), ("Content-Length", str(len(document.body)))]
    if coding:
        headers.append(("Content-Encoding", coding))
    if document.media_type.startswith("text/html"):
        headers += [("Content-Security-Policy", _PAGE_POLICY), ("Referrer-Policy", "strict-origin-when-cross-origin")]
    return tuple(headers)


def _is_xml_feed(document: Document) -> bool:
    return document.media_type.startswith(_XML_FEEDS)


def _media_type(document: Document, asked: Asked) -> str:
    """Label an XML feed for a browser that navigates to it so that its style sheet works instead of a download."""
    if asked.fetch_destination == "document" and _is_xml_feed(document):
        return "application/xml; charset=utf-8"
    return document.media_type


# --- header values, parsed once: the same few come with every request ----------------------------

_http_date = lru_cache(64)(http_date)


@lru_cache(1024)
def choose_coding(accept_encoding: str) -> str:
    """Choose a content coding by quality (RFC 9110 section 12.5.3), Brotli before gzip; "" means identity."""
    accepted = parse_accept_header(accept_encoding.lower().replace("x-gzip", "gzip"))
    offered = {coding: accepted.quality(coding) for coding in ("br", "gzip")}
    best = max(offered, key=lambda coding: offered[coding])
    as_it_is = dict(accepted).get("identity", 0)
    return best if offered[best] > 0 and offered[best] >= as_it_is else ""


@lru_cache(1024)
def _parse_etags(header: str) -> ETags:
    return parse_etags(header)


@lru_cache(1024)
def _parse_date(header: str) -> datetime | None:
    try:
        return parse_date(header)
    except OverflowError:  # a year or an offset beyond any integer of C: a bad date, to be ignored
        return None


def _matches(header: str, digest: str) -> bool:
    tags = _parse_etags(header)
    return tags.star_tag or any(_bare(tag) == digest for tag in tags.as_set() if tag)


def _held_tag(header: str, digest: str, selected: str) -> str:
    """Give the entity tag a client holds and may keep, compared weakly (RFC 9110 section 13.1.2); "" if none."""
    if not header:
        return ""
    tags = _parse_etags(header)
    held = [tag for tag in tags.as_set(include_weak=True) if tag and _bare(tag) == digest]
    if not held and not tags.star_tag:
        return ""
    ours = [tag for tag in held if tag in {digest, f"{digest}-br", f"{digest}-gzip"}]
    return selected if selected in held or not ours else min(ours)


def _bare(tag: str) -> str:
    for suffix in _SUFFIXES:
        if tag.endswith(suffix):
            return tag.removesuffix(suffix)
    return tag


def _is_unmodified(header: str, modified: datetime | None) -> bool:
    since = _parse_date(header) if header and modified else None
    return since is not None and modified is not None and modified.replace(microsecond=0) <= since


# --- everything that is not a document -----------------------------------------------------------


def plain(status: int, message: str, *extra: tuple[str, str], cache: str = "no-store") -> Answer:
    """Answer with one line of plain text, which no cache keeps unless told otherwise.

    `message` must hold nothing of the request: it would be shown to whoever follows a crafted link.
    """
    body = f"{message}\n".encode()
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", cache),
        ("X-Content-Type-Options", "nosniff"),
        *extra,
    )
    return Answer(status, headers, body)


def redirect(location: str, freshness: Freshness) -> Answer:
    """Send a client to the one address of what it asked for, for good; many feed readers do not know a 308."""
    vary = [("Vary", "Authorization")] if freshness.is_private else []
    return plain(301, "moved for good", ("Location", location), *vary, cache=_age(freshness))


def uncached(document: Document) -> Answer:
    """Answer with a document that is for this moment and for whoever asked."""
    keeping = (("Cache-Control", "no-store"), ("Vary", "Authorization"), ("X-Content-Type-Options", "nosniff"))
    return Answer(200, (*keeping, *_describe(document, Asked(), "")), document.body)
