"""Keeps the index fresh: file events → scan, and a look at the whole folder now and then in case one was missed.

Any number of processes may try; a lock file lets one at a time do it, and passes on when that one ends.
"""

import fcntl
import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Protocol

import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from feedsvc.errors import FeedsvcError
from feedsvc.index import Index
from feedsvc.jekyll import may_hold_posts
from feedsvc.models import Jekyll, Settings
from feedsvc.scan import ScanReport, is_post_path, scan, scan_paths

log = logging.getLogger(__name__)

GATHER_MS, STEP_MS, LOOK_MS = 100, 10, 500  # events: at most so long together; so often; so often awake without any
RETRY_SECONDS = 1.0
SHOWN_PROBLEMS = 20

Scan = Callable[[Settings, Index], ScanReport]


class Stop(Protocol):
    """Tells when to end: a threading.Event, or anything like it."""

    def is_set(self) -> bool:
        """Tell whether to end now."""


def keep_fresh(settings: Settings, index: Index, stop: Stop, full_scan: Scan = scan) -> None:
    """Scan, then follow the folder until `stop` is set; faults of folder and disk are logged and tried again."""
    told = ""
    while not stop.is_set():
        try:
            _scan_and_follow(settings, index, stop, full_scan)
            told = ""
        except (OSError, FeedsvcError, WatchfilesRustInternalError) as error:
            if str(error) != told:  # once, not with every try
                log.warning("%s", error)
            told = str(error)
            _wait(RETRY_SECONDS, stop)


def keep_fresh_in_thread(settings: Settings, index: Index, stop: Stop) -> None:
    """Do the same beside whatever else this process does."""
    Thread(target=keep_fresh, args=(settings, index, stop), name="feedsvc-watch", daemon=True).start()


def _scan_and_follow(settings: Settings, index: Index, stop: Stop, full_scan: Scan) -> None:
    with _alone(index.path, stop):
        if not stop.is_set():
            _report(full_scan(settings, index), settings, index)
            _follow(settings, index, stop)


@contextmanager
def _alone(index: Path, stop: Stop) -> Iterator[None]:
    index.parent.mkdir(parents=True, exist_ok=True)
    with index.with_suffix(".lock").open("w") as lock:
        while not stop.is_set():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                _wait(RETRY_SECONDS, stop)
        yield


def _wait(seconds: float, stop: Stop) -> None:
    until = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < until:
        time.sleep(0.05)


def _follow(settings: Settings, index: Index, stop: Stop) -> None:
    """Follow the folder until told to stop, or until something else stands in its place or in the index's."""
    root = settings.posts.resolve()
    inodes = _inode(settings.posts), _inode(index.path)
    looked = -math.inf  # so the first wake-up looks at everything: what came between scan and watch
    events = watchfiles.watch(
        root,
        watch_filter=None,
        stop_event=stop,
        debounce=GATHER_MS,
        step=STEP_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    for changes in events:
        if (_inode(settings.posts), _inode(index.path)) != inodes or any(name == str(root) for _, name in changes):
            return
        paths = _changed_posts(root, changes, settings.jekyll)
        if paths is None or time.monotonic() - looked >= settings.scan_interval:
            _report(scan(settings, index), settings, index)
            looked = time.monotonic()
        elif paths:
            _report(scan_paths(settings, index, paths), settings, index)


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _changed_posts(root: Path, changes: set[tuple[watchfiles.Change, str]], jekyll: Jekyll | None) -> set[str] | None:
    """Give the post files among changed paths; None where it takes a look at everything.

    That is where a folder changed, and where a path leads through a link: the watcher follows those, a scan does not.
    """
    paths = set()
    for change, name in changes:
        path = Path(name).relative_to(root)
        if any(part.startswith(".") for part in path.parts):
            continue
        if jekyll and not may_hold_posts(path.parent.as_posix().removeprefix("."), jekyll):
            continue  # the site as Jekyll builds it, for one
        parent = root / path.parent
        if parent.resolve() != parent:
            return None
        if is_post_path(path.as_posix(), jekyll):
            paths.add(path.as_posix())
        elif change is watchfiles.Change.deleted or (root / path).is_dir():
            return None
    return paths


def _report(report: ScanReport, settings: Settings, index: Index) -> None:
    if not report.read + report.unchanged and not index.count():
        log.warning("%s: no posts", settings.posts)
    if not report.read and not report.removed:
        return
    log.info("%s: %s", settings.posts, report)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        log.warning("%s", problem)
    if len(report.problems) > SHOWN_PROBLEMS:
        log.warning("and %d more problems: `feedsvc check` lists them", len(report.problems) - SHOWN_PROBLEMS)
