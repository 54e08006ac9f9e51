"""Addresses and plain text made fit for any format."""

import unicodedata

import pytest
from ada_url import URL
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.models import Author, Enclosure, ScopeKind
from feedsvc.text import clean_name, format_count, join_words, make_legal, shorten, to_language, to_line
from feedsvc.urls import is_frame_of, to_host, to_relative, to_uri

ANYTHING = settings(max_examples=150, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("text", "line"),
    [(" a\t b\n\nc ", "a b c"), ("a\u3000b\u00a0c", "a b c"), ("a\u200bb", "a\u200bb"), (" \n", "")],
    ids=["lines", "wide", "no white space", "nothing"],
)
def test_words_are_joined_by_single_blanks(text: str, line: str) -> None:
    assert join_words(text) == line


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        pytest.param("https://example.org/a?b=c#d", "https://example.org/a?b=c#d", id="a URI stays"),
        pytest.param("https://例子.中国/", "https://xn--fsqu00a.xn--fiqs8s/", id="host in punycode"),
        pytest.param("https://例子。中国/", "https://xn--fsqu00a.xn--fiqs8s/", id="ideographic full stop"),
        pytest.param("HTTP://Example.ORG/A", "http://example.org/A", id="lower-case scheme and host"),
        pytest.param("https://a.example/新 闻", "https://a.example/%E6%96%B0%20%E9%97%BB", id="path escaped"),
        pytest.param("https://a.example/%e6%96%b0", "https://a.example/%E6%96%B0", id="upper-case escapes"),
        pytest.param("https://a.example/%E6新", "https://a.example/%E6%E6%96%B0", id="nothing escaped twice"),
        pytest.param("https://a.example/100%", "https://a.example/100%25", id="lone per cent sign"),
        pytest.param("https://a.example/?q=新&x=[1]", "https://a.example/?q=%E6%96%B0&x=%5B1%5D", id="query"),
        pytest.param("https://a.example/#节", "https://a.example/#%E8%8A%82", id="fragment"),
        pytest.param("https://a.example", "https://a.example/", id="empty path"),
        pytest.param("https://a.example:8080/", "https://a.example:8080/", id="port"),
        pytest.param("https://[2001:db8::1]:8/", "https://[2001:db8::1]:8/", id="IPv6"),
        pytest.param("https://me:secret@a.example/", "https://a.example/", id="no password"),
        pytest.param(" https://a.example/\n", "https://a.example/", id="blanks around"),
        pytest.param("https://a.example/\"'<>", "https://a.example/%22'%3C%3E", id="quotes and brackets"),
        pytest.param("javascript:alert(1)", "", id="script"),
        pytest.param("/relative", "", id="relative"),
        pytest.param("来自网络", "", id="no address"),
        pytest.param("https:///a.example/path", "https://a.example/path", id="three slashes"),
        pytest.param("https:a.example\\x", "https://a.example/x", id="no slash, and a backslash"),
        pytest.param("https://a.example/x/../y", "https://a.example/y", id="dots in the path"),
        pytest.param("https://faß.example/", "https://xn--fa-hia.example/", id="UTS 46 instead of IDNA 2003"),
        pytest.param("https://a.example:443/", "https://a.example/", id="the scheme's own port"),
        pytest.param("http://0x7f.1/", "http://127.0.0.1/", id="IPv4 in other notations"),
        pytest.param("https:///", "", id="no host"),
        pytest.param("https://exa mple/", "", id="blank in host"),
        pytest.param("https://a.example:port/", "", id="port in words"),
        pytest.param("https://[::1", "", id="open bracket"),
        pytest.param("https://[v1.a:b]/", "", id="future bracket"),
    ],
)
def test_address_becomes_a_uri(address: str, uri: str) -> None:
    assert to_uri(address) == uri


ADDRESSES = st.builds(
    "{}{}".format, st.sampled_from(["", "http://", "https://a.example/", "https://例子.com/"]), st.text()
)


