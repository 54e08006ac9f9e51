"""What markup and cleaning ask of the folder: where a link to another post leads, and which files are here. Pure.

Markup writes a link to a post or a file that it knows by a name alone as a URL of a scheme of its own, such as
`feedsvc-post:moon#phases`; cleaning asks where it leads.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol
from urllib.parse import quote

POST, POST_NAMED, FILE, FILE_NAMED = "post", "post named", "file", "file named"  # kinds of questions
POST_SCHEME, FILE_SCHEME = "feedsvc-post:", "feedsvc-file:"


def to_post_link(name: str) -> str:
    """Return the link that markup writes to a post called by a name or a path, which may have a fragment."""
    return POST_SCHEME + quote(name, safe="/#@{}|~.")


def to_file_link(name: str) -> str:
    """Return the link that markup writes to a file called by a name or a path."""
    return FILE_SCHEME + quote(name, safe="/")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that a post refers to: its URL here, its size in bytes, and that of a picture in pixels (0: unknown)."""

    url: str
    size: int = 0
    width: int = 0
    height: int = 0


class Reference(NamedTuple):
    """What a body asked: the kind of question, the name, and the path and size of the file found, "" for nothing."""

    kind: str
    name: str
    found: str
    size: int = 0


class Lookup(Protocol):
    """Answers for one post: URLs are given as the post has them."""

    def find_post(self, url: str) -> str:
        """Return where a link to another post leads, with its fragment; "" if it names no post here."""

    def find_file(self, url: str) -> FoundFile | None:
        """Return the file that a URL names; None if it is not here."""


class NoLookup:
    """A folder without other posts and files."""

    def find_post(self, url: str) -> str:  # noqa: ARG002 - a Lookup
        """Return no URL."""
        return ""

    def find_file(self, url: str) -> FoundFile | None:  # noqa: ARG002 - a Lookup
        """Return no file."""
        return None


NO_LOOKUP = NoLookup()
