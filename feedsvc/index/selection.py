"""Requests for a feed → SQL that finds its posts in the order of the feed. Pure.

The posts of a name lie in the order of feeds. Those of several names are merged in that order, so that the first page
costs a few rows; further names are tested post by post, or, if that would take longer, gathered as a set first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.index.records import to_number
from feedsvc.models import FeedRequest

_REVERSED = {"ASC": "DESC", "DESC": "ASC"}
_SEEK = 5  # times as long as reading on takes finding a text
_UNLUCKY = 4  # times as many posts may have to be looked at as if names were spread evenly


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ids of names, one of which a post must have, or with `exclude` none; `size` is the sum of their posts."""

    names: tuple[int, ...]
    size: int
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """The posts that a request selects among those published until `now`, by ids of names.

    Posts have names of each of `included`, of which there is at least one, and none of `excluded`; `everything` is the
    number of posts in the index.
    """

    request: FeedRequest
    everything: int
    included: Sequence[Chosen]
    excluded: Sequence[Chosen]
    now: datetime

    def sql(self, tie_order: str, start: int, count: int, total: int | None = None) -> tuple[str, list[object]]:
        """Return the query of `count` posts from the `start`-th on, and its values; a negative count means all.

        Where the `total` number of posts is known, those nearer to the end are looked for from there.
        """
        is_reversed = total is not None and start > total // 2
        if total is not None and is_reversed:
            count = min(count, total - start) if count >= 0 else total - start
            start = total - start - count
        order = f"published ASC, path {_REVERSED[tie_order]}" if is_reversed else f"published DESC, path {tie_order}"
        posts, values = self._posts(start + count if count >= 0 else -1)
        # The files of the page's posts alone are read.
        page = (
            f"SELECT data FROM ({posts} ORDER BY {order} LIMIT ? OFFSET ?) AS page"  # noqa: S608 - marks and ids
            f" CROSS JOIN files ON files.id = page.file ORDER BY page.published DESC, page.path {tie_order}"
        )
        return page, [*values, count, start]

    def _posts(self, wanted: int) -> tuple[str, list[object]]:
        """Return the query of all posts, of which the first `wanted` will be read, or if that is negative, all."""
        first, *others = sorted(self.included, key=lambda chosen: chosen.size)
        wanted = wanted if wanted >= 0 else first.size
        tests = [_test(chosen, first.size, wanted) for chosen in (*others, *self.excluded)]
        values: list[object] = [*self._bounds()]
        if self.request.words:
            test, words = _test_words(self.request.words, are_few=_SEEK * first.size < self.everything)
            tests, values = [*tests, test], [*values, *words]
        if len(first.names) == 1:
            return " AND ".join([_select(first.names[0]), *tests]), values
        *most, last = map(_select, first.names)
        merged = f"{' UNION ALL '.join(most)} UNION {last}"  # one UNION, the last, leaves no post twice
        if tests:
            merged = f"SELECT * FROM ({merged}) AS terms WHERE {' AND '.join(tests)}"  # noqa: S608 - marks and ids
        return merged, values

    def _bounds(self) -> tuple[int, int]:
        request, last = self.request, to_number(self.now)
        if request.until:
            last = min(last, to_number(request.until + timedelta(days=1)) - 1)
        return to_number(request.since) if request.since else -(2**62), last


def _test_words(words: Sequence[str], *, are_few: bool) -> tuple[str, list[object]]:
    """Return a condition in SQL on posts whose text has all words, and its values.

    The texts are read in the order in which they lie, unless the posts that are tested `are_few`.
    """
    tests = [_find(word, number) for number, word in enumerate(words, 3)]
    found = " AND ".join(test for test, _ in tests)
    values = [value for _, value in tests]
    if are_few:
        return f"EXISTS (SELECT 1 FROM texts WHERE texts.file = terms.file AND {found})", values  # noqa: S608 - marks
    return f"file IN (SELECT file FROM texts WHERE {found})", values  # noqa: S608 - marks alone


def _find(word: str, number: int) -> tuple[str, object]:
    """Return the fastest test that SQLite has for a word: twice as fast as `instr` of text, or a fifth faster."""
    if word[0].isascii() and "\0" not in word:
        return f"text GLOB ?{number}", f"*{re.sub('[*?[]', _escape, word)}*"
    return f"instr(CAST(text AS BLOB), ?{number})", word.encode()


def _escape(found: re.Match[str]) -> str:
    return f"[{found[0]}]"


def _select(name: int) -> str:
    return f"SELECT published, path, file FROM terms WHERE name = {name} AND published BETWEEN ?1 AND ?2"  # noqa: S608


def _test(chosen: Chosen, size: int, wanted: int) -> str:
    """Return a condition in SQL on one of `size` posts, the first `wanted` of which that fulfill it will be read."""
    names = ", ".join(map(str, chosen.names))
    remaining = max(1, size - chosen.size if chosen.exclude else min(size, chosen.size))
    looked_at = min(size, _UNLUCKY * wanted * size // remaining)
    negation = "NOT " if chosen.exclude else ""
    if looked_at * len(chosen.names) < chosen.size:
        return (
            f"{negation}EXISTS (SELECT 1 FROM terms AS other WHERE other.name IN ({names})"  # noqa: S608 - ids
            " AND other.published = terms.published AND other.path = terms.path)"
        )
    return f"file {negation}IN (SELECT file FROM terms WHERE name IN ({names}))"  # noqa: S608 - ids
