"""What each key of the front matter does to a post, and that no value of any key brings reading down."""

import hashlib
import json
import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.errors import PostError
from feedsvc.models import Author, Enclosure, Post, Reading
from feedsvc.names import MAX_NAME
from feedsvc.posts.names import MAX_NAMES
from feedsvc.posts.parser import parse
from feedsvc.posts.post_file import body_of
from feedsvc.settings import Settings
from feedsvc.sites import Jekyll, Site
from feedsvc.text import clean_name

PATH = "news/2024-01-02-hello-world.md"
ANYTHING = settings(max_examples=150, deadline=None, derandomize=True)


def read(front: str, *, path: str = PATH, options: Settings | None = None) -> Reading:
    return parse(path, f"---\n{front}\n---\nBody\n".encode(), options or Settings())


def post_of(front: str, *, path: str = PATH, options: Settings | None = None) -> Post:
    post = read(front, path=path, options=options).post
    assert post is not None
    return post


def problems_of(front: str) -> list[tuple[int, str, str]]:
    problems = read(front if "\ntitle:" in f"\n{front}" else f"{front}\ntitle: A").problems
    return [(problem.line, problem.level.value, problem.message) for problem in problems]


# --- the file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"---\ntitle: A\ntags: [x, y]\n---\nBody\n", id="yaml"),
        pytest.param(b"+++\ntitle = 'A'\ntags = ['x', 'y']\n+++\nBody\n", id="toml"),
        pytest.param(b'{"title": "A", "tags": ["x", "y"]}\nBody\n', id="json"),
        pytest.param(b"\xef\xbb\xbf---\r\ntitle: A\r\ntags: x y\r\n---\r\nBody\r\n", id="mark and crlf"),
        pytest.param("---\ntitle: A\ntags: x,y\n---\nBody\n".encode("utf-16"), id="utf-16"),
    ],
)
def test_the_form_of_front_matter_makes_no_difference(data: bytes) -> None:
    post = parse(PATH, data, Settings()).post

    assert post is not None
    assert (post.title, post.tags) == ("A", ("x", "y"))


def test_a_post_needs_no_front_matter() -> None:
    post = parse(PATH, b"Body\n", Settings()).post

    day = datetime(2024, 1, 2, tzinfo=UTC)
    digest = hashlib.sha1(b"blob 5\0Body\n").hexdigest()  # git's id of the content
    assert post == Post(PATH, "Hello World", day, day, digest=digest, size=5)


def test_unknown_keys_are_nobodys_business() -> None:
    assert problems_of("layout: post\nslug: x\nparams: {deep: [1, {er: 2}]}") == []


def test_a_key_that_seems_misspelt_is_a_hint() -> None:
    hint = "unknown, so without effect: write 'tags' if that is meant"

    assert problems_of("x: y\ntagss: [a]") == [(3, "hint", f"tagss: {hint}")]


@pytest.mark.parametrize(
    ("front", "field", "value"),
    [
        ("Title: A", "title", "A"),
        ("TAGS: [a]", "tags", ("a",)),
        ("Category: b", "categories", ("b",)),
        ("Summary: s", "summary", "s"),
        ("Lang: fr", "language", "fr"),
        ("tags: [a]\nTags: [b]", "tags", ("a",)),
    ],
)
def test_letter_case_of_a_key_does_not_count(front: str, field: str, value: object) -> None:
    assert getattr(post_of(front), field) == value
    assert problems_of(f"title: x\n{front}") == []


def test_problem_of_a_key_in_capitals_has_its_line() -> None:
    assert [line for line, *_ in problems_of("x: y\nUpdated: never")] == [3]


def test_a_misspelt_key_of_a_hidden_post_is_a_hint_too() -> None:
    assert [line for line, *_ in problems_of("draft: true\ncatagories: [a]")] == [3]


def test_a_missing_date_names_the_key_that_may_be_meant_for_it() -> None:
    with pytest.raises(PostError, match="so not published; 'daate' is an unknown key"):
        read("daate: 2024-01-02", path="undated.md")


def test_a_key_given_twice_is_a_hint_at_the_line_that_counts() -> None:
    hint = "given more than once, and the last one counts: remove the others"

    assert problems_of("tags: [a]\nlang: en\ntags: [b]") == [(4, "hint", f"tags: {hint}")]
    assert post_of("tags: [a]\nlang: en\ntags: [b]").tags == ("b",)


def test_a_file_that_cannot_be_taken_apart_is_a_post_error() -> None:
    with pytest.raises(PostError, match="not UTF-8"):
        parse(PATH, b"\xff", Settings())


# --- title ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "title"),
    [
        pytest.param("A: B", "A: B", id="colon in quotes"),
        pytest.param("  a \\n b\\t c ", "a b c", id="on one line"),
        pytest.param("a\\0b\\x07c\\uFFFEd", "abcd", id="unwanted characters"),
        pytest.param(" ", "Hello World", id="blank"),
        pytest.param("\\0", "Hello World", id="nothing but an unwanted character"),
        pytest.param("", "Hello World", id="empty"),
        pytest.param("]]> & <!-- <b>", "]]> & <!-- <b>", id="markup"),
    ],
)
def test_a_title_is_one_line_of_legal_text(written: str, title: str) -> None:
    assert post_of(f'title: "{written}"').title == title


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("123", "123"),
        ("1.10", "1.10"),
        ("true", "true"),
        ("No", "No"),
        ("0", "0"),
        ("2024-01-02", "2024-01-02"),
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+00:00"),
        ("null", "Hello World"),
        ("[]", "Hello World"),
    ],
)
def test_a_scalar_where_a_title_belongs_is_text(written: str, title: str) -> None:
    assert post_of(f"title: {written}").title == title


@pytest.mark.parametrize(("value", "title"), [(True, "true"), (False, "false"), (0, "0"), (1.5, "1.5")])
def test_a_json_scalar_where_a_title_belongs_is_text(value: object, title: str) -> None:
    post = parse(PATH, json.dumps({"title": value}).encode(), Settings()).post

    assert post is not None
    assert post.title == title


