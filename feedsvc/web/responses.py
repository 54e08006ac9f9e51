"""Make responses of documents and messages: status, headers and body by RFC 9110. Pure: sends nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.http import http_date

from feedsvc.entries import Document
from feedsvc.models import MIN_CODED
from feedsvc.publishing.static_files import SCRIPT_SOURCE
from feedsvc.publishing.tags import ANY, to_tags
from feedsvc.settings import CacheTags
from feedsvc.web.preconditions import find_current_tag, find_failed_precondition
from feedsvc.web.request_headers import parse_codings

_CODINGS = ("br", "gzip")  # in order of preference
_XML_FEEDS = ("application/rss+xml", "application/atom+xml")
RETRY_AFTER = 2  # seconds; reading 50,000 posts takes a few
NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
_PAGE_POLICY = (
    f"default-src 'none'; script-src {SCRIPT_SOURCE}; style-src 'self'; img-src 'self' https: http: data:; "
    "media-src https: http:; frame-src {}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# The name of the header by the setting, and what separates the tags.
_TAG_HEADERS = {
    CacheTags.SURROGATE_KEY: ("Surrogate-Key", " "),
    CacheTags.CACHE_TAG: ("Cache-Tag", ","),
    CacheTags.XKEY: ("xkey", " "),
}

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it is sent."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a document last changed (None: unknown), for how many seconds caches may keep it, and which caches.

    Unless `is_settled`, the change was in the second after `modified`, and others may follow in that second.
    """

    modified: datetime | None
    max_age: int
    is_settled: bool = True
    is_private: bool = False  # True if only readers with a token may see it: no shared cache may keep it
    cache_tags: CacheTags = CacheTags.OFF

    @property
    def latest(self) -> datetime | None:
        """Return the end of the time in which the document last changed."""
        return self.modified if self.is_settled or self.modified is None else self.modified + timedelta(seconds=1)


def respond(
    document: Document,
    environ: Mapping[str, str],
    freshness: Freshness,
    variant: Callable[[Document, str], Document],
    *,
    frame_hosts: Sequence[str] = (),
) -> Response:
    """Return the response to a GET or HEAD for a document: 200, 304 or 412 (RFC 9110 section 13.2.2).

    `environ` is the WSGI environment of the request; the best content coding it accepts is chosen. `variant` returns
    the document in a coding. `frame_hosts` are the hosts of which a page may embed frames.
    """
    get = environ.get
    coding = choose_coding(get("HTTP_ACCEPT_ENCODING", "")) if len(document.body) >= MIN_CODED else ""
    etag = f"{document.digest}-{coding}" if coding else document.digest
    if failed := find_failed_precondition(environ, document.digest, freshness.latest):
        return respond_plain(412, f"{failed}: the document has changed")
    held = find_current_tag(environ, document.digest, etag, freshness.modified if freshness.is_settled else None)
    headers = _make_common_headers(document, freshness, held or etag)
    if held:
        return Response(304, headers)
    chosen = variant(document, coding) if coding else document
    media_type = _choose_media_type(document, get("HTTP_SEC_FETCH_DEST", ""))
    described = _make_content_headers(chosen.body, media_type, coding, frame_hosts)
    described += (("Link", document.links),) if document.links else ()
    return Response(200, (*headers, *described), b"" if get("REQUEST_METHOD") == "HEAD" else chosen.body)


def _make_common_headers(document: Document, freshness: Freshness, etag: str) -> Headers:
    """Return the headers that a 304 must repeat (RFC 9110 section 15.4.5) and those of every response."""
    seconds = freshness.max_age
    headers = [
        ("ETag", f'"{etag}"'),
        ("Cache-Control", f"{format_lifetime(freshness)}, stale-while-revalidate={2 * seconds}, stale-if-error=86400"),
        *_make_vary(document, freshness),
        *make_tags(document.tags or to_tags([]), freshness),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag"),
        NO_SNIFFING,
    ]
    if freshness.modified:
        headers.append(("Last-Modified", http_date(freshness.modified)))
    return tuple(headers)


def make_tags(tags: Sequence[str], freshness: Freshness) -> Headers:
    """Return the header with the tags under which caches in front find a response."""
    name, separator = _TAG_HEADERS.get(freshness.cache_tags, ("", ""))
    return ((name, separator.join(tags)),) if name and tags else ()


