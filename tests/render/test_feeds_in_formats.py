"""Feeds as their readers see them: each fact in each format, odd text in every field, the same bytes everywhere."""

import json
import locale
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feedsvc.entries import Entry, Feed
from feedsvc.models import Author, Enclosure, Format
from feedsvc.render import FORMATS
from feedsvc.render.normalize import prepare

HOME = "https://feeds.example.org/"
PREFIXES = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
XML = (Format.RSS, Format.ATOM)

ENTRY = Entry(
    id="urn:uuid:8d5d6d3e-1c1a-5d8a-9f0a-0123456789ab",
    title="关于<黑箱>与 A&B ]]> 🎉",
    link=f"{HOME}posts/%E6%B8%AF/",
    published=datetime(2024, 1, 5, 8, 30, tzinfo=UTC),
    updated=datetime(2024, 1, 6, 9, 0, 1, 999, tzinfo=UTC),
    content='<p>正文 &amp; <a href="https://example.com/?a=1&amp;b=2">链接</a></p><pre>c[d[0]]&gt;0 ]]></pre>',
    summary="正文 & 链接 <b>",
    authors=(Author("联合早报"), Author("李雷", "li@example.com", "https://example.com/李雷")),
    tags=("时事", "科技"),
    categories=("时事", "新闻"),
    original="https://www.zaobao.com/新闻?a=1&b=2",
    language="en",
    image="https://img.example.com/图 片.jpg",
    enclosure=Enclosure("https://media.example.com/录音.mp3", "audio/mpeg", 123456),
)
FEED = Feed(
    id="urn:uuid:1d5d6d3e-1c1a-5d8a-9f0a-0123456789ab",
    title="每日新闻 · tag 联合早报",
    description="新闻与生活",
    base_url=HOME,
    self_url=f"{HOME}tags/x/feed",
    page_url=f"{HOME}tags/x/",
    updated=datetime(2024, 1, 6, 9, 0, 1, tzinfo=UTC),
    ttl=60,
    author=Author("每日新闻", "news@example.com"),
    language="zh-CN",
    icon="https://img.example.com/图标.png",
    logo="https://img.example.com/logo.png",
    pages=(("previous", f"{HOME}tags/x/feed?page=1"), ("next", f"{HOME}tags/x/feed?page=3")),
    entries=(ENTRY,),
)


def xml(format_: str, feed: Feed) -> Any:
    return etree.fromstring(FORMATS[format_].write(feed))


def find(format_: str, feed: Feed, path: str) -> list[str]:
    return [str(found) for found in xml(format_, feed).xpath(path, namespaces=PREFIXES)]


def read_json(feed: Feed) -> Any:
    return json.loads(FORMATS[Format.JSON].write(feed))


def with_entry(**changes: Any) -> Feed:
    return replace(FEED, entries=(replace(ENTRY, **changes),))


def titles_and_ids(format_: str, feed: Feed) -> list[tuple[str, str]]:
    if format_ == Format.JSON:
        return [(item["title"], item["id"]) for item in read_json(feed)["items"]]
    names = ("item", "title", "guid") if format_ == Format.RSS else ("a:entry", "a:title", "a:id")
    entries = xml(format_, feed).xpath(f"//{names[0]}", namespaces=PREFIXES)
    return [tuple(entry.findtext(name, namespaces=PREFIXES) for name in names[1:]) for entry in entries]


# --- what each format says -----------------------------------------------------------------------