@given(ADDRESSES)
def test_uri_is_ascii_and_stays_what_it_is(address: str) -> None:
    uri = to_uri(address)

    assert uri.isascii()
    assert to_uri(uri) == uri


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.example.org:8080/a", "www.example.org"),
        ("https://evil.example\\@www.example.org/a", "evil.example"),
        ("https://www.example.org@evil.example/", "evil.example"),
        ("https://www.example.org\t.evil.example/", "www.example.org.evil.example"),
        ("https://ＷＷＷ．example。org/", "www.example.org"),
        ("https://xn--fsqu00a.example/", "xn--fsqu00a.example"),
        ("https://xn--/", ""),
        ("https://a.xn--pokxncvks/", ""),
        (f"https://{'a' * 63}.example/", f"{'a' * 63}.example"),
        (f"https://{'a' * 64}.example/", ""),
        (f"https://{'a.' * 123}example/", f"{'a.' * 123}example"),
        (f"https://{'a.' * 124}example/", ""),
        ("mailto:www.example.org", ""),
        ("//www.example.org", ""),
    ],
)
def test_host_is_the_one_a_browser_finds(address: str, host: str) -> None:
    assert to_host(address) == host


FRAMES = frozenset({"player.example"})


@pytest.mark.parametrize(
    "address", ["https://player.example/v?x=a\\b@c#d", "HTTP://Player.Example/", "//player.example/"]
)
def test_frame_of_an_allowed_host(address: str) -> None:
    assert is_frame_of(address, FRAMES) is not address.startswith("//")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example\\@player.example/",
        "https://player.example\\.evil.example/",
        "https://evil.example/\\player.example/",
        "https:\\\\player.example/",
        "https:player.example/",
        "https:///player.example/",
        "https://player.example:8443/",
        "https://user@player.example/",
        "https://user:password@player.example/",
        "https://@evil.example:@player.example/",
        "https://player.example\x00/",
        "https://player\n.example/",
        " https://player.example/",
        "https://player.example./",
        "https://player。example/",
        "https://player.example%2eevil.example/",
        "javascript://player.example/%0aalert(1)",
        "ftp://player.example/",
        "https://[player.example]/",
    ],
    ids=ascii,
)
def test_frame_whose_host_could_be_read_in_two_ways_is_refused(address: str) -> None:
    assert not is_frame_of(address, FRAMES)


@given(st.text("pe./\\@:#?[]%\t\n player.examplevi", max_size=40).map("https://{}".format))
def test_no_frame_leads_to_another_host(address: str) -> None:
    assert not is_frame_of(address, FRAMES) or URL(address).hostname == "player.example"


@pytest.mark.parametrize("code", [0x00, 0x0B, 0x7F, 0x92, 0xD800, 0xFFFD, 0xFFFE, 0xFFFF], ids=hex)
def test_unwanted_character_is_removed(code: int) -> None:
    assert make_legal(f"a{chr(code)}b") == "ab"


@pytest.mark.parametrize("wanted", ["\t", "\n", "\xa0", "\u200d", "\u202e", "\ue000", "🎉"], ids=ascii)
def test_legal_character_stays(wanted: str) -> None:
    assert make_legal(f"a{wanted}b") == f"a{wanted}b"


def test_line_ends_are_line_feeds() -> None:
    assert make_legal("a\r\nb\rc\n") == "a\nb\nc\n"


def test_strings_deep_inside_are_made_legal() -> None:
    assert make_legal((Author("a\x00"), Enclosure("b\x08", "c", 1))) == (Author("a"), Enclosure("b", "c", 1))


def test_enum_stays_an_enum() -> None:
    assert make_legal(ScopeKind.TAG) is ScopeKind.TAG


def test_line_has_single_blanks() -> None:
    assert to_line("  a\n\t b　c ") == "a b　c"


@given(st.text(), st.integers(1, 80))
def test_shortened_text_is_at_most_a_sign_longer_than_asked(text: str, width: int) -> None:
    assert len(shorten(text, width)) <= width + 1


