"""Text marked as with a pen: `==important==`."""

import pytest

from feedsvc.markup.markdown import to_html


def render(text: str, *, is_jekyll: bool = False) -> str:
    return to_html(text, is_jekyll=is_jekyll).strip().removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("The ==red ones== are ripe.", "The <mark>red ones</mark> are ripe."),
        ("==a== and ==b==", "<mark>a</mark> and <mark>b</mark>"),
        ("==**bold** and *thin*==", "<mark><strong>bold</strong> and <em>thin</em></mark>"),
        ("**a ==b== c**", "<strong>a <mark>b</mark> c</strong>"),
        ("(==a==), “==b==”.", "(<mark>a</mark>), “<mark>b</mark>”."),
        ("这是==重点==。", "这是<mark>重点</mark>。"),
        ("==[a](https://example.org/?x==y)==", '<mark><a href="https://example.org/?x==y">a</a></mark>'),
        ("==a `x == y` b==", "<mark>a <code>x == y</code> b</mark>"),
        ("==two\nlines==", "<mark>two\nlines</mark>"),
        ("==a = b==", "<mark>a = b</mark>"),
        ("- ==a==", "<ul>\n<li><mark>a</mark></li>\n</ul>"),
    ],
)
def test_marked_text_is_marked(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "`==a==`",
        "    ==a==",
        "```\n==a==\n```",
        "$a ==b== c$",
        r"\==a==",
        "5 == 5 == 5",
        "x==y==z",
        "a ==b and c",
        "== a ==",
        "a ==b\n\nc== d",
        "===a===",
        "==== and ====",
        "use ==, === or != and ==",
        "(==) and (==)",
        "<a href='?a==b=='>x</a>",
        "https://example.org/?a==b==",
        "a ==b=== c",
    ],
)
def test_other_signs_of_equality_stay(text: str) -> None:
    assert "<mark>" not in render(text)


def test_kramdown_knows_no_marked_text() -> None:
    assert render("==a==", is_jekyll=True) == "==a=="


def test_many_signs_of_equality_take_linear_time() -> None:
    assert "<mark>" not in render("==a " * 5_000)
    assert "<mark>" not in render("==" + "`a`" * 500 + "\n\n" + "=`" * 5_000)
