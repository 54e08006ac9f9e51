"""What the path of a post says: its name, its page, its language, its date."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedsvc.posts.paths import (
    date_of,
    is_conflict_copy,
    language_in,
    name_of,
    page_of,
    shown_page_of,
    stem_of,
    stems_of,
    translations_of,
)
from feedsvc.sites import Site


@pytest.mark.parametrize(
    ("path", "page", "stem", "name"),
    [
        ("a.md", "a", "a", "a"),
        ("x/2024-05-01-a.md", "x/2024-05-01-a", "2024-05-01-a", "a"),
        ("2024-05-01-hello/index.md", "2024-05-01-hello", "2024-05-01-hello", "hello"),
        ("x/sea/index.html", "x/sea", "sea", "sea"),
        ("sea/index.fr.md", "sea.fr", "sea.fr", "sea"),
        ("sea/index.zh-CN.md", "sea.zh-CN", "sea.zh-CN", "sea"),
        ("2024-05-02-salt.fr.md", "2024-05-02-salt.fr", "2024-05-02-salt.fr", "salt"),
        ("index.md", "index", "index", "index"),
        ("sea/index.old.md", "sea/index.old", "index.old", "index.old"),
        ("sea/indexes.md", "sea/indexes", "indexes", "indexes"),
        ("2024-05-03-v1.2.md", "2024-05-03-v1.2", "2024-05-03-v1.2", "v1.2"),
        ("2017-04-21_title.html", "2017-04-21_title", "2017-04-21_title", "title"),
        ("20240106-salt.md", "20240106-salt", "20240106-salt", "salt"),
        ("20240106.md", "20240106", "20240106", ""),
        ("20240106.2.md", "20240106.2", "20240106.2", "20240106.2"),
        (".md", ".md", ".md", ".md"),
    ],
)
def test_page_stem_and_name_are_those_of_the_path(path: str, page: str, stem: str, name: str) -> None:
    assert (page_of(path), stem_of(path), name_of(path)) == (page, stem, name)


HUGO = Site(content=("content/",))


@pytest.mark.parametrize(
    ("path", "site", "language"),
    [
        ("sea/index.fr.md", Site(), "fr"),
        ("2024-05-02-salt.fr.md", Site(), "fr"),
        ("salt.pt-br.md", Site(), "pt-BR"),
        ("salt.zh_Hans.md", Site(), "zh-Hans"),
        ("de/alt/2024-05-03-kanne.md", Site(), "de"),
        ("zh-cn/a.md", Site(), "zh-CN"),
        ("de/a.fr.md", Site(), "fr"),
        ("content/fr/posts/a.md", HUGO, "fr"),
        ("posts/a.md", Site(prefix="content/fr/", content=("content/",)), "fr"),
        ("fr/_posts/2024-05-02-c.md", Site(), "fr"),
        ("2024-05-03-v1.2.md", Site(), ""),
        ("node.js.md", Site(), ""),
        ("socket.io.md", Site(), ""),
        ("fr.md", Site(), ""),
        (".fr.md", Site(), ""),
        ("x/de/a.md", Site(), ""),
        ("news/a.md", Site(), ""),
        ("ml/a.md", Site(), ""),
        ("content/posts/fr/a.md", HUGO, ""),
    ],
)
def test_language_is_found_in_the_path(path: str, site: Site, language: str) -> None:
    assert language_in(path, site) == language


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("2024-05-01-x/index.md", "2024-05-01"),
        ("2024/05/02/dunes.md", "2024-05-02"),
        ("2024/05/02-dunes.md", "2024-05-02"),
        ("blog/2024-5-1/x.md", "2024-05-01"),
        ("2023-01-01-year/2024-05-01-x/index.md", "2024-05-01"),
        ("2024-05-01-x/2024-06-01-y.md", "2024-06-01"),
        ("2017-04-21_title.html", "2017-04-21"),
        ("2017-04-21 title.md", "2017-04-21"),
        ("2024-05-01.md", "2024-05-01"),
        ("2024/05/dunes.md", ""),
        ("12024/05/02/dunes.md", ""),
        ("20240106.md", "2024-01-06"),
        ("x/20240106-title.md", "2024-01-06"),
        ("20240106_title.fr.md", "2024-01-06"),
        ("20240106 title.md", "2024-01-06"),
        ("20240106/index.md", "2024-01-06"),
        ("2023/05/02/20240106.md", "2024-01-06"),
        ("20241306-title.md", ""),
        ("20240230.md", ""),
        ("202401061230-title.md", ""),
        ("20240106title.md", ""),
        ("20240106.2.md", ""),
        ("12345678-title.md", ""),
        ("v20240106.md", ""),
        ("1.20240106.md", ""),
        ("2024/13/45/x.md", ""),
        ("v2024-05-01-x/index.md", ""),
        ("17-04-21_title.md", ""),
        ("2024/5.1/2/x.md", ""),
    ],
)
def test_date_is_found_in_the_path(path: str, date: str) -> None:
    found = date_of(path, UTC)

    assert (f"{found:%Y-%m-%d}" if found else "") == date


@pytest.mark.parametrize(
    ("name", "is_date"), [("2024-01-06.md", True), ("20240106 Title.md", False), ("20240106.md", False)]
)
def test_number_before_the_name_of_a_note_is_no_date(name: str, is_date: bool) -> None:  # noqa: FBT001
    assert (date_of(name, UTC, is_vault=True) is not None) == is_date


def test_day_in_a_path_starts_in_the_sites_zone() -> None:
    assert date_of("2024/05/02/dunes.md", ZoneInfo("Asia/Shanghai")) == datetime(2024, 5, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "other", "site"),
    [
        ("sea/index.md", "sea/index.fr", Site()),
        ("sea/index.fr.md", "sea/index", Site()),
        ("x/salt.fr.md", "x/salt.zh-cn", Site()),
        ("en/2024-05-01-tea.md", "fr/2024-05-01-tea", Site()),
        ("fr/_posts/a.md", "_posts/a", Site()),
        ("_posts/a.md", "fr/_posts/a", Site()),
        ("content/en/posts/a.md", "content/fr/posts/a", HUGO),
        ("content/french/a.md", "content/english/a", Site(content=("content/english/", "content/french/"))),
    ],
)
def test_translations_of_a_post_are_looked_for_by_name(path: str, other: str, site: Site) -> None:
    assert other in translations_of(path, ["fr", "zh-CN"], site)


def test_post_is_no_translation_of_itself() -> None:
    assert "fr/a" not in translations_of("fr/a.md", ["fr"], Site())


@pytest.mark.parametrize("path", ["a.md", "x/sea/index.md", "x/sea/index.fr.md", "x/salt.fr.md", "index.md"])
def test_file_of_a_page_is_found(path: str) -> None:
    assert path.removesuffix(".md") in stems_of(page_of(path))


@pytest.mark.parametrize(
    "name",
    [
        "2024-01-01-bees.sync-conflict-20240102-101010-ABCDEFG.md",
        "bees (Ada's conflicted copy 2024-05-01).md",
        "bees (conflicted copy 2024-01-02 101010).md",
        "bees_conflict-20240102-101010.md",
        "notes/Bees (Case Conflict 1).md",
    ],
)
def test_copy_of_a_conflict_is_known_by_its_name(name: str) -> None:
    assert is_conflict_copy(name)


@pytest.mark.parametrize("name", ["2024-02-01-conflict-in-the-hive.md", "sync-conflict-resolution.md", "a (copy).md"])
def test_post_about_conflicts_is_no_copy(name: str) -> None:
    assert not is_conflict_copy(name)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("_posts/2024-01-01-a.md", "2024-01-01-a"),
        ("notes/_posts/2024-01-01-a.md", "notes/2024-01-01-a"),
        ("_posts/notes/2024-01-01-a.md", "notes/2024-01-01-a"),
        ("_drafts/a.md", "a"),
        ("_posts/a/index.md", "a"),
        ("_notes/a.md", "_notes/a"),
        ("_posts.md", "_posts"),
        ("a/_posts.md", "a/_posts"),
        ("posts/a.md", "posts/a"),
    ],
)
def test_folders_of_jekyll_are_no_part_of_a_page(path: str, page: str) -> None:
    assert shown_page_of(path) == page
    assert {path.removesuffix(".md"), path.removesuffix("/index.md")} & set(stems_of(page))


@pytest.mark.parametrize(
    ("path", "day", "name"),
    [
        ("2024_05_04_tea.md", "2024-05-04", "tea"),
        ("2024_5_4-tea.md", "2024-05-04", "tea"),
        ("2024.05.04 Tea.md", "2024-05-04", "Tea"),
        ("20240504-tea.md", "2024-05-04", "tea"),
        ("20240504_tea.fr.md", "2024-05-04", "tea"),
        ("notes/20240504 Tea.md", "2024-05-04", "Tea"),
        ("20240504.md", "2024-05-04", ""),
        ("2024/01/01/20240504-tea.md", "2024-05-04", "tea"),
    ],
)
def test_dates_as_people_write_them_in_file_names(path: str, day: str, name: str) -> None:
    assert (f"{date_of(path, UTC):%Y-%m-%d}", name_of(path)) == (day, name)


@pytest.mark.parametrize(
    "path",
    [
        "202405041230 Tea.md",
        "20240504tea.md",
        "20241304-tea.md",
        "20240230-tea.md",
        "12345678-tea.md",
        "2024.05-04 tea.md",
        "2024_05_tea.md",
        "version 2024.05.04.md",
    ],
)
def test_other_numbers_in_file_names_are_no_dates(path: str) -> None:
    assert date_of(path, UTC) is None
