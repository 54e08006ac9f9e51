"""The workers: granian's processes, which respond with the application."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from feedsvc.limits import allow_descriptors, end_stalled_connections
from feedsvc.notify.targets import make_targets
from feedsvc.settings import Listening, Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.supervisor import DRAIN_SECONDS, STOP_SIGNALS, Ready, Role, Supervisor
from feedsvc.web.app import create_app

log = logging.getLogger(__name__)

THREADS = 64  # of a worker, at most; those beyond the ones that may wait for uncached work are for cached responses
MAX_CONNECTIONS = 512  # of a worker; further ones wait until one of these ends
OWN_DESCRIPTORS = 180  # of a worker, beside its connections: two for each thread, and some for all
SWITCH_SECONDS = 0.0005  # until a thread at work yields to those with cached responses; Python's 5 ms would be too long
PATIENCE = 0.01  # seconds; a look at the index releases the interpreter lock, so not every request takes one
STARTING_SECONDS = 0.5  # from the end of loading the application until granian's loop runs for certain
PARENT_SECONDS = 0.5  # between looks at whether the parent lives
_LOGGING = {"handlers": {}, "loggers": {"_granian": {"level": "ERROR"}, "granian.access": {}}}


def serve_with_workers(settings: Settings, listening: Listening, supervisor: Supervisor, counts: Path | None) -> None:
    """Start workers, which count in the folder `counts`, and let the supervisor run until a signal to stop.

    Raise StartError if no worker starts.
    """

    def make() -> Flask:
        index = open_index(settings)
        cleaner = make_cleaner(settings, index)
        names = [target.name for target in make_targets(settings)]
        return create_app(settings, index, cleaner, _now, patience=PATIENCE, counts=counts, targets=names)

    _Workers(supervisor, listening).serve(target_loader=make, wrap_loader=False)


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

    def _work(self, number: int, spawn_target: Any, make: Callable[[], Flask], ready: Ready) -> None:
        """Run a worker in this process."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # in all threads: one of them waits for it
        for watch in (self._stop_on_signal, partial(_end_with, self._parent), end_stalled_connections):
            Thread(target=watch, daemon=True).start()
        worker = self._spawn_worker(idx=number, target=spawn_target, callback_loader=partial(self._load, make, ready))
        worker.inner.run()

    def _load(self, make: Callable[[], Flask], ready: Ready) -> Flask:
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


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(DRAIN_SECONDS)  # granian waits for a client that has sent half a request
    os.kill(os.getpid(), signal.SIGKILL)
