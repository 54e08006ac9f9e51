"""What disks, mounts and limits do to a service, and that it goes on; those marked `faults` need tools or root."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from itertools import count
from multiprocessing.context import ForkProcess
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from waiting import BOUND

from feedsvc.errors import NotReady, StorageError
from feedsvc.files import Stamp
from feedsvc.index.records import to_row
from feedsvc.ingest.scanner import ScanReport, scan
from feedsvc.ingest.watcher import keep_fresh
from feedsvc.locks import is_locked
from feedsvc.models import NEVER, Content, FeedRequest, Format, Reading, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from conftest import Site

    from feedsvc.index.queries import Index
    from feedsvc.models import Post

NAME = "2024-01-01-a.md"
ALL = FeedRequest(Scope(), Format.RSS, 200, Content.FULL)


def posts(site: Site) -> list[Post]:
    return site.index.select(ALL, NEVER)


@contextmanager
def limited(what: int, most: int) -> Iterator[None]:
    before = resource.getrlimit(what)
    resource.setrlimit(what, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


# --- the index -----------------------------------------------------------------------------------


def write_for_ever(index: Index, begin: Connection) -> None:
    """Put twenty copies of a post into one transaction after the other, each with the transaction's number."""
    post = begin.recv()
    for number in count(time.time_ns()):
        with index.update() as writer:
            for copy in range(20):
                changed = replace(post, path=f"{copy}.md", title=f"{number} {'x' * 9_000}")
                writer.put(to_row(changed.path, Stamp(inode=number), Reading(changed)))


def start_writer(index: Index) -> tuple[ForkProcess, Connection]:
    """Return a process that writes once it is sent a post."""
    theirs, ours = multiprocessing.Pipe(duplex=False)
    writer = ForkProcess(target=write_for_ever, args=(index, theirs), daemon=True)
    writer.start()
    return writer, ours


def test_index_whose_writer_is_killed_25_times_is_whole_each_time(
    site: Site, until: Callable[[Callable[[], object]], None]
) -> None:
    writers = [start_writer(site.index) for _ in range(25)]  # a fork must not inherit an open database
    site.publish(NAME)
    (post,) = posts(site)
    found = []
    for kill, (writer, begin) in enumerate(writers):
        before = site.index.version()
        begin.send(post)
        until(lambda before=before: site.index.version() > before)  # type: ignore[misc]
        time.sleep(kill / 2_000)
        writer.kill()
        writer.join()
        with closing(sqlite3.connect(site.index.path)) as connection:
            found.append(connection.execute("PRAGMA integrity_check").fetchone())
        assert len({copy.title for copy in posts(site) if copy.path != NAME}) <= 1

    assert (found, len(posts(site))) == ([("ok",)] * 25, 21)


def test_locked_index_is_read_all_the_same(site: Site) -> None:
    site.publish(NAME)
    with closing(sqlite3.connect(site.index.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        reply = site.get("/feed.json")

    assert "Text." in reply.text


def test_full_disk_keeps_what_was_there_and_heals(site: Site) -> None:
    site.publish(NAME, title="A")
    for number in range(60):
        site.write(f"2024-01-02-{number}.md", title="x" * 9_000)

    with limited(resource.RLIMIT_FSIZE, 100_000):
        with pytest.raises(StorageError, match="cannot be written"):
            site.scan()
        meanwhile = [post.title for post in posts(site)]
    site.scan()

    assert (meanwhile, len(posts(site))) == (["A"], 61)


def test_index_that_is_damaged_after_the_disk_was_full_is_still_known_for_ours(site: Site) -> None:
    site.publish(NAME)
    with limited(resource.RLIMIT_FSIZE, 0), suppress(StorageError):
        site.scan()
    site.index.path.write_bytes(b"no database at all" * 100)

    with suppress(NotReady):  # moved aside
        site.scan()
    site.scan()

    assert len(posts(site)) == 1


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param("CREATE TABLE meta (version INTEGER, fingerprint TEXT)", id="fewer columns"),
        pytest.param("CREATE TABLE meta (a); CREATE TABLE files (b); CREATE TABLE news (c)", id="other tables"),
        pytest.param("PRAGMA user_version = 99", id="none of ours"),
    ],
)
def test_index_of_another_version_is_made_anew(site: Site, tables: str) -> None:
    site.scan()
    site.write(NAME, title="A")
    site.index.path.unlink()
    with closing(sqlite3.connect(site.index.path)) as connection:
        connection.executescript(tables)
    before = site.get("/rss.xml").status

    site.scan()

    assert (before, site.get("/rss.xml").status) == (503, 200)


