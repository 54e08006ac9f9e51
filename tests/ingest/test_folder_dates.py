"""A change that only its folder shows is dated by the time that the folder has once it has been copied."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from waiting import Clock

from feedsvc.ingest.folder import MAX_SLICE
from feedsvc.ingest.folder_dates import LOOK_SECONDS, FolderDates
from feedsvc.ingest.scanner import scan_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Site

    from feedsvc.settings import Settings

BEGIN = 1_714_560_000  # in seconds since 1970, after the dates of all posts
CHANGED = BEGIN + 10


@dataclass
class Dated:
    """A replica whose folders are looked at again by a clock that is set."""

    site: Site
    clock: Clock
    dates: FolderDates

    def scan(self, *paths: str) -> None:
        """Scan these paths, or all, and have the folders looked at again if that is needed."""
        report = scan_paths(self.site.settings, self.site.index, paths) if paths else self.site.scan()
        if report.is_early:
            self.dates.add(paths or {""})
        self.dates.look()

    def wait(self, seconds: float) -> None:
        self.clock.now += seconds
        self.dates.look()


@pytest.fixture
def begun(site: Site) -> Dated:
    """A replica of which nothing has changed since BEGIN."""
    for path in ("2024-01-01-a.md", "2024-01-02-b.md", "notes/2024-01-03-c.md"):
        site.write(path)
    date(site.posts.rglob("*"), BEGIN)
    date([site.posts], BEGIN)
    site.scan()
    site.settle()
    clock = Clock()
    return Dated(site, clock, FolderDates(site.settings, site.index, clock=clock))


def date(paths: Iterator[Path] | list[Path], seconds: float) -> None:
    for path in paths:
        os.utime(path, (seconds, seconds))


def date_folders(site: Site, seconds: float) -> None:
    date([site.posts, *filter(Path.is_dir, site.posts.rglob("*"))], seconds)


def being_copied() -> float:
    """Return a time that folders have while they are being copied, however slow the test is."""
    return time.time() + 50


def modified(site: Site) -> int:
    ((found,),) = site.index.query("SELECT modified FROM meta")
    return int(found)


def remove(posts: Path) -> list[str]:
    (posts / "2024-01-02-b.md").unlink()
    return ["2024-01-02-b.md"]


def remove_a_folder(posts: Path) -> list[str]:
    shutil.rmtree(posts / "notes")
    return ["notes/2024-01-03-c.md"]


def rename(posts: Path) -> list[str]:
    (posts / "2024-01-02-b.md").rename(posts / "2024-01-02-d.md")
    return ["2024-01-02-b.md", "2024-01-02-d.md"]


def move_into_a_folder(posts: Path) -> list[str]:
    (posts / "2024-01-02-b.md").rename(posts / "notes" / "2024-01-02-b.md")
    return ["2024-01-02-b.md", "notes/2024-01-02-b.md"]


def add_an_old_file(posts: Path) -> list[str]:
    file = posts / "2023-01-01-old.md"
    file.write_text("---\ntitle: Old\n---\n")
    date([file], BEGIN - 99)
    return [file.name]


ACTS = pytest.mark.parametrize(
    "act", [remove, remove_a_folder, rename, move_into_a_folder, add_an_old_file], ids=lambda act: act.__name__
)


@ACTS
@pytest.mark.parametrize("is_whole", [False, True], ids=["paths", "whole"])
def test_replica_whose_folder_is_copied_late_gets_the_date_of_the_others(
    begun: Dated,
    make_site: Callable[[Settings], Site],
    tmp_path: Path,
    act: Callable[[Path], list[str]],
    *,
    is_whole: bool,
) -> None:
    paths = act(begun.site.posts)
    date_folders(begun.site, being_copied())

    begun.scan(*([] if is_whole else paths))
    meanwhile = modified(begun.site)
    date_folders(begun.site, CHANGED)
    begun.wait(LOOK_SECONDS - 0.1)
    early = modified(begun.site)
    begun.wait(0.1)

    other = make_site(replace(begun.site.settings, index=tmp_path / "other.sqlite"))  # starts afterwards
    other.scan()
    assert (meanwhile, early) == (BEGIN + 1, BEGIN + 1)
    assert modified(begun.site) == modified(other) == CHANGED


@ACTS
def test_folder_that_has_its_time_already_dates_at_once(begun: Dated, act: Callable[[Path], list[str]]) -> None:
    paths = act(begun.site.posts)
    date_folders(begun.site, CHANGED)

    begun.scan(*paths)
    at_once = modified(begun.site)
    date_folders(begun.site, CHANGED + 10)
    begun.wait(LOOK_SECONDS)

    assert (at_once, modified(begun.site)) == (CHANGED, CHANGED)


def test_change_that_a_file_dates_waits_for_no_folder(begun: Dated) -> None:
    file = begun.site.write("2024-01-02-b.md", "Edited.")
    date([file], CHANGED)
    date_folders(begun.site, being_copied())

    begun.scan(file.name)
    at_once = modified(begun.site)
    date_folders(begun.site, CHANGED + 10)
    begun.wait(LOOK_SECONDS)

    assert (at_once, modified(begun.site)) == (CHANGED, CHANGED)


def test_second_change_puts_the_look_off(begun: Dated) -> None:
    begun.scan(*remove(begun.site.posts))
    begun.wait(LOOK_SECONDS / 2)
    begun.scan(*remove_a_folder(begun.site.posts))
    date_folders(begun.site, CHANGED)
    begun.wait(LOOK_SECONDS / 2)
    early = modified(begun.site)
    begun.wait(LOOK_SECONDS / 2)

    assert (early <= BEGIN + 2, modified(begun.site)) == (True, CHANGED)


def test_date_never_goes_back(begun: Dated) -> None:
    begun.scan(*remove(begun.site.posts))
    date_folders(begun.site, BEGIN - 10)
    before = begun.site.index.version()

    begun.wait(LOOK_SECONDS)

    assert (modified(begun.site), begun.site.index.version()) == (BEGIN + 1, before)


def test_date_that_folders_give_is_seen_by_clients(begun: Dated) -> None:
    begun.scan(*remove(begun.site.posts))
    before = begun.site.get("/rss.xml").headers["Last-Modified"]
    date_folders(begun.site, CHANGED)

    begun.wait(LOOK_SECONDS)

    after = begun.site.get("/rss.xml", if_modified_since=before)
    assert (after.status, after.headers["Last-Modified"] > before) == (200, True)


def test_folder_that_is_gone_dates_nothing(begun: Dated) -> None:
    begun.scan(*remove(begun.site.posts))
    begun.site.posts.rename(begun.site.posts.with_name("elsewhere"))

    begun.wait(LOOK_SECONDS)

    assert modified(begun.site) == BEGIN + 1


@dataclass
class SlowClock(Clock):
    """A clock that goes on for a slice of time whenever it is read."""

    def __call__(self) -> float:
        self.now += MAX_SLICE
        return self.now


def test_look_at_all_folders_is_taken_in_slices(begun: Dated) -> None:
    begun.site.write("notes/2024-01-04-d.md")
    date_folders(begun.site, CHANGED)
    dates = FolderDates(begun.site.settings, begun.site.index, clock=SlowClock())
    dates.add([""])
    found = []

    for _ in range(60):
        dates.look()
        found.append(modified(begun.site))

    late = found.index(CHANGED)
    assert late >= LOOK_SECONDS / MAX_SLICE / 2 + len(begun.site.index.stamps())  # then a file at a time