RSS_FACTS = {
    "channel title": ("/rss/channel/title/text()", ["每日新闻 · tag 联合早报"]),
    "managing editor": ("//channel/managingEditor/text()", ["news@example.com (每日新闻)"]),
    "channel link is the page": ("/rss/channel/link/text()", [f"{HOME}tags/x/"]),
    "channel description": ("/rss/channel/description/text()", ["新闻与生活"]),
    "self": ("//channel/a:link[@rel='self']/@href", [f"{HOME}tags/x/feed"]),
    "next": ("//channel/a:link[@rel='next']/@href", [f"{HOME}tags/x/feed?page=3"]),
    "previous": ("//channel/a:link[@rel='previous']/@href", [f"{HOME}tags/x/feed?page=1"]),
    "channel language": ("//channel/language/text()", ["zh-CN"]),
    "language for browsers": ("/rss/@xml:lang", ["zh-CN"]),
    "lastBuildDate": ("//lastBuildDate/text()", ["Sat, 06 Jan 2024 09:00:01 +0000"]),
    "ttl": ("//ttl/text()", ["60"]),
    "generator": ("//generator/text()", ["feedsvc"]),
    "guid": ("//guid/text()", [ENTRY.id]),
    "guid is no link": ("//guid/@isPermaLink", ["false"]),
    "title": ("//item/title/text()", [ENTRY.title]),
    "link": ("//item/link/text()", [ENTRY.link]),
    "description is the summary as HTML": ("//item/description/text()", ["正文 &amp; 链接 &lt;b&gt;"]),
    "description precedes the content": ("//content:encoded/preceding-sibling::description/text()", None),
    "content": ("//content:encoded/text()", [ENTRY.content]),
    "published": ("//pubDate/text()", ["Fri, 05 Jan 2024 08:30:00 +0000"]),
    "updated": ("//item/a:updated/text()", ["2024-01-06T09:00:01+00:00"]),
    "authors": ("//item/dc:creator/text()", ["联合早报", "李雷"]),
    "no author element": ("//author", []),
    "tags": (f"//category[@domain='{HOME}tags/']/text()", ["时事", "科技"]),
    "categories": (f"//category[@domain='{HOME}categories/']/text()", ["新闻"]),
    "original": ("//source/@url", ["https://www.zaobao.com/%E6%96%B0%E9%97%BB?a=1&b=2"]),
    "original's host": ("//source/text()", ["www.zaobao.com"]),
    "entry language": ("//item/@xml:lang", ["en"]),
    "image": ("//item/media:thumbnail/@url", ["https://img.example.com/%E5%9B%BE%20%E7%89%87.jpg"]),
    "image as content": ("//item/media:content/@*", ["https://img.example.com/%E5%9B%BE%20%E7%89%87.jpg", "image"]),
    "logo": ("//channel/image/url/text()", ["https://img.example.com/logo.png"]),
    "logo's title": ("//channel/image/title/text()", ["每日新闻 · tag 联合早报"]),
    "logo's link": ("//channel/image/link/text()", [f"{HOME}tags/x/"]),
    "enclosure": ("//enclosure/@url", ["https://media.example.com/%E5%BD%95%E9%9F%B3.mp3"]),
    "enclosure type and length": ("//enclosure/@*[name()!='url']", ["123456", "audio/mpeg"]),
}
ATOM_FACTS = {
    "feed id": ("/a:feed/a:id/text()", [FEED.id]),
    "feed title": ("/a:feed/a:title/text()", ["每日新闻 · tag 联合早报"]),
    "subtitle": ("/a:feed/a:subtitle/text()", ["新闻与生活"]),
    "feed updated": ("/a:feed/a:updated/text()", ["2024-01-06T09:00:01+00:00"]),
    "feed author": ("/a:feed/a:author/*/text()", ["每日新闻", "news@example.com"]),
    "feed language": ("/a:feed/@xml:lang", ["zh-CN"]),
    "self": ("/a:feed/a:link[@rel='self']/@href", [f"{HOME}tags/x/feed"]),
    "alternate": ("/a:feed/a:link[@rel='alternate']/@href", [f"{HOME}tags/x/"]),
    "alternate's language": ("/a:feed/a:link[@rel='alternate']/@hreflang", ["zh-CN"]),
    "next": ("/a:feed/a:link[@rel='next']/@href", [f"{HOME}tags/x/feed?page=3"]),
    "previous": ("/a:feed/a:link[@rel='previous']/@href", [f"{HOME}tags/x/feed?page=1"]),
    "link types": ("/a:feed/a:link/@type", ["text/html", *["application/atom+xml"] * 3]),
    "generator": ("//a:generator/text()", ["feedsvc"]),
    "id": ("//a:entry/a:id/text()", [ENTRY.id]),
    "title": ("//a:entry/a:title/text()", [ENTRY.title]),
    "title is plain text": ("//a:entry/a:title/@type", []),
    "link": ("//a:entry/a:link[not(@rel)]/@href", [ENTRY.link]),
    "summary": ("//a:entry/a:summary/text()", [ENTRY.summary]),
    "content": ("//a:entry/a:content/text()", [ENTRY.content]),
    "content is HTML": ("//a:entry/a:content/@type", ["html"]),
    "published": ("//a:entry/a:published/text()", ["2024-01-05T08:30:00+00:00"]),
    "updated": ("//a:entry/a:updated/text()", ["2024-01-06T09:00:01+00:00"]),
    "authors": ("//a:entry/a:author/a:name/text()", ["联合早报", "李雷"]),
    "author's e-mail": ("//a:entry/a:author/a:email/text()", ["li@example.com"]),
    "author's address": ("//a:entry/a:author/a:uri/text()", ["https://example.com/%E6%9D%8E%E9%9B%B7"]),
    "tags": (f"//a:category[@scheme='{HOME}tags/']/@term", ["时事", "科技"]),
    "categories": (f"//a:category[@scheme='{HOME}categories/']/@term", ["新闻"]),
    "original": ("//a:link[@rel='via']/@href", ["https://www.zaobao.com/%E6%96%B0%E9%97%BB?a=1&b=2"]),
    "entry language": ("//a:entry/@xml:lang", ["en"]),
    "image": ("//a:entry/media:thumbnail/@url", ["https://img.example.com/%E5%9B%BE%20%E7%89%87.jpg"]),
    "image as content": ("//a:entry/media:content/@*", ["https://img.example.com/%E5%9B%BE%20%E7%89%87.jpg", "image"]),
    "icon": ("//a:icon/text()", ["https://img.example.com/%E5%9B%BE%E6%A0%87.png"]),
    "logo": ("//a:logo/text()", ["https://img.example.com/logo.png"]),
    "enclosure": ("//a:link[@rel='enclosure']/@href", ["https://media.example.com/%E5%BD%95%E9%9F%B3.mp3"]),
    "enclosure type and length": ("//a:link[@rel='enclosure']/@*[position()>2]", ["audio/mpeg", "123456"]),
}
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "每日新闻 · tag 联合早报",
    "home_page_url": f"{HOME}tags/x/",
    "feed_url": f"{HOME}tags/x/feed",
    "description": "新闻与生活",
    "icon": "https://img.example.com/logo.png",
    "favicon": "https://img.example.com/%E5%9B%BE%E6%A0%87.png",
    "next_url": f"{HOME}tags/x/feed?page=3",
    "authors": [{"name": "每日新闻"}],
    "language": "zh-CN",
    "items": [
        {
            "id": ENTRY.id,
            "url": ENTRY.link,
            "external_url": "https://www.zaobao.com/%E6%96%B0%E9%97%BB?a=1&b=2",
            "title": ENTRY.title,
            "content_html": ENTRY.content,
            "summary": ENTRY.summary,
            "image": "https://img.example.com/%E5%9B%BE%20%E7%89%87.jpg",
            "date_published": "2024-01-05T08:30:00+00:00",
            "date_modified": "2024-01-06T09:00:01+00:00",
            "authors": [{"name": "联合早报"}, {"name": "李雷", "url": "https://example.com/%E6%9D%8E%E9%9B%B7"}],
            "tags": ["时事", "科技", "新闻"],
            "language": "en",
            "attachments": [
                {
                    "url": "https://media.example.com/%E5%BD%95%E9%9F%B3.mp3",
                    "mime_type": "audio/mpeg",
                    "size_in_bytes": 123456,
                }
            ],
            "_feedsvc": {"categories": ["新闻"]},
        }
    ],
}


