"""Exchange posts for other things while they are read: `python tests/bench/races.py [--rounds N] [KIND…]`.

In a process of its own each round gives a post's name to a link out of the folder, a pipe or a sparse file of 10 GB,
or its folder's name to a link, and gives it back; meanwhile the service scans and clients ask for posts it has no body
of yet. Prints a line for each kind as JSON: `outside` counts replies with bytes of another folder, `stuck` those that
took longer than a minute, `failed` those with status 500; memory is that of all processes together, in MB.
"""

import argparse
import ctypes
import json
import os
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread
from typing import Any

from service import Service

POSTS = 120  # more than the bodies that a scan makes at once
EXCHANGE = 2  # renameat2(2): RENAME_EXCHANGE
AT_CWD = -100
STUCK = 60.0  # seconds; a busy machine is slow as well
PAUSE = 0.002  # seconds for which either of two stands
CLIENTS = 4
CACHE_BYTES = 1_000_000  # full soon, so that what rises is no cache
_libc = ctypes.CDLL(None, use_errno=True)


def exchange(one: Path, other: Path) -> None:
    if _libc.renameat2(AT_CWD, os.fsencode(one), AT_CWD, os.fsencode(other), EXCHANGE):
        raise OSError(ctypes.get_errno(), "renameat2")


def text_of(number: int, version: int) -> str:
    return f'{{"title": "Post {number}", "date": "2024-01-01"}}\n\nVersion {version}.\n\n' + "Text. " * 50


def make_link(path: Path, secret: Path) -> None:
    path.symlink_to(secret)


def make_pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def make_huge(path: Path, secret: Path) -> None:
    path.write_bytes(secret.read_bytes())
    os.truncate(path, 10 * 2**30)


# What is made in the place of a post; nothing for the folder of all.
KINDS: dict[str, Callable[[Path, Path], None] | None] = {
    "link": make_link,
    "folder": None,
    "pipe": make_pipe,
    "huge": make_huge,
}


# --- the process that exchanges ------------------------------------------------------------------


def write_all(folder: Path, version: int) -> None:
    for number in range(POSTS):
        whole = folder / f".{number}.part"
        whole.write_text(text_of(number, version))
        whole.replace(folder / f"{number}.md")


def exchange_all(folder: Path, rounds: int, kind: str) -> None:
    """Exchange one after the other, and write all anew after each has had its turn."""
    outside = folder.parent.parent / "outside"
    for number in range(rounds):
        if number % POSTS == 0:
            write_all(folder, number)
        one = folder if kind == "folder" else folder / f"{number % POSTS}.md"
        other = outside / "link" if kind == "folder" else outside / f"planted-{number % POSTS}"
        for _ in range(2):
            exchange(one, other)
            time.sleep(PAUSE)


def prepare(root: Path, kind: str) -> Path:
    """Make the folder of posts, and outside of it what is going to stand in their places."""
    folder, outside = root / "posts" / "sub", root / "outside"
    folder.mkdir(parents=True)
    outside.mkdir()
    write_all(folder, -1)
    (outside / "link").symlink_to(outside)
    make = KINDS[kind]
    for number in range(POSTS):
        secret = outside / f"{number}.md"
        secret.write_text(text_of(number, -1).replace("Post", "SECRET").replace("Text", "SECRET"))
        if make:
            make(outside / f"planted-{number}", secret)
    return folder


# --- clients -------------------------------------------------------------------------------------


def ask(port: int, end: Event, seen: Counter[str], seed: int) -> None:
    choose = random.Random(seed)
    targets: tuple[Callable[[], str], ...] = (
        lambda: f"/posts/sub/{choose.randrange(POSTS)}/",
        lambda: f"/rss.xml?limit={choose.randint(1, 50)}",
        lambda: f"/feed.json?limit={choose.randint(1, 50)}",
    )
    while not end.is_set():
        connection = HTTPConnection("127.0.0.1", port, timeout=STUCK)
        try:
            connection.request("GET", choose.choice(targets)())
            reply = connection.getresponse()
            body = reply.read()
            seen["requests"] += 1
            seen["outside"] += b"SECRET" in body
            seen["failed"] += reply.status == 500
            seen[str(reply.status)] += 1
        except TimeoutError:
            seen["stuck"] += 1
        except (OSError, HTTPException):
            seen["broken"] += 1
        finally:
            connection.close()


def run(kind: str, rounds: int, root: Path) -> dict[str, Any]:
    folder = prepare(root, kind)
    seen: Counter[str] = Counter(requests=0, outside=0, stuck=0, failed=0, broken=0)
    end = Event()
    with Service(root / "posts", root / "index.sqlite") as service:
        service.wait()
        threads = [Thread(target=ask, args=(service.port, end, seen, seed), daemon=True) for seed in range(CLIENTS)]
        for thread in threads:
            thread.start()
        memory = [watch(service, folder, count, kind) for count in (max(rounds // 10, POSTS), rounds)]
        end.set()
        for thread in threads:
            thread.join(2 * STUCK)
        healed = heals(service, folder)
        log = service.stop()
    return {
        "kind": kind,
        "rounds": rounds,
        "load": round(os.getloadavg()[0], 1),
        **seen,
        "scans": len(re.findall(r" read, [\d,]+ gone, ", log)),
        "memory after a tenth more": memory[0][-1],
        "memory after all": memory[1][-1],
        "highest": max(memory[1]),
        "healed": healed,
        "tracebacks": log.count("Traceback"),
    }


def watch(service: Service, folder: Path, rounds: int, kind: str) -> list[int]:
    """Exchange so many times; return the memory meanwhile."""
    process = get_context("fork").Process(target=exchange_all, args=(folder, rounds, kind))
    process.start()
    memory = []
    while process.is_alive():
        memory.append(sum(service.memory()))
        process.join(0.2)
    if process.exitcode:
        raise RuntimeError(f"{kind}: the process that exchanges ended with {process.exitcode}")
    return [*memory, sum(service.memory())]


def heals(service: Service, folder: Path) -> bool:
    """True if a post that is written now is shown as it is."""
    write_all(folder, 10**6)
    until = time.monotonic() + STUCK
    while time.monotonic() < until:
        service.connection.close()  # it has been idle for too long to be kept
        if b"Version 1000000." in service.get("/posts/sub/7/")[1]:
            return True
        time.sleep(0.1)
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    given = parser.parse_args()
    os.environ["FEEDSVC_CACHE_BYTES"] = str(CACHE_BYTES)
    for kind in given.kinds or KINDS:
        with tempfile.TemporaryDirectory() as name:
            print(json.dumps(run(kind, given.rounds, Path(name))), flush=True)


if __name__ == "__main__":
    main()
