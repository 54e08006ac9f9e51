"""Build to a bucket of moto's server (PyPI `moto[server]`): `python tests/bench/bucket.py POSTS [--threads …]`.

Prints how long a first and a second build take, how many objects each put, and what one edit puts. POSTS is copied.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

from service import free_port

BASE = "https://example.org"
KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1", "AWS_ALLOW_HTTP": "true"}


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url}: no answer")


def build(posts: Path, out: str, environment: dict[str, str]) -> tuple[float, str]:
    """Return the seconds a build takes, and its last line."""
    started = time.monotonic()
    command = [sys.executable, "-m", "feedsvc", "build", out, str(posts), "--base-url", BASE]
    told = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    return time.monotonic() - started, (told.stderr.strip() or told.stdout.strip()).splitlines()[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("posts", type=Path)
    options = parser.parse_args()
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(endpoint)
        urlopen(Request(f"{endpoint}/bucket", method="PUT"), timeout=30).close()
        with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as name:
            posts = shutil.copytree(options.posts, Path(name) / "posts")
            environment = KEYS | {"AWS_ENDPOINT_URL": endpoint, "FEEDSVC_INDEX": f"{name}/index.sqlite"}
            print(f"load of this machine {os.getloadavg()[0]:.2f}", file=sys.stderr)
            for what in ("first build", "second build"):
                seconds, line = build(posts, "s3://bucket/feeds", environment)
                print(f"{what}: {seconds:.1f} s: {line}")
            (posts / "2024-01-01-one-more.md").write_text("---\ntitle: One more\ntags: [one-more]\n---\nText.\n")
            seconds, line = build(posts, "s3://bucket/feeds", environment)
            print(f"one post more: {seconds:.1f} s: {line}")
            seconds, line = build(posts, f"{name}/out", environment)
            print(f"folder: {seconds:.1f} s: {line}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
