"""The service as a process of its own, and what it is held against: nginx, a bare WSGI function, a plain Flask view.

Each listens on a free port of 127.0.0.1 and is stopped when its `with` block ends. `python tests/bench/service.py bare`
and `… counted` are what `bare` and `Service(…, counting=…)` start.
"""

import getpass
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from pathlib import Path
from typing import Any, NamedTuple, Self
from unittest.mock import patch

RUN = 300  # seconds in which a server must have answered its first feed
NGINX = """
daemon off; user {user}; worker_processes 2; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; gzip_static on; keepalive_requests 1000000; types {{ application/rss+xml xml; }}
    client_body_temp_path {folder}/nginx; proxy_temp_path {folder}/nginx; fastcgi_temp_path {folder}/nginx;
    uwsgi_temp_path {folder}/nginx; scgi_temp_path {folder}/nginx;
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


class Reply(NamedTuple):
    """An answer as it came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Server:
    """A process that answers on `port`."""

    def __init__(self, command: list[str], port: int, **environment: str) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the server
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=self._log, stderr=self._log, env=os.environ | environment, start_new_session=True
        )
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(self, path: str, **headers: str) -> Reply:
        """Ask on the one connection kept, on a new one if the server has ended it; headers as `if_none_match="…"`."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self.connection.request("GET", path, headers=fields)
            answer = self.connection.getresponse()
        except RemoteDisconnected:
            self.connection.close()
            self.connection.request("GET", path, headers=fields)
            answer = self.connection.getresponse()
        return Reply(answer.status, answer.getheaders(), answer.read())

    def get(self, path: str) -> tuple[int, bytes]:
        reply = self.ask(path)
        return reply.status, reply.body

    def wait(self) -> float:
        """Return the seconds from the start to the first feed."""
        while time.monotonic() < self.started + RUN and self.process.poll() is None:
            try:
                if self.get("/rss.xml")[0] == 200:
                    return time.monotonic() - self.started
            except (OSError, HTTPException):
                self.connection.close()
            time.sleep(0.02)  # asking takes time from what is measured
        raise RuntimeError(f"no feed: {self.stop()[-500:]}")

    def stop(self) -> str:
        """End it and all it has started; give what it said."""
        self.connection.close()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._log.seek(0)
        return self._log.read()


class Service(Server):
    """feedsvc, on an index of its own; `counting` is a file that gets a line for everything it builds."""

    def __init__(self, posts: Path, index: Path, counting: Path | None = None) -> None:
        port = free_port()
        entry = [__file__, "counted", str(counting)] if counting else ["-m", "feedsvc"]
        command = [sys.executable, *entry, "serve", str(posts), "--port", str(port)]
        super().__init__(command, port, FEEDSVC_INDEX=str(index))

    def memory(self) -> list[int]:
        """Return the resident memory of each process, in MB."""
        return [rss // 1024 for _, rss, _ in self._family()]

    def workers(self) -> list[float]:
        """Return the resident memory of each worker in MB: of all processes but the first, which reads posts."""
        _, *workers = sorted((pid, rss) for pid, rss, _ in self._family() if pid != self.process.pid)
        return [rss / 1024 for _, rss in workers]

    def keeper(self) -> int:
        """Return the id of the process that reads posts."""
        return min(pid for pid, _, _ in self._family() if pid != self.process.pid)

    def _family(self) -> list[tuple[int, int, str]]:
        table = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,rss,args"], capture_output=True, text=True, check=True)
        rows = [row.split(maxsplit=3) for row in table.stdout.splitlines()[1:]]
        own = str(self.process.pid)
        return [(int(pid), int(rss), name) for pid, parent, rss, name in rows if own in {pid, parent}]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


# --- what the service is held against ------------------------------------------------------------


def nginx(folder: Path) -> Server:
    """Serve the files of a folder with nginx, precompressed where there is a `.gz`."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, user=getpass.getuser()))
    return Server(["nginx", "-c", str(config), "-p", str(folder)], port)