@pytest.mark.parametrize("front", ["x: y", "title:", "title: ''"])
def test_a_post_without_a_title_is_a_hint(front: str) -> None:
    assert [str(problem.level) for problem in read(front).problems] == ["hint"]


@pytest.mark.parametrize(("written", "kind"), [("[a]", "list"), ("{a: b}", "dict")])
def test_a_collection_where_a_title_belongs_is_a_hint(written: str, kind: str) -> None:
    assert post_of(f"x: y\ntitle: {written}").title == "Hello World"
    assert problems_of(f"x: y\ntitle: {written}") == [(3, "hint", f"title: a {kind} where text belongs: left out")]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("2024-01-02-hello-world.md", "Hello World"),
        ("2024-01-02-hello_world.html", "Hello World"),
        ("a/b.c/2024-01-02-version-1.2.markdown", "Version 1.2"),
        ("2024-01-02-iPhone.md", "IPhone"),
        ("2024-01-02-关于-香港.htm", "关于 香港"),
        ("2024-01-02--.md", "-"),
    ],
)
def test_a_post_without_a_title_is_named_after_its_file(path: str, title: str) -> None:
    assert post_of("x: y", path=path).title == title


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "path", "published"),
    [
        pytest.param("x: y", "2024-01-02-x.md", datetime(2024, 1, 1, 16, tzinfo=UTC), id="file name"),
        pytest.param("date: 2024-05-01", "99-99-99-x.md", datetime(2024, 4, 30, 16, tzinfo=UTC), id="not the name"),
        pytest.param("date: 2024-05-01 10:00", "x.md", datetime(2024, 5, 1, 2, tzinfo=UTC), id="front matter"),
        pytest.param("date: 2024-05-01", "2024-01-02-x.md", datetime(2024, 4, 30, 16, tzinfo=UTC), id="both"),
        pytest.param("date:", "2024-01-02-x.md", datetime(2024, 1, 1, 16, tzinfo=UTC), id="an empty key"),
        pytest.param("date: 2024-05-01 10:00:00 +0000", "x.md", datetime(2024, 5, 1, 10, tzinfo=UTC), id="own zone"),
        pytest.param("date: 2024-05-01T10:00:00Z", "x.md", datetime(2024, 5, 1, 10, tzinfo=UTC), id="utc"),
        pytest.param("published: 2024-05-01", "x.md", datetime(2024, 4, 30, 16, tzinfo=UTC), id="published at"),
        pytest.param("publish: 2024-05-01", "2024-01-02-x.md", datetime(2024, 4, 30, 16, tzinfo=UTC), id="publish at"),
        pytest.param("published: true", "2024-01-02-x.md", datetime(2024, 1, 1, 16, tzinfo=UTC), id="published at all"),
        pytest.param(
            "published: 2023-05-01\ndate: 2024-05-01", "x.md", datetime(2024, 4, 30, 16, tzinfo=UTC), id="date"
        ),
    ],
)
def test_the_front_matter_dates_a_post_and_else_its_file_name(front: str, path: str, published: datetime) -> None:
    options = Settings(timezone=ZoneInfo("Asia/Shanghai"))

    assert post_of(front, path=path, options=options).published == published


@pytest.mark.parametrize("written", ["1979-05-27T07:32:00-08:00", "1979-05-27T15:32:00Z", "1979-05-27 15:32:00Z"])
def test_toml_dates_date_a_post(written: str) -> None:
    post = parse("x.md", f"+++\ndate = {written}\n+++\n".encode(), Settings()).post

    assert post is not None
    assert post.published == datetime(1979, 5, 27, 15, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("front", "path", "message", "line"),
    [
        pytest.param("x: y", "x.md", "date: neither in the front matter nor in the file name", 0, id="none"),
        pytest.param("date:", "x.md", "date: neither in the front matter nor in the file name", 0, id="empty"),
        pytest.param("x: y\ndate: 2024-02-30", PATH, "date: '2024-02-30': day ", 3, id="no such day"),
        pytest.param("date: 12:30", PATH, "date: '12:30': not a date like", 2, id="a time"),
        pytest.param("date: soon", PATH, "date: 'soon': not a date like", 2, id="a word"),
        pytest.param("date: [2024-01-01]", PATH, "date: a list: not a date like", 2, id="a list"),
        pytest.param("date: {y: 2024}", PATH, "date: a dict: not a date like", 2, id="a mapping"),
        pytest.param("date: 0001-01-01 00:00:00 +0500", PATH, "outside the years 1 to 9999", 2, id="too early"),
        pytest.param("date: 9999-12-31T23:00:00-05:00", PATH, "outside the years 1 to 9999", 2, id="too late"),
        pytest.param("x: y", "2024-02-30-x.md", "file name: '2024-02-30' is no date: day ", 0, id="file name"),
    ],
)
def test_a_post_without_a_sound_date_is_an_error_at_its_line(front: str, path: str, message: str, line: int) -> None:
    with pytest.raises(PostError) as raised:
        read(front, path=path)

    assert message in str(raised.value)
    assert raised.value.line == line


@pytest.mark.parametrize("key", ["updated", "last_modified_at", "lastmod", "modified"])
def test_each_spelling_of_updated_is_read(key: str) -> None:
    assert post_of(f"{key}: 2024-03-01 10:00").updated == datetime(2024, 3, 1, 10, tzinfo=UTC)


def test_a_post_is_never_updated_before_it_was_published() -> None:
    post = post_of("updated: 2020-01-01")

    assert post.updated == post.published


def test_a_bad_update_is_a_hint_and_the_next_spelling_counts() -> None:
    front = "lastmod: 2024-03-01\nupdated: never"

    assert post_of(front).updated == datetime(2024, 3, 1, tzinfo=UTC)
    assert problems_of(front) == [(3, "hint", "updated: 'never': not a date like 2024-05-01 09:30:00 +08:00: left out")]


@pytest.mark.parametrize("key", ["title", "summary"])
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("A %%hush%% b", "A b"),
        ("A <!-- hush --> b", "A b"),
        ("A {/* hush */}b", "A b"),
        ("A {::comment}hush{:/} b", "A b"),
        ("Use {% comment %} so", "Use {% comment %} so"),
        ("What <!-- is", "What <!-- is"),
        ("50%% of 20%%", "50%% of 20%%"),
    ],
)
def test_what_a_title_or_a_summary_hides_is_not_shown(key: str, written: str, shown: str) -> None:
    post = post_of(f'title: x\n{key}: "{written}"' if key != "title" else f'title: "{written}"')

    assert getattr(post, key) == shown


