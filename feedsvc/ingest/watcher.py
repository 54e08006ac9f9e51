"""Keep the index fresh: scan files when they change, and the whole folder at intervals, since events can be missed.

Several processes may run this: a lock file lets one of them work at a time, and another takes over when it ends.
"""

import logging
import shlex
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from feedsvc.attachments import roots_of
from feedsvc.errors import ALL_UNDATED, NO_DATE, NOTE, FeedsvcError, FolderError, FolderReplaced, NotReady
from feedsvc.index.queries import Index, count_left_out
from feedsvc.ingest.events import Changes, WatchedFolders
from feedsvc.ingest.folder_dates import FolderDates
from feedsvc.ingest.polling import Differences, Poller
from feedsvc.ingest.reading import Clean
from feedsvc.ingest.scanner import ScanReport, scan, scan_paths
from feedsvc.ingest.settling import Settling
from feedsvc.ingest.swaps import find_first
from feedsvc.ingest.unread import describe_absence, describe_unread
from feedsvc.locks import Stop, hold, pause
from feedsvc.models import NEVER, Level, Problem, Scope
from feedsvc.settings import Settings
from feedsvc.text import format_count

log = logging.getLogger(__name__)

# How long file events are gathered, how often they are polled, and how long to wait for the first one.
GATHER_MS, STEP_MS, LOOK_MS = 100, 10, 50
RETRY_SECONDS = 1.0
REPEAT_SECONDS = 60.0  # between log lines of an error that repeats
MAX_LOGGED_PROBLEMS = 20

Scan = Callable[..., ScanReport]
_EXPECTED = (OSError, FeedsvcError, WatchfilesRustInternalError)


def keep_fresh(
    settings: Settings, index: Index, stop: Stop, full_scan: Scan | None = None, *, clean: Clean | None = None
) -> None:
    """Scan the folder, then watch it, until `stop` is set; after an error, log it and start again.

    `full_scan` replaces `scan` for the scan before the watch; it may show progress.
    """
    folder_dates = FolderDates(settings, index)
    watch = _Watch(settings, index, stop, full_scan or scan, clean, Settling(settings), folder_dates)
    logged, until = "", 0.0
    while not stop.is_set():
        try:
            watch.run()
            logged = ""
        except FolderReplaced as error:
            log.info("%s", error)
        except Exception as error:  # if this thread ended, the feeds would never change again
            if str(error) != logged or time.monotonic() >= until:
                log.warning("%s", error, exc_info=not isinstance(error, _EXPECTED))
                logged, until = str(error), time.monotonic() + REPEAT_SECONDS
            pause(RETRY_SECONDS, stop)


def keep_fresh_in_thread(settings: Settings, index: Index, stop: Stop, clean: Clean | None = None) -> None:
    """Run `keep_fresh` in a thread of this process."""
    keep = partial(keep_fresh, settings, index, stop, clean=clean)
    Thread(target=keep, name="feedsvc-watch", daemon=True).start()


