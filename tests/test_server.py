"""The service as it runs: a real server, a real reader, and whatever may befall them."""

from __future__ import annotations

import fcntl
import gzip
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser
import pytest
from waiting import BOUND, wait_until

from feedsvc.errors import SettingError
from feedsvc.server import serve
from feedsvc.settings import Listening
from feedsvc.workers import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedsvc.settings import Settings

POST = "---\ntitle: {}\ntags: [联合早报]\n---\nText.\n"


@dataclass
class Server:
    """A server process, the folder it serves and what it says."""

    process: subprocess.Popen[bytes]
    posts: Path
    log: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(
        self, target: str, host: str = "127.0.0.1", seconds: float = BOUND, **fields: str
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection(host, self.port, timeout=seconds)
        try:
            headers = {name.replace("_", "-"): value for name, value in fields.items()}
            connection.request("GET", target, headers=headers)
            reply = connection.getresponse()
            return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read().decode()
        finally:
            connection.close()

    def answers(self, target: str = "/readyz", seconds: float = BOUND) -> bool:
        try:
            return self.get(target, seconds=seconds)[0] == 200
        except OSError:
            return False

    def titles(self, target: str = "/rss.xml") -> list[str]:
        return [entry.title for entry in feedparser.parse(self.get(target)[2].encode()).entries]

    def children(self, sign: str) -> set[int]:
        """The running child processes with `sign` in their command lines."""
        found = set()
        lists = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        for child in " ".join(children.read_text() for children in lists).split():
            try:
                if sign in Path(f"/proc/{child}/cmdline").read_text():
                    found.add(int(child))
            except OSError:
                continue
        return found

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(BOUND)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def environment(folder: Path, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "FEEDSVC_INDEX": str(folder / "index" / "index.sqlite")}
    return ours | paths | more


def start(folder: Path, command: list[str], port: int, **more: str) -> Server:
    log = folder / "log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=environment(folder, **more),
            stderr=stderr,
            stdout=stderr,
            start_new_session=True,
        )
    return Server(process, folder / "posts", log, port)


def kill(server: Server) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()


Starter = "Callable[..., Server]"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Starter]:
    """Start a server over `posts` in an empty folder; it is gone after the test."""
    servers = []

    def start_one(*options: str, **more: str) -> Server:
        port = free_port()
        servers.append(start(tmp_path, ["feedsvc", "serve", "posts", "--port", str(port), *options], port, **more))
        return servers[-1]

    yield start_one
    for server in servers:
        kill(server)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "posts").mkdir()
    (folder / "posts" / "2024-01-01-first.md").write_text(POST.format("first"))
    port = free_port()
    server = start(folder, ["feedsvc", "serve", "posts", "--port", str(port)], port)
    try:
        wait_until(server.answers)
        yield server
    finally:
        kill(server)
    assert "Traceback" not in server.log.read_text()


# --- readers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/rss.xml", "/atom.xml", "/tags/%E8%81%94%E5%90%88%E6%97%A9%E6%8A%A5/rss.xml"])
def test_feed_reader_subscribes_and_is_spared_the_second_time(server: Server, target: str) -> None:
    first = feedparser.parse(server.url + target)

    second = feedparser.parse(server.url + target, etag=first.etag)

    assert (first.status, first.bozo, first.entries[-1].title, second.status) == (200, False, "first", 304)


def test_feed_reader_that_knows_dates_alone_is_spared_too(server: Server, until: Callable[..., None]) -> None:
    def is_spared() -> bool:  # but within the second of a change
        first = feedparser.parse(f"{server.url}/rss.xml")
        return bool(feedparser.parse(f"{server.url}/rss.xml", modified=first.modified).status == 304)

    until(is_spared)


def test_name_may_be_sent_as_it_is_typed(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), BOUND) as line:
        line.sendall("GET /feed.json?tag=联合早报 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        reply = line.makefile("rb").read()

    assert b'"title": "first"' in reply or b'"title":"first"' in reply


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /rss.xml HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /rss.xml HTTP/1.1\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /rss.xml HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"414"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx", b"405"),
        (
            b'GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: "x"\r\nIf-None-Match: W/"y"\r\nConnection: close\r\n\r\n',
            b"200",
        ),
    ],
)
def test_raw_request_is_answered(server: Server, request_: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), BOUND) as line:
        line.sendall(request_)
        reply = line.makefile("rb").read()

    assert reply.split(maxsplit=2)[1] == status


