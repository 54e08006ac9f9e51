"""Following the folder: every change arrives by itself, nothing from outside comes in, and no fault ends it."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from typing import TYPE_CHECKING, Any

import pytest
from checkout import Repository, turn
from waiting import BOUND, wait_until

from feedsvc.config import load_settings
from feedsvc.errors import NotReady
from feedsvc.ingest import settling as settling_module
from feedsvc.ingest import watcher as module
from feedsvc.ingest.polling import Differences, Poller
from feedsvc.ingest.scanner import ScanReport, scan, scan_paths
from feedsvc.ingest.sources import ALL_SOURCES
from feedsvc.ingest.watcher import keep_fresh, keep_fresh_in_thread
from feedsvc.locks import is_locked
from feedsvc.models import NEVER, Content, FeedRequest, Format, Scope
from feedsvc.settings import Settings
from feedsvc.sites import Site as SiteOf
from feedsvc.startup import make_cleaner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from conftest import Site
    from watchfiles import Change

    from feedsvc.index.queries import Index

ALL = FeedRequest(Scope(), Format.RSS, 20, Content.FULL)
ALL_OF_THEM = replace(ALL, limit=200)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
AGES = 3_600  # seconds; far longer than any test waits


def titles(site: Site) -> list[str] | None:
    try:
        return [post.title for post in site.index.select(ALL, NEVER)]
    except NotReady:
        return None


@dataclass
class Looks:
    """What the watch looks at: how often it began to, and what it saw.

    That is a set of paths, None for the whole folder, an empty set where the look at changed folders has ended.
    """

    begun: int = 0
    seen: list[set[str] | None] = field(default_factory=list)

    def scan(self, *args: Any, **options: Any) -> ScanReport:
        self.begun += 1
        report = scan(*args, **options)
        self.seen.append(None)
        return report

    def scan_paths(self, settings: Settings, index: Index, paths: set[str], *options: Any) -> ScanReport:
        self.begun += 1
        report = scan_paths(settings, index, paths, *options)
        self.seen.append(paths)
        return report

    @property
    def are_of_changes(self) -> bool:
        """True once the first scan is over, and the look at everything that the first wake-up takes."""
        return len(self.seen) >= 2

    def wait_for_more(self, more: int = 2) -> None:
        """Wait until so many more looks have begun: the second one sees what was there before this call."""
        before = self.begun
        wait_until(lambda: self.begun >= before + more)


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    looks = Looks()
    monkeypatch.setattr(module, "scan", looks.scan)
    monkeypatch.setattr(module, "scan_paths", looks.scan_paths)

    class NotedPoller(Poller):
        def advance(self) -> Differences:
            was_urgent = self.has_urgent
            found = super().advance()
            looks.seen += [set()] if was_urgent and not self.has_urgent else []
            return found

    monkeypatch.setattr(module, "Poller", NotedPoller)
    return looks


class Stop(Event):
    """An event that counts how often somebody looks whether it is set."""

    asked = 0

    def is_set(self) -> bool:
        self.asked += 1
        return super().is_set()

    def wait_for_more(self, more: int) -> None:
        before = self.asked
        wait_until(lambda: self.asked >= before + more)


@contextmanager
def kept_fresh(site: Site, full_scan: Callable[..., ScanReport] | None = None) -> Iterator[Stop]:
    stop = Stop()
    clean = make_cleaner(site.settings).prepare
    args = site.settings, site.index, stop, full_scan or module.scan
    thread = Thread(target=keep_fresh, args=args, kwargs={"clean": clean})
    thread.start()
    try:
        yield stop
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(BOUND)
        assert not thread.is_alive()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(module, "LOOK_MS", 40)


@pytest.fixture
def fresh(site: Site, until: Callable[..., None], looks: Looks) -> Iterator[Site]:
    """A site with one post that is being followed."""
    site.write("2024-01-01-a.md", title="A")
    with kept_fresh(site):
        until(lambda: titles(site) == ["A"] and looks.are_of_changes and is_locked(site.index.compared))
        yield site


# --- changes -------------------------------------------------------------------------------------


def edit_in_place(site: Site) -> None:
    file = site.posts / "2024-01-01-a.md"
    file.write_text(file.read_text().replace('"A"', '"B"'))


def swap_folder(site: Site) -> None:
    shutil.copytree(site.posts, site.posts.with_name("next"))
    site.posts.rename(site.posts.with_name("old"))
    site.posts.with_name("next").rename(site.posts)
    site.write("2024-01-02-b.md", title="B")


def make_folder_anew(site: Site) -> None:
    shutil.rmtree(site.posts)
    site.posts.mkdir()
    site.write("2024-01-02-b.md", title="B")


@pytest.mark.parametrize(
    ("change", "after"),
    [
        pytest.param(lambda site: site.write("2024-01-02-b.md", title="B"), ["B", "A"], id="added"),
        pytest.param(lambda site: site.write("2024-01-01-a.md", title="B"), ["B"], id="replaced"),
        pytest.param(edit_in_place, ["B"], id="edited in place"),
        pytest.param(lambda site: (site.posts / "2024-01-01-a.md").unlink(), [], id="removed"),
        pytest.param(lambda site: site.write("new/sub/2024-01-02-b.md", title="B"), ["B", "A"], id="in a new folder"),
        pytest.param(swap_folder, ["B", "A"], id="folder swapped"),
        pytest.param(make_folder_anew, ["B"], id="folder made anew"),
        pytest.param(lambda site: site.index.path.unlink(), ["A"], id="index removed"),
        pytest.param(lambda site: site.index.path.write_bytes(b"x" * 9_999), ["A"], id="index damaged"),
    ],
)
def test_change_arrives_by_itself(
    fresh: Site, until: Callable[..., None], change: Callable[[Site], object], after: list[str]
) -> None:
    change(fresh)

    until(lambda: titles(fresh) == after)


@pytest.mark.parametrize("disturb", [swap_folder, make_folder_anew], ids=["folder swapped", "folder made anew"])
def test_folder_in_the_place_of_another_is_followed(
    fresh: Site, until: Callable[..., None], looks: Looks, disturb: Callable[[Site], None]
) -> None:
    looks.seen.clear()
    disturb(fresh)
    until(lambda: "B" in (titles(fresh) or ()) and looks.are_of_changes)

    fresh.write("2024-01-03-c.md", title="C")

    until(lambda: (titles(fresh) or [""])[0] == "C")


def test_link_turned_to_another_folder_is_followed(
    site: Site, make_site: Callable[[Settings], Site], until: Callable[..., None], looks: Looks
) -> None:
    site.write("2024-01-01-a.md", title="A")
    link, other = site.posts.with_name("current"), site.posts.with_name("v2")
    link.symlink_to(site.posts)
    other.mkdir()
    linked = make_site(replace(site.settings, posts=link))
    with kept_fresh(linked):
        until(lambda: titles(linked) == ["A"] and looks.are_of_changes)
        turned = link.with_name("turned")
        turned.symlink_to(other)
        (other / "2024-01-02-b.md").write_text('{"title": "C"}')
        turned.replace(link)
        until(lambda: titles(linked) == ["C"])

        linked.write("2024-01-02-b.md", title="B")

        until(lambda: titles(linked) == ["B"])


def copy(repository: Repository, name: str) -> Path:
    target = repository.folder.with_name(name)
    shutil.copytree(repository.folder, target, ignore=shutil.ignore_patterns(".*"), copy_function=shutil.copyfile)
    return target


@needs_git
@pytest.mark.parametrize("flip", [("another size", copy), ("B", Repository.check_out)], ids=["copy", "checkout"])
def test_changed_posts_of_another_checkout_are_read_before_all_others(
    site: Site,
    make_site: Callable[[Settings], Site],
    until: Callable[..., None],
    looks: Looks,
    flip: tuple[str, Callable[[Repository, str], Path]],
) -> None:
    title, make = flip
    repository = Repository(site.posts.with_name("repository"))
    file, link = repository.folder / "2024-01-01-a.md", site.posts.with_name("current")
    file.write_text('{"title": "A"}')
    link.symlink_to(make(repository, "one"))
    linked, before_scans = make_site(replace(site.settings, posts=link)), []

    def scan(*given: Any, **options: Any) -> ScanReport:
        before_scans.append(titles(linked))
        return module.scan(*given, **options)

    with kept_fresh(linked, scan):
        until(lambda: titles(linked) == ["A"] and looks.are_of_changes)
        file.write_text(json.dumps({"title": title}))
        turn(link, make(repository, "two"))
        until(lambda: len(before_scans) == 2)

    assert before_scans[1] == [title]


@needs_git
@pytest.mark.parametrize("moment", ["during the scan", "after the scan"])
def test_link_that_is_turned_again_is_followed_at_once(
    site: Site, make_site: Callable[[Settings], Site], until: Callable[..., None], looks: Looks, moment: str
) -> None:
    repository = Repository(site.posts.with_name("repository"))
    file, link = repository.folder / "2024-01-01-a.md", site.posts.with_name("current")
    checkouts = []
    for title in "ABC":
        file.write_text(json.dumps({"title": title}))
        checkouts.append(repository.check_out(title))
    link.symlink_to(checkouts[0])
    linked, before_scans = make_site(replace(site.settings, posts=link)), []

    def turn_again(rows: Iterable[Any], *_: object) -> Iterator[Any]:
        turn(link, checkouts[2])
        yield from rows

    def scan(*given: Any, **options: Any) -> ScanReport:
        before_scans.append(titles(linked))
        is_second = len(before_scans) == 2
        if is_second and moment == "during the scan":
            return module.scan(*given, turn_again, **options)
        report = module.scan(*given, **options)
        if is_second:
            turn(link, checkouts[2])
        return report

    with kept_fresh(linked, scan):
        until(lambda: titles(linked) == ["A"] and looks.are_of_changes)
        turn(link, checkouts[1])
        until(lambda: len(before_scans) == 3)

    assert before_scans[1:] == [["B"], ["C"]]


def test_folder_moved_out_takes_its_posts_along(site: Site, until: Callable[..., None], looks: Looks) -> None:
    site.write("sub/2024-01-01-a.md")
    site.write("2024-01-02-b.md", title="B")
    with kept_fresh(site):
        until(lambda: titles(site) and looks.are_of_changes)

        (site.posts / "sub").rename(site.posts.with_name("elsewhere"))

        until(lambda: titles(site) == ["B"])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda site: site.write("new/sub/2024-01-02-b.md", title="B"), id="new"),
        pytest.param(lambda site: (site.posts.with_name("elsewhere")).rename(site.posts / "moved"), id="moved here"),
        pytest.param(lambda site: shutil.copytree(site.posts.with_name("elsewhere"), site.posts / "c"), id="copied"),
    ],
)
def test_changed_folder_does_not_have_the_whole_scanned(
    fresh: Site, until: Callable[..., None], looks: Looks, change: Callable[[Site], object]
) -> None:
    elsewhere = fresh.posts.with_name("elsewhere")
    elsewhere.mkdir()
    shutil.copy(fresh.posts / "2024-01-01-a.md", elsewhere / "2024-01-02-b.md")
    (elsewhere / "2024-01-02-b.md").write_text((elsewhere / "2024-01-02-b.md").read_text().replace('"A"', '"B"'))
    looks.seen.clear()

    change(fresh)

    until(lambda: titles(fresh) == ["A", "B"] or titles(fresh) == ["B", "A"])
    assert None not in looks.seen


def test_post_written_between_scan_and_watch_is_found(
    site: Site, make_site: Callable[[Settings], Site], monkeypatch: pytest.MonkeyPatch, until: Callable[..., None]
) -> None:
    slow = make_site(replace(site.settings, scan_interval=86_400))
    monkeypatch.setattr(module.time, "monotonic", lambda: 5.0)  # the machine has only just been started

    def scan_and_write(settings: Settings, index: Index, **_: object) -> ScanReport:
        report = scan(settings, index)
        slow.write("2024-01-01-a.md", title="A")
        return report

    with kept_fresh(slow, scan_and_write):
        until(lambda: titles(slow) == ["A"])


def miss_every_event(*_: object, stop_event: Event, **__: object) -> Iterator[set[tuple[Change, str]]]:
    while not stop_event.wait(0.01):
        yield set()


def test_whole_folder_is_looked_at_now_and_then(
    site: Site,
    make_site: Callable[[Settings], Site],
    monkeypatch: pytest.MonkeyPatch,
    until: Callable[..., None],
    looks: Looks,
) -> None:
    monkeypatch.setattr(module.watchfiles, "watch", miss_every_event)
    often = make_site(replace(site.settings, scan_interval=1))
    with kept_fresh(often):
        until(lambda: looks.are_of_changes)

        often.write("2024-01-01-a.md", title="A")

        until(lambda: titles(often) == ["A"])


def test_changed_include_is_taken_in_without_a_look_at_the_posts(
    tmp_path: Path, make_site: Callable[[Settings], Site], until: Callable[..., None], looks: Looks
) -> None:
    (tmp_path / "site/_includes").mkdir(parents=True)
    (tmp_path / "site/_config.yml").write_text("title: Log\n")
    site = make_site(load_settings({"posts": tmp_path / "site", "index": tmp_path / "index.sqlite"}))
    site.write("_posts/2024-01-01-a.md", title="A")
    with kept_fresh(site):
        until(lambda: titles(site) == ["A"] and looks.are_of_changes)
        looks.seen.clear()

        (tmp_path / "site/_includes/note.html").write_text("note")
        until(lambda: [*site.index.sources()] == ["_includes/note.html"])
        (tmp_path / "site/_includes/note.html").unlink()
        until(lambda: not site.index.sources())

    assert [look for look in looks.seen if look != {ALL_SOURCES}] == []


# --- after a restart -----------------------------------------------------------------------------


@dataclass
class Gate:
    """Holds the looks at the folder back until it is opened, and counts them."""

    is_open: bool = False
    passed: int = 0


@pytest.fixture
def gate(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> Gate:  # noqa: ARG001 - which stands before this
    gate, noted = Gate(), module.Poller

    class HeldPoller(noted):  # type: ignore[misc,valid-type]
        def advance(self) -> Differences:
            gate.passed += 1
            return super().advance() if gate.is_open else set()

    monkeypatch.setattr(module, "Poller", HeldPoller)
    return gate


def test_post_saved_while_the_folder_is_compared_does_not_wait(
    site: Site, until: Callable[..., None], looks: Looks, gate: Gate
) -> None:
    site.publish("2024-01-01-a.md", title="A")
    site.write("2024-01-02-b.md", title="B")  # while nobody followed the folder
    with kept_fresh(site):
        until(lambda: gate.passed)

        site.write("2024-01-03-c.md", title="C")
        until(lambda: titles(site) == ["C", "A"])
        was_compared = is_locked(site.index.compared)
        gate.is_open = True

        until(lambda: is_locked(site.index.compared) and titles(site) == ["C", "B", "A"])
    assert not was_compared
    assert None not in looks.seen


def test_settings_for_showing_posts_are_stored_before_the_folder_is_compared(
    site: Site, make_site: Callable[[Settings], Site], until: Callable[..., None], gate: Gate
) -> None:
    site.publish("2024-01-01-a.md", title="A")
    other = make_site(replace(site.settings, title="Other"))

    with kept_fresh(other):
        until(lambda: gate.passed)
        is_current = other.index.is_current()

    assert is_current


@pytest.mark.parametrize("is_restart", [True, False], ids=["after a restart", "at the first start"])
def test_folder_counts_as_compared_once_its_changes_are_watched(
    site: Site, until: Callable[..., None], monkeypatch: pytest.MonkeyPatch, *, is_restart: bool
) -> None:
    site.write("2024-01-01-a.md", title="A")
    if is_restart:
        site.scan()
    before: list[bool] = []

    def watch(*roots: Path, **options: Any) -> Iterator[set[tuple[Change, str]]]:
        before.append(is_locked(site.index.compared))
        return miss_every_event(*roots, **options)

    monkeypatch.setattr(module.watchfiles, "watch", watch)
    with kept_fresh(site):
        until(lambda: is_locked(site.index.compared))

    assert before == [False]


# --- files beside posts, and links that are turned -----------------------------------------------


@pytest.fixture
def hugo(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    """A site of Hugo's with a post and one picture in a folder of static files."""
    posts = site.posts.parent / "hugo" / "content" / "posts"
    posts.mkdir(parents=True)
    of_hugo = SiteOf(prefix="content/posts/", content=("content/",), static=("static/",))
    hugo = make_site(replace(site.settings, posts=posts, site=of_hugo))
    hugo.write("2024-01-01-a.md", title="A")
    put(hugo, "static/img/a.png")
    return hugo


