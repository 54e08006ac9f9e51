"""Errors as pages for people. They ask nothing of the index, so that they can be made before it is filled."""

from feedsvc.models import Scope, ScopeSummary
from feedsvc.publishing.listings import TIME_WITHOUT_POSTS, to_links, to_site
from feedsvc.publishing.static_files import read_style
from feedsvc.render.html import ERRORS, error_page
from feedsvc.settings import Settings


class ErrorPages:
    """Makes the pages of errors with these `statuses`."""

    statuses = ERRORS

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._style = read_style(settings).digest[:8]

    def make(self, base: str, status: int, detail: str, seconds: int = 0) -> bytes:
        """Return the page of an error; `detail` is a line in English for those who look for the cause."""
        everything = to_links(ScopeSummary(Scope(), 0, TIME_WITHOUT_POSTS), base=base)
        site = to_site(self._settings, base=base, style=self._style)
        return error_page(site, everything, status, detail, seconds)