def bare(folder: Path) -> Server:
    """Serve a recorded answer with a WSGI function under the server and the settings of feedsvc."""
    port = free_port()
    return Server([sys.executable, __file__, "bare", str(port)], port, BENCH_ANSWERS=str(folder))


def plain_flask(folder: Path) -> Server:
    """Serve the same with what one would write first: a Flask view, cachetools, `make_conditional`, gunicorn."""
    port = free_port()
    options = ["--workers", "2", "--threads", "2", "--bind", f"127.0.0.1:{port}", "--chdir", str(Path(__file__).parent)]
    command = [sys.executable, "-m", "gunicorn", *options, "service:flask_app()"]
    return Server(command, port, BENCH_ANSWERS=str(folder))


def record(service: Server, folder: Path) -> None:
    """Keep what the service answers for its feed, for the others to serve."""
    (folder / "rss.xml").write_bytes(service.ask("/rss.xml").body)
    full = service.ask("/rss.xml", accept_encoding="gzip")
    (folder / "rss.xml.gz").write_bytes(full.body)
    held = service.ask("/rss.xml", accept_encoding="gzip", if_none_match=dict(full.headers)["etag"])
    assert (full.status, held.status) == (200, 304), (full.status, held.status)
    for reply in (full, held):
        lines = [f"{name}: {value}" for name, value in reply.headers if name not in {"server", "date"}]
        (folder / str(reply.status)).write_text("\n".join(lines), encoding="utf-8")


def bare_app() -> Callable[..., list[bytes]]:
    folder = Path(os.environ["BENCH_ANSWERS"])
    full, held = (
        [tuple(line.split(": ", 1)) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        for name in ("200", "304")
    )
    etag, body = dict(full)["etag"], (folder / "rss.xml.gz").read_bytes()

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        if environ.get("HTTP_IF_NONE_MATCH") == etag:
            start_response("304 Not Modified", held)
            return [b""]
        start_response("200 OK", full)
        return [body]

    return app


def flask_app() -> Any:
    from cachetools import TTLCache  # noqa: PLC0415 - the others do without
    from flask import Flask, Response, request  # noqa: PLC0415

    app = Flask("plain")
    file = Path(os.environ["BENCH_ANSWERS"]) / "rss.xml.gz"
    cache: TTLCache[str, bytes] = TTLCache(64, 300)

    @app.get("/rss.xml")
    def feed() -> Response:
        if (body := cache.get("rss")) is None:
            body = cache["rss"] = file.read_bytes()
        response = Response(body, content_type="application/rss+xml; charset=utf-8")
        response.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": "max-age=300"}
        response.add_etag()
        return response.make_conditional(request)

    return app


# --- feedsvc's own server, with something of it replaced -----------------------------------------


def serve_bare(port: str) -> None:
    from feedsvc import keeper, server, workers  # noqa: PLC0415 - the rivals' processes need nothing of feedsvc
    from feedsvc.settings import Listening, Settings  # noqa: PLC0415

    no_keeper = patch.object(keeper, "run", lambda *_: signal.pause())
    with no_keeper, patch.object(workers, "create_app", lambda *_, **__: bare_app()):
        server.serve(Settings(), Listening("127.0.0.1", int(port), 2))


def serve_counted(file: str) -> None:
    from feedsvc.cli import main  # noqa: PLC0415
    from feedsvc.publishing.documents import CODINGS  # noqa: PLC0415
    from feedsvc.render import FORMATS  # noqa: PLC0415

    def counted(what: str, make: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
        def count(source: Any) -> bytes:
            made = make(source)
            with Path(file).open("a", encoding="utf-8") as lines:
                lines.write(f"{os.getpid()} {what} {hash(made)}\n")
            return made

        return count

    for name, row in FORMATS.items():
        FORMATS[name] = replace(row, write=counted(name, row.write))
    CODINGS.update({name: counted(name, make) for name, make in CODINGS.items()})
    main(sys.argv[3:], standalone_mode=False)


if __name__ == "__main__":
    {"bare": serve_bare, "counted": serve_counted}[sys.argv[1]](sys.argv[2])
