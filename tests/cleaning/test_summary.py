"""Summaries: the beginning of a body as plain text."""

import pytest

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