def test_index_that_was_removed_is_made_anew(site: Site) -> None:
    site.publish(NAME)
    site.get("/rss.xml")
    site.index.path.unlink()

    site.scan()

    assert "Text." in site.get("/rss.xml").text


# --- limits --------------------------------------------------------------------------------------


WITHOUT_FILES = """
import os, pathlib, resource, sys
from datetime import UTC, datetime
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.web.app import create_app
settings = Settings(posts=pathlib.Path(sys.argv[1]), index=pathlib.Path(sys.argv[2]))
index = open_index(settings)
client = create_app(settings, index, make_cleaner(settings, index), lambda: datetime.now(UTC)).test_client()
client.get("/readyz")
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
opened = []
try:
    while True:
        opened.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
meanwhile = client.get("/rss.xml").status_code
for descriptor in opened:
    os.close(descriptor)
print(meanwhile, "Text." in client.get("/rss.xml").text)
"""


def test_service_that_may_open_no_more_files_is_503_rather_than_without_text_and_heals(site: Site) -> None:
    site.publish(NAME)
    command = [sys.executable, "-c", WITHOUT_FILES, str(site.posts), str(site.index.path)]

    assert subprocess.check_output(command, text=True).split() == ["503", "True"]


# --- with tools, or as root ----------------------------------------------------------------------


