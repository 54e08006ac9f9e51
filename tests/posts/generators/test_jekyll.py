"""What a Jekyll site's files mean: each rule as a post of a small site, read as `feedsvc serve SITE` reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import published
import pytest

from feedsvc.config import load_settings
from feedsvc.errors import SettingError
from feedsvc.models import Post, Scope
from feedsvc.publishing.ids import entry_id, feed_id, permalink
from feedsvc.settings import IdScheme
from feedsvc.startup import make_cleaner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    Make = Callable[..., Site]

CONFIG = "url: https://example.org\nbaseurl: /b\n"
POST = "_posts/2020-02-03-my-post.md"


@pytest.fixture
def make(make: Make) -> Make:
    """Lay out a site of this configuration and these files, and read it."""

    def lay_out(config: str = CONFIG, files: dict[str, str] | None = None, posts: str = "", **given: object) -> Site:
        return make({"_config.yml": config, **({POST: "---\n---\nText."} if files is None else files)}, posts, **given)

    return lay_out


def posts_of(site: Site) -> list[Post]:
    return [*published.posts_of(site).values()]


def post_of(site: Site) -> Post:
    (post,) = posts_of(site)
    return post


def with_front(front: str, path: str = POST) -> dict[str, str]:
    return {path: f"---\n{front}\n---\nText."}


# --- _config.yml ---------------------------------------------------------------------------------


def test_configuration_gives_the_settings(make: Make) -> None:
    config = "title: T\ndescription: |\n  Two\n  lines\nauthor: {name: Li}\nlang: zh_CN\n"

    settings = make(f"{CONFIG}{config}timezone: Asia/Shanghai\nfuture: true\n").settings

    assert (settings.base_url, settings.title, settings.description) == ("https://example.org/b", "T", "Two lines")
    assert (settings.author, settings.language, str(settings.timezone)) == ("Li", "zh-CN", "Asia/Shanghai")
    assert (settings.future, settings.id_scheme) == (True, IdScheme.JEKYLL_FEED)


def test_configuration_gives_way_to_every_other_source(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_BASE_URL", "https://feeds.example.org")

    site = make(CONFIG + "title: T\n", title="Mine")

    assert (site.settings.title, site.settings.base_url) == ("Mine", "https://feeds.example.org")
    assert permalink(post_of(site), site.settings) == "https://example.org/b/2020/02/03/my-post.html"


def test_configuration_of_another_generator_is_no_jekyll_site(make: Make) -> None:
    assert make("source_dir: source\npublic_dir: public\n", {}).settings.jekyll is None


def test_broken_configuration_is_refused_with_its_line(make: Make) -> None:
    with pytest.raises(SettingError, match=r"_config\.yml:2: mapping values are not allowed"):
        make("title: a\nb: c: d\n")


@pytest.mark.parametrize("posts", ["", "_posts", "_posts/sub"])
def test_posts_have_the_same_address_from_wherever_the_folder_is_given(make: Make, posts: str) -> None:
    site = make(files={"_posts/sub/2020-02-03-my-post.md": "Text."}, posts=posts)

    assert post_of(site).url == "/2020/02/03/my-post.html"


def test_an_id_scheme_of_a_site_needs_a_site(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="needs a site with a URL"):
        load_settings({"posts": tmp_path, "id_scheme": "permalink"})


# --- which files are posts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "_posts/2020-02-03-a.md",
        "_posts/sub/2020-02-03-a.md",
        "films/Horror Films/_posts/2020-02-03-a.md",
        "_posts/20-2-3-a.md",
        "_posts/2020-02-03-A.MD",
        "_posts/2020-02-03-a.txt",
    ],
)
def test_dated_files_in_posts_folders_are_posts(make: Make, path: str) -> None:
    assert post_of(make(files={path: "Text."})).path == path


@pytest.mark.parametrize(
    "path",
    [
        "2020-02-03-a.md",
        "about.md",
        "_posts/a.md",
        "_site/2020/_posts/2020-02-03-a.md",
        "_drafts/a.md",
        ".hidden/_posts/2020-02-03-a.md",
        "node_modules/_posts/2020-02-03-a.md",
        "old/_posts/2020-02-03-a.md",
        "_posts/2020-02-03-a.md~",
        "_posts/_old/2020-02-03-a.md",
    ],
)
def test_file_that_jekyll_does_not_read_is_no_post(make: Make, path: str) -> None:
    assert posts_of(make(CONFIG + "exclude: [old/]\n", {path: "---\n---\nText."})) == []


def test_a_file_without_a_date_is_hinted_at(make: Make) -> None:
    site = make(files={"_posts/a.md": "Text."})

    assert [str(problem) for problem in site.index.problems()] == [
        "_posts/a.md: hint: file name: opens with no date, so this is no post to Jekyll"
    ]


def test_drafts_are_posts_of_the_day_they_were_changed_where_they_are_shown(make: Make) -> None:
    site = make(CONFIG + "show_drafts: true\n", {"_drafts/my-post.md": "---\n---\nText."})

    post = post_of(site)

    assert post.published.timestamp() == pytest.approx((site.settings.posts / post.path).stat().st_mtime, abs=1)
    assert post.url == f"/{post.published:%Y/%m/%d}/my-post.html"


def test_a_draft_with_a_date_has_that(make: Make) -> None:
    site = make(CONFIG + "show_drafts: true\n", with_front("date: 2020-02-03", "_drafts/a.md"))

    assert post_of(site).url == "/2020/02/03/a.html"


@pytest.mark.parametrize(
    ("front", "is_shown"),
    [
        ("published: false", False),
        ("published:", False),
        ("published: False", False),
        ("published: FALSE", False),
        ("published: Off", False),
        ("published: n", True),
        ("draft: True", False),
        ("draft: TRUE", False),
        ('draft: "true"', True),
        ("draft: False", True),
        ('published: "false"', True),
        ("published: true", True),
        ('published: ""', True),
        ("draft: true", False),
        ("status: draft", True),
        ("expiryDate: 2001-01-01", True),
    ],
)
def test_post_is_hidden_where_jekyll_hides_it(make: Make, front: str, is_shown: bool) -> None:  # noqa: FBT001
    assert bool(posts_of(make(files=with_front(front)))) == is_shown


@pytest.mark.parametrize(
    ("config", "given", "is_shown"),
    [
        ("show_drafts: true\n", {}, True),
        ("show_drafts: true\n", {"drafts": "no"}, False),
        ("show_drafts: false\n", {}, False),
        ("", {"drafts": "yes"}, True),
        ("show_drafts: true\nunpublished: false\n", {}, True),
    ],
)
def test_a_post_marked_as_draft_is_shown_where_the_site_shows_drafts(
    make: Make,
    config: str,
    given: dict[str, object],
    is_shown: bool,  # noqa: FBT001
) -> None:
    assert bool(posts_of(make(CONFIG + config, with_front("draft: true"), **given))) == is_shown


def test_a_post_hidden_by_an_empty_flag_is_hinted_at(make: Make) -> None:
    site = make(files=with_front("title: a\npublished:"))

    assert [(problem.line, problem.message) for problem in site.index.problems()] == [
        (3, "published: empty, which hides the post, as in Jekyll")
    ]


# --- dates and titles ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "zone", "utc"),
    [
        ("2014-12-15 14:11:46", "Asia/Shanghai", "2014-12-15T14:11:46"),
        ('"2014-12-15 14:11:46"', "Asia/Shanghai", "2014-12-15T06:11:46"),
        ("15 December 2014 14:11", "Asia/Shanghai", "2014-12-15T06:11:00"),
        ("Mon, 15 Dec 2014 14:11:46 EST", "Asia/Shanghai", "2014-12-15T19:11:46"),
        ("2014-12-15 14:11", "Asia/Shanghai", "2014-12-15T06:11:00"),
        ("2014-12-15", "Asia/Shanghai", "2014-12-14T16:00:00"),
        ("2014-12-15 14:11:46 +0800", "UTC", "2014-12-15T06:11:46"),
        ('"2021-03-14 02:30"', "America/New_York", "2021-03-14T07:30:00"),
        ('"2021-11-07 01:30"', "America/New_York", "2021-11-07T06:30:00"),
    ],
    ids=[
        "seconds are UTC",
        "quoted is local",
        "words",
        "a zone",
        "minutes are local",
        "a day",
        "an offset",
        "a gap",
        "a fold",
    ],
)
def test_dates_are_read_as_jekyll_reads_them(make: Make, written: str, zone: str, utc: str) -> None:
    post = post_of(make(f"{CONFIG}timezone: {zone}\n", with_front(f"date: {written}")))

    assert f"{post.published:%Y-%m-%dT%H:%M:%S}" == utc


@pytest.mark.parametrize(
    ("key", "day"), [("last_modified_at", "2020-01-01"), ("updated", "2020-02-03"), ("lastmod", "2020-02-03")]
)
def test_a_change_is_what_jekyll_feed_takes_for_one(make: Make, key: str, day: str) -> None:
    assert f"{post_of(make(files=with_front(f'{key}: 2020-01-01'))).updated:%Y-%m-%d}" == day


def test_a_date_that_jekyll_dies_of_is_a_problem_and_costs_no_other_post(make: Make) -> None:
    site = make(files={**with_front("date: 2020-13-45"), **with_front("title: Fine", "_posts/2020-01-01-fine.md")})

    assert [post.path for post in posts_of(site)] == ["_posts/2020-01-01-fine.md"]
    assert [problem.line for problem in site.index.problems()] == [2]


@pytest.mark.parametrize(
    ("path", "title"),
    [("2020-02-03-my-POST_x.md", "My Post_x"), ("2020-02-03-北风：你.md", "北风：你"), ("2020-02-03-a.b..md", "A.b")],
)
def test_an_untitled_post_is_called_by_its_slug(make: Make, path: str, title: str) -> None:
    assert post_of(make(files={f"_posts/{path}": "Text."})).title == title


# --- tags and categories -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "tags"),
    [
        ("tags: classic hollywood", ("classic", "hollywood")),
        ("tag: classic hollywood", ("classic hollywood",)),
        ("tags: a, b,c", ("a,", "b,c")),
        ("tag: one\ntags: [two]", ("one",)),
        ("tags: [a, [b, null], A]", ("a", "b", "A")),
        ("tags: [2020, true]", ("2020", "true")),
    ],
)
def test_tags_are_split_as_by_jekyll(make: Make, front: str, tags: tuple[str, ...]) -> None:
    assert post_of(make(files=with_front(front))).tags == tags


@pytest.mark.parametrize(
    ("front", "categories"),
    [
        ("categories: a b", ("films", "a", "b")),
        ("category: Two Words", ("films", "Two Words")),
        ("category: c\ncategories: [d, films]", ("films", "d", "c")),
    ],
)
def test_categories_add_up_from_folders_and_front_matter(make: Make, front: str, categories: tuple[str, ...]) -> None:
    site = make(files=with_front(front, "films/_posts/2020-02-03-a.md"))

    assert post_of(site).categories == categories


def test_a_numeric_tag_is_served_and_hinted_at(make: Make) -> None:
    site = make(files=with_front("title: T\ntags: [2020]"))

    assert [problem.message for problem in site.index.problems()] == [
        "tags: 2020 is a number, which jekyll-feed fails on: put it in quotes"
    ]


def test_authors_are_looked_up(make: Make) -> None:
    authors = "li:\n  name: 李\n  email: li@example.org\n"

    post = post_of(make(files={**with_front("author: li"), "_data/authors.yml": authors}))

    assert [(author.name, author.email) for author in post.authors] == [("李", "li@example.org")]


def test_defaults_fill_what_a_post_does_not_say(make: Make) -> None:
    config = """
