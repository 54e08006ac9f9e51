"""Folders that are swapped as a whole: `python tests/bench/swaps.py POSTS`.

A link is turned to another checkout, as git-sync does it, or to a copy without git, with all posts and one changed; and
a small folder is swapped as Kubernetes swaps a ConfigMap (`..data`). Prints how long until the change is served, how
many files were read, the processor time, and what clients got meanwhile.
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

from keeping import cpu_of
from service import free_port

TURNS = 3
PAUSE, REST = 0.5, 10  # seconds before a turn, and after its change is served


class Polled:
    """A service, and a client that asks it all the time."""

    def __init__(self, posts: Path, folder: Path) -> None:
        self.port, self.log = free_port(), folder / "log"
        environment = os.environ | {"FEEDSVC_INDEX": str(folder / "index.sqlite")}
        command = [sys.executable, "-m", "feedsvc", "serve", str(posts), "--port", str(self.port), "--workers", "1"]
        self.process = subprocess.Popen(command, env=environment, stderr=self.log.open("wb"))
        self.statuses: Counter[int] = Counter()
        self.newest, self._ends = "", False
        while self.get("/readyz")[0] != 200:
            time.sleep(0.2)
        self._client = threading.Thread(target=self._poll)
        self._client.start()

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def _poll(self) -> None:
        while not self._ends:
            status, self.newest = self.get("/feed.json?limit=1")
            self.statuses[status] += 1
            time.sleep(0.02)

    def wait(self, title: str, started: float) -> float:
        while title not in self.newest:
            time.sleep(0.01)
        return time.monotonic() - started

    def reports(self) -> list[str]:
        return re.findall(r": ([\d,]+ read, [\d,]+ gone, [\d,]+ unchanged in [\d.]+ s)", self.log.read_text())

    def processor_seconds(self) -> float:
        """Return the processor time of all its processes so far."""
        table = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
        rows = [list(map(int, row.split())) for row in table.splitlines()[1:]]
        return sum(cpu_of(pid) for pid, parent in rows if self.process.pid in {pid, parent})

    def stop(self) -> None:
        self._ends = True
        self._client.join()
        self.process.terminate()
        self.process.wait()


def change(folder: Path, title: str, more: str = "") -> None:
    """Write the post that changes; it keeps its size unless there is `more` text."""
    (folder / "2026-11-01-changed.md").write_text(f"---\ntitle: {title}\ntags: [swap]\n---\nText{more}.\n")


def turn(link: Path, target: Path) -> None:
    """Let a link lead elsewhere, in one step."""
    new = link.with_name("new-link")
    new.symlink_to(target)
    new.rename(link)


def copy_folder(repository: Path, name: str) -> Path:
    """Return a copy without git; its files have times of their own."""
    copy = repository.parent / name
    shutil.copytree(repository, copy, ignore=shutil.ignore_patterns(".git"), copy_function=shutil.copyfile)
    return copy


def check_out(repository: Path, name: str) -> Path:
    """Return a new worktree of what is in the repository's folder, made as git-sync makes one."""
    worktree = repository.parent / name
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", name)
    git(repository, "worktree", "add", "--quiet", "--detach", "--no-checkout", str(worktree))
    git(worktree, "reset", "--quiet", "--hard")
    return worktree


def git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=Author", "-c", "user.email=author@example.org")
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True)


def flip(posts: Path, folder: Path, make: Callable[[Path, str], Path]) -> None:
    """Turn a link to checkouts with one post changed: TURNS of another size, TURNS of the same size, two at once."""
    repository, link = folder / "repository", folder / "current"
    shutil.copytree(posts, repository / "posts")
    git(repository, "init", "--quiet")
    change(repository / "posts", "Title 0")
    turn(link, make(repository, "checkout-0"))
    service = Polled(link / "posts", folder)
    for number in range(1, 2 * TURNS + 1):
        old, is_resized = link.resolve(), number <= TURNS
        change(repository / "posts", f"Title {number}", number * "x" if is_resized else TURNS * "x")
        kind = "another size" if is_resized else "the same size"
        report_turn(service, link, [make(repository, f"checkout-{number}")], f"Title {number}", kind)
        shutil.rmtree(old)
    change(repository / "posts", "Title 8", TURNS * "x")
    eighth = make(repository, "checkout-8")
    change(repository / "posts", "Title 9", TURNS * "x")
    report_turn(service, link, [eighth, make(repository, "checkout-9")], "Title 9", "again after half a second")
    print(f"  statuses: {dict(service.statuses)}, load {os.getloadavg()[0]:.1f}")
    service.stop()


def report_turn(service: Polled, link: Path, checkouts: list[Path], title: str, kind: str) -> None:
    """Turn a link, or turn it twice; print how long the last change took to be served, and what was read by the end."""
    for checkout in checkouts:
        time.sleep(PAUSE)
        started, before = time.monotonic(), service.processor_seconds()
        turn(link, checkout)
    seconds = service.wait(title, started)
    spent = service.processor_seconds() - before
    time.sleep(REST)
    print(f"  turned, {kind}: served after {seconds:.2f} s, {spent:.2f} s of processor; {service.reports()[-1]}")


def swap_config_map(folder: Path) -> None:
    mounted = folder / "mounted"
    mounted.mkdir()
    service = None
    for number in range(TURNS + 1):
        version = mounted / f"..2026_{number}"
        version.mkdir()
        change(version, f"Map {number}")
        started = time.monotonic()
        turn(mounted / "..data", Path(version.name))
        if service is None:
            (mounted / "2026-11-01-changed.md").symlink_to("..data/2026-11-01-changed.md")
            service = Polled(mounted, folder)
            continue
        print(f"  swapped: served after {service.wait(f'Map {number}', started):.2f} s")
    assert service
    print(f"  statuses: {dict(service.statuses)}, load {os.getloadavg()[0]:.1f}")
    service.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    posts = parser.parse_args().posts
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    print("a ConfigMap:")
    with tempfile.TemporaryDirectory() as name:
        swap_config_map(Path(name))
    count = sum(1 for file in posts.rglob("*") if file.is_file())
    for name, make in (("git-sync", check_out), ("copies without git", copy_folder)):
        print(f"{name}, {count:,} posts:")
        with tempfile.TemporaryDirectory() as folder:
            flip(posts, Path(folder), make)


if __name__ == "__main__":
    main()
