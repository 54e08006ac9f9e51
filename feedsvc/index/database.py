"""The index file: connections, who may write it, damage. The queries are in `queries`.

One process writes at a time, in one transaction a scan; any number of readers each see one whole version. A damaged
file is moved aside, and a file that feedsvc did not make is never written to.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from feedsvc.errors import NotReady, StorageError, TooCostly
from feedsvc.index.schema import Layout
from feedsvc.index.writer import Writer

log = logging.getLogger(__name__)

WRITER_SECONDS, READER_SECONDS = 30.0, 0.05  # waited for another writer; readers hardly ever wait for one
NOT_READ = "index: the posts have not been read yet"
MAX_STEPS, STEPS_AT_A_TIME = 15_000_000, 10_000  # instructions of SQLite's virtual machine, for the posts of a page
MAX_JOURNAL = 64_000_000  # bytes of the write-ahead log that stay on the disk once they are in the index itself
_DAMAGES = {sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS, sqlite3.SQLITE_IOERR_DATA}
_MARK = "held by the process that reads the posts into the index beside it\n"


class Database:
    """An index file; safe to share between threads, each of which has a connection of its own.

    `fingerprint` names the settings that decide how posts are read: if it differs from the stored one, the file is
    emptied. `shown` names those that decide how posts are shown: if it differs, every post counts as modified, for
    clients that send only a date. The order of posts and which are counted are those of `Layout`.
    """

    def __init__(  # noqa: PLR0913 - three of them by name
        self,
        path: Path,
        fingerprint: str,
        shown: str = "",
        *,
        latest_path_first: bool = False,
        future: bool = False,
        configured: int = 0,
    ) -> None:
        self.path = path
        self.fingerprint = fingerprint
        self.shown = shown
        self.layout = Layout(fingerprint, shown, latest_path_first, future, configured)
        self._local = threading.local()

    def __reduce__(self) -> tuple[object, ...]:
        """Return how another process opens the same index itself."""
        layout = self.layout
        named = {name: getattr(layout, name) for name in ("latest_path_first", "future", "configured")}
        make = partial(type(self), **named)
        return make, (self.path, self.fingerprint, self.shown)

    @property
    def lock(self) -> Path:
        """Return the lock file of the scanning process; its content shows that a damaged index was made by feedsvc."""
        return self.path.with_suffix(".lock")

    @property
    def compared(self) -> Path:
        """Return the file that the scanning process locks once it has compared the folder with the index."""
        return self.path.with_suffix(".compared")

    def query(self, sql: str, *values: object) -> list[Any]:
        """Return all rows. Raise NotReady if there are none yet, or if the file is damaged, which moves it aside."""
        with self._reading():
            return self.connection().execute(sql, values).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise TooCostly("posts: this selection takes too long: use fewer words or filters") from error
            is_new = _lacks_table(error) and not self._is_dropped(error)  # the first scan makes it, and had not ended
            is_damaged = is_damage(error) and not is_new and _is_marked(self.lock)
            if is_damaged and self._local.identity in {None, self.identity()}:
                _move_aside(self.path, error)
            raise NotReady(NOT_READ if is_new else f"index: {error}") from error

    def _is_dropped(self, error: sqlite3.Error) -> bool:
        """Return True if the table that an error names is missing, and other tables are there."""
        tables: set[str] = set()
        with suppress(sqlite3.Error):
            tables = {name for (name,) in self.connection().execute("SELECT name FROM sqlite_master")}
        return bool(tables) and str(error).rpartition(": ")[2].rpartition(".")[2] not in tables

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all queries of this thread read one version of the index until the outermost context ends."""
        with self._reading():
            connection = self.connection()
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")  # which reads nothing yet
        try:
            yield
        finally:
            connection.rollback()

    def search(self, sql: str, *values: object) -> list[Any]:
        """Return all rows, as `query` does. Raise TooCostly if SQLite needs more than MAX_STEPS for them."""
        with self._reading():
            connection = self.connection()
        steps = iter(range(MAX_STEPS // STEPS_AT_A_TIME))
        connection.set_progress_handler(lambda: next(steps, None) is None, STEPS_AT_A_TIME)
        try:
            return self.query(sql, *values)
        finally:
            connection.set_progress_handler(None, 0)

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection, a new one if the file was replaced or the process has forked."""
        identity = self.identity()
        if getattr(self._local, "identity", None) != identity:
            self._local.identity = None
            self._local.connection = connect(self.path)
            self._local.identity = identity
        connection: sqlite3.Connection = self._local.connection
        return connection

    def identity(self) -> tuple[int, int]:
        """Return what a connection belongs to: the process and the file. Raise NotReady if there is no file."""
        try:
            return os.getpid(), self.path.stat().st_ino
        except OSError as error:
            raise NotReady(NOT_READ) from error

    @contextmanager
    def update(self) -> Iterator[Writer]:
        """Open a transaction; other processes read the version before it until it ends.

        A file made by another version of feedsvc or under other settings is emptied first. Raise NotReady if the file
        was damaged and has been moved aside, so that another scan fills a new one; StorageError if it cannot be
        written.
        """
        try:
            with closing(_open_for_writing(self.path, self.lock)) as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                writer = Writer(connection, self.layout)
                yield writer
                writer.finish()
        except sqlite3.Error as error:
            if is_damage(error):
                _move_aside(self.path, error)
                raise NotReady(f"index: {error}") from error
            raise _unwritable(self.path, error) from error

    def refuse_unwritable(self) -> None:
        """Raise StorageError if a scan could not write; another process may be writing now."""
        try:
            with closing(_open_for_writing(self.path, self.lock)) as connection:
                connection.execute("PRAGMA busy_timeout = 0")
                connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if is_damage(error) or error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                return  # a scan replaces a damaged file, and waits for another writer
            raise _unwritable(self.path, error) from error


def attempt(database: Database, change: Callable[[sqlite3.Connection], object]) -> None:
    """Change the index in a transaction; nothing if it cannot be written."""
    with suppress(sqlite3.DatabaseError, NotReady):
        database.identity()  # connecting would fail without a file
        with closing(connect(database.path)) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            change(connection)


def _open_for_writing(path: Path, lock: Path) -> sqlite3.Connection:
    """Return a connection that may write. Raise StorageError for a file that feedsvc did not make, or no folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"index: {str(path.parent)!r}: no such folder: {error.strerror}") from error
    if not _is_ours(path, lock):
        raise StorageError(f"index: {str(path)!r}: not made by feedsvc: name another file")
    if not _is_marked(lock):  # writing it again would empty it first, and a full disk would leave it so
        with suppress(OSError):
            lock.write_text(_MARK, encoding="utf-8")
    return connect(path, create=True)


def _unwritable(path: Path, error: sqlite3.Error) -> StorageError:
    return StorageError(f"index: {str(path)!r}: cannot be written: {error}")


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Return a new connection; with `create`, one that makes the file and waits for other writers."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=WRITER_SECONDS if create else READER_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        if create:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA cache_size = -65536")  # KiB: a first scan fits, and need not be written twice
            connection.execute("PRAGMA wal_autocheckpoint = 0")  # readers need not wait: `note_scan` will do it
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {MAX_JOURNAL}")  # the first scan leaves a larger one
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def is_damage(error: sqlite3.Error) -> bool:
    """True if the file or one of the two beside it is not sound; SQLite's other errors have classes of their own.

    A file that ends too early and a table that was dropped are damage; errors of the disk are not, as they may go away.
    """
    return type(error) is sqlite3.DatabaseError or error.sqlite_errorcode in _DAMAGES or _lacks_table(error)


def _lacks_table(error: sqlite3.Error) -> bool:
    return str(error).startswith("no such table")


def _move_aside(path: Path, error: sqlite3.Error) -> None:
    """Rename a damaged file, in place of any damaged before, with the two files that SQLite keeps beside it."""
    aside = path.with_suffix(".damaged")
    log.warning("index: %s: %s: moved to %s, reading the posts again", path, error, aside.name)
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):
            Path(f"{aside}{ending}").unlink(missing_ok=True)
            Path(f"{path}{ending}").rename(f"{aside}{ending}")


def _is_ours(path: Path, lock: Path) -> bool:
    """True if a file may be written to and replaced: it is new, an index, or a damaged index."""
    if not path.exists() or not path.stat().st_size or _is_marked(lock):  # the mark is made before the index
        return True
    with suppress(sqlite3.Error), closing(connect(path)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            connection.execute("SELECT version, fingerprint FROM meta")
        return True
    return False


def _is_marked(lock: Path) -> bool:
    with suppress(OSError):
        return bool(lock.stat().st_size)
    return False
