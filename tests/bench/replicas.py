"""Four replicas, each with a copy of the folder: what differs between them? `python tests/bench/replicas.py POSTS`.

The replicas start at different moments, with edits in between that `rsync` copies with their times, behind HAProxy
(where that is not installed, they are asked in turn). Prints what differs, also after each kind of edit that the others
get a second later; what clients that know dates alone are told; and what differs once the times of one copy do.
"""

import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import cycle, islice, product
from pathlib import Path
from urllib.parse import quote

from feedsvc.index.queries import Index
from feedsvc.models import NEVER

REPLICAS, STEP = 4, 16  # one post in sixteen
CODINGS = ("", "gzip", "br", "gzip, deflate, br", "identity;q=0.5, gzip;q=0")
FILTERS = (
    "",
    "?limit=5&page=2",
    "?content=none",
    "?content=summary&limit=50",
    "?q=a",
    "?since=2020-01-01",
    "?not_tag=x",
)
FILES = ("rss.xml", "atom.xml", "feed.json", "")
APART = 2.5  # seconds between edits


class Replica:
    """A service with a copy of the folder, whose name differs from that of the others."""

    def __init__(self, folder: Path, number: int, stack: ExitStack) -> None:
        self.posts = folder / f"replica-{number}" / f"posts-{number}"
        self.index = folder / f"{number}.sqlite"
        with socket.create_server(("127.0.0.1", 0)) as trial:
            self.port = int(trial.getsockname()[1])
        self.number, self._stack = number, stack

    def start(self) -> None:
        environment = os.environ | {"FEEDSVC_INDEX": str(self.index), "FEEDSVC_BASE_URL": "https://feeds.example"}
        command = [
            sys.executable,
            "-m",
            "feedsvc",
            "serve",
            str(self.posts),
            "--port",
            str(self.port),
            "--workers",
            "1",
        ]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)
        while ask(self.port, "/readyz")[0] != 200:
            time.sleep(0.2)


def ask(port: int, target: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body; status 0 if nobody answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    with suppress(OSError):
        connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in fields.items()})
        response = connection.getresponse()
        found = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return found
    return 0, {}, b""


def synchronize(source: Path, copies: list[Path]) -> None:
    """Bring copies up to date, with the times of files and folders."""
    for copy in copies:
        subprocess.run(["rsync", "-a", "--delete", f"{source}/", f"{copy}/"], check=True)


# --- edits, as editors do them -------------------------------------------------------------------


def write(file: Path, text: str) -> None:
    whole = file.with_name(".part")
    whole.write_text(text, encoding="utf-8")
    whole.rename(file)


def pick(site: Path, number: int) -> Path:
    return sorted((site / "_posts").glob("20[01]*.md"), reverse=True)[number * 3]


def edit_post(site: Path, number: int) -> None:
    file = pick(site, number)
    write(file, file.read_text(encoding="utf-8", errors="replace") + f"\n\nEdit {number}.\n")


def add_post(site: Path, number: int) -> None:
    write(
        site / "_posts" / f"2026-01-{number % 28 + 1:02}-new.md", f"---\ntitle: New {number}\ntags: [a, b]\n---\nNew.\n"
    )


def remove_post(site: Path, number: int) -> None:
    pick(site, number).unlink()


def rename_post(site: Path, number: int) -> None:
    file = pick(site, number)
    file.rename(file.with_name(f"2025-01-{number % 28 + 1:02}-renamed.md"))


def add_tag(site: Path, number: int) -> None:
    write(site / "_posts" / "2026-02-01-tagged.md", f"---\ntags: [a, only-{number}]\n---\nTagged.\n")


def drop_tag(site: Path, _: int) -> None:
    write(site / "_posts" / "2026-02-01-tagged.md", "---\ntags: [a]\n---\nTagged.\n")


def add_picture(site: Path, number: int) -> None:
    (site / f"{number}.png").write_bytes(b"\x89PNG" + bytes(number))
    write(site / "_posts" / "2026-02-02-picture.md", f"---\ntitle: Picture\n---\n![](/{number}.png)\n")


def edit_data(site: Path, number: int) -> None:
    write(site / "_data" / "words.yml", f"word: Word {number}\n")


def add_future_post(site: Path, number: int) -> None:
    """Add a post that becomes due before the next look."""
    due = datetime.fromtimestamp(int(time.time()) + 1, UTC).isoformat()
    write(site / "_posts" / f"2026-03-{number % 28 + 1:02}-due.md", f"---\ndate: {due}\n---\nDue.\n")


EDITS = (
    *(edit_post, remove_post, add_post, rename_post, add_tag, edit_data, drop_tag, add_picture),
    *(remove_post, add_future_post, edit_data, rename_post),
)


def edit(site: Path, number: int) -> None:
    EDITS[number % len(EDITS)](site, number)


def make_site(site: Path, posts: Path) -> None:
    """Make a site of Jekyll of some of the posts, with a post that shows a data file."""
    for folder in ("_posts", "_data"):
        (site / folder).mkdir(parents=True)
    (site / "_config.yml").write_text("title: Bench\n")
    for file in sorted(posts.rglob("*.*"))[::STEP]:
        shutil.copy2(file, site / "_posts")
    edit_data(site, 0)
    add_tag(site, 0)
    write(site / "_posts" / "2026-02-03-data.md", "---\ntags: [a]\n---\n{{ site.data.words.word }}\n")


