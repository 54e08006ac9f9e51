"""Which folders are watched, and which paths are scanned because of an event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from watchfiles import Change

from feedsvc.ingest.events import WatchedFolders
from feedsvc.sites import Site as SiteOf

if TYPE_CHECKING:
    from pathlib import Path

    from feedsvc.settings import Settings

FOLDERS = ("_posts", "images", "assets", "_site", ".git", "node_modules", "static", "source/_posts", "source/images")


def find(root: Path, settings: Settings, prefix: str, *static: str) -> WatchedFolders:
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "link").symlink_to(root / "assets")
    site = SiteOf(prefix=prefix, static=static)
    return WatchedFolders.find(replace(settings, posts=root / prefix, site=site))


@pytest.mark.parametrize(
    ("prefix", "static", "watched"),
    [
        pytest.param("", (), [""], id="all is posts"),
        pytest.param("_posts/", ("static/",), ["_posts", "static"], id="a folder beside"),
        pytest.param("_posts/", ("none/",), ["_posts"], id="a folder that is not there"),
        pytest.param("", ("static/",), [""], id="a folder in the posts folder"),
        pytest.param("_posts/", ("",), ["_posts", "assets", "images", "source", "static"], id="the site's root"),
        pytest.param("source/_posts/", ("source/",), ["source/_posts", "source/images"], id="around the posts"),
    ],
)
def test_folders_that_may_hold_served_files_are_watched_once(
    tmp_path: Path, settings: Settings, prefix: str, static: tuple[str, ...], watched: list[str]
) -> None:
    root = tmp_path / "site"

    folders = find(root, settings, prefix, *static)

    assert sorted(folders.outermost()) == [root / folder for folder in watched]


@pytest.mark.parametrize(
    ("change", "name", "paths"),
    [
        pytest.param(Change.modified, "_posts/a.md", {"a.md"}, id="post"),
        pytest.param(Change.modified, "_posts/a.png", {"a.png"}, id="picture beside posts"),
        pytest.param(Change.modified, "static/img/a.png", {"img/a.png"}, id="picture apart"),
        pytest.param(Change.modified, "static/a.md", set(), id="no post there"),
        pytest.param(Change.modified, "_posts/_draft.md", set(), id="no post"),
        pytest.param(Change.modified, "_posts/.a.md.swp", set(), id="hidden"),
        pytest.param(Change.modified, "_site/a.png", set(), id="outside"),
        pytest.param(Change.added, "static/img", {"img/"}, id="folder"),
        pytest.param(Change.deleted, "static/css", {"css/"}, id="what may have been a folder"),
        pytest.param(Change.added, "_posts/..data", {""}, id="hidden link to a folder"),
        pytest.param(Change.added, "_posts/.#a.md", set(), id="hidden link to nothing"),
    ],
)
def test_event_is_a_path_to_scan_or_a_scan_of_all(
    tmp_path: Path, settings: Settings, change: Change, name: str, paths: set[str]
) -> None:
    root = tmp_path / "site"
    folders = find(root, settings, "_posts/", "static/")
    (root / "static/img").mkdir()
    (root / "_posts/..2024").mkdir()
    (root / "_posts/..data").symlink_to("..2024")
    (root / "_posts/.#a.md").symlink_to("nothing")

    assert folders.find_changed({(change, str(root / name))}) == paths
