"""Requests for a feed → SQL that finds its posts in the order of the feed. Pure.

The posts of every name lie in the order of feeds, so those of one name, or of all, are found without sorting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.index.records import to_number
from feedsvc.models import FeedRequest

_REVERSED = {"ASC": "DESC", "DESC": "ASC"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ids of the known names of a filter: a post must have one of them, or with `exclude` none."""

    names: tuple[int, ...]
    exclude: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """The posts that a request selects among those published until a time; `scope` and `filters` are ids of names."""

    request: FeedRequest
    scope: int
    filters: Sequence[Chosen]
    now: datetime

    def sql(self, tie_order: str, start: int, count: int, total: int | None = None) -> tuple[str, list[object]]:
        """Return the query of `count` posts from the `start`-th on, and its values; a negative count means all.

        Where the `total` number of posts is known, those nearer to the end are looked for from there.
        """
        is_reversed = total is not None and start > total // 2
        if total is not None and is_reversed:
            count = min(count, total - start) if count >= 0 else total - start
            start = total - start - count
        order = "published ASC, path " + _REVERSED[tie_order] if is_reversed else "published DESC, path " + tie_order
        conditions, values = self._conditions()
        found = (
            f"SELECT published, path, file FROM terms WHERE {' AND '.join(conditions)}"  # noqa: S608 - marks and ids
            f" ORDER BY {order} LIMIT ? OFFSET ?"
        )
        # The files of the page's posts alone are read.
        page = (
            f"SELECT data FROM ({found}) AS page CROSS JOIN files ON files.id = page.file"  # noqa: S608
            f" ORDER BY page.published DESC, page.path {tie_order}"
        )
        return page, [*values, count, start]

    def _conditions(self) -> tuple[list[str], list[object]]:
        conditions = ["name = ? AND published BETWEEN ? AND ?", *self._filters()]
        if self.request.words:
            found = " AND ".join(["instr(text, ?)"] * len(self.request.words))
            conditions.append(f"file IN (SELECT file FROM texts WHERE {found})")  # noqa: S608 - marks alone
        return conditions, [self.scope, *self._bounds(), *self.request.words]

    def _bounds(self) -> tuple[int, int]:
        request, last = self.request, to_number(self.now)
        if request.until:
            last = min(last, to_number(request.until + timedelta(days=1)) - 1)
        return to_number(request.since) if request.since else -(2**62), last

    def _filters(self) -> Iterator[str]:
        for chosen in self.filters:
            names = ", ".join(map(str, chosen.names))
            among = "NOT IN" if chosen.exclude else "IN"
            yield f"file {among} (SELECT file FROM terms WHERE name IN ({names}))"  # noqa: S608 - ids
