"""The service's own files, such as the style sheets of its pages and feeds. Knows nothing of posts."""

from collections.abc import Mapping
from importlib.resources import files

from feedsvc.entries import Document
from feedsvc.publishing.documents import to_document

# Name → media type.
STATIC_FILES: Mapping[str, str] = {"feedsvc.css": "text/css; charset=utf-8", "feed.css": "text/css; charset=utf-8"}


def read_static_file(name: str) -> Document:
    """Return one of the service's own files."""
    return to_document((files("feedsvc") / "static" / name).read_bytes(), STATIC_FILES[name])