def check(folder: Path, *before: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `feedsvc check` behind another command, on an index of its own."""
    return subprocess.run(
        [*before, sys.executable, "-m", "feedsvc", "check", str(folder)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(folder.parent)} | variables,
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )


def needs(tool: str, *, root: bool = True) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    if root and os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.mark.faults
def test_fault_of_the_disk_costs_one_post(site: Site) -> None:
    needs("strace", root=False)
    site.write(NAME)
    site.write("2024-01-02-b.md")

    fail = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=read:error=EIO", "-P", str(site.posts / NAME)]

    done = check(site.posts, *fail)

    assert f"{NAME}: error: cannot be read: Input/output error" in done.stdout
    assert "1 post, 1 error" in done.stderr


@pytest.mark.faults
def test_file_that_may_not_be_read_costs_one_post() -> None:
    needs("setpriv")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for path in (folder / NAME, folder / "2024-01-02-b.md"):
            path.write_text("{}\n\nText.\n")
        (folder / NAME).chmod(0)

        done = check(folder, "setpriv", "--bounding-set=-all", "--inh-caps=-all", FEEDSVC_INDEX=f"{name}-index")

    for leftover in folder.parent.glob(f"{folder.name}-index*"):
        leftover.unlink()
    assert f"{NAME}: error: cannot be read: Permission denied" in done.stdout
    assert "1 post, 1 error" in done.stderr


MOUNTS = {
    "full": "mount -t tmpfs -o size=64k none $HOME/cache",
    "read-only": "mount --bind $HOME/cache $HOME/cache && mount -o remount,ro,bind $HOME/cache",
}


def summary_of(site: Site) -> str:
    """Return what `check` writes on standard error where there is one sound post, and nothing else to tell."""
    return f"{site.posts}: a folder of posts, of no generator that is known: 1 post\n1 post, 0 errors, 0 hints\n"


@pytest.mark.faults
@pytest.mark.parametrize("mount", MOUNTS.values(), ids=MOUNTS)
def test_cache_directory_that_takes_no_index_is_done_without(site: Site, mount: str) -> None:
    needs("unshare")
    cache = site.posts.parent / "cache"
    cache.mkdir()
    site.write(NAME)

    done = check(site.posts, "unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh", XDG_CACHE_HOME=str(cache))

    assert (done.stderr, list(cache.iterdir())) == (summary_of(site), [])


@pytest.mark.faults
def test_system_that_is_read_only_is_served_from_memory(site: Site) -> None:
    needs("unshare")
    site.write(NAME)
    mounts = 'mount -t tmpfs none /dev/shm && mount -o remount,ro,bind / && exec "$@"'

    done = check(site.posts, "unshare", "-m", "sh", "-c", mounts, "sh", HOME="/none", XDG_CACHE_HOME="", TMPDIR="/none")

    assert done.stderr == summary_of(site)


@pytest.mark.faults
def test_disk_that_fills_up_is_told_in_a_line(site: Site) -> None:
    needs("unshare")
    disk = site.posts.parent / "cache"
    disk.mkdir()
    for number in range(300):
        site.write(f"2024-01-02-{number}.md", title="x" * 9_000)

    done = check(
        site.posts,
        *("unshare", "-m", "sh", "-c", f'{MOUNTS["full"].replace("64k", "2m")} && exec "$@"', "sh"),
        FEEDSVC_INDEX=str(disk / "index.sqlite"),
    )

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot be written: database or disk is full" in done.stderr


@pytest.mark.faults
def test_posts_that_are_unmounted_are_shown_until_they_are_back(site: Site) -> None:
    needs("unshare")
    site.write(NAME, title="A")
    script = Path(__file__).parent / "data" / "faults" / "unmount.py"

    done = subprocess.run(
        ["unshare", "-m", sys.executable, script, site.posts, site.index.path],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )

    assert done.stdout == "unmounted ['B']\nmounted again ['C', 'B']\n", done.stderr


@pytest.mark.faults
def test_service_without_memory_to_read_posts_goes_on_and_heals(
    site: Site, until: Callable[[Callable[[], object]], None]
) -> None:
    needs("prlimit", root=False)
    site.write(NAME, title="old")
    scans = multiprocessing.get_context("fork").Value("i", 0)

    def count_and_scan(*args: Any, **options: Any) -> ScanReport:
        scans.value += 1
        return scan(*args, **options)

    def start() -> ForkProcess:
        args = site.settings, site.index, Event(), count_and_scan
        keeper = ForkProcess(target=keep_fresh, args=args)
        keeper.start()
        return keeper

    keeper = start()
    until(lambda: is_locked(site.index.compared))
    limit = ["prlimit", f"--pid={keeper.pid}"]

    subprocess.run([*limit, "--as=10000000:"], check=True)
    for number in range(300):
        site.write(f"2024-01-02-{number}.md", "<p>Word. Word.</p>\n" * 50_000)  # more than it has left over
    until(lambda: scans.value >= 3 or not keeper.is_alive())  # it has failed, and failed again
    meanwhile = site.get("/rss.xml").status, site.index.count() < 301
    keeper.kill()  # as Rust's allocator may have done before us; the server starts another
    keeper.join()
    another = start()
    until(lambda: site.index.count() == 301)
    another.kill()
    another.join()

    assert meanwhile == (200, True)


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "huge"])
def test_posts_that_are_exchanged_10_000_times_while_they_are_read_let_nothing_in(kind: str) -> None:
    script = Path(__file__).parent / "bench" / "races.py"

    done = subprocess.run([sys.executable, script, kind], capture_output=True, text=True, timeout=900, check=True)

    found = json.loads(done.stdout)
    assert (found["outside"], found["stuck"], found["failed"], found["tracebacks"]) == (0, 0, 0, 0)
    assert (found["requests"] > 100, found["scans"] > 10, found["healed"]) == (True, True, True)
    assert found["highest"] < found["memory after a tenth more"] + 50  # MB, of all processes; the file has 10,000
