"""The one transaction in which a scan fills the tables of the index."""

import sqlite3
import time
from contextlib import suppress

from feedsvc.files import Stamp
from feedsvc.index.change_table import FILE, POST, SITE, Change, changes_around, changes_of_posts, note_changes, to_stem
from feedsvc.index.dating import FolderTimes, Newest, next_date
from feedsvc.index.name_table import NameTable
from feedsvc.index.records import Row, basename_of, link_of, name_of, to_number, to_post, to_terms
from feedsvc.index.reference_table import ReferenceTable, keep_body
from feedsvc.index.schema import Layout
from feedsvc.models import NEVER

MAX_ROWS = 1_000  # that wait for others, to be stored with one call
MAX_WAITING = 50_000  # terms that wait for others, to be stored in order: some 8 MB


class Writer:
    """The transaction of one scan."""

    def __init__(self, connection: sqlite3.Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self.newest, self.folders = Newest(time.time_ns()), FolderTimes(time.time_ns())
        self.is_early = False  # once finished: folders may date the change later
        self.newest.note(layout.configured)
        self._is_new = self._changed = self._is_emptied(layout)
        self._changes: set[Change] = set()  # but those of scopes, which the names have
        self._places: set[tuple[int, str]] = set()  # time and path of posts that came, changed or went
        self._rows: list[Row] = []  # not stored yet
        self._stamps: list[tuple[str, str]] = []  # not stored yet, each before the path of its file
        self._terms: list[tuple[int, int, str, int]] = []  # not stored yet, as they sort: later first
        connection.execute("UPDATE meta SET shown = ?1 WHERE shown <> ?1", (layout.shown,))
        self._changed = self._changed or connection.execute("SELECT changes()").fetchone() != (0,)
        self._is_other = self._changed  # in everything
        self._names = NameTable(connection, cutoff_of(layout))
        self._revision = time.time_ns() // 1000
        self._references = ReferenceTable(connection, self._revision, is_new=self._is_new)

    def _is_emptied(self, layout: Layout) -> bool:
        """Return True, with the tables made anew, if the file is new or was made under other settings."""
        modified = 0
        with suppress(sqlite3.OperationalError):  # no such table, or no such column
            ((fingerprint, modified),) = self._connection.execute("SELECT fingerprint, modified FROM meta")
            if fingerprint == layout.fingerprint:
                return False
        for statement in layout.statements():
            self._connection.execute(statement)
        self._connection.execute("UPDATE meta SET fingerprint = ?, modified = ?", (layout.fingerprint, modified))
        return True

    def put(self, row: Row) -> None:
        """Store the row of a file in place of the one before; a broken file keeps its last good post."""
        self.newest.note(0 if row.broken else max(row.stamp.modified, row.passed * 1000))
        if row.is_same:
            self._stamps.append((row.stamp.to_text(), row.path))
        else:
            self._rows.append(row)
        if len(self._rows) + len(self._stamps) >= MAX_ROWS:
            self._store_rows()

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
        basename = basename_of(row.path) if row.data else 0
        stamp, revision = row.stamp.to_text(), self._revision
        return number, row.path, stamp, row.published, row.reason, basename, revision, row.digest, row.data

    def _store_parts(self, rows: dict[int, Row]) -> None:
        """Store what other tables have of new files, given by their ids."""
        for file, row in rows.items():
            names = self._names.add(row.terms, row.published)
            self._terms += [(name, -row.published, row.path, file) for name in names]
            if row.data:
                self._references.touch_post(row.path, row.link)
                self._changed = True
                if not self._is_new:
                    self._changes.add((POST, to_stem(row.path)))
                    self._places.add((row.published, row.path))
            if row.body:
                keep_body(self._connection, row.body)
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
        self._store_rows()
        self._store_terms()
        self._forget_problems(path)
        found = self._connection.execute("SELECT id, published, data FROM files WHERE path = ?", (path,)).fetchall()
        for file, published, data in found:
            self.newest.note(published * 1000)  # which dated the feeds since the post was due
            post = to_post(data) if data else None
            names = self._names.remove(to_terms(post), published) if post else ()
            if post:
                self._references.touch_post(path, link_of(post))
                self._changes.add((POST, to_stem(path)))
                self._places.add((published, path))
            self._changes |= {(FILE, found) for found in self._references.forget(path)}
            sql = "DELETE FROM terms WHERE name = ? AND published = ? AND path = ?"
            self._connection.executemany(sql, [(name, published, path) for name in names])
            self._connection.execute("DELETE FROM bodies WHERE path = ?", (path,))
            self._connection.execute("DELETE FROM texts WHERE file = ?", (file,))
            self._connection.execute("DELETE FROM files WHERE id = ?", (file,))
            self._changed = self._changed or bool(data)

    def put_attachment(self, path: str, root: int, stamp: Stamp) -> None:
        """Store the stamp of a file beside posts, in the folder with this number."""
        self.newest.note(stamp.modified)
        values = path, root, name_of(path), stamp.to_text()
        self._connection.execute("INSERT OR REPLACE INTO attachments VALUES (?, ?, ?, ?)", values)
        self._changes.add((FILE, path))
        self._references.touch_file(path)

    def remove_attachment(self, path: str) -> None:
        """Remove a file beside posts that is gone."""
        self._connection.execute("DELETE FROM attachments WHERE path = ?", (path,))
        self._changes.add((FILE, path))
        self._references.touch_file(path)

    def put_source(self, path: str, stamp: Stamp) -> None:
        """Store the stamp of an include or a data file of the site."""
        found = self._connection.execute("SELECT 1 FROM sources WHERE path = ?", (path,)).fetchone()
        self._connection.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (path, stamp.to_text()))
        self.newest.note(stamp.modified)
        self._references.touch_source(path, moves=found is None)
        self._changed = True  # so that no body is kept that was made of what was there before

    def remove_source(self, path: str) -> None:
        """Remove an include or a data file that is gone."""
        self._connection.execute("DELETE FROM sources WHERE path = ?", (path,))
        self._references.touch_source(path)
        self._changed = True

    def _forget_problems(self, path: str) -> None:
        self._connection.execute("DELETE FROM problems WHERE path = ?", (path,))

    def finish(self) -> None:
        """Store the counts; increase the version if anything changed: it never decreases, not even in a new file."""
        self._store_rows()
        self._store_terms()
        if self._is_new:
            for statement in self._layout.indexes():
                self._connection.execute(statement)
        changes = self._changes | self._names.flush()
        referring = self._references.flush()
        self._changed = self._changed or bool(referring)
        if self._is_other:
            note_changes(self._connection, [SITE])
        else:
            changes |= changes_of_posts(self._connection, referring)
            changes |= changes_around(self._connection, self._places | self._names.due)
            note_changes(self._connection, changes)
        now = time.time_ns()
        ((last,),) = self._connection.execute("SELECT modified FROM meta")
        modified, self.is_early = next_date(last, self.newest, self.folders, now, has_changed=self._changed)
        if self._changed or modified > last:
            sql = "UPDATE meta SET version = max(version + 1, ?), modified = ?"
            self._connection.execute(sql, (now // 1000, modified))


def cutoff_of(layout: Layout) -> int:
    """Return until when posts are counted, in microseconds since 1970: until now, or all of them."""
    return to_number(NEVER) if layout.future else time.time_ns() // 1000
