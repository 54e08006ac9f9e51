"""Summaries: the beginning of a body as plain text."""

import pytest

from feedsvc import cleaning
from feedsvc.cleaning.summary import summarize


@pytest.mark.parametrize(
    ("html", "summary"),
    [
        ("<p>One <b>two</b></p><p>three &amp; four</p>", "One two three & four"),
        ("<figure><figcaption>Cap</figcaption></figure><p>Text</p>", "Text"),
        ("<pre>code</pre>", "code"),
        ("<p>" + "句子。" * 120 + "</p>", "句子。" * 93),
        ("<p>" + "字" * 300 + "</p>", "字" * 279 + "…"),
        ("<p>" + "word " * 100 + "</p>", ("word " * 56).strip() + "…"),
        ("plain text", "plain text"),
        ("<p>" + "x" * 400 + "</p>", "x" * 279 + "…"),
        ("", ""),
    ],
    ids=["inline", "captions", "only code", "sentence", "cjk", "words", "plain", "one word", "nothing"],
)
def test_summary_is_the_beginning_as_plain_text(html: str, summary: str) -> None:
    assert summarize(html) == summary


def test_summary_has_at_most_280_characters() -> None:
    assert all(len(summarize("a bc. 中" * size)) <= 280 for size in range(200))


NOTES = '<hr><ol><li id="fn1"><p>A note. <a href="#fnref1">↩︎</a></p></li></ol>'


@pytest.mark.parametrize(
    ("html", "summary"),
    [
        (f'<p>Tea.<sup><a href="#fn1" id="fnref1">[1]</a></sup> Cake.</p>{NOTES}', "Tea. Cake."),
        (f'<p>Tea.<sup id="fnref1"><a href="#fn1">1</a></sup> Cake.</p><h2>Notes</h2>{NOTES[4:]}', "Tea. Cake."),
        ('<p>Tea<a href="#fn:1"><sup>1</sup></a>.</p><p id="fn:1">1. A note.</p>', "Tea."),
        ('<p>Tea<a href="#_ftn1">[1]</a>.</p><p><a href="#_ftnref1" id="_ftn1">[1]</a> A note.</p>', "Tea."),
        (f'<p>Tea<sup><a href="#fn1">1</a>, <a href="#fn2">2</a></sup>.</p>{NOTES}', "Tea."),
        ('<p>茶<sup><a href="#fn1">1</a></sup>。</p><p>糕</p>', "茶。糕"),
        (
            f'<p>Tea<sup><a href="#fn1">1</a></sup>, pie<sup><a href="#fn2" id="fnref1">2</a></sup>.</p>{NOTES}',
            "Tea, pie.",
        ),
        ('<p>Tea<a href="#n">*</a>.</p><p>Cake.</p><p id="n">* A note.</p>', "Tea. Cake."),
    ],
)
def test_marks_of_notes_and_notes_are_left_out(html: str, summary: str) -> None:
    assert summarize(html) == summary


@pytest.mark.parametrize(
    ("html", "summary"),
    [
        ('<p>Contents</p><ul><li><a href="#a">A</a></li><li><a href="#b">B</a></li></ul><p>Text.</p>', "Text."),
        ('<p>Text.</p><h2>目录</h2><ol><li>1. <a href="#a">甲</a></li></ol><p>More.</p>', "Text. More."),
        ('<ul><li><a href="#a">A</a><ul><li><a href="#b">B</a></li></ul></li></ul><p>Text.</p>', "Text."),
        (
            '<p><strong>Table of Contents:</strong></p><ul><li><a href="#a">A <em>b</em></a></li></ul><p>Text.</p>',
            "Text.",
        ),
        ('<details><summary>Inhalt</summary><ul><li><a href="#a">A</a></li></ul></details><p>Text.</p>', "Text."),
    ],
)
def test_lists_of_contents_are_left_out(html: str, summary: str) -> None:
    assert summarize(html) == summary


@pytest.mark.parametrize(
    ("html", "summary"),
    [
        ('<ul><li><a href="#a">A</a> and why</li></ul><p>Text.</p>', "A and why Text."),
        ('<ul><li><a href="https://a.example/#a">A</a></li></ul><p>Text.</p>', "A Text."),
        ('<p>See <a href="#b">the second part</a>.</p><h2 id="b">The second part</h2><p>More.</p>', None),
        ("<p>Contents</p><p>of the box: pens.</p>", "Contents of the box: pens."),
        ('<ul><li><a href="#a">A</a></li></ul>', "A"),
        ("<p>The 1<sup>er</sup> of May.</p>", "The 1er of May."),
        ("<p>用 GPS 找船。</p><p>OK 就走。</p>", "用 GPS 找船。 OK 就走。"),
        ("<p>第一章 开始</p>", "第一章 开始"),
        ("<p>한국어</p><p>문장</p>", "한국어 문장"),
    ],
)
def test_text_of_other_kinds_stays(html: str, summary: str | None) -> None:
    assert summarize(html) == (summary or "See the second part. The second part More.")


@pytest.mark.parametrize(
    ("html", "summary"),
    [
        (
            "<p>10<sup>6</sup> cups, 12 m<sup>2</sup>, H<sub>2</sub>O, 10<sup>-3</sup>.</p>",
            "10⁶ cups, 12 m², H₂O, 10⁻³.",
        ),
        ("<p>SO<sub>4</sub><sup>2−</sup></p>", "SO₄²⁻"),
        ("<p>きょうは<ruby>冬至<rp>（</rp><rt>とうじ</rt><rp>）</rp></ruby>です。</p>", "きょうは冬至です。"),
        ("<p>海风很大。</p><p>　　码头上的人<b>散了</b>。<br>好。</p>", "海风很大。码头上的人散了。好。"),
        ("<p>一</p><figure><img src='a'></figure><p>二</p>", "一二"),
    ],
)
def test_digits_readings_and_chinese_keep_their_sense(html: str, summary: str) -> None:
    assert summarize(html) == summary


@pytest.mark.parametrize(
    "mark", ["<!--more-->", "<!-- more -->", "<!--more Read on-->", "<!-- truncate -->", "<!-- TEASER_END -->"]
)
def test_summary_ends_where_its_author_marked_it(mark: str) -> None:
    cleaned = cleaning.clean(f"<p>The teaser only.</p>{mark}<p>The rest.</p>")

    assert (cleaned.summary, cleaned.html) == ("The teaser only.", "<p>The teaser only.</p><p>The rest.</p>")


@pytest.mark.parametrize(
    "html",
    [
        "<p>One.</p><!-- moreover --><p>Two.</p>",
        "<!--more--><p>One.</p><p>Two.</p>",
        "<p>One.</p><!-- 1636564500000 --><p>Two.</p>",
        "<p><script>x</script></p><!--more--><p>One.</p><p>Two.</p>",
    ],
)
def test_other_comments_end_no_summary(html: str) -> None:
    assert cleaning.clean(html).summary == "One. Two."
