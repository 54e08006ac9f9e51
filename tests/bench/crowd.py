"""Measure what others feel of a crowd and of edits: `python tests/bench/crowd.py POSTS [--seconds S] [--rounds N]`.

Eight clients ask uncached things in loops (pages, `q`, `since`, random names), while another asks for a feed that is
in memory. Then the feeds of everything and of six tags are asked for while a post changes five times a second, each
time in everything and in one of the six. Every client is a process of its own. Prints medians; POSTS is copied.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from service import Service

from feedsvc.models import Format, Scope, ScopeKind
from feedsvc.publishing.routing import path_of
from feedsvc.settings import Settings
from feedsvc.startup import open_index

CROWD = 8
HOT = "/rss.xml"
HOT_CONNECTIONS = 4  # so that every worker is asked
HOT_PAUSE = 0.002  # seconds between two hot requests
TAGS = 6
CHANGES = 5  # a second
READERS = 4  # that ask for the feeds which change
PAGES = 2_400  # of everything
BUSY = 503

_forked = get_context("fork")


class Told(NamedTuple):
    """What a client got: the seconds each response took, and how many were 503."""

    seconds: list[float]
    refused: int


# --- clients -------------------------------------------------------------------------------------


def uncached(seed: int) -> Iterator[str]:
    """Return paths of which no two are alike."""
    choose = random.Random(seed)
    makers: tuple[Callable[[], str], ...] = (
        lambda: f"/rss.xml?page={choose.randint(2, PAGES)}&limit={choose.randint(10, 30)}",
        lambda: f"/feed.json?q={choose.choice('abcdefgh')}{choose.randint(0, 99)}",
        lambda: f"/atom.xml?since=20{choose.randint(10, 24)}-{choose.randint(1, 12):02}-{choose.randint(1, 28):02}",
        lambda: f"/tags/{choose.getrandbits(64):x}/rss.xml",
        lambda: f"/{choose.getrandbits(64):x}",
    )
    while True:
        yield choose.choice(makers)()


def ask(port: int, paths: Iterator[str], connections: int, pause: float, stop: Event) -> Told:
    """Ask for one path after the other until told to stop."""
    seconds, refused = [], 0
    kept = cycle([HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(connections)])
    while not stop.is_set():
        connection, started = next(kept), time.perf_counter()
        try:
            connection.request("GET", next(paths), headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            connection.close()
            continue
        if response.status == BUSY:
            refused += 1
        else:
            seconds.append(time.perf_counter() - started)
        if pause:
            time.sleep(pause)
    return Told(seconds, refused)


def crowd_client(port: int, seed: int, stop: Event, told: Any) -> None:
    told.put(("crowd", ask(port, uncached(seed), 1, 0, stop)))


def hot_client(port: int, paths: list[str], pause: float, stop: Event, told: Any) -> None:
    told.put(("hot", ask(port, cycle(paths), HOT_CONNECTIONS, pause, stop)))


def edit(posts: Path, tags: list[str], stop: Event) -> None:
    """Save one of six posts after the other, the newest of their tags."""
    for turn, tag in enumerate(cycle(tags)):
        if stop.wait(1 / CHANGES):
            return
        now = datetime.now(UTC)
        whole = posts / ".edited.part"
        whole.write_text(
            f"---\ntitle: edit {turn}\ndate: {now:%Y-%m-%d} 00:00:00 +0000\ntags: [{tag!r}]\n---\nText {turn}.\n",
            encoding="utf-8",
        )
        whole.replace(posts / f"{now:%Y-%m-%d}-edited-{turn % len(tags)}.md")


def run(seconds: float, clients: list[tuple[Callable[..., None], tuple[Any, ...]]], editor: Any = None) -> Any:
    """Let clients work at once for so long; return what those of each kind got."""
    stop, told = _forked.Event(), _forked.Queue()
    processes = [_forked.Process(target=work, args=(*args, stop, told)) for work, args in clients]
    if editor:
        processes.append(_forked.Process(target=edit, args=(*editor, stop)))
    for process in processes:
        process.start()
    time.sleep(seconds)
    stop.set()
    found: dict[str, list[Told]] = {}
    for _ in clients:
        kind, one = told.get(timeout=120)
        found.setdefault(kind, []).append(one)
    for process in processes:
        process.join(60)
    return found


# --- what is measured ----------------------------------------------------------------------------


def measure_crowd(service: Service, seconds: float, found: dict[str, list[float]]) -> None:
    port = service.port
    alone = run(seconds, [(crowd_client, (port, random.getrandbits(32)))])["crowd"][0]
    quiet = run(seconds, [(hot_client, (port, [HOT], HOT_PAUSE))])["hot"][0]
    together = run(
        seconds,
        [
            *((crowd_client, (port, random.getrandbits(32))) for _ in range(CROWD)),
            (hot_client, (port, [HOT], HOT_PAUSE)),
        ],
    )
    (hot,) = together["hot"]
    answered = sum(len(one.seconds) for one in together["crowd"])
    found.setdefault("hot p50 alone, ms", []).append(1_000 * median(quiet.seconds))
    found.setdefault("hot p50 beside the crowd, ms (≤ 5)", []).append(1_000 * median(hot.seconds))
    found.setdefault("hot p99 beside the crowd, ms (≤ 50)", []).append(1_000 * quantiles(hot.seconds, n=100)[-1])
    found.setdefault("answers of the eight / of one alone (≥ 0.5)", []).append(answered / len(alone.seconds))
    found.setdefault("answers/s of one alone", []).append(len(alone.seconds) / seconds)
    refused = sum(one.refused for one in together["crowd"])
    found.setdefault("503s of the eight / answers", []).append(refused / max(1, answered))
    found.setdefault("503s of the hot client", []).append(hot.refused)


def measure_edits(
    service: Service, posts: Path, tags: list[str], seconds: float, found: dict[str, list[float]]
) -> None:
    paths = [path_of(Scope(), Format.RSS), *(path_of(Scope(ScopeKind.TAG, tag), Format.RSS) for tag in tags)]
    for path in paths:
        service.get(path)
    readers = [(hot_client, (service.port, paths, 0.0)) for _ in range(READERS)]
    still = run(seconds, list(readers))["hot"]
    edited = run(seconds, list(readers), (posts, tags))["hot"]
    rates = [sum(len(one.seconds) for one in told) / seconds for told in (still, edited)]
    found.setdefault("requests/s of 7 feeds, still", []).append(rates[0])
    found.setdefault("with 5 edits/s / still (≥ 0.6)", []).append(rates[1] / rates[0])
    found.setdefault("503s with 5 edits/s", []).append(sum(one.refused for one in edited))


def largest_tags(posts: Path, index: Path) -> list[str]:
    summaries = open_index(Settings(posts=posts, index=index)).scopes(datetime.now(UTC))
    tags = sorted((one for one in summaries if one.scope.kind is ScopeKind.TAG), key=lambda one: -one.count)
    return [one.scope.name for one in tags[:TAGS]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("posts", type=Path)
    parser.add_argument("--seconds", type=float, default=8, help="how long each is measured in a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds a number is the median of")
    parser.add_argument("--only", choices=("crowd", "edits"))
    options = parser.parse_args()
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as name:
        posts, index = shutil.copytree(options.posts, Path(name) / "posts"), Path(name) / "index.sqlite"
        with Service(posts, index) as service:
            service.wait()
            tags = largest_tags(posts, index)
            for _ in range(options.rounds):
                print(f"load of this machine {os.getloadavg()[0]:.2f}", file=sys.stderr)
                if options.only != "edits":
                    measure_crowd(service, options.seconds, found)
                if options.only != "crowd":
                    measure_edits(service, posts, tags, options.seconds, found)
    print("| measured | median | smallest to largest |\n|---|---|---|")
    for label, values in found.items():
        print(f"| {label} | {median(values):.3g} | {min(values):.3g} to {max(values):.3g} |")


if __name__ == "__main__":
    main()
