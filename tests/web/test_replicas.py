"""Two replicas, each with a copy of the folder and an index of its own, respond alike."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Site

from feedsvc.ingest.scanner import scan_paths
from feedsvc.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN = datetime(2024, 5, 1, 12, tzinfo=UTC)
NOW = BEGIN + timedelta(days=30)
TARGETS = [
    *("/rss.xml", "/atom.xml", "/feed.json", "/", "/feeds.opml", "/tags/", "/tags/a/rss.xml", "/authors/Li/"),
    *("/rss.xml?not_tag=a&limit=1&page=2", "/feed.json?q=title&content=none", "/posts/2024-01-01-0/", "/languages/fr/"),
]


def make_replica(folder: Path, name: str) -> Site:
    posts = folder / name
    return Site(Settings(posts=posts, index=folder / f"{name}.sqlite", base_url="https://feeds.example"), now=NOW)


@pytest.fixture
def first(tmp_path: Path) -> Site:
    site = make_replica(tmp_path, "first")
    for number in range(4):
        site.write(
            f"2024-01-0{number + 1}-{number}.md", title=f"Title {number}", tags=["a", "b"][: number % 3], author="Li"
        )
    site.write("notes/2024-02-01-fr.md", lang="fr")
    date_everything(site.posts, BEGIN)
    site.scan()
    return site


def date_everything(folder: Path, moment: datetime) -> None:
    """Give all files and folders a time of modification, with a part of a second."""
    for path in (folder, *folder.rglob("*")):
        date(path, moment)


def date(path: Path, moment: datetime) -> None:
    seconds = moment.timestamp() + 0.25
    os.utime(path, (seconds, seconds))


def copy(site: Site, name: str) -> Site:
    """Return a replica that starts now, with a copy of the folder that has its times."""
    other = make_replica(site.posts.parent, name)
    shutil.copytree(site.posts, other.posts)
    other.scan()
    return other


def synchronize(site: Site, other: Site) -> None:
    """Bring a copy up to date as `rsync -a --delete` does, and have it scanned."""
    shutil.rmtree(other.posts)
    shutil.copytree(site.posts, other.posts)
    other.scan()


def responses_of(site: Site, **fields: str) -> list[Any]:
    return [site.get(target, **fields) for target in TARGETS]


def last_modified(site: Site) -> str:
    return site.get("/rss.xml").headers["Last-Modified"]


def edit(site: Site, minutes: int) -> None:
    path = site.write("2024-01-02-1.md", title="Edited")
    for changed in (path, site.posts):
        date(changed, BEGIN + timedelta(minutes=minutes))


def edit_in_place(site: Site, minutes: int) -> None:
    path = site.posts / "2024-01-02-1.md"
    path.write_text(path.read_text().replace("Title", "Other"))
    date(path, BEGIN + timedelta(minutes=minutes))
    date(site.posts, BEGIN)


def remove(site: Site, minutes: int) -> None:
    (site.posts / "2024-01-02-1.md").unlink()
    date(site.posts, BEGIN + timedelta(minutes=minutes))


def add_an_old_file(site: Site, minutes: int) -> None:
    date(site.write("2023-01-01-old.md", tags=["a"]), BEGIN - timedelta(days=99))
    date(site.posts, BEGIN + timedelta(minutes=minutes))


def hide(site: Site, minutes: int) -> None:
    date(site.write("2024-01-02-1.md", draft=True), BEGIN + timedelta(minutes=minutes))
    date(site.posts, BEGIN + timedelta(minutes=minutes))


def move_into_a_new_folder(site: Site, minutes: int) -> None:
    (site.posts / "new").mkdir()
    (site.posts / "2024-01-02-1.md").rename(site.posts / "new" / "2024-01-02-1.md")
    for path in (site.posts / "new", site.posts):
        date(path, BEGIN + timedelta(minutes=minutes))


def remove_a_folder(site: Site, minutes: int) -> None:
    shutil.rmtree(site.posts / "notes")
    date(site.posts, BEGIN + timedelta(minutes=minutes))


def touch(site: Site, minutes: int) -> None:
    date(site.posts / "2024-01-02-1.md", BEGIN + timedelta(minutes=minutes))
    date(site.posts, BEGIN)


EDITS = [edit, edit_in_place, remove, add_an_old_file, hide, move_into_a_new_folder, remove_a_folder, touch]
BY_NAME = pytest.mark.parametrize("change", EDITS, ids=lambda change: change.__name__)


def test_replica_that_started_later_responds_alike(first: Site) -> None:
    second = copy(first, "second")

    assert responses_of(second) == responses_of(first)
    assert last_modified(first) == "Wed, 01 May 2024 12:00:01 GMT"


@BY_NAME
def test_replicas_that_got_a_change_respond_alike(first: Site, change: Callable[[Site, int], None]) -> None:
    second = copy(first, "second")

    change(first, 10)
    first.scan()
    synchronize(first, second)
    third = copy(first, "third")

    assert responses_of(first) == responses_of(second) == responses_of(third)
    assert last_modified(first) == "Wed, 01 May 2024 12:10:01 GMT"


@BY_NAME
def test_date_of_one_replica_is_held_at_the_other_until_the_next_change(
    first: Site, change: Callable[[Site, int], None]
) -> None:
    second = copy(first, "second")
    held = last_modified(first)
    before = responses_of(second, if_modified_since=held)

    change(first, 10)
    first.scan()
    synchronize(first, second)
    after = responses_of(second, if_modified_since=held)

    assert {reply.status for reply in before} == {304}
    assert {reply.status for reply in after} <= {200, 404}


def test_touched_copies_differ_in_their_date_alone(first: Site) -> None:
    second = copy(first, "second")
    date_everything(second.posts, BEGIN + timedelta(days=1))
    second.scan()

    pairs = list(zip(responses_of(first), responses_of(second), strict=True))

    assert {name for one, other in pairs for name, _ in one.headers.items() ^ other.headers.items()} == {
        "Last-Modified"
    }
    assert [one.body for one, _ in pairs] == [other.body for _, other in pairs]


@pytest.mark.parametrize(
    ("key", "value"), [("expiryDate", "2024-05-02T00:00:00Z"), ("publishDate", "2024-05-02T00:00:00Z")]
)
def test_post_that_came_or_went_by_its_own_date_moves_the_date(first: Site, key: str, value: str) -> None:
    date(first.write("2024-01-02-1.md", **{key: value}), BEGIN)
    date(first.posts, BEGIN)

    second = copy(first, "second")

    assert last_modified(second) == "Thu, 02 May 2024 00:00:00 GMT"


def test_file_beside_posts_moves_the_date(first: Site) -> None:
    (first.posts / "a.png").write_bytes(b"picture")
    date(first.posts / "a.png", BEGIN + timedelta(minutes=10))
    date(first.posts, BEGIN)
    first.scan()

    second = copy(first, "second")

    assert last_modified(first) == last_modified(second) == "Wed, 01 May 2024 12:10:01 GMT"


def test_change_that_no_time_shows_moves_the_date(first: Site) -> None:
    held = last_modified(first)
    first.settle()

    edit_in_place(first, 0)
    first.scan()

    assert first.get("/rss.xml", if_modified_since=held).status == 200


def test_folder_that_is_being_copied_does_not_date_an_edit(first: Site) -> None:
    edit_in_place(first, 10)
    date(first.posts, BEGIN + timedelta(minutes=15))  # until the copying is done
    scan_paths(first.settings, first.index, ["2024-01-02-1.md"])

    assert last_modified(first) == "Wed, 01 May 2024 12:10:01 GMT"


def test_folder_dates_a_post_that_is_gone(first: Site) -> None:
    remove(first, 10)
    scan_paths(first.settings, first.index, ["2024-01-02-1.md"])

    assert last_modified(first) == "Wed, 01 May 2024 12:10:01 GMT"
