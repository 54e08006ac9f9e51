"""The composition root: settings, index, cleaner and publisher put together into a Flask application."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from flask import Flask

from feedsvc.frontdoor import FrontDoor
from feedsvc.index import Index
from feedsvc.ops import COUNTS, checks
from feedsvc.publish import Publisher
from feedsvc.scan import Clean
from feedsvc.settings import Settings
from feedsvc.startup import load_settings, make_cleaner, open_index
from feedsvc.traffic import Counts, Traffic
from feedsvc.watch import keep_fresh_in_thread
from feedsvc.web import EXTENSION, views


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
    app.url_map.merge_slashes = False
    app.register_blueprint(views)
    app.register_blueprint(checks)
    before_each = (lambda: None) if is_kept_fresh else _starter(settings, index, cleaner.prepare)
    app.wsgi_app = FrontDoor(  # type: ignore[method-assign]
        app.wsgi_app, publisher, before_each, patience, traffic=Traffic(settings, tally)
    )
    return app


def _starter(settings: Settings, index: Index, clean: Clean) -> Callable[[], None]:
    """Start the watch with the first request of each process: threads do not survive a preloaded application's fork."""
    started: set[int] = set()

    def start() -> None:
        if os.getpid() not in started:
            started.add(os.getpid())
            keep_fresh_in_thread(settings, index, Event(), clean)

    return start