SMUGGLED = b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(b"Content-Length: 4\r\n%b\r\n0\r\n\r\n" % CHUNKED, id="two lengths of a body"),
        pytest.param(b"Content-Length: 0\r\nContent-Length: 35\r\n\r\n", id="two numbers of octets"),
        pytest.param(b"Content-Length: +0\r\n\r\n", id="number with a sign"),
        pytest.param(b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", id="coding after chunked"),
        pytest.param(b"%b\r\n0\r\nX: y\r\n\r\n" % CHUNKED.replace(b":", b" :"), id="blank before a colon"),
        pytest.param(b"X: y\n%b\r\n0x0\r\n\r\n" % CHUNKED, id="size that is none"),
    ],
)
def test_request_cannot_be_smuggled(server: Server, fields: bytes) -> None:
    """RFC 9112 section 6.3: where a body ends is known, or the connection ends."""
    with socket.create_connection(("127.0.0.1", server.port), BOUND) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + SMUGGLED)
        reply = line.makefile("rb").read()

    assert re.findall(rb"HTTP/1\.1 (\d+)", reply) in ([b"400"], [b"405"])


def test_body_of_a_request_is_never_unpacked(server: Server) -> None:
    body = gzip.compress(bytes(20_000_000))
    fields = b"POST /rss.xml HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection(("127.0.0.1", server.port), BOUND) as line:
        line.sendall(fields + body)

        assert line.recv(100).startswith(b"HTTP/1.1 405 ")


def test_requests_sent_at_once_are_answered_in_order(server: Server) -> None:
    targets = [b"/none", b"/healthz", b"/rss.xml?limit=x"]
    with socket.create_connection(("127.0.0.1", server.port), BOUND) as line:
        line.sendall(b"".join(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target for target in targets))
        line.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
        reply = line.makefile("rb").read()

    assert re.findall(rb"HTTP/1\.[01] (\d+)", reply) == [b"404", b"200", b"400", b"200"]


def test_fields_called_like_those_of_wsgi_have_no_effect(server: Server) -> None:
    plain, forged = (b"", b"SCRIPT_NAME: /evil\r\nPATH_INFO: /evil\r\nSCRIPT-NAME: /evil\r\n")
    replies = []
    for fields in (plain, forged):
        with socket.create_connection(("127.0.0.1", server.port), BOUND) as line:
            line.sendall(b"GET /rss.xml HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + b"\r\n")
            replies.append(re.sub(rb"(?i)\r\ndate: [^\r]+", b"", line.makefile("rb").read()))

    assert replies[0].startswith(b"HTTP/1.1 200 ")
    assert replies[0] == replies[1]


def test_two_lines_of_tags_are_one_list(server: Server) -> None:
    etag = server.get("/rss.xml", Host="a")[1]["etag"].encode()

    with socket.create_connection(("127.0.0.1", server.port), BOUND) as line:
        line.sendall(b'GET /rss.xml HTTP/1.1\r\nHost: a\r\nIf-None-Match: "x"\r\nIf-None-Match: ' + etag)
        line.sendall(b"\r\nConnection: close\r\n\r\n")
        reply = line.makefile("rb").read()

    assert reply.split(maxsplit=2)[1] == b"304"


@pytest.mark.parametrize("sent", [b"", b"GET /rss.xml HT", b"GET /rss.xml HTTP/1.1\r\nHost: a\r\nX: "])
def test_clients_that_never_finish_asking_keep_nobody_waiting(server: Server, sent: bytes) -> None:
    clients: list[socket.socket] = []
    with ExitStack() as stack:
        for _ in range(20):
            clients.append(stack.enter_context(socket.create_connection(("127.0.0.1", server.port), BOUND)))
            clients[-1].sendall(sent)

        statuses = {server.get("/rss.xml")[0] for _ in range(10)}
        ended_first = select.select(clients, [], [], 0)[0]

    assert (statuses, ended_first) == ({200}, [])


def test_clients_that_never_read_keep_nobody_waiting(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), BOUND))
            client.sendall(b"GET /rss.xml HTTP/1.1\r\nHost: a\r\n\r\n" * 200)

        statuses = {server.get("/rss.xml")[0] for _ in range(10)}

    assert statuses == {200}


