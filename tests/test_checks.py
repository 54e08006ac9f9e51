"""What comparing posts brings to light, what it leaves in peace, and how problems are written."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

import pytest
from conftest import Site

from feedsvc.checks import PROBLEM_FORMATS, compare, find_missing_pictures
from feedsvc.models import Level, Post, Problem, Scope, ScopeKind, ScopeSummary
from feedsvc.podcast_settings import read_show
from feedsvc.settings import IdScheme, Settings
from feedsvc.sites import Jekyll

DAY = datetime(2024, 1, 1, tzinfo=UTC)
SETTINGS = Settings()


def post(path: str, **values: Any) -> Post:
    return Post(path, "Title", DAY, DAY, **values)


def tag(name: str, count: int, kind: ScopeKind = ScopeKind.TAG) -> ScopeSummary:
    return ScopeSummary(Scope(kind, name), count, DAY)


def found(*posts: Post, scopes: tuple[ScopeSummary, ...] = (), settings: Settings = SETTINGS) -> list[str]:
    return [str(problem) for problem in compare(posts, scopes, settings)]


# --- posts in each other's way -------------------------------------------------------------------


def test_posts_with_one_page_are_an_error() -> None:
    assert found(post("a.html"), post("a.md")) == [
        "a.md: error: page: '/posts/a/' is that of 'a.html' too: rename one of them"
    ]


def test_posts_with_one_guid_are_an_error() -> None:
    assert found(post("a.md", guid="tag:x,1:1"), post("b.md", guid="tag:x,1:1")) == [
        "b.md: error: id: 'tag:x,1:1' is that of 'a.md' too: give one another `guid`, on a Jekyll site another `slug`"
    ]


def test_posts_with_one_permalink_are_an_error() -> None:
    assert found(post("a.md", url="/x/"), post("b.md", url="/x/")) == [
        "b.md: error: permalink: '/x/' is that of 'a.md' too: give one another `slug` or `permalink`"
    ]


def test_posts_with_one_id_on_a_jekyll_site_are_an_error() -> None:
    settings = Settings(site=Jekyll(url="https://a.example"), id_scheme=IdScheme.JEKYLL_FEED)
    posts = [post(f"{day}-a.md", url=f"/{day}.html", site_id="/a") for day in (1, 2)]

    assert [line.partition(" is")[0] for line in found(*posts, settings=settings)] == [
        "2-a.md: error: id: 'https://a.example/a'"
    ]


def test_each_post_is_told_once_of_what_the_first_to_mend_is() -> None:
    same = {"url": "/a/", "guid": "tag:x,1:1"}

    assert [line[:18] for line in found(post("a.html", **same), post("a.md", **same))] == ["a.md: error: page:"]


def test_posts_that_share_nothing_are_left_in_peace() -> None:
    assert found(post("a.md"), post("b.md"), post("x/a.md", guid="a"), post("A.md")) == []


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ["ios", "ＩＯＳ"])
def test_a_rarer_spelling_of_a_name_is_a_hint_at_its_first_post(odd: str) -> None:
    posts = [post("a.md", tags=("iOS",)), post("b.md", tags=(odd,)), post("c.md", tags=(odd,))]

    assert found(*posts, scopes=(tag("iOS", 9), tag(odd, 2))) == [
        f"b.md: hint: tag: {odd!r} (posts: 2) has other feeds than 'iOS' (posts: 9): use one spelling"
    ]


def test_names_of_different_kinds_may_be_spelt_otherwise() -> None:
    posts = [post("a.md", tags=("iOS",), categories=("ios",))]

    assert found(*posts, scopes=(tag("iOS", 1), tag("ios", 1, ScopeKind.CATEGORY))) == []


# --- written out ---------------------------------------------------------------------------------

PROBLEMS = (Problem("a,b:c%.md", 3, Level.ERROR, "x: 100%\r\nno"), Problem("日.md", 0, Level.HINT, "y, z"))


def written(style: str) -> list[str]:
    return list(PROBLEM_FORMATS[style](PROBLEMS, PurePath("posts")))


def test_text_is_a_line_for_each_problem() -> None:
    assert list(PROBLEM_FORMATS["text"](PROBLEMS[1:], PurePath())) == ["日.md: hint: y, z"]


def test_json_is_one_array() -> None:
    assert json.loads("\n".join(written("json"))) == [
        {"path": "a,b:c%.md", "line": 3, "level": "error", "message": "x: 100%\r\nno"},
        {"path": "日.md", "line": 0, "level": "hint", "message": "y, z"},
    ]


def test_github_gets_escaped_workflow_commands() -> None:
    assert written("github") == [
        "::error file=posts/a%2Cb%3Ac%25.md,line=3::x: 100%25%0D%0Ano",
        "::warning file=posts/日.md::y, z",
    ]


def test_posts_with_sound_need_a_picture_a_category_and_a_language(site: Site) -> None:
    site.write("2024-01-01-a.md", audio="https://cdn.example/1.mp3")
    site.write("2024-01-02-b.md")
    site.scan()
    ready = replace(
        site.settings,
        language="en",
        logo="/l.png",
        podcast=read_show({"category": "Technology", "email": "li@example.org"}),
    )

    found = [problem.message for problem in compare(site.index.posts(), (), site.settings)]

    assert found == [
        (
            "podcast: 1 post with sound or film, and directories need language, podcast.image, podcast.category,"
            " podcast.email"
        )
    ]
    assert [*compare(site.index.posts(), (), ready)] == []


def test_one_post_with_sound_among_many_makes_no_podcast(site: Site) -> None:
    site.write("2024-01-01-a.md", audio="https://cdn.example/1.mp3")
    for day in range(2, 5):
        site.write(f"2024-01-0{day}-b.md")
    site.scan()
    meant = replace(site.settings, podcast=read_show({"category": "Technology"}))

    assert [*compare(site.index.posts(), (), site.settings)] == []
    assert [problem.message.partition(":")[0] for problem in compare(site.index.posts(), (), meant)] == ["podcast"]


@pytest.mark.parametrize("base", ["", "https://example.org/b"])
def test_picture_of_the_site_that_is_not_in_the_folder_is_a_hint(base: str) -> None:
    show = read_show({"image": "/files/art/%E6%9C%88.jpg"})
    settings = replace(SETTINGS, base_url=base, icon=f"{base}/files/icon.png", logo="/files/logo.png", podcast=show)

    missing = [str(problem) for problem in find_missing_pictures(settings, lambda path: path == "logo.png")]

    assert missing == [
        ".: hint: icon: 'icon.png': no such file in the posts folder",
        ".: hint: podcast.image: 'art/月.jpg': no such file in the posts folder",
    ]


@pytest.mark.parametrize("url", ["", "/icon.png", "https://elsewhere.example/files/icon.png"])
def test_picture_that_is_elsewhere_is_no_hint(url: str) -> None:
    assert [*find_missing_pictures(replace(SETTINGS, icon=url), lambda _: False)] == []
