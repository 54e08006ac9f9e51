"""Measure files beside posts: `python tests/bench/files.py [--posts N] [--seconds S] [--rounds N]`.

Serves 5,000 pictures of 10 KB to 20 MB beside 1,000 posts of its own making. Prints the memory of the workers as all
are asked for, the requests a second of small ones beside those of a cached feed, and how long the feed takes while ten
clients read large ones slowly. Needs wrk.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from crowd import HOT, HOT_PAUSE, hot_client, run
from service import Service

PICTURES = 5  # of a post
WORDS = 400  # of a post, so that the feed is of a usual size
KILOBYTE, MEGABYTE = 1_000, 1_000_000
LARGE = 20 * MEGABYTE
SLOW = 10  # clients that read large pictures slowly
SLOW_BYTES, SLOW_PAUSE = 64 * 1024, 0.5  # what each of them takes, and how often in seconds
HOT_PICTURES = 100  # small pictures that are asked for again and again
CONNECTIONS = 32
RANDOM_PATHS = """
local paths = {{{paths}}}
function init(args) math.randomseed({seed}) end
function request() return wrk.format("GET", paths[math.random(#paths)]) end
function response(status) if status ~= 200 then io.stderr:write("status ", status, "\\n") end end
"""


# --- the folder ----------------------------------------------------------------------------------


def size_of(number: int) -> int:
    """Return the bytes of a picture: one of 500 is large, one of 50 of some megabytes, the others are small."""
    if number % 500 == 0:
        return LARGE
    share = (number * 7919 % 1000) / 1000
    low, high = (MEGABYTE, 8 * MEGABYTE) if number % 50 == 1 else (10 * KILOBYTE, 100 * KILOBYTE)
    return int(low * (high / low) ** share)


def write_posts(posts: Path, count: int) -> list[Path]:
    """Write posts with pictures beside them; return the pictures, by path below the folder."""
    pictures, choose = [], random.Random(1)
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"\x08\x02\x00\x00\x00"
    for number in range(count):
        folder = posts / f"post-{number}"
        folder.mkdir(parents=True)
        names = [f"{number * PICTURES + at}.png" for at in range(PICTURES)]
        words = " ".join(f"{choose.getrandbits(20):x}" for _ in range(WORDS))
        text = "\n\n".join([words, *(f"![Picture]({name})" for name in names)])
        day = f"20{number % 20 + 5:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        (folder / "index.md").write_text(f"---\ntitle: Post {number}\ndate: {day}\n---\n{text}\n", encoding="utf-8")
        for name in names:
            size = size_of(int(name.removesuffix(".png")))
            (folder / name).write_bytes(header + os.urandom(size - len(header)))
            pictures.append(Path(folder.name) / name)
    return pictures


# --- clients -------------------------------------------------------------------------------------


def rate(service: Service, paths: list[str], seconds: float) -> float:
    """Return the requests a second of wrk, for paths at random."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        quoted = ",".join(f'"{path}"' for path in paths)
        script.write(RANDOM_PATHS.format(paths=quoted, seed=random.getrandbits(16)))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "-s", script.name]
        command += ["-H", "Accept-Encoding: gzip", service.url]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
    if told.stderr:
        print(f"not 200: {len(told.stderr.splitlines())}: {told.stderr.splitlines()[0]}", file=sys.stderr)
    return next(float(line.split()[1]) for line in told.stdout.splitlines() if line.startswith("Requests/sec"))


def read_slowly(port: int, path: str, stop: Event, told: Any) -> None:
    """Read a file a little at a time, again and again; tell how many bytes came, and how many responses were 503."""
    received = refused = 0
    while not stop.is_set():
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BYTES)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            part = connection.recv(SLOW_BYTES)
            refused += b" 503 " in part[:20]
            while part and not stop.wait(SLOW_PAUSE):
                received += len(part)
                part = connection.recv(SLOW_BYTES)
    told.put(("slow", (received, refused)))


# --- what is measured ----------------------------------------------------------------------------


def ask_for_all(service: Service, paths: list[str]) -> None:
    for path in paths:
        status, _ = service.get(path)
        while status == 503:
            status, _ = service.get(path)
        assert status == 200, (path, status)


def measure_slow_readers(service: Service, large: list[str], seconds: float, found: dict[str, list[float]]) -> None:
    hot = (hot_client, (service.port, [HOT], HOT_PAUSE))
    (quiet,) = run(seconds, [hot])["hot"]
    slow = [(read_slowly, (service.port, large[number % len(large)])) for number in range(SLOW)]
    told = run(seconds, [hot, *slow])
    (beside,) = told["hot"]
    found.setdefault("feed alone: p50, ms", []).append(1_000 * median(quiet.seconds))
    found.setdefault("feed beside ten slow readers: p50, ms (≤ 5)", []).append(1_000 * median(beside.seconds))
    found.setdefault("feed beside ten slow readers: p99, ms", []).append(1_000 * quantiles(beside.seconds, n=100)[-1])
    found.setdefault("slow readers: MB read", []).append(sum(received for received, _ in told["slow"]) / MEGABYTE)
    found.setdefault("slow readers: 503s", []).append(sum(refused for _, refused in told["slow"]))


def measure_rates(service: Service, small: list[str], seconds: float, found: dict[str, list[float]]) -> None:
    feed_bytes = len(service.ask(HOT, accept_encoding="gzip").body)
    found.setdefault("feed, KB", []).append(feed_bytes / KILOBYTE)
    feed, some, every = (rate(service, paths, seconds) for paths in ([HOT], small[:HOT_PICTURES], small))
    found.setdefault("feed: requests/s", []).append(feed)
    found.setdefault(f"{HOT_PICTURES} small pictures / feed (≥ 0.5)", []).append(some / feed)
    found.setdefault("all small pictures / feed", []).append(every / feed)


def measure(service: Service, paths: list[str], options: argparse.Namespace) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    small = [path for number, path in enumerate(paths) if size_of(number) < MEGABYTE]
    large = [path for number, path in enumerate(paths) if size_of(number) == LARGE]
    found["largest worker at the start, MB"] = [max(service.workers())]
    for turn in ("first", "second"):
        started = time.monotonic()
        ask_for_all(service, paths)
        found[f"all pictures, the {turn} time: seconds"] = [time.monotonic() - started]
        found[f"largest worker then, the {turn} time, MB"] = [max(service.workers())]
    for _ in range(options.rounds):
        print(f"load of this machine {os.getloadavg()[0]:.2f}", file=sys.stderr)
        measure_rates(service, small, options.seconds, found)
        measure_slow_readers(service, large, options.seconds, found)
    found["largest worker at the end, MB"] = [max(service.workers())]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, default=1_000, help="each has five pictures")
    parser.add_argument("--seconds", type=int, default=6, help="how long each is measured in a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds a number is the median of")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as name:
        posts = Path(name) / "posts"
        pictures = write_posts(posts, options.posts)
        with Service(posts, Path(name) / "index.sqlite") as service:
            service.wait()
            found = measure(service, [f"/files/{picture.as_posix()}" for picture in pictures], options)
    print("| measured | median | smallest to largest |\n|---|---|---|")
    for label, values in found.items():
        print(f"| {label} | {median(values):.3g} | {min(values):.3g} to {max(values):.3g} |")


if __name__ == "__main__":
    main()
