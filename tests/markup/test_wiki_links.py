"""Wiki links of notes: links to posts and pictures by name."""

import pytest
from markdown_it import MarkdownIt

from feedsvc.markup.wiki_links import wiki_link_plugin


def render(text: str) -> str:
    parser = MarkdownIt("commonmark")
    wiki_link_plugin(parser)
    return str(parser.render(text)).strip()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[[moon]]", '<a href="feedsvc-post:moon">moon</a>'),
        ("[[sky/moon|the pale one]]", '<a href="feedsvc-post:sky/moon">the pale one</a>'),
        ("[[moon#Dark Side]]", '<a href="feedsvc-post:moon#dark-side">moon &gt; Dark Side</a>'),
        ("[[#Here]]", '<a href="#here">Here</a>'),
        ("[[moon#^ab12]]", '<a href="feedsvc-post:moon#ab12">moon</a>'),
        ("[[#^ab12]]", '<a href="#ab12">^ab12</a>'),
        ("[[月亮]]", '<a href="feedsvc-post:%E6%9C%88%E4%BA%AE">月亮</a>'),
        ("![[crab.png]]", '<img src="feedsvc-file:crab.png" alt="" />'),
        ("![[my crab.png|A crab]]", '<img src="feedsvc-file:my%20crab.png" alt="A crab" />'),
        ("![[crab.png|300]]", '<img src="feedsvc-file:crab.png" alt="" width="300" />'),
        ("![[crab.png|300x20]]", '<img src="feedsvc-file:crab.png" alt="" width="300" height="20" />'),
        ("![[crab.png|A crab|300]]", '<img src="feedsvc-file:crab.png" alt="A crab" width="300" />'),
        ("![[crab.png|Crab 300]]", '<img src="feedsvc-file:crab.png" alt="Crab 300" />'),
        ("![[crab.svg#icon|300]]", '<img src="feedsvc-file:crab.svg" alt="" width="300" />'),
        ("[[tides.pdf|A table]]", '<a href="feedsvc-file:tides.pdf">A table</a>'),
        ("[[Release 1.25]]", '<a href="feedsvc-post:Release%201.25">Release 1.25</a>'),
        ("[[moon]]: the pale one", '<a href="feedsvc-post:moon">moon</a>: the pale one'),
        ("[[moon\\|the pale one]]", '<a href="feedsvc-post:moon">the pale one</a>'),
        ("见[[月亮]]。", '见<a href="feedsvc-post:%E6%9C%88%E4%BA%AE">月亮</a>。'),
        ("![[moon]]", '<a href="feedsvc-post:moon">moon</a>'),
    ],
)
def test_wiki_link_becomes_a_link_by_name(text: str, html: str) -> None:
    assert render(text) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "`[[moon]]`",
        "if [[ -f x ]]; then",
        "[[]]",
        "[[a]",
        "[[a\nb]]",
        "x[[1]]",
        "prints [[1]] first",
        'x[["a"]]',
        "f(x)[[i]]",
        "[[moon]]: /moon",
        "[[moon]]: https://moon.example",
    ],
)
def test_what_is_no_wiki_link_stays(text: str) -> None:
    assert "feedsvc-" not in render(text)


def test_link_whose_text_has_brackets_stays_a_link() -> None:
    assert render("[[1]](https://example.org/)") == '<p><a href="https://example.org/">[1]</a></p>'


def test_link_in_code_of_html_is_code() -> None:
    assert render("<code>[[x]] and [[y]]</code> <b>[[x]]</b>") == (
        '<p><code>[[x]] and [[y]]</code> <b><a href="feedsvc-post:x">x</a></b></p>'
    )
