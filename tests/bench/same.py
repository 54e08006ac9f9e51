"""Record what an installed feedsvc answers, and compare two recordings: does a change leave the behaviour alone?

`python tests/bench/same.py record ENVIRONMENT POSTS FOLDER` runs `ENVIRONMENT/bin/feedsvc` on every tenth post of POSTS
and writes to FOLDER: 200 scopes in all formats and 300 pages, each with its status and headers; every post as the JSON
feed has it, with its clean body; the output of `check --bodies`, of `feeds` and of every `--help`; the static build of
the repository's own posts. `python tests/bench/same.py compare FOLDER FOLDER` lists the files that differ.
"""

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import create_server
from urllib.parse import quote

OWN_POSTS = Path(__file__).parents[2] / "posts"
STEP, SCOPES, PAGES = 10, 200, 300  # one post in ten; so many of each
FORMATS = ("rss.xml", "atom.xml", "feed.json")
COMMANDS = ((), ("serve",), ("check",), ("build",), ("feeds",), ("clean",))
OF_THE_MOMENT = {"date", "server", "last-modified"}  # headers
BASE_URL = "https://feeds.example"
START_SECONDS = 120


def record(environment: Path, posts: Path, folder: Path) -> None:
    """Write everything there is to compare to `folder`, which must not exist."""
    folder.mkdir(parents=True)
    feedsvc = str(environment.absolute() / "bin" / "feedsvc")
    with tempfile.TemporaryDirectory() as home:
        sample = copy_sample(posts, Path(home) / "sample")
        run = Runner(feedsvc, Path(home))
        for command in COMMANDS:
            write(folder / "help" / f"{' '.join(command) or 'feedsvc'}.txt", run(*command, "--help"))
        write(folder / "check.txt", run("check", str(sample), "--bodies"))
        write(folder / "feeds.txt", feeds := run("feeds", str(sample)))
        run("build", str(folder / "build"), str(OWN_POSTS), "--base-url", BASE_URL)
        with serve(feedsvc, sample, Path(home)) as connection:
            record_documents(connection, [line.split("  ")[-1] for line in feeds.splitlines()], folder)
            record_posts(connection, folder)
            record_pages(connection, sample, folder)


def copy_sample(posts: Path, sample: Path) -> Path:
    """Copy every tenth post, by path."""
    files = sorted(path for path in posts.rglob("*") if path.is_file())
    for file in files[::STEP]:
        target = sample / file.relative_to(posts)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    return sample


class Runner:
    """Runs a command of feedsvc to its end and returns what it printed, errors last."""

    def __init__(self, feedsvc: str, home: Path) -> None:
        self._feedsvc = feedsvc
        self._environment = os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home), "COLUMNS": "120"}

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._feedsvc, *arguments], capture_output=True, text=True, env=self._environment, check=False
        )
        return f"{done.stdout}{done.stderr}".replace(self._environment["HOME"], "HOME")


@contextmanager
def serve(feedsvc: str, posts: Path, home: Path) -> Iterator[HTTPConnection]:
    """Serve a folder on a free port until the block ends."""
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    index = str(home / "index.sqlite")
    command = [feedsvc, "serve", str(posts), "--port", str(port), "--base-url", BASE_URL, "--index", index]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        wait_until_ready(connection)
        yield connection
    finally:
        process.terminate()
        process.wait()


def wait_until_ready(connection: HTTPConnection) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError, HTTPException):
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                return
        connection.close()
        time.sleep(0.1)
    raise SystemExit("the service has not become ready")


def record_documents(connection: HTTPConnection, paths: list[str], folder: Path) -> None:
    """Write the documents of scopes, evenly chosen, and pages of all kinds."""
    stems = sorted({path.rpartition("/")[0] for path in paths})
    chosen = stems[:: max(1, len(stems) // SCOPES)][:SCOPES]
    targets = [f"{stem}/{name}" for stem in chosen for name in FORMATS]
    targets += [f"{stem}/" for stem in chosen]
    targets += ["/", "/tags/", "/categories/", "/authors/", "/feeds.opml", "/tags/none/rss.xml", "/rss.xml?limit=x"]
    for number, target in enumerate(targets):
        write(folder / "documents" / f"{number:04}.txt", fetch(connection, target))


def record_posts(connection: HTTPConnection, folder: Path) -> None:
    """Write every post as the JSON feed has it."""
    target, number = "/feed.json?limit=200", 0
    while target:
        feed = json.loads(fetch(connection, target).partition("\n\n")[2])
        for item in feed["items"]:
            write(folder / "posts" / f"{number:05}.json", json.dumps(item, ensure_ascii=False, indent=1))
            number += 1
        target = feed.get("next_url", "").removeprefix(BASE_URL)


def record_pages(connection: HTTPConnection, sample: Path, folder: Path) -> None:
    """Write the pages of posts, evenly chosen."""
    stems = sorted(path.relative_to(sample).with_suffix("").as_posix() for path in sample.rglob("*") if path.is_file())
    for number, stem in enumerate(stems[:: max(1, len(stems) // PAGES)][:PAGES]):
        write(folder / "pages" / f"{number:03}.txt", fetch(connection, f"/posts/{quote(stem)}/"))


def fetch(connection: HTTPConnection, target: str) -> str:
    """Return status, headers but for those of the moment, and body."""
    connection.request("GET", target)
    response = connection.getresponse()
    kept = sorted((name, value) for name, value in response.getheaders() if name.lower() not in OF_THE_MOMENT)
    head = [f"{target} {response.status}", *(f"{name.lower()}: {value}" for name, value in kept)]
    return "\n".join(head) + "\n\n" + response.read().decode()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def compare(before: Path, after: Path) -> int:
    """Print the files that differ or that only one recording has; return their number."""
    folders = (before, after)
    names = {str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*") if path.is_file()}
    same, different, missing = filecmp.cmpfiles(before, after, sorted(names), shallow=False)
    for name in (*different, *missing):
        print(name)
    print(f"{len(same)} the same, {len(different)} different, {len(missing)} in one alone")
    return len(different) + len(missing)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record")
    for name in ("environment", "posts", "folder"):
        recording.add_argument(name, type=Path)
    comparing = commands.add_parser("compare")
    for name in ("before", "after"):
        comparing.add_argument(name, type=Path)
    given = parser.parse_args()
    if given.command == "compare":
        sys.exit(1 if compare(given.before, given.after) else 0)
    record(given.environment, given.posts, given.folder)


if __name__ == "__main__":
    main()
