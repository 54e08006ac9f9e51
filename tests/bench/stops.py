"""How a service stops, in each of the situations that are hard to stop in: a table of exit codes, times and remains.

    python tests/bench/stops.py POSTS [TRIES [SITUATION…]]

POSTS is a folder of at least 2,000 posts, so that a first scan takes more than one process; it is only read. What a
service says after it was told to stop counts as alarming unless it is at level INFO.
"""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from service import free_port

READY = 120  # seconds
LIMIT = 10  # seconds in which a service must stop
LEFT = 0.2  # seconds after which the kernel has taken away what was killed
LONG = "---\ntitle: long\n---\n" + "\n\n".join(
    f"Paragraph *{n}* of [many](https://a.example/{n})." for n in range(1_000)
)
QUIET = re.compile(r"[-\d]+ [:,\d]+ INFO ")


class Running:
    """A service in a session of its own."""

    def __init__(self, posts: Path, folder: Path) -> None:
        self.port, self._log = free_port(), folder / "log"
        command = [sys.executable, "-m", "feedsvc", "serve", str(posts), "--port", str(self.port)]
        environment = os.environ | {"FEEDSVC_INDEX": str(folder / "index.sqlite")}
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command, stderr=log, env=environment, start_new_session=True)

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), LIMIT)

    def is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        with suppress(OSError, HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def processes(self) -> set[int]:
        """Return the processes of its session that have not ended."""
        found = set()
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                pid, _, rest = status.read_text().partition(" ")
                state, _, _, session = rest.rpartition(")")[2].split()[:4]
                if int(session) == self.process.pid and state != "Z":
                    found.add(int(pid))
        return found


@dataclass(frozen=True, slots=True)
class Stop:
    """What came of one try."""

    code: int
    seconds: float
    left: int
    lines: tuple[str, ...]
    is_answered: bool


def until(is_true: Callable[[], object]) -> None:
    end = time.monotonic() + READY
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError("it never happened")
        time.sleep(0.01)


# --- situations: what is under way when the signal comes, and what is to be seen of it afterwards --------------------


def _nothing_to_see() -> bool:
    return True


def while_many_are_read(service: Running, _: Path) -> Callable[[], bool]:
    until(lambda: len(service.processes()) > 4)  # main, keeper, two workers, and what reads
    time.sleep(random.uniform(0, 1))
    return _nothing_to_see


def while_it_compares(service: Running, posts: Path) -> Callable[[], bool]:
    until(service.is_ready)
    (posts / f"new-{time.time_ns()}").mkdir()  # a look at the whole folder
    time.sleep(random.uniform(0, 0.4))
    return _nothing_to_see


def while_a_page_is_made(service: Running, _: Path) -> Callable[[], bool]:
    until(service.is_ready)
    client = service.connect()
    client.sendall(b"GET /posts/2024-01-01-long/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    time.sleep(random.uniform(0.1, 0.3))
    return lambda: client.makefile("rb").read().startswith(b"HTTP/1.1 200 ")


def while_a_client_reads_slowly(service: Running, _: Path) -> Callable[[], bool]:
    until(service.is_ready)
    client = service.connect()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.sendall(b"GET /rss.xml?limit=200 HTTP/1.1\r\nHost: a\r\n\r\n" * 50)
    until(lambda: client.recv(1))
    return lambda: bool(client.recv(1))


def before_it_is_ready(service: Running, _: Path) -> Callable[[], bool]:
    until(service.log)
    time.sleep(random.uniform(0, 0.6))
    return _nothing_to_see


SITUATIONS = {  # with whether it starts without an index
    "first scan": (while_many_are_read, True),
    "regular scan": (while_it_compares, False),
    "a page is made": (while_a_page_is_made, False),
    "slow reader": (while_a_client_reads_slowly, False),
    "before ready": (before_it_is_ready, True),
}


def stop(name: str, posts: Path, folder: Path) -> Stop:
    """Start a service, bring it into a situation, tell it to stop."""
    prepare, is_cold = SITUATIONS[name]
    for file in folder.glob("index*"):
        if is_cold or name == "a page is made":  # whose bodies are kept
            file.unlink()
    service = Running(posts, folder)
    try:
        look = prepare(service, posts)
        before, started = len(service.log()), time.monotonic()
        service.process.send_signal(random.choice([signal.SIGTERM, signal.SIGINT]))
        code = service.process.wait(3 * LIMIT)
        seconds = time.monotonic() - started
        time.sleep(LEFT)
        left, is_answered = len(service.processes()), look()
        lines = tuple(line for line in service.log()[before:].splitlines() if not QUIET.match(line))
        return Stop(code, seconds, left, lines, is_answered)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(service.process.pid, signal.SIGKILL)


def prepare_posts(name: str, posts: Path, folder: Path) -> Path:
    """Copy what a situation needs of the posts."""
    if name == "a page is made":
        (folder / "posts").mkdir()
        (folder / "posts" / "2024-01-01-long.md").write_text(LONG)
    elif name == "slow reader":
        (folder / "posts").mkdir()
        for file in sorted(posts.iterdir())[:1_000]:
            shutil.copy2(file, folder / "posts")
    else:
        shutil.copytree(posts, folder / "posts")
    return folder / "posts"


ROW = "{:16}{:>6}  {:14}{:>9}{:>6}{:>10}{:>10}{:>7}"


def row(name: str, stops: list[Stop]) -> str:
    """Return a line of the table, and below it what was alarming."""
    codes = Counter(found.code for found in stops)
    lines = [line for found in stops for line in found.lines]
    cells = ROW.format(
        name,
        len(stops),
        ", ".join(f"{code}: {count}" for code, count in codes.items()),
        f"{max(found.seconds for found in stops):.2f} s",
        sum(found.left for found in stops),
        len(lines),
        sum(found.is_answered for found in stops),
        f"{os.getloadavg()[0]:.1f}",
    )
    return "\n    ".join((cells, *sorted(set(lines))[:5]))


def main(posts: str, tries: str = "30", *names: str) -> None:
    print(ROW.format("situation", "tries", "exit codes", "longest", "left", "alarming", "answered", "load"))
    for name in names or SITUATIONS:
        with tempfile.TemporaryDirectory() as folder:
            ours = prepare_posts(name, Path(posts), Path(folder))
            stops = [stop(name, ours, Path(folder)) for _ in range(int(tries))]
        print(row(name, stops), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
