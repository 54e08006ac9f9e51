"""What templates of a Jekyll site ask for: includes, data files, and the other posts; read safely, kept in memory."""

import csv
import io
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from feedsvc.attachments import site_root
from feedsvc.errors import PostError
from feedsvc.files import OVERSIZE_FACTOR, Folder, Stamp, read_file
from feedsvc.index.queries import Index
from feedsvc.models import NEVER, Content, FeedRequest, Format, Post, Scope
from feedsvc.posts.front_matter import decode, load_data, split
from feedsvc.posts.generators.jekyll import with_defaults
from feedsvc.posts.generators.jekyll_liquid import to_liquid, values_of_post
from feedsvc.settings import Settings
from feedsvc.sites import Jekyll

MAX_SOURCE_BYTES = 1_000_000  # of an include or a data file
MAX_LISTED = 10_000  # posts in `site.posts`
MAX_KEPT = 256  # files that are kept, read
MAX_FRONTS = 2_000  # posts whose front matter is kept

T = TypeVar("T")


class SiteSources:
    """Reads what templates ask for; each process has one."""

    def __init__(self, settings: Settings, jekyll: Jekyll) -> None:
        self._settings = settings
        self._jekyll = jekyll
        self._root = site_root(settings)
        self._files: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._fronts: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._posts: tuple[tuple[int, datetime], Sequence[Mapping[str, Any]]] = (0, NEVER), ()

    def find_stamp(self, path: str) -> str:
        """Return the stamp of a file of the site that the index does not list, "" if there is none."""
        try:
            with Folder(self._root) as folder:
                descriptor, status = folder.open(path)
                os.close(descriptor)
        except (OSError, PostError):
            return ""
        return Stamp.from_status(status).to_text()

    def read_text(self, path: str, stamp: str) -> str:
        """Return the text of a file of the site that has a stamp. Raise PostError or OSError if it cannot be read."""
        text: str = _get_or_make(self._files, (path, stamp), MAX_KEPT, lambda: self._read(path))
        return text

    def read_data(self, path: str, stamp: str) -> Any:
        """Return the values of a data file. Raise PostError, ValueError or OSError if it cannot be read."""
        suffix = path.rpartition(".")[2].lower()
        return _get_or_make(self._files, (path, f"data {stamp}"), MAX_KEPT, lambda: _READERS[suffix](self._read(path)))

    def _read(self, path: str) -> str:
        return decode(read_file(self._root, path, MAX_SOURCE_BYTES))

    def posts(self, index: Index) -> Sequence[Mapping[str, Any]]:
        """Return the published posts as templates see them, the newest first."""
        now = NEVER if self._settings.future else datetime.now(UTC)
        version, until = self._posts[0]
        if version != index.version() or until <= now:
            request = FeedRequest(Scope(), Format.RSS, MAX_LISTED, Content.NONE)
            state = index.state(now)
            found = index.select(request, now, 0, MAX_LISTED)
            due = NEVER if self._settings.future else state.due
            self._posts = (state.version, due), [ListedPost(post, self) for post in found if not post.is_apart]
        return self._posts[1]

    def values_of(self, post: Post) -> Mapping[str, Any]:
        """Return what is known of a post without reading it."""
        return values_of_post(post, self._settings.timezone, self._jekyll.prefix)

    def front_of(self, post: Post) -> Mapping[str, Any]:
        """Return the front matter of a post; nothing if it cannot be read at present."""
        values: Mapping[str, Any] = _get_or_make(
            self._fronts, (post.path, post.digest), MAX_FRONTS, lambda: self._read_front(post)
        )
        return values

    def _read_front(self, post: Post) -> Mapping[str, Any]:
        try:
            data = read_file(self._settings.posts, post.path, OVERSIZE_FACTOR * self._settings.max_post_bytes)
            values: Mapping[str, Any] = to_liquid(with_defaults(split(data).values, post.path, self._jekyll))
        except (OSError, PostError):
            return {}
        return values


class ListedPost(Mapping[str, Any]):
    """A post in `site.posts`; its file is read for keys that only the file has."""

    def __init__(self, post: Post, sources: SiteSources) -> None:
        self._post, self._sources = post, sources
        self._values: Mapping[str, Any] | None = None

    def __getitem__(self, key: str) -> Any:
        """Return the value of a key."""
        if self._values is None:
            self._values = self._sources.values_of(self._post)
        return self._values[key] if key in self._values else self._sources.front_of(self._post)[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        return iter({**self._sources.front_of(self._post), **self._sources.values_of(self._post)})

    def __len__(self) -> int:
        """Return the number of keys."""
        return sum(1 for _ in self)


def _get_or_make(kept: OrderedDict[tuple[str, str], Any], key: tuple[str, str], limit: int, make: Callable[[], T]) -> T:
    """Return the value that is kept under a key, else a new one; the oldest of more than `limit` values is dropped."""
    if key in kept:
        found: T = kept[key]
        return found
    made = make()
    kept[key] = made
    if len(kept) > limit:
        kept.pop(next(iter(kept)), None)  # another thread may have been faster
    return made


def _read_rows(text: str, delimiter: str) -> list[dict[str, Any]]:
    return [dict(row) for row in csv.DictReader(io.StringIO(text), delimiter=delimiter)]


_READERS: Mapping[str, Callable[[str], Any]] = {
    "yml": lambda text: to_liquid(load_data(text)),
    "yaml": lambda text: to_liquid(load_data(text)),
    "json": json.loads,
    "csv": lambda text: _read_rows(text, ","),
    "tsv": lambda text: _read_rows(text, "\t"),
}