# --- is it published -----------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["false", "False", "no", "No", "off", "0", "'false'", "' no '", "none"])
@pytest.mark.parametrize("key", ["published", "feed"])
def test_a_post_its_author_hides_is_no_post_and_no_problem(key: str, word: str) -> None:
    reading = read(f"{key}: {word}")

    assert (reading.post, reading.problems) == (None, ())
    assert re.fullmatch(rf"{key}: \S+", reading.reason)


@pytest.mark.parametrize("word", ["true", "yes", "on", "1", "", "null", "''", "2024-01-02", "{a: b}", "[a]"])
@pytest.mark.parametrize("key", ["published", "feed"])
def test_anything_but_no_publishes_a_post(key: str, word: str) -> None:
    assert read(f"{key}: {word}").post


@pytest.mark.parametrize(
    ("word", "is_draft"),
    [("true", True), ("yes", True), ("1", True), ("x", True), ("false", False), ("no", False), ("", False)],
)
def test_a_draft_is_hidden(word: str, is_draft: bool) -> None:  # noqa: FBT001 - a case
    assert (read(f"draft: {word}").post is None) is is_draft


def test_drafts_are_published_on_demand() -> None:
    assert read("draft: true", options=Settings(drafts=True)).post


def test_drafts_on_demand_do_not_publish_the_unpublished() -> None:
    assert read("draft: true\npublished: false", options=Settings(drafts=True)).post is None


@pytest.mark.parametrize("value", [False, 0, "no"])
def test_json_hides_a_post_as_yaml_does(value: object) -> None:
    assert parse(PATH, json.dumps({"published": value}).encode(), Settings()).post is None


def test_a_hidden_post_needs_no_date() -> None:
    assert read("draft: true", path="idea.md") == Reading(None, reason="draft: true")


TODAY = datetime(2024, 6, 1, tzinfo=UTC)


def read_today(front: str, **options: Any) -> Reading:
    return parse(PATH, f"---\n{front}\n---\n".encode(), Settings(**options), now=TODAY)


@pytest.mark.parametrize(
    "key",
    [
        *("publishDate", "PublishDate", "pubDate", "published_at", "post_date", "published"),
        *("publish_date", "Publish-Date", "publishdate", "pub_date", "published-at", "post-date"),
    ],
)
def test_post_waits_for_the_day_it_is_to_be_published(key: str) -> None:
    reading = read_today(f"date: 2024-01-01\n{key}: 2024-07-01")

    assert (reading.post, reading.expires) == (None, datetime(2024, 7, 1, tzinfo=UTC))
    shown = re.sub("[-_]", "[-_]?", key)
    assert re.fullmatch(rf"{shown}: 2024-07-01(T00:00:00)? is to come", reading.reason, re.IGNORECASE)
    assert not [problem for problem in reading.problems if "unknown" in problem.message]


@pytest.mark.parametrize(
    "front",
    [
        "date: 2024-01-01\npublishDate: 2024-05-01",
        "date: 2024-01-01\npublishDate: soon",
        "date: 2024-01-01\npublished: true",
        "date: 2024-08-01\npublishDate: 2024-07-01",
        "publishDate: 2024-07-01",
    ],
)
def test_post_whose_day_has_come_or_is_its_date_is_read(front: str) -> None:
    assert read_today(front).post


def test_post_waits_for_nothing_where_the_future_is_shown() -> None:
    post = read_today("date: 2024-01-01\npublishDate: 2024-07-01", future=True).post

    assert post
    assert f"{post.published:%Y-%m-%d}" == "2024-01-01"


@pytest.mark.parametrize(
    ("front", "options", "reason"),
    [
        ("expiryDate: 2024-05-01", {}, "expiryDate: 2024-05-01 has passed"),
        ("expiry_date: 2024-05-01", {}, "expiryDate: 2024-05-01 has passed"),
        ("ExpiryDate: 2024-05-01", {}, "expiryDate: 2024-05-01 has passed"),
        ("expiration_date: 2024-05-01", {}, "expiryDate: 2024-05-01 has passed"),
        ("unpublish_date: 2024-05-01", {}, "unpublishdate: 2024-05-01 has passed"),
        ("unpublish-on: 2024-05-01", {}, "unpublishdate: 2024-05-01 has passed"),
        ("date: 2024-01-01\npublish_on: 2099-05-01", {}, "publishDate: 2099-05-01 is to come"),
        ("tags: [a, b]", {"exclude_tags": ("b",)}, "exclude_tags: b"),
        ("category: c", {"exclude_categories": ("c",)}, "exclude_categories: c"),
        ("hidden: true\ntags: [a]", {"exclude_tags": ("a",)}, "hidden: true"),
        ("Draft: true\ndraft: false", {}, "Draft: true"),
    ],
)
def test_reason_why_a_post_is_left_out(front: str, options: dict[str, Any], reason: str) -> None:
    reading = read_today(front, **options)

    assert (reading.post, reading.reason) == (None, reason)


def test_what_hides_a_post_in_a_table_is_told_with_the_table() -> None:
    (problem,) = problems_of("x: y\nextra: {hide: true}")

    assert (problem[0], problem[2][:19]) == (3, "extra.hide: unknown")


@pytest.mark.parametrize(
    ("front", "level"),
    [("password: x", "hint"), ("hide: true", "error"), ("status: unlisted", "error"), ("hidden: true", "")],
)
def test_what_hides_a_post_unexpectedly_is_told(front: str, level: str) -> None:
    assert [found for _, found, _ in problems_of(front)] == [level][: bool(level)]


@pytest.mark.parametrize(
    ("options", "is_left_out"),
    [
        pytest.param(Settings(exclude_tags=("a", "b")), True, id="its tag"),
        pytest.param(Settings(exclude_categories=("c",)), True, id="its category"),
        pytest.param(Settings(exclude_tags=("c",), exclude_categories=("a",)), False, id="the other kind"),
        pytest.param(Settings(exclude_tags=("A",)), False, id="another spelling"),
    ],
)
def test_excluded_tags_and_categories_leave_a_post_out(options: Settings, is_left_out: bool) -> None:  # noqa: FBT001
    assert (read("tags: [a]\ncategories: [c]", options=options).post is None) is is_left_out