@pytest.mark.parametrize(
    ("number", "noun", "plural", "text"),
    [
        (0, "error", "", "0 errors"),
        (1, "error", "", "1 error"),
        (2, "error", "", "2 errors"),
        (49_395, "post", "", "49,395 posts"),
        (1, "category", "categories", "1 category"),
        (2, "category", "categories", "2 categories"),
    ],
)
def test_number_stands_before_a_noun_that_fits_it(number: int, noun: str, plural: str, text: str) -> None:
    assert format_count(number, noun, plural) == text


@pytest.mark.parametrize(
    ("page", "url", "relative"),
    [
        ("", "", "./"),
        ("", "static/feedsvc.css", "./static/feedsvc.css"),
        ("", "?page=2", "./?page=2"),
        ("?q=a/b", "tags/", "./tags/"),
        ("status", "static/feedsvc.css", "./static/feedsvc.css"),
        ("tags/", "tags/c%2B%2B/", "../tags/c%2B%2B/"),
        ("tags/%E8%81%94/?page=2", "", "../../"),
        ("posts/a/%E6%96%B0/", "tags/%E8%81%94/rss.xml?q=a", "../../../tags/%E8%81%94/rss.xml?q=a"),
        ("tags/ci%2Fcd/", "tags/a/?page=2", "/blog/tags/a/?page=2"),
        ("tags/a/", "tags/ci%2Fcd/", "../../tags/ci%2Fcd/"),
    ],
)
def test_address_is_relative_to_the_page(page: str, url: str, relative: str) -> None:
    home = "https://example.org/blog/"

    assert to_relative(home + url, home + page, home) == relative


@pytest.mark.parametrize("url", ["https://example.com/blog/a", "https://example.org/", "https://example.org/blogger/"])
def test_address_that_is_not_ours_stays_whole(url: str) -> None:
    assert to_relative(url, "https://example.org/blog/tags/", "https://example.org/blog/") == url


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("  a \t\n b\u3000c ", "a b c", id="white space"),
        pytest.param("e\u0301", "é", id="decomposed"),
        pytest.param("e\u00ad\u0301", "é", id="decomposed around a soft hyphen"),
        pytest.param("a\u200bb\ufeffc", "abc", id="zero-width"),
        pytest.param("\u202eab\u2066", "ab", id="bidi controls"),
        pytest.param("a\x00b\x1bc", "abc", id="controls"),
        pytest.param("a\ud800b", "ab", id="a lone surrogate"),
        pytest.param("a\uffffb\u0378", "ab", id="not characters"),
        pytest.param("👩\u200d💻", "👩\u200d💻", id="a joined emoji"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="a Persian word"),
        pytest.param("\u200da\u200c", "a", id="joiners at the ends"),
        pytest.param("\u200d a \u200d", "a", id="joiners and blanks at the ends"),
        pytest.param("\u200d", "", id="a joiner alone"),
        pytest.param(" \u200b\n", "", id="nothing visible"),
        pytest.param("", "", id="nothing"),
        pytest.param("Straße/İ..&%2F", "Straße/İ..&%2F", id="all else stays"),
    ],
)
def test_a_name_has_one_spelling(text: str, name: str) -> None:
    assert clean_name(text) == name


@given(text=st.text())
@ANYTHING
def test_cleaning_a_clean_name_changes_nothing(text: str) -> None:
    name = clean_name(text)

    assert clean_name(name) == name


@given(
    text=st.lists(
        st.sampled_from([*"aé\u0301\u0345\u200c\u200d\u00ad\u200b \u3000\n\x1c", "\u1100", "\u1161", "\u0344"])
    ).map("".join)
)
@ANYTHING
def test_a_clean_name_is_composed_trimmed_and_visible(text: str) -> None:
    name = clean_name(text)

    assert clean_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert name == name.strip().strip("\u200c\u200d")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("zh_CN", "zh-CN"),
        (" de ", "de"),
        ("", ""),
        ("e", ""),
        ("English please", ""),
        ("中文", ""),
        ("zh-CN.UTF-8", ""),
    ],
)
def test_language_tags_are_told_from_other_text_by_their_form(text: str, tag: str) -> None:
    assert to_language(text) == tag