def _make_vary(document: Document, freshness: Freshness) -> Headers:
    """Return the header that names the request headers on which the response depends (RFC 9110 section 12.5.5).

    It names no more than those: a cache keeps a response for each value that clients send of a named header.
    """
    is_varying = {
        "Accept-Encoding": len(document.body) >= MIN_CODED,
        "Sec-Fetch-Dest": _is_xml_feed(document),
        "Authorization": freshness.is_private,
    }
    names = ", ".join(name for name, is_named in is_varying.items() if is_named)
    return (("Vary", names),) if names else ()


def format_lifetime(freshness: Freshness) -> str:
    """Return the value of Cache-Control: whether shared caches may keep a response, and for how long."""
    return f"{'private, ' if freshness.is_private else ''}max-age={freshness.max_age}"


def _make_content_headers(body: bytes, media_type: str, coding: str = "", frame_hosts: Sequence[str] = ()) -> Headers:
    headers = [("Content-Type", media_type), ("Content-Length", str(len(body)))]
    if coding:
        headers.append(("Content-Encoding", coding))
    if media_type.startswith("text/html"):
        policy = _PAGE_POLICY.format(" ".join(frame_hosts) or "'none'")
        headers += [("Content-Security-Policy", policy), ("Referrer-Policy", "strict-origin-when-cross-origin")]
    return tuple(headers)


def _is_xml_feed(document: Document) -> bool:
    return document.media_type.startswith(_XML_FEEDS)


def _choose_media_type(document: Document, destination: str) -> str:
    """Return the media type: plain XML if a browser navigates to an XML feed, which it would download otherwise."""
    if is_navigation(destination) and _is_xml_feed(document):
        return "application/xml; charset=utf-8"
    return document.media_type


# --- headers of the request ----------------------------------------------------------------------


def is_navigation(sec_fetch_dest: str) -> bool:
    """True if a browser is going to show the response as a page of its own."""
    return sec_fetch_dest == "document"


def choose_coding(accept_encoding: str) -> str:
    """Return the content coding of the best quality (RFC 9110 section 12.5.3), Brotli before gzip; "" is identity."""
    accepted = parse_codings(accept_encoding)
    others = accepted.get("*", 0.0)
    best = max(_CODINGS, key=lambda coding: accepted.get(coding, others))
    quality = accepted.get(best, others)
    return best if quality > 0 and quality >= accepted.get("identity", 0.0) else ""


# --- responses without a document ----------------------------------------------------------------


def respond_plain(status: int, message: str, *extra: tuple[str, str], cache: str = "no-store") -> Response:
    """Return a response of one line of plain text, which by default no cache may keep.

    `message` must hold nothing of the request: a crafted link could make the service show its text.
    """
    body = f"{message}\n".encode()
    described = _make_content_headers(body, "text/plain; charset=utf-8")
    return Response(status, (*described, ("Cache-Control", cache), NO_SNIFFING, *extra), body)


def replace_body(response: Response, body: bytes, media_type: str) -> Response:
    """Return a response without a document with another body of another media type."""
    kept = tuple((name, value) for name, value in response.headers if name not in {"Content-Type", "Content-Length"})
    return Response(response.status, (*_make_content_headers(body, media_type), *kept), body)


def respond_unavailable(reason: object) -> Response:
    """Return the response to a request that succeeds later."""
    return respond_plain(503, f"{reason}; try again in a moment", ("Retry-After", str(RETRY_AFTER)))


def redirect(location: str, freshness: Freshness) -> Response:
    """Return a permanent redirect to the canonical URL: 301, because many feed readers do not know 308."""
    extra = [("Vary", "Authorization")] if freshness.is_private else []
    extra += make_tags(to_tags([ANY]), freshness)
    return respond_plain(301, "moved for good", ("Location", location), *extra, cache=format_lifetime(freshness))


def respond_uncached(body: bytes, media_type: str) -> Response:
    """Return a response that no cache may keep: it changes all the time, and may depend on a token."""
    described = _make_content_headers(body, media_type)
    return Response(200, (*described, ("Cache-Control", "no-store"), ("Vary", "Authorization"), NO_SNIFFING), body)