defaults:
  - scope: {path: "", type: posts}
    values: {author: A, categories: [all], lang: zh}
  - scope: {path: _posts/x}
    values: {author: B}
  - scope: {path: "", type: pages}
    values: {author: C}
  - scope: {path: "**/x/*", type: post}
    values: {tags: [t]}
"""

    post = post_of(make(CONFIG + config, with_front("lang:\ncategories: own", "_posts/x/2020-02-03-a.md")))

    assert ([author.name for author in post.authors], post.categories) == (["B"], ("all", "own"))
    assert (post.language, post.tags) == ("zh", ("t",))


# --- addresses and ids ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("date", "/c-x/2020/02/03/My-Post.html"),
        ("pretty", "/c-x/2020/02/03/My-Post/"),
        ("ordinal", "/c-x/2020/034/My-Post.html"),
        ("weekdate", "/c-x/2020/W06/Mon/My-Post.html"),
        ("none", "/c-x/My-Post.html"),
        ("/:year-:month-:day/:title/", "/2020-02-03/My-Post/"),
        ("/:year_:month_:i_day/:i_month", "/2020_02_3/2"),
        ("/:short_year/:short_month/:long_month/:slug", "/20/Feb/February/my-post"),
        ("/:w_year/:w_day/:long_day/:y_day:output_ext", "/2020/1/Monday/034.html"),
        ("/:hour:minute:second/:collection/:name", "/000000/posts/2020-02-03-my-post"),
        ("/:slugified_categories/:title", "/c-x/My-Post"),
        ("/a/../:title//x", "/a/My-Post/x"),
        ("/x/:path/", "/x/2020-02-03-My%20Post/"),
    ],
)
def test_permalink_fills_the_template_as_jekyll_does(make: Make, template: str, url: str) -> None:
    site = make(f"{CONFIG}permalink: {template}\n", {"_posts/2020-02-03-My Post.md": "---\ncategory: C-X\n---\n"})

    assert post_of(site).url == url


@pytest.mark.parametrize(
    ("front", "url", "site_id"),
    [
        ("permalink: /custom/:year/:title/", "/custom/2020/my-post/", "/custom/2020/my-post"),
        ("permalink: pretty", "/pretty", "/my-post"),
        ("slug: My Slug/x 中", "/2020/02/03/My-Slug-x-%E4%B8%AD.html", "/2020/02/03/My Slug/x 中"),
        ('slug: "★"', "/2020/02/03/.html", "/2020/02/03/★"),
    ],
)
def test_front_matter_decides_on_an_address(make: Make, front: str, url: str, site_id: str) -> None:
    post = post_of(make(files=with_front(front)))

    assert (post.url, post.site_id) == (url, site_id)


def test_an_unknown_placeholder_is_a_problem(make: Make) -> None:
    site = make(files=with_front("permalink: /:yera/"))

    assert [str(problem) for problem in site.index.problems()] == [
        f"{POST}:2: error: permalink: no placeholder ':yera'"
    ]


@pytest.mark.parametrize(
    ("slug", "entry"),
    [
        ("my-post", "my-post"),
        ("谁？（一）", "%E8%B0%81%3F(%E4%B8%80)"),
        ("why? now", "why?%20now"),
        ("why?", "why"),
        ("c#d e", "c#d%20e"),
        ("a b:c&d", "a%20b:c&d"),
        ("🈴", "%F0%9F%88%B4"),
        ("𝗯⁇㉑", "%F0%9D%97%AF%E2%81%87%E3%89%91"),
        ("50% off", "50%25%20off"),
    ],
)
def test_entry_ids_are_those_of_jekyll_feed(make: Make, slug: str, entry: str) -> None:
    site = make(files={f"_posts/2020-02-03-{slug}.md": "Text."})

    assert entry_id(post_of(site), site.settings) == f"https://example.org/b/2020/02/03/{entry}"


@pytest.mark.parametrize(
    ("config", "entry"),
    [
        ("url: https://ex.org/\n", "https://ex.org//2020/02/03/my-post"),
        ("url: https://EX.org\nbaseurl: b/\n", "https://ex.org/b/2020/02/03/my-post"),
        ("url: https://例子.example\n", "https://xn--fsqu00a.example/2020/02/03/my-post"),
    ],
)
def test_the_sites_address_is_taken_as_jekyll_takes_it(make: Make, config: str, entry: str) -> None:
    site = make(config)

    assert entry_id(post_of(site), site.settings) == entry


@pytest.mark.parametrize("config", ["title: T\n", "baseurl: /b\n"])
def test_a_site_without_an_address_gives_no_half_ones(make: Make, config: str) -> None:
    site = make(config)

    assert permalink(post_of(site), site.settings) == ""
    assert feed_id(Scope(), site.settings, "/feed.xml") == feed_id(Scope(), site.settings)


@pytest.mark.parametrize(
    ("scheme", "entry"),
    [
        ("jekyll", "https://example.org/2020/02/03/我 们"),
        ("permalink", "https://example.org/b/2020/02/03/%E6%88%91-%E4%BB%AC.html"),
        ("jekyll-feed", "https://example.org/b/2020/02/03/%E6%88%91%20%E4%BB%AC"),
    ],
)
def test_id_scheme_decides_the_entry_id(make: Make, scheme: str, entry: str) -> None:
    site = make(files={"_posts/2020-02-03-我 们.md": "---\nguid: https://x.example/1\n---\n"}, id_scheme=scheme)

    assert entry_id(post_of(site), site.settings) == entry


TIED = {f"_posts/{path}": f"---\ntags: [{tag}]\ncategory: c\n---\nText." for path, tag in {
    "2020-02-03-a.md": "t",
    "2020-02-03-B.md": "t",
    "2020-02-03-é.md": "u",
    "2020-02-03-中.md": "t",
    "2020-02-03-🈴.md": "t",
    "sub/2020-02-03-a.md": "t",
    "2020-02-02-z.md": "t",
    "2020-02-04-y.md": "u",
}.items()}  # fmt: skip
ASCENDING = [
    "2020-02-04-y",
    *("2020-02-03-B", "2020-02-03-a", "2020-02-03-é", "2020-02-03-中", "2020-02-03-🈴", "sub/2020-02-03-a"),
    "2020-02-02-z",
]
DESCENDING = [ASCENDING[0], *ASCENDING[-2:0:-1], ASCENDING[-1]]
# jekyll-feed sorts `site.posts` (path descending) by date, which keeps equal ones in place, and turns that round.
ORDERS = pytest.mark.parametrize(
    ("config", "given", "expected"),
    [
        (CONFIG, {}, ASCENDING),
        ("title: no url\n", {}, ASCENDING),
        (CONFIG, {"id_scheme": "permalink"}, ASCENDING),
        (CONFIG, {"id_scheme": "jekyll"}, DESCENDING),
    ],
    ids=["jekyll-feed", "without a url", "permalink", "by hand"],
)


def shown(document: bytes) -> list[str]:
    """List the posts of a feed or page by their pages' addresses here, in their order."""
    found = re.findall(r"/posts/([^\s\"<>]+)/", document.decode())
    return [unquote(name) for name in dict.fromkeys(found)]


