"""The views of feeds, pages and files, and the responses to errors. The publisher makes the documents."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import cast
from urllib.parse import quote, unquote

from flask import Blueprint, current_app, request
from flask import Response as FlaskResponse
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from feedsvc.entries import Document, State
from feedsvc.errors import BadRequest, Busy, FeedsvcError, Gone, NotFound, NotReady, TooCostly
from feedsvc.publishing.crawlers import to_robots
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.routing import post_path_of
from feedsvc.web.auth import QUERY_TOKEN
from feedsvc.web.error_pages import present
from feedsvc.web.middleware import RESPONSE, STATE
from feedsvc.web.request_checks import BASE, PATH
from feedsvc.web.responses import Freshness, Response, redirect, respond, respond_plain, respond_unavailable

log = logging.getLogger(__name__)

EXTENSION = "feedsvc"
_QUERY = "!$&'()*+,;=:@/?%-._~"  # characters of a query that need no escape (RFC 3986 section 3.4)
COSTLY_RETRY_AFTER = 60  # seconds, for a selection of posts that takes too long
# Error class → response.
_ERRORS: dict[type[FeedsvcError], Callable[[FeedsvcError], Response]] = {
    BadRequest: lambda error: respond_plain(400, str(error)),
    NotFound: lambda error: respond_plain(404, f"{error}; see / for the feeds"),
    Gone: lambda error: respond_plain(410, str(error)),
    TooCostly: lambda error: respond_plain(503, str(error), ("Retry-After", str(COSTLY_RETRY_AFTER))),
    NotReady: respond_unavailable,
    Busy: respond_unavailable,
}

views = Blueprint("feeds", __name__)


def get_publisher() -> Publisher:
    """Return the publisher of the current application."""
    return cast("Publisher", current_app.extensions[EXTENSION])


@views.get("/static/<path:name>")
def static_file(name: str) -> FlaskResponse:
    """Serve one of the service's own files."""
    return _send(get_publisher().static(name), None)


@views.get("/favicon.ico")
def favicon() -> FlaskResponse:
    """Serve the icon for programs that request this path; pages link to the icon of the site."""
    return _send(get_publisher().favicon(), None)


@views.get("/feeds.opml")
def opml() -> FlaskResponse:
    """Serve the list of all feeds."""
    return _send(get_publisher().opml(request.environ[BASE]), get_publisher().state())


@views.get("/robots.txt")
def robots() -> FlaskResponse:
    """Serve the rules for crawlers, which need no token: a crawler that gets none takes everything as allowed."""
    return _send(to_robots(get_publisher().settings, request.environ[BASE]), None)


@views.get("/sitemap.xml")
def sitemap() -> FlaskResponse:
    """Serve the sitemap, or the index of several."""
    return _send(get_publisher().sitemaps.main(request.environ[BASE]), get_publisher().state())


@views.get("/sitemap-<part>.xml")
def sitemap_part(part: str) -> FlaskResponse:
    """Serve one of several sitemaps."""
    return _send(get_publisher().sitemaps.part(part, request.environ[BASE]), get_publisher().state())


@views.get("/posts/<path:stem>")
def post(stem: str) -> FlaskResponse:
    """Serve the page of a post."""
    state = get_publisher().state()
    stem = stem.strip("/")
    try:
        document = get_publisher().post_page(stem, request.environ[BASE])
    except NotFound:
        return feed(stem)  # other generators have a feed at "/posts/index.xml"
    return _redirect_unless_at(post_path_of(f"{stem}."), _read_query()) or _send(document, state)


@views.get("/", defaults={"_": ""})
@views.get("/<path:_>")
def feed(_: str) -> FlaskResponse:
    """Serve a page of a feed in any format, or the front page."""
    publisher, base = get_publisher(), request.environ[BASE]
    state = publisher.state()
    feed_request, canonical, kept = publisher.resolver.find(request.environ[PATH], _read_query())
    moved = _redirect_unless_at(canonical, kept)
    return moved or _send(publisher.page(feed_request, base), state)


def _read_query() -> str:
    """Return the query as UTF-8, which some clients do not escape; WSGI passes its bytes as Latin-1 (PEP 3333)."""
    try:
        return str(request.environ.get("QUERY_STRING", "")).encode("latin-1").decode()
    except UnicodeError as error:
        raise BadRequest("query: not UTF-8") from error


def _redirect_unless_at(canonical: str, kept: str) -> FlaskResponse | None:
    """Return a redirect to the path `canonical` with the query `kept`; None if the request already has that path.

    `Location` is absolute only if a base URL is set: a Host header must not decide where a permanent redirect leads.
    The token in the query is kept, since the next request would be refused without it.
    """
    path, _, canonical_query = canonical.partition("?")
    if unquote(path) == request.environ[PATH] and not canonical_query:
        return None
    token = request.environ.get(QUERY_TOKEN, "")
    rest = (quote(part, safe=_QUERY, encoding="utf-8", errors="replace") for part in (kept, token))
    query = "&".join(part for part in (canonical_query, *rest) if part)
    location = f"{get_publisher().settings.base_url}{path}{'?' if query else ''}{query}"
    return to_flask(redirect(location, make_freshness(None)))


def _send(document: Document, state: State | None) -> FlaskResponse:
    """Return the response for a document; without a state, as for the service's own files, it has no Last-Modified."""
    publisher = get_publisher()
    response = respond(
        document, request.environ, make_freshness(state), publisher.documents.variant, frame_hosts=publisher.frame_hosts
    )
    if document.keep:
        with suppress(NotReady):
            request.environ[STATE] = state or publisher.state()
            request.environ[RESPONSE] = response
    return to_flask(response)


def make_freshness(state: State | None) -> Freshness:
    """Return when the content last changed, and for how long a response may be kept."""
    publisher = get_publisher()
    return Freshness(
        modified=state.modified if state else None,
        max_age=publisher.max_age(),
        is_settled=state is None or state.is_settled,
        is_private=bool(publisher.settings.reader_token),
        cache_tags=publisher.settings.cache_tags,
    )


class _ExactResponse(FlaskResponse):
    """A response whose headers are sent unchanged; Werkzeug would remove Last-Modified from a 304."""

    def get_wsgi_headers(self, environ: object) -> Headers:  # noqa: ARG002 - Werkzeug's signature
        return self.headers


def to_flask(response: Response) -> FlaskResponse:
    """Return a response as an object of Flask."""
    converted = _ExactResponse([response.body], response.status)
    converted.headers = Headers(response.headers)
    return converted


# --- errors --------------------------------------------------------------------------------------


@views.app_errorhandler(FeedsvcError)
def _handle_expected(error: FeedsvcError) -> FlaskResponse:
    respond_to = _ERRORS.get(type(error))
    return _present(respond_to(error) if respond_to else respond_plain(500, str(error)))


@views.app_errorhandler(HTTPException)
def _handle_http(error: HTTPException) -> FlaskResponse:
    return _present(respond_plain(error.code or 500, error.name.lower()))


@views.app_errorhandler(Exception)
def _handle_unexpected(error: Exception) -> FlaskResponse:
    log.error("%s %r: unexpected error", request.method, request.environ[PATH], exc_info=error)
    return _present(respond_plain(500, "internal error in feedsvc: see its log"))


def _present(response: Response) -> FlaskResponse:
    return to_flask(present(response, request.environ, get_publisher().error_pages))
