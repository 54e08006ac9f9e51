"""Measure how building grows: `python tests/bench/builds.py CORPUS WORK [--posts 20000] [--times 4]`.

Makes two folders in WORK as `growth.py` does, one of so many posts and one of so many times as many; builds every page
of every feed of both, each with an index of its own, and compares the CPU time of all processes. The folders are kept.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from growth import make_folder


def build(posts: Path, target: Path) -> float:
    """Return the CPU seconds that a build takes."""
    shutil.rmtree(target, ignore_errors=True)
    index = target.with_suffix(".sqlite")
    for path in index.parent.glob(f"{index.stem}.sqlite*"):
        path.unlink()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "feedsvc", "build", str(target), str(posts), "--base-url", "https://example.org"]
    environment = os.environ | {"FEEDSVC_INDEX": str(index)}
    done = subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    assert done.returncode <= 1, done  # 1: a name is too long for a file
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=4)
    options = parser.parse_args()
    found = []
    print("| posts | files | CPU |\n|---|---|---|")
    for count in (options.posts, options.posts * options.times):
        folder, target = options.work / f"posts-{count}", options.work / f"built-{count}"
        make_folder(options.corpus, folder, count)
        found.append(build(folder, target))
        files = sum(len(names) for _, _, names in os.walk(target))
        print(f"| {count:,} | {files:,} | {found[-1]:,.0f} s |", flush=True)
        shutil.rmtree(target)
    print(f"\n{found[1] / found[0]:.2f} × for {options.times} × as many posts")


if __name__ == "__main__":
    main()