@ORDERS
def test_posts_of_one_moment_have_the_order_of_the_sites_feed(
    make: Make, config: str, given: dict[str, object], expected: list[str]
) -> None:
    site = make(config, TIED, **given)

    assert [post.path for post in posts_of(site)] == [f"_posts/{stem}.md" for stem in expected]


@pytest.mark.parametrize(("scheme", "expected"), [("jekyll-feed", ASCENDING), ("jekyll", DESCENDING)])
@pytest.mark.parametrize(
    ("target", "left_out"),
    [
        ("/{}", ""),
        ("/categories/c/{}", ""),
        ("/tags/t/{}", "éy"),
        ("/{}?tag=t", "éy"),
        ("/{}?not_tag=u&category=c", "éy"),
        ("/{}?until=2020-02-03", "y"),
        ("/{}?q=jekyll", ""),
    ],
)
def test_every_feed_and_page_has_that_order_on_all_its_pages(
    make: Make, scheme: str, expected: list[str], target: str, left_out: str
) -> None:
    files = {path: text.replace("---\n", "---\ntitle: Jekyll\n", 1) for path, text in TIED.items()}
    site = make(files=files, id_scheme=scheme, base_url="https://feeds.example", link_to="page", limit=3)
    sign = "&" if "?" in target else "?"

    found = [
        [shown(site.get(f"{target.format(file)}{sign}page={number}").body) for number in (1, 2, 3)]
        for file in ("rss.xml", "atom.xml", "feed.json", "")
    ]

    wanted = [stem for stem in expected if not stem.endswith(tuple(left_out))]
    assert found == [[wanted[:3], wanted[3:6], wanted[6:]]] * 4


