"""What comparing posts brings to light, what it leaves in peace, and how problems are written."""

import json
import re
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.checks import PROBLEM_FORMATS, compare
from feedsvc.models import Level, Post, Problem, Scope, ScopeKind, ScopeSummary
from feedsvc.posts.metadata import KNOWN, meant_by
from feedsvc.settings import IdScheme, Jekyll, Settings

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
    settings = Settings(jekyll=Jekyll(url="https://a.example"), id_scheme=IdScheme.JEKYLL_FEED)
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


# --- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        *[("Title", "title"), ("titel", "title"), ("tilte", "title"), ("Date", "date"), ("autor", "author")],
        *[("catagories", "categories"), ("expirydat", "expiryDate"), ("lastMod", "lastmod")],
        *[("descripton", "description"), ("keyword", "keywords"), ("publised", "published"), ("summery", "summary")],
    ],
)
def test_a_slip_of_the_pen_is_seen(key: str, meant: str) -> None:
    assert meant_by(key) == meant


THEMES = re.findall(
    r"\S+",
    """
    layout comments permalink slug toc math mathjax katex weight series aliases excerpt_separator type id url pin sticky
    top password copyright share related read_time show_date classes header sidebar author_profile toc_label sitemap
    last_modified_at redirect_from robots seo ShowToc TocOpen linkTitle menu markup outputs resources headless build
    isCJKLanguage translationKey cascade videos audio images featuredImage featuredImagePreview hiddenFromHomePage
    lightgallery license author_id author_url author_name authorLink github email avatar subtitle headline header_image
    header-img image_alt imageAlt image_caption cover_image coverAlt cover-img thumbnail-img share-img social_image
    og_image meta_title meta_keywords translator lead abstract teaser overlay_image duration episode explicit topics
    section order nav_order parent lang-ref locales languages version unlisted visible featured hero_image banner
    gallery photos links link_text external sources source_url references doi venue event location date_end dates
    update updates created created_at create_date creator contributors editor expired rating taxonomies catalog notes
    stats styles css scripts body_class template collection pagination theme banner_img index_img hide hide_title
    titles short_title title_en uid nid uuid post_id wordpress_id disqus_identifier guide form database feeds
    newsletter canonical day month timezone priority pre chapter page pages publisher image_path img level audience
    tools code langs syntax word_count gh-repo covers preview_image post_image meta_image lead_image tag_list abbrlink
    top_img aside mainImage sponsor extra 标题 日期
""",
)


def test_keys_of_generators_and_themes_are_left_in_peace() -> None:
    assert {key: meant for key in (*THEMES, *KNOWN) if (meant := meant_by(key))} == {}


@given(st.text() | st.builds(str.__add__, st.sampled_from(sorted(KNOWN)), st.text(max_size=2)))
@settings(derandomize=True, deadline=None)
def test_what_any_key_may_be_meant_for_is_another_that_is_known(key: str) -> None:
    assert (meant := meant_by(key)) == "" or meant in KNOWN - {key}


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