def test_the_problems_of_an_excluded_post_are_still_told() -> None:
    assert read("tags: a\ntitle: [b]", options=Settings(exclude_tags=("a",))).problems


# --- other generators' keys and paths -------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "field", "value"),
    [
        ("pubDatetime: 2024-05-05T10:00:00Z", "published", datetime(2024, 5, 5, 10, tzinfo=UTC)),
        ("created: 2024-05-04", "published", datetime(2024, 5, 4, tzinfo=UTC)),
        ("added: 2024-05-03", "published", datetime(2024, 5, 3, tzinfo=UTC)),
        ("date_published: 2024-05-02", "published", datetime(2024, 5, 2, tzinfo=UTC)),
        ("created: 2024-05-04\ndate: 2024-05-05", "published", datetime(2024, 5, 5, tzinfo=UTC)),
        ("modDatetime: 2024-06-05T09:00:00Z", "updated", datetime(2024, 6, 5, 9, tzinfo=UTC)),
        ("last_update: {date: 2024-06-05T09:00:00Z, author: Ann}", "updated", datetime(2024, 6, 5, 9, tzinfo=UTC)),
        ("last_update: {author: Ann}", "updated", datetime(2024, 1, 2, tzinfo=UTC)),
        ("last_update: {author: Ann}\nmodDatetime: 2024-06-05", "updated", datetime(2024, 6, 5, tzinfo=UTC)),
        ("last_update: {author: Ann, date: }", "updated", datetime(2024, 1, 2, tzinfo=UTC)),
        ("date: {created: 2024-05-01, updated: 2024-06-05}", "updated", datetime(2024, 6, 5, tzinfo=UTC)),
        ("date: {created: 2024-05-01, updated: 2024-06-05}", "published", datetime(2024, 5, 1, tzinfo=UTC)),
        ("date: {created: 2024-05-01}", "updated", datetime(2024, 5, 1, tzinfo=UTC)),
        ("dateModified: 2024-06-05", "updated", datetime(2024, 6, 5, tzinfo=UTC)),
        ("taxonomies: {tags: [a], Categories: [c]}", "tags", ("a",)),
        ("extra: {author: Ann}", "authors", (Author("Ann"),)),
        ("params: {Author: Ann, lang: fr}", "language", "fr"),
        ("tags: [b]\ntaxonomies: {tags: [a]}", "tags", ("b",)),
        ("extra: {title: no, date: 2020-01-01}", "title", "Hello World"),
        ("extra: [a]", "tags", ()),
        ("extra: {tags: ''}\ntags: [b]", "tags", ("b",)),
    ],
)
def test_key_of_another_generator_is_read(front: str, field: str, value: object) -> None:
    assert getattr(post_of(front), field) == value
    assert [message for *_, message in problems_of(front) if "title" not in message] == []


def test_tables_of_other_generators_have_no_effect_on_a_jekyll_site() -> None:
    data = b"---\nextra: {author: Ann}\ntaxonomies: {tags: [a]}\n---\nText"
    post = parse("_posts/2024-01-02-x.md", data, Settings(site=Jekyll())).post

    assert post
    assert (post.authors, post.tags) == ((), ())


@pytest.mark.parametrize(
    ("path", "title", "day"),
    [
        ("2024-05-01-hello-sea/index.md", "Hello Sea", "2024-05-01"),
        ("2024/05/02/dunes.md", "Dunes", "2024-05-02"),
        ("2024-05-02-salt.fr.md", "Salt", "2024-05-02"),
        ("2017-04-21_title.html", "Title", "2017-04-21"),
    ],
)
def test_name_and_date_of_a_post_in_its_path(path: str, title: str, day: str) -> None:
    post = post_of("x: y", path=path)

    assert (post.title, f"{post.published:%Y-%m-%d}") == (title, day)


@pytest.mark.parametrize(
    ("path", "front", "language"),
    [
        ("fr/2024-05-01-a.md", "x: y", "fr"),
        ("fr/2024-05-01-a.md", "lang: de", "de"),
        ("2024-05-01-a.md", "x: y", "pt-BR"),
        ("2024-05-01-a.md", "lang: ZH_cn", "zh-CN"),
    ],
)
def test_language_is_that_of_front_matter_else_path_else_site(path: str, front: str, language: str) -> None:
    assert post_of(front, path=path, options=Settings(language="pt_br")).language == language


def test_heading_is_the_title_of_a_post_without_one() -> None:
    data = b"---\ntags: [x]\n---\n\n# Another *real* title #\n\nWords.\n"

    reading, body = parse(PATH, data, Settings()), body_of(data)

    assert reading.post
    assert (reading.post.title, reading.problems) == ("Another real title", ())
    assert (body.title, body.text.strip()) == ("Another real title", "Words.")


@pytest.mark.parametrize(
    ("path", "data", "site"),
    [
        (PATH, b"---\ntitle: Numbers\n---\n# A heading\n", Site()),
        ("_posts/2024-01-02-numbers.md", b"---\ntags: [x]\n---\n# A heading\n", Jekyll()),
        ("2024-01-02-numbers.md", b"Words.\n\n## A part\n", Site()),
    ],
    ids=["titled", "Jekyll", "second level"],
)
def test_heading_stays_where_it_is_no_title(path: str, data: bytes, site: Site) -> None:
    reading, body = parse(path, data, Settings(site=site)), body_of(data, site)

    assert reading.post
    assert reading.post.title == "Numbers"
    assert data.decode().endswith(body.text)


# --- tags and categories -------------------------------------------------------------------------

