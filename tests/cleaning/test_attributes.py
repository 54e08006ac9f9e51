"""Attributes that readers use: directions of text, alignment of cells."""

import pytest

from feedsvc import cleaning


def clean(html: str) -> str:
    return cleaning.clean(html, original="https://example.org/a/post").html


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ('<div dir="rtl"><p>א</p><ul><li>ב</li></ul></div>', '<p dir="rtl">א</p><ul dir="rtl"><li>ב</li></ul>'),
        ('<article style="direction: rtl"><section><h2>א</h2></section></article>', '<h2 dir="rtl">א</h2>'),
        ('<div dir="rtl">א<p>ב</p></div>', '<p dir="rtl">א</p><p dir="rtl">ב</p>'),
        ('<div dir="RTL"><p dir="ltr">a</p><p>א</p></div>', '<p dir="ltr">a</p><p dir="rtl">א</p>'),
        ('<html dir="rtl"><body><p>א</p></body></html>', '<p dir="rtl">א</p>'),
        ('<body style="direction:rtl"><p>א</p></body>', '<p dir="rtl">א</p>'),
        ('<p style="color: red; direction:rtl">א</p>', '<p dir="rtl">א</p>'),
        ('<p><span dir="rtl">א</span></p>', '<p dir="rtl">א</p>'),
        ('<div dir="rtl"><div><div><p>א</p></div></div></div>', '<p dir="rtl">א</p>'),
        ('<div dir="auto"><p>א</p></div>', '<p dir="auto">א</p>'),
    ],
)
def test_direction_is_handed_down_to_what_stays(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ('<p>a <span dir="rtl">א</span> b</p>', "<p>a א b</p>"),
        ('<p dir="sideways">a</p>', "<p>a</p>"),
        ('<blockquote dir="rtl"><p>א</p></blockquote>', '<blockquote dir="rtl"><p>א</p></blockquote>'),
        ("<div><p>a</p></div>", "<p>a</p>"),
        ('<p style="flex-direction: row">a</p>', "<p>a</p>"),
    ],
)
def test_no_other_direction_is_made(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        ('<td align="right">1</td>', '<td align="right">1</td>'),
        ('<td style="width: 3em; text-align:center;">1</td>', '<td align="center">1</td>'),
        ('<th style="text-align: right">1</th>', '<th align="right">1</th>'),
        ('<td class="has-text-align-right">1</td>', '<td align="right">1</td>'),
        ('<td class="org-right">1</td>', '<td align="right">1</td>'),
        ("<td>1</td>", "<td>1</td>"),
        ('<td align="char" style="vertical-align: top" class="text-rightmost">1</td>', "<td>1</td>"),
        ('<td align="javascript:right">1</td>', "<td>1</td>"),
    ],
)
def test_cells_keep_their_alignment(cell: str, cleaned: str) -> None:
    table = "<table><tbody><tr>{}<td>2</td></tr></tbody></table>"

    assert clean(table.format(cell)) == table.format(cleaned)


def test_cells_are_aligned_as_their_row() -> None:
    html = '<table><tbody align="right"><tr><td>1</td><td align="left">2</td></tr></tbody></table>'

    assert '<tr><td align="right">1</td><td align="left">2</td></tr>' in clean(html)
