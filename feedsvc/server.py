"""Run the application under granian: worker processes that respond, beside the keeper."""

import ctypes
import errno
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from feedsvc.errors import SettingError
from feedsvc.keeper import run_keeper, run_notifier
from feedsvc.limits import allow_descriptors, end_stalled_connections
from feedsvc.logs import configure_logging
from feedsvc.notify.targets import make_targets
from feedsvc.posts_folder import refuse_missing_folder
from feedsvc.progress import Progress
from feedsvc.run_folder import make_run_folder
from feedsvc.settings import Listening, Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.supervisor import STOP_SIGNALS, Ready, Role, Supervisor

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

THREADS = 64  # of a worker, at most; those beyond the ones that may wait for uncached work are for cached responses
MAX_CONNECTIONS = 512  # of a worker; further ones wait until one of these ends
OWN_DESCRIPTORS = 180  # of a worker, beside its connections: two for each thread, and some for all
DRAIN_SECONDS = 8  # for requests under way; most platforms kill ten seconds after SIGTERM
SWITCH_SECONDS = 0.0005  # until a thread at work yields to those with cached responses; Python's 5 ms would be too long
PATIENCE = 0.01  # seconds; a look at the index releases the interpreter lock, so not every request takes one
M_ARENA_MAX = -8  # of malloc.h
STARTING_SECONDS = 0.5  # from the end of loading the application until granian's loop runs for certain
PARENT_SECONDS = 0.5  # between looks at whether the parent lives
_LOGGING = {"handlers": {}, "loggers": {"_granian": {"level": "ERROR"}, "granian.access": {}}}


def serve(settings: Settings, listening: Listening, progress: Progress) -> None:
    """Serve until SIGTERM or SIGINT; `progress` may show how the posts are read.

    Raise FolderError if the posts folder cannot be read, StartError if the index cannot be written or no worker starts,
    SettingError for a setting that is not valid.
    """
    configure_logging(settings.log_format)
    _share_one_heap()
    make_cleaner(settings)  # reports a bad rules file once, not in each worker
    refuse_missing_folder(settings.posts, "serve")
    index = open_index(settings)
    index.refuse_unwritable()
    settings = replace(settings, index=index.path)  # the same for all processes, even if the disk fills later
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    listening = replace(listening, host=_resolve_free(listening.host, listening.port))
    log.info("feedsvc: %s at %s", settings.posts, _describe(host, listening.port))
    _log_base_url(settings, _local_url(host, listening.port))
    with _make_counts_folder() as counts, Supervisor(DRAIN_SECONDS) as supervisor:
        supervisor.add(Role("keeper", partial(run_keeper, settings, progress, os.getpid())))
        if make_targets(settings):
            supervisor.add(Role("notifier", partial(run_notifier, settings, os.getpid())))
        from feedsvc.web.app import create_app  # noqa: PLC0415 - imports Flask while the keeper begins to read

        def make() -> "Flask":
            index = open_index(settings)
            cleaner = make_cleaner(settings, index)
            names = [target.name for target in make_targets(settings)]
            return create_app(settings, index, cleaner, _now, patience=PATIENCE, counts=counts, targets=names)

        _Workers(supervisor, listening).serve(target_loader=make, wrap_loader=False)


def _describe(host: str, port: int) -> str:
    """Return where the service is, as a URL that a browser on this machine can open."""
    url = f"{_local_url(host, port)}/"
    return f"{url}, and at port {port} of every address" if host in _EVERY_ADDRESS else url


_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - compared only


def _local_url(host: str, port: int) -> str:
    return f"http://{_EVERY_ADDRESS.get(host, host)}:{port}"


def _log_base_url(settings: Settings, here: str) -> None:
    """Log the base URL if it comes from a site's configuration: to those who try the service, it is a surprise."""
    if settings.base_url_from and settings.base_url != here:
        log.info(
            "feedsvc: links lead to %s (from %s); to try it here add --base-url %s",
            settings.base_url,
            settings.base_url_from,
            here,
        )


def _now() -> datetime:
    return datetime.now(UTC)


class _Workers(MPServer):
    """granian's server, with workers that our supervisor starts, replaces and ends.

    granian's own supervision ends the service when a worker dies twice within 5.5 seconds. This uses what granian 2.8
    has no public name for: `_serve`, `_init_shared_socket`, `_spawn_worker`.
    """

    def __init__(self, supervisor: Supervisor, listening: Listening) -> None:
        super().__init__(
            "feedsvc",
            address=listening.host,
            port=listening.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,  # what proxies speak; HTTP/2 without TLS has no use but attacks
            workers=listening.workers,
            blocking_threads=THREADS,
            backpressure=_allow_connections(),
            websockets=False,
            log_dictconfig=_LOGGING,
            log_level=LogLevels.error,  # it would warn of THREADS
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
        """Run a worker in this process."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # in all threads: one of them waits for it
        for watch in (self._stop_on_signal, partial(_end_with, self._parent), end_stalled_connections):
            Thread(target=watch, daemon=True).start()
        worker = self._spawn_worker(idx=number, target=spawn_target, callback_loader=partial(self._load, make, ready))
        worker.inner.run()

    def _load(self, make: "Callable[[], Flask]", ready: Ready) -> "Flask":
        sys.setswitchinterval(SWITCH_SECONDS)
        app = make()
        self._loaded = time.monotonic()
        ready()
        return app

    def _stop_on_signal(self) -> None:
        """Stop the worker in this process on SIGTERM, once.

        granian's own handler delays the requests under way if it is called twice, and does nothing if it is called
        before the loop runs. SIGINT and a second SIGTERM are left to the main process: terminals and some platforms
        send them to all processes.
        """
        signal.sigwait({signal.SIGTERM})
        stop = signal.getsignal(signal.SIGTERM)
        if not self._loaded or not callable(stop):
            os._exit(0)  # no request is under way yet
        time.sleep(max(0.0, self._loaded + STARTING_SECONDS - time.monotonic()))
        stop(signal.SIGTERM, None)


def _allow_connections() -> int:
    """Return how many connections a worker may have, after raising the limit of open files as far as allowed."""
    allowed = min(MAX_CONNECTIONS, allow_descriptors(MAX_CONNECTIONS + OWN_DESCRIPTORS) - OWN_DESCRIPTORS)
    if allowed < MAX_CONNECTIONS:
        log.warning("connections: at most %d for each worker: allow more open files (ulimit -n)", allowed)
    return allowed


@contextmanager
def _make_counts_folder() -> Iterator[Path | None]:
    """Make a folder in which all workers count; None where none can be made, so that each counts for itself."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(make_run_folder())
        except OSError as error:
            log.warning("metrics: %s: /metrics shows one process only; make the temporary directory writable", error)
            folder = None
        yield folder


def _share_one_heap() -> None:
    """Let all threads use one heap: glibc gives each its own, and memory freed in one is no use to the others."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(DRAIN_SECONDS)  # granian waits for a client that has sent half a request
    os.kill(os.getpid(), signal.SIGKILL)


def _resolve_free(host: str, port: int) -> str:
    """Return the IP address of a host, after a trial: workers that share a port would not notice that it is taken.

    Raise SettingError if nothing can listen there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except (OSError, UnicodeError) as error:  # UnicodeError: not valid as the name of a host
        is_taken = getattr(error, "errno", 0) == errno.EADDRINUSE
        remedy = f": try --port {port % 65_535 + 1}" if is_taken else ""
        raise SettingError(
            f"{host}:{port}: cannot listen there: {getattr(error, 'strerror', error)}{remedy}"
        ) from error
    return str(address[0])
