"""Limits of the system: too low ones are told in a line, and no connection stalls for ever."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from waiting import BOUND

from feedsvc import limits
from feedsvc.limits import MAX_STALL, end_stalled_connections

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = "Error: open files: limited to {}: allow at least 256 (ulimit -n)\n"
MEMORY = "Error: memory: limited to {} MB: allow at least 512 MB (ulimit -v, -d)\n"


def limited(kind: int, soft: int, hard: int) -> Callable[[], None]:
    return partial(resource.setrlimit, kind, (soft, hard))


def run_limited(folder: Path, set_limit: Callable[[], None], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "FEEDSVC_INDEX": str(folder / "index.sqlite")},
        preexec_fn=set_limit,
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )


@pytest.mark.parametrize(
    ("kind", "limit", "line"),
    [
        (resource.RLIMIT_NOFILE, 30, FILES.format(30)),
        (resource.RLIMIT_NOFILE, 255, FILES.format(255)),
        (resource.RLIMIT_AS, 80_000_000, MEMORY.format(80)),
        (resource.RLIMIT_AS, 150_000_000, MEMORY.format(150)),
        (resource.RLIMIT_AS, 511_000_000, MEMORY.format(511)),
        (resource.RLIMIT_DATA, 150_000_000, MEMORY.format(150)),
    ],
)
def test_service_with_too_little_says_what_it_needs_in_a_line(tmp_path: Path, kind: int, limit: int, line: str) -> None:
    (tmp_path / "posts").mkdir()

    done = run_limited(tmp_path, limited(kind, limit, limit), "-m", "feedsvc", "serve", "posts", "--port", "1")

    assert (done.returncode, done.stdout, done.stderr) == (1, "", line)


def test_other_commands_run_with_few_files(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()

    done = run_limited(tmp_path, limited(resource.RLIMIT_NOFILE, 64, 64), "-m", "feedsvc", "check", "posts")

    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


@pytest.mark.parametrize(("soft", "hard", "printed"), [(128, 4_096, 2_000), (128, 1_000, 1_000), (3_000, 4_096, 2_000)])
def test_open_files_are_allowed_as_far_as_the_system_does(tmp_path: Path, soft: int, hard: int, printed: int) -> None:
    script = "from feedsvc.limits import allow_descriptors; print(allow_descriptors(2_000))"

    done = run_limited(tmp_path, limited(resource.RLIMIT_NOFILE, soft, hard), "-c", script)

    assert done.stdout == f"{printed}\n"


def test_accepted_connection_is_ended_by_the_system_if_it_stalls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        end_stalled_connections()

        with socket.create_connection(server.getsockname()), server.accept()[0] as accepted:
            stall = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    assert stall == 1_000 * MAX_STALL


def test_sockets_that_do_not_listen_are_left_alone() -> None:
    with socket.socket() as plain, socket.create_server(("127.0.0.1", 0)):
        end_stalled_connections()

        assert plain.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 0


def test_without_the_file_system_proc_no_connection_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    monkeypatch.setattr(limits, "Path", lambda _: tmp_path / "none")
    monkeypatch.setattr("time.sleep", looks.append)

    end_stalled_connections()

    assert len(looks) > 1
