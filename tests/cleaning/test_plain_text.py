"""Bodies without markup: their paragraphs, lines and links."""

import pytest

from feedsvc import cleaning

A, B = "https://a.example", "https://b.example"


def clean(html: str) -> str:
    return cleaning.clean(html, original="https://example.org/a/post").html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nTwo\n\nThree", "<p>One<br>Two</p><p>Three</p>"),
        ("One=====Two", "<p>One<br>=====<br>Two</p>"),
        ("a &lt; b &amp; c&#1;", "<p>a &lt; b &amp; c</p>"),
        (
            "看https://a.example/x【二】https://b.example/y谢谢",
            f'<p>看<a href="{A}/x">{A}/x</a>【二】<a href="{B}/y">{B}/y</a>谢谢</p>',
        ),
        (
            "https://a.example/头条 www.b.example/x.",
            f'<p><a href="{A}/头条">{A}/头条</a> <a href="http://www.b.example/x">www.b.example/x</a>.</p>',
        ),
        ("www.nothing and http:// and x.example", "<p>www.nothing and http:// and x.example</p>"),
        ("null", "<p>null</p>"),
        ("", ""),
    ],
    ids=["lines", "row", "entities", "glued", "scripts", "no URLs", "nothing dropped", "nothing"],
)
def test_plain_text_becomes_paragraphs_lines_and_links(text: str, html: str) -> None:
    assert clean(f"<div>\n{text}\n</div>") == html