@pytest.mark.parametrize(("path", "expected"), RSS_FACTS.values(), ids=RSS_FACTS)
def test_rss_has_the_value(path: str, expected: list[str] | None) -> None:
    found = find(Format.RSS, FEED, path)

    assert found == expected if expected is not None else found


@pytest.mark.parametrize(("path", "expected"), ATOM_FACTS.values(), ids=ATOM_FACTS)
def test_atom_has_the_value(path: str, expected: list[str]) -> None:
    assert find(Format.ATOM, FEED, path) == expected


def test_json_feed_says_all_of_it() -> None:
    assert read_json(FEED) == JSON_FEED


@pytest.mark.parametrize("format_", XML)
def test_feed_names_its_style_sheet(format_: str) -> None:
    start = FORMATS[format_].write(replace(FEED, base_url=f"{HOME}a&b/")).split(b"\n")[1]

    assert start.startswith(
        b'<?xml-stylesheet type="text/css" href="https://feeds.example.org/a&amp;b/static/feed.css"?><'
    )


# --- what feedparser reads -----------------------------------------------------------------------

READ_BACK: dict[str, Callable[[Any], Any]] = {
    "id": lambda entry: entry.id,
    "link": lambda entry: entry.link,
    "content": lambda entry: entry.content[0].value,
    "published": lambda entry: entry.published_parsed[:6],
    "updated": lambda entry: entry.updated_parsed[:6],
    "tags": lambda entry: [(tag.scheme, tag.term) for tag in entry.tags],
    "authors": lambda entry: [author.name for author in entry.authors],
    "image": lambda entry: entry.media_thumbnail,
    "enclosure": lambda entry: [(each.href, each.type, each.length) for each in entry.enclosures],
}


