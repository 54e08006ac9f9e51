"""Where the links and pictures of a post lead that name other posts or files of the folder: the Lookup of one post.

Everything asked for is recorded, so that the index knows when a body is no longer valid.
"""

from urllib.parse import unquote

from feedsvc.attachments import is_attachment
from feedsvc.index.queries import Index
from feedsvc.index.records import name_of, stem_of
from feedsvc.index.references import Attachment
from feedsvc.lookup import (
    FILE,
    FILE_NAMED,
    FILE_SCHEME,
    POST,
    POST_NAMED,
    POST_SCHEME,
    FoundFile,
    Reference,
)
from feedsvc.models import NEVER, Post
from feedsvc.posts.generators.plain import SUFFIXES
from feedsvc.publishing.attachments import AttachmentFiles
from feedsvc.publishing.ids import link_to_post
from feedsvc.publishing.places import to_file_paths, to_post_paths, to_url_path
from feedsvc.settings import UNKNOWN_BASE, Settings
from feedsvc.text import to_printable

NOTHING = ("", 0)
MAX_ASKED = 5_000  # names of posts and files that a body is looked up for: each is a query of the index


TOO_MANY = f"more than {MAX_ASKED:,} addresses of posts and files: the others were not looked up"


class PostLookup:
    """The Lookup of the post at a path."""

    def __init__(self, path: str, settings: Settings, index: Index, files: AttachmentFiles) -> None:
        self._path = path
        self._settings = settings
        self._index = index
        self._files = files
        self._asked: dict[tuple[str, str], tuple[str, int]] = {}
        self._missing: dict[str, str] = {}  # what is missing, by the URL as it is written

    @property
    def references(self) -> tuple[Reference, ...]:
        """Return what was asked for, with the path of what was found."""
        return tuple(Reference(kind, name, *found) for (kind, name), found in self._asked.items())

    @property
    def hints(self) -> tuple[str, ...]:
        """Return a message for each post and file that was asked for and is not here."""
        missing = tuple(f"{to_printable(url)}: no such {kind}" for url, kind in self._missing.items())
        return (*missing, TOO_MANY) if self._is_full() else missing

    def _is_full(self) -> bool:
        return len(self._asked) >= MAX_ASKED

    def find_post(self, url: str) -> str:
        """Return where a link to another post leads, with its fragment; "" if it names no post here."""
        is_named = url.startswith(POST_SCHEME)
        written, mark, fragment = url.partition("#")
        if self._is_full() or not (is_named or _names_file_of_post(written)):
            return ""
        names = [stem_of(path) for path in to_post_paths(written, self._path, self._settings.site)]
        post = next(filter(None, map(self._post_at, names)), None)
        if post is None and is_named and names:
            post = self._post_named(names[-1])
        if post:
            return _link(post, self._settings) + mark + fragment
        if names and not written.startswith(FILE_SCHEME):
            self._missing[_as_written(written)] = "post"
        return ""

    def find_file(self, url: str) -> FoundFile | None:
        """Return the file that a URL names; None if it is not here."""
        if self._is_full():
            return None
        paths = [path for path in to_file_paths(url, self._path, self._settings.site) if is_attachment(path)]
        found = next(filter(None, map(self._file_at, paths)), None)
        if found is None and paths and url.startswith(FILE_SCHEME) and "/" not in url:
            found = self._file_named(paths[-1])
        if found:
            return self._to_found(found)
        if paths:
            self._missing[_as_written(url)] = "file"
        return None

    def _post_at(self, stem: str) -> Post | None:
        post = self._index.post(stem, NEVER) or self._index.post(f"{stem}/index", NEVER)
        self._asked[POST, stem] = (post.path, 0) if post else NOTHING
        return post

    def _post_named(self, stem: str) -> Post | None:
        name = name_of(stem)
        posts = self._index.posts_named(name)
        post = next((one for one in posts if f"/{stem_of(one.path)}".endswith(f"/{stem}")), next(iter(posts), None))
        self._asked[POST_NAMED, name] = (post.path, 0) if post else NOTHING
        return post

    def _file_at(self, path: str) -> Attachment | None:
        found = self._index.attachment(path)
        self._asked[FILE, path] = (found.path, found.stamp.size) if found else NOTHING
        return found

    def _file_named(self, path: str) -> Attachment | None:
        name = name_of(path)
        found = self._index.attachment_named(name)
        self._asked[FILE_NAMED, name] = (found.path, found.stamp.size) if found else NOTHING
        return found

    def _to_found(self, found: Attachment) -> FoundFile:
        url = (self._settings.base_url or UNKNOWN_BASE) + to_url_path(found.path)
        return FoundFile(url, found.stamp.size, *self._files.find_dimensions(found))


def _names_file_of_post(url: str) -> bool:
    return unquote(url.partition("?")[0]).lower().endswith(SUFFIXES)


def _as_written(url: str) -> str:
    return unquote(url.removeprefix(POST_SCHEME).removeprefix(FILE_SCHEME))


def _link(post: Post, settings: Settings) -> str:
    return link_to_post(post, settings, settings.link_to, settings.base_url or UNKNOWN_BASE)
