"""The names of scopes with the numbers of their posts, kept in the transaction that changes the posts.

Only posts published until a cutoff are counted; queries add those that have become due since.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable

from feedsvc.index.change_table import MENU, Change
from feedsvc.index.records import to_post, to_terms
from feedsvc.index.schema import EVERYTHING
from feedsvc.models import ScopeKind
from feedsvc.names import MAX_LANGUAGES, MIN_LISTED, fold, latin_slug, slug


class NameTable:
    """Names as ids, and changes of their counts, which `flush` stores."""

    def __init__(self, connection: sqlite3.Connection, cutoff: int) -> None:
        """Count the posts that became due since the counts were stored; with an earlier cutoff, take some out again.

        `cutoff` is in microseconds since 1970.
        """
        self._connection = connection
        self._cutoff = cutoff
        self._ids: dict[tuple[str, str], int] = {}
        self._changes: Counter[int] = Counter()
        self._menu = self._find_menu()
        ((counted,),) = connection.execute("SELECT counted FROM meta")
        low, high = sorted((counted, cutoff))
        self.due: set[tuple[int, str]] = set()  # time and path of posts that have become due, or are no longer
        due = connection.execute(
            "SELECT data, terms.published, terms.path FROM terms JOIN files ON files.id = terms.file"
            " WHERE name = ? AND terms.published > ? AND terms.published <= ?",
            (EVERYTHING, low, high),
        )
        for data, *place in due:
            self.due.add(tuple(place))
            self._change(to_terms(to_post(data)), 1 if counted < cutoff else -1)

    def _find_menu(self) -> list[tuple[str, ...]]:
        """Return, for each kind that is listed, its name, and those of the languages: pages show no other names."""
        sql = "SELECT name FROM names WHERE kind = ? AND count > 0 ORDER BY count DESC, name LIMIT ?"
        menu = []
        for kind, least in MIN_LISTED.items():
            is_language = kind is ScopeKind.LANGUAGE
            names = sorted(self._connection.execute(sql, (kind.value, MAX_LANGUAGES if is_language else least)))
            if len(names) >= least:
                menu.append((kind.value, *(name for (name,) in names if is_language)))
        return menu

    def add(self, terms: Iterable[tuple[str, str]], published: int) -> list[int]:
        """Count a post in all its scopes, given as kind and name; return the ids of their names."""
        return self._change(terms, int(published <= self._cutoff))

    def remove(self, terms: Iterable[tuple[str, str]], published: int) -> list[int]:
        """Take a post out of the counts of its scopes; return the ids of their names."""
        return self._change(terms, -int(published <= self._cutoff))

    def _change(self, terms: Iterable[tuple[str, str]], number: int) -> list[int]:
        known, changes = self._ids, self._changes  # a first scan comes by here for every post
        names = [known.get(term) or self._id(term) for term in terms]
        for name in names:
            changes[name] += number
        return names

    def _id(self, term: tuple[str, str]) -> int:
        if term not in self._ids:
            found = self._connection.execute("SELECT id FROM names WHERE kind = ? AND name = ?", term).fetchone()
            self._ids[term] = found[0] if found else self._insert(*term)
        return self._ids[term]

    def _insert(self, kind: str, name: str) -> int:
        sql = "INSERT INTO names VALUES (NULL, ?, ?, ?, ?, ?, 0) RETURNING id"
        ((number,),) = self._connection.execute(sql, (kind, name, fold(name), slug(name), latin_slug(name))).fetchall()
        return int(number)

    def flush(self) -> set[Change]:
        """Store the counts, and remove the names that no post has any more.

        Return the changes: of every scope in which a post was counted, or counted no longer, and of the menu.
        """
        changes = [(number, name) for name, number in self._changes.items() if number]
        self._connection.executemany("UPDATE names SET count = count + ? WHERE id = ?", changes)
        self._connection.executemany(
            "DELETE FROM names WHERE id = ?1 AND id <> ?2 AND count = 0"
            " AND NOT EXISTS (SELECT 1 FROM terms WHERE terms.name = ?1)",
            [(name, EVERYTHING) for name in self._changes],
        )
        self._connection.execute("UPDATE meta SET counted = ?", (self._cutoff,))
        self._changes.clear()
        return {*self._ids, *([MENU] if self._find_menu() != self._menu else [])}
