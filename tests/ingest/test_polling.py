"""The regular look at the whole folder: what it finds, and how little of the time it takes."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from waiting import Clock

from feedsvc.config import load_settings
from feedsvc.ingest import polling as module
from feedsvc.ingest.folder import MAX_SLICE
from feedsvc.ingest.polling import MAX_SHARE, Poller
from feedsvc.ingest.scanner import scan_paths
from feedsvc.ingest.sources import ALL_SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

NAME = "2024-01-01-a.md"
INTERVAL = 60


@dataclass
class SlowIndex:
    """An index in which every comparison takes time."""

    site: Site
    clock: Clock
    seconds: float

    def stamps(self, paths: Iterable[str]) -> dict[str, str]:
        self.clock.now += self.seconds
        return self.site.index.stamps(paths)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.site.index, name)


@pytest.fixture
def site(site: Site) -> Site:
    site.write("2024-01-02-b.md", title="B")
    site.write("sub/2024-01-03-c.md", title="C")
    (site.posts / "a.png").write_bytes(b"x")
    site.publish(NAME, title="A")
    return site


def poller_of(site: Site, clock: Clock, seconds: float = 0.0) -> Poller:
    settings = replace(site.settings, scan_interval=INTERVAL)
    return Poller(settings, SlowIndex(site, clock, seconds), clock=clock)  # type: ignore[arg-type]


def find_all(poller: Poller, clock: Clock) -> list[set[str] | None]:
    """Return what the next look finds."""
    found = []
    for _ in range(20):
        clock.now += INTERVAL / 10
        found.append(poller.advance())
    return [differences for differences in found if differences != set()]


@pytest.mark.parametrize(
    ("change", "differences"),
    [
        pytest.param(lambda _: None, [], id="nothing"),
        pytest.param(lambda site: site.write(NAME, title="B"), [{NAME}], id="replaced"),
        pytest.param(lambda site: os.utime(site.posts / NAME, (1, 1)), [{NAME}], id="touched"),
        pytest.param(lambda site: (site.posts / NAME).unlink(), [{NAME}], id="removed"),
        pytest.param(lambda site: site.write("new/2024-01-05-e.md"), [{"new/2024-01-05-e.md"}], id="added"),
        pytest.param(
            lambda site: (site.posts / "sub").rename(site.posts.parent / "x"), [{"sub/2024-01-03-c.md"}], id="moved"
        ),
        pytest.param(lambda site: site.write("_draft.md"), [], id="no post"),
        pytest.param(lambda site: (site.posts / "b.png").write_bytes(b"x"), [{"b.png"}], id="picture added"),
        pytest.param(lambda site: (site.posts / "a.png").write_bytes(b"xy"), [{"a.png"}], id="picture replaced"),
        pytest.param(lambda site: (site.posts / "a.png").unlink(), [{"a.png"}], id="picture removed"),
    ],
)
def test_differences_are_found_after_an_interval(
    site: Site, change: Callable[[Site], object], differences: list[set[str] | None]
) -> None:
    clock = Clock()
    poller = poller_of(site, clock)
    change(site)

    clock.now += INTERVAL - 1
    before = poller.advance()

    assert before == set()
    assert find_all(poller, clock)[: len(differences) or None] == differences


def test_includes_that_differ_are_scanned_without_the_posts(
    tmp_path: Path, make_site: Callable[[Settings], Site]
) -> None:
    (tmp_path / "site/_includes").mkdir(parents=True)
    (tmp_path / "site/_config.yml").write_text("title: Log\n")
    site = make_site(load_settings({"posts": tmp_path / "site", "index": tmp_path / "index.sqlite"}))
    site.publish("_posts/2024-01-01-a.md", title="A")
    (tmp_path / "site/_includes/note.html").write_text("note")
    clock = Clock()

    (found,) = find_all(poller_of(site, clock), clock)[:1]
    scan_paths(site.settings, site.index, found or ())

    assert found == {ALL_SOURCES}
    assert [*site.index.sources()] == ["_includes/note.html"]
    assert find_all(poller_of(site, clock), clock) == []


def test_folder_that_is_suddenly_empty_is_scanned_as_a_whole(site: Site) -> None:
    clock = Clock()
    poller = poller_of(site, clock)
    site.posts.rename(site.posts.with_name("old"))
    site.posts.mkdir()

    assert find_all(poller, clock)[0] is None


def test_folder_is_scanned_as_a_whole_if_there_is_no_index(site: Site) -> None:
    clock = Clock()
    poller = poller_of(site, clock)
    site.index.path.unlink()

    assert find_all(poller, clock)[0] is None


def test_look_begins_an_interval_after_a_scan_of_the_whole_folder(site: Site) -> None:
    clock = Clock()
    poller = poller_of(site, clock)
    site.write(NAME, title="B")

    clock.now += INTERVAL - 1
    poller.restart()
    clock.now += INTERVAL - 1

    assert poller.advance() == set()
    assert find_all(poller, clock)[0] == {NAME}


@pytest.mark.parametrize(
    ("prefix", "differences"),
    [
        pytest.param("sub/", {"sub/2024-01-03-c.md", "sub/2024-01-06-f.md", "sub/deep/x.png"}, id="changed"),
        pytest.param("new/", {"new/2024-01-05-e.md"}, id="new"),
        pytest.param("old/", {"old/2024-01-07-g.md"}, id="gone"),
        pytest.param("none/", set(), id="never there"),
        pytest.param("_site/", set(), id="no posts"),
    ],
)
def test_changed_folder_is_looked_at_alone_and_at_once(site: Site, prefix: str, differences: set[str]) -> None:
    site.write("old/2024-01-07-g.md")
    site.scan()
    clock = Clock()
    poller = poller_of(site, clock)
    (site.posts / "old/2024-01-07-g.md").unlink()
    (site.posts / "sub/2024-01-03-c.md").unlink()
    for path in (NAME, "sub/2024-01-06-f.md", "new/2024-01-05-e.md", "subway/2024-01-08-h.md", "_site/a.md"):
        site.write(path, title="new")
    (site.posts / "sub/deep").mkdir()
    (site.posts / "sub/deep/x.png").write_bytes(b"x")

    poller.poll_at_once([prefix])

    assert poller.advance() == differences
    assert not poller.has_urgent or poller.advance() == set()


def test_hurried_look_is_taken_in_slices_and_finds_all(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 1)
    clock, seconds = Clock(), 0.03
    poller = poller_of(site, clock, seconds)
    paths = {f"many/2024-02-01-{number}.md" for number in range(50)}
    for path in paths:
        site.write(path)
    found: set[str] = set()
    slices = []

    poller.poll_at_once([""])
    while poller.has_urgent:
        before = clock.now
        found |= poller.advance() or set()
        slices.append(clock.now - before)

    assert found == paths
    assert len(slices) >= 50 * seconds / (MAX_SLICE + seconds)
    assert max(slices) <= MAX_SLICE + seconds + 1e-6


def test_many_differences_are_scanned_some_at_a_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    monkeypatch.setattr(module, "MAX_FOUND", 10)
    poller = poller_of(site, Clock())
    for number in range(25):
        site.write(f"many/2024-02-01-{number}.md")
    sizes = []

    poller.poll_at_once(["many/"])
    while poller.has_urgent:
        sizes.append(len(poller.advance() or ()))

    assert sum(sizes) == 25
    assert max(sizes) <= 10 + 2


def test_folder_that_cannot_be_read_is_scanned_alone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    open_any = os.open
    is_locked = True

    def open_other(path: str, *flags: int, **options: int) -> int:
        if path == "sub" and is_locked:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return open_any(path, *flags, **options)

    monkeypatch.setattr(os, "open", open_other)
    clock = Clock()
    poller = poller_of(site, clock)

    locked = find_all(poller, clock)[0]
    scan_paths(site.settings, site.index, locked or ())
    still_locked, known = find_all(poller, clock), site.index.stamps()
    is_locked = False
    unlocked = find_all(poller, clock)[0]
    scan_paths(site.settings, site.index, unlocked or ())

    assert (locked, still_locked, unlocked) == ({"sub/"}, [], {"sub/"})
    assert "sub/2024-01-03-c.md" in known
    assert "sub/" in known
    assert "sub/" not in site.index.stamps()


def test_look_takes_a_share_of_the_time_and_an_event_waits_for_a_slice_at_most(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 1)
    for number in range(50):
        site.write(f"many/2024-02-01-{number}.md")
    site.scan()
    clock, seconds = Clock(), 0.03
    poller = poller_of(site, clock, seconds)
    started, slices = clock.now, []

    while clock.now < started + 10 * INTERVAL:
        before = clock.now
        poller.advance()
        slices.append(clock.now - before)
        clock.now += 0.1  # until the next events

    assert len([taken for taken in slices if taken]) >= 50 * seconds / (MAX_SLICE + seconds)
    assert max(slices) <= MAX_SLICE + seconds + 1e-6
    assert sum(slices) <= MAX_SHARE * (clock.now - started) + MAX_SLICE