@pytest.mark.parametrize("read", READ_BACK.values(), ids=READ_BACK)
def test_rss_and_atom_read_alike(read: Callable[[Any], Any]) -> None:
    rss, atom = (
        feedparser.parse(FORMATS[format_].write(FEED), sanitize_html=False, resolve_relative_uris=False)
        for format_ in XML
    )

    assert read(rss.entries[0]) == read(atom.entries[0])


@pytest.mark.parametrize("format_", XML)
def test_feedparser_has_no_complaint(format_: str) -> None:
    assert not feedparser.parse(FORMATS[format_].write(FEED)).bozo


# --- what is missing or wrong --------------------------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("changes", "title"),
    [
        pytest.param({"title": "", "summary": "短"}, "短", id="its summary"),
        pytest.param({"title": " \n", "summary": "今天天气很好，" * 20}, "今天天气很好，" * 8 + "今天天气…", id="cut"),
        pytest.param({"title": "", "summary": "a bc " * 20}, ("a bc " * 12).strip() + "…", id="cut at a word"),
        pytest.param({"title": "\x00", "summary": ""}, "2024-01-05", id="its day"),
    ],
)
def test_untitled_entry_is_called_by(format_: str, changes: dict[str, str], title: str) -> None:
    assert titles_and_ids(format_, with_entry(**changes)) == [(title, ENTRY.id)]


@pytest.mark.parametrize("format_", FORMATS)
def test_title_is_one_line(format_: str) -> None:
    assert titles_and_ids(format_, with_entry(title=" 第一\r\n  章　开始\t")) == [("第一 章　开始", ENTRY.id)]


def test_rss_entry_without_content_has_its_summary_only() -> None:
    assert find(Format.RSS, with_entry(content=""), "//item/description/text() | //content:encoded") == [
        "正文 &amp; 链接 &lt;b&gt;"
    ]


def test_atom_entry_without_content_has_its_summary_only() -> None:
    assert find(Format.ATOM, with_entry(content=""), "//a:summary/text() | //a:content") == [ENTRY.summary]


def test_json_entry_without_content_has_its_summary_as_text() -> None:
    assert read_json(with_entry(content=""))["items"][0]["content_text"] == ENTRY.summary


def test_entry_without_summary_has_its_title_as_description_before_the_content() -> None:
    names = [element.tag.rpartition("}")[2] for element in xml(Format.RSS, with_entry(summary="")).iter()]

    assert names[names.index("description", names.index("item")) + 1] == "encoded"


