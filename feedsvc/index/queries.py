"""Queries of the index: posts, scopes, files, bodies, and their version.

`Index` has all of them. The index is derived from the folder and disposable.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from feedsvc.entries import State
from feedsvc.errors import NotReady
from feedsvc.index.body_store import BodyStore
from feedsvc.index.changes import ChangeQueries, note_due
from feedsvc.index.database import NOT_READ, Database, attempt
from feedsvc.index.dating import EARLY, Newest, is_settled, or_due
from feedsvc.index.records import UPDATED, to_hints, to_number, to_post, to_problems, to_time
from feedsvc.index.references import ReferenceQueries
from feedsvc.index.schema import EVERYTHING
from feedsvc.index.scopes import ScopeQueries
from feedsvc.index.selection import Chosen, PostSelection
from feedsvc.index.undated import IS_UNDATED, UndatedFileQueries
from feedsvc.models import NEVER, FeedRequest, Filter, HiddenPost, Level, Post, Problem, ScopeKind

BATCH = 1_000  # rows read at a time where all are needed
MAX_PROBLEMS = 10_000  # listed at a time; further ones are listed once these are fixed


class VersionQueries(Database):
    """The version of the index, and when it was scanned."""

    def version(self) -> int:
        """Return the number that increases whenever a post changes.

        Raise NotReady until a scan has filled the index.
        """
        for version, fingerprint in self.query("SELECT version, fingerprint FROM meta"):
            if fingerprint == self.layout.fingerprint:
                return int(version)
        raise NotReady(NOT_READ)

    def is_current(self) -> bool:
        """True if a scan has filled the index under the present settings."""
        newest = Newest(time.time_ns())
        newest.note(self.layout.configured)
        with suppress(NotReady):
            version, ((shown, modified),) = self.version(), self.query("SELECT shown, modified FROM meta")
            return version > 0 and shown == self.shown and modified >= newest.date
        return False

    def state(self, now: datetime) -> State:
        """Return the version, the date of the newest visible change, and until when both are valid.

        Until the date is settled, it is given as a second earlier, and never as one in the future: a client that got
        the date itself would not notice another change of the same second.
        """
        version = self.version()
        moment = to_number(now)
        ((dated, changed, newest, following),) = self.query(
            "SELECT modified, changed, (SELECT max(published) FROM terms WHERE name = ?1 AND published <= ?2),"
            " (SELECT min(published) FROM terms WHERE name = ?1 AND published > ?2) FROM meta",
            EVERYTHING,
            moment,
        )
        modified = to_time(1_000_000 * or_due(dated, newest))
        due = NEVER if following is None else to_time(following)
        if is_settled(int(modified.timestamp()), changed, moment * 1000):
            return State(version, modified, due, due)
        sent = min(modified - timedelta(seconds=1), now.replace(microsecond=0))
        until = modified if now < modified else to_time((changed + EARLY) // 1000)
        return State(version, sent, due, min(due, until), is_settled=False)

    def last_scan(self) -> tuple[datetime, float]:
        """Return when the last scan ended, and how many seconds it took."""
        ((scanned, seconds),) = self.query("SELECT scanned, seconds FROM meta")
        return to_time(scanned), seconds

    def note_folder(self, modified: int) -> None:
        """Date the last change by the time of a folder, in nanoseconds; do nothing if the index cannot be written."""
        newest = Newest(time.time_ns())
        newest.note(modified)
        sql = "UPDATE meta SET modified = ?1, version = max(version + 1, ?2) WHERE modified < ?1"
        attempt(self, lambda connection: connection.execute(sql, (newest.date, time.time_ns() // 1000)))

    def note_scan(self, seconds: float) -> None:
        """Store that a scan has ended now; if the index cannot be written, the scan before stays stored."""

        def note(connection: sqlite3.Connection) -> None:
            note_due(connection, self.layout)
            connection.execute("UPDATE meta SET scanned = ?, seconds = ?", (time.time_ns() // 1000, seconds))

        attempt(self, note)


class PostQueries(Database):
    """Posts, of a feed or by their path."""

    def select(
        self, request: FeedRequest, now: datetime, start: int = 0, count: int = -1, *, total: int | None = None
    ) -> list[Post]:
        """Return `count` posts of a feed from the `start`-th on, or all; newest first, then by path.

        `total` is the number of the posts, where it is known. Raise TooCostly if finding them takes too long.
        """
        with self.snapshot():
            selection = self._resolve(request, now)
            if selection is None:
                return []
            sql, values = selection.sql(self.layout.tie_order, start, count, total)
            rows = self.search(sql, *values)
        return [to_post(data) for (data,) in rows]

    def _resolve(self, request: FeedRequest, now: datetime) -> PostSelection | None:
        """Return a request with ids instead of names; None if no post can be selected, for want of a name."""
        filters = [self._chosen(chosen) for chosen in request.filters]
        included = [chosen for chosen in filters if not chosen.exclude]
        if request.scope.name or not included:  # else the posts of a filter are those of the scope
            included.append(self._chosen(Filter(request.scope.kind, (request.scope.name,))))
        if not all(chosen.names for chosen in included):
            return None
        everything = self._chosen(Filter(ScopeKind.ALL, ("",))).size
        return PostSelection(request, everything, included, [one for one in filters if one.exclude and one.names], now)

    def _chosen(self, chosen: Filter) -> Chosen:
        """Return the ids of the names that posts have, looked up one by one: for a list, SQLite reads all names."""
        sql = "SELECT id, count FROM names WHERE kind = ? AND name = ?"
        rows = [row for name in chosen.names for row in self.query(sql, chosen.kind.value, name)]
        return Chosen(tuple(name for name, _ in rows), sum(count for _, count in rows), chosen.exclude)

    def post(self, stem: str, now: datetime) -> Post | None:
        """Return the post whose path without its suffix is `stem`; None if there is none or it is not due."""
        rows = self.query(
            "SELECT data FROM files WHERE path > ?1 || '.' AND path < ?1 || '/' AND published <= ?2 AND data <> ''"
            " ORDER BY path",
            stem,
            to_number(now),
        )
        posts = (to_post(data) for (data,) in rows)
        return next((post for post in posts if post.path.rpartition(".")[0] == stem), None)

    def neighbors(self, post: Post, now: datetime) -> tuple[Post | None, Post | None]:
        """Return the next newer and the next older one among all posts that are due, None where there is none."""
        before, after = ("<", ">") if self.layout.tie_order == "ASC" else (">", "<")
        return self._next(post, now, ">", before), self._next(post, now, "<", after)

    def _next(self, post: Post, now: datetime, date: str, path: str) -> Post | None:
        """Return the nearest post whose date, or at the same date its path, compares so to that of a post."""
        order = {">": "ASC", "<": "DESC"}
        rows = self.query(
            f"SELECT data FROM terms CROSS JOIN files ON files.id = terms.file WHERE name = {EVERYTHING}"  # noqa: S608
            f" AND terms.published {date}= ?1 AND (terms.published {date} ?1 OR terms.path {path} ?2)"
            f" AND terms.published <= ?3 ORDER BY terms.published {order[date]}, terms.path {order[path]} LIMIT 1",
            to_number(post.published),
            post.path,
            to_number(now),
        )
        return to_post(rows[0][0]) if rows else None

    def posts(self) -> Iterator[Post]:
        """Yield every post, due or not, by path; read in batches, so that memory stays flat."""
        last = ""
        while rows := self.query(
            "SELECT path, data FROM files WHERE path > ? AND data <> '' ORDER BY path LIMIT ?", last, BATCH
        ):
            yield from (to_post(data) for _, data in rows)
            last = rows[-1][0]

    def dated_paths(self, now: datetime, start: int, count: int) -> list[tuple[str, datetime]]:
        """Return path and change of `count` posts of the feed of everything, from the `start`-th on, oldest first."""
        order = "ASC" if self.layout.tie_order == "DESC" else "DESC"  # the index, read backwards
        sql = (
            "SELECT page.path, json_extract(data, ?) FROM (SELECT published, path, file FROM terms WHERE name = ?"  # noqa: S608
            f" AND published <= ? ORDER BY published ASC, path {order} LIMIT ? OFFSET ?) AS page"
            f" CROSS JOIN files ON files.id = page.file ORDER BY page.published ASC, page.path {order}"
        )
        rows = self.query(sql, UPDATED, EVERYTHING, to_number(now), count, start)
        return [(path, to_time(updated)) for path, updated in rows]

    def count(self) -> int:
        """Return the number of posts, due or not."""
        ((number,),) = self.query("SELECT count(*) FROM terms WHERE name = ?", EVERYTHING)
        return int(number)

    def count_awaited(self, now: datetime) -> int:
        """Return the number of posts that appear later than `now`."""
        ((number,),) = self.query(
            "SELECT count(*) FROM terms WHERE name = ? AND published > ?", EVERYTHING, to_number(now)
        )
        return int(number)


class FileQueries(UndatedFileQueries, VersionQueries):
    """Files as they were read: stamps, hidden posts, problems."""

    def stamps(self, paths: Iterable[str] | None = None) -> dict[str, str]:
        """Return the stamps of files by path, as `Stamp.to_text` writes them: of all, or of the known ones of `paths`.

        Raise NotReady until a scan has filled the index.
        """
        self.version()
        if paths is None:
            return dict(self.query("SELECT path, stamp FROM files"))
        by_path = "SELECT path, stamp FROM files WHERE path IN (SELECT value FROM json_each(?))"
        return dict(self.query(by_path, json.dumps([*paths])))

    def paths_after(self, path: str, count: int) -> list[str]:
        """Return up to `count` paths of files that follow a path, in order."""
        sql = "SELECT path FROM files WHERE path > ? ORDER BY path LIMIT ?"
        return [found for (found,) in self.query(sql, path, count)]

    def contents(self) -> Iterator[tuple[str, str]]:
        """Yield path and digest of every file, by path; read in batches. Raise NotReady until a scan has ended."""
        self.version()
        last = ""
        while rows := self.query("SELECT path, digest FROM files WHERE path > ? ORDER BY path LIMIT ?", last, BATCH):
            yield from rows
            last = rows[-1][0]

    def digests(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the digests of the content of files by path, of those that were read without an error."""
        sql = "SELECT path, digest FROM files WHERE digest <> '' AND path IN (SELECT value FROM json_each(?))"
        return dict(self.query(sql, json.dumps([*paths])))

    def hidden(self) -> Iterator[HiddenPost]:
        """Yield the files whose posts are left out, by path, with the reasons; read in batches."""
        last = ""
        while rows := self.query(
            "SELECT path, reason FROM files WHERE reason <> '' AND path > ? ORDER BY path LIMIT ?", last, BATCH
        ):
            yield from (HiddenPost(*row) for row in rows)
            last = rows[-1][0]

    def count_hidden(self) -> int:
        """Return the number of files whose posts are left out."""
        ((number,),) = self.query("SELECT count(*) FROM files WHERE reason <> ''")
        return int(number)

    def problems(self) -> list[Problem]:
        """Return the problems by path and line, with those of the bodies that have been cleaned so far."""
        rows = self.query(
            f"SELECT path, line, level, message FROM problems WHERE NOT {IS_UNDATED} UNION"  # noqa: S608 - a constant
            " SELECT path, 0, 'error', 'sanitized only: ' || fallback FROM bodies WHERE fallback <> ''"
            " ORDER BY 1, 2, 4 LIMIT ?",
            MAX_PROBLEMS,
        )
        found = [Problem(path, line, Level(level), message) for path, line, level, message in rows]
        return found + self.undated_problems() + self._hints_of_bodies()

    def count_problems(self) -> int:
        """Return the number of all problems, also of those beyond MAX_PROBLEMS."""
        ((listed, sanitized, hints),) = self.query(
            f"SELECT (SELECT count(*) FROM problems WHERE NOT {IS_UNDATED}), ("  # noqa: S608 - a constant
            "SELECT count(*) FROM bodies WHERE fallback <> '' AND NOT EXISTS ("
            "SELECT 1 FROM problems WHERE problems.path = bodies.path AND message = 'sanitized only: ' || fallback)),"
            " (SELECT total(1 + length(hints) - length(replace(hints, char(10), ''))) FROM bodies WHERE hints <> '')"
        )
        return int(listed + sanitized + hints) + len(self.undated_problems())

    def _hints_of_bodies(self) -> list[Problem]:
        rows = self.query("SELECT path, hints FROM bodies WHERE hints <> '' ORDER BY path LIMIT ?", MAX_PROBLEMS)
        return [hint for path, hints in rows for hint in to_problems(path, to_hints(hints))]


class Index(PostQueries, ScopeQueries, FileQueries, BodyStore, ReferenceQueries, ChangeQueries):
    """All queries of an index file; the arguments are those of `Database`."""


def count_left_out(index: Index, now: datetime) -> list[tuple[int, str]]:
    """Return the numbers of posts that readers do not see at `now`, if there are any, each with the reason."""
    counted = (index.count_hidden(), "hidden"), (index.count_awaited(now), "not due yet")
    return [(count, why) for count, why in counted if count]