def test_an_old_year_of_two_digits_is_of_the_last_century(make: Make) -> None:
    assert post_of(make(files={"_posts/99-12-31-a.md": "Text."})).url == "/1999/12/31/a.html"


def test_an_unknown_time_zone_is_utc_as_for_jekyll(make: Make) -> None:
    assert str(make(f"{CONFIG}timezone: Beijing\n").settings.timezone) == "UTC"


# --- excerpts alone ------------------------------------------------------------------------------

LONG = "First *for all*.\n\nSecond for members.\n"
ONLY = "feed: {excerpt_only: true}"
DEFAULTS = "defaults: [{scope: {path: ''}, values: {feed: {excerpt_only: true}}}]\n"
WITHHELD = {
    "post": (CONFIG, ONLY),
    "site": (f"{CONFIG}{ONLY}\n", "x: y"),
    "defaults": (CONFIG + DEFAULTS, "x: y"),
    "site before post": (f"{CONFIG}{ONLY}\n", "feed: {excerpt_only: false}"),
}
PLACES = ["/rss.xml", "/atom.xml", "/feed.xml", "/feed.json", "/", "/posts/2020-02-03-my-post/"]


@pytest.mark.parametrize("place", [*PLACES, "/feed.json?content=full", "/feed.json?q=second"])
@pytest.mark.parametrize(("config", "front"), WITHHELD.values(), ids=WITHHELD)
def test_body_is_withheld_where_feeds_have_the_excerpt_alone(make: Make, config: str, front: str, place: str) -> None:
    page = make(config, {POST: f"---\n{front}\n---\n{LONG}"}).get(place)

    assert "Second" not in page.text
    assert "for all" in page.text or "q=" in place


