"""Put settings, index, cleaner and clock together into a Flask application; open and start nothing before a request."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from flask import Flask, request

from feedsvc.errors import NotReady
from feedsvc.index.queries import Index
from feedsvc.publishing.bodies import CachedCleaner
from feedsvc.publishing.publisher import Publisher
from feedsvc.publishing.state import Clock
from feedsvc.settings import Settings
from feedsvc.web.admission import Admission
from feedsvc.web.file_views import file_views
from feedsvc.web.metrics import Counts
from feedsvc.web.middleware import Middleware
from feedsvc.web.monitoring import COMPARISON, COUNTS, TARGETS, Comparison, monitoring_views
from feedsvc.web.views import EXTENSION, views

FIRST_WAIT = 2.0  # seconds that requests may wait for the first scan; later ones get a 503 at once
LOOK_SECONDS = 0.02  # between two looks at the index while a request waits


def create_app(  # noqa: PLR0913 - the composition root is handed all parts
    settings: Settings,
    index: Index,
    cleaner: CachedCleaner,
    clock: Clock,
    *,
    keep_fresh: Callable[[], None] | None = None,
    patience: float = 0,
    counts: Path | None = None,
    admission: Admission | None = None,
    targets: Iterable[str] = (),
) -> Flask:
    """Make the WSGI application over an index.

    `keep_fresh` starts a thread that keeps the index fresh; it is called once a process, with the first request.
    Without it, another process does this. The index is checked for changes at most every `patience` seconds,
    so two processes may disagree for that long. `counts` is a folder in which processes that serve together count their
    requests; without it, `/metrics` shows those of one process. `admission` bounds the requests that wait for work.
    `targets` are the names of the caches and hubs that another process or thread notifies.
    """
    tally = Counts(counts)
    publisher = Publisher(settings, index, cleaner, clock, on_build=tally.add_build)
    app = Flask("feedsvc", static_folder=None)
    app.extensions |= {EXTENSION: publisher, COUNTS: tally, COMPARISON: Comparison(index.compared), TARGETS: [*targets]}
    app.url_map.merge_slashes = False
    app.register_blueprint(file_views)
    app.register_blueprint(views)
    app.register_blueprint(monitoring_views)
    watch = _Watch(index, keep_fresh) if keep_fresh else None
    if watch:
        app.before_request(watch.wait)
    app.wsgi_app = Middleware(  # type: ignore[method-assign]
        app.wsgi_app,
        publisher,
        watch.start if watch else lambda: None,
        admission=admission or Admission(),
        patience=patience,
        counts=tally,
    )
    return app


class _Watch:
    """Calls `keep_fresh` once in each process, with its first request."""

    def __init__(self, index: Index, keep_fresh: Callable[[], None]) -> None:
        self._index = index
        self._keep_fresh = keep_fresh
        self._started: dict[int, float] = {}  # time by process id: threads do not survive the fork of a preloaded app

    def start(self) -> None:
        if os.getpid() not in self._started:
            self._started[os.getpid()] = monotonic()
            self._keep_fresh()

    def wait(self) -> None:
        """Wait up to FIRST_WAIT for the first scan, so that a small folder needs no 503; probes do not wait."""
        until = self._started.get(os.getpid(), 0.0) + FIRST_WAIT
        while request.blueprint == views.name and monotonic() < until:
            with suppress(NotReady):
                self._index.version()
                return
            sleep(LOOK_SECONDS)
