"""The process that keeps the index fresh."""

import logging
from functools import partial

from feedsvc.console import show_progress
from feedsvc.ingest.scanner import scan
from feedsvc.ingest.watcher import keep_fresh
from feedsvc.pool import die_with, kill_children
from feedsvc.progress import Progress
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.stopping import begin


def run(settings: Settings, parent: int) -> None:
    """Keep the index fresh in this process, and kill its child processes at the end; `parent` is the parent's id."""
    die_with(parent)
    try:
        keep(settings, show_progress, parent)
    finally:
        kill_children()


def keep(settings: Settings, progress: Progress, parent: int) -> None:
    """Keep the index fresh until SIGTERM, which raises SystemExit, or until the parent has gone."""
    stop = begin(settings, parent)
    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # it logs a warning at every signal
    index = open_index(settings)
    clean = make_cleaner(settings, index).prepare
    keep_fresh(settings, index, stop, partial(scan, progress=stop.watch(progress)), clean=clean)