NAMES = [
    pytest.param("[a, b c]", ("a", "b c"), id="list"),
    pytest.param("\n- a\n- b c", ("a", "b c"), id="block list"),
    pytest.param("a b", ("a", "b"), id="blanks"),
    pytest.param("a b, c", ("a b", "c"), id="commas"),
    pytest.param("a b; c", ("a b", "c"), id="semicolons"),
    pytest.param("时事，科技；港", ("时事", "科技", "港"), id="Chinese commas"),
    pytest.param("a,,b, ", ("a", "b"), id="nothing between commas"),
    pytest.param("[b, a, b]", ("b", "a"), id="each once, in order"),
    pytest.param("[a, [b, [c]], d]", ("a", "b", "c", "d"), id="nested lists"),
    pytest.param("[1, 2.50, true, 017, 2024-01-02]", ("1", "2.50", "true", "017", "2024-01-02"), id="scalars"),
    pytest.param("[on, No]", ("on", "No"), id="words that YAML takes for truth"),
    pytest.param("2024", ("2024",), id="a number"),
    pytest.param("2024-01-02", ("2024-01-02",), id="a date"),
    pytest.param("[null, '', ' ', []]", (), id="nothing in a list"),
    pytest.param("", (), id="nothing"),
    pytest.param("[{name: a}, {title: b}, {slug: c}]", ("a", "b", "c"), id="mappings"),
    pytest.param("{name: a}", ("a",), id="a mapping"),
    pytest.param("[{x: y}, {name: ''}]", (), id="mappings without a name"),
    pytest.param('["e\\u0301", "\\u00e9"]', ("é",), id="NFD and NFC"),
    pytest.param('["a\\u200bb", "\\u202eab"]', ("ab",), id="zero-width and bidi"),
    pytest.param("[Straße, strasse, İ]", ("Straße", "strasse", "İ"), id="case makes a difference"),
    pytest.param("[.., a/b, rss.xml]", ("..", "a/b", "rss.xml"), id="dots, slashes, file names"),
]


@pytest.mark.parametrize(("written", "names"), NAMES)
@pytest.mark.parametrize("key", ["tags", "keywords"])
def test_tags_are_read_in_any_shape(key: str, written: str, names: tuple[str, ...]) -> None:
    assert (post_of(f"{key}: {written}").tags, problems_of(f"{key}: {written}")) == (names, [])


@pytest.mark.parametrize(("written", "names"), NAMES)
def test_categories_are_read_in_any_shape(written: str, names: tuple[str, ...]) -> None:
    assert post_of(f"categories: {written}").categories == names


@pytest.mark.parametrize(("key", "field"), [("tag", "tags"), ("category", "categories")])
@pytest.mark.parametrize(("written", "names"), [("a b, c", ("a b, c",)), ("[a, b]", ("a", "b")), ("7", ("7",))])
def test_a_singular_key_holds_one_name_with_blanks_and_commas(
    key: str, field: str, written: str, names: tuple[str, ...]
) -> None:
    assert getattr(post_of(f"{key}: {written}"), field) == names


@pytest.mark.parametrize(
    ("front", "names"),
    [
        pytest.param("tags: [b, a]\ntag: a b", ("a b", "b", "a"), id="singular first"),
        pytest.param("keywords: c, a\ntags: [a, b]", ("a", "b", "c"), id="keywords last"),
    ],
)
def test_the_spellings_of_tags_add_up(front: str, names: tuple[str, ...]) -> None:
    assert post_of(front).tags == names


def test_tags_and_categories_are_told_apart() -> None:
    post = post_of("tags: [a, b]\ncategories: [b, c]")

    assert (post.tags, post.categories) == (("a", "b"), ("b", "c"))


@pytest.mark.parametrize("length", [MAX_NAME, MAX_NAME + 1, 10_000])
@pytest.mark.parametrize("key", ["tags", "category", "authors"])
def test_a_name_over_100_characters_is_an_error_and_left_out(key: str, length: int) -> None:
    front = f"x: y\n{key}: [{'港' * length}, short]"

    post = post_of(front)

    count = len(post.tags) + len(post.categories) + len(post.authors)
    message = f"{key}: {'港' * 40!r}… has {length} characters, at most 100: left out"
    assert (count, problems_of(front)) == ((2, []) if length <= MAX_NAME else (1, [(3, "error", message)]))


@pytest.mark.parametrize("key", ["tags", "categories", "authors"])
def test_names_over_100_are_one_error_and_left_out(key: str) -> None:
    front = f"{key}: [{', '.join(f'n{number}' for number in range(250))}]"

    post = post_of(front)

    assert len(post.tags) + len(post.categories) + len(post.authors) == MAX_NAMES
    assert problems_of(front) == [(2, "error", f"{key}: more than 100 names: 'n100' and later ones are left out")]


def test_100_names_given_twice_are_100_names() -> None:
    names = ", ".join(f"n{number}" for number in range(100))

    assert problems_of(f"tags: [{names}, {names}]") == []


def test_lists_in_lists_by_way_of_aliases_may_be_deeper_than_calls() -> None:
    links = "\n".join(f"a{number}: &a{number}\n  {'- ' * 150}*a{number - 1}" for number in range(1, 10))

    assert post_of(f"a0: &a0 x\n{links}\ntags: *a9").tags == ("x",)


@pytest.mark.parametrize("written", ["{name: [a]}", "{name: {deep: er}}"])
def test_a_name_that_is_no_text_is_an_error(written: str) -> None:
    kind = "list" if "[" in written else "dict"

    assert problems_of(f"tags: [{written}]") == [(2, "error", f"tags: a {kind} is no name: left out")]


def test_a_problem_is_told_once_however_often_it_occurs() -> None:
    assert len(problems_of(f"a: &a {'x' * 150}\ntags: [{'*a, ' * 200}]")) == 1


