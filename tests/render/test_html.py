"""Pages for people: what they say, where they lead, and that no text can become markup."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.entries import Details, Entry, Feed, Label, Link, ScopeGroup, ScopeLinks, Selection, SiteView, Status
from feedsvc.models import Author, Enclosure, ScopeKind
from feedsvc.render import html as pages

HOME = "https://feeds.example.org/"
DAY = datetime(2024, 1, 5, 8, 30, tzinfo=UTC)
STATIC = Path(pages.__file__).parent.parent / "static"


def scope(kind: ScopeKind, name: str, count: int = 2) -> ScopeLinks:
    page = f"{HOME}{kind}/{name}/"
    return ScopeLinks(name, count, DAY, (f"{page}rss.xml", f"{page}atom.xml", f"{page}feed.json"), page)


EVERYTHING = scope(ScopeKind.ALL, "", 30)
TAG = scope(ScopeKind.TAG, "rust", 1)
CATEGORY = scope(ScopeKind.CATEGORY, "新闻")
AUTHOR = scope(ScopeKind.AUTHOR, "李雷")
GROUPS = tuple(
    ScopeGroup(kind, (one,), 1, f"{HOME}{kind}/")
    for kind, one in ((ScopeKind.TAG, TAG), (ScopeKind.CATEGORY, CATEGORY), (ScopeKind.AUTHOR, AUTHOR))
)
SITE = SiteView("每日新闻", "新闻与生活", "en_GB", HOME, style="1a")
ENTRY = Entry(
    id="urn:uuid:8d5d6d3e-1c1a-5d8a-9f0a-0123456789ab",
    title="A & <b>",
    link=f"{HOME}posts/a/",
    published=DAY,
    updated=DAY.replace(day=6),
    content="<p>正文 <em>&amp;</em></p>",
    summary="正文 &",
    authors=(Author("联合早报"), Author("李雷", url="https://example.com/li")),
    original="https://www.zaobao.com/a",
    language="fr",
    enclosure=Enclosure("https://media.example.com/a.mp3", "audio/mpeg", 2000),
)
FEED = Feed(
    id="urn:x",
    title="每日新闻 · tag rust",
    description="关于 Rust",
    base_url=HOME,
    self_url=f"{TAG.page_url}?page=2",
    page_url=TAG.page_url,
    updated=DAY,
    ttl=60,
    author=Author("每日新闻"),
    pages=(("previous", TAG.page_url), ("next", f"{TAG.page_url}?page=3")),
    entries=(ENTRY,),
)


def front(entry: Entry = ENTRY) -> BeautifulSoup:
    return read(front_bytes(SITE, entry))


def front_bytes(site: SiteView = SITE, *entries: Entry, groups: tuple[ScopeGroup, ...] | None = None) -> bytes:
    shown = replace(FEED, page_url=HOME, self_url=HOME, pages=(), entries=entries)
    return pages.front_page(site, shown, EVERYTHING, GROUPS if groups is None else groups)


def of_scope(feed: Feed = FEED) -> BeautifulSoup:
    return read(pages.scope_page(SITE, feed, Selection(TAG, search_url=TAG.page_url)))


def of_post(entry: Entry = ENTRY) -> BeautifulSoup:
    return read(pages.post_page(SITE, entry, EVERYTHING))


def read(page: bytes) -> BeautifulSoup:
    return BeautifulSoup(page, "lxml", from_encoding="utf-8")


def links_of(soup: BeautifulSoup, selector: str, at: str, attribute: str = "href") -> list[str]:
    """Return the URLs that the links of the page at `at` lead to; each link must be relative."""
    found = values(soup, selector, attribute)
    assert [link for link in found if ":" in link or link.startswith("/")] == []
    return [urljoin(at, link) for link in found]


def texts(soup: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in soup.select(selector)]


def values(soup: BeautifulSoup, selector: str, attribute: str) -> list[str]:
    return [str(found[attribute]) for found in soup.select(selector)]


PAGES = pytest.mark.parametrize("page", [front, of_scope, of_post])
Page = Callable[[], BeautifulSoup]


@PAGES
def test_page_has_a_doctype_and_the_script_that_copies(page: Page) -> None:
    soup = page()

    assert str(soup).lower().startswith("<!doctype html>")
    assert [script.string for script in soup.find_all("script")] == [pages.SCRIPT]


@PAGES
def test_page_has_one_heading_of_the_first_level(page: Page) -> None:
    assert len(page().select("h1")) == 1


@PAGES
def test_page_names_its_language(page: Page) -> None:
    assert values(page(), "html", "lang") == ["en-GB"]


PLACES = pytest.mark.parametrize(
    ("page", "at"), [(front, HOME), (of_scope, FEED.self_url), (of_post, ENTRY.link)], ids=["front", "scope", "post"]
)


@PLACES
def test_page_leads_home(page: Page, at: str) -> None:
    assert links_of(page(), "header .brand", at) == [HOME]


@PLACES
def test_page_names_the_style_sheet(page: Page, at: str) -> None:
    assert links_of(page(), "link[rel=stylesheet]", at) == [f"{HOME}static/feedsvc.css?v=1a"]


@pytest.mark.parametrize(
    ("page", "links"), [(front, EVERYTHING), (of_scope, TAG), (of_post, EVERYTHING)], ids=["front", "scope", "post"]
)
def test_page_announces_its_feeds(page: Page, links: ScopeLinks) -> None:
    assert values(page(), "link[rel=alternate]", "href") == [*links.feed_urls]


@pytest.mark.parametrize(
    ("page", "address"),
    [(front, HOME), (of_scope, FEED.self_url), (of_post, ENTRY.original)],
    ids=["front", "scope", "post"],
)
def test_page_names_its_canonical_address(page: Page, address: str) -> None:
    assert values(page(), "link[rel=canonical]", "href") == [address]


@pytest.mark.parametrize(
    ("page", "title"),
    [(front, "每日新闻"), (of_scope, "每日新闻 · tag rust"), (of_post, "A & <b> · 每日新闻")],
    ids=["front", "scope", "post"],
)
def test_page_has_a_title(page: Page, title: str) -> None:
    assert texts(page(), "title") == [title]


@PAGES
def test_page_without_language_is_english(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "SITE", replace(SITE, language=""))

    assert values(page(), "html", "lang") == ["en"]


# --- the front page ------------------------------------------------------------------------------


def test_front_page_groups_feeds_by_kind() -> None:
    assert texts(front(), ".feeds h2") == ["Tags", "Categories", "Authors"]


def test_front_page_links_each_scope() -> None:
    assert links_of(front(), ".feeds .chip", HOME) == [TAG.page_url, CATEGORY.page_url, AUTHOR.page_url]


def test_front_page_counts_the_posts_of_each_scope() -> None:
    assert texts(front(), ".feeds .chip") == ["rust 1", "新闻 2", "李雷 2"]
    assert values(front(), ".feeds .chip span", "title") == ["1 post", "2 posts", "2 posts"]


def test_front_page_lists_the_newest_posts() -> None:
    assert texts(front(), ".entries h3") == ["A & <b>"]


def test_front_page_leads_to_older_posts() -> None:
    feed = replace(FEED, pages=(("next", f"{HOME}?page=2"),))
    soup = read(pages.front_page(SITE, feed, EVERYTHING, GROUPS))

    assert (texts(soup, ".pages a"), links_of(soup, ".pages a", HOME)) == (["Older posts"], [f"{HOME}?page=2"])


def test_front_page_without_posts_says_so() -> None:
    assert "There are no posts yet." in read(front_bytes(replace(SITE, description=""))).get_text()


def test_front_page_leads_to_all_scopes_of_a_kind_where_it_shows_some() -> None:
    group = ScopeGroup(ScopeKind.TAG, (TAG,), 500, f"{HOME}tags/")

    assert texts(read(front_bytes(groups=(group,))), "a[href='./tags/']") == ["All 500 tags"]


@pytest.mark.parametrize("has_search", [True, False])
def test_search_is_offered_where_there_is_one(has_search: bool) -> None:  # noqa: FBT001
    assert bool(read(front_bytes(replace(SITE, has_search=has_search))).select("form[role=search]")) == has_search


def test_list_has_every_scope_with_its_count() -> None:
    group = ScopeGroup(ScopeKind.TAG, (TAG, scope(ScopeKind.TAG, "<i>", 7)), 2, f"{HOME}tags/")

    soup = read(pages.list_page(SITE, EVERYTHING, group))

    assert texts(soup, ".names li") == ["rust 1 post, newest Jan 5, 2024", "<i> 7 posts, newest Jan 5, 2024"]


def test_page_of_a_list_has_its_number_and_links_to_its_neighbors() -> None:
    others = (("previous", f"{HOME}tags/"), ("next", f"{HOME}tags/?page=3"))
    group = ScopeGroup(ScopeKind.TAG, (TAG,), 9, f"{HOME}tags/?page=2", 2, others)

    soup = read(pages.list_page(SITE, EVERYTHING, group))

    assert (texts(soup, "title"), texts(soup, ".pages a")) == ([f"Tags (2) · {SITE.title}"], ["Previous", "Next"])
    assert links_of(soup, ".pages a", group.url) == [url for _, url in others]


# --- the page of a scope -------------------------------------------------------------------------


def test_scope_page_gives_the_address_to_copy() -> None:
    assert texts(of_scope(), ".address") == [TAG.feed_urls[0]]


def test_scope_page_lists_title_and_link() -> None:
    assert links_of(of_scope(), ".entries h3 a", FEED.self_url) == [ENTRY.link]


def test_scope_page_shows_date_and_authors() -> None:
    assert texts(of_scope(), ".entries .about") == ["Jan 5, 2024 · 联合早报 · 李雷"]


def test_scope_page_marks_the_language_of_an_entry() -> None:
    assert values(of_scope(), ".entries li[lang]", "lang") == ["fr"]


def test_scope_page_shows_no_summary_that_is_the_title() -> None:
    entry = replace(ENTRY, title="", summary="正文")

    assert texts(of_scope(replace(FEED, entries=(entry,))), ".entries :is(h3, .summary)") == ["正文"]


def test_scope_page_leads_to_its_neighbours() -> None:
    assert links_of(of_scope(), ".pages a", FEED.self_url) == [address for _, address in FEED.pages]


def test_only_scope_page_has_no_neighbours() -> None:
    alone = of_scope(replace(FEED, pages=()))

    assert alone.select(".pages, link[rel=next], link[rel=prev]") == []


def test_last_scope_page_leads_back_only() -> None:
    assert texts(of_scope(replace(FEED, pages=FEED.pages[:1])), ".pages a") == ["Newer posts"]


def test_first_scope_page_leads_on_only() -> None:
    assert texts(of_scope(replace(FEED, pages=FEED.pages[1:])), ".pages a") == ["Older posts"]


def test_empty_scope_page_says_so() -> None:
    assert "There are no posts here." in of_scope(replace(FEED, description="", entries=())).get_text()


# --- the page of a post --------------------------------------------------------------------------


def test_post_page_shows_the_article_as_html() -> None:
    assert texts(of_post(), ".content p em") == ["&"]


def test_keys_reach_what_may_scroll() -> None:
    soup = of_post(replace(ENTRY, content="<pre>a</pre><table><tbody></tbody></table><p>b</p>"))

    assert [one.name for one in soup.select(".content [tabindex='0']")] == ["pre", "table"]


def test_cells_of_tables_are_aligned_by_classes() -> None:
    cells = '<table><tr><th align="right">a</th><td align="center">b</td><td>align="left"</td></tr></table>'

    soup = of_post(replace(ENTRY, content=cells))

    assert [cell.attrs for cell in soup.select("th, td")] == [{"class": ["right"]}, {"class": ["center"]}, {}]


def test_value_that_looks_like_what_may_scroll_stays_one() -> None:
    soup = of_post(replace(ENTRY, content='<img src="a" alt="<pre onload=b><script>">'))

    assert sorted(soup.select(".content img")[0].attrs) == ["alt", "src"]
    assert soup.select(".content script, pre") == []


def test_post_page_shows_dates_authors_and_original() -> None:
    shown = "January 5, 2024 (updated Jan 6, 2024) · 联合早报 · 李雷 · 1 minute to read · Read on www.zaobao.com ↗"

    assert texts(of_post(), "article .about") == [shown]


def test_post_that_never_changed_shows_one_date() -> None:
    entry = replace(ENTRY, updated=DAY, authors=(), original="")

    assert texts(of_post(entry), "article .about") == ["January 5, 2024 · 1 minute to read"]


def test_post_page_links_the_original() -> None:
    assert values(of_post(), "article a[rel=external]", "href") == [ENTRY.original]


def test_post_without_original_is_its_own_canonical_address() -> None:
    assert values(of_post(replace(ENTRY, original="")), "link[rel=canonical]", "href") == [ENTRY.link]


def test_post_page_links_the_enclosure() -> None:
    assert texts(of_post(), f"a[href='{ENTRY.enclosure.url if ENTRY.enclosure else ''}']") == [
        "Attached file (audio/mpeg, 2 kB)"
    ]


def test_enclosure_of_unknown_length_tells_its_type_only() -> None:
    entry = replace(ENTRY, enclosure=Enclosure("https://media.example.com/a.mp3", "audio/mpeg", 0))

    assert "Attached file (audio/mpeg)" in of_post(entry).get_text()


def test_post_without_enclosure_attaches_nothing() -> None:
    assert "Attached" not in of_post(replace(ENTRY, enclosure=None)).get_text()


LABELS = (Label(ScopeKind.TAG, "rust", TAG.page_url), Label(ScopeKind.AUTHOR, "李雷", AUTHOR.page_url))


def test_post_page_links_the_names_of_the_post() -> None:
    soup = of_post(replace(ENTRY, labels=LABELS))

    assert links_of(soup, ".chips a", ENTRY.link) == [TAG.page_url]
    assert links_of(soup, ".only a", ENTRY.link) == [f"{label.url}#subscribe" for label in LABELS]
    assert texts(soup, ".only a") == ["tag rust", "author 李雷"]


def test_post_page_leads_to_the_posts_next_to_it() -> None:
    newer, older = Link("Later", "", f"{HOME}posts/b/"), Link("以前", "zh-CN", f"{HOME}posts/c/")

    soup = of_post(replace(ENTRY, newer=newer, older=older))

    assert texts(soup, ".neighbors a") == ["Newer Later", "Older 以前"]
    assert links_of(soup, ".neighbors a", ENTRY.link) == [newer.url, older.url]
    assert values(soup, ".neighbors [lang]", "lang") == ["zh-CN"]


def test_post_page_of_an_only_post_leads_to_no_other() -> None:
    assert of_post().select(".neighbors") == []


def test_post_page_marks_its_language() -> None:
    assert values(of_post(), "article", "lang") == ["fr"]


def test_post_page_describes_itself() -> None:
    assert values(of_post(), "meta[name=description]", "content") == ["正文 &"]


def test_post_without_summary_has_no_description() -> None:
    assert of_post(replace(ENTRY, summary="")).select("meta[name=description]") == []


@pytest.mark.parametrize("field", ["link", "original", "image"])
def test_script_address_is_never_linked(field: str) -> None:
    assert "javascript" not in str(of_post(replace(ENTRY, **{field: "javascript:alert(1)"})))


# --- any text ------------------------------------------------------------------------------------

NASTY = st.lists(st.sampled_from(["<script>", "</title>", '"', "'", "&lt;", "\x00", "\ud800", "{{", "a"])).map("".join)


@settings(max_examples=30, deadline=None)
@given(NASTY, NASTY)
def test_text_never_becomes_markup(title: str, name: str) -> None:
    entry = replace(ENTRY, title=title, summary=name, authors=(Author(name),))

    page = pages.post_page(replace(SITE, title=title), entry, EVERYTHING)

    assert page.count(b"<script") == 1
    assert page.count(b"</title>") == 1


def test_style_sheets_are_small() -> None:
    assert sum(len(file.read_bytes()) for file in STATIC.glob("*.css")) < 16_000


def test_style_sheet_of_feeds_hides_escaped_html() -> None:
    css = (STATIC / "feed.css").read_text("utf-8")

    assert "* { display: none; }" in css
    assert "encoded" not in css


@pytest.mark.parametrize(
    ("count", "heading"),
    [(1, "1 category"), (2, "2 categories"), (0, "0 categories"), (12_345, "12,345 categories")],
)
def test_heading_of_a_list_counts_in_words_that_fit(count: int, heading: str) -> None:
    group = ScopeGroup(ScopeKind.CATEGORY, (CATEGORY,), count, f"{HOME}categories/")

    assert texts(read(pages.list_page(SITE, EVERYTHING, group)), "h1") == [heading]


def test_scope_page_of_posts_that_are_not_counted_says_so() -> None:
    page = pages.scope_page(SITE, FEED, Selection(replace(TAG, count=20), is_counted=False))

    assert "More than 20 posts" in texts(read(page), "h2")


@pytest.mark.parametrize(("count", "heading"), [(1, "1 post"), (0, "0 posts"), (1_500, "1,500 posts")])
def test_scope_page_counts_its_posts(count: int, heading: str) -> None:
    page = pages.scope_page(SITE, FEED, Selection(replace(TAG, count=count)))

    assert texts(read(page), "h2")[1:2] == [heading]


# --- where links lead ----------------------------------------------------------------------------


def test_address_to_copy_is_whole_and_the_links_beside_it_are_not() -> None:
    soup = of_scope()

    assert texts(soup, ".address") == [TAG.feed_urls[0]]
    assert links_of(soup, ".formats a", FEED.self_url) == [*TAG.feed_urls]


def test_search_form_stays_on_the_site() -> None:
    assert links_of(of_scope(), "form", FEED.self_url, "action") == [TAG.page_url]


def test_filter_is_taken_away_by_a_relative_link() -> None:
    selection = Selection(TAG, filters=(("not author Li", f"{HOME}?q=a"),), search_url=HOME)

    assert links_of(read(pages.scope_page(SITE, FEED, selection)), ".filters a", FEED.self_url) == [f"{HOME}?q=a"]


# --- days ----------------------------------------------------------------------------------------

EVENING = DAY.replace(hour=20)  # the next morning in Shanghai
SHANGHAI = replace(SITE, timezone=ZoneInfo("Asia/Shanghai"))
LATE = replace(ENTRY, published=EVENING, updated=EVENING, title="", summary="")


def test_days_on_pages_are_the_site_s() -> None:
    tag = replace(TAG, newest=EVENING)
    group = ScopeGroup(ScopeKind.TAG, (tag,), 1, f"{HOME}tags/")
    feed = replace(FEED, entries=(LATE,), timezone=SHANGHAI.timezone)

    soups = {
        "front": read(pages.front_page(SHANGHAI, feed, EVERYTHING, (group,))),
        "list": read(pages.list_page(SHANGHAI, EVERYTHING, group)),
        "scope": read(pages.scope_page(SHANGHAI, feed, Selection(TAG))),
        "post": read(pages.post_page(SHANGHAI, LATE, EVERYTHING)),
    }

    shown = {name: {*texts(soup, "time")} for name, soup in soups.items()}
    assert shown == {
        "front": {"Jan 6, 2024"},
        "list": {"newest Jan 6, 2024"},
        "scope": {"Jan 6, 2024"},
        "post": {"January 6, 2024"},
    }
    assert texts(soups["list"], ".names .about") == ["1 post, newest Jan 6, 2024"]
    assert values(soups["post"], "article time", "datetime") == ["2024-01-05T20:30:00+00:00"]
    assert (texts(soups["scope"], "h3"), texts(soups["post"], "h1")) == (["2024-01-06"], ["2024-01-06"])


def test_status_page_tells_the_time_of_the_site_and_its_zone() -> None:
    status = Status("1", 1, 1, 0, 1, 0, EVENING, 0.1)

    assert texts(read(pages.status_page(SHANGHAI, EVERYTHING, status, Details())), "time") == [
        "Jan 6, 2024 4:30:00 AM Asia/Shanghai"
    ]


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime.max.replace(tzinfo=UTC), "Asia/Shanghai", "December 31, 9999"),
        (datetime.min.replace(tzinfo=UTC), "America/New_York", "January 1, 1"),
    ],
)
def test_day_at_the_end_of_time_does_not_cost_the_page(moment: datetime, zone: str, day: str) -> None:
    entry = replace(ENTRY, published=moment, updated=moment)

    page = pages.post_page(replace(SITE, timezone=ZoneInfo(zone)), entry, EVERYTHING)

    assert texts(read(page), "article time") == [day]
