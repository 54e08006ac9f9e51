"""What is there for programs without scripts: shown, unless it repeats, counts or scolds."""

import pytest

from feedsvc import cleaning

TEXT = "<p>Some words that stand before it.</p>"


def clean(html: str) -> str:
    return cleaning.clean(TEXT + html, original="https://example.org/a/post").html.removeprefix(TEXT)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<noscript><pre>$ make\nok</pre></noscript>", "<pre>$ make\nok</pre>"),
        ("<noscript><p>See <a href='/x'>it</a>.</p></noscript>", '<p>See <a href="https://example.org/x">it</a>.</p>'),
        ("<p>One <noscript>two</noscript> three</p>", "<p>One two three</p>"),
        (
            "<img src='/a.jpg?file=1'><noscript><img src='/a.jpg?file=2'></noscript>",
            '<p><img src="https://example.org/a.jpg?file=1"><img src="https://example.org/a.jpg?file=2"></p>',
        ),
        ("<noscript><img src='/b.jpg'></noscript>", '<p><img src="https://example.org/b.jpg"></p>'),
        (
            "<noscript><iframe src='https://c.example/'></iframe></noscript>",
            '<p><a href="https://c.example/">https://c.example/</a></p>',
        ),
        (
            "<noscript><p>JavaScript is needed; the numbers:</p><table><tr><td>1</td></tr></table></noscript>",
            None,
        ),
        (f"<img src='/b.jpg'><noscript><img src='/b.jpg'><p>{'Many words. ' * 30}</p></noscript>", None),
    ],
)
def test_text_and_pictures_are_shown(html: str, shown: str | None) -> None:
    cleaned = clean(html)

    assert cleaned == shown or (shown is None and ("<td>1</td>" in cleaned or cleaned.count("<img") == 1))


@pytest.mark.parametrize(
    "html",
    [
        "<noscript>Please enable JavaScript to view the comments.</noscript>",
        "<noscript><p>请启用 JavaScript 以查看评论。</p></noscript>",
        "<noscript><p>Bitte schalten Sie JavaScript ein.</p></noscript>",
        "<noscript><img height='1' width='1' src='https://www.facebook.com/tr?id=1'></noscript>",
        "<noscript><div><img src='https://mc.example/watch/1' style='left:-9999px;'></div></noscript>",
        "<noscript><iframe src='https://www.googletagmanager.com/ns.html' height='0' width='0'></iframe></noscript>",
        "<noscript>View the <a href='https://disqus.com/?ref_noscript'>comments powered by Disqus.</a></noscript>",
        "<noscript><style>p { display: block }</style></noscript>",
        "<noscript></noscript>",
    ],
)
def test_what_counts_or_asks_for_scripts_is_removed(html: str) -> None:
    assert clean(html) == ""


@pytest.mark.parametrize(
    ("src", "count"),
    [
        *[("/b.jpg", 1), ("/b.jpg?w=800", 1), ("/b.jpg?resize=300%2C200&ssl=1", 1)],
        *[("/c.jpg", 2), ("/c/b.jpg?w=800", 2), ("/show?id=2", 2)],
    ],
)
def test_picture_of_another_size_is_not_shown_twice(src: str, count: int) -> None:
    shown = "/show?id=1" if "show" in src else "/b.jpg?w=100"

    assert clean(f"<p><img src='{shown}'></p><noscript><img src='{src}'></noscript>").count("<img") == count


def test_picture_that_is_shown_is_not_shown_twice() -> None:
    html = "<figure><img src='/b.jpg'><noscript><img src='/b.jpg'> A caption</noscript></figure>"

    assert clean(html) == '<figure><img src="https://example.org/b.jpg"></figure>'
