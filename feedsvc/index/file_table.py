"""The rows of files in the transaction of a scan, with what other tables have of their posts."""

import sqlite3

from feedsvc.index.change_table import FILE, POST, Change, to_stem
from feedsvc.index.dating import Newest
from feedsvc.index.name_table import NameTable
from feedsvc.index.records import Row, digest_of_link_name, link_of, to_post, to_terms
from feedsvc.index.reference_table import ReferenceTable, keep_body

MAX_ROWS = 1_000  # that wait for others, to be stored with one call
MAX_WAITING = 50_000  # terms that wait for others, to be stored in order: some 8 MB


class FileTable:
    """Puts and removes files, and keeps `names`, `references` and the `newest` time up to date with them.

    `has_changed` is True once a post has come, changed or gone; in an index that is not new, `changes` name those
    posts, and `places` have the time and path of each.
    """

    def __init__(  # noqa: PLR0913 - two of them by name
        self,
        connection: sqlite3.Connection,
        names: NameTable,
        references: ReferenceTable,
        newest: Newest,
        *,
        revision: int,
        is_new: bool,
    ) -> None:
        """`revision` is the one that new posts get."""
        self._connection = connection
        self._names = names
        self._references = references
        self._newest = newest
        self._revision = revision
        self._is_new = is_new
        self.has_changed = False
        self.changes: set[Change] = set()
        self.places: set[tuple[int, str]] = set()
        self._rows: list[Row] = []  # not stored yet
        self._stamps: list[tuple[str, str]] = []  # not stored yet, each before the path of its file
        self._terms: list[tuple[int, int, str, int]] = []  # not stored yet, as they sort: later first

    def put(self, row: Row) -> None:
        """Store the row of a file in place of the one before; a broken file keeps its last good post."""
        if row.is_same:
            self._stamps.append((row.stamp.to_text(), row.path))
        else:
            self._rows.append(row)
        if len(self._rows) + len(self._stamps) >= MAX_ROWS:
            self._store_rows()

    def flush(self) -> None:
        """Store what waits."""
        self._store_rows()
        self._store_terms()

    def _store_rows(self) -> None:
        """Store the rows that wait, those of new files with few calls."""
        rows, self._rows = self._rows, []
        stamps, self._stamps = self._stamps, []
        self._connection.executemany("UPDATE files SET stamp = ? WHERE path = ?", stamps)
        new = rows
        while new:
            new = [row for row in self._insert(new) if not self._update(row)]
        last = {row.path: row for row in rows}.values()  # of a path that was put twice
        problems = [(row.path, *problem) for row in last if row.problems for problem in dict.fromkeys(row.problems)]
        self._connection.executemany("INSERT INTO problems VALUES (?, ?, ?, ?)", problems)

    def _insert(self, rows: list[Row]) -> list[Row]:
        """Store the rows of new files; return those of known ones."""
        ((last,),) = self._connection.execute("SELECT ifnull(max(id), 0) FROM files").fetchall()
        new = dict(enumerate(rows, last + 1))
        before = self._connection.total_changes
        sql = "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        self._connection.executemany(sql, [self._to_values(number, row) for number, row in new.items()])
        if self._connection.total_changes - before == len(rows):
            self._store_parts(new)
            return []
        stored = {number for (number,) in self._connection.execute("SELECT id FROM files WHERE id > ?", (last,))}
        self._store_parts({number: row for number, row in new.items() if number in stored})
        return [row for number, row in new.items() if number not in stored]

    def _to_values(self, number: int, row: Row) -> tuple[object, ...]:
        basename = digest_of_link_name(row.path) if row.data else 0
        stamp, revision = row.stamp.to_text(), self._revision
        return number, row.path, stamp, row.published, row.reason, basename, revision, row.digest, row.data

    def _store_parts(self, rows: dict[int, Row]) -> None:
        """Store what other tables have of new files, given by their ids."""
        for file, row in rows.items():
            names = self._names.add(row.terms, row.published)
            self._terms += [(name, -row.published, row.path, file) for name in names]
            if row.data and not self._is_new:
                self._note_change(row.path, row.published, row.link)
            if row.body:
                keep_body(self._connection, row.body)
        self.has_changed = self.has_changed or any(row.data for row in rows.values())
        if len(self._terms) > MAX_WAITING:
            self._store_terms()
        texts = [(file, row.text) for file, row in rows.items() if row.text]
        self._connection.executemany("INSERT INTO texts VALUES (?, ?)", texts)
        mentions = [(name, row.path) for row in rows.values() for name in row.mentions]
        self._connection.executemany("INSERT INTO mentions VALUES (?, ?)", mentions)

    def _store_terms(self) -> None:
        """Store the terms of many posts in the order of their table: neighbors are on the same page of the file."""
        self._terms.sort()
        self._connection.executemany("INSERT INTO terms VALUES (?, -?, ?, ?)", self._terms)
        self._terms.clear()

    def _update(self, row: Row) -> bool:
        """Store the row of a known file; return False, with what was known removed, if its post is another one."""
        found = self._connection.execute("SELECT id, data FROM files WHERE path = ?", (row.path,)).fetchone()
        if found and row.broken:
            self._forget_problems(row.path)
            sql = "UPDATE files SET stamp = ?, digest = ? WHERE id = ?"
            self._connection.execute(sql, (row.stamp.to_text(), row.digest, found[0]))
        elif found and found[1] == row.data:
            self._forget_problems(row.path)
            sql = "UPDATE files SET stamp = ?, reason = ?, digest = ? WHERE id = ?"
            self._connection.execute(sql, (row.stamp.to_text(), row.reason, row.digest, found[0]))
        else:
            self.remove(row.path)
            return False
        return True

    def remove(self, path: str) -> None:
        """Remove a file that is gone, with its post, body and problems."""
        self.flush()
        self._forget_problems(path)
        found = self._connection.execute("SELECT id, published, data FROM files WHERE path = ?", (path,)).fetchall()
        for file, published, data in found:
            self._newest.note(published * 1000)  # which dated the feeds since the post was due
            post = to_post(data) if data else None
            names = self._names.remove(to_terms(post), published) if post else ()
            if post:
                self._note_change(path, published, link_of(post))
            self.changes |= {(FILE, found) for found in self._references.forget(path)}
            sql = "DELETE FROM terms WHERE name = ? AND published = ? AND path = ?"
            self._connection.executemany(sql, [(name, published, path) for name in names])
            self._connection.execute("DELETE FROM bodies WHERE path = ?", (path,))
            self._connection.execute("DELETE FROM texts WHERE file = ?", (file,))
            self._connection.execute("DELETE FROM files WHERE id = ?", (file,))
            self.has_changed = self.has_changed or bool(data)

    def _note_change(self, path: str, published: int, link: str) -> None:
        """Note that a post has come or gone."""
        self._references.touch_post(path, link)
        self.changes.add((POST, to_stem(path)))
        self.places.add((published, path))

    def _forget_problems(self, path: str) -> None:
        self._connection.execute("DELETE FROM problems WHERE path = ?", (path,))
