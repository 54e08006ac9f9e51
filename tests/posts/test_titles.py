"""Titles and written summaries as people see them."""

import pytest

from feedsvc.posts.titles import to_plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("The cat &#038; the gull&#8217;s egg", "The cat & the gull’s egg"),
        ("Caf&eacute; &amp; <em>more</em>", "Café & more"),
        ("How &lt;b&gt; is used", "How <b> is used"),
        ("<strong class='x'>Bold</strong> <a href=\"/a\">link</a>", "Bold link"),
        ("One<br>two<br />three", "One two three"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("<p>One<p>Two", "One Two"),
        ("<i>very</i>quiet", "veryquiet"),
        ("<b>&lt;b&gt;</b>", "<b>"),
        ("a&nbsp;&nbsp;b", "a b"),
        ("&amp;amp;", "&amp;"),
        ("Cut <b class=x>short", "Cut short"),
        ("H<sub>2</sub>O and m<sup>-3</sup>", "H₂O and m⁻³"),
        ("Le 1<sup>er</sup> mai", "Le 1er mai"),
    ],
)
def test_tags_go_and_references_are_decoded(written: str, shown: str) -> None:
    assert to_plain(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "AT&T, why a < b and b > a",
        "Vec<T> and &nosuch; stays",
        "List<int>, Map<String, List<Object>>",
        "Use the <title> tag",
        "How <b> is used",
        "Why </div> is missing",
        "a <b and c> d",
        "i <3 u",
        "]]> & <x-tag>",
        "&",
        "&amp without its end",
        "&#xFFFFFFFFF;",
    ],
)
def test_what_only_looks_like_markup_stays(written: str) -> None:
    assert to_plain(written) == written


@pytest.mark.parametrize("text", ["<b " * 20_000, "<b>" * 20_000, "<a b=" * 12_000, "<b>" * 9_000 + "</b>" * 9_000])
def test_many_tags_take_linear_time(text: str) -> None:
    assert len(to_plain(text)) <= len(text)
