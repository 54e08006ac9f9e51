"""Runs the application under granian: worker processes that answer, and beside them one that keeps the index fresh."""

import ctypes
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from multiprocessing.context import ForkProcess, SpawnProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from feedsvc.config import Listening
from feedsvc.errors import SettingError
from feedsvc.models import to_printable
from feedsvc.scan import Progress, scan
from feedsvc.settings import LogFormat, Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.traffic import Line, access_log
from feedsvc.watch import keep_fresh

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

THREADS = 2  # a worker's; more only take the interpreter lock from each other
DRAIN_SECONDS = 8  # for requests under way; whoever stops us may kill after ten
PATIENCE = 0.01  # seconds; a look at the index lets go of the interpreter lock: not with every request
M_ARENA_MAX = -8  # of malloc.h
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

    Raises SettingError where nothing can listen at that address.
    """
    configure_logging(settings.log_format)
    _share_one_heap()
    make_cleaner(settings)  # a bad rules file is one line here, and would be many in the workers
    index = open_index(settings)
    index.refuse_other_file()
    settings = replace(settings, index=index.path)  # one for all, whatever becomes of the disk
    address = _free_address(listening.host, listening.port)
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    log.info("feedsvc: %s at http://%s:%d/", settings.posts, host, listening.port)
    end_keeper = _start_keeper(partial(_keep, settings, progress))
    from feedsvc.app import create_app  # noqa: PLC0415 - Flask and all that: while the keeper begins to read

    server = Granian(
        "feedsvc",
        address=address,
        port=listening.port,
        interface=Interfaces.WSGI,
        workers=listening.workers,
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
        log_dictconfig=_LOGGING,
        log_level=LogLevels.warning,
    )
    server.on_shutdown(end_keeper)
    with _folder_for_counts() as counts:
        make = partial(create_app, settings, is_kept_fresh=True, patience=PATIENCE, counts=counts)
        server.serve(target_loader=partial(_load, make, os.getpid()), wrap_loader=False)


@contextmanager
def _folder_for_counts() -> Iterator[Path | None]:
    """Give a folder that all workers count in, None where none can be made: each then speaks of itself."""
    try:
        folder = TemporaryDirectory(prefix="feedsvc-", ignore_cleanup_errors=True)
    except OSError as error:
        log.warning("metrics: each process counts for itself: %s", error)
        yield None
        return
    with folder as name:
        yield Path(name)


def _load(make: "Callable[[], Flask]", parent: int) -> "Flask":
    """Make a worker's application, and see that the worker ends when its parent is killed: it would hold the port."""
    Thread(target=_end_with, args=(parent,), daemon=True).start()
    return make()


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


# --- the process that keeps the index fresh ------------------------------------------------------


def _start_keeper(keep: Callable[[int], None]) -> Callable[[], None]:
    """Run `keep` in a process of its own, again whenever it dies; give what ends it.

    The first is a fork, which is there at once: call this before there is any thread.
    """
    stop = Event()
    first = _start(ForkProcess, keep)
    keeper = Thread(target=_respawn, args=(first, keep, stop), daemon=True)
    keeper.start()

    def end() -> None:
        stop.set()
        keeper.join()

    return end


def _start(make: type[ForkProcess] | type[SpawnProcess], keep: Callable[[int], None]) -> BaseProcess:
    process = make(target=keep, args=(os.getpid(),), name="feedsvc-keeper")
    process.start()
    return process


def _respawn(process: BaseProcess, keep: Callable[[int], None], stop: Event) -> None:
    while not stop.wait(0.1):
        if not process.is_alive():
            log.error("the process that reads posts has died (%s), starting another", process.exitcode)
            stop.wait(1)
            process = _start(SpawnProcess, keep)  # a fork would copy this process' threads half
    process.terminate()
    process.join()


class _End:
    """Set by SIGTERM, and when the process that started this one has gone."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._is_told = False

    def is_set(self) -> bool:
        return self._is_told or os.getppid() != self._parent

    def on_signal(self, *_: object) -> None:
        self._is_told = True
        sys.exit(0)  # out of a long scan, in order, so that a pool's processes end too; the watch goes by the flag


def _keep(settings: Settings, progress: Progress, parent: int) -> None:
    configure_logging(settings.log_format)
    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # it warns of every signal
    end = _End(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    signal.signal(signal.SIGTERM, end.on_signal)
    clean = make_cleaner(settings).prepare
    keep_fresh(settings, open_index(settings), end, partial(scan, progress=progress), clean=clean)