@dataclass(slots=True)
class _Watch:
    """A folder that is watched, by one process at a time."""

    settings: Settings
    index: Index
    stop: Stop
    full_scan: Scan
    clean: Clean | None
    settling: Settling
    folder_dates: FolderDates
    has_started: bool = False  # the index has been filled, now or by an earlier process
    has_logged: bool = False  # what the index holds has been logged, once

    def run(self) -> None:
        """Wait until no other process watches the folder; compare it with the index, and follow its changes."""
        with hold(self.index.lock, self.stop):
            if self.stop.is_set():
                return
            started, roots = time.monotonic(), self._inodes()[1:]
            is_compared = self._fill()
            if self._inodes()[1:] != roots:  # while it was scanned: what has changed is to be scanned first
                return
            if not self.has_logged:
                for phrase in describe_unread(self.settings):
                    log.warning("posts: %s", phrase)
            poller = Poller(self.settings, self.index)
            poller.poll_at_once([""])  # files may have changed before the watch began
            wakes = self._follow(poller)
            if any(is_compared or not poller.has_urgent for _ in wakes):
                self._note_comparison(time.monotonic() - started)
                with hold(self.index.compared, self.stop):
                    deque(wakes, maxlen=0)

    def _fill(self) -> bool:
        """Scan the whole folder if there is no index of it, or if another folder may be in its place.

        Return False if the folder has still to be compared with the index.
        """
        if self.has_started:
            self._scan_first()
        else:
            with suppress(NotReady):  # there is no index
                scan_paths(self.settings, self.index, ())  # stores how posts are to be shown now
                self.has_started = True
                return False
        report = self.full_scan(self.settings, self.index, settling=self.settling, clean=self.clean)
        self._note(report, {""})
        self.has_started = True
        return True

    def _note_comparison(self, seconds: float) -> None:
        """Note that the folder has been compared with the index; log what there is, the first time."""
        self.index.note_scan(seconds)
        if not self.has_logged:
            self.has_logged = True
            log.info("posts: %s in %.1f s", _summarize(self.settings, self.index), seconds)
            if absence := _explain_absence(self.settings, self.index):
                log.warning("%s: %s", self.settings.posts, absence)

    def _scan_first(self) -> None:
        """Scan what has changed for certain, before the whole of a folder that may be in the place of another one."""
        with suppress(FolderError, NotReady):  # the scan of the whole reports them
            self.settling.moved_here = find_first(self.settings, self.index)
            self._scan(self.settling.moved_here, Poller(self.settings, self.index))

    def _follow(self, poller: Poller) -> Iterator[None]:
        """Follow changes until `stop` is set or the folder or the index is replaced; yield after each wake-up."""
        inodes, folders = self._inodes(), WatchedFolders.find(self.settings)
        for changes in self._events(folders.outermost()):
            if self._inodes() != inodes or folders.have_gone(changes):
                return
            paths = folders.find_changed(changes)
            self.settling.moved_here = folders.find_moved(changes)
            prefixes = {path for path in paths if not path or path.endswith("/")}
            poller.poll_at_once(sorted(prefixes))
            self._scan((paths - prefixes) | self.settling.held, poller)
            self._scan(poller.advance(), poller)
            self.folder_dates.look()
            yield

    def _scan(self, paths: Differences, poller: Poller) -> None:
        """Scan these paths, None for the whole folder."""
        if paths is None:
            report = scan(self.settings, self.index, settling=self.settling, clean=self.clean)
            poller.restart()
        elif paths:
            report = scan_paths(self.settings, self.index, paths, self.settling, self.clean)
        else:
            return
        self._note(report, {""} if paths is None else paths)

    def _note(self, report: ScanReport, paths: set[str]) -> None:
        """Log what a scan of these paths did; if folders may date it later, look at them then."""
        _log_report(report, self.settings, self.index)
        if report.is_early:
            self.folder_dates.add(paths)

    def _events(self, roots: Sequence[Path]) -> Iterator[Changes]:
        """Yield changes, an empty set where there are none for a while; only such sets if the folder cannot be watched.

        It is then tried again every `scan_interval` seconds: other programs may have ended.
        """
        logged, has_begun = "", False
        while not self.stop.is_set():
            try:
                for changes in self._watch(roots):
                    has_begun = True
                    yield changes
            except (OSError, WatchfilesRustInternalError) as error:  # no inotify instance is left, most likely
                if has_begun or isinstance(error, FileNotFoundError):
                    raise
                if str(error) != logged:
                    logged = str(error)
                    every = format_count(self.settings.scan_interval, "second")
                    log.warning("posts: cannot be watched: %s: looking at all files every %s", error, every)
            else:
                return
            yield from self._wait_for_next_try()

    def _wait_for_next_try(self) -> Iterator[Changes]:
        until = time.monotonic() + self.settings.scan_interval
        while not self.stop.is_set() and time.monotonic() < until:
            yield set()
            pause(LOOK_MS / 1000, self.stop)

    def _watch(self, roots: Sequence[Path]) -> Iterator[Changes]:
        return watchfiles.watch(
            *roots,
            watch_filter=None,
            stop_event=self.stop,
            debounce=GATHER_MS,
            step=STEP_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        )

    def _inodes(self) -> list[int]:
        return [_inode(path) for path in (self.index.path, *roots_of(self.settings))]


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _summarize(settings: Settings, index: Index) -> str:
    """Return the contents of the index: "10 posts, 42 feeds, 0 problems, 1 hidden"."""
    now = NEVER if settings.future else datetime.now(UTC)
    posts, feeds = index.count_posts(Scope(), now), index.count_scopes(now)
    problems = index.problems()
    levels = Counter(problem.level for problem in problems)
    listed = ", ".join(format_count(levels[level], level.value) for level in Level if levels[level])
    counted = (posts, "post"), (feeds, "feed"), (len(problems), "problem")
    summary = ", ".join(format_count(number, noun) for number, noun in counted)
    left_out = "".join(f", {count:,} {why}" for count, why in count_left_out(index, now))
    return summary + (f" ({listed}: {_command_of(settings)} lists them)" if listed else "") + left_out


def _command_of(settings: Settings) -> str:
    """Return the command that lists all problems."""
    return f"feedsvc check {shlex.quote(str(settings.posts))}"


def _explain_absence(settings: Settings, index: Index) -> str:
    """Return why there are no posts, and what to do; "" if there are some, or their problems say it."""
    if index.count() + index.count_hidden():
        return ""
    if index.count_pages():
        return ALL_UNDATED
    return "" if index.problems() else describe_absence(settings)


def _to_logged(found: Sequence[Problem], index: Index) -> list[Problem]:
    """Return the problems of a scan; those of files without a date as `Index.undated_problems` has them."""
    undated = {problem.path for problem in found if _is_of_page(problem)}
    places = undated | {path.rpartition("/")[0] or "." for path in undated}
    places.update("." for problem in found if problem.message == NOTE)  # notes are counted together
    pages = [problem for problem in index.undated_problems() if problem.path in places] if undated else []
    return [*(problem for problem in found if not _is_of_page(problem)), *pages]


def _is_of_page(problem: Problem) -> bool:
    return problem.level is Level.HINT and problem.message in {NO_DATE, NOTE}


def _log_report(report: ScanReport, settings: Settings, index: Index) -> None:
    if not report.read and not report.removed:
        return
    log.info("%s: %s", settings.posts, report)
    problems = _to_logged(report.problems, index)
    for problem in problems[:MAX_LOGGED_PROBLEMS]:
        log.warning("%s", problem)
    if len(problems) > MAX_LOGGED_PROBLEMS:
        more = format_count(len(problems) - MAX_LOGGED_PROBLEMS, "more problem")
        log.warning("and %s: run %s to list them", more, _command_of(settings))
