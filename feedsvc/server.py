"""Run the application under granian: worker processes that answer, and beside them one that keeps the index fresh."""

import ctypes
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from feedsvc.errors import SettingError, StartError
from feedsvc.ingest.scanner import scan
from feedsvc.ingest.watcher import keep_fresh
from feedsvc.pool import die_with, kill_children
from feedsvc.progress import Progress
from feedsvc.settings import Listening, LogFormat, Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.supervisor import STOP_SIGNALS, Ready, Role, Supervisor, run_folder
from feedsvc.text import to_printable
from feedsvc.web.metrics import Line, access_log

if TYPE_CHECKING:
    from flask import Flask

T = TypeVar("T")

log = logging.getLogger(__name__)

THREADS = 2  # a worker's; more only take the interpreter lock from each other
DRAIN_SECONDS = 8  # for requests under way; whoever stops us may kill after ten
PATIENCE = 0.01  # seconds; a look at the index lets go of the interpreter lock: not with every request
M_ARENA_MAX = -8  # of malloc.h
STARTING_SECONDS = 0.5  # from a worker's application until granian's loop runs for certain
PARENT_SECONDS = 0.5  # between looks at whether the parent lives
_LOGGING = {"handlers": {}, "loggers": {"_granian": {"level": "WARNING"}, "granian.access": {}}}


class _TextFormatter(logging.Formatter):
    """Writes an event as a line, with the fault that it tells of below."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name it has in logging
        return to_printable(super().formatMessage(record))


class _JsonFormatter(logging.Formatter):
    """Writes a line as an object; that of an answer has a member for each of its fields."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {"time": self.formatTime(record), "level": record.levelname}
        if record.name == access_log.name and isinstance(record.args, tuple):
            told |= zip(Line._fields, record.args, strict=True)
        else:
            told["message"] = record.getMessage()
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)


_FORMATTERS = {
    LogFormat.TEXT: _TextFormatter("%(asctime)s %(levelname)s %(message)s"),
    LogFormat.JSON: _JsonFormatter(),
}


def configure_logging(log_format: LogFormat = LogFormat.TEXT) -> None:
    """Log to standard error, a line an event."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORMATTERS[log_format])
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def serve(settings: Settings, listening: Listening, progress: Progress) -> None:
    """Serve until told to stop; `progress` may show how the posts are read.

    Raise StartError if the posts folder cannot be read, the index cannot be written or no worker starts; SettingError
    for a setting that cannot be used.
    """
    configure_logging(settings.log_format)
    _share_one_heap()
    make_cleaner(settings)  # a bad rules file is one line here, and would be many in the workers
    _refuse_missing_folder(settings.posts)
    index = open_index(settings)
    index.refuse_unwritable()
    settings = replace(settings, index=index.path)  # one for all, whatever becomes of the disk
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    listening = replace(listening, host=_free_address(listening.host, listening.port))
    log.info("feedsvc: %s at http://%s:%d/", settings.posts, host, listening.port)
    with _folder_for_counts() as counts, Supervisor(DRAIN_SECONDS) as supervisor:
        supervisor.add(Role("keeper", partial(_run_keeper, settings, progress, os.getpid())))
        from feedsvc.web.app import create_app  # noqa: PLC0415 - imports Flask while the keeper begins to read

        def make() -> "Flask":
            parts = settings, open_index(settings), make_cleaner(settings), _now
            return create_app(*parts, patience=PATIENCE, counts=counts)

        _Workers(supervisor, listening).serve(target_loader=make, wrap_loader=False)


def _now() -> datetime:
    return datetime.now(UTC)


class _Workers(MPServer):
    """granian, but for who starts, replaces and ends its workers: it gives up when one dies twice within 5.5 seconds.

    Uses what granian 2.8 has no public name for: `_serve`, `_init_shared_socket`, `_spawn_worker`.
    """

    def __init__(self, supervisor: Supervisor, listening: Listening) -> None:
        super().__init__(
            "feedsvc",
            address=listening.host,
            port=listening.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,  # proxies speak it too; HTTP/2 in clear is for attackers
            workers=listening.workers,
            blocking_threads=THREADS,
            websockets=False,
            log_dictconfig=_LOGGING,
            log_level=LogLevels.warning,
        )
        self._supervisor = supervisor
        self._parent = os.getpid()
        self._loaded = 0.0  # when a worker's application was made, by the monotonic clock

    def _serve(self, spawn_target: Any, target_loader: Any) -> None:
        self._init_shared_socket()  # type: ignore[no-untyped-call]
        for number in range(self.workers):
            run = partial(self._work, number, spawn_target, target_loader)
            self._supervisor.add(Role(f"worker-{number + 1}", run, is_needed=True))
        self._supervisor.run()

    def _work(self, number: int, spawn_target: Any, make: "Callable[[], Flask]", ready: Ready) -> None:
        """Do a worker's work in this process."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # in all threads: one of them waits for it
        for watch in (self._stop_when_told, partial(_end_with, self._parent)):
            Thread(target=watch, daemon=True).start()
        worker = self._spawn_worker(idx=number, target=spawn_target, callback_loader=partial(self._load, make, ready))
        worker.inner.run()

    def _load(self, make: "Callable[[], Flask]", ready: Ready) -> "Flask":
        app = make()
        self._loaded = time.monotonic()
        ready()
        return app

    def _stop_when_told(self) -> None:
        """Stop the worker in this process when SIGTERM comes, once.

        granian's own handler, called twice, holds up the requests under way; called before its loop runs, it does
        nothing. A terminal sends SIGINT to all, and some platforms SIGTERM: the main process decides.
        """
        signal.sigwait({signal.SIGTERM})
        stop = signal.getsignal(signal.SIGTERM)
        if not self._loaded or not callable(stop):
            os._exit(0)  # nothing is served yet
        time.sleep(max(0.0, self._loaded + STARTING_SECONDS - time.monotonic()))
        stop(signal.SIGTERM, None)


