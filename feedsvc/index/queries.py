"""SQLite: what the posts folder held at the last scan, the clean bodies and the problems; derived and disposable.

One writer at a time, in one transaction a scan; any number of readers, each of which sees a whole version or the next.
"""

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feedsvc.errors import NotReady, StorageError
from feedsvc.index.records import to_body_row, to_number, to_post, to_time
from feedsvc.index.writer import KEEP_BODY, SCHEMA, Writer
from feedsvc.models import (
    NEVER,
    Cleaned,
    FeedRequest,
    Filter,
    HiddenPost,
    Level,
    Post,
    Problem,
    Scope,
    ScopeKind,
    ScopeSummary,
    State,
)

log = logging.getLogger(__name__)

WRITER_WAITS, READER_WAITS = 30.0, 0.05  # seconds for another writer; readers never wait for one to read
SOME = 1_000  # posts read at a time, where all are wanted
_MARK = "held by the process that reads the posts into the index beside it\n"
NOT_READ = "index: the posts have not been read yet"
MAX_PROBLEMS = 10_000  # listed at a time; more come up when these are mended


class Index:
    """An index file; safe to share between threads.

    `fingerprint` names what shapes the reading of posts: another one empties the file. `shown` names what shapes their
    showing: with another one everything counts as modified, for whoever asks by date alone. Posts of one moment are
    ordered by path.
    """

    def __init__(self, path: Path, fingerprint: str, shown: str = "", *, latest_path_first: bool = False) -> None:
        self.path = path
        self._ties = "DESC" if latest_path_first else "ASC"
        self.fingerprint = fingerprint
        self._fingerprint = f"{fingerprint} {SCHEMA}"  # a file with other tables is no use either
        self.shown = shown
        self._local = threading.local()

    @property
    def lock(self) -> Path:
        """Give the file that the one process holds which scans; what it says lets a damaged index be known for ours."""
        return self.path.with_suffix(".lock")

    @property
    def compared(self) -> Path:
        """Return the file that the process which scans holds once it has compared the folder with the index."""
        return self.path.with_suffix(".compared")

    # --- reading ---------------------------------------------------------------------------------

    def version(self) -> int:
        """Give the number that moves whenever a post does; a few microseconds.

        Raises NotReady until a scan has filled the index.
        """
        for version, fingerprint in self._query("SELECT version, fingerprint FROM meta"):
            if fingerprint == self._fingerprint:
                return int(version)
        raise NotReady(NOT_READ)

    def is_current(self) -> bool:
        """Tell whether a scan has filled the index for what is shown now."""
        try:
            return self.version() > 0 and self._query("SELECT shown FROM meta") == [(self.shown,)]
        except NotReady:
            return False

    def state(self, now: datetime) -> State:
        """Give the version, the newest change a reader can see, and until when that holds."""
        version = self.version()
        moment = to_number(now)
        ((changed,),) = self._query("SELECT changed FROM meta")
        ((newest, following),) = self._query(
            "SELECT max(published) FILTER (WHERE published <= ?1), min(published) FILTER (WHERE published > ?1)"
            " FROM terms WHERE kind = 'all' AND name = '' AND published > min(?1, ?2)",
            moment,
            changed,
        )
        modified = max(changed, newest or 0)
        due = NEVER if following is None else to_time(following)
        settled = to_time(modified) if modified > moment else NEVER
        return State(version, min(to_time(modified), now), due, min(due, settled))

    def sizes(self, request: FeedRequest, now: datetime) -> list[int]:
        """Give the sizes of the files of a feed's posts in bytes, newest first, those of one moment by size."""
        where, values = _where(request, now)
        # As one text, which takes half the time of so many rows: 50,000 numbers are asked for at every change.
        sizes = f"SELECT size FROM terms WHERE {where} ORDER BY published DESC, size"  # noqa: S608
        ((found,),) = self._query(f"SELECT json_group_array(size) FROM ({sizes})", *values)  # noqa: S608
        return list(json.loads(found))

    def select(self, request: FeedRequest, now: datetime, start: int = 0, count: int = -1) -> list[Post]:
        """Give `count` posts of a feed from the `start`-th on, or all; newest first, ties by path."""
        where, values = _where(request, now)
        rows = self._query(
            f"SELECT files.data FROM terms JOIN files ON files.id = terms.file WHERE {where}"  # noqa: S608
            f" ORDER BY terms.published DESC, files.path {self._ties} LIMIT ? OFFSET ?",
            *values,
            count,
            start,
        )
        return [to_post(data) for (data,) in rows]

    def post(self, stem: str, now: datetime) -> Post | None:
        """Give the post whose path without its suffix is `stem`, if it is due."""
        rows = self._query(
            "SELECT data FROM files WHERE path > ?1 || '.' AND path < ?1 || '/' AND published <= ?2 AND data <> ''"
            " ORDER BY path",
            stem,
            to_number(now),
        )
        posts = (to_post(data) for (data,) in rows)
        return next((post for post in posts if post.path.rpartition(".")[0] == stem), None)

    def posts(self) -> Iterator[Post]:
        """Give every post, due or not, by path; a few at a time, so that memory stays flat."""
        last = ""
        while rows := self._query(
            "SELECT path, data FROM files WHERE path > ? AND data <> '' ORDER BY path LIMIT ?", last, SOME
        ):
            yield from (to_post(data) for _, data in rows)
            last = rows[-1][0]

    def scopes(self, now: datetime) -> list[ScopeSummary]:
        """Give every scope that has a post, with count and newest: everything first, then by kind and name."""
        rows = self._query(
            "SELECT kind, name, count(*), max(published) FROM terms WHERE published <= ? GROUP BY kind, name",
            to_number(now),
        )
        found = [
            ScopeSummary(Scope(ScopeKind(kind), name), count, to_time(newest)) for kind, name, count, newest in rows
        ]
        order = list(ScopeKind)
        return sorted(found, key=lambda summary: (order.index(summary.scope.kind), summary.scope.name))

    def summary(self, scope: Scope, now: datetime) -> ScopeSummary | None:
        """Give a scope with count and newest, None where no post is in it."""
        rows = self._query(
            "SELECT count(*), max(published) FROM terms WHERE kind = ? AND name = ? AND published <= ?",
            scope.kind.value,
            scope.name,
            to_number(now),
        )
        count, newest = rows[0]
        return ScopeSummary(scope, count, to_time(newest)) if count else None

    def has(self, scope: Scope, now: datetime) -> bool:
        """Tell whether any post is in a scope."""
        sql = "SELECT 1 FROM terms WHERE kind = ? AND name = ? AND published <= ? LIMIT 1"
        return bool(self._query(sql, scope.kind.value, scope.name, to_number(now)))

    def stamps(self, paths: Iterable[str] | None = None) -> dict[str, str]:
        """Give what known files looked like when they were read, by path: all of them, or those of `paths`.

        Raises NotReady where nothing that was read can be used.
        """
        self.version()
        if paths is None:
            return dict(self._query("SELECT path, stamp FROM files"))
        rows = (self._query("SELECT path, stamp FROM files WHERE path = ?", path) for path in paths)
        return dict(row for found in rows for row in found)

    def count(self) -> int:
        """Give the number of posts, due or not."""
        ((number,),) = self._query("SELECT count(*) FROM terms WHERE kind = 'all'")
        return int(number)

    def hidden(self) -> Iterator[HiddenPost]:
        """Return the files whose posts are left out, by path, with the reasons; a few at a time."""
        last = ""
        while rows := self._query(
            "SELECT path, reason FROM files WHERE reason <> '' AND path > ? ORDER BY path LIMIT ?", last, SOME
        ):
            yield from (HiddenPost(*row) for row in rows)
            last = rows[-1][0]

    def count_hidden(self) -> int:
        """Return the number of files whose posts are left out."""
        ((number,),) = self._query("SELECT count(*) FROM files WHERE reason <> ''")
        return int(number)

    def problems(self) -> list[Problem]:
        """Give the problems, by path and line, with those of the bodies that have been cleaned so far."""
        rows = self._query(
            "SELECT path, line, level, message FROM problems UNION"
            " SELECT path, 0, 'error', 'sanitized only: ' || fallback FROM bodies WHERE fallback <> ''"
            " ORDER BY 1, 2, 4 LIMIT ?",
            MAX_PROBLEMS,
        )
        found = [Problem(path, line, Level(level), message) for path, line, level, message in rows]
        return found + self._hints_of_bodies()

    def _hints_of_bodies(self) -> list[Problem]:
        rows = self._query("SELECT path, hints FROM bodies WHERE hints <> '' ORDER BY path LIMIT ?", MAX_PROBLEMS)
        return [Problem(path, 0, Level.HINT, hint) for path, hints in rows for hint in hints.split("\n")]

    def bodies(self, posts: Iterable[Post], cleaner: str) -> dict[str, Cleaned]:
        """Give the clean bodies that are kept for these very posts and this cleaner, by path."""
        found = {}
        for post in posts:
            row = self._query(
                "SELECT html, summary, image, fallback, hints FROM bodies WHERE path = ? AND key = ?",
                post.path,
                post.digest + cleaner,
            )
            if row:
                found[post.path] = Cleaned(*row[0])
        return found

    def keep_bodies(self, bodies: Mapping[Post, Cleaned], cleaner: str) -> None:
        """Keep clean bodies; where the index is being written to or cannot be, they are made again another time."""
        rows = [to_body_row(post, body, cleaner) for post, body in bodies.items()]
        with suppress(sqlite3.DatabaseError):
            connection = self._connection()
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(KEEP_BODY, rows)

    def last_scan(self) -> tuple[datetime, float]:
        """Give when the last scan ended, and how many seconds it took."""
        ((scanned, seconds),) = self._query("SELECT scanned, seconds FROM meta")
        return to_time(scanned), seconds

    def note_scan(self, seconds: float) -> None:
        """Keep that a scan has ended now; where the index cannot be written to, the one before remains."""
        with suppress(sqlite3.DatabaseError, NotReady):
            self._identity()  # else there is no file
            with closing(_connect(self.path)) as connection:
                values = time.time_ns() // 1000, seconds
                connection.execute("UPDATE meta SET scanned = ?, seconds = ?", values)

    def _query(self, sql: str, *values: object) -> list[Any]:
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            if _is_damage(error) and self._is_marked() and self._local.identity in {None, self._identity()}:
                self._move_aside(error)
            is_new = str(error).startswith("no such table")  # the first scan makes them, and has not ended
            raise NotReady(NOT_READ if is_new else f"index: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        """Give this thread's connection, a new one where the file was replaced or the process has forked."""
        identity = self._identity()
        if getattr(self._local, "identity", None) != identity:
            self._local.identity = None
            self._local.connection = _connect(self.path)
            self._local.identity = identity
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _identity(self) -> tuple[int, int]:
        try:
            return os.getpid(), self.path.stat().st_ino
        except OSError as error:
            raise NotReady(NOT_READ) from error

    def _move_aside(self, error: sqlite3.Error) -> None:
        """Make room for a new index, in place of any damaged before; the two files beside it belong to the old one."""
        aside = self.path.with_suffix(".damaged")
        log.warning("index: %s: %s: moved to %s, reading the posts again", self.path, error, aside.name)
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{aside}{ending}").unlink(missing_ok=True)
                Path(f"{self.path}{ending}").rename(f"{aside}{ending}")

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def update(self) -> Iterator[Writer]:
        """Open a transaction; other processes go on reading the version before it until it ends.

        A file made by another version of feedsvc or under other settings is emptied first. Raises NotReady where the
        file was damaged and has been moved aside, so that another scan fills a new one; StorageError where it cannot
        be written.
        """
        try:
            with closing(self._open_for_writing()) as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                writer = Writer(connection, self._fingerprint, self.shown)
                yield writer
                writer.finish()
        except sqlite3.Error as error:
            if _is_damage(error):
                self._move_aside(error)
                raise NotReady(f"index: {error}") from error
            raise StorageError(f"index: {str(self.path)!r}: cannot be written: {error}") from error

    def _open_for_writing(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"index: {str(self.path.parent)!r}: no such folder: {error.strerror}") from error
        self.refuse_other_file()
        if not self._is_marked():  # writing it again would empty it first, and a full disk would leave it so
            with suppress(OSError):
                self.lock.write_text(_MARK, encoding="utf-8")
        return _connect(self.path, create=True)

    def refuse_unwritable(self) -> None:
        """Raise StorageError where a scan could not write; another process may be writing now."""
        try:
            with closing(self._open_for_writing()) as connection:
                connection.execute("PRAGMA busy_timeout = 0")
                connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if _is_damage(error) or error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                return  # a scan sees to the first, and waits for the second
            raise StorageError(f"index: {str(self.path)!r}: cannot be written: {error}") from error

    def refuse_other_file(self) -> None:
        """Raise StorageError where a file of somebody else's stands in the index's place."""
        if not self._is_ours():
            raise StorageError(f"index: {str(self.path)!r}: not made by feedsvc: name another file")

    def _is_ours(self) -> bool:
        """Tell whether a file may be written to, and replaced: it is new, or an index, or was one."""
        if not self.path.exists() or not self.path.stat().st_size or self._is_marked():  # marked before it is made
            return True
        with suppress(sqlite3.Error), closing(_connect(self.path)) as connection:
            if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                connection.execute("SELECT version, fingerprint FROM meta")
            return True
        return False

    def _is_marked(self) -> bool:
        with suppress(OSError):
            return bool(self.lock.stat().st_size)
        return False


def _is_damage(error: sqlite3.Error) -> bool:
    """Tell a file that is no sound database from everything else SQLite may say of it, which has classes of its own."""
    return type(error) is sqlite3.DatabaseError


def _connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=WRITER_WAITS if create else READER_WAITS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        if create:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA cache_size = -65536")  # KiB: a first scan fits, and need not be written twice
            connection.execute("PRAGMA wal_autocheckpoint = 0")  # readers need not wait: `note_scan` will do it
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


# --- requests and values as SQL has them ---------------------------------------------------------


def _where(request: FeedRequest, now: datetime) -> tuple[str, list[object]]:
    scope = request.scope
    conditions = ["terms.kind = ? AND terms.name = ? AND terms.published <= ?"]
    values: list[object] = [scope.kind.value, scope.name, to_number(now)]
    for chosen in request.filters:
        conditions.append(_condition(chosen))
        values += [chosen.kind.value, *chosen.names]
    if request.words:
        found = " AND ".join(["instr(text, ?)"] * len(request.words))
        conditions.append(f"terms.file IN (SELECT file FROM texts WHERE {found})")  # noqa: S608 - marks alone
        values += request.words
    if request.since:
        conditions.append("terms.published >= ?")
        values.append(to_number(request.since))
    if request.until:
        conditions.append("terms.published < ?")
        values.append(to_number(request.until + timedelta(days=1)))
    return " AND ".join(conditions), values


def _condition(chosen: Filter) -> str:
    marks = ", ".join("?" * len(chosen.names))
    exists = (
        f"EXISTS (SELECT 1 FROM terms AS other WHERE other.kind = ? AND other.name IN ({marks})"  # noqa: S608
        # By the primary key.
        " AND other.published = terms.published AND other.size = terms.size AND other.file = terms.file)"
    )
    return f"NOT {exists}" if chosen.exclude else exists