# --- authors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "authors"),
    [
        pytest.param("author: Li Lei", (Author("Li Lei"),), id="text"),
        pytest.param("author: 李雷, 韩梅梅", (Author("李雷, 韩梅梅"),), id="text with a comma is one"),
        pytest.param("author: 'Li Lei <li@example.org>'", (Author("Li Lei", "li@example.org"),), id="text with mail"),
        pytest.param("author: 'Li <no mail>'", (Author("Li <no mail>"),), id="text in brackets"),
        pytest.param("authors: [a, b]", (Author("a"), Author("b")), id="list"),
        pytest.param("author: [a, [b]]", (Author("a"), Author("b")), id="nested list"),
        pytest.param("author: a\nauthors: [b, a]", (Author("a"), Author("b")), id="both keys"),
        pytest.param("author: {name: a}", (Author("a"),), id="mapping"),
        pytest.param(
            "author: {name: a, email: a@example.org, url: 'https://example.org/a'}",
            (Author("a", "a@example.org", "https://example.org/a"),),
            id="whole mapping",
        ),
        pytest.param("author: {name: a, url: 'javascript:x'}", (Author("a"),), id="address of another kind"),
        pytest.param("author: {name: a, url: /about}", (Author("a"),), id="relative address"),
        pytest.param("author: {email: a@example.org}", (Author("a", "a@example.org"),), id="mail alone"),
        pytest.param("authors: [{name: a}, b, {name: 7}]", (Author("a"), Author("b"), Author("7")), id="mixed"),
        pytest.param("author: {name: [a], url: {b: c}}", (), id="mapping of lists"),
        pytest.param("author: {twitter: a}", (), id="mapping without a name"),
        pytest.param("author: 123", (Author("123"),), id="number"),
        pytest.param("author: [null, '', {}]", (), id="nothing in a list"),
        pytest.param("author: '\u200b'", (), id="nothing visible"),
        pytest.param("author: '\u200b'\nauthors:", (), id="nothing"),
        pytest.param("authors: [{name: a, email: x}, a]", (Author("a", "x"),), id="one of two by one name"),
    ],
)
def test_authors_are_read_in_any_shape(front: str, authors: tuple[Author, ...]) -> None:
    assert post_of(front).authors == authors


def test_an_endless_mail_address_is_a_name_too_long() -> None:
    ((line, level, message),) = problems_of(f"author: 'a <{'@' * 60_000}'")

    assert (line, level, message[:14]) == (2, "error", "author: 'a <@@")


# --- texts and addresses -------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["guid", "id"])
@pytest.mark.parametrize(
    ("written", "guid"),
    [("urn:x:1", "urn:x:1"), ("7", "7"), ("0x1F", "0x1F"), ("[a]", ""), ("", ""), ('" a\\n b "', "a b")],
)
def test_each_spelling_of_an_id_is_read(key: str, written: str, guid: str) -> None:
    assert post_of(f"{key}: {written}").guid == guid


def test_a_guid_goes_before_an_id() -> None:
    assert post_of("id: a\nguid: b").guid == "b"


@pytest.mark.parametrize("key", ["summary", "description", "excerpt"])
def test_each_spelling_of_a_summary_is_read(key: str) -> None:
    assert post_of(f"{key}: |\n  One\n  two").summary == "One two"


def test_the_summary_goes_before_the_description_and_the_excerpt() -> None:
    assert post_of("excerpt: c\ndescription: b\nsummary: a").summary == "a"


def test_a_summary_that_is_no_text_gives_way_to_the_description() -> None:
    assert post_of("summary: [a]\ndescription: b").summary == "b"


