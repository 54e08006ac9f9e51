"""Clean bodies in the index: read, and kept."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress

from feedsvc.index.database import Database
from feedsvc.index.records import to_body_row, to_hints
from feedsvc.index.reference_table import keep_body
from feedsvc.lookup import Reference
from feedsvc.models import Cleaned, Post


class BodyStore(Database):
    """Clean bodies, kept under the content they were made from and the cleaner that made them."""

    def bodies(self, posts: Iterable[Post], cleaner: str) -> dict[str, Cleaned]:
        """Return the clean bodies that are kept for the content of these posts and this cleaner, by path."""
        found = {}
        for post in posts:
            row = self.query(
                "SELECT html, summary, image, fallback, hints, duration FROM bodies WHERE path = ? AND key = ?",
                post.path,
                post.digest + cleaner,
            )
            if row:
                references = self.query("SELECT kind, name, found, size FROM refs WHERE path = ?", post.path)
                html, summary, image, fallback, hints, duration = row[0]
                looked_up = tuple(Reference(*one) for one in references)
                found[post.path] = Cleaned(html, summary, image, fallback, to_hints(hints), looked_up, duration)
        return found

    def keep_bodies(self, bodies: Mapping[Post, Cleaned], cleaner: str, version: int = 0) -> None:
        """Keep clean bodies; if the index is being written to or cannot be, they are made again later.

        Those that have looked up posts or files are kept only if the index still has the `version` they looked at.
        """
        rows = [to_body_row(post, body, cleaner) for post, body in bodies.items()]
        with suppress(sqlite3.DatabaseError):
            connection = self.connection()
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                is_same = connection.execute("SELECT 1 FROM meta WHERE version = ?", (version,)).fetchone()
                for row in rows:
                    if is_same or not row.references:
                        keep_body(connection, row)
