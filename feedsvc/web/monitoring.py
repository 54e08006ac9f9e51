"""The views for operators: health, readiness, status and metrics."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Blueprint, current_app, request
from flask import Response as FlaskResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from feedsvc.entries import DeliveryState, Details
from feedsvc.errors import NotFound, NotReady
from feedsvc.locks import is_locked
from feedsvc.publishing.publisher import Publisher
from feedsvc.web.auth import IS_OPERATOR
from feedsvc.web.metrics import BUILDS, SERIES, Counts, Series
from feedsvc.web.request_checks import BASE
from feedsvc.web.responses import respond_plain, respond_uncached
from feedsvc.web.views import get_publisher, to_flask

COUNTS = "feedsvc.counts"
COMPARISON = "feedsvc.comparison"
TARGETS = "feedsvc.targets"  # list[str]: names of the caches and hubs that are notified

monitoring_views = Blueprint("ops", __name__)


@monitoring_views.get("/healthz")
def health() -> FlaskResponse:
    """Serve 200 if the process responds at all; nothing else is checked."""
    return to_flask(respond_plain(200, "ok"))


@monitoring_views.get("/readyz")
def ready() -> FlaskResponse:
    """Serve 200 if feeds are current, 503 until the folder has been compared with the index."""
    get_publisher().state()
    comparison: Comparison = current_app.extensions[COMPARISON]
    if not comparison.is_done():
        raise NotReady("posts: being compared with the index")
    return to_flask(respond_plain(200, "ready"))


class Comparison:
    """Whether any process has compared the folder with the index since this process started.

    A process holds `lock` while it follows the folder, which it does once it has compared them. Once true, this stays
    true, even if the folder is lost later.
    """

    def __init__(self, lock: Path) -> None:
        self._lock = lock
        self._is_done = False

    def is_done(self) -> bool:
        """True if the index shows the folder as it was after the start of this process."""
        self._is_done = self._is_done or is_locked(self._lock)
        return self._is_done


def _is_operator() -> bool:
    return bool(request.environ.get(IS_OPERATOR))


@monitoring_views.get("/status")
def status() -> FlaskResponse:
    """Serve the status page, with details if the request has the operator's token."""
    page = get_publisher().status_page(request.environ[BASE], _find_details())
    return to_flask(respond_uncached(page.body, page.media_type))


@monitoring_views.get("/status.json")
def status_as_json() -> FlaskResponse:
    """Serve the status as JSON, with details if the request has the operator's token."""
    status = asdict(get_publisher().status.read())
    status["scanned"] = status["scanned"].isoformat()
    if _is_operator():
        details = _find_details()
        status["problem_list"] = [asdict(problem) for problem in details.problems]
        status["told"] = [asdict(state) | {"at": state.at.isoformat()} for state in details.deliveries]
    return to_flask(
        respond_uncached(f"{json.dumps(status, indent=2, ensure_ascii=False)}\n".encode(), "application/json")
    )


def _find_details() -> Details:
    """Return the details that only the operator may see; no details for any other request."""
    return get_publisher().status.details(current_app.extensions[TARGETS]) if _is_operator() else Details()


# --- metrics -------------------------------------------------------------------------------------

# Fields of a Status, and their help texts.
GAUGES = {
    "posts": "Published posts",
    "hidden": "Files whose posts are not published",
    "feeds": "Feeds, each in three formats",
    "problems": "Problems that `feedsvc check` lists",
    "index_version": "Version of the index: changes when a post does",
    "scan_seconds": "Duration of the last scan",
}


# Of each cache and hub: name, help text, value.
DELIVERY_GAUGES: tuple[tuple[str, str, Callable[[DeliveryState], float]], ...] = (
    ("waiting", "Changes that a target has still to be notified of", lambda state: state.waiting),
    ("failures", "Messages that failed since the last that arrived", lambda state: state.failures),
    ("timestamp_seconds", "When a target was last notified of changes", lambda state: state.at.timestamp()),
)


@monitoring_views.get("/metrics")
def metrics() -> FlaskResponse:
    """Serve the metrics to Prometheus; 404 without the operator's token."""
    if not _is_operator():
        raise NotFound("no such page")
    counts: Counts = current_app.extensions[COUNTS]
    deliveries: tuple[DeliveryState, ...] = ()
    with suppress(NotReady):
        deliveries = get_publisher().status.delivery_states(current_app.extensions[TARGETS])
    collector = _Collector(get_publisher(), counts.total(), deliveries)
    return to_flask(respond_uncached(generate_latest(collector), CONTENT_TYPE_LATEST))


@dataclass(frozen=True, slots=True)
class _Collector:
    """Collects the metrics for prometheus_client: the counts, and the status as soon as there is an index."""

    publisher: Publisher
    totals: list[int]
    deliveries: tuple[DeliveryState, ...]

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily("feedsvc_requests", "Responses", labels=Series._fields)
        for series, total in zip(SERIES, self.totals, strict=False):
            if total:
                requests.add_metric([str(label) for label in series], total)
        yield requests
        yield CounterMetricFamily("feedsvc_builds", "Documents built or compressed", self.totals[BUILDS])
        for name, help_text, value_of in DELIVERY_GAUGES:
            gauge = GaugeMetricFamily(f"feedsvc_told_{name}", help_text, labels=["target"])
            for state in self.deliveries:
                gauge.add_metric([state.target], value_of(state))
            yield gauge
        with suppress(NotReady):
            status = self.publisher.status.read()
            for name, help_text in GAUGES.items():
                yield GaugeMetricFamily(f"feedsvc_{name}", help_text, getattr(status, name))
            ended = status.scanned.timestamp()
            yield GaugeMetricFamily("feedsvc_scan_timestamp_seconds", "End of the last scan", ended)
