"""nginx and Varnish in front, as the manual configures them: `python tests/bench/fronts.py POSTS`.

How many requests reach the service of many that clients spell in their own way; whether all goes on while it is
stopped; and the requests a second behind that nginx, to those of the same nginx with a file (wrk -t1 -c32, five pairs).
The file holds the bytes that the service sends with gzip, and is served by `gzip_static`: once with nginx's own headers
alone, once with those of the service and `tcp_nopush` as behind the cache. All have keep-alive, `sendfile`, and no log.
What nginx's cache costs in any case is shown by a server that has only what a cache must have. Run it on a quiet
machine: the load is printed.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import product
from pathlib import Path

from service import Server, free_port

MANUAL = (Path(__file__).parents[2] / "docs" / "caches.md").read_text(encoding="utf-8")
CLIENTS, MADE_UP, CAMPAIGNS, PAIRS, SECONDS = 20, 300, 100, 5, 5
SPELLINGS = (
    *("", "gzip", "br", "gzip, br", "br, gzip", "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd"),
    *("GZIP", "deflate", "identity", "gzip;q=1.0"),
)
FEEDS = ("/rss.xml", "/atom.xml", "/feed.json")
CACHES, FILES = ("the manual's block", "the barest proxy_cache"), ("a file", "a file with the same headers")
BAREST = """
proxy_cache_path {own}/barest keys_zone=barest:1m use_temp_path=off;
server {{
    listen 127.0.0.1:{port}; tcp_nopush on; open_file_cache max=1000;
    proxy_set_header Accept-Encoding gzip; proxy_ignore_headers Vary Cache-Control;
    location / {{ proxy_pass http://127.0.0.1:{origin}; proxy_cache barest; proxy_cache_valid 1d; }}
}}
"""
OWN_HEADERS = {"etag", "last-modified", "content-type", "content-length", "content-encoding", "server", "date"}


class Logged(Server):
    """feedsvc, with a log of every request."""

    def __init__(self, posts: Path, folder: Path, **environment: str) -> None:
        self.log = folder / "requests"
        port = free_port()
        command = [sys.executable, "-m", "feedsvc", "serve", str(posts), "--port", str(port), "--access-log", "all"]
        shell = ["sh", "-c", f'exec "$@" 2>{self.log}', "sh", *command]
        super().__init__(shell, port, FEEDSVC_INDEX=str(folder / "index.sqlite"), **environment)

    def count(self, path: str) -> int:
        return len(re.findall(rf" GET {re.escape(path)}(?:\?\S*)? \d", self.log.read_text(encoding="utf-8")))


def block_of(language: str, sign: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)
    return next(block for block in found if sign in block)


@contextmanager
def nginx_with_cache(folder: Path, service: Logged) -> Iterator[list[int]]:
    """Run nginx as the manual has it, with the servers it is compared with; yield the ports."""
    (port, barest, *file_ports), own = [free_port() for _ in (*CACHES, *FILES)], folder / "front"
    own.mkdir()
    block = block_of("nginx", "proxy_cache_path").replace("127.0.0.1:8000", f"127.0.0.1:{service.port}")
    block = block.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/cache/nginx/feedsvc", f"{own}/cache")
    temporary = "".join(
        f"{name}_temp_path {own}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"user root; daemon off; worker_processes 2; pid {own}/pid; error_log {own}/errors; events {{}}"
    http = f"access_log off; sendfile on; keepalive_requests 1000000; {temporary} {block}"
    others = BAREST.format(own=own, port=barest, origin=service.port) + serve_file(folder, service, file_ports)
    (own / "conf").write_text(f"{main} http {{ {http} {others} }}")
    with running(["nginx", "-c", str(own / "conf")], port):
        yield [port, barest, *file_ports]


def serve_file(folder: Path, service: Logged, ports: list[int]) -> str:
    """Write what the service sends as a file; return nginx's servers of it."""
    sent = service.ask("/rss.xml", accept_encoding="gzip")
    (folder / "rss.xml.gz").write_bytes(sent.body)
    (folder / "rss.xml").write_bytes(service.ask("/rss.xml").body)
    same = [f'add_header {name} "{value}";' for name, value in sent.headers if name.lower() not in OWN_HEADERS]
    file = f"root {folder}; gzip_static on; default_type application/rss+xml;"
    return " ".join(
        f"server {{ listen 127.0.0.1:{port}; {file} {more} }}"
        for port, more in zip(ports, ("", f"tcp_nopush on; {' '.join(same)}"), strict=True)
    )


@contextmanager
def varnish(folder: Path, service: Logged) -> Iterator[list[int]]:
    """Run Varnish as the manual has it; yield its port, as a list."""
    port = free_port()
    (folder / "vcl").write_text(block_of("vcl", "xkey").replace('"8000"', f'"{service.port}"'))
    listen = ["-a", f"127.0.0.1:{port}", "-n", f"{folder}/varnish", "-s", "malloc,100m"]
    with running(["varnishd", "-F", "-j", "none", "-f", f"{folder}/vcl", *listen], port):
        yield [port]


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not ask(port, "/rss.xml")[0]:
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def ask(port: int, path: str, **fields: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request("GET", path, headers={"Host": "feeds.example.org", **named})
        response = connection.getresponse()
        return response.status, response.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


FRONTS = {
    "nginx": (nginx_with_cache, "nginx", {}),
    "varnish": (varnish, "varnishd", {"FEEDSVC_CACHE_TAGS": "xkey"}),  # nginx purges nothing, so needs no tags
}


def spell(service: Logged, port: int) -> None:
    """Print how many requests for each feed reach the service: the rest comes from the cache."""
    for feed in FEEDS:
        before = service.count(feed)
        for client, coding in product(range(CLIENTS), SPELLINGS):
            ask(port, feed, Accept_Encoding=coding, User_Agent=f"client {client}")
        for number in range(MADE_UP):
            ask(port, feed, Sec_Fetch_Dest=f"made up {number}")
        by_header = service.count(feed) - before
        for number in range(CAMPAIGNS):
            ask(port, f"{feed}?utm_source={number}&fbclid={number}")
        full = len(re.findall(rf" GET {re.escape(feed)}\S* 200 ", service.log.read_text(encoding="utf-8")))
        by_query = service.count(feed) - before - by_header
        print(
            f"  {feed}: {by_header} by headers, {by_query} by parameters reached the service, in all {full} with a body"
        )


def outlive(service: Logged, port: int, seconds: float) -> None:
    """Stop the service, and ask for all that is known for a while."""
    known = [*FEEDS, "/", "/tags/"]
    before = [ask(port, path)[1] for path in known]
    service.stop()
    end, failed, asked = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        replies = [ask(port, path) for path in known]
        failed += sum(status != 200 or body != old for (status, body), old in zip(replies, before, strict=True))
        asked += len(replies)
        time.sleep(min(1.0, seconds / 20))
    print(f"  service stopped for {seconds:.0f} s: {failed} of {asked} requests failed")


def race(ports: list[int]) -> None:
    """Print requests a second behind the caches, to those of the same nginx with a file."""
    servers = dict(zip((*CACHES, *FILES), ports, strict=True))
    for status in (200, 304):
        rounds = [{name: rate(port, status) for name, port in servers.items()} for _ in range(PAIRS)]
        for cache, file in product(CACHES, FILES):
            ratios = [found[cache] / found[file] for found in rounds]
            shown = " ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"  {status}: {cache} {statistics.median(ratios):.2f} of {file} ({shown})")
        print(f"  load {os.getloadavg()[0]:.1f}")


def rate(port: int, status: int) -> float:
    fields = {"Accept-Encoding": "gzip", **({"If-None-Match": etag_of(port)} if status == 304 else {})}
    assert ask(port, "/rss.xml", **fields)[0] == status
    headers = [word for name, value in fields.items() for word in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", "-c32", f"-d{SECONDS}s", *headers, f"http://127.0.0.1:{port}/rss.xml"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"Requests/sec: +([0-9.]+)", done.stdout)
    assert found, done.stdout
    assert "Non-2xx" not in done.stdout, done.stdout
    return float(found[1])


def etag_of(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/rss.xml", headers={"Host": "feeds.example.org", "Accept-Encoding": "gzip"})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.getheader("ETag") or ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path)
    parser.add_argument("--away", type=float, default=20, help="seconds for which the service is stopped")
    parser.add_argument("--only", choices=["race"], help="leave out the rest")
    arguments = parser.parse_args()
    for name, (front, program, settings) in FRONTS.items():
        if not shutil.which(program) or (arguments.only and name == "varnish"):
            continue
        print(f"{name}, load {os.getloadavg()[0]:.1f}")
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            own = Path(folder)
            own.chmod(0o755)
            service = Logged(arguments.posts, own, FEEDSVC_BASE_URL="http://feeds.example.org", **settings)
            stack.enter_context(service).wait()
            port, *others = stack.enter_context(front(own, service))
            if not arguments.only:
                spell(service, port)
            if others and shutil.which("wrk"):
                race([port, *others])
            if not arguments.only:
                outlive(service, port, arguments.away)


if __name__ == "__main__":
    main()