def test_server_says_nothing_of_its_version(server: Server) -> None:
    assert not re.search(r"\d", server.get("/rss.xml")[1].get("server", ""))


# --- changes -------------------------------------------------------------------------------------


def test_added_changed_and_removed_post_shows_by_itself(server: Server, until: Callable[..., None]) -> None:
    file, part = server.posts / "2024-01-02-new.md", server.posts / ".new.part"

    def save(title: str) -> None:
        part.write_text(POST.format(title))
        part.replace(file)

    save("added")
    until(lambda: server.titles() == ["added", "first"])
    save("changed")
    until(lambda: server.titles() == ["changed", "first"])
    file.unlink()
    until(lambda: server.titles() == ["first"])


# --- processes -----------------------------------------------------------------------------------


def test_worker_that_is_killed_costs_no_request_after_a_moment_and_is_replaced(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    (tmp_path / "posts").mkdir()
    server = run()
    until(lambda: server.answers() and len(server.children("serve")) == 3)
    keeper, *workers = sorted(server.children("serve"))
    os.kill(workers[0], signal.SIGKILL)
    until(lambda: not Path(f"/proc/{workers[0]}").exists())  # reaped, so its socket takes no more connections
    until(lambda: server.answers("/rss.xml"))  # the other may still be starting

    answered = [server.answers("/rss.xml") for _ in range(40)]

    until(lambda: len(server.children("serve") - {keeper, *workers}) == 1)
    assert (len(workers), answered) == (2, [True] * 40)
    until(server.answers)


def test_worker_that_is_killed_again_and_again_ends_nothing(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    (tmp_path / "posts").mkdir()
    server = run()
    until(server.answers)
    others = server.children("serve")
    for _ in range(4):  # granian gives up at the second
        victim = max(others)
        others.remove(victim)
        os.kill(victim, signal.SIGKILL)
        until(partial(has_another, server, {*others, victim}))
        others = server.children("serve")
        until(partial(server.answers, "/rss.xml"))

    assert server.end() == 0


def has_another(server: Server, known: set[int]) -> bool:
    return bool(server.children("serve") - known)


def test_all_workers_killed_at_once_are_replaced(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    server = run()
    until(server.answers)
    keeper, *workers = sorted(server.children("serve"))

    for worker in workers:
        os.kill(worker, signal.SIGKILL)

    until(lambda: len(server.children("serve") - {keeper, *workers}) == 2)
    until(server.answers)
    assert server.end() == 0


def test_no_worker_gives_an_old_feed_after_another_gave_the_new(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "2024-01-01-a.md").write_text(POST.format("old"))
    server = run("--workers", "4")
    until(server.answers)
    for _ in range(20):
        server.titles()  # so that every worker knows it

    (server.posts / ".a").write_text(POST.format("new"))
    (server.posts / ".a").replace(server.posts / "2024-01-01-a.md")
    until(lambda: server.titles() == ["new"])
    time.sleep(2 * PATIENCE)  # the others may not look for so long

    assert len({server.get("/rss.xml")[1]["etag"] for _ in range(300)}) == 1


def test_keeper_that_is_killed_is_replaced(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "2024-01-01-first.md").write_text(POST.format("first"))
    server = run()
    until(server.answers)
    keeper, *workers = sorted(server.children("serve"))  # it is forked before the workers are
    os.kill(keeper, signal.SIGKILL)
    until(lambda: len(server.children("serve") - {keeper, *workers}) == 1)

    file = server.posts / "2024-01-03-after.md"
    file.write_text(POST.format("after"))

    until(lambda: "after" in server.titles())
    file.unlink()
    until(lambda: server.titles() == ["first"])


def test_sigterm_ends_in_time_and_leaves_no_process(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    server = run()
    until(server.answers)

    status = server.end()

    assert status == 0
    until(lambda: not is_running(server.process.pid))


def make_many_posts(folder: Path) -> None:
    (folder / "posts").mkdir()
    text = POST + "\n\n".join(f"Paragraph *{number}*." for number in range(40))
    for number in range(4_000):  # twice as many as are read by one process
        (folder / "posts" / f"2024-01-01-{number}.md").write_text(text.format(number))


def processes_of(group: int) -> set[int]:
    """The processes of a group that have not ended."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, rest = status.read_text().rpartition(")")[::2]
            state, _, their_group = rest.split()[:3]
            if int(their_group) == group and state != "Z":
                found.add(int(pid.split()[0]))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("is_for_all", [False, True], ids=["to the main process", "to all"])
def test_signal_while_many_posts_are_read_ends_everything(
    tmp_path: Path,
    run: Starter,
    until: Callable[..., None],
    number: signal.Signals,
    is_for_all: bool,  # noqa: FBT001
) -> None:
    make_many_posts(tmp_path)
    server = run("--workers", "1")
    until(lambda: len(processes_of(server.process.pid)) > 3)  # main, keeper, worker, and what reads

    (os.killpg if is_for_all else os.kill)(server.process.pid, number)

    assert server.process.wait(BOUND) == 0
    until(lambda: not processes_of(server.process.pid))
    assert re.findall(r" (WARNING|ERROR) ", server.log.read_text()) == []


def test_processes_that_read_end_with_the_main_process(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    make_many_posts(tmp_path)
    server = run("--workers", "1")
    until(lambda: len(processes_of(server.process.pid)) > 3)

    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    until(lambda: not processes_of(server.process.pid))


def test_stop_is_told_in_a_line(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    server = run()
    until(server.answers)
    before = len(server.log.read_text().splitlines())

    os.killpg(server.process.pid, signal.SIGTERM)  # as some platforms do it

    assert server.process.wait(BOUND) == 0
    (line,) = server.log.read_text().splitlines()[before:]
    assert line.endswith(" INFO feedsvc: SIGTERM: stopping; requests under way have 8 seconds")


def test_restart_serves_the_index_at_once_and_is_ready_when_it_was_compared(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "2024-01-01-a.md").write_text(POST.format("before"))
    first = run()
    until(first.answers)
    assert first.end() == 0

    with (tmp_path / "index" / "index.lock").open("a") as lock:  # so that nobody can scan
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = run()
        until(lambda: second.answers("/rss.xml"))
        statuses = {second.get("/readyz")[0] for _ in range(10)}

    until(second.answers)
    assert statuses == {503}


def test_replacement_of_a_worker_is_ready_while_nobody_compares(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    (tmp_path / "posts").mkdir()
    server = run("--workers", "1", "--scan-interval", "86400")
    until(server.answers)

    os.kill(max(server.children("serve")), signal.SIGKILL)

    until(server.answers)


def test_http_2_in_clear_is_refused(server: Server) -> None:
    """RFC 9113 section 3.3: a client may know that a server speaks it; this one does not."""
    with socket.create_connection(("127.0.0.1", server.port), 5) as line:
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000"))
        reply = line.makefile("rb").read()

    assert not reply or re.match(rb"HTTP/1\.1 [45]", reply)


def test_request_under_way_is_answered_before_the_end(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "2024-01-01-long.md").write_text(POST.format("long") + f"<p>{'Text. ' * 900_000}The end.</p>")
    server = run(FEEDSVC_MAX_POST_BYTES="1000000")  # larger ones are not cleaned, which would take a while
    until(server.answers)

    with socket.socket() as client:
        client.settimeout(BOUND)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 10_000)
        client.connect(("127.0.0.1", server.port))
        client.sendall(b"GET /posts/2024-01-01-long/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        reply = client.recv(1_000)  # far more than all buffers hold is still to come
        server.process.terminate()
        until(lambda: not server.answers("/healthz", seconds=1))  # refused, or left waiting for the end
        reply += client.makefile("rb").read()
    status = server.process.wait(BOUND)

    assert (status, reply.split(maxsplit=2)[1], b"The end.</p>" in reply) == (0, b"200", True)


def test_workers_end_with_the_process_that_started_them(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    (tmp_path / "posts").mkdir()
    server = run()
    until(server.answers)

    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    until(lambda: not is_running(server.process.pid))


def is_running(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


# --- what operators see --------------------------------------------------------------------------

TOKEN = "t0ken-of-an-operator"


def requests_counted(server: Server) -> float:
    text = server.get("/metrics", Authorization=f"Bearer {TOKEN}")[2]
    values = re.findall(r'^feedsvc_requests_total{.*kind="feed".*} (.*)$', text, re.MULTILINE)
    return sum(map(float, values))


def test_metrics_are_of_all_workers_and_outlive_them(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "tmp").mkdir()
    server = run(FEEDSVC_OPERATOR_TOKEN=TOKEN, TMPDIR=str(tmp_path / "tmp"))
    until(lambda: server.answers() and len(server.children("serve")) == 3)

    for _ in range(40):
        server.get("/rss.xml")
    seen = {requests_counted(server) for _ in range(10)}
    keeper, *workers = sorted(server.children("serve"))
    os.kill(workers[0], signal.SIGKILL)
    until(lambda: len(server.children("serve") - {keeper, *workers}) == 1)

    assert (seen, requests_counted(server)) == ({40}, 40)
    assert server.end() == 0
    assert list((tmp_path / "tmp").iterdir()) == []
    assert TOKEN not in server.log.read_text()


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("text", r"[-\d]+ [:,\d]+ INFO 127\.0\.0\.1 GET /none%0Aforged\?token=\*\*\* 404 \d+ [\d.]+"),
        pytest.param(
            "json",
            r'{"time": ".*", "level": "INFO", "client": "127.0.0.1", "method": "GET",'
            r' "path": "/none%0Aforged\?token=\*{3}", "status": 404, "bytes": \d+, "ms": [\d.]+}',
        ),
    ],
)
def test_log_has_a_line_for_an_error_and_none_for_a_feed(
    tmp_path: Path, run: Starter, until: Callable[..., None], form: str, line: str
) -> None:
    (tmp_path / "posts").mkdir()
    server = run("--log-format", form)
    until(server.answers)
    until(lambda: "0 posts, 0 feeds" in server.log.read_text())
    before = server.log.read_text().count("\n")

    server.get("/rss.xml")
    server.get(f"/none%0Aforged?token={TOKEN}", User_Agent="x" * 4_000)

    until(lambda: server.log.read_text().count("\n") > before)
    (logged,) = server.log.read_text().splitlines()[before:]
    assert re.fullmatch(line, logged)


def test_json_log_is_json_from_the_first_line(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    server = run("--log-format", "json")
    until(server.answers)

    lines = [json.loads(line) for line in server.log.read_text().splitlines()]

    assert lines[0]["message"].startswith("feedsvc: posts at http://")


def test_start_with_all_addresses_is_told_with_a_url_to_open(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    (tmp_path / "posts").mkdir()
    server = run("--host", "0.0.0.0")
    until(server.answers)

    first = server.log.read_text().splitlines()[0]

    assert re.search(r"at http://127\.0\.0\.1:(\d+)/, and at port \1 of every address$", first)


@pytest.mark.parametrize(
    ("config", "option", "told"),
    [
        ("url: https://x.example\nbaseurl: /b\n", "--max-age=300", "https://x.example/b (from _config.yml)"),
        ("url: https://x.example\n", "--base-url=https://feeds.example", ""),
        ("title: T\n", "--max-age=300", ""),
    ],
)
def test_start_tells_that_links_lead_to_the_site(
    tmp_path: Path, run: Starter, config: str, option: str, told: str
) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/_config.yml").write_text(config)
    server = run(option)
    wait_until(server.answers)

    logged = re.findall(r"feedsvc: links lead to (.*)", server.log.read_text())

    assert logged == [f"{told}; to try it here add --base-url http://127.0.0.1:{server.port}"] * bool(told)


def test_name_of_a_file_forges_no_line_of_the_log(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "\x1b[31m\r2024.md").write_text("---\n[\n---\n")
    server = run()
    until(server.answers)

    until(lambda: r"\x1b[31m\r2024.md" in server.log.read_text())
    assert server.log.read_bytes().isascii()
    assert not {*b"\x1b\r"} & {*server.log.read_bytes()}


def test_host_may_be_a_name(tmp_path: Path, run: Starter, until: Callable[..., None]) -> None:
    (tmp_path / "posts").mkdir()
    server = run("--host", "localhost")

    until(lambda: server.answers("/healthz"))

    assert "http://localhost:" in server.log.read_text()


# --- what cannot be served -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "variables", "line"),
    [
        (["--port", "abc"], {}, "Error: --port: 'abc': must be a whole number from 1 to 65,535"),
        ([], {"PORT": "abc"}, "Error: PORT: 'abc': must be a whole number from 1 to 65,535"),
        ([], {"WEB_CONCURRENCY": "0"}, "Error: WEB_CONCURRENCY: '0': must be a whole number from 1 to 64"),
        ([], {"FEEDSVC_LIMIT": "x"}, "Error: FEEDSVC_LIMIT: 'x': must be a whole number from 1 to 200"),
        (["--rules", "/none"], {}, "Error: --rules: '/none': no such file"),
        (["--index", "mine.txt"], {}, "Error: index: 'mine.txt': not made by feedsvc: name another file"),
        (["none"], {}, "Error: posts: 'none': no such folder: name it: feedsvc serve FOLDER"),
        (["mine.txt"], {}, "Error: posts: 'mine.txt': is a file: name its folder"),
        (["--index", "mine.txt/i"], {}, "Error: index: 'mine.txt': no such folder: File exists"),
        (["--index", "/proc/i"], {}, "Error: index: '/proc/i': cannot be written: unable to open database file"),
        (
            ["--port", "{taken}"],
            {},
            "Error: 127.0.0.1:{taken}: cannot listen there: Address already in use: try --port {next}",
        ),
    ],
)
def test_service_that_cannot_start_says_why_in_a_line(
    tmp_path: Path, options: list[str], variables: dict[str, str], line: str
) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "mine.txt").write_text("mine")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        done = subprocess.run(
            [sys.executable, "-m", "feedsvc", "serve", *(option.format(taken=taken) for option in options)],
            cwd=tmp_path,
            env=environment(tmp_path, **variables),
            capture_output=True,
            text=True,
            timeout=BOUND,
            check=False,
        )

    assert (done.returncode, done.stderr) == (1, line.format(taken=taken, next=taken + 1) + "\n")


@pytest.mark.parametrize("host", ["a..b", "nowhere.invalid", "256.256.256.256", "192.0.2.1"])
def test_host_that_is_not_ours_is_refused(settings: Settings, host: str) -> None:
    with pytest.raises(SettingError, match=f"^{re.escape(host)}:8000: cannot listen there: "):
        serve(settings, Listening(host, 8000, 1))


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="no IPv6 here")
def test_service_on_an_ipv6_address_is_shown_in_brackets(
    tmp_path: Path, run: Starter, until: Callable[..., None]
) -> None:
    (tmp_path / "posts").mkdir()
    server = run("--host", "::1")

    until(lambda: f"at http://[::1]:{server.port}/" in server.log.read_text())
    until(lambda: is_answered(server, "::1"))


def is_answered(server: Server, host: str) -> bool:
    with suppress(OSError):
        return server.get("/healthz", host)[0] == 200
    return False


# --- other servers -------------------------------------------------------------------------------


def test_gunicorn_serves_the_application_and_keeps_it_fresh(tmp_path: Path, until: Callable[..., None]) -> None:
    pytest.importorskip("gunicorn", reason="gunicorn is not installed")
    (tmp_path / "posts").mkdir()
    port = free_port()
    server = start(
        tmp_path,
        ["gunicorn", "--preload", "--workers", "2", "--bind", f"127.0.0.1:{port}", "feedsvc:create_app()"],
        port,
    )
    try:
        until(server.answers)

        (server.posts / "2024-01-01-a.md").write_text(POST.format("new"))

        until(lambda: server.titles() == ["new"])
        until(lambda: {server.answers() for _ in range(20)} == {True})  # of both: one scans, one waits
        assert server.end() == 0
    finally:
        kill(server)