@pytest.mark.parametrize(
    ("config", "front"),
    [
        (CONFIG, "feed: {excerpt_only: false}"),
        (CONFIG, "feed: {excerpt_only: no}"),
        (CONFIG, "feed: {excerpt_only: }"),
        (CONFIG, "feed: false"),
        (CONFIG, "excerpt_only: true"),
        (f"{CONFIG}feed: {{excerpt_only: false}}\n", "x: y"),
    ],
)
def test_body_is_whole_where_nothing_withholds_it(make: Make, config: str, front: str) -> None:
    assert "Second for members." in make(config, {POST: f"---\n{front}\n---\n{LONG}"}).get("/rss.xml").text


@pytest.mark.parametrize("key", ["description", "excerpt", "summary"])
def test_written_summary_stands_for_a_body_that_is_withheld(make: Make, key: str) -> None:
    site = make(files={POST: f"---\n{ONLY}\n{key}: In short.\n---\n{LONG}"})

    for place in PLACES:
        page = site.get(place)
        assert "for all" not in page.text
        assert "In short." in page.text or place == "/"


@pytest.mark.parametrize(
    ("config", "front", "body", "shown"),
    [
        (CONFIG, "x: y", "A\n<!--more-->\nB\n\nC", "A"),  # the mark ends every summary
        (CONFIG, "excerpt_separator: <!--more-->", "A\n\nB\n<!--more-->\nC", "A B"),
        (f"{CONFIG}excerpt_separator: <!--more-->\n", "x: y", "A\n\nB\n<!--more-->\nC", "A B"),
        (f"{CONFIG}excerpt_separator: ''\n", "x: y", "A\n\nB", ""),
        (CONFIG, "x: y", "\n\nA [b][1]\n\nC\n\n[1]: https://b.example/", "A b"),
        (CONFIG, "x: y", "Only one.", "Only one."),
        (CONFIG, "x: y", "{::comment}\nhush\n\nhush\n{:/comment}\n\nA\n\nC", "A"),
    ],
)
def test_excerpt_ends_where_jekyll_ends_it(make: Make, config: str, front: str, body: str, shown: str) -> None:
    site = make(config, {POST: f"---\n{ONLY}\n{front}\n---\n{body}"})

    assert make_cleaner(site.settings).bodies_of(posts_of(site), site.index).by_path[POST].summary == shown