@pytest.mark.parametrize("key", ["link", "from", "source", "external_url", "canonical_url"])
@pytest.mark.parametrize(
    ("written", "original"),
    [
        pytest.param("https://example.org/a?b=c#d", "https://example.org/a?b=c#d", id="address"),
        pytest.param("HTTP://example.org/", "HTTP://example.org/", id="capitals"),
        pytest.param("https://例子.example/新闻", "https://例子.example/新闻", id="Chinese"),
        pytest.param("{url: 'https://example.org/'}", "https://example.org/", id="mapping"),
        pytest.param("Some newspaper", "", id="a name"),
        pytest.param("/a/b", "", id="a path"),
        pytest.param("//example.org/a", "", id="without a scheme"),
        pytest.param("ftp://example.org/a", "", id="another scheme"),
        pytest.param("'javascript:alert(1)'", "", id="a script"),
        pytest.param("'https://'", "", id="without a host"),
        pytest.param("'https://['", "", id="an impossible host"),
        pytest.param("['https://example.org/']", "", id="a list"),
        pytest.param("{url: {deep: er}}", "", id="a mapping of mappings"),
        pytest.param("7", "", id="a number"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_each_spelling_of_the_originals_address_is_read(key: str, written: str, original: str) -> None:
    assert (post_of(f"{key}: {written}").original, problems_of(f"{key}: {written}")) == (original, [])


def test_the_first_key_that_holds_an_address_names_the_original() -> None:
    assert (
        post_of("source: https://b.example/\nlink: a name\nfrom: https://a.example/").original == "https://a.example/"
    )


@pytest.mark.parametrize(
    ("written", "image"),
    [
        ("/a.jpg", "/a.jpg"),
        ("https://example.org/图 片.jpg", "https://example.org/图 片.jpg"),
        ("{url: /a.jpg}", "/a.jpg"),
        ("{path: /a.jpg, alt: x}", "/a.jpg"),
        ("{src: /a.jpg}", "/a.jpg"),
        ("{href: /a.jpg}", "/a.jpg"),
        ("{alt: x}", ""),
        ("{url: ''}", ""),
        ("{url: [/a.jpg]}", ""),
        ("[/a.jpg, /b.jpg]", "/a.jpg"),
        ("false", ""),
        ("True", ""),
        ("", ""),
    ],
)
def test_an_image_is_an_address_or_a_mapping_with_one(written: str, image: str) -> None:
    assert post_of(f"image: {written}").image == image


@pytest.mark.parametrize(
    ("written", "enclosure"),
    [
        pytest.param("/a.mp3", Enclosure("/a.mp3", "audio/mpeg", 0), id="text"),
        pytest.param("/a.mp3?x=y.pdf#t=1", Enclosure("/a.mp3?x=y.pdf#t=1", "audio/mpeg", 0), id="with a query"),
        pytest.param("/a.m4a#t=1.5", Enclosure("/a.m4a#t=1.5", "audio/mp4", 0), id="with a fragment"),
        pytest.param("{url: /a.MP4, length: 12}", Enclosure("/a.MP4", "video/mp4", 12), id="mapping"),
        pytest.param("{url: /a, type: audio/x, length: '1,234'}", Enclosure("/a", "audio/x", 1234), id="commas"),
        pytest.param("{url: /a.pdf, length: 1_234}", Enclosure("/a.pdf", "application/pdf", 1234), id="underscore"),
        pytest.param(
            '["|\\n  /a\\n  12\\n  video/mp4\\n"]', Enclosure("/a", "video/mp4", 12), id="WordPress' with a second sign"
        ),
        pytest.param("[{url: /a.mp3}, /b.mp3]", Enclosure("/a.mp3", "audio/mpeg", 0), id="the first of a list"),
        pytest.param("{url: /a.mp3, type: [x], length: ~}", Enclosure("/a.mp3", "audio/mpeg", 0), id="odd values"),
    ],
)
def test_an_enclosure_has_an_address_a_type_and_a_length(written: str, enclosure: Enclosure) -> None:
    assert (post_of(f"enclosure: {written}").enclosure, problems_of(f"enclosure: {written}")) == (enclosure, [])


@pytest.mark.parametrize("suffix", ["epub", "flac", "m4a", "m4b", "m4v", "mp3", "mp4", "ogg", "opus", "pdf", "webp"])
def test_the_types_that_podcasts_and_papers_come_in_are_known(suffix: str) -> None:
    assert problems_of(f"enclosure: /a.{suffix}") == []


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param("{type: audio/mpeg}", "no url: left out", id="no address"),
        pytest.param("false", "no url: left out", id="a truth value"),
        pytest.param("[[]]", "no url: left out", id="an empty list"),
        pytest.param("/a", "no type, and '/a' has no known suffix: write one", id="no type"),
        pytest.param(
            "{url: /a.mp3, length: 12 MB}", "length '12 MB' is no number of bytes: taken as unknown", id="unit"
        ),
        pytest.param("{url: /a.mp3, length: -1}", "length '-1' is no number of bytes: taken as unknown", id="negative"),
        pytest.param("{url: /a.mp3, length: 12.5}", "length '12.5' is no number of bytes: taken as unknown", id="part"),
        pytest.param("{url: /a.mp3, length: ４}", "length '４' is no number of bytes: taken as unknown", id="wide"),
    ],
)
def test_what_an_enclosure_lacks_is_a_hint(written: str, message: str) -> None:
    assert problems_of(f"enclosure: {written}") == [(2, "hint", f"enclosure: {message}")]


@pytest.mark.parametrize(
    "written", ["{url: /a.mp3, length: 1" + "0" * 30 + "}", "{url: /a.mp3, length: []}", "{url: /a.mp3, length: 0}"]
)
def test_a_length_that_cannot_be_is_unknown(written: str) -> None:
    enclosure = post_of(f"enclosure: {written}").enclosure

    assert enclosure is not None
    assert enclosure.length == 0


@pytest.mark.parametrize("key", ["lang", "language", "locale"])
@pytest.mark.parametrize(
    ("written", "language"),
    [("zh-CN", "zh-CN"), ("zh_Hans_CN", "zh-Hans-CN"), ("en_US.UTF-8", "en-US"), ("no", "no"), ("", "")],
)
def test_each_spelling_of_the_language_is_read(key: str, written: str, language: str) -> None:
    assert (post_of(f"{key}: {written}").language, problems_of(f"{key}: {written}")) == (language, [])


@pytest.mark.parametrize("written", ["Chinese (simplified)", "English", "x", "7", "中文", "zh--CN"])
def test_what_is_no_language_code_is_a_hint(written: str) -> None:
    assert post_of(f"lang: {written}").language == ""
    assert problems_of(f"lang: {written}") == [(2, "hint", f"lang: {written!r} is no language code: left out")]


# --- bodies --------------------------------------------------------------------------------------


def test_a_body_comes_with_what_its_cleaning_needs() -> None:
    data = b"---\ntitle: A\nfrom: https://example.org/\ntags: [b]\n---\nText\n"

    body = body_of(data)

    assert (body.text, body.title, body.original, body.size) == ("Text\n", "A", "https://example.org/", len(data))


def test_header_without_fences_is_front_matter() -> None:
    data = b"Title: A pier\nDate: 2024-02-14 10:20\nTags: x, y\nAuthors: Ann Lee, Bob Ray\nSummary: s\n\nText\n"

    post, body = parse("pier.md", data, Settings()).post, body_of(data)

    assert post
    assert (post.title, post.tags, [author.name for author in post.authors], post.summary) == (
        "A pier",
        ("x", "y"),
        ["Ann Lee", "Bob Ray"],
        "s",
    )
    assert (body.text.strip(), body.title) == ("Text", "A pier")


@pytest.mark.parametrize(
    "data", [b"Title: A\nStatus: draft\n\nText", b"<!--\n.. title: A\n.. status: private\n-->\nText"]
)
def test_header_without_fences_hides_a_post(data: bytes) -> None:
    assert parse(PATH, data, Settings()).post is None


def test_problem_in_a_header_has_its_line() -> None:
    found = parse(PATH, b"<!--\n.. title: A\n.. lang: what is it\n-->\n", Settings()).problems

    assert [problem.line for problem in found] == [3]


def test_on_a_jekyll_site_lines_without_fences_are_the_body() -> None:
    data = b"Title: A\nStatus: draft\n\nText"

    post = parse("_posts/2024-01-02-x.md", data, Settings(site=Jekyll())).post

    assert post
    assert (post.title, body_of(data, Jekyll()).text) == ("X", data.decode())


def test_body_of_mdx_is_its_text() -> None:
    data = b'import A from "a"\n\n# A title\n\n<Note>Words.</Note>\n'

    post = parse("2024-01-02-x.mdx", data, Settings()).post

    assert post
    assert post.title == "A title"
    assert body_of(data, post=post).text.strip() == body_of(data, path="x.mdx").text.strip() == "Words."
    assert "import" in body_of(data, path="x.md").text


def test_a_body_without_a_title_has_none() -> None:
    assert body_of(b"Text").title == ""


def test_a_broken_file_has_no_body() -> None:
    with pytest.raises(PostError):
        body_of(b"---\n: [\n---\n")


# --- anything ------------------------------------------------------------------------------------

KEYS = (
    *("title", "date", "updated", "last_modified_at", "lastmod", "modified", "author", "authors", "tags", "tag"),
    *("categories", "category", "keywords", "link", "from", "source", "external_url", "canonical_url", "guid", "id"),
    *("summary", "description", "excerpt", "image", "enclosure", "lang", "draft", "published", "feed"),
)
FIELDS = st.sampled_from(["name", "title", "slug", "email", "url", "path", "type", "length"]) | st.text(max_size=3)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates().map(date.isoformat)
JSON = st.recursive(
    SCALARS, lambda some: st.lists(some, max_size=3) | st.dictionaries(FIELDS, some, max_size=3), max_leaves=6
)


def is_sound(post: Post) -> bool:
    names = (*post.tags, *post.categories, *(author.name for author in post.authors))
    texts = (post.title, post.summary, post.guid, post.original, post.image, post.language, *names)
    whole = "".join(texts).encode()  # no lone surrogates
    return bool(post.title) and post.updated >= post.published and not set(whole) & {*range(32), 127}


@given(front=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6))
@ANYTHING
def test_any_json_value_in_any_field_gives_a_reading_or_a_post_error(front: dict[str, Any]) -> None:
    try:
        reading = parse(PATH, json.dumps(front).encode(), Settings(drafts=True))
    except PostError:
        return

    assert reading.post is None or is_sound(reading.post)


