"""Requests for a feed → SQL that finds its posts in the order of the feed. Pure.

The posts of a name lie in the order of feeds. Those of several names are merged in that order, by SQLite's UNION,
INTERSECT and EXCEPT, so that a page costs the posts before it, and nothing is sorted. Where it costs less, each post is
tested for further names, or the posts of these are gathered first.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.index.records import to_number
from feedsvc.models import FeedRequest

_REVERSED = {"ASC": "DESC", "DESC": "ASC"}
_SEEK = 5  # times as long as reading on takes finding a text
_UNLUCKY = 4  # times as many posts may have to be looked at as if names were spread evenly
# Measured, in microseconds: testing a post for a name; merging it with the posts of a name; passing one of these;
# putting one of these into a set; finding a post in that.
_TEST, _MERGE, _PASS, _GATHER, _FIND = 1.0, 0.16, 0.2, 1.6, 0.4


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ids of names, one of which a post must have, or with `exclude` none; `size` is the sum of their posts."""

    names: tuple[int, ...]
    size: int
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class PostSelection:
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
        posts, values = self._posts(start + count if count >= 0 else self.everything)
        # The files of the page's posts alone are read.
        page = (
            f"SELECT data FROM ({posts} ORDER BY {order} LIMIT ? OFFSET ?) AS page"  # noqa: S608 - marks and ids
            f" CROSS JOIN files ON files.id = page.file ORDER BY page.published DESC, page.path {tie_order}"
        )
        return page, [*values, count, start]

    def _posts(self, wanted: int) -> tuple[str, list[object]]:
        """Return the query of all posts, of which the first `wanted` will be read, and its values."""
        first, *others = sorted(self.included, key=lambda chosen: chosen.size)
        ways = [(_choose_way(chosen, first.size, wanted), chosen) for chosen in (*others, *self.excluded)]
        tests = [way(chosen) for way, chosen in ways if way is not _merge]
        merged = "".join(way(chosen) for way, chosen in ways if way is _merge)
        if not self.request.words:
            return _unite(first, tests) + merged, [*self._bounds()]
        are_few = _SEEK * first.size < self.everything
        test, words = _test_words(self.request.words, are_few=are_few)
        values = [*self._bounds(), *words]
        if are_few or len(first.names) == 1:
            return _unite(first, [*tests, test]) + merged, values
        # Else each of the united parts would search all texts.
        return f"SELECT * FROM ({_unite(first, tests)}{merged}) AS terms WHERE {test}", values  # noqa: S608 - marks

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


def _unite(chosen: Chosen, tests: Sequence[str]) -> str:
    """Return the query of the posts that have one of the names, and pass all tests."""
    *most, last = (" AND ".join([_select(name), *tests]) for name in chosen.names)
    return " UNION ".join([" UNION ALL ".join(most), last]) if most else last  # the last leaves no post twice


def _choose_way(chosen: Chosen, size: int, wanted: int) -> Callable[[Chosen], str]:
    """Return the fastest way to apply a filter to `size` posts, of which the first `wanted` that pass will be read."""
    remaining = max(1, size - chosen.size if chosen.exclude else min(size, chosen.size))
    looked_at = min(size, _UNLUCKY * wanted * size // remaining)
    names = len(chosen.names)
    costs = {
        _test: looked_at * names * _TEST,
        _gather: chosen.size * _GATHER + looked_at * _FIND,
        _merge: looked_at * names * _MERGE + chosen.size * looked_at / max(1, size) * _PASS,
    }
    if not chosen.exclude and names > 1:
        del costs[_merge]  # SQL has no such operator
    return min(costs, key=lambda way: costs[way])


def _merge(chosen: Chosen) -> str:
    operator = "EXCEPT" if chosen.exclude else "INTERSECT"
    return "".join(f" {operator} {_select(name)}" for name in chosen.names)


def _gather(chosen: Chosen) -> str:
    """Return the condition of `_test` in another form: all posts with the names are gathered first."""
    names = ", ".join(map(str, chosen.names))
    return f"file {'NOT ' if chosen.exclude else ''}IN (SELECT file FROM terms WHERE name IN ({names}))"  # noqa: S608


def _test(chosen: Chosen) -> str:
    """Return a condition in SQL on posts that have one of the names, or none."""
    names = ", ".join(map(str, chosen.names))
    return (
        f"{'NOT ' if chosen.exclude else ''}EXISTS (SELECT 1 FROM terms AS other WHERE other.name IN ({names})"  # noqa: S608
        " AND other.published = terms.published AND other.path = terms.path)"
    )