def put(site: Site, path: str) -> None:
    file = site.posts.parent.parent / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(path.encode())


def attachments(site: Site) -> dict[str, str]:
    """Return the folder of every file beside posts that the index knows, by path."""
    with suppress(NotReady):
        return {path: known.partition(":")[0] for path, known in site.index.attachments().items()}
    return {}


def move_static_folder(site: Site) -> None:
    static = site.posts.parent.parent / "static"
    static.rename(static.with_name("old"))
    put(site, "static/img/b.png")


@pytest.mark.parametrize(
    ("change", "after"),
    [
        pytest.param(lambda site: put(site, "static/b.png"), {"img/a.png": "1", "b.png": "1"}, id="added"),
        pytest.param(lambda site: put(site, "static/x/y/b.png"), {"img/a.png": "1", "x/y/b.png": "1"}, id="below"),
        pytest.param(lambda site: (site.posts.parent.parent / "static/img/a.png").unlink(), {}, id="removed"),
        pytest.param(lambda site: shutil.rmtree(site.posts.parent.parent / "static"), {}, id="folder removed"),
        pytest.param(move_static_folder, {"img/b.png": "1"}, id="folder made anew"),
        pytest.param(lambda site: put(site, "content/posts/img/a.png"), {"img/a.png": "0"}, id="nearer to the post"),
    ],
)
def test_change_beside_the_posts_arrives_by_itself(
    hugo: Site, until: Callable[..., None], looks: Looks, change: Callable[[Site], object], after: dict[str, str]
) -> None:
    with kept_fresh(hugo):
        until(lambda: attachments(hugo) == {"img/a.png": "1"} and looks.are_of_changes)

        change(hugo)

        until(lambda: attachments(hugo) == after)


