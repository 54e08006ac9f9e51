"""Folders that are one page with its parts: what is beside the page is no post, however the folder is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedsvc.config import load_settings
from feedsvc.files import Folder
from feedsvc.ingest.folder import look, walk
from feedsvc.ingest.scanner import scan_paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

    Lay = Callable[..., Settings]

CONFIG = 'baseURL = "https://x.example/"\ndefaultContentLanguage = "en"\n'
POST = "---\ntitle: A\ndate: 2024-05-01\n---\nText."


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lay out a Hugo site with these pages, each with a date."""

    def lay_out(*paths: str, posts: str = "content", config: str = CONFIG) -> Settings:
        for path in paths:
            file = tmp_path / "site/content" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(POST, encoding="utf-8")
        (tmp_path / "site/hugo.toml").write_text(config, encoding="utf-8")
        return load_settings({"posts": tmp_path / "site" / posts, "index": tmp_path / "index.sqlite"})

    return lay_out


@pytest.mark.parametrize(
    ("paths", "posts"),
    [
        (["b/index.md", "b/a.md", "b/sub/c.md", "b/sub/index.md"], ["b/index.md"]),
        (["s/_index.md", "s/a.md", "s/b/index.md", "s/b/c.md"], ["s/a.md", "s/b/index.md"]),
        (["b/index.en.md", "b/index.fr.md", "b/a.fr.md"], ["b/index.en.md", "b/index.fr.md"]),
        (["b/index.html", "b/a.html"], ["b/index.html"]),
        (["b/index.xx.md", "b/a.md", "b/Index.md"], ["b/Index.md", "b/a.md", "b/index.xx.md"]),
        (["index.md", "a.md"], ["a.md", "index.md"]),
    ],
)
def test_parts_of_a_page_are_no_posts(lay: Lay, paths: list[str], posts: list[str]) -> None:
    settings = lay(*paths, config=f"{CONFIG}[languages.en]\n[languages.fr]\n")

    with Folder(settings.posts) as folder:
        walked = sorted(file.path for file in walk(folder, settings.site))
        seen = sorted(path for path in paths if look(folder, path, settings.site))

    assert (walked, [path for path in seen if "_index" not in path]) == (posts, posts)


def test_every_file_of_another_generator_is_a_post_beside_an_index(tmp_path: Path, lay: Lay) -> None:
    lay("b/index.md", "b/a.md")
    (tmp_path / "site/hugo.toml").unlink()
    settings = load_settings({"posts": tmp_path / "site/content", "index": tmp_path / "index.sqlite"})

    with Folder(settings.posts) as folder:
        assert sorted(file.path for file in walk(folder, settings.site)) == ["b/a.md", "b/index.md"]


def test_a_picture_in_a_page_stays_a_file_beside_it(lay: Lay) -> None:
    settings = lay("b/index.md", "b/sub/a.png")

    with Folder(settings.posts) as folder:
        assert [file.path for file in walk(folder, settings.site) if file.is_attachment] == ["b/sub/a.png"]


def test_a_post_becomes_a_part_and_a_post_again(lay: Lay, make_site: Callable[[Settings], Site]) -> None:
    site = make_site(lay("b/a.md"))
    counts = []

    site.scan()
    counts.append(site.index.count())
    (site.posts / "b/index.md").write_text(POST, encoding="utf-8")
    scan_paths(site.settings, site.index, ["b/index.md", "b/a.md"])
    counts.append(sorted(post.path for post in site.index.posts()))
    (site.posts / "b/index.md").unlink()
    scan_paths(site.settings, site.index, ["b/index.md", "b/a.md"])
    counts.append(sorted(post.path for post in site.index.posts()))

    assert counts == [1, ["b/index.md"], ["b/a.md"]]
