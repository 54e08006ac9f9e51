"""The index's tables, and the one transaction in which a scan fills them."""

import hashlib
import sqlite3
import time
from contextlib import suppress

from feedsvc.index.records import Row, terms_of, to_post

_TABLES = """
CREATE TABLE meta (version INTEGER NOT NULL, changed INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    shown TEXT NOT NULL, scanned INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL,
    published INTEGER NOT NULL, data TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX hidden_files ON files (path) WHERE reason <> '';
CREATE TABLE texts (file INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE terms (kind TEXT NOT NULL, name TEXT NOT NULL, published INTEGER NOT NULL, size INTEGER NOT NULL,
    file INTEGER NOT NULL, PRIMARY KEY (kind, name, published DESC, size, file)) WITHOUT ROWID;
CREATE TABLE bodies (path TEXT PRIMARY KEY, key TEXT NOT NULL, html TEXT NOT NULL, summary TEXT NOT NULL,
    image TEXT NOT NULL, fallback TEXT NOT NULL, hints TEXT NOT NULL);
CREATE INDEX hinted_bodies ON bodies (path) WHERE hints <> '';
CREATE TABLE problems (path TEXT NOT NULL, line INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL);
CREATE INDEX problems_of_a_file ON problems (path);
"""
KEEP_BODY = "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?, ?, ?)"
SCHEMA = hashlib.sha256(_TABLES.encode()).hexdigest()[:8]
_DROP = "".join(f"DROP TABLE IF EXISTS {table};" for table in ("meta", "files", "texts", "terms", "bodies", "problems"))


class Writer:
    """The one transaction of a scan."""

    def __init__(self, connection: sqlite3.Connection, fingerprint: str, shown: str) -> None:
        self._connection = connection
        self._fingerprint = fingerprint
        self._changed = self._is_other()
        connection.execute("UPDATE meta SET shown = ?1 WHERE shown <> ?1", (shown,))
        self._changed = self._changed or connection.execute("SELECT changes()").fetchone() != (0,)

    def _is_other(self) -> bool:
        """Tell whether the file was new or made otherwise; then it is empty now."""
        with suppress(sqlite3.OperationalError):
            rows = self._connection.execute("SELECT fingerprint FROM meta").fetchall()
            if rows == [(self._fingerprint,)]:
                return False
        for statement in (_DROP + _TABLES).split(";"):
            self._connection.execute(statement)
        self._connection.execute("INSERT INTO meta VALUES (0, 0, ?, '', 0, 0)", (self._fingerprint,))
        return True

    def put(self, row: Row) -> None:
        """Store what came of reading a file in place of what was there; a broken file keeps its last good post."""
        if not self._put_new(row):
            self._put_again(row)
        for problem in row.problems:
            self._connection.execute("INSERT INTO problems VALUES (?, ?, ?, ?)", (row.path, *problem))

    def _put_new(self, row: Row) -> bool:
        sql = "INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        cursor = self._connection.execute(sql, (row.path, row.stamp, row.published, row.data, row.reason))
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
            self._connection.execute("UPDATE files SET stamp = ? WHERE id = ?", (row.stamp, file))
        elif data == row.data:
            self._forget_problems(row.path)
            values = row.stamp, row.reason, file
            self._connection.execute("UPDATE files SET stamp = ?, reason = ? WHERE id = ?", values)
        else:
            self.remove(row.path)
            self._put_new(row)

    def remove(self, path: str) -> None:
        """Forget a file that is gone."""
        self._forget_problems(path)
        found = self._connection.execute("SELECT id, published, data FROM files WHERE path = ?", (path,)).fetchall()
        for file, published, data in found:
            terms = [(*term, published, file) for term in (terms_of(to_post(data)) if data else ())]
            sql = "DELETE FROM terms WHERE kind = ? AND name = ? AND published = ? AND file = ?"
            self._connection.executemany(sql, terms)
            self._connection.execute("DELETE FROM bodies WHERE path = ?", (path,))
            self._connection.execute("DELETE FROM texts WHERE file = ?", (file,))
            self._connection.execute("DELETE FROM files WHERE id = ?", (file,))
            self._changed = self._changed or bool(data)

    def _forget_problems(self, path: str) -> None:
        self._connection.execute("DELETE FROM problems WHERE path = ?", (path,))

    def finish(self) -> None:
        """Move the version on, if anything changed; never back, not even where the file was made anew.

        Two changes never share a second: HTTP dates have no more, and a client may have come in between.
        """
        if self._changed:
            self._connection.execute(
                "UPDATE meta SET version = max(version + 1, ?1), changed = max(?1, (changed / ?2 + 1) * ?2)",
                (time.time_ns() // 1000, 1_000_000),
            )
