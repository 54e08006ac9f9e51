"""A folder of posts with everything that stands on it, real and in a temporary place; the clock can be set."""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from urllib.request import urlopen

import hypothesis
import pytest
from waiting import BOUND, wait_until

from feedsvc.ingest.scanner import ScanReport, scan
from feedsvc.publishing.publisher import Publisher
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.web.app import create_app

if TYPE_CHECKING:
    from feedsvc.index.queries import Index

FIRST_DAY = "2024-01-01"
ROOT = Path(__file__).parent.parent

# Whatever the machine's load, and whichever test runs first: the same examples, and no limit on the time they take.
hypothesis.settings.register_profile(
    "any machine", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Samples:
    """Where the sample posts are served, and the log of every request."""

    url: str
    log: Path

    def statuses(self, path: str) -> list[str]:
        """Return the status of every response so far at a path."""
        return re.findall(rf" GET {re.escape(path)} (\d+) ", self.log.read_text(encoding="utf-8"))


@dataclass
class Site:
    """A posts folder, its index, and the application over both."""

    settings: Settings
    now: datetime | None = None
    patience: float = 0

    @property
    def posts(self) -> Path:
        return self.settings.posts

    @property
    def index(self) -> Index:
        return open_index(self.settings)

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.settings, self.index, make_cleaner(self.settings, self.index), self.clock)

    @cached_property
    def app(self) -> Any:
        cleaner = make_cleaner(self.settings, self.index)
        return create_app(self.settings, self.index, cleaner, self.clock, patience=self.patience)

    def clock(self) -> datetime:
        """Return the time that is set, else one so late that the newest change has a date of its own."""
        return self.now or datetime.now(UTC) + timedelta(seconds=2)

    def write(self, path: str, body: str = "Text.", **front: object) -> Path:
        """Write a post as editors do it: to another name first."""
        file = self.posts / path
        file.parent.mkdir(parents=True, exist_ok=True)
        whole = file.with_name(f".{file.name}.part")
        whole.write_text(f"{json.dumps({'title': file.stem, **front}, ensure_ascii=False)}\n\n{body}\n", "utf-8")
        return whole.replace(file)

    def scan(self) -> ScanReport:
        return scan(self.settings, self.index)

    def settle(self) -> None:
        """Let the last change be an hour ago, so that clients have its date."""
        settle(self.index)

    def publish(self, path: str = f"{FIRST_DAY}-a.md", body: str = "Text.", **front: object) -> Path:
        file = self.write(path, body, **front)
        self.scan()
        return file

    def get(self, target: str, *, method: str = "GET", **fields: str) -> Reply:
        """Ask the application for a target as it would stand in a request line; fields as `if_none_match="…"`."""
        path, _, query = target.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.encode("utf-8", "surrogateescape").decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "feeds.example.org",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        environ |= {name if name.isupper() else f"HTTP_{name.upper()}": value for name, value in fields.items()}
        return call(self.app.wsgi_app, environ)


def settle(index: Index) -> None:
    """Let the last change of an index be an hour ago."""
    with closing(sqlite3.connect(index.path)) as connection, connection:
        connection.execute("UPDATE meta SET changed = 0")


def call(app: Any, environ: dict[str, Any]) -> Reply:
    started: list[Any] = []
    chunks = app(environ, lambda *args: started.append(args))
    body = b"".join(chunks)
    if close := getattr(chunks, "close", None):
        close()
    ((status, headers, *_),) = started
    assert len({name.lower() for name, _ in headers}) == len(headers), "a field twice"
    return Reply(int(status.split()[0]), dict(headers), body)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "posts").mkdir()
    return Settings(posts=tmp_path / "posts", index=tmp_path / "index.sqlite", title="Daily")


@pytest.fixture
def site(settings: Settings) -> Site:
    return Site(settings)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory and an environment without settings."""
    for name in [name for name in os.environ if name.startswith(("FEEDSVC_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A posts folder with a post in a subfolder, beside a folder with a secret of the same name."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / f"{FIRST_DAY}-a.md").write_text("secret")
    (tmp_path / "posts" / "sub").mkdir(parents=True)
    (tmp_path / "posts" / "sub" / f"{FIRST_DAY}-a.md").write_text("text")
    return tmp_path / "posts"


@pytest.fixture
def compared(settings: Settings) -> Iterator[None]:
    """A process that has compared the folder with the index, and follows it."""
    assert settings.index
    with settings.index.with_suffix(".compared").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def make_site() -> Callable[[Settings], Site]:
    return Site


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Return `wait_until`."""
    return wait_until


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samples]:
    """Serve the sample posts of the repository, as the README says."""
    with serving(tmp_path_factory.mktemp("samples"), ROOT / "posts") as served:
        yield served


@contextmanager
def serving(folder: Path, posts: Path) -> Iterator[Samples]:
    """Serve a folder of posts, with an index and a log in `folder`."""
    log = folder / "log"
    with socket.create_server(("127.0.0.1", 0)) as trial:
        port = trial.getsockname()[1]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
    ours |= {"PYTHONPATH": os.pathsep.join(sys.path), "FEEDSVC_INDEX": str(folder / "index.sqlite")}
    command = [sys.executable, "-m", "feedsvc", "serve", posts, "--port", str(port), "--access-log", "all"]
    with log.open("wb") as stderr, subprocess.Popen(command, cwd=folder, env=ours, stderr=stderr) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: is_ready(url))
            yield Samples(url, log)
        finally:
            process.terminate()


def is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=BOUND) as reply:
            return bool(reply.status == HTTPStatus.OK)
    except OSError:  # nobody listens yet, or 503
        return False
