"""Queries for what bodies refer to: posts by path or name, and files beside posts.

A body is valid as long as each of its lookups has the same result: the writer drops the bodies that looked up what
appears, moves or goes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from feedsvc.files import Stamp
from feedsvc.index.database import Database
from feedsvc.index.records import digest_of_name, to_number, to_post
from feedsvc.models import Post

# What bodies of published posts ask for that a cleaner has made: others may have been kept under other rules.
_REFERRED = (
    "FROM refs JOIN files ON files.path = refs.path JOIN bodies ON bodies.path = refs.path"
    " WHERE refs.kind LIKE 'file%' AND refs.found <> '' AND files.published <= ? AND files.data <> ''"
    " AND bodies.key LIKE '%' || ?"
)
MAX_NAMESAKES = 20  # posts of one name that are looked through


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside posts: its path in URLs, and the number of the folder it is in (0 is the posts folder)."""

    path: str
    root: int
    stamp: Stamp


class ReferenceQueries(Database):
    """Posts and files that bodies refer to."""

    def posts_named(self, name: str) -> list[Post]:
        """Return posts, due or not, whose folded file name is `name`, those of short paths first."""
        sql = "SELECT data FROM files WHERE basename = ? AND data <> '' ORDER BY length(path), path LIMIT ?"
        return [to_post(data) for (data,) in self.query(sql, digest_of_name(name), MAX_NAMESAKES)]

    def attachment(self, path: str) -> Attachment | None:
        """Return the file that has a path in URLs."""
        rows = self.query("SELECT path, root, stamp FROM attachments WHERE path = ?", path)
        return _to_attachment(rows)

    def attachment_named(self, name: str) -> Attachment | None:
        """Return the file with a folded name, of several that with the shortest path."""
        sql = "SELECT path, root, stamp FROM attachments WHERE name = ? ORDER BY length(path), path LIMIT 1"
        return _to_attachment(self.query(sql, name))

    def attachments(self, paths: Iterable[str] | None = None) -> dict[str, str]:
        """Return "root:stamp" of files beside posts by path: of all, or of the known ones of `paths`."""
        sql = "SELECT path, root || ':' || stamp FROM attachments"
        if paths is None:
            return dict(self.query(sql))
        return dict(row for path in paths for row in self.query(f"{sql} WHERE path = ?", path))

    def sources(self, folder: str = "") -> dict[str, str]:
        """Return the stamps of a site's includes and data files below a folder by path."""
        sql = "SELECT path, stamp FROM sources WHERE substr(path, 1, ?) = ? ORDER BY path"
        return dict(self.query(sql, len(folder), folder))

    def source(self, path: str) -> str:
        """Return the stamp of an include or a data file, "" if there is none."""
        return next((stamp for (stamp,) in self.query("SELECT stamp FROM sources WHERE path = ?", path)), "")

    def attachments_after(self, path: str, count: int) -> list[str]:
        """Return up to `count` paths of files beside posts that follow a path, in order."""
        sql = "SELECT path FROM attachments WHERE path > ? ORDER BY path LIMIT ?"
        return [found for (found,) in self.query(sql, path, count)]

    def revisions(self, posts: Iterable[Post]) -> tuple[int, ...]:
        """Return numbers that change when what the bodies of posts refer to changes."""
        sql = "SELECT revision FROM files WHERE path = ?"
        return tuple(number for post in posts for (number,) in self.query(sql, post.path))

    def is_referred(self, path: str, now: datetime, cleaner: str) -> bool:
        """True if the body of a published post, as kept for a cleaner's fingerprint, refers to a file."""
        sql = f"SELECT 1 {_REFERRED} AND refs.found = ? LIMIT 1"
        return bool(self.query(sql, to_number(now), cleaner, path))

    def referred(self, now: datetime, cleaner: str) -> list[str]:
        """Return the paths of all files that bodies of published posts refer to, as kept for a cleaner."""
        rows = self.query(f"SELECT DISTINCT refs.found {_REFERRED} ORDER BY 1", to_number(now), cleaner)
        return [path for (path,) in rows]

    def posts_mentioning(self, name: str, now: datetime, cleaner: str, count: int) -> list[Post]:
        """Return up to `count` published posts that mention a folded file name and have no body of a cleaner."""
        sql = (
            "SELECT data FROM mentions JOIN files ON files.path = mentions.path WHERE mentions.name = ?"
            " AND files.published <= ? AND files.data <> '' AND NOT EXISTS"
            " (SELECT 1 FROM bodies WHERE bodies.path = mentions.path AND bodies.key LIKE '%' || ?) LIMIT ?"
        )
        return [to_post(data) for (data,) in self.query(sql, name, to_number(now), cleaner, count)]


def _to_attachment(rows: list[tuple[str, int, str]]) -> Attachment | None:
    return next((Attachment(path, root, Stamp.from_text(text)) for path, root, text in rows), None)