def test_static_folder_that_comes_later_is_followed(hugo: Site, until: Callable[..., None], looks: Looks) -> None:
    shutil.rmtree(hugo.posts.parent.parent / "static")
    with kept_fresh(hugo):
        until(lambda: titles(hugo) == ["A"] and looks.are_of_changes)

        looks.seen.clear()
        put(hugo, "static/a.png")
        until(lambda: attachments(hugo) == {"a.png": "1"} and looks.are_of_changes)
        put(hugo, "static/b.png")

        until(lambda: attachments(hugo) == {"a.png": "1", "b.png": "1"})


def test_change_of_a_picture_scans_it_alone(hugo: Site, until: Callable[..., None], looks: Looks) -> None:
    with kept_fresh(hugo):
        until(lambda: titles(hugo) == ["A"] and looks.are_of_changes)
        looks.seen.clear()

        put(hugo, "static/b.png")

        until(lambda: looks.seen)
    assert looks.seen[0] == {"b.png"}


def put_config_map(site: Site, version: str, **posts: str) -> None:
    """Put posts in place as Kubernetes does: files are links through `..data`, which is turned to a new folder."""
    folder = site.posts / f"..{version}"
    folder.mkdir()
    for name, title in posts.items():
        (folder / f"{name}.md").write_text(f"---\ntitle: {title}\ndate: 2024-01-01\n---\nText.\n")
    (site.posts / "..data_tmp").symlink_to(folder.name)
    (site.posts / "..data_tmp").rename(site.posts / "..data")
    for name in posts:
        if not (site.posts / f"{name}.md").is_symlink():
            (site.posts / f"{name}.md").symlink_to(f"..data/{name}.md")