@contextmanager
def balance(replicas: list[Replica], folder: Path) -> Iterator[Iterator[int]]:
    """Yield the port to ask for each request."""
    if not shutil.which("haproxy"):
        yield cycle([replica.port for replica in replicas])
        return
    with socket.create_server(("127.0.0.1", 0)) as trial:
        port = int(trial.getsockname()[1])
    servers = "\n".join(f"  server r{one.number} 127.0.0.1:{one.port}" for one in replicas)
    timeouts = "  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n"
    (folder / "haproxy.cfg").write_text(
        f"defaults\n  mode http\n{timeouts}listen feeds\n  bind 127.0.0.1:{port}\n  balance roundrobin\n{servers}\n"
    )
    process = subprocess.Popen(["haproxy", "-f", folder / "haproxy.cfg"], stderr=subprocess.DEVNULL)
    try:
        while not ask(port, "/healthz")[0]:
            time.sleep(0.1)
        yield cycle([port])
    finally:
        process.terminate()
        process.wait()


def targets_of(index: Path) -> list[tuple[str, str]]:
    """Return what is asked: paths with Accept-Encoding, in all formats, codings, filters and pages."""
    with opened(index) as found:
        scopes = [summary.scope for summary in found.scopes(NEVER) if summary.scope.name]
        posts = [post.path for post in islice(found.posts(), 400)]
    folders = {"tag": "tags", "category": "categories", "author": "authors", "language": "languages"}
    paths = [f"/{folders[scope.kind]}/{quote(scope.name, safe='')}/" for scope in scopes if scope.kind in folders]
    chosen = random.Random(1)
    feeds = [
        (f"{path}{file}{query}", coding)
        for path in ("/", *chosen.sample(paths, min(len(paths), 40)))
        for file, query, coding in product(FILES, FILTERS, CODINGS)
    ]
    pages = [f"/posts/{quote(path.rpartition('.')[0])}/" for path in chosen.sample(posts, min(len(posts), 40))]
    others = [
        "/feeds.opml",
        "/tags/",
        "/categories/",
        "/authors/",
        "/static/feed.css",
        "/none",
        "/sitemap.xml",
        "/robots.txt",
    ]
    rest = list(product((*pages, *others), CODINGS[:3]))
    return chosen.sample(feeds, min(len(feeds), 340)) + chosen.sample(rest, min(len(rest), 160))


@contextmanager
def opened(path: Path) -> Iterator[Index]:
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(path) as connection:
        ((fingerprint,),) = connection.execute("SELECT fingerprint FROM meta").fetchall()
    yield Index(path, fingerprint.split()[0])


def compare(ports: Iterator[int], targets: list[tuple[str, str]]) -> Counter[str]:
    """Ask for each target as often as there are replicas; count what differs."""
    differences: Counter[str] = Counter()
    for target, coding in targets:
        replies = [ask(next(ports), target, Accept_Encoding=coding) for _ in range(REPLICAS)]
        differences["requests"] += len(replies)
        first = replies[0]
        for status, headers, body in replies[1:]:
            differences["status"] += status != first[0]
            differences["bytes"] += body != first[2]
            for name in {name for name, _ in headers.items() ^ first[1].items()} - {"date"}:
                differences[name] += 1
        differences["failures"] += sum(status in {0, 500, 502, 503, 504} for status, *_ in replies)
    return differences


def poll(ports: Iterator[int], replicas: list[Replica]) -> Counter[str]:
    """Poll as a client that knows dates alone, with edits in between that reach all replicas."""
    told: Counter[str] = Counter()
    _, headers, held = ask(next(ports), "/feed.json")
    modified = headers["last-modified"]
    for number in range(len(EDITS)):
        edit(replicas[0].posts, number)
        synchronize(replicas[0].posts, [replica.posts for replica in replicas[1:]])
        time.sleep(APART)
        for _ in range(8):
            status, headers, body = ask(next(ports), "/feed.json", If_Modified_Since=modified)
            _, _, current = ask(next(ports), "/feed.json")
            told["polls"] += 1
            told["false 304"] += status == 304 and held != current
            told["needless 200"] += status == 200 and held == body
            if status == 200:
                told["200 after an edit"] += held != body
                held, modified = body, headers["last-modified"]
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        replicas = [Replica(folder, number, stack) for number in range(REPLICAS)]
        first = replicas[0]
        make_site(first.posts, arguments.posts)
        for number, replica in enumerate(replicas):
            if number:
                edit(first.posts, number - 1)
                replica.posts.parent.mkdir()
                shutil.copytree(first.posts, replica.posts)
            synchronize(first.posts, [other.posts for other in replicas[1:number]])
            time.sleep(APART)
            replica.start()
        time.sleep(APART)
        posts = len(list((first.posts / "_posts").iterdir()))
        print(f"{posts:,} posts, {REPLICAS} replicas, load {os.getloadavg()[0]:.1f}")
        targets = targets_of(first.index)
        with balance(replicas, folder) as ports:
            print("copied with their times:", dict(compare(ports, targets)))
            for number in range(len(EDITS)):
                edit(first.posts, number)
                time.sleep(1)  # the others get it later
                synchronize(first.posts, [replica.posts for replica in replicas[1:]])
                time.sleep(APART)
                print(f"after {EDITS[number].__name__}:", dict(compare(ports, targets[number :: len(EDITS)])))
            print("a client that knows dates alone:", dict(poll(ports, replicas)))
            for file in replicas[1].posts.rglob("*"):
                file.touch()
            time.sleep(2 * APART)
            print("one copy touched:", dict(compare(ports, targets)))


if __name__ == "__main__":
    main()