def test_protected_post_is_left_out_and_told(make: Make) -> None:
    site = make(files=with_front("title: a\npassword: x"))

    assert (site.index.count(), [str(post) for post in site.index.hidden()]) == (0, [f"{POST}: password: set"])
    assert [problem.level.value for problem in site.index.problems()] == ["hint"]


@pytest.mark.parametrize(
    "front", ["hidden: true", "private: true", "feed: false", "Draft: true", "publishDate: 2999-01-01"]
)
def test_words_of_other_generators_hide_nothing(make: Make, front: str) -> None:
    assert make(files=with_front(front)).index.count() == 1


# --- collections ---------------------------------------------------------------------------------

RECIPES = "url: https://example.org\nfeed:\n  collections: "
SOUP = {
    "_recipes/soup.md": "---\ntitle: Soup\ndate: 2020-02-04\ncategories: [hot]\n---\nText.",
    POST: "---\n---\nText.",
}


@pytest.mark.parametrize(
    ("config", "path", "url"),
    [
        (RECIPES + "[recipes]", "/feed/recipes.xml", "/recipes/soup.html"),
        (RECIPES + "{recipes: {path: /eat.xml}}", "/eat.xml", "/recipes/soup.html"),
        (RECIPES + "{recipes: {categories: [hot]}}", "/feed/recipes/hot.xml", "/recipes/soup.html"),
        (RECIPES + "[recipes]\npermalink: pretty", "/feed/recipes.xml", "/recipes/soup/"),
        (
            RECIPES + "[recipes]\ncollections: {recipes: {permalink: '/r/:year/:name'}}",
            "/feed/recipes.xml",
            "/r/2020/soup",
        ),
        (RECIPES + "[recipes]\ncollections_dir: all", "/feed/recipes.xml", "/recipes/soup.html"),
    ],
)
def test_a_collection_has_its_feed_and_is_in_no_other(make: Make, config: str, path: str, url: str) -> None:
    root = "all/" if "collections_dir" in config else ""
    site = make(config, {f"{root}{name}": text for name, text in SOUP.items()})

    reply = site.get(path, http_host="example.org")

    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert f"https://example.org{url}" in reply.text
    assert reply.text.count("<entry>") == 1
    assert [post.title for post in posts_of(site)] == ["My Post"]


