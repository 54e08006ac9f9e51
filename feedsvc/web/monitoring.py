"""For operators: is the process alive, are the posts read, what does the index hold, what was answered."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from feedsvc.errors import NotFound, NotReady
from feedsvc.locks import is_locked
from feedsvc.publishing.publisher import Publisher
from feedsvc.web.auth import IS_OPERATOR
from feedsvc.web.metrics import BUILDS, SERIES, Counts, Series
from feedsvc.web.middleware import BASE
from feedsvc.web.responses import plain, uncached
from feedsvc.web.views import publisher, to_flask

COUNTS = "feedsvc.counts"
COMPARISON = "feedsvc.comparison"

checks = Blueprint("ops", __name__)


@checks.get("/healthz")
def health() -> Response:
    """Say that the process answers; nothing else is looked at."""
    return to_flask(plain(200, "ok"))


@checks.get("/readyz")
def ready() -> Response:
    """Say that current feeds are served; 503 until the folder has been compared with the index."""
    publisher().state()
    comparison: Comparison = current_app.extensions[COMPARISON]
    if not comparison.is_done():
        raise NotReady("posts: being compared with the index")
    return to_flask(plain(200, "ready"))


class Comparison:
    """Whether the folder has been compared with the index since this process has begun, by whichever process.

    One that scans has compared them and holds `lock`: it follows the folder. What it once was stays true, whatever
    becomes of the folder later.
    """

    def __init__(self, lock: Path) -> None:
        self._lock = lock
        self._is_done = False

    def is_done(self) -> bool:
        """True if the index shows the folder as it has been since this process has begun."""
        self._is_done = self._is_done or is_locked(self._lock)
        return self._is_done


def _is_operator() -> bool:
    return bool(request.environ.get(IS_OPERATOR))


@checks.get("/status")
def status() -> Response:
    """Say what there is, on a page; to the operator also what is wrong."""
    problems = publisher().catalog.problems() if _is_operator() else []
    page = publisher().status_page(request.environ[BASE], problems)
    return to_flask(uncached(page.body, page.media_type))


@checks.get("/status.json")
def status_as_json() -> Response:
    """Say the same to a program."""
    found = asdict(publisher().catalog.status())
    found["scanned"] = found["scanned"].isoformat()
    if _is_operator():
        found["problem_list"] = [asdict(problem) for problem in publisher().catalog.problems()]
    return to_flask(uncached(f"{json.dumps(found, indent=2, ensure_ascii=False)}\n".encode(), "application/json"))


# --- metrics -------------------------------------------------------------------------------------

# Numbers of a Status, and what they say.
GAUGES = {
    "posts": "Posts that are due",
    "hidden": "Files whose posts are left out",
    "feeds": "Feeds, each in three formats",
    "problems": "What `feedsvc check` lists",
    "index_version": "Moves when a post does",
    "scan_seconds": "How long the last scan took",
}


@checks.get("/metrics")
def metrics() -> Response:
    """Tell Prometheus everything; nobody else learns that there is anything here."""
    if not _is_operator():
        raise NotFound("no such page")
    counts: Counts = current_app.extensions[COUNTS]
    return to_flask(uncached(generate_latest(_Figures(publisher(), counts.total())), CONTENT_TYPE_LATEST))


@dataclass(frozen=True, slots=True)
class _Figures:
    """Collects all there is, as prometheus_client wants it; before the posts have been read only what was counted."""

    publisher: Publisher
    totals: list[int]

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily("feedsvc_requests", "Requests answered", labels=Series._fields)
        for series, total in zip(SERIES, self.totals, strict=False):
            if total:
                requests.add_metric([str(label) for label in series], total)
        yield requests
        yield CounterMetricFamily("feedsvc_builds", "Documents made, or compressed first", self.totals[BUILDS])
        with suppress(NotReady):
            found = self.publisher.catalog.status()
            for name, what in GAUGES.items():
                yield GaugeMetricFamily(f"feedsvc_{name}", what, getattr(found, name))
            ended = found.scanned.timestamp()
            yield GaugeMetricFamily("feedsvc_scan_timestamp_seconds", "When the last scan ended", ended)