def test_config_map_that_changes_is_noticed(site: Site, until: Callable[..., None], looks: Looks) -> None:
    put_config_map(site, "v1", a="A")
    with kept_fresh(site):
        until(lambda: titles(site) == ["A"] and looks.are_of_changes)

        put_config_map(site, "v2", a="B")
        until(lambda: titles(site) == ["B"])
        put_config_map(site, "v3", a="C")
        until(lambda: titles(site) == ["C"])


# --- what is not followed ------------------------------------------------------------------------


def test_post_outside_a_linked_folder_leads_to_stays_out(fresh: Site, until: Callable[..., None], looks: Looks) -> None:
    outside = fresh.posts.with_name("outside")
    outside.mkdir()
    looks.seen.clear()
    (fresh.posts / "link").symlink_to(outside)
    until(lambda: looks.seen)

    (outside / "2024-01-02-secret.md").write_text('{"title": "secret"}')
    for title in ("C", "D"):  # events come in order: with the second, those before the first have been handled
        fresh.write(f"2024-01-03-{title}.md", title=title)
        until(lambda title=title: title in (titles(fresh) or ()))  # type: ignore[misc]

    assert set(titles(fresh) or ()) == {"A", "C", "D"}


def test_post_in_a_folder_with_a_second_name_is_noticed_once(
    site: Site, until: Callable[..., None], looks: Looks
) -> None:
    site.write("sub/2024-01-01-a.md", title="A")
    (site.posts / "alias").symlink_to(site.posts / "sub")
    with kept_fresh(site):
        until(lambda: titles(site) == ["A"] and looks.are_of_changes)

        site.write("sub/2024-01-02-b.md", title="B")

        until(lambda: titles(site) == ["B", "A"])


