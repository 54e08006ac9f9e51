"""Document + request headers → status, headers and body, by RFC 9110. Pure; front door and Flask both answer by it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from werkzeug.http import http_date, parse_etags

from feedsvc.models import MIN_CODED, Document
from feedsvc.web.conditions import parse_codings, parse_date

_CODINGS = ("br", "gzip")  # of equal quality the first
_XML_FEEDS = ("application/rss+xml", "application/atom+xml")
_OURS = ("", "-br", "-gzip")  # what ends the tags of a document and of its variants
_THEIRS = ("--gzip", ";gzip")  # what Apache makes of that, and some clients keep
_NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; media-src https: http:; "
    "frame-src {}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Freshness:
    """When what is served last changed (None: not known), for how many seconds it may be kept, and by whom."""

    modified: datetime | None
    max_age: int
    is_private: bool = False  # for readers with a token: no cache that others share may keep it


def respond(
    document: Document,
    asked: Mapping[str, str],
    freshness: Freshness,
    variant: Callable[[Document, str], Document],
    *,
    frame_hosts: Sequence[str] = (),
) -> Answer:
    """Answer a GET or HEAD for a document: 200, 304 or 412, in the best content coding (RFC 9110 section 13.2.2).

    `asked` is the request's WSGI environment. `variant` gives the document in a coding. `frame_hosts` are those that a
    page may show frames of.
    """
    get = asked.get
    coding = choose_coding(get("HTTP_ACCEPT_ENCODING", "")) if len(document.body) >= MIN_CODED else ""
    etag = f"{document.digest}-{coding}" if coding else document.digest
    if failed := _failed_precondition(asked, document.digest, freshness.modified):
        return plain(412, f"{failed}: the document is another one now")
    if_none_match = get("HTTP_IF_NONE_MATCH")  # "" is a list without tags, and outweighs a date
    held = _held_tag(if_none_match or "", document.digest, etag)
    headers = _common(document, freshness, held or etag)
    if held or (if_none_match is None and _is_unmodified(get("HTTP_IF_MODIFIED_SINCE", ""), freshness.modified)):
        return Answer(304, headers)
    chosen = variant(document, coding) if coding else document
    media_type = _media_type(document, get("HTTP_SEC_FETCH_DEST", ""))
    described = _describe(chosen.body, media_type, coding, frame_hosts)
    return Answer(200, (*headers, *described), b"" if get("REQUEST_METHOD") == "HEAD" else chosen.body)


def _common(document: Document, freshness: Freshness, etag: str) -> Headers:
    """Give the headers a 304 must repeat (RFC 9110 section 15.4.5) and those every answer has."""
    headers = [
        ("ETag", f'"{etag}"'),
        ("Cache-Control", f"{_age(freshness)}, stale-while-revalidate={2 * freshness.max_age}, stale-if-error=86400"),
        *_vary(document, freshness),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag"),
        _NO_SNIFFING,
    ]
    if freshness.modified:
        headers.append(("Last-Modified", http_date(freshness.modified)))
    return tuple(headers)


def _vary(document: Document, freshness: Freshness) -> Headers:
    """Return the field that names what of a request this document's responses depend on (RFC 9110 section 12.5.5).

    A cache keeps a response for each value it has seen of a field that is named, made up or not.
    """
    depends = {
        "Accept-Encoding": len(document.body) >= MIN_CODED,
        "Sec-Fetch-Dest": _is_xml_feed(document),
        "Authorization": freshness.is_private,
    }
    names = ", ".join(name for name, is_named in depends.items() if is_named)
    return (("Vary", names),) if names else ()


def _age(freshness: Freshness) -> str:
    return f"{'private, ' if freshness.is_private else ''}max-age={freshness.max_age}"


def _describe(body: bytes, media_type: str, coding: str = "", frame_hosts: Sequence[str] = ()) -> Headers:
    headers = [("Content-Type", media_type), ("Content-Length", str(len(body)))]
    if coding:
        headers.append(("Content-Encoding", coding))
    if media_type.startswith("text/html"):
        policy = _PAGE_POLICY.format(" ".join(frame_hosts) or "'none'")
        headers += [("Content-Security-Policy", policy), ("Referrer-Policy", "strict-origin-when-cross-origin")]
    return tuple(headers)


def _is_xml_feed(document: Document) -> bool:
    return document.media_type.startswith(_XML_FEEDS)


def _media_type(document: Document, destination: str) -> str:
    """Label an XML feed for a browser that navigates to it so that its style sheet works instead of a download."""
    if destination == "document" and _is_xml_feed(document):
        return "application/xml; charset=utf-8"
    return document.media_type


# --- what the headers of a request say -----------------------------------------------------------


def choose_coding(accept_encoding: str) -> str:
    """Choose a content coding by quality (RFC 9110 section 12.5.3), Brotli before gzip; "" means identity."""
    accepted = parse_codings(accept_encoding)
    others = accepted.get("*", 0.0)
    best = max(_CODINGS, key=lambda coding: accepted.get(coding, others))
    quality = accepted.get(best, others)
    return best if quality > 0 and quality >= accepted.get("identity", 0.0) else ""


def _failed_precondition(asked: Mapping[str, str], digest: str, modified: datetime | None) -> str:
    """Return the name of the field that asks for another document (RFC 9110 section 13.2.2, steps 1 and 2), or ""."""
    if_match = asked.get("HTTP_IF_MATCH")
    if if_match is not None:  # the date is not looked at then
        return "" if _matches(if_match, digest) else "If-Match"
    since = parse_date(asked.get("HTTP_IF_UNMODIFIED_SINCE", ""))
    return "If-Unmodified-Since" if since and modified and modified.replace(microsecond=0) > since else ""


def _matches(header: str, digest: str) -> bool:
    tags = parse_etags(header)
    return any(tags.contains(digest + end) for end in (*_OURS, *_THEIRS))


def _held_tag(header: str, digest: str, selected: str) -> str:
    """Give the entity tag a client holds and may keep, compared weakly (RFC 9110 section 13.1.2); "" if none."""
    tags = parse_etags(header)
    held = [tag for tag in (selected, *(digest + end for end in _OURS)) if tags.contains_weak(tag)]
    if not held and any(tags.contains_weak(digest + end) for end in _THEIRS):
        return selected
    return held[0] if held else ""


def _is_unmodified(header: str, modified: datetime | None) -> bool:
    since = parse_date(header)
    return bool(since and modified and modified.replace(microsecond=0) <= since)


# --- everything that is not a document -----------------------------------------------------------


def plain(status: int, message: str, *extra: tuple[str, str], cache: str = "no-store") -> Answer:
    """Answer with one line of plain text, which no cache keeps unless told otherwise.

    `message` must hold nothing of the request: it would be shown to whoever follows a crafted link.
    """
    body = f"{message}\n".encode()
    described = _describe(body, "text/plain; charset=utf-8")
    return Answer(status, (*described, ("Cache-Control", cache), _NO_SNIFFING, *extra), body)


def redirect(location: str, freshness: Freshness) -> Answer:
    """Send a client to the one address of what it asked for, for good; many feed readers do not know a 308."""
    vary = [("Vary", "Authorization")] if freshness.is_private else []
    return plain(301, "moved for good", ("Location", location), *vary, cache=_age(freshness))


def uncached(body: bytes, media_type: str) -> Answer:
    """Answer with something that is for this moment and for whoever asked."""
    described = _describe(body, media_type)
    return Answer(200, (*described, ("Cache-Control", "no-store"), ("Vary", "Authorization"), _NO_SNIFFING), body)
