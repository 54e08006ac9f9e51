"""What bodies have looked up: kept in the transaction of a scan, which drops the bodies it makes invalid."""

import sqlite3
from collections.abc import Iterable

from feedsvc.index.records import BodyRow, link_name_of, link_path_of
from feedsvc.index.schema import KEEP_BODY
from feedsvc.lookup import FILE, FILE_NAMED, POST, POST_NAMED, POSTS, SOURCE, SOURCES


class ReferenceTable:
    """The names of posts and files that appeared, moved or went in this transaction."""

    def __init__(self, connection: sqlite3.Connection, revision: int, *, is_new: bool) -> None:
        """`revision` is the one that posts get whose bodies are dropped; a new index has no bodies."""
        self._connection = connection
        self._revision = revision
        self._is_new = is_new
        self._touched: set[tuple[str, ...]] = set()

    def touch_post(self, path: str, link: str) -> None:
        """Note that a post appeared or went; a post that went and came back with the same `link` has not moved."""
        if not self._is_new:
            self._touched ^= {(kind, name, link) for kind, name in _names_of_post(path)}
            self._touched.add((POSTS, ""))

    def touch_file(self, path: str) -> None:
        """Note that a file beside posts appeared, changed or went."""
        if not self._is_new:
            self._touched |= {(FILE, path), (FILE_NAMED, link_name_of(path))}

    def touch_source(self, path: str, *, moves: bool = True) -> None:
        """Note that an include or a data file changed; with `moves`, that it appeared or went."""
        if not self._is_new:
            self._touched.add((SOURCE, path))
            folder = path
            while moves and (folder := folder.rpartition("/")[0]):
                self._touched.add((SOURCES, f"{folder}/"))

    def forget(self, path: str) -> list[str]:
        """Remove what the body of a post has looked up, and the files that the post mentions.

        Return the paths of the files that it found: they may be served no longer.
        """
        sql = "SELECT found FROM refs WHERE path = ? AND kind IN (?, ?) AND found <> ''"
        files = [found for (found,) in self._connection.execute(sql, (path, FILE, FILE_NAMED))]
        self._connection.execute("DELETE FROM refs WHERE path = ?", (path,))
        self._connection.execute("DELETE FROM mentions WHERE path = ?", (path,))
        return files

    def flush(self) -> set[str]:
        """Drop the bodies that have looked up what was touched; return the paths of their posts."""
        referring = set(self._find_referring({touched[:2] for touched in self._touched}))
        for path in referring:
            self._connection.execute("DELETE FROM bodies WHERE path = ?", (path,))
            self._connection.execute("DELETE FROM refs WHERE path = ?", (path,))
            self._connection.execute("UPDATE files SET revision = ? WHERE path = ?", (self._revision, path))
        return referring

    def _find_referring(self, touched: Iterable[tuple[str, ...]]) -> Iterable[str]:
        for kind, name in touched:
            sql = "SELECT path FROM refs WHERE kind = ? AND name = ?"
            yield from (path for (path,) in self._connection.execute(sql, (kind, name)))


def _names_of_post(path: str) -> tuple[tuple[str, str], ...]:
    return (POST, link_path_of(path)), (POST_NAMED, link_name_of(link_path_of(path)))


def keep_body(connection: sqlite3.Connection, row: BodyRow) -> None:
    """Store a clean body with what it has looked up, in place of the one before."""
    connection.execute(KEEP_BODY, row.values)
    connection.execute("DELETE FROM refs WHERE path = ?", (row.path,))
    connection.executemany("INSERT INTO refs VALUES (?, ?, ?, ?, ?)", [(row.path, *one) for one in row.references])
