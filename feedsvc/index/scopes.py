"""Queries of the index for scopes: their names as posts spell them, and how many posts they gather.

The counts are kept by the writer; posts that have become due since it last wrote are added.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from feedsvc.index.database import Database
from feedsvc.index.records import to_number, to_time
from feedsvc.index.schema import EVERYTHING
from feedsvc.models import Scope, ScopeKind, ScopeSummary
from feedsvc.names import fold, is_listed, slug

_HAS_POST = "EXISTS (SELECT 1 FROM terms WHERE terms.name = names.id AND published <= ?)"
_NEWEST = "(SELECT max(published) FROM terms WHERE terms.name = names.id AND published <= ?)"


class ScopeQueries(Database):
    """Scopes, and which of them have posts."""

    def scopes(self, now: datetime) -> list[ScopeSummary]:
        """Return every scope that has a post, with count and newest: everything first, then by kind and name.

        Those of a kind that is not listed are left out.
        """
        found = self._summaries(now, "WHERE {count} > 0")
        order = list(ScopeKind)
        numbers = Counter(summary.scope.kind for summary in found)
        listed = (summary for summary in found if is_listed(summary.scope.kind, numbers[summary.scope.kind]))
        return sorted(listed, key=lambda summary: (order.index(summary.scope.kind), summary.scope.name))

    def scopes_of_kind(
        self, kind: ScopeKind, now: datetime, start: int, count: int, *, by_count: bool = False
    ) -> list[ScopeSummary]:
        """Return `count` scopes of a kind that have posts, from the `start`-th on, by name or the largest first."""
        rest = "WHERE kind = ? AND +{count} > 0 ORDER BY name LIMIT ? OFFSET ?"  # "+": by the index of names
        if by_count:
            rest = "WHERE kind = ? AND {count} > 0 ORDER BY {count} DESC, name LIMIT ? OFFSET ?"
        return self._summaries(now, rest, kind.value, count, start)

    def largest_scopes(self, kind: ScopeKind, now: datetime, count: int) -> list[ScopeSummary]:
        """Return the `count` scopes of a kind with the most posts, by name; of equal ones those that are first."""
        rest = "WHERE kind = ? AND {count} > 0 ORDER BY {count} DESC, name LIMIT ?"
        return sorted(self._summaries(now, rest, kind.value, count), key=lambda summary: summary.scope.name)

    def count_scopes(self, now: datetime, kind: ScopeKind | None = None) -> int:
        """Return the number of scopes that have posts, of a kind or of all; 0 for a kind that is not listed."""
        kinds = list(ScopeKind) if kind is None else [kind]
        with self.snapshot():
            sql = f"SELECT count(*) FROM names WHERE kind = ? AND {self._count(now)} > 0"  # noqa: S608 - our own SQL
            numbers = ((each, self.query(sql, each.value)[0][0]) for each in kinds)
            return sum(number for each, number in numbers if is_listed(each, number))

    def has_scopes(self, kind: ScopeKind, now: datetime, number: int) -> bool:
        """True if at least `number` scopes of a kind have posts; further ones are not counted."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM names WHERE kind = ? AND {_HAS_POST} LIMIT ?)"  # noqa: S608
        return bool(self.query(sql, kind.value, to_number(now), number)[0][0] == number)

    def count_posts(self, scope: Scope, now: datetime) -> int:
        """Return the number of posts in a scope."""
        found = self.summary(scope, now)
        return found.count if found else 0

    def summary(self, scope: Scope, now: datetime) -> ScopeSummary | None:
        """Return a scope with count and newest; None if no post is in it."""
        found = self._summaries(now, "WHERE kind = ? AND name = ? AND {count} > 0", scope.kind.value, scope.name)
        return found[0] if found else None

    def has(self, scope: Scope, now: datetime) -> bool:
        """True if any post is in a scope."""
        sql = f"SELECT 1 FROM names WHERE kind = ? AND name = ? AND {_HAS_POST}"  # noqa: S608 - our own SQL
        return bool(self.query(sql, scope.kind.value, scope.name, to_number(now)))

    def spelling(self, kind: ScopeKind, name: str, now: datetime) -> str | None:
        """Return a name as posts spell it: the same, else one that differs in case, else the only one with its slug.

        The slug is that of the name itself, or of the name in Latin letters, as Pelican, Nikola and Zola have it.
        Of names that differ in case, the first one is returned. None if no post has such a name.
        """
        if self.has(Scope(kind, name), now):
            return name
        by_slug = slug(name)  # "" for an emoji, and every other name without a letter
        for folded in dict.fromkeys((fold(name), by_slug)):
            if folded and (found := self._named(kind, "folded", folded, now)):
                return found[0]
        for column in ("slug", "latin") if by_slug else ():
            if found := self._named(kind, column, by_slug, now):
                return found[0] if len(found) == 1 else None
        return None

    def _named(self, kind: ScopeKind, column: str, value: str, now: datetime) -> Sequence[str]:
        """Return the first two names of a kind that have posts and this folded form or slug."""
        rows = self.query(
            f"SELECT name FROM names WHERE kind = ? AND {column} = ? AND {_HAS_POST} ORDER BY name LIMIT 2",  # noqa: S608
            kind.value,
            value,
            to_number(now),
        )
        return [name for (name,) in rows]

    def _summaries(self, now: datetime, rest: str, *values: object) -> list[ScopeSummary]:
        """Return the scopes that `rest` of a query chooses, where `{count}` stands for the number of posts."""
        with self.snapshot():
            count = self._count(now)
            sql = f"SELECT kind, name, {count}, {_NEWEST} FROM names {rest.format(count=count)}"  # noqa: S608
            rows = self.query(sql, to_number(now), *values)
        return [
            ScopeSummary(Scope(ScopeKind(kind), name), number, to_time(newest)) for kind, name, number, newest in rows
        ]

    def _count(self, now: datetime) -> str:
        """Return the number of a scope's posts in SQL: the one that is kept, but for posts that became due since.

        If the clock was set back, posts that are not due any more are taken from it.
        """
        ((counted,),) = self.query("SELECT counted FROM meta")
        low, high = sorted((int(counted), to_number(now)))
        between = f"published > {low} AND published <= {high}"
        if not self.query(f"SELECT 1 FROM terms WHERE name = ? AND {between} LIMIT 1", EVERYTHING):  # noqa: S608
            return "count"
        sign = "+" if low == counted else "-"
        return f"(count {sign} (SELECT count(*) FROM terms WHERE terms.name = names.id AND {between}))"  # noqa: S608
