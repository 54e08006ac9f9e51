"""Queries for changes, of which caches in front and hubs are notified, and how far they have been."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from feedsvc.entries import DeliveryState
from feedsvc.index.change_table import Change, changes_around, note_changes
from feedsvc.index.database import Database, attempt
from feedsvc.index.name_table import NameTable
from feedsvc.index.records import to_number, to_time
from feedsvc.index.schema import EVERYTHING, Layout
from feedsvc.index.writer import cutoff_of


def note_due(connection: sqlite3.Connection, layout: Layout) -> None:
    """Count the posts that have become due, and note them as changes."""
    names = NameTable(connection, cutoff_of(layout))
    note_changes(connection, names.flush() | changes_around(connection, names.due))


class ChangeQueries(Database):
    """Changes, and how far targets have been notified of them."""

    def changes_after(self, number: int) -> list[tuple[int, Change]]:
        """Return the changes with a higher number, each after its number, in order. Raise NotReady without an index."""
        sql = "SELECT number, kind, name FROM changes WHERE number > ? ORDER BY number, kind, name"
        return [(found, (kind, name)) for found, kind, name in self.query(sql, number)]

    def note_due(self, now: datetime) -> None:
        """Note the posts that have become due as changes; what cannot be written is noted next time.

        Raise NotReady without an index.
        """
        sql = "SELECT 1 FROM meta, terms WHERE name = ? AND published > counted AND published <= ? LIMIT 1"
        if self.query(sql, EVERYTHING, to_number(now)):
            attempt(self, lambda connection: note_due(connection, self.layout))

    def delivery_states(self, targets: Iterable[str]) -> list[DeliveryState]:
        """Return how far these targets have been notified of changes, in the order of their names."""
        rows = {target: values for target, *values in self.query("SELECT * FROM told")}
        found = []
        for target in sorted(targets):
            number, at, failures, error = rows.get(target, (0, 0, 0, ""))
            ((waiting,),) = self.query("SELECT count(*) FROM changes WHERE number > ?", number)
            found.append(DeliveryState(target, number, to_time(at), failures, error, waiting))
        return found

    def keep_delivery_state(self, state: DeliveryState) -> None:
        """Store how far a target has been notified; if that fails, it is notified again after a restart."""
        values = state.target, state.number, to_number(state.at), state.failures, state.error
        sql = "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)"
        attempt(self, lambda connection: connection.execute(sql, values))
