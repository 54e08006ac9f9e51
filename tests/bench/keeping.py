"""Measure the process that keeps the index fresh in a folder of any size: `python tests/bench/keeping.py POSTS`.

POSTS is a folder that `growth.py` has made, with its index beside it; one post in it is changed again and again.
Prints the time of a restart; the share of the time and the most memory that regular looks take; how long a saved post
waits for its feed while nothing else happens, and while the folder is looked at without a pause; how many requests
for seven feeds are answered while a post changes five times a second.
"""

import argparse
import os
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from crowd import largest_tags, measure_edits
from service import Service

SAVES = 30
LIMIT = 60  # seconds until a saved post has to show
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_of(pid: int) -> int:
    """Return the most memory that a process has had, in MB."""
    found = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) // 1024 if found else 0


def save(posts: Path, title: str) -> None:
    """Save the newest post as editors do: to another name first."""
    whole, today = posts / ".kept.part", f"{datetime.now(UTC):%Y-%m-%d}"
    whole.write_text(f"---\ntitle: {title}\ndate: {today}\ntags: [bulk]\n---\nText.\n", encoding="utf-8")
    whole.replace(posts / f"{today}-kept.md")


def wait_for(service: Service, title: str) -> float:
    """Return the seconds until a title shows in the feed of the largest tag."""
    started = time.monotonic()
    while title.encode() not in service.get("/tags/bulk/rss.xml")[1]:
        assert time.monotonic() < started + LIMIT, f"{title!r} never showed"
        time.sleep(0.002)
    return time.monotonic() - started


def wait_until_compared(service: Service) -> float:
    """Return the seconds from the start until the folder has been compared with the index."""
    while service.get("/readyz")[0] != 200:
        time.sleep(0.1)
    return time.monotonic() - service.started


def measure_saves(service: Service, posts: Path) -> list[float]:
    seconds = []
    service.connection.close()  # one that was idle for long has been ended
    for number in range(SAVES):
        time.sleep(0.3)  # longer than the watcher gathers events
        title = f"saved {number} {time.monotonic_ns()}"
        save(posts, title)
        seconds.append(wait_for(service, title))
    return seconds


def tell(name: str, value: str) -> None:
    print(f"| {name} | {value} | load {os.getloadavg()[0]:.1f} |", flush=True)


def measure_looks(posts: Path, index: Path, seconds: float) -> None:
    """Print what regular looks take while nothing changes, at the usual interval."""
    with Service(posts, index) as service:
        tell("restart → first feed", f"{service.wait():.2f} s")
        keeper = service.keeper()
        while service.get("/readyz")[0] != 200:
            time.sleep(0.1)
        tell("restart → compared", f"{time.monotonic() - service.started:.2f} s, {cpu_of(keeper):.1f} s of CPU")
        tell("the keeper's memory, most", f"{peak_of(keeper)} MB")
        time.sleep(60)  # the look that begins with the watch
        started, cpu = time.monotonic(), cpu_of(keeper)
        time.sleep(seconds)
        share = (cpu_of(keeper) - cpu) / (time.monotonic() - started)
        tell(f"the keeper's share of {seconds:.0f} s (≤ 5 %)", f"{share:.1%}")
        tell("the keeper's memory, most (≤ 300 MB)", f"{peak_of(keeper)} MB")
        saved = measure_saves(service, posts)
        tell("save → fresh, median; worst", f"{median(saved) * 1000:.0f}; {max(saved) * 1000:.0f} ms")


def measure_busy(posts: Path, index: Path, seconds: float) -> None:
    """Print what edits take while the folder is looked at again as soon as it has been."""
    os.environ["FEEDSVC_SCAN_INTERVAL"] = "1"
    with Service(posts, index) as service:
        service.wait()
        wait_until_compared(service)
        saved = measure_saves(service, posts)
        tell("save → fresh beside looks (≤ 0.1; ≤ 0.5 s)", f"{median(saved) * 1000:.0f}; {max(saved) * 1000:.0f} ms")
        found: dict[str, list[float]] = {}
        for _ in range(3):
            measure_edits(service, posts, largest_tags(posts, index), seconds, found)
        for label, values in found.items():
            tell(label, f"{median(values):.3g} ({min(values):.3g} to {max(values):.3g})")
        tell("workers' memory", ", ".join(f"{one:.0f}" for one in service.workers()) + " MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("posts", type=Path)
    parser.add_argument("--seconds", type=float, default=240, help="how long regular looks are measured, 0: not")
    parser.add_argument("--edits", type=float, default=8, help="how long edits are measured, three times each")
    options = parser.parse_args()
    posts = options.posts.resolve()
    index = posts.with_suffix(".sqlite")
    if not index.exists():
        sys.exit(f"{index}: none: run growth.py first")
    print("| measured | result | |\n|---|---|---|")
    try:
        if options.seconds:
            measure_looks(posts, index, options.seconds)
        measure_busy(posts, index, options.edits)
    finally:
        for path in (*posts.glob("*-kept.md"), *posts.glob("*-edited-*.md")):
            path.unlink()


if __name__ == "__main__":
    main()