def test_a_collection_without_a_feed_is_not_read(make: Make) -> None:
    site = make(files=SOUP)

    assert [post.path for post in site.index.posts()] == [POST]


def test_a_document_of_a_collection_appears_at_its_date(make: Make) -> None:
    site = make(RECIPES + "[recipes]", {"_recipes/a.md": "---\ndate: 2999-01-01\n---\nText.", POST: "---\n---\nText."})

    assert [hidden.reason for hidden in site.index.hidden()] == ["date: 2999-01-01 is to come"]


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("collections: {posts_en: {output: true}, Articles: {}}", True),
        ("collections: {posts_en: {output: true}}\nfeed: {collections: [posts_en]}", False),
        ("collections: {posts: {}, recipes: {output: true}}", False),
        ("collections: [posts]", False),
    ],
)
def test_collections_of_posts_in_no_feed_are_told(
    make: Make,
    caplog: pytest.LogCaptureFixture,
    config: str,
    told: bool,  # noqa: FBT001
) -> None:
    make(f"url: https://example.org\n{config}\n", with_front("tags: [a]"))

    assert ("not among feed.collections, so in no feed" in caplog.text) == told


def test_a_path_of_tags_that_leaves_the_site_is_refused(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    site = make("url: https://example.org\nfeed: {tags: {path: ../../x}}\n", with_front("tags: [a]"))

    assert "feed.tags.path: leads out of the site" in caplog.text
    assert [feed.path for feed in site.settings.site.feeds] == ["/feed.xml"]


@pytest.mark.parametrize("tags", ["{only: [kept]}", "{except: [lost]}"])
def test_a_tag_without_a_feed_there_has_none_at_its_old_url(make: Make, tags: str) -> None:
    site = make(f"url: https://example.org\nfeed: {{tags: {tags}}}\n", with_front("tags: [kept, lost]"))

    found = [site.get(f"/feed/by_tag/{name}.xml", http_host="example.org").status for name in ("kept", "lost")]

    assert found == [200, 301]


# --- jekyll-feed's own feeds ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feed", "path", "title"),
    [
        ("{}", "/feed.xml", "Pat’s site"),
        ("{categories: [salt water]}", "/feed/salt water.xml", "Pat’s site | Salt water"),
        ("{collections: [recipes]}", "/feed/recipes.xml", "Pat’s site | Recipes"),
        ("{collections: {recipes: {categories: [hot]}}}", "/feed/recipes/hot.xml", "Pat’s site | Recipes | Hot"),
        ("{tags: true}", "/feed/by_tag/rope.xml", "Pat’s site · tag rope"),
        ("{}", "/atom.xml", "Pat's site"),
        ("{}", "/tags/rope/atom.xml", "Pat's site · tag rope"),
    ],
)
def test_a_feed_at_its_old_url_keeps_its_title(make: Make, feed: str, path: str, title: str) -> None:
    files = SOUP | with_front("tags: [rope]\ncategory: salt water")
    site = make(f"url: https://example.org\ntitle: Pat's site\nfeed: {feed}\n", files)

    assert f"<title>{title}</title>" in site.get(path, http_host="example.org").text


