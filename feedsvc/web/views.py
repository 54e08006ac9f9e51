"""The views: feeds and pages. A view finds out what is meant, `publish` makes it, `responses` says how it is sent."""

import logging
from typing import cast
from urllib.parse import quote, unquote

from flask import Blueprint, Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from feedsvc.errors import BadRequest, FeedsvcError, Gone, NotFound, NotReady
from feedsvc.models import Document, State
from feedsvc.publishing.publisher import Publisher
from feedsvc.web.auth import QUERY_TOKEN
from feedsvc.web.middleware import ANSWER, BASE, PATH, STATE
from feedsvc.web.responses import Answer, Freshness, plain, redirect, respond

log = logging.getLogger(__name__)

EXTENSION = "feedsvc"
_QUERY = "!$&'()*+,;=:@/?%-._~"  # what may stand in a query as it is (RFC 3986 section 3.4)
RETRY_AFTER = 2  # seconds; reading 50,000 posts takes a few
# Status, what the line of text ends with, and further headers.
_ERRORS: dict[type[FeedsvcError], tuple[int, str, tuple[tuple[str, str], ...]]] = {
    BadRequest: (400, "", ()),
    NotFound: (404, "; the feeds there are: /", ()),
    Gone: (410, "", ()),
    NotReady: (503, "; try again in a moment", (("Retry-After", str(RETRY_AFTER)),)),
}

views = Blueprint("feeds", __name__)


def publisher() -> Publisher:
    """Give the publisher the application was made with."""
    return cast("Publisher", current_app.extensions[EXTENSION])


@views.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """Serve one of the service's own files."""
    return _send(publisher().static(name), None)


@views.get("/feeds.opml")
def opml() -> Response:
    """Serve the list of all feeds."""
    return _send(publisher().opml(request.environ[BASE]), publisher().state())


@views.get("/posts/<path:stem>")
def post(stem: str) -> Response:
    """Serve the page of a post."""
    state = publisher().state()
    stem = stem.strip("/")
    try:
        document = publisher().post_page(stem, request.environ[BASE])
    except NotFound:
        return feed(stem)  # "/posts/index.xml" was a feed of other generators
    return _redirect_unless_at(f"/posts/{quote(stem)}/", _query()) or _send(document, state)


@views.get("/", defaults={"_": ""})
@views.get("/<path:_>")
def feed(_: str) -> Response:
    """Serve a page of a feed in any format, or the front page."""
    ours, base = publisher(), request.environ[BASE]
    state = ours.state()
    wanted, canonical, kept = ours.resolver.find(request.environ[PATH], _query())
    moved = _redirect_unless_at(canonical, kept)
    return moved or _send(ours.page(wanted, base), state)


def _query() -> str:
    """Give the query without WSGI's Latin-1 (PEP 3333): curl and people leave names in it as they are."""
    try:
        return str(request.environ.get("QUERY_STRING", "")).encode("latin-1").decode()
    except UnicodeError as error:
        raise BadRequest("query: not UTF-8") from error


def _redirect_unless_at(canonical: str, kept: str) -> Response | None:
    """Redirect to the canonical path with what is kept of the query, unless the request is for that path already.

    `Location` is absolute only under a base URL: a Host header must not decide where clients are sent for good. A token
    is kept that came in the query: without it the client would be refused there.
    """
    path, _, canonical_query = canonical.partition("?")
    if unquote(path) == request.environ[PATH] and not canonical_query:
        return None
    token = request.environ.get(QUERY_TOKEN, "")
    rest = (quote(part, safe=_QUERY, encoding="utf-8", errors="replace") for part in (kept, token))
    query = "&".join(part for part in (canonical_query, *rest) if part)
    location = f"{publisher().settings.base_url}{path}{'?' if query else ''}{query}"
    return to_flask(redirect(location, _freshness(None)))


def _send(document: Document, state: State | None) -> Response:
    """Answer with a document; without a state (the service's own files) it has no date."""
    ours = publisher()
    found = respond(document, request.environ, _freshness(state), ours.variant, frame_hosts=ours.frame_hosts)
    if state and document.keep:
        request.environ[ANSWER], request.environ[STATE] = found, state
    return to_flask(found)


def _freshness(state: State | None) -> Freshness:
    ours = publisher()
    return Freshness(state.modified if state else None, ours.max_age(), is_private=bool(ours.settings.reader_token))


class _Written(Response):
    """A response whose headers stay as `responses` wrote them; Werkzeug would take Last-Modified off a 304."""

    def get_wsgi_headers(self, environ: object) -> Headers:  # noqa: ARG002 - Werkzeug's signature
        return self.headers


def to_flask(found: Answer) -> Response:
    """Make a Flask response of an answer."""
    response = _Written([found.body], found.status)
    response.headers = Headers(found.headers)
    return response


# --- errors --------------------------------------------------------------------------------------


@views.app_errorhandler(FeedsvcError)
def _expected(error: FeedsvcError) -> Response:
    status, hint, headers = _ERRORS.get(type(error), (500, "", ()))
    return to_flask(plain(status, f"{error}{hint}", *headers))


@views.app_errorhandler(HTTPException)
def _refused(error: HTTPException) -> Response:
    return to_flask(plain(error.code or 500, error.name.lower()))


@views.app_errorhandler(Exception)
def _unexpected(error: Exception) -> Response:
    log.error("%s %r", request.method, request.environ[PATH], exc_info=error)
    return to_flask(plain(500, "a fault in feedsvc; its log says more"))
