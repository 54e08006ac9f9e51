"""Posts and bodies made into a feed: titles, absolute addresses, neighbours, and what each entry shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.entries import Entry, Feed, ScopeLinks, SiteView
from feedsvc.models import (
    Author,
    Cleaned,
    Content,
    Enclosure,
    FeedRequest,
    Filter,
    Format,
    Post,
    Scope,
    ScopeKind,
    ScopeSummary,
)
from feedsvc.publishing.entries import cut, to_entry
from feedsvc.publishing.feeds import to_feed
from feedsvc.publishing.ids import entry_id, feed_id
from feedsvc.publishing.listings import TIME_WITHOUT_POSTS, to_links, to_selection, to_site
from feedsvc.render import FORMATS
from feedsvc.settings import UNKNOWN_BASE, LinkTo, Settings

BASE = "https://feeds.example.org/blog"
OPTIONS = Settings(posts=Path("/srv/daily/posts"), title="Daily")
BODY = Cleaned("<p>Body</p>", "Body")
POST = Post(
    path="a/1.md",
    title="One",
    published=datetime(2024, 1, 2, tzinfo=UTC),
    updated=datetime(2024, 1, 3, tzinfo=UTC),
    authors=(Author("Li"),),
    tags=("t",),
    categories=("c",),
    original="https://example.com/新闻",
    language="zh-CN",
)
POSTS = tuple(replace(POST, path=f"{day}.md", updated=datetime(2024, 1, day, tzinfo=UTC)) for day in (3, 5, 4))
BODIES: Mapping[str, Cleaned] = {post.path: BODY for post in (POST, *POSTS)}
REQUEST = FeedRequest(Scope(), Format.RSS, 20, Content.FULL)
TAG = replace(REQUEST, scope=Scope(ScopeKind.TAG, "联合早报"))


def feed_of(
    request: FeedRequest = REQUEST, options: Settings = OPTIONS, posts: tuple[Post, ...] = POSTS, pages: int = 1
) -> Feed:
    return to_feed(request, posts, BODIES, options, base=BASE, pages=pages)


# --- feeds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        pytest.param(REQUEST, "Daily", id="everything"),
        pytest.param(TAG, "Daily · tag 联合早报", id="tag"),
        pytest.param(replace(REQUEST, scope=Scope(ScopeKind.AUTHOR, "Li")), "Daily · author Li", id="author"),
        pytest.param(
            replace(
                TAG, filters=(Filter(ScopeKind.CATEGORY, ("a", "b")), Filter(ScopeKind.AUTHOR, ("Li",), exclude=True))
            ),
            "Daily · tag 联合早报 · category a or b · not author Li",
            id="filters",
        ),
        pytest.param(replace(TAG, page=2, limit=1), "Daily · tag 联合早报", id="a later page"),
    ],
)
def test_a_feed_is_named_after_the_site_and_what_it_shows(asked: FeedRequest, title: str) -> None:
    assert feed_of(asked).title == title


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("zh-CN", "Daily · 标签 联合早报 · 分类 a 或 b · 不含作者 Li"),
        ("zh-TW", "Daily · 標籤 联合早报 · 分類 a 或 b · 不含作者 Li"),
        ("de", "Daily · Schlagwort 联合早报 · Kategorie a oder b · ohne Autor Li"),
        ("pt", "Daily · tag 联合早报 · category a or b · not author Li"),
    ],
)
def test_title_of_a_feed_is_in_the_language_of_the_site_and_its_ids_are_not(language: str, title: str) -> None:
    filters = (Filter(ScopeKind.CATEGORY, ("a", "b")), Filter(ScopeKind.AUTHOR, ("Li",), exclude=True))
    request = replace(TAG, filters=filters)

    feed = feed_of(request, replace(OPTIONS, language=language))

    assert feed.title == title
    in_english = feed_of(request)
    assert (feed.id, [one.id for one in feed.entries]) == (in_english.id, [one.id for one in in_english.entries])


def test_a_site_without_a_title_is_named_whatever_its_folder_is_called() -> None:
    assert feed_of(options=replace(OPTIONS, title="")).title == "Posts"


@pytest.mark.parametrize(("written", "shown"), [("", "The newest posts of Daily"), ("News", "News")])
def test_a_feed_always_has_a_description(written: str, shown: str) -> None:
    assert feed_of(options=replace(OPTIONS, description=written)).description == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", Author("Daily")),
        ("Li", Author("Li")),
        ("Li Na <li@example.org>", Author("Li Na", "li@example.org")),
        ("<li@example.org>", Author("Daily", "li@example.org")),
        ("Li <3", Author("Li <3")),
    ],
)
def test_a_feed_always_has_an_author(written: str, shown: Author) -> None:
    assert feed_of(options=replace(OPTIONS, author=written)).author == shown


def test_the_addresses_of_a_feed_are_absolute() -> None:
    feed = feed_of(TAG)

    folder = f"{BASE}/tags/%E8%81%94%E5%90%88%E6%97%A9%E6%8A%A5/"
    assert (feed.base_url, feed.self_url, feed.page_url) == (f"{BASE}/", f"{folder}rss.xml", folder)


def test_all_formats_and_pages_of_a_scope_share_one_id() -> None:
    requests = [replace(TAG, format=format_, page=page) for format_ in (*FORMATS, Format.HTML) for page in (1, 2)]

    assert {feed_of(request).id for request in requests} == {feed_id(TAG.scope, OPTIONS)}


def test_a_feed_is_as_new_as_its_newest_entry() -> None:
    assert feed_of().updated == datetime(2024, 1, 5, tzinfo=UTC)


def test_a_feed_without_posts_has_a_time_all_the_same() -> None:
    feed = feed_of(posts=())

    assert (feed.updated, feed.entries) == (TIME_WITHOUT_POSTS, ())


@pytest.mark.parametrize(("seconds", "minutes"), [(60, 1), (61, 2), (300, 5), (86_400, 1440)])
def test_the_time_to_live_is_in_whole_minutes(seconds: int, minutes: int) -> None:
    assert feed_of(options=replace(OPTIONS, max_age=seconds)).ttl == minutes


def test_a_feed_carries_the_language_of_the_site() -> None:
    assert feed_of(options=replace(OPTIONS, language="zh")).language == "zh"


def page_url(page: int) -> str:
    return f"{BASE}/rss.xml" + (f"?page={page}" if page > 1 else "")


@pytest.mark.parametrize(
    ("page", "pages", "others"),
    [
        pytest.param(1, 1, {}, id="all on one page"),
        pytest.param(1, 2, {"first": 1, "next": 2, "last": 2}, id="the first"),
        pytest.param(2, 3, {"first": 1, "previous": 1, "next": 3, "last": 3}, id="in the middle"),
        pytest.param(3, 3, {"first": 1, "previous": 2, "last": 3}, id="the last"),
    ],
)
def test_a_page_knows_the_first_its_neighbours_and_the_last(page: int, pages: int, others: dict[str, int]) -> None:
    feed = feed_of(replace(REQUEST, page=page), pages=pages)

    assert feed.pages == tuple((rel, page_url(other)) for rel, other in others.items())


def test_the_neighbours_of_a_page_keep_its_filters() -> None:
    request = replace(TAG, filters=(Filter(ScopeKind.TAG, ("x",), exclude=True),), words=("a b",), limit=1)

    feed = feed_of(request, pages=2)

    assert dict(feed.pages)["next"].endswith("/rss.xml?not_tag=x&q=a+b&limit=1&page=2")
    assert feed.page_url.endswith("/?not_tag=x&q=a+b")


# --- entries -------------------------------------------------------------------------------------


def test_an_entry_shows_all_of_its_post() -> None:
    assert to_entry(POST, BODY, OPTIONS, base=BASE) == Entry(
        id=entry_id(POST, OPTIONS),
        title="One",
        link=f"{BASE}/posts/a/1/",
        published=POST.published,
        updated=POST.updated,
        content="<p>Body</p>",
        summary="Body",
        authors=(Author("Li"),),
        tags=("t",),
        categories=("c",),
        original="https://example.com/新闻",
        language="zh-CN",
    )


ORIGINAL = "https://example.com/%E6%96%B0%E9%97%BB"
PAGE = f"{BASE}/posts/3/"


@pytest.mark.parametrize(
    ("link_to", "format_", "original", "link"),
    [
        pytest.param(LinkTo.AUTO, Format.RSS, POST.original, ORIGINAL, id="auto, with an original"),
        pytest.param(LinkTo.AUTO, Format.JSON, "", PAGE, id="auto, without"),
        pytest.param(LinkTo.ORIGINAL, Format.ATOM, POST.original, ORIGINAL, id="original"),
        pytest.param(LinkTo.ORIGINAL, Format.ATOM, "", PAGE, id="original, without"),
        pytest.param(LinkTo.AUTO, Format.RSS, "https://a b/", PAGE, id="an impossible original"),
        pytest.param(LinkTo.PAGE, Format.RSS, POST.original, PAGE, id="page"),
        pytest.param(LinkTo.ORIGINAL, Format.HTML, POST.original, PAGE, id="pages lead to pages"),
    ],
)
def test_where_an_entry_links_to(link_to: LinkTo, format_: str, original: str, link: str) -> None:
    posts = (replace(POSTS[0], original=original),)

    feed = feed_of(replace(REQUEST, format=format_), replace(OPTIONS, link_to=link_to), posts)

    assert feed.entries[0].link == link


@pytest.mark.parametrize(
    ("content", "shown"),
    [(Content.FULL, ("<p>Body</p>", "Body")), (Content.SUMMARY, ("", "Body")), (Content.NONE, ("", ""))],
)
def test_an_entry_carries_as_much_as_was_asked_for(content: Content, shown: tuple[str, str]) -> None:
    entry = to_entry(POST, BODY, OPTIONS, base=BASE, content=content)

    assert (entry.content, entry.summary) == shown


def test_a_written_summary_goes_before_the_bodys() -> None:
    assert to_entry(replace(POST, summary="Short"), BODY, OPTIONS, base=BASE).summary == "Short"


def test_a_kept_body_learns_where_the_site_is() -> None:
    body = Cleaned(f'<img src="{UNKNOWN_BASE}/a.png">', "", image=f"{UNKNOWN_BASE}/a.png")

    entry = to_entry(POST, body, OPTIONS, base=BASE)

    assert (entry.content, entry.image) == (f'<img src="{BASE}/a.png">', f"{BASE}/a.png")


@pytest.mark.parametrize(
    ("written", "absolute"),
    [
        ("", ""),
        ("https://img.example.com/a.png", "https://img.example.com/a.png"),
        ("HTTPS://img.example.com/a.png", "HTTPS://img.example.com/a.png"),
        ("//img.example.com/a.png", "https://img.example.com/a.png"),
        ("/a.png", f"{BASE}/a.png"),
        ("img/a.png", f"{BASE}/img/a.png"),
        ("/resize?url=https://img.example.com/a.png", f"{BASE}/resize?url=https://img.example.com/a.png"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
    ],
)
def test_addresses_of_images_and_enclosures_become_absolute(written: str, absolute: str) -> None:
    post = replace(POST, image=written, enclosure=Enclosure(written, "audio/mpeg", 7))

    entry = to_entry(post, BODY, OPTIONS, base=BASE)

    enclosure = None if written == "img/a.png" else Enclosure(absolute, "audio/mpeg", 7)  # it would be beside the post
    assert (entry.image, entry.enclosure) == (absolute, enclosure)


def test_the_declared_image_goes_before_the_bodys() -> None:
    body = replace(BODY, image="https://img.example.com/b.png")

    images = [to_entry(replace(POST, image=image), body, OPTIONS, base=BASE).image for image in ("/a.png", "")]

    assert images == [f"{BASE}/a.png", "https://img.example.com/b.png"]


@given(original=st.text(st.characters(exclude_categories=["Cs"])) | st.from_regex(r"https?://[\[\]:@a/?#. ]{0,9}"))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_original_gives_an_absolute_ascii_link(original: str) -> None:
    link = to_entry(replace(POST, original=original), BODY, OPTIONS, base=BASE, link_to=LinkTo.ORIGINAL).link

    assert link.startswith(("http://", "https://"))
    assert link.isascii()


# --- pages for people ----------------------------------------------------------------------------


def test_a_site_is_what_its_settings_say() -> None:
    options = replace(OPTIONS, description="News", language="zh")

    assert to_site(options, base=BASE) == SiteView("Daily", "News", "zh", f"{BASE}/", has_search=True)


def test_the_links_of_a_scope_lead_to_its_page_and_feeds() -> None:
    summary = ScopeSummary(Scope(ScopeKind.TAG, "a b"), 3, POST.updated)

    folder = f"{BASE}/tags/a%20b/"
    assert to_links(summary, base=BASE) == ScopeLinks(
        "a b", 3, POST.updated, (f"{folder}rss.xml", f"{folder}atom.xml", f"{folder}feed.json"), folder
    )


@pytest.mark.parametrize(
    ("name", "search_url", "kept"),
    [("a b", f"{BASE}/tags/a%20b/", ()), ("..", f"{BASE}/", (("tag", ".."),))],
    ids=["in the path", "that no path can have"],
)
def test_a_search_stays_in_its_scope(name: str, search_url: str, kept: tuple[tuple[str, str], ...]) -> None:
    request = replace(REQUEST, scope=Scope(ScopeKind.TAG, name), format=Format.HTML, words=("x",))

    selection = to_selection(request, 1, OPTIONS, base=BASE)

    assert (selection.search_url, selection.kept) == (search_url, kept)


# --- what operators may add to bodies ------------------------------------------------------------


def content_of(html: str, **options: object) -> str:
    bodies = {POST.path: Cleaned(html, "")}
    return to_feed(REQUEST, [POST], bodies, replace(OPTIONS, **options), base=BASE).entries[0].content  # type: ignore[arg-type]


def test_a_source_line_names_the_original() -> None:
    content = content_of("<p>a</p>", source_line=True)

    assert content == '<p>a</p><p><a href="https://example.com/%E6%96%B0%E9%97%BB">example.com</a></p>'


def test_pictures_go_through_the_proxy() -> None:
    html = '<p><img alt="" src="https://a.example/1.jpg?a=1&amp;b"> <a href="https://a.example/1.jpg">1</a></p>'

    content = content_of(html, image_proxy="https://p.example/?url={url}&w=600")

    assert 'src="https://p.example/?url=https%3A%2F%2Fa.example%2F1.jpg%3Fa%3D1%26b&amp;w=600"' in content
    assert 'href="https://a.example/1.jpg"' in content


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("/1.jpg", f"https://p.example/?url={quote(BASE, safe='')}%2F1.jpg"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
        ("", ""),
    ],
)
def test_a_declared_picture_goes_through_the_proxy_if_it_is_on_the_web(image: str, shown: str) -> None:
    options = replace(OPTIONS, image_proxy="https://p.example/?url={url}")

    assert to_entry(replace(POST, image=image), BODY, options, base=BASE).image == shown


@pytest.mark.parametrize(
    ("html", "max_length", "kept"),
    [
        ("<p>aa</p><p>bb</p>", 18, "<p>aa</p><p>bb</p>"),
        ("<p>aa</p><p>bb</p>", 17, "<p>aa</p>"),
        ("<div><p>aa</p><p>bb</p></div>", 20, ""),
        ("<p>a<br>b</p><img src='x'><p>c</p>", 27, "<p>a<br>b</p><img src='x'>"),
    ],
    ids=["fits", "after a block", "one block alone", "void elements"],
)
def test_a_body_is_cut_between_blocks(html: str, max_length: int, kept: str) -> None:
    assert cut(html, max_length) == kept


def test_a_body_that_is_cut_leads_to_the_rest() -> None:
    content = content_of("<p>aa</p>" * 200, page_bytes=1_000)

    assert content.startswith("<p>aa</p>" * 111 + f'<p><a href="{BASE}/posts/')


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ([40, 40, 20], [40, 40, 20]),
        ([40, 40, 30, 20], [40, 40, 0, 20]),
        ([60, 60, 40], [60, 0, 40]),
        ([200, 10, 10], [120, 0, 0]),
        ([10, 110, 90], [10, 0, 90]),
        ([], []),
    ],
    ids=["all fit", "one does not", "the second does not", "the first is cut", "a long one", "none"],
)
def test_a_body_that_no_longer_fits_on_its_page_is_replaced_by_its_summary(sizes: list[int], kept: list[int]) -> None:
    posts = tuple(replace(POST, path=f"{number}.md", summary="S & T") for number in range(len(sizes)))
    bodies = {
        post.path: replace(BODY, html="<p>港</p>" * (size // 10)) for post, size in zip(posts, sizes, strict=True)
    }

    entries = to_feed(REQUEST, posts, bodies, replace(OPTIONS, page_bytes=100), base=BASE).entries

    contents = [entry.content for entry in entries]
    assert [10 * content.count("港") for content in contents] == kept
    assert [content.startswith("<p>S &amp; T</p><p><a ") for content in contents] == [size == 0 for size in kept]
    assert [content.endswith("…</a></p>") for content in contents] == [
        size != all_ for size, all_ in zip(kept, sizes, strict=True)
    ]