@contextmanager
def _folder_for_counts() -> Iterator[Path | None]:
    """Make a folder that all workers count in, None where none can be made: each then speaks of itself."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(run_folder())
        except OSError as error:
            log.warning("metrics: each process counts for itself: %s", error)
            folder = None
        yield folder


def _share_one_heap() -> None:
    """Let all threads use one heap: glibc gives each its own, and what one has freed the others cannot use."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(DRAIN_SECONDS)  # granian waits for a client that has sent half a request
    os.kill(os.getpid(), signal.SIGKILL)


def _free_address(host: str, port: int) -> str:
    """Give the number of a host; try it first: workers that share a port would not notice that somebody else has it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except (OSError, UnicodeError) as error:  # UnicodeError: no host can be called that
        raise SettingError(f"{host}:{port}: cannot listen there: {getattr(error, 'strerror', error)}") from error
    return str(address[0])


def _refuse_missing_folder(posts: Path) -> None:
    """Raise StartError if the posts folder is missing or cannot be read; one that goes later may come back."""
    try:
        os.scandir(posts).close()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StartError(f"posts: {str(posts)!r}: no such folder: name it: feedsvc serve FOLDER") from error
    except OSError as error:
        raise StartError(f"posts: {str(posts)!r}: cannot be read: {error.strerror}") from error


# --- the process that keeps the index fresh ------------------------------------------------------


def _run_keeper(settings: Settings, progress: Progress, parent: int, _: Ready) -> None:
    """Keep the index fresh until told to stop, and leave no process behind."""
    die_with(parent)
    try:
        _keep(settings, progress, parent)
    finally:
        kill_children()


class _End:
    """Set by SIGTERM, and when the process that started this one has gone."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._is_told = False

    def is_set(self) -> bool:
        return self._is_told or os.getppid() != self._parent

    def on_signal(self, *_: object) -> None:
        if not self._is_told:  # a second signal must not break off what the first began
            self._is_told = True
            sys.exit(0)  # out of a long scan; the watch goes by the flag

    def watch(self, progress: Progress) -> Progress:
        """Return a `progress` that ends with the next row, should Python have dropped what the signal raised."""

        def watched(rows: Iterable[T], total: int | None, what: str, /) -> Iterator[T]:
            for row in progress(rows, total, what):
                yield row
                if self.is_set():
                    sys.exit(0)

        return watched


def _keep(settings: Settings, progress: Progress, parent: int) -> None:
    configure_logging(settings.log_format)
    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # it warns of every signal
    end = _End(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    signal.signal(signal.SIGTERM, end.on_signal)
    clean = make_cleaner(settings).prepare
    keep_fresh(settings, open_index(settings), end, partial(scan, progress=end.watch(progress)), clean=clean)
