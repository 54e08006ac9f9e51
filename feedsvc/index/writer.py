"""The one transaction in which a scan fills the tables of the index."""

import sqlite3
import time
from contextlib import suppress

from feedsvc.index.records import Row, to_post, to_terms
from feedsvc.index.schema import DROP, KEEP_BODY, TABLES


class Writer:
    """The transaction of one scan; `fingerprint` and `shown` are those of `Database`."""

    def __init__(self, connection: sqlite3.Connection, fingerprint: str, shown: str) -> None:
        self._connection = connection
        self._fingerprint = fingerprint
        self._changed = self._is_emptied()
        connection.execute("UPDATE meta SET shown = ?1 WHERE shown <> ?1", (shown,))
        self._changed = self._changed or connection.execute("SELECT changes()").fetchone() != (0,)

    def _is_emptied(self) -> bool:
        """Return True, with the tables made anew, if the file is new or was made under other settings."""
        with suppress(sqlite3.OperationalError):
            rows = self._connection.execute("SELECT fingerprint FROM meta").fetchall()
            if rows == [(self._fingerprint,)]:
                return False
        for statement in (DROP + TABLES).split(";"):
            self._connection.execute(statement)
        self._connection.execute("INSERT INTO meta VALUES (0, 0, ?, '', 0, 0)", (self._fingerprint,))
        return True

    def put(self, row: Row) -> None:
        """Store the row of a file in place of the one before; a broken file keeps its last good post."""
        if not self._put_new(row):
            self._put_again(row)
        for problem in row.problems:
            self._connection.execute("INSERT INTO problems VALUES (?, ?, ?, ?)", (row.path, *problem))

    def _put_new(self, row: Row) -> bool:
        sql = "INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        cursor = self._connection.execute(sql, (row.path, row.stamp.to_text(), row.published, row.data, row.reason))
        if not cursor.rowcount:
            return False
        terms = [(*term, row.published, row.size, cursor.lastrowid) for term in row.terms]
        self._connection.executemany("INSERT INTO terms VALUES (?, ?, ?, ?, ?)", terms)
        if row.text:
            self._connection.execute("INSERT INTO texts VALUES (?, ?)", (cursor.lastrowid, row.text))
        if row.body:
            self._connection.execute(KEEP_BODY, row.body)
        self._changed = self._changed or bool(row.data)
        return True

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
        self._forget_problems(path)
        found = self._connection.execute("SELECT id, published, data FROM files WHERE path = ?", (path,)).fetchall()
        for file, published, data in found:
            terms = [(*term, published, file) for term in (to_terms(to_post(data)) if data else ())]
            sql = "DELETE FROM terms WHERE kind = ? AND name = ? AND published = ? AND file = ?"
            self._connection.executemany(sql, terms)
            self._connection.execute("DELETE FROM bodies WHERE path = ?", (path,))
            self._connection.execute("DELETE FROM texts WHERE file = ?", (file,))
            self._connection.execute("DELETE FROM files WHERE id = ?", (file,))
            self._changed = self._changed or bool(data)

    def _forget_problems(self, path: str) -> None:
        self._connection.execute("DELETE FROM problems WHERE path = ?", (path,))

    def finish(self) -> None:
        """Increase the version if anything changed; it never decreases, not even when the file is made anew.

        Two changes never share a second: HTTP dates are no finer, and a client may have sent a request in between.
        """
        if self._changed:
            self._connection.execute(
                "UPDATE meta SET version = max(version + 1, ?1), changed = max(?1, (changed / ?2 + 1) * ?2)",
                (time.time_ns() // 1000, 1_000_000),
            )
