"""What markup and cleaning look up in the folder: where a link to another post leads, and which files are here. Pure.

Markup writes a link to a post or a file that it knows by a name alone as a URL of a scheme of its own, such as
`feedsvc-post:moon#phases`; cleaning looks up where it leads.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, unquote

POST, POST_NAMED, FILE, FILE_NAMED = "post", "post named", "file", "file named"  # kinds of lookups
SOURCE, SOURCES, POSTS = "source", "sources", "posts"  # a file of the site, a folder of them, all posts
INCLUDES = "_includes/"  # the folder of a Jekyll site whose files the index lists
POST_SCHEME, FILE_SCHEME = "feedsvc-post:", "feedsvc-file:"
# A link as `to_post_link` and `to_file_link` write it, in a text: without the dot that ends a sentence.
LINK_BY_NAME = re.compile(rf"(?:{POST_SCHEME}|{FILE_SCHEME})[\w/#@{{}}|~.%-]*[\w/~%-]", re.ASCII)

# Pelican writes `{filename}x.md` and `{static}x.png`, or `|filename|x.md`; Zola `@/x.md`,
# sites of Astro `~/x` and `@assets/x`, Docusaurus `@site/static/x.png` and `pathname:///x.zip`.
_MARKER = re.compile(
    r"(?:\{|\||%7b|%7c)(?:filename|static|attach)(?:\}|\||%7d|%7c)"
    r"|[@~](?=/)|@site(?=/)|@(?=[a-z]{1,20}/)|pathname://(?=/)",
    re.IGNORECASE,
)


def to_post_link(name: str) -> str:
    """Return the link that markup writes to a post called by a name or a path, which may have a fragment."""
    return POST_SCHEME + quote(name, safe="/#@{}|~.")


def to_file_link(name: str) -> str:
    """Return the link that markup writes to a file called by a name or a path."""
    return FILE_SCHEME + quote(name, safe="/")


def name_of(link: str) -> str:
    """Return the name or path that a link by name holds; any other URL with its references to characters decoded."""
    return unquote(link.removeprefix(POST_SCHEME).removeprefix(FILE_SCHEME))


def without_marker(url: str) -> str:
    """Return a URL without the marker that generators have for posts and files of the site, such as `{static}`."""
    found = _MARKER.match(url)
    return url[found.end() :] if found else url


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that a post refers to: its URL here, its size in bytes, and that of a picture in pixels (0: unknown)."""

    url: str
    size: int = 0
    width: int = 0
    height: int = 0


class Reference(NamedTuple):
    """A lookup of a body: its kind, the name, and the path and size of the file found; "" if there is none."""

    kind: str
    name: str
    found: str
    size: int = 0


class Lookup(Protocol):
    """Looks up what one post refers to; URLs are given as the post has them."""

    def find_post(self, url: str) -> str:
        """Return where a link to another post leads, with its fragment; "" if it names no post here."""

    def find_file(self, url: str) -> FoundFile | None:
        """Return the file that a URL names; None if it is not here."""

    def find_title(self, url: str) -> str:
        """Return the title of another post; "" if the link names no post here."""

    def read_source(self, path: str) -> str | None:
        """Return the text of an include, or of a file beside the post, by its path in the site; None for none."""

    def read_data(self, path: str) -> Any:
        """Return the values of a data file of the site; None for no such file."""

    def list_sources(self, folder: str) -> tuple[str, ...]:
        """Return the paths of the includes or data files below a folder of the site."""

    def site_posts(self) -> Sequence[Mapping[str, Any]]:
        """Return the published posts of the site as templates see them, the newest first."""


class NoLookup:
    """A folder without other posts and files."""

    def find_post(self, url: str) -> str:  # noqa: ARG002 - a Lookup
        """Return no URL."""
        return ""

    def find_file(self, url: str) -> FoundFile | None:  # noqa: ARG002 - a Lookup
        """Return no file."""
        return None

    def find_title(self, url: str) -> str:  # noqa: ARG002 - a Lookup
        """Return no title."""
        return ""

    def read_source(self, path: str) -> str | None:  # noqa: ARG002 - a Lookup
        """Return no text."""
        return None

    def read_data(self, path: str) -> Any:  # noqa: ARG002 - a Lookup
        """Return no values."""
        return None

    def list_sources(self, folder: str) -> tuple[str, ...]:  # noqa: ARG002 - a Lookup
        """Return no paths."""
        return ()

    def site_posts(self) -> Sequence[Mapping[str, Any]]:
        """Return no posts."""
        return ()


NO_LOOKUP = NoLookup()
