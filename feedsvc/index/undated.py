"""Queries for files without a date: posts whose date is missing if enough posts are in their folder, else pages."""

from collections.abc import Iterable, Iterator

from feedsvc.errors import NO_DATE, NOTE
from feedsvc.index.database import Database
from feedsvc.models import Level, Problem
from feedsvc.text import format_count

MAX_FOLDERS = 1_000  # of pages that are listed
MAX_UNDATED = 3  # for each post beside them; where more are undated, they were never meant as posts

IS_UNDATED = f"(level = 'hint' AND message IN ('{NO_DATE}', '{NOTE}'))"
_IS_NOTE = f"message = '{NOTE}'"
_FOLDER = "rtrim(path, replace(path, '/', ''))"
_PLACE = f"CASE WHEN {_IS_NOTE} THEN '' ELSE {_FOLDER} END"  # notes are counted together


class UndatedFileQueries(Database):
    """Files without a date, and without anything else that only posts have."""

    def undated_problems(self) -> list[Problem]:
        """Return a hint for each folder of pages, and an error for each such file in a folder of posts."""
        rows = self.query(
            f"SELECT {_PLACE} AS folder, count(*), min(path), {_IS_NOTE} FROM problems WHERE {IS_UNDATED}"  # noqa: S608
            " GROUP BY folder ORDER BY folder LIMIT ?",
            MAX_FOLDERS,
        )
        return [problem for row in rows for problem in self._problems_of(*row)]

    def count_pages(self) -> int:
        """Return the number of files that are taken for pages."""
        folders = self.query(
            f"SELECT {_PLACE} AS folder, count(*), {_IS_NOTE} FROM problems WHERE {IS_UNDATED} GROUP BY folder"  # noqa: S608
        )
        return sum(count for folder, count, is_note in folders if is_note or not self._is_of_posts(folder, count))

    def pages_among(self, ends: Iterable[str]) -> frozenset[str]:
        """Return which of these ends of paths, without suffix, are those of files without a date."""
        wanted = frozenset(ends)
        stems = (path.rpartition(".")[0] for (path,) in self.query(f"SELECT path FROM problems WHERE {IS_UNDATED}"))  # noqa: S608
        return frozenset(end for stem in stems for end in _ends_of(stem) if end in wanted)

    def _problems_of(self, folder: str, count: int, first: str, is_note: bool) -> Iterator[Problem]:  # noqa: FBT001 - a row
        if not is_note and self._is_of_posts(folder, count):
            within = f"SELECT path FROM problems WHERE {IS_UNDATED} AND {_FOLDER} = ? ORDER BY path"  # noqa: S608
            yield from (Problem(path, 0, Level.ERROR, NO_DATE) for (path,) in self.query(within, folder))
        else:
            what = f"{format_count(count, 'file')} without {'date' if is_note else 'date, tags and draft'}"
            message = f"{what}, such as {first[len(folder) :]!r}: pages, not posts"
            yield Problem(folder.rstrip("/") or ".", 0, Level.HINT, message)

    def _is_of_posts(self, folder: str, undated: int) -> bool:
        """True if a folder directly holds a post, also a hidden one, for every MAX_UNDATED files without a date."""
        rows = self.query(
            "SELECT 1 FROM files WHERE path > ?1 AND path < ?1 || char(1114111) AND (data <> '' OR reason <> '')"
            " AND instr(substr(path, length(?1) + 1), '/') = 0 LIMIT ?2",
            folder,
            undated // MAX_UNDATED + 1,
        )
        return len(rows) * MAX_UNDATED >= undated


def _ends_of(stem: str) -> Iterator[str]:
    """Yield the ends of a path: the name of the file, the name with its folder, and so on."""
    parts = stem.split("/")
    return ("/".join(parts[at:]) for at in range(len(parts)))
