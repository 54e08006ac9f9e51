"""Errors as pages for clients whose Accept names text/html, such as browsers; others get the line of text."""

import logging

from feedsvc.publishing.error_pages import ErrorPages
from feedsvc.web.auth import Environ
from feedsvc.web.request_checks import BASE, OPEN, PATH
from feedsvc.web.request_headers import is_html_wanted
from feedsvc.web.responses import Response, replace_body

log = logging.getLogger(__name__)


def present(response: Response, environ: Environ, pages: ErrorPages) -> Response:
    """Return an error as the client wants it; any other response is returned as it is.

    A request that was refused before it had a base stays a line of text: no page could link to anything. So do paths
    that need no token, for pages have private URLs.
    """
    if response.status not in pages.statuses or BASE not in environ or environ[PATH] in OPEN:
        return response
    varying = Response(response.status, (*response.headers, ("Vary", "Accept")), response.body)
    if not is_html_wanted(environ.get("HTTP_ACCEPT", "")):
        return varying
    seconds = int(dict(response.headers).get("Retry-After", 0))
    detail = response.body.decode().strip().partition("; ")[0]
    try:
        body = pages.make(environ[BASE], response.status, detail, seconds)
    except Exception:  # an error must not hide another one
        log.exception("page of an error: cannot be made")
        return varying
    return replace_body(varying, body, "text/html; charset=utf-8")
