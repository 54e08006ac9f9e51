"""Tags, categories and authors as they are written in one text, with references, links and flags."""

import json

import pytest

from feedsvc.posts.front_matter import Source
from feedsvc.posts.metadata import TAGS, Front
from feedsvc.posts.names import authors_of, names_of


def tags_in(value: object, key: str = "tags") -> list[str]:
    return [*names_of(Front("a.md", Source({key: value}, "", "")), TAGS)]


def authors_in(value: object, key: str = "author") -> list[str]:
    return [author.name for author in authors_of(Front("a.md", Source({key: value}, "", "")))]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        pytest.param("书、电影、音乐", ["书", "电影", "音乐"], id="U+3001"),
        pytest.param("علوم، تاريخ، DORA", ["علوم", "تاريخ", "DORA"], id="U+060C"),
        pytest.param("一؛ 二；三", ["一", "二", "三"], id="U+061B and U+FF1B"),
        pytest.param("a, b；c、d", ["a", "b", "c", "d"], id="several marks"),
        pytest.param("C++; D", ["C++", "D"], id="plus signs"),
        pytest.param("machine learning, deep nets", ["machine learning", "deep nets"], id="blanks between marks"),
        pytest.param("rust web", ["rust", "web"], id="blanks alone"),
        pytest.param("News & Views", ["News & Views"], id="an ampersand between words"),
        pytest.param("Arts and Letters", ["Arts and Letters"], id="an `and` between words"),
        pytest.param("R&D", ["R&D"], id="an ampersand within a word"),
        pytest.param(["a, b", "c、d"], ["a, b", "c、d"], id="items of a list stay whole"),
    ],
)
def test_names_in_one_text_are_split_at_the_commas_of_every_script(written: object, names: list[str]) -> None:
    assert tags_in(written) == names


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("R&amp;D; Q&amp;A", ["R&D", "Q&A"]),
        (["R&amp;D", "&#x4e66;"], ["R&D", "书"]),
        ("Caf&eacute;, Tea", ["Café", "Tea"]),
        ([{"name": "A &amp; B"}], ["A & B"]),
        ("AT&T; x", ["AT&T", "x"]),
        (["a &nosuch; b", "a &amp b", "&;", "&#;", "x&copy"], ["a &nosuch; b", "a &amp b", "&;", "&#;", "x&copy"]),
        (["&amp;lt;"], ["&lt;"]),
        (["a&nbsp;b", "a&#8203;b"], ["a b", "ab"]),
    ],
)
def test_references_are_decoded_once_and_before_names_are_split(written: object, names: list[str]) -> None:
    assert tags_in(written) == names


ENGLAND, SCOTLAND = (
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in code) + "\U000e007f" for code in ("gbeng", "gbsct")
)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ([ENGLAND, SCOTLAND], [ENGLAND, SCOTLAND]),
        ([f"Home {ENGLAND}!"], [f"Home {ENGLAND}!"]),
        (["\U0001f3f4", "\U0001f3f4\u200d\u2620\ufe0f"], ["\U0001f3f4", "\U0001f3f4\u200d\u2620\ufe0f"]),
        (["a\U000e0067\U000e0062\U000e007f"], ["a"]),
        (["\U0001f3f4\U000e0067\U000e0062"], ["\U0001f3f4"]),
        (["\U0001f3f4\u202ea"], ["\U0001f3f4a"]),
    ],
    ids=["two flags", "within a text", "other flags", "no flag before", "never ended", "invisible after a flag"],
)
def test_flags_of_regions_are_kept_and_hidden_text_is_not(written: object, names: list[str]) -> None:
    assert tags_in(written) == names


HANDLE = "Ada Pier ([@adapier](https://s.example/adapier))"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (HANDLE, ["Ada Pier (@adapier)"]),
        (f"{HANDLE}, Bo Quay ([@bo](https://s.example/a,b))", ["Ada Pier (@adapier)", "Bo Quay (@bo)"]),
        (f"{HANDLE} and [Bo Quay](https://s.example)", ["Ada Pier (@adapier)", "Bo Quay"]),
        ("Ann Lee and [Bo Quay](https://s.example)", ["Ann Lee", "Bo Quay"]),
        ('[Ada](https://s.example "Her page"); [Bo](/bo)', ["Ada", "Bo"]),
        ("[Pier, Ada](https://s.example)", ["Pier, Ada"]),
        (["[Pier, Ada](https://s.example)", "Bo"], ["Pier, Ada", "Bo"]),
        ("Ada [not a link]", ["Ada [not a link]"]),
        ("Ada](x", ["Ada](x"]),
        ("[a](b)\0)", ["a"]),
    ],
)
def test_markdown_links_of_authors_are_their_text(written: object, names: list[str]) -> None:
    assert authors_in(written) == names


@pytest.mark.parametrize(
    ("key", "written", "names"),
    [
        ("author", "Lee, Ann", ["Lee, Ann"]),
        ("authors", "Lee, Ann", ["Lee, Ann"]),
        ("author", "Ann Lee, Kofi Osei", ["Ann Lee, Kofi Osei"]),
        ("authors", "Ann Lee, Kofi Osei", ["Ann Lee", "Kofi Osei"]),
        ("authors", "King, Martin Luther", ["King, Martin Luther"]),
        ("author", "张三、李四", ["张三", "李四"]),
        ("authors", "Lee, Ann; Osei, Kofi", ["Lee, Ann", "Osei, Kofi"]),
        ("author", "Ann Lee &#38; Sons", ["Ann Lee & Sons"]),
        ("authors", ["Ann &quot;Tide&quot; Lee"], ['Ann "Tide" Lee']),
        ("author", "Ann &lt;ann@lee.example&gt;", ["Ann"]),
        ("author", {"display_name": "Ann Oar", "login": "ann", "email": "ann@oar.example"}, ["Ann Oar"]),
        ("author", {"name": "Ann", "display_name": "A."}, ["Ann"]),
    ],
)
def test_authors_in_one_text_are_split(key: str, written: object, names: list[str]) -> None:
    assert authors_in(written, key) == names


def test_a_long_text_of_half_links_is_read_in_linear_time() -> None:
    assert len(authors_in("[a](" * 15_000 + json.dumps(" " * 15_000))) <= 100
