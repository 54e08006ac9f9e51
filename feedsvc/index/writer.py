"""The one transaction in which a scan fills the tables of the index."""

import sqlite3
import time
from contextlib import suppress

from feedsvc.files import Stamp
from feedsvc.index.name_table import NameTable
from feedsvc.index.records import Row, link_of, name_of, stem_of, to_number, to_post, to_terms
from feedsvc.index.reference_table import ReferenceTable, keep_body
from feedsvc.index.schema import Layout
from feedsvc.models import NEVER

MAX_WAITING = 50_000  # terms that wait for others, to be stored in order: some 8 MB


class Writer:
    """The transaction of one scan."""

    def __init__(self, connection: sqlite3.Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self._is_new = self._changed = self._is_emptied(layout)
        self._terms: list[tuple[int, int, str, int]] = []  # not stored yet, as they sort: later first
        connection.execute("UPDATE meta SET shown = ?1 WHERE shown <> ?1", (layout.shown,))
        self._changed = self._changed or connection.execute("SELECT changes()").fetchone() != (0,)
        self._names = NameTable(connection, cutoff_of(layout))
        self._revision = time.time_ns() // 1000
        self._references = ReferenceTable(connection, self._revision, is_new=self._is_new)

    def _is_emptied(self, layout: Layout) -> bool:
        """Return True, with the tables made anew, if the file is new or was made under other settings."""
        with suppress(sqlite3.OperationalError):
            rows = self._connection.execute("SELECT fingerprint FROM meta").fetchall()
            if rows == [(layout.fingerprint,)]:
                return False
        for statement in layout.statements():
            self._connection.execute(statement)
        self._connection.execute("UPDATE meta SET fingerprint = ?", (layout.fingerprint,))
        return True

    def put(self, row: Row) -> None:
        """Store the row of a file in place of the one before; a broken file keeps its last good post."""
        if row.is_same:
            self._connection.execute("UPDATE files SET stamp = ? WHERE path = ?", (row.stamp.to_text(), row.path))
        elif not self._put_new(row):
            self._put_again(row)
        for problem in dict.fromkeys(row.problems):
            self._connection.execute("INSERT INTO problems VALUES (?, ?, ?, ?)", (row.path, *problem))

    def _put_new(self, row: Row) -> bool:
        sql = "INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        values = row.path, row.stamp.to_text(), row.published, row.data, row.reason, name_of(stem_of(row.path))
        cursor = self._connection.execute(sql, (*values, self._revision))
        if not cursor.rowcount:
            return False
        file = int(cursor.lastrowid or 0)
        names = self._names.add(row.terms, row.published)
        self._terms += [(name, -row.published, row.path, file) for name in names]
        if len(self._terms) > MAX_WAITING:
            self._store_terms()
        if row.text:
            self._connection.execute("INSERT INTO texts VALUES (?, ?)", (file, row.text))
        if row.data:
            self._references.touch_post(row.path, row.link)
        if row.mentions:
            mentions = [(name, row.path) for name in row.mentions]
            self._connection.executemany("INSERT INTO mentions VALUES (?, ?)", mentions)
        if row.body:
            keep_body(self._connection, row.body)
        self._changed = self._changed or bool(row.data)
        return True

    def _store_terms(self) -> None:
        """Store the terms of many posts in the order of their table: neighbors are on the same page of the file."""
        self._terms.sort()
        self._connection.executemany("INSERT INTO terms VALUES (?, -?, ?, ?)", self._terms)
        self._terms.clear()

    def _put_again(self, row: Row) -> None:
        ((file, data),) = self._connection.execute("SELECT id, data FROM files WHERE path = ?", (row.path,))
        if row.broken:
            self._forget_problems(row.path)
            self._connection.execute("UPDATE files SET stamp = ? WHERE id = ?", (row.stamp.to_text(), file))
        elif data == row.data:
            self._forget_problems(row.path)
            values = row.stamp.to_text(), row.reason, file
            self._connection.execute("UPDATE files SET stamp = ?, reason = ? WHERE id = ?", values)
        else:
            self.remove(row.path)
            self._put_new(row)

    def remove(self, path: str) -> None:
        """Remove a file that is gone, with its post, body and problems."""
        self._store_terms()
        self._forget_problems(path)
        found = self._connection.execute("SELECT id, published, data FROM files WHERE path = ?", (path,)).fetchall()
        for file, published, data in found:
            post = to_post(data) if data else None
            names = self._names.remove(to_terms(post), published) if post else ()
            if post:
                self._references.touch_post(path, link_of(post))
            self._references.forget(path)
            sql = "DELETE FROM terms WHERE name = ? AND published = ? AND path = ?"
            self._connection.executemany(sql, [(name, published, path) for name in names])
            self._connection.execute("DELETE FROM bodies WHERE path = ?", (path,))
            self._connection.execute("DELETE FROM texts WHERE file = ?", (file,))
            self._connection.execute("DELETE FROM files WHERE id = ?", (file,))
            self._changed = self._changed or bool(data)

    def put_attachment(self, path: str, root: int, stamp: Stamp) -> None:
        """Store the stamp of a file beside posts, in the folder with this number."""
        values = path, root, name_of(path), stamp.to_text()
        self._connection.execute("INSERT OR REPLACE INTO attachments VALUES (?, ?, ?, ?)", values)
        self._references.touch_file(path)

    def remove_attachment(self, path: str) -> None:
        """Remove a file beside posts that is gone."""
        self._connection.execute("DELETE FROM attachments WHERE path = ?", (path,))
        self._references.touch_file(path)

    def _forget_problems(self, path: str) -> None:
        self._connection.execute("DELETE FROM problems WHERE path = ?", (path,))

    def finish(self) -> None:
        """Store the counts, and increase the version if anything changed; it never decreases, not even in a new file.

        Two changes never share a second: HTTP dates are no finer, and a client may have sent a request in between.
        """
        self._store_terms()
        if self._is_new:
            for statement in self._layout.indexes():
                self._connection.execute(statement)
        self._names.flush()
        self._changed = self._references.flush() or self._changed
        if self._changed:
            self._connection.execute(
                "UPDATE meta SET version = max(version + 1, ?1), changed = max(?1, (changed / ?2 + 1) * ?2)",
                (time.time_ns() // 1000, 1_000_000),
            )


def cutoff_of(layout: Layout) -> int:
    """Return until when posts are counted, in microseconds since 1970: until now, or all of them."""
    return to_number(NEVER) if layout.future else time.time_ns() // 1000