@pytest.mark.parametrize("format_", FORMATS)
def test_entry_without_a_web_address_links_to_the_page_of_the_feed(format_: str) -> None:
    document = FORMATS[format_].write(with_entry(link="javascript:alert(1)"))

    assert b"javascript" not in document
    links = re.findall(rb"https://feeds\.example\.org/tags/x/[<\"]", document)
    assert len(links) == (3 if format_ == Format.RSS else 2)  # there the logo has one too


@pytest.mark.parametrize("format_", FORMATS)
def test_empty_feed_has_no_entries(format_: str) -> None:
    assert titles_and_ids(format_, replace(FEED, entries=())) == []


def test_json_feed_of_nothing_still_has_items() -> None:
    assert read_json(replace(FEED, entries=()))["items"] == []


@pytest.mark.parametrize(
    ("format_", "path", "expected"),
    [
        pytest.param(Format.RSS, "/rss/channel/title/text()", f"{HOME}tags/x/", id="rss title"),
        pytest.param(Format.RSS, "/rss/channel/description/text()", f"{HOME}tags/x/", id="rss description"),
        pytest.param(Format.ATOM, "/a:feed/a:title/text()", f"{HOME}tags/x/", id="atom title"),
        pytest.param(Format.ATOM, "/a:feed/a:author/a:name/text()", f"{HOME}tags/x/", id="atom author"),
    ],
)
def test_nameless_feed_is_called_by_its_address(format_: str, path: str, expected: str) -> None:
    nameless = replace(FEED, title="", description=" ", author=Author(""))

    assert find(format_, nameless, path) == [expected]


ABSENT = {
    "subtitle": ({"description": ""}, Format.ATOM, "//a:subtitle"),
    "ttl of nothing": ({"ttl": 0}, Format.RSS, "//ttl"),
    "language": ({"language": ""}, Format.RSS, "//language | /rss/@xml:lang"),
    "language that is none": ({"language": "a language"}, Format.ATOM, "/a:feed/@xml:lang"),
    "pages": ({"pages": ()}, Format.RSS, "//a:link[@rel!='self']"),
    "language of the feed again": ({"language": "en"}, Format.RSS, "//item/@xml:lang"),
}


@pytest.mark.parametrize(("changes", "format_", "path"), ABSENT.values(), ids=ABSENT)
def test_feed_leaves_out_what_is_missing(changes: dict[str, Any], format_: str, path: str) -> None:
    assert find(format_, replace(FEED, **changes), path) == []


ABSENT_FROM_ENTRY = {
    "blank category": ({"tags": (" ", "\x01"), "categories": ()}, Format.RSS, "//category"),
    "nameless author": ({"authors": (Author(" ", "a@example.com"),)}, Format.RSS, "//item/dc:creator"),
    "address that is none": ({"original": "来自网络"}, Format.RSS, "//source"),
    "relative image": ({"image": "/a.png"}, Format.ATOM, "//media:thumbnail"),
    "media group": ({}, Format.ATOM, "//media:group"),
    "enclosure without address": ({"enclosure": Enclosure("x", "a/b", 1)}, Format.RSS, "//enclosure"),
    "unknown length": ({"enclosure": Enclosure("https://a.example/b", "a/b", 0)}, Format.ATOM, "//a:link/@length"),
    "e-mail that is none": ({"authors": (Author("李", "no mail"),)}, Format.ATOM, "//a:entry//a:email"),
}


@pytest.mark.parametrize(("changes", "format_", "path"), ABSENT_FROM_ENTRY.values(), ids=ABSENT_FROM_ENTRY)
def test_entry_leaves_out_what_is_missing(changes: dict[str, Any], format_: str, path: str) -> None:
    assert find(format_, with_entry(**changes), path) == []


def test_enclosure_of_unknown_type_and_length_is_bytes() -> None:
    feed = with_entry(enclosure=Enclosure("https://a.example/b", "sound", -1))

    assert find(Format.RSS, feed, "//enclosure/@*") == ["https://a.example/b", "0", "application/octet-stream"]


def test_language_written_as_a_locale_becomes_a_tag() -> None:
    assert find(Format.RSS, replace(FEED, language="zh_CN"), "//language/text()") == ["zh-CN"]


