"""The service's own files, such as the style sheets of its pages and feeds. Knows nothing of posts."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.resources import files

from feedsvc.entries import Document
from feedsvc.publishing.documents import to_document
from feedsvc.render.html import SCRIPT
from feedsvc.render.styles import to_feed_style, to_icon, to_page_style
from feedsvc.settings import Settings

# Name → media type.
STATIC_FILES: Mapping[str, str] = {
    "feedsvc.css": "text/css; charset=utf-8",
    "feed.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
FAVICON_TYPE = "image/vnd.microsoft.icon"
# What the settings change in a file.
_CHANGES: Mapping[str, Callable[[str, Settings], str]] = {
    "feedsvc.css": lambda css, settings: to_page_style(css, settings.accent),
    "feed.css": lambda css, settings: to_feed_style(css, settings.language),
    "icon.svg": lambda svg, settings: to_icon(svg, settings.accent),
}
# The script of pages in a Content-Security-Policy: https://www.w3.org/TR/CSP3/#grammardef-hash-source
SCRIPT_SOURCE = f"'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}'"


def read_static_file(name: str, settings: Settings) -> Document:
    """Return one of the service's own files."""
    text = (files("feedsvc") / "static" / name).read_text("utf-8")
    return to_document(_CHANGES[name](text, settings).encode(), STATIC_FILES[name])


def read_style(settings: Settings) -> Document:
    """Return the style sheet of pages."""
    return read_static_file("feedsvc.css", settings)


def read_favicon() -> Document:
    """Return the icon for programs that look at `/favicon.ico`."""
    return to_document((files("feedsvc") / "static" / "favicon.ico").read_bytes(), FAVICON_TYPE)