@given(data=st.binary(max_size=200), fence=st.sampled_from([b"---\n%b\n---\n", b"+++\n%b\n+++\n", b"{%b}", b"%b"]))
@ANYTHING
def test_any_bytes_give_a_reading_or_a_post_error(data: bytes, fence: bytes) -> None:
    try:
        reading = parse(PATH, fence % data, Settings())
    except PostError:
        return

    assert reading.post is None or is_sound(reading.post)


@given(names=st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8), max_size=5))
@ANYTHING
def test_any_list_of_texts_gives_its_clean_names(names: list[str]) -> None:
    post = parse(PATH, json.dumps({"tags": names}).encode(), Settings()).post

    assert post is not None
    assert post.tags == tuple(dict.fromkeys(name for text in names if (name := clean_name(text))))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("[" * 190 + "]" * 190, id="deep list"),
        pytest.param("{name: " * 190 + "}" * 190, id="deep mapping"),
        pytest.param("\n" + "\n".join(" " * step + "-" for step in range(1, 199)) + " x", id="stairs"),
        pytest.param("x" * 60_000, id="long text"),
        pytest.param(f"[{'a,' * 2_000}]", id="long list"),
        pytest.param("&a {<<: *a, name: x}", id="merges itself"),
    ],
)
def test_no_shape_of_a_value_costs_a_post_but_in_its_date(value: str) -> None:
    lost = set()
    for key in KEYS:
        try:
            post = read(f"{key}: {value}").post
        except PostError:
            post = None
        lost |= {key} if post is None or not is_sound(post) else set()

    assert lost == {"date", "draft"}  # what is under `draft` and not false says that it is one


# --- other generators ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "day"),
    [
        ("publishDate: 2024-02-03", "2024-02-03"),
        ("pubDate: 2024-02-03", "2024-02-03"),
        ("published_at: 2024-02-03T10:00:00Z", "2024-02-03"),
        ("date: 2013/7/13 20:46:25", "2013-07-13"),
        ("date: 2024-01-01\npublishDate: 2024-02-03", "2024-01-01"),
    ],
    ids=["Hugo", "Astro", "Ghost", "Hexo", "date first"],
)
def test_date_of_another_generator_is_read(front: str, day: str) -> None:
    post = parse(PATH, f"---\n{front}\n---\n".encode(), Settings(), now=TODAY).post

    assert post
    assert f"{post.published:%Y-%m-%d}" == day


@pytest.mark.parametrize(
    ("front", "is_shown"),
    [
        ("status: draft", False),
        ("status: hidden", False),
        ("status: private", False),
        ("status: published", True),
        ("expiryDate: 2024-01-01", False),
        ("expiryDate: 2024-12-31", True),
        ("eleventyExcludeFromCollections: true", False),
    ],
)
def test_posts_hidden_by_other_generators(front: str, is_shown: bool) -> None:  # noqa: FBT001
    reading = parse(PATH, f"---\n{front}\n---\n".encode(), Settings(), now=datetime(2024, 6, 1, tzinfo=UTC))

    assert bool(reading.post) == is_shown


@pytest.mark.parametrize(
    ("front", "names"),
    [
        ("authors: Li Wei, Ann Lee", ["Li Wei", "Ann Lee"]),
        ("authors: Lee, Ann", ["Lee, Ann"]),
        ("authors: 'Wei, Li; Ann'", ["Wei, Li", "Ann"]),
        ("author: Wei, Li", ["Wei, Li"]),
    ],
)
def test_several_authors_in_one_text_are_split(front: str, names: list[str]) -> None:
    assert [author.name for author in post_of(front).authors] == names


@pytest.mark.parametrize(
    ("front", "names"),
    [
        ("categories: [[Sports, Baseball], Play]", ("Sports", "Baseball", "Play")),
        ("categories: [{name: A, slug: a}, {slug: b}]", ("A", "b")),
    ],
    ids=["Hexo", "WordPress"],
)
def test_categories_of_another_generator_are_read(front: str, names: tuple[str, ...]) -> None:
    assert post_of(front).categories == names


@pytest.mark.parametrize(
    ("line", "hints"),
    [
        ("tags: #harbor, #news", ["tags: empty, for a # after a blank begins a comment: put the value in quotes"]),
        ("title: #1 in the charts", ["title: empty, for a # after a blank begins a comment: put the value in quotes"]),
        ("author:\t#me", ["author: empty, for a # after a blank begins a comment: put the value in quotes"]),
        ("tags: # none yet", []),
        ("tags:", []),
        ("tags: [a] #b", []),
        ("tags: 'a' #b", []),
    ],
)
def test_value_that_yaml_takes_for_a_comment_is_told(line: str, hints: list[str]) -> None:
    data = f"---\nsubtitle: x\n{line}\n---\n# A heading\n\nText\n".encode()

    problems = parse("2024-05-01-a.md", data, Settings()).problems

    assert [problem.message for problem in problems if "comment" in problem.message] == hints