def test_files_that_are_no_posts_are_not_looked_at(fresh: Site, until: Callable[..., None], looks: Looks) -> None:
    looks.seen.clear()

    for name in ("a.doc", ".a.md", "_a.md", "a.md~"):
        (fresh.posts / name).touch()
    (fresh.posts / ".#a.md").symlink_to("me@machine.1234")  # an editor's lock
    fresh.write("2024-01-02-b.md", title="B")

    until(lambda: titles(fresh) == ["B", "A"])
    assert [look for look in looks.seen if look != {"2024-01-02-b.md"}] == []


# --- faults --------------------------------------------------------------------------------------


def test_missing_folder_is_told_once_and_heals(
    site: Site, until: Callable[..., None], looks: Looks, caplog: pytest.LogCaptureFixture
) -> None:
    site.posts.rmdir()
    with kept_fresh(site):
        looks.wait_for_more(5)

        site.posts.mkdir()
        site.write("2024-01-01-a.md", title="A")

        until(lambda: titles(site) == ["A"])

    assert caplog.text.count("no such folder") == 1


def test_folder_that_goes_costs_no_post_and_heals(
    fresh: Site, until: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    away = fresh.posts.with_name("away")
    fresh.posts.rename(away)
    until(lambda: "no such folder" in caplog.text)
    seen = titles(fresh)

    away.rename(fresh.posts)
    fresh.write("2024-01-02-b.md", title="B")

    until(lambda: titles(fresh) == ["B", "A"])
    assert seen == ["A"]


def test_index_that_cannot_be_written_is_told_once(
    site: Site, make_site: Callable[[Settings], Site], caplog: pytest.LogCaptureFixture, until: Callable[..., None]
) -> None:
    (site.posts.parent / "file").touch()
    with kept_fresh(make_site(replace(site.settings, index=site.posts.parent / "file" / "index.sqlite"))) as stop:
        until(lambda: caplog.records)
        stop.wait_for_more(30)  # each try looks at it a few times

        assert len(caplog.records) == 1


def failing_with(*faults: Exception) -> Callable[..., ScanReport]:
    """Make a scan that raises one fault after the other, and then succeeds."""
    left = list(faults)

    def scan_or_fail(settings: Settings, index: Index, **_: object) -> ScanReport:
        if left:
            raise left.pop(0)
        return scan(settings, index)

    return scan_or_fail


def test_fault_of_the_disk_is_tried_again(
    site: Site, until: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    site.write("2024-01-01-a.md", title="A")
    faults = [OSError(errno.EIO, "Input/output error"), OSError(errno.EIO, "Input/output error")]

    with kept_fresh(site, failing_with(*faults)):
        until(lambda: titles(site) == ["A"])

    assert caplog.text.count("Input/output error") == 1


@pytest.fixture(
    params=[
        OSError(errno.ENOSPC, "OS file watch limit reached"),
        OSError(errno.EMFILE, "Too many open files"),
        module.WatchfilesRustInternalError("error creating recommended watcher: Too many open files (os error 24)"),
    ],
    ids=["watches", "instances", "instances, in watchfiles' words"],
)
def without_events(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise request.param

    monkeypatch.setattr(module.watchfiles, "watch", fail)


@pytest.fixture
def often(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    return make_site(replace(site.settings, scan_interval=1))


@pytest.mark.usefixtures("without_events")
def test_folder_that_cannot_be_watched_is_looked_at_every_interval_and_told_once(
    often: Site, until: Callable[..., None], looks: Looks, caplog: pytest.LogCaptureFixture
) -> None:
    with kept_fresh(often):
        until(lambda: looks.are_of_changes)

        for number in (1, 2, 3):
            name = f"2024-01-0{number}-a.md"
            often.write(name, title=name)
            until(lambda: name in (titles(often) or ()))  # noqa: B023 - called at once

        assert is_locked(often.index.compared)

    whole = [look for look in looks.seen if look is None]
    assert len(whole) == 1  # the whole folder is scanned at the start alone
    assert caplog.text.count("posts: cannot be watched") == 1


def test_fault_that_lasts_is_told_again_after_a_while(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, until: Callable[..., None]
) -> None:
    monkeypatch.setattr(module, "REPEAT_SECONDS", 0.2)
    site.posts.rmdir()

    with kept_fresh(site):
        until(lambda: len(caplog.records) >= 3)


def test_fault_of_ours_ends_no_watch(site: Site, until: Callable[..., None], caplog: pytest.LogCaptureFixture) -> None:
    site.write("2024-01-01-a.md", title="A")

    with kept_fresh(site, failing_with(MemoryError(), ZeroDivisionError())):
        until(lambda: titles(site) == ["A"])

    assert "Traceback" in caplog.text


def lose_mount(site: Site) -> Path:
    away = site.posts.rename(site.posts.with_name("away"))
    site.posts.mkdir()
    return away


def test_folder_that_is_empty_all_at_once_costs_no_post_and_heals(
    fresh: Site, until: Callable[..., None], looks: Looks, caplog: pytest.LogCaptureFixture
) -> None:
    away = lose_mount(fresh)
    until(lambda: "suddenly empty" in caplog.text)
    looks.wait_for_more()
    meanwhile = titles(fresh)

    fresh.posts.rmdir()
    away.rename(fresh.posts)
    fresh.write("2024-01-02-b.md", title="B")

    until(lambda: titles(fresh) == ["B", "A"])
    assert meanwhile == ["A"]


def test_folder_that_stays_empty_is_believed_after_an_interval(
    site: Site,
    make_site: Callable[[Settings], Site],
    until: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    often = make_site(replace(site.settings, scan_interval=1))
    often.publish("2024-01-01-a.md", title="A")
    often.settle()
    before = often.index.state(NEVER).modified
    lose_mount(often)

    with kept_fresh(often):
        until(lambda: titles(often) == [])

    assert "folder is suddenly empty: keeping its posts for up to 1 second" in caplog.text
    assert often.index.state(NEVER).modified > before


# --- files that are being written ----------------------------------------------------------------

HALF, WHOLE = '{"title": "B"}\n\nThe first half', " and the second."


@pytest.fixture
def slow(
    site: Site,
    make_site: Callable[[Settings], Site],
    until: Callable[..., None],
    looks: Looks,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    """A site with one post that is followed, and where no file ever counts as still."""
    monkeypatch.setattr(settling_module, "MAX_WAIT", AGES)
    slow = make_site(replace(site.settings, settle_ms=AGES * 1_000))
    os.utime(slow.write("2024-01-01-a.md", title="A"), (1, 1))
    with kept_fresh(slow):
        until(lambda: titles(slow) == ["A"] and looks.are_of_changes)
        yield slow


@pytest.mark.parametrize("name", ["2024-01-01-a.md", "2024-01-02-b.md"], ids=["known", "new"])
def test_file_that_is_being_written_keeps_its_last_good_version(
    slow: Site, until: Callable[..., None], looks: Looks, name: str
) -> None:
    seen = set()
    with (slow.posts / name).open("w") as half:
        for part in (HALF, ".", " And more", WHOLE):
            half.write(part)
            half.flush()
            looks.wait_for_more()
            seen.add(slow.get("/feed.json").text)
    os.utime(slow.posts / name, (1, 1))  # now it counts as still

    until(lambda: WHOLE in slow.get("/feed.json").text)
    assert ["A" in feed and "half" not in feed for feed in seen] == [True]


@pytest.mark.parametrize("name", ["2024-01-01-a.md", "2024-01-02-b.md"], ids=["known", "new"])
def test_file_that_is_renamed_into_place_counts_at_once(slow: Site, until: Callable[..., None], name: str) -> None:
    slow.write(name, title="B")

    until(lambda: "B" in (titles(slow) or []))


def test_file_of_a_copy_with_its_times_counts_at_once(slow: Site, until: Callable[..., None]) -> None:
    file = slow.posts / "2024-01-02-b.md"
    file.write_text(HALF)
    os.utime(file, (1, 1))

    until(lambda: titles(slow) == ["B", "A"])


def test_file_that_is_never_still_is_read_in_the_end(
    slow: Site, until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling_module, "MAX_WAIT", 0.3)
    file = slow.posts / "2024-01-02-b.md"
    file.write_text(HALF)

    def write_on() -> bool:
        with file.open("a") as more:
            more.write(".")
        return titles(slow) == ["B", "A"]

    until(write_on)


def test_settling_can_be_turned_off(
    site: Site, make_site: Callable[[Settings], Site], until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling_module, "MAX_WAIT", AGES)
    quick = make_site(replace(site.settings, settle_ms=0))
    with kept_fresh(quick):
        until(lambda: titles(quick) == [])
        file = quick.posts / "2024-01-02-b.md"
        file.write_text(HALF)
        os.utime(file, (2**32, 2**32))

        until(lambda: titles(quick) == ["B"])


def test_body_of_a_changed_post_is_kept_before_it_can_break(fresh: Site, until: Callable[..., None]) -> None:
    file = fresh.write("2024-01-02-b.md", "Sound.", title="B")
    until(lambda: titles(fresh) == ["B", "A"])

    file.write_text("---\ntags: [\n---\n")

    assert "Sound." in fresh.get("/feed.json").text


def test_hundred_files_changed_at_once_show_all_or_none(
    site: Site, make_site: Callable[[Settings], Site], until: Callable[..., None]
) -> None:
    link = site.posts.with_name("current")
    for version in ("v1", "v2"):
        (site.posts.parent / version).mkdir()
        for number in range(100):
            (site.posts.parent / version / f"2024-01-01-{number}.md").write_text(f'{{"title": "{version}"}}')
    link.symlink_to("v1")
    linked = make_site(replace(site.settings, posts=link))
    seen: list[set[str]] = []

    def shows_all_of(version: str) -> bool:
        seen.append({post.title for post in linked.index.select(ALL_OF_THEM, NEVER)})
        return seen[-1] == {version}

    with kept_fresh(linked):
        until(lambda: titles(linked))
        for version in ("v2", "v1", "v2"):
            link.with_name("next").symlink_to(version)
            link.with_name("next").replace(link)
            until(lambda version=version: shows_all_of(version))  # type: ignore[misc]

    assert {len(found) for found in seen} == {1}


# --- alone ---------------------------------------------------------------------------------------


def test_one_process_at_a_time_scans(site: Site, until: Callable[..., None]) -> None:
    site.write("2024-01-01-a.md", title="A")
    with site.index.lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with kept_fresh(site) as stop:
            stop.wait_for_more(20)
            meanwhile = titles(site)

            fcntl.flock(lock, fcntl.LOCK_UN)

            until(lambda: titles(site) == ["A"])

    assert meanwhile is None


def test_process_that_waits_for_another_can_be_stopped(site: Site) -> None:
    with site.index.lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with kept_fresh(site) as stop:
            stop.wait_for_more(5)

    assert titles(site) is None


def test_folder_counts_as_compared_while_it_is_followed(site: Site, until: Callable[..., None]) -> None:
    site.publish("2024-01-01-a.md", title="A")
    before = is_locked(site.index.compared)

    with kept_fresh(site):
        until(lambda: is_locked(site.index.compared))

    assert (before, is_locked(site.index.compared)) == (False, False)


def test_folder_that_cannot_be_read_is_not_compared(
    site: Site, until: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    site.publish("2024-01-01-a.md", title="A")
    site.posts.rename(site.posts.with_name("away"))

    with kept_fresh(site):
        until(lambda: "no such folder" in caplog.text)
        while_it_is_away = is_locked(site.index.compared)
        site.posts.with_name("away").rename(site.posts)
        until(lambda: is_locked(site.index.compared))

    assert not while_it_is_away


def test_process_that_waits_for_another_has_not_compared(site: Site) -> None:
    site.publish("2024-01-01-a.md", title="A")
    with site.index.lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with kept_fresh(site) as stop:
            stop.wait_for_more(5)
            is_compared = is_locked(site.index.compared)

    assert not is_compared


def test_thread_keeps_fresh_beside_everything_else(site: Site, until: Callable[..., None]) -> None:
    site.write("2024-01-01-a.md", title="A")
    stop = Event()

    others = set(enumerate_threads())  # those of applications of other tests end with the process

    keep_fresh_in_thread(site.settings, site.index, stop)

    (ours,) = set(enumerate_threads()) - others
    until(lambda: titles(site) == ["A"])
    stop.set()
    until(lambda: not ours.is_alive())


# --- what is said --------------------------------------------------------------------------------


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "feedsvc.ingest.watcher"):
        yield caplog


def test_empty_folder_is_told_at_every_start(
    site: Site, until: Callable[..., None], said: pytest.LogCaptureFixture
) -> None:
    line = f"{site.posts}: no posts: feedsvc reads files that end in .md, "
    for times in (1, 2):
        with kept_fresh(site):
            until(lambda: said.text.count(line) == times)  # noqa: B023 - called before the next round


@pytest.mark.parametrize(("name", "times"), [("b.md", 1), ("2024-01-01-b.md", 0)])
def test_folder_without_any_date_is_told(
    site: Site, until: Callable[..., None], said: pytest.LogCaptureFixture, name: str, times: int
) -> None:
    (site.posts / name).write_text("Text.")

    with kept_fresh(site):
        until(site.index.compared.exists)

    assert said.text.count("no file has a date: write") == times


def test_removed_post_is_no_empty_folder(
    fresh: Site, until: Callable[..., None], said: pytest.LogCaptureFixture
) -> None:
    fresh.write("2024-01-02-b.md", title="B")
    until(lambda: titles(fresh) == ["B", "A"])

    (fresh.posts / "2024-01-02-b.md").unlink()

    until(lambda: "1 gone" in said.text)
    assert "no posts" not in said.text


def test_bad_post_is_told_with_its_problem(
    fresh: Site, until: Callable[..., None], said: pytest.LogCaptureFixture
) -> None:
    fresh.write("undated.md")

    until(lambda: "undated.md: error: date: neither" in said.text)


def test_start_says_what_there_is_once_and_after_a_restart_too(
    site: Site, make_site: Callable[[Settings], Site], until: Callable[..., None], said: pytest.LogCaptureFixture
) -> None:
    site = make_site(replace(site.settings, settle_ms=0))  # what was just written counts at once
    site.write("2024-01-01-a.md", tags=["a", "b"])
    site.write("2024-01-02-b.md", enclosure="/a.unknown")
    site.write("undated.md")
    line = f"posts: 2 posts, 3 feeds, 2 problems (1 error, 1 hint: feedsvc check {site.posts} lists them) in "
    for times in (1, 2):
        with kept_fresh(site):
            until(lambda: said.text.count(line) == times)  # noqa: B023 - called before the next round

            swap_folder(site)
            until(lambda: "B" in (titles(site) or ()))
        shutil.rmtree(site.posts.with_name("old"))
        (site.posts / "2024-01-02-b.md").unlink()
        site.write("2024-01-02-b.md", enclosure="/a.unknown")

    assert len([message for message in said.messages if " feeds, " in message]) == 2


def test_start_says_what_readers_do_not_see(
    site: Site, until: Callable[..., None], said: pytest.LogCaptureFixture
) -> None:
    site.write("2024-01-01-a.md")
    site.write("2024-01-02-b.md", draft=True)
    site.write("2999-01-01-c.md")
    with kept_fresh(site):
        until(lambda: "posts: 1 post, 1 feed, 0 problems, 1 hidden, 1 not due yet in " in said.text)


def test_start_of_an_empty_folder_says_so(
    site: Site, until: Callable[..., None], said: pytest.LogCaptureFixture
) -> None:
    with kept_fresh(site):
        until(lambda: "posts: 0 posts, 0 feeds, 0 problems in " in said.text)


def test_many_problems_are_told_in_short(
    site: Site, until: Callable[..., None], said: pytest.LogCaptureFixture
) -> None:
    for number in range(module.MAX_LOGGED_PROBLEMS + 3):
        site.write(f"undated-{number}.md", tags=["x"])

    with kept_fresh(site):
        until(lambda: f"and 3 more problems: run feedsvc check {site.posts} to list them" in said.text)

    assert said.text.count("neither in the front matter") == module.MAX_LOGGED_PROBLEMS


def test_unchanged_folder_is_not_worth_a_line(
    fresh: Site, until: Callable[..., None], looks: Looks, said: pytest.LogCaptureFixture
) -> None:
    before = len(said.records)
    looks.seen.clear()
    (fresh.posts / "new").mkdir()
    until(lambda: looks.seen)

    fresh.write("2024-01-02-b.md", title="B")
    until(lambda: "1 read" in said.text)

    assert len(said.records) == before + 1


def test_a_page_that_comes_to_a_folder_of_a_hugo_site_takes_in_what_is_there(
    tmp_path: Path, make_site: Callable[[Settings], Site]
) -> None:
    (tmp_path / "site/content/b").mkdir(parents=True)
    (tmp_path / "site/hugo.toml").write_text('baseURL = "https://x.example/"\n')
    site = make_site(load_settings({"posts": tmp_path / "site/content", "index": tmp_path / "index.sqlite"}))
    site.write("b/a.md", date="2024-05-01")

    with kept_fresh(site):
        wait_until(lambda: titles(site) == ["a"])
        page = site.write("b/index.md", date="2024-05-02")
        wait_until(lambda: titles(site) == ["index"])
        page.unlink()
        wait_until(lambda: titles(site) == ["a"])


def test_removed_post_is_dated_by_its_folder(site: Site, until: Callable[..., None]) -> None:
    past = 1_750_000_000
    for path in (site.write("2024-01-01-a.md", title="A"), site.write("2024-01-02-b.md", title="B"), site.posts):
        os.utime(path, (past, past))

    with kept_fresh(site):
        until(lambda: titles(site) == ["B", "A"])
        (site.posts / "2024-01-02-b.md").unlink()
        removed = -(-site.posts.stat().st_mtime_ns // 1_000_000_000)

        until(lambda: site.index.query("SELECT modified FROM meta") == [(removed,)])
