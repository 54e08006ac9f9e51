"""What requests cost in a folder of any size: `python tests/bench/growth.py CORPUS WORK [--posts 500000]`.

Makes a folder of posts in WORK by varying dates, paths and tags of those in CORPUS: a fifth of them have the tag
`bulk`, each has one of a fifth as many further tags, and ten tags share the posts. Scans it, and prints
the CPU time of one process for the first request of each kind after a change, and its memory. Both are kept.
"""

import argparse
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import create_environ

from feedsvc.ingest.scanner import scan, scan_paths
from feedsvc.models import Scope, ScopeKind
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.web.app import create_app

ROUNDS = 3
_DATE = re.compile(r"^date: *(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z *$", re.MULTILINE)
_TAGS = re.compile(r"^tags: *\[([^\]\n]*)\] *$", re.MULTILINE)


# --- the folder ----------------------------------------------------------------------------------


def make_folder(corpus: Path, folder: Path, count: int) -> None:
    """Write `count` posts below `folder`, unless it is there."""
    if folder.exists():
        return
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(corpus.iterdir())}
    for number, (name, text) in zip(range(count), _repeat(texts), strict=False):
        place = folder / f"{number // len(texts):02}"
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(_vary(text, number, count), encoding="utf-8")


def _repeat(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    while True:
        yield from texts.items()


def _vary(text: str, number: int, count: int) -> str:
    """Return a post with further tags, and a moment of its own."""
    more = [f"t{number % (count // 5)}", f"m{number % 10}"] + ["bulk"] * (number % 5 == 0)
    text = _TAGS.sub(lambda found: f"tags: [{', '.join([found[1].strip(), *more])}]", text, count=1)
    return _DATE.sub(lambda found: f"date: {_later(found[1], number)}", text, count=1)


def _later(moment: str, number: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(minutes=number % 50_000)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


# --- requests ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bench:
    """An application over the index, as a worker has it."""

    settings: Settings
    app: Any

    def get(self, target: str, status: int = 200) -> bytes:
        path, _, query = target.partition("?")
        environ = create_environ(path, "http://feeds.example.org", query)
        statuses: list[str] = []
        body = b"".join(self.app.wsgi_app(environ, lambda found, *_: statuses.append(found)))
        assert statuses[0].startswith(str(status)), (target, statuses, body[:200])
        return body

    def measure(self, target: str, status: int = 200) -> tuple[float, int]:
        """Return the CPU milliseconds of the first request after a change, and the bytes of the response."""
        times = []
        for _ in range(ROUNDS):
            subprocess.run([sys.executable, __file__, "edit", str(self.settings.posts)], check=True)
            self.get("/rss.xml?limit=1")  # reads the new state
            started = time.process_time()
            body = self.get(target, status)
            times.append((time.process_time() - started) * 1000)
        return sorted(times)[ROUNDS // 2], len(body)


def rows(bench: Bench) -> Iterator[tuple[str, str, int]]:
    """Yield what is measured: its name, the target, and the status of the response."""
    index = open_index(bench.settings)
    now = datetime.now(UTC)
    everything, bulk = (index.count_posts(scope, now) for scope in (Scope(), Scope(ScopeKind.TAG, "bulk")))
    tags = sorted(index.scopes(now), key=lambda one: (one.scope.kind is not ScopeKind.TAG, abs(one.count - 5_000)))[:10]
    ten = urlencode([("tag", one.scope.name) for one in tags])
    last = sum(one.count for one in tags) // 20  # as far as they share no posts
    some = "&".join(f"tag=t{number}" for number in range(10))
    yield "150 names in a filter", "/rss.xml?" + "&".join(f"not_tag=a{number}" for number in range(150)), 400
    yield "unknown tag", "/tags/none-such/rss.xml", 404
    yield "unknown tag in a filter", "/rss.xml?author=none-such", 200
    yield "/", "/", 200
    yield "/status", "/status", 200
    yield "/feeds.opml", "/feeds.opml", 200
    yield "/tags/", "/tags/", 200
    yield "/tags/, last page", f"/tags/?page={-(-index.count_scopes(now, ScopeKind.TAG) // 500)}", 200
    yield "/rss.xml", "/rss.xml", 200
    for share in (10, 50, 90, 100):
        yield f"page at {share} % of everything", f"/rss.xml?page={max(1, everything * share // 100 // 20)}", 200
    yield "the last page of a tag of a fifth", f"/tags/bulk/rss.xml?page={-(-bulk // 20)}", 200
    yield f"10 tags of {tags[-1].count:,} posts or so, page at the end", f"/rss.xml?{ten}&page={last * 4 // 5}", 200
    yield "10 tags of some posts", f"/rss.xml?{some}", 200
    yield "not the largest tag", "/rss.xml?not_tag=bulk", 200
    yield "not the largest tag, page at 80 %", f"/rss.xml?not_tag=bulk&page={everything * 3 // 5 // 20}", 200
    yield "q, of many posts", "/rss.xml?q=bulk", 200
    yield "q, of no post", "/rss.xml?q=zxcvbn", 200
    yield "since and until", "/rss.xml?since=2015-01-01&until=2015-02-01", 200


def measure(settings: Settings) -> None:
    """Print a table of CPU times and the memory of this process."""
    app = create_app(settings, open_index(settings), make_cleaner(settings), lambda: datetime.now(UTC))
    bench = Bench(settings, app)
    for target in ("/", "/rss.xml", "/tags/", "/feeds.opml", "/status"):  # imports, templates, bodies
        bench.get(target)
    print("| first request after a change | CPU | bytes |\n|---|---|---|")
    for name, target, status in rows(bench):
        bench.get(target, status)  # its bodies are cleaned
        milliseconds, size = bench.measure(target, status)
        print(f"| {name} | {milliseconds:,.1f} ms | {size:,} |", flush=True)
    print(f"| memory of the process | {_peak() // 1024} MB at most | |")


def edit(settings: Settings) -> None:
    """Change one post, and scan it alone."""
    path = max((settings.posts / "00").iterdir())
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
    report = scan_paths(settings, open_index(settings), [path.relative_to(settings.posts).as_posix()])
    assert report.read == 1, report


def scan_all(settings: Settings) -> None:
    """Fill the index, or compare it with the folder, and print what that took."""
    started, children = time.process_time(), _of_children()
    report = scan(settings, open_index(settings))
    own, theirs = time.process_time() - started, _of_children() - children
    print(f"scan: {report}; CPU {own:.1f} s and {theirs:.1f} s of others; {_peak() // 1024} MB at most")
    print(f"index: {settings.index.stat().st_size / 1e6:,.0f} MB" if settings.index else "")


def _peak() -> int:
    """Return the most memory that this process has had, in KB; `ru_maxrss` would count its parent's."""
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) if found else 0


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


STEPS: dict[str, Callable[[Settings], None]] = {"edit": edit, "measure": measure, "scan": scan_all}


def main() -> None:
    if sys.argv[1] in STEPS:
        posts = Path(sys.argv[2])
        STEPS[sys.argv[1]](Settings(posts=posts, index=posts.with_suffix(".sqlite"), operator_token="t" * 20))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--posts", type=int, default=500_000)
    options = parser.parse_args()
    folder = options.work / f"posts-{options.posts}"
    make_folder(options.corpus, folder, options.posts)
    for step in ("scan", "scan", "measure"):  # each in a process of its own
        subprocess.run([sys.executable, __file__, step, str(folder)], check=True)


if __name__ == "__main__":
    main()