def test_repeated_name_is_given_once() -> None:
    assert find(Format.RSS, with_entry(tags=("a", " a", "b"), categories=("b", "c")), "//category/text()") == [
        "c",
        "a",
        "b",
    ]


@pytest.mark.parametrize(("name", "creators"), [("Li", ["Li"]), ("每日新闻", [])])
def test_channel_names_an_author_that_is_not_called_as_it_is(name: str, creators: list[str]) -> None:
    assert find(Format.RSS, replace(FEED, author=Author(name)), "/rss/channel/dc:creator/text()") == creators


def test_plain_atom_entry_has_its_own_link_only() -> None:
    assert find(Format.ATOM, with_entry(original="", enclosure=None), "//a:entry/a:link/@href") == [ENTRY.link]


# --- any text, any thread, any process -----------------------------------------------------------

NASTY = [
    "]]>",
    "<b>",
    "&amp;",
    "&",
    '"',
    "\x00",
    "\x08",
    "\x85",
    "\r\n",
    "\ud83c",
    "\ufffe",
    "🎉",
    "\u202e",
    "<?",
    "--",
]
TEXT = st.lists(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=8).map("".join)
TIMES = st.datetimes(timezones=st.just(UTC))
AUTHORS = st.builds(Author, TEXT, TEXT, TEXT)
ENTRIES = st.builds(
    Entry,
    id=st.uuids().map(lambda uuid: uuid.urn),
    title=TEXT,
    link=TEXT,
    published=TIMES,
    updated=TIMES,
    content=TEXT,
    summary=TEXT,
    authors=st.tuples(AUTHORS),
    tags=st.tuples(TEXT, TEXT),
    categories=st.tuples(TEXT),
    original=TEXT.map("https://example.org/".__add__),
    language=TEXT,
    image=TEXT.map("https://".__add__),
    enclosure=st.builds(Enclosure, TEXT.map("https://example.org/".__add__), TEXT, st.integers()),
)
FEEDS = st.builds(
    replace,
    st.just(FEED),
    title=TEXT,
    description=TEXT,
    updated=TIMES,
    ttl=st.integers(),
    author=AUTHORS,
    language=TEXT,
    entries=st.lists(ENTRIES, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(FEEDS)
def test_any_text_survives_in_any_format(feed: Feed) -> None:
    expected = [(entry.title, entry.id) for entry in prepare(feed).entries]

    assert [titles_and_ids(format_, feed) for format_ in FORMATS] == [expected] * 3


# feedparser takes "<" for markup and pairs of Latin-1 characters for a wrong encoding: it is asked about the others
LETTERS = st.characters(min_codepoint=0x100, exclude_categories=["C", "Z"]) | st.sampled_from("azAZ09 '\"]>;#")
PLAIN = st.text(LETTERS, min_size=1, max_size=20).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None)
@given(PLAIN)
def test_feedparser_reads_the_title_that_was_written(title: str) -> None:
    read = [feedparser.parse(FORMATS[format_].write(with_entry(title=title))).entries[0].title for format_ in XML]

    assert read == [title, title]


def render_all(feed: Feed) -> list[bytes]:
    return [row.write(feed) for row in FORMATS.values()]


def test_eight_threads_write_the_same_bytes() -> None:
    expected = render_all(FEED)

    with ThreadPoolExecutor(8) as threads:
        written = list(threads.map(render_all, [FEED] * 40))

    assert written == [expected] * 40


def test_rendering_never_touches_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[tuple[object, ...]] = []
    monkeypatch.setattr(locale, "setlocale", lambda *arguments: touched.append(arguments))

    render_all(FEED)

    assert not touched


def test_hash_seed_changes_no_byte() -> None:
    code = (
        "import pickle, sys; from feedsvc.render import FORMATS; from hashlib import sha256; "
        "feed = pickle.load(sys.stdin.buffer); "
        "print(*(sha256(row.write(feed)).hexdigest() for row in FORMATS.values()))"
    )

    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            input=pickle.dumps(FEED),
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in ("1", "2")
    ]

    expected = " ".join(sha256(document).hexdigest() for document in render_all(FEED))
    assert [line.strip() for line in printed] == [expected, expected]
