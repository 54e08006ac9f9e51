"""The composition root: settings, index, cleaner and publisher put together into a Flask application."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic, sleep

from flask import Flask, request

from feedsvc.errors import NotReady
from feedsvc.index.queries import Index
from feedsvc.ingest.scanner import Clean
from feedsvc.ingest.watcher import keep_fresh_in_thread
from feedsvc.publishing.publisher import Publisher
from feedsvc.settings import Settings
from feedsvc.startup import load_settings, make_cleaner, open_index
from feedsvc.web.metrics import Counts, Traffic
from feedsvc.web.middleware import FrontDoor
from feedsvc.web.monitoring import COMPARISON, COUNTS, Comparison, checks
from feedsvc.web.views import EXTENSION, views

FIRST_WAIT = 2.0  # seconds from the first request on; then clients are told to come back
LOOK_SECONDS = 0.02  # between looks at the index meanwhile


def create_app(
    settings: Settings | None = None, *, is_kept_fresh: bool = False, patience: float = 0, counts: Path | None = None
) -> Flask:
    """Make the WSGI application; without settings, from the environment and `feedsvc.toml`.

    It keeps the index fresh itself, from its first request on, unless told that another process does. It looks at the
    index at most every `patience` seconds; two processes may disagree for that long. `counts` is a folder in which
    processes that serve together count; without one, each speaks of itself in `/metrics`.
    """
    settings = settings or load_settings({})
    index = open_index(settings)
    tally = Counts(counts)
    cleaner = make_cleaner(settings)
    publisher = Publisher(settings, index, cleaner, lambda: datetime.now(UTC), on_build=tally.add_build)
    app = Flask("feedsvc", static_folder=None)
    app.extensions[EXTENSION] = publisher
    app.extensions[COUNTS] = tally
    app.extensions[COMPARISON] = Comparison(index.compared)
    app.url_map.merge_slashes = False
    app.register_blueprint(views)
    app.register_blueprint(checks)
    watch = None if is_kept_fresh else _Watch(settings, index, cleaner.prepare)
    if watch:
        app.before_request(watch.wait)
    app.wsgi_app = FrontDoor(  # type: ignore[method-assign]
        app.wsgi_app, publisher, watch.start if watch else lambda: None, patience, traffic=Traffic(settings, tally)
    )
    return app


class _Watch:
    """Keeps the index fresh in a thread of each process, from its first request on."""

    def __init__(self, settings: Settings, index: Index, clean: Clean) -> None:
        self._settings = settings
        self._index = index
        self._clean = clean
        self._started: dict[int, float] = {}  # when, by the process: threads do not survive the fork of a preloaded app

    def start(self) -> None:
        if os.getpid() not in self._started:
            self._started[os.getpid()] = monotonic()
            keep_fresh_in_thread(self._settings, self._index, Event(), self._clean)

    def wait(self) -> None:
        """Wait a moment for the first scan, so that where there are few posts the first requests are answered too.

        Probes are not kept waiting.
        """
        until = self._started.get(os.getpid(), 0.0) + FIRST_WAIT
        while request.blueprint == views.name and monotonic() < until:
            with suppress(NotReady):
                self._index.version()
                return
            sleep(LOOK_SECONDS)
