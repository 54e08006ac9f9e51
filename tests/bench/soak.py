"""Ask a running service for a long time while posts change: `python tests/bench/soak.py [--requests N] [POSTS]`.

Prints memory, file descriptors and threads of every process after each tenth, and the slope of memory per 100,000
requests over the second half. The caches are small, so that they are full soon and what rises is a leak. Slow readers
and attackers are at work beside the clients (`--no-strangers`: none); the last line of the table is from when all have
gone. POSTS is copied; without it, the repository's own are taken.
"""

import argparse
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple
from urllib.parse import quote

from service import Service
from strangers import strangers

OWN_POSTS = Path(__file__).parents[2] / "posts"
SLICES = 10
CLIENTS = 4
HOLD = 0.2  # seconds between two edits
GONE = 2.0  # seconds until the service has noticed that all clients have gone
PATHS = ("/rss.xml", "/atom.xml", "/feed.json", "/", f"/tags/{quote('联合早报')}/rss.xml", "/rss.xml?content=summary")


class Size(NamedTuple):
    """What a process takes."""

    kilobytes: int
    descriptors: int
    threads: int


def size_of(pid: int) -> Size:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    values = dict(line.split(":", 1) for line in lines)
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Size(int(values["VmRSS"].split()[0]), descriptors, int(values["Threads"]))


def children_of(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return sorted({int(child) for children in lists for child in children.read_text().split()})


# --- requests and edits --------------------------------------------------------------------------


def targets(seed: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Return the requests of readers, browsers and strangers, in a fixed mixture."""
    choose = random.Random(seed)
    strange: tuple[Callable[[], str], ...] = (
        lambda: f"/rss.xml?x={choose.getrandbits(64)}",
        lambda: f"/tags/{choose.getrandbits(64)}/rss.xml",
        lambda: f"/{choose.getrandbits(64)}",
        lambda: f"/feed.json?limit={choose.randint(0, 250)}",
        lambda: f"/rss.xml?tag={choose.getrandbits(32)}",
    )
    while True:
        path = choose.choice(strange)() if choose.random() < 0.2 else choose.choice(PATHS)
        yield path, choose.choice(({}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}))


def ask(port: int, number: int, seed: int, seen: Counter[int]) -> None:
    """Ask on one connection; for every other request hold the last tag, as readers do."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    tags: dict[str, str] = {}
    for turn, (path, fields) in zip(range(number), targets(seed), strict=False):
        held = {"If-None-Match": tags[path]} if turn % 2 and path in tags else {}
        try:
            connection.request("GET", path, headers=fields | held)
            reply = connection.getresponse()
            reply.read()
        except (OSError, HTTPException):
            seen[0] += 1
            connection.close()
            continue
        seen[reply.status] += 1
        if path in PATHS:
            tags[path] = reply.headers.get("ETag", "")
    connection.close()


def edit(posts: Path, stop: Event) -> None:
    """Save, rewrite in place, break and remove one post after the other."""
    file, whole = posts / "2024-01-01-edited.md", posts / ".edited.part"
    turn = 0
    while not stop.wait(HOLD):
        turn += 1
        text = f"---\ntitle: edit {turn}\ntags: [联合早报, t{turn % 50}]\n---\nText {turn}.\n"
        if turn % 4 == 0:
            file.write_text(text, encoding="utf-8")
        elif turn % 7 == 0:
            with suppress(FileNotFoundError):
                file.unlink()
        else:
            whole.write_text(text if turn % 5 else "---\ntags: [\n---\n", encoding="utf-8")
            whole.replace(file)


# --- measuring -----------------------------------------------------------------------------------


def ask_together(port: int, number: int, seed: int, seen: Counter[int]) -> None:
    counts = [Counter[int]() for _ in range(CLIENTS)]
    clients = [
        Thread(target=ask, args=(port, number // CLIENTS, seed + which, counts[which])) for which in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    for found in counts:
        seen.update(found)


def slope(points: list[tuple[int, int]]) -> float:
    """Return the slope of memory in kilobytes per request, by least squares."""
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def show(done: int, sizes: dict[int, Size]) -> None:
    processes = "  ".join(
        f"{size.kilobytes / 1024:6.1f} MB {size.descriptors:3} fd {size.threads:2} th" for size in sizes.values()
    )
    print(f"{done:>9,}  {processes}", flush=True)


def soak(posts: Path, requests: int, *, with_strangers: bool) -> None:
    with tempfile.TemporaryDirectory() as name, Service(posts, Path(name) / "index.sqlite") as service:
        service.wait()
        time.sleep(1)
        stop, seen, met = Event(), Counter[int](), Counter[str]()
        editor = Thread(target=edit, args=(posts, stop))
        editor.start()
        pids = [service.process.pid, *children_of(service.process.pid)]
        history = []
        print("  requests  main, keeper, workers")
        with strangers(service.port, met) if with_strangers else nullcontext():
            for part in range(SLICES + 1):
                if part:
                    ask_together(service.port, requests // SLICES, part * CLIENTS, seen)
                history.append((part * (requests // SLICES), {pid: size_of(pid) for pid in pids}))
                show(*history[-1])
        stop.set()
        editor.join()
        time.sleep(GONE)
        show(requests, {pid: size_of(pid) for pid in pids})
    summarize(pids, history, seen)
    print("strangers", dict(sorted(met.items())))


def summarize(pids: list[int], history: list[tuple[int, dict[int, Size]]], seen: Counter[int]) -> None:
    late = history[SLICES // 2 :]
    for pid in pids:
        first, last = late[0][1][pid], late[-1][1][pid]
        rise = slope([(done, sizes[pid].kilobytes) for done, sizes in late]) * 100_000
        print(
            f"process {pid}: {rise / 1024:+.2f} MB ({rise / first.kilobytes:+.1%}) per 100,000 requests,"
            f" descriptors {last.descriptors - first.descriptors:+}, threads {last.threads - first.threads:+}"
        )
    print("statuses", dict(sorted(seen.items())))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="?", type=Path, default=OWN_POSTS)
    parser.add_argument("--requests", type=int, default=300_000)
    parser.add_argument("--cache-bytes", type=int, default=1_000_000)
    parser.add_argument("--no-strangers", action="store_true")
    options = parser.parse_args()
    os.environ["FEEDSVC_CACHE_BYTES"] = str(options.cache_bytes)
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(options.posts, Path(copy) / "posts")
        soak(Path(copy) / "posts", options.requests, with_strangers=not options.no_strangers)