def test_titles_in_jekyll_feeds_own_feed_alone_have_typographic_quotes(make: Make) -> None:
    site = make(files=with_front('title: Pat\'s "boat"'))

    assert "<title>Pat’s “boat”</title>" in site.get("/feed.xml").text
    for path in ("/rss.xml", "/atom.xml", "/sections/", "/"):
        assert "Pat’s" not in site.get(path).text


def test_front_page_leads_to_the_feed_at_its_old_url(make: Make) -> None:
    page = make("url: https://example.org\ntitle: T\n").get("/", http_host="example.org").text

    assert '<link rel="alternate" type="application/atom+xml" title="T" href="https://example.org/feed.xml">' in page


@pytest.mark.parametrize(
    ("front", "summaries"),
    [
        ("excerpt: ''", []),
        ("excerpt: ''\ndescription: Words.", ["Words."]),
        ("excerpt:", ["Text."]),
        ("x: y", ["Text."]),
    ],
)
def test_an_empty_excerpt_means_no_summary(make: Make, front: str, summaries: list[str]) -> None:
    reply = make(files=with_front(front)).get("/feed.xml").text

    assert re.findall("<summary>(.*)</summary>", reply) == summaries


@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml", "/rss.xml"])
def test_a_post_with_its_excerpt_alone_has_no_content(make: Make, path: str) -> None:
    reply = make(files={POST: f"---\n{ONLY}\n---\n{LONG}"}).get(path).text

    assert "First for all." in reply
    assert "<content" not in reply


@pytest.mark.parametrize("path", ["_posts/2024-05-01-a.md", "notes/_posts/2024-05-01-a.md"])
def test_page_of_a_post_is_where_its_url_says_and_the_old_one_redirects(make: Make, path: str) -> None:
    site = make("title: T\n", {path: "---\ntitle: A\n---\nText."})
    page = f"/posts/{path.replace('_posts/', '').removesuffix('.md')}/"

    old = site.get(f"/posts/{path.removesuffix('.md')}/")

    assert site.get(page).status == 200
    assert (old.status, old.headers["Location"]) == (301, page)
    assert page in site.get("/sitemap-posts.xml").text + site.get("/feed.json").text
