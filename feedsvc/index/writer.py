"""The one transaction in which a scan fills the tables of the index."""

import sqlite3
import time
from contextlib import suppress

from feedsvc.files import Stamp
from feedsvc.index.change_table import FILE, SITE, Change, changes_around, changes_of_posts, note_changes
from feedsvc.index.dating import COMMIT, FolderTimes, Newest, is_settled, next_date, or_due
from feedsvc.index.file_table import FileTable
from feedsvc.index.name_table import NameTable
from feedsvc.index.records import Row, link_name_of, to_number
from feedsvc.index.reference_table import ReferenceTable
from feedsvc.index.schema import EVERYTHING, Layout
from feedsvc.models import NEVER


class Writer:
    """The transaction of one scan."""

    def __init__(self, connection: sqlite3.Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self.newest, self.folders = Newest(time.time_ns()), FolderTimes(time.time_ns())
        self.is_early = False  # once finished: folders may date the change later
        self.newest.note(layout.configured)
        self._is_new = self._changed = self._is_emptied(layout)
        self._changes: set[Change] = set()  # of files beside posts
        connection.execute("UPDATE meta SET shown = ?1 WHERE shown <> ?1", (layout.shown,))
        self._changed = self._changed or connection.execute("SELECT changes()").fetchone() != (0,)
        self._is_other = self._changed  # in everything
        self._last = self._find_last_date()
        self._names = NameTable(connection, cutoff_of(layout))
        revision = time.time_ns() // 1000
        self._references = ReferenceTable(connection, revision, is_new=self._is_new)
        self._files = FileTable(
            connection, self._names, self._references, self.newest, revision=revision, is_new=self._is_new
        )

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

    def _find_last_date(self) -> int:
        """Return the newest date that clients may have, in seconds since 1970: a post becomes due without a scan."""
        sql = "SELECT modified, (SELECT max(published) FROM terms WHERE name = ? AND published <= ?) FROM meta"
        ((dated, due),) = self._connection.execute(sql, (EVERYTHING, time.time_ns() // 1000))
        return or_due(dated, due)

    def put(self, row: Row) -> None:
        """Store the row of a file in place of the one before; a broken file keeps its last good post."""
        self.newest.note(0 if row.broken else max(row.stamp.modified, row.passed * 1000))
        self._files.put(row)

    def remove(self, path: str) -> None:
        """Remove a file that is gone, with its post, body and problems."""
        self._files.remove(path)

    def put_attachment(self, path: str, root: int, stamp: Stamp) -> None:
        """Store the stamp of a file beside posts, in the folder with this number."""
        self.newest.note(stamp.modified)
        values = path, root, link_name_of(path), stamp.to_text()
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

    def finish(self) -> None:
        """Store the counts; increase the version if anything changed: it never decreases, not even in a new file."""
        self._files.flush()
        if self._is_new:
            for statement in self._layout.indexes():
                self._connection.execute(statement)
        changes = self._changes | self._files.changes | self._names.flush()
        referring = self._references.flush()
        self._changed = self._changed or self._files.has_changed or bool(referring)
        if self._is_other:
            note_changes(self._connection, [SITE])
        else:
            changes |= changes_of_posts(self._connection, referring)
            changes |= changes_around(self._connection, self._files.places | self._names.due)
            note_changes(self._connection, changes)
        now = time.time_ns()
        ((changed,),) = self._connection.execute("SELECT changed FROM meta")
        is_sent = is_settled(self._last, changed, now + COMMIT)
        modified, self.is_early = next_date(
            self._last, self.newest, self.folders, has_changed=self._changed, is_sent=is_sent
        )
        if self._changed or modified > self._last:
            sql = "UPDATE meta SET version = max(version + 1, ?), modified = ?, changed = ?"
            self._connection.execute(sql, (now // 1000, modified, 0 if self._is_new else now))


def cutoff_of(layout: Layout) -> int:
    """Return until when posts are counted, in microseconds since 1970: until now, or all of them."""
    return to_number(NEVER) if layout.future else time.time_ns() // 1000
