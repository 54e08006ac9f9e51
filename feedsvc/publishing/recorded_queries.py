"""Queries of the index for what a body refers to, recorded: if one has another result, the body is out of date."""

from feedsvc.index.queries import Index
from feedsvc.index.records import link_name_of, link_path_of
from feedsvc.index.references import Attachment
from feedsvc.lookup import FILE, FILE_NAMED, POST, POST_NAMED, POSTS, SOURCE, SOURCES, Reference
from feedsvc.models import NEVER, Post

NOTHING = ("", 0)
MAX_ASKED = 5_000  # names of posts and files that a body is looked up for: each is a query of the index


class RecordedQueries:
    """Finds posts and files by their names in a body, and records each query."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._found: dict[tuple[str, str], tuple[str, int]] = {}  # path and size, by kind and name

    @property
    def references(self) -> tuple[Reference, ...]:
        """Return the queries, with the path of what was found."""
        return tuple(Reference(kind, name, *found) for (kind, name), found in self._found.items())

    @property
    def is_full(self) -> bool:
        """True after MAX_ASKED queries: no further one should be made."""
        return len(self._found) >= MAX_ASKED

    def post_at(self, stem: str) -> Post | None:
        """Return the post at a path without suffix, due or not."""
        post = self._index.post(stem, NEVER) or self._index.post(f"{stem}/index", NEVER)
        return self._record_post(POST, stem, post)

    def post_named(self, stem: str) -> Post | None:
        """Return the post with the name that ends `stem`; of several, the one whose path ends with all of `stem`."""
        name = link_name_of(stem)
        posts = self._index.posts_named(name)
        exact = (one for one in posts if f"/{link_path_of(one.path)}".endswith(f"/{stem}"))
        return self._record_post(POST_NAMED, name, next(exact, next(iter(posts), None)))

    def only_post_ending(self, stem: str) -> Post | None:
        """Return the only post whose path ends with `stem`: sites may show the posts of a folder at their root."""
        name = link_name_of(stem)
        posts = [one for one in self._index.posts_named(name) if f"/{link_path_of(one.path)}".endswith(f"/{stem}")]
        return self._record_post(POST_NAMED, name, posts[0] if len(posts) == 1 else None)

    def file_at(self, path: str) -> Attachment | None:
        """Return the file beside posts at a path."""
        return self._record_file(FILE, path, self._index.attachment(path))

    def file_named(self, path: str) -> Attachment | None:
        """Return the file beside posts with a name."""
        name = link_name_of(path)
        return self._record_file(FILE_NAMED, name, self._index.attachment_named(name))

    def _record_post(self, kind: str, name: str, post: Post | None) -> Post | None:
        self._found[kind, name] = (post.path, 0) if post else NOTHING
        return post

    def _record_file(self, kind: str, name: str, file: Attachment | None) -> Attachment | None:
        self._found[kind, name] = (file.path, file.stamp.size) if file else NOTHING
        return file

    def source(self, path: str) -> str:
        """Return the stamp of an include or a data file, "" if there is none."""
        stamp = "" if self.is_full else self._index.source(path)
        self._found[SOURCE, path] = (path if stamp else "", 0)
        return stamp

    def sources(self, folder: str) -> tuple[str, ...]:
        """Return the paths of includes or data files below a folder."""
        self._found[SOURCES, folder] = NOTHING
        return tuple(self._index.sources(folder))

    def note_all_posts(self) -> None:
        """Record that any change of the posts may change the body."""
        self._found[POSTS, ""] = NOTHING
