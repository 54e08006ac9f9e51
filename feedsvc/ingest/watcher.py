"""Keeps the index fresh: file events → scan, and a look at the whole folder now and then in case one was missed.

Any number of processes may try; a lock file lets one at a time do it, and passes on when that one ends.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Protocol

import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from feedsvc.errors import FeedsvcError
from feedsvc.index.queries import Index
from feedsvc.ingest.folder import is_folder_of_posts, is_post_path
from feedsvc.ingest.scanner import Clean, Following, ScanReport, scan, scan_paths
from feedsvc.locks import try_lock
from feedsvc.models import NEVER, Level, Scope
from feedsvc.settings import Jekyll, Settings
from feedsvc.text import format_count

log = logging.getLogger(__name__)

GATHER_MS, STEP_MS, LOOK_MS = 100, 10, 100  # events: at most so long together; so often; so often awake without any
RETRY_SECONDS = 1.0
TOLD_AGAIN = 60.0  # seconds after which a fault that lasts is another line of the log
SHOWN_PROBLEMS = 20

Scan = Callable[..., ScanReport]
_EXPECTED = (OSError, FeedsvcError, WatchfilesRustInternalError)


class Stop(Protocol):
    """Tells when to end: a threading.Event, or anything like it."""

    def is_set(self) -> bool:
        """Tell whether to end now."""


def keep_fresh(
    settings: Settings, index: Index, stop: Stop, full_scan: Scan = scan, *, clean: Clean | None = None
) -> None:
    """Scan, then follow the folder until `stop` is set; whatever goes wrong is logged and tried again."""
    told, until = "", 0.0
    following = Following(settings, clean)
    while not stop.is_set():
        try:
            _scan_and_follow(settings, index, stop, full_scan, following=following)
            told = ""
        except Exception as error:  # one that ends this thread would leave the feeds as they are for good
            if str(error) != told or time.monotonic() >= until:  # not with every try
                log.warning("%s", error, exc_info=not isinstance(error, _EXPECTED))
                told, until = str(error), time.monotonic() + TOLD_AGAIN
            _wait(RETRY_SECONDS, stop)


def keep_fresh_in_thread(settings: Settings, index: Index, stop: Stop, clean: Clean | None = None) -> None:
    """Do the same beside whatever else this process does."""
    keep = partial(keep_fresh, settings, index, stop, clean=clean)
    Thread(target=keep, name="feedsvc-watch", daemon=True).start()


def _scan_and_follow(settings: Settings, index: Index, stop: Stop, full_scan: Scan, *, following: Following) -> None:
    with _alone(index.lock, stop):
        if stop.is_set():
            return
        report = full_scan(settings, index, following=following)
        _report(report, settings, index)
        if not following.has_started:
            following.has_started = True
            log.info("posts: %s in %.1f s", _summarize(settings, index), report.seconds)
        with _alone(index.compared, stop):
            _follow(settings, index, stop, following)


@contextmanager
def _alone(path: Path, stop: Stop) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:  # what it says stays
        while not stop.is_set():
            if try_lock(lock.fileno()):
                break
            _wait(RETRY_SECONDS, stop)
        yield


def _wait(seconds: float, stop: Stop) -> None:
    until = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < until:
        time.sleep(0.05)


def _follow(settings: Settings, index: Index, stop: Stop, following: Following) -> None:
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
        following.moved_here = _moved(root, changes)
        if paths is None or time.monotonic() - looked >= settings.scan_interval:
            _report(scan(settings, index, following=following), settings, index)
            looked = time.monotonic()
        elif paths := paths | following.held:
            _report(scan_paths(settings, index, paths, following), settings, index)


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _moved(root: Path, changes: set[tuple[watchfiles.Change, str]]) -> set[str]:
    """Give the paths that are new while others went: an editor's last step, to give a whole file its name."""
    added = {name for change, name in changes if change is watchfiles.Change.added}
    is_gone = any(change is watchfiles.Change.deleted and not Path(name).exists() for change, name in changes)
    return {Path(name).relative_to(root).as_posix() for name in added} if is_gone else set()


def _changed_posts(root: Path, changes: set[tuple[watchfiles.Change, str]], jekyll: Jekyll | None) -> set[str] | None:
    """Give the post files among changed paths; None where it takes a look at everything.

    That is where a folder changed, and where a path leads through a link: the watcher follows those, a scan does not.
    """
    paths = set()
    for change, name in changes:
        path = Path(name).relative_to(root)
        if any(part.startswith(".") for part in path.parts):
            continue
        if not is_folder_of_posts("/".join(path.parts[:-1]), jekyll):
            continue  # the site as Jekyll builds it, for one
        parent = root / path.parent
        if parent.resolve() != parent:
            return None
        if is_post_path(path.as_posix(), jekyll):
            paths.add(path.as_posix())
        elif change is watchfiles.Change.deleted or (root / path).is_dir():
            return None
    return paths


def _summarize(settings: Settings, index: Index) -> str:
    """Return what there is: "49,395 posts, 1,234 feeds, 3 problems (2 errors, 1 hint)"."""
    scopes = index.scopes(NEVER if settings.future else datetime.now(UTC))
    posts = sum(summary.count for summary in scopes if summary.scope == Scope())
    problems = index.problems()
    levels = Counter(problem.level for problem in problems)
    listed = ", ".join(format_count(levels[level], level.value) for level in Level if levels[level])
    counted = (posts, "post"), (len(scopes), "feed"), (len(problems), "problem")
    summary = ", ".join(format_count(number, noun) for number, noun in counted)
    return f"{summary} ({listed})" if listed else summary


def _report(report: ScanReport, settings: Settings, index: Index) -> None:
    if not report.read + report.unchanged and not index.count():
        log.warning("%s: no posts", settings.posts)
    if not report.read and not report.removed:
        return
    log.info("%s: %s", settings.posts, report)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        log.warning("%s", problem)
    if len(report.problems) > SHOWN_PROBLEMS:
        more = format_count(len(report.problems) - SHOWN_PROBLEMS, "more problem")
        log.warning("and %s: `feedsvc check` lists them", more)
