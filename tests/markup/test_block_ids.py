"""Ids of blocks in notes of an Obsidian vault: ` ^id` at the end of a block."""

import pytest

from feedsvc.markup.markdown import to_html


def render(text: str) -> str:
    return to_html(text, is_vault=True).strip()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A block. ^cite-me", '<p id="cite-me">A block.</p>'),
        ("A block.\n^cite-me", '<p id="cite-me">A block.</p>'),
        ("Two\nlines. ^Cite-Me  ", '<p id="cite-me">Two\nlines.</p>'),
        ("- a\n- b ^b1", '<ul>\n<li>a</li>\n<li id="b1">b</li>\n</ul>'),
        ("- a ^a1\n  - b", '<ul>\n<li id="a1">a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>'),
        ("- [x] done ^task2", '<ul>\n<li id="task2">☑ done</li>\n</ul>'),
        ("## Head ^h1", '<h2 id="head">Head</h2>'),
        ("> quote\n\n^q1", '<blockquote id="q1">\n<p>quote</p>\n</blockquote>'),
        ("- a\n- b\n\n^list", '<ul id="list">\n<li>a</li>\n<li>b</li>\n</ul>'),
        ("> quote\n> ^q1", '<blockquote>\n<p id="q1">quote</p>\n</blockquote>'),
    ],
)
def test_id_of_a_block_is_no_text(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize("after", ["\n\n", "\n"])
def test_id_of_a_table_is_no_text(after: str) -> None:
    html = render(f"| a | b |\n|---|---|\n| x | y |{after}^t1\n\nMore.")

    assert html.startswith('<table id="t1">')
    assert "^" not in html
    assert html.count("<tr>") == 2


@pytest.mark.parametrize(
    "text",
    [
        "| a ^b | c |\n|---|---|\n| x ^y | ^z |\n| ^d | e |",
        "`a ^b`",
        "```\na ^b\n```",
        "$x ^b$",
        "a^b",
        "a ^b c",
        "a ^b\nc",
        "a ^",
        "a ^b!",
        "^only",
        "a [^1]\n\n[^1]: b",
    ],
)
def test_other_carets_stay(text: str) -> None:
    assert render(text) == to_html(text).strip()


def test_ids_of_blocks_are_text_outside_of_vaults() -> None:
    assert to_html("A block. ^cite-me").strip() == "<p>A block. ^cite-me</p>"
