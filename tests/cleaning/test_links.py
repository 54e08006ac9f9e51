"""Links: to places in the same post, to e-mail addresses, of headings to themselves; and blanks between them."""

import pytest

from feedsvc import cleaning
from feedsvc.cleaning import packaged_rules

TEXT = "<p>Some words that stand before it.</p>"


def clean(html: str, original: str = "https://example.org/2024/tea/") -> str:
    return cleaning.clean(TEXT + html, original=original).html.removeprefix(TEXT)


@pytest.mark.parametrize(
    "url",
    [
        "/2024/tea/",
        "/2024/tea",
        "https://example.org/2024/tea/",
        "http://www.example.org/2024/tea/index.html",
        "./",
        "",
    ],
)
def test_link_to_a_note_by_the_path_of_the_post_leads_to_the_note(url: str) -> None:
    html = (
        '<p>Tea<sup id="fnref:1"><a href="{0}#fn:1">1</a></sup></p><p id="fn:1">Green. <a href="{0}#fnref:1">↩</a></p>'
    )

    assert clean(html.format(url)) == html.format("")


def test_link_to_a_note_leads_to_the_note_whatever_the_path() -> None:
    html = '<p>Tea<sup><a href="/blog/tea/#fn1">1</a></sup></p><p id="fn1">Green.</p>'

    assert '<a href="#fn1">' in clean(html, original="")


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("#%E8%8C%B6", "#茶"),
        ("/2024/tea/#%E8%8C%B6", "#茶"),
        ("/2024/cake/#茶", "https://example.org/2024/cake/#茶"),
        ("https://other.example/2024/tea/#茶", "https://other.example/2024/tea/#茶"),
        ("/2024/tea/?page=2#茶", "https://example.org/2024/tea/?page=2#茶"),
        ("/2024/tea/#cake", "https://example.org/2024/tea/#cake"),
    ],
)
def test_other_links_lead_where_they_led(href: str, target: str) -> None:
    assert f'<a href="{target}">' in clean(f'<p>See <a href="{href}">it</a>.</p><h2 id="茶">茶</h2><p>x</p>')


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Write to me@a.example.", 'Write to <a href="mailto:me@a.example">me@a.example</a>.'),
        ("邮箱：first.last+x@mail.a.example谢谢", None),
        ("Mail:me@a.example", 'Mail:<a href="mailto:me@a.example">me@a.example</a>'),
        ("me@a.exampleFollow us", '<a href="mailto:me@a.example">me@a.example</a>Follow us'),
        ("me@a.examplehttps://b.example/", None),
        ("(me@a.example), https://a.example/@me", None),
    ],
)
def test_bare_mail_address_becomes_a_link(text: str, linked: str | None) -> None:
    html = clean(f"<p>{text}</p>")

    assert html == f"<p>{linked}</p>" if linked else html.count("mailto:") == 1
    assert cleaning.clean(text).html.count("mailto:") == 1


@pytest.mark.parametrize(
    "text",
    [
        "git@a.example:me/code.git",
        "@me@social.example",
        "ssh://me@a.example",
        "icon@2x.png",
        "left-pad@1.3.0",
        "me@localhost",
        "<code>me@a.example</code>",
        "a@b@c.example",
        "me@a.example/inbox",
    ],
)
def test_what_is_no_mail_address_becomes_no_link(text: str) -> None:
    assert "mailto:" not in clean(f"<p>{text}</p>")


@pytest.mark.parametrize(
    ("heading", "cleaned"),
    [
        ('<h2 id="x">Title <a href="#x">#</a></h2>', "<h2>Title</h2>"),
        ('<h2 id="x">Title<a href="#x" class="headerlink">¶</a></h2>', "<h2>Title</h2>"),
        ('<h2 id="x">Title<a href="#x">Link to this heading</a></h2>', "<h2>Title</h2>"),
        ('<h2 id="x">Title <a href="#x">Permalink</a></h2>', "<h2>Title</h2>"),
        ('<div><h2 id="x">Title</h2><a class="anchor" href="#x">#</a></div><p>y</p>', "<h2>Title</h2><p>y</p>"),
        ('<h2>Title<a class="hash-link" href="#elsewhere">#</a></h2>', "<h2>Title</h2>"),
        (
            '<h2 id="x"><a class="header-anchor" href="#x"><span>Title</span></a></h2>',
            '<h2 id="x"><a href="#x">Title</a></h2>',
        ),
        ('<h2 id="x">Title<a href="#x"><img src="/link.png" alt="link"></a></h2>', "<h2>Title</h2>"),
        ('<h2 id="x">Title<a href="#x"><img src="/link.png" alt=""></a></h2>', "<h2>Title</h2>"),
        ('<h2 id="x">Title<a href="#x"><img src="https://a.example/b.png" alt="A boat"></a></h2>', None),
        ('<h2 id="x"><a href="#x"><img src="https://a.example/b.png" alt=""></a></h2>', None),
        ('<h2 id="x">C#</h2>', "<h2>C#</h2>"),
        ('<h2 id="link"><a href="#link">Link</a></h2>', '<h2 id="link"><a href="#link">Link</a></h2>'),
        ('<h2>Title<sup><a href="#n">*</a></sup></h2><p id="n">A note.</p>', None),
        ('<h2 id="x">Title</h2><p><a href="#x">#</a> is a sign.</p>', None),
    ],
)
@pytest.mark.parametrize("rules", [packaged_rules(), packaged_rules().own], ids=["scraped", "own"])
def test_heading_keeps_its_words_and_loses_its_anchor(heading: str, cleaned: str | None, rules: cleaning.Rules) -> None:
    html = cleaning.clean(TEXT + heading, original="https://example.org/2024/tea/", rules=rules).html

    assert html == TEXT + (cleaned or heading)


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p><b>bold</b><span> </span><i>italic</i></p>", "<p><b>bold</b> <i>italic</i></p>"),
        ("<p><b>bold</b><font>\n</font><i>italic</i></p>", "<p><b>bold</b> <i>italic</i></p>"),
        ("<p>a<x-y> </x-y>b</p>", "<p>a b</p>"),
        ("<p><b>甲</b><span>\n</span><i>乙</i></p>", "<p><b>甲</b><i>乙</i></p>"),
        ("<p>a <span> </span><span> </span>b</p>", "<p>a b</p>"),
        ("<p>a<span></span>b</p>", "<p>ab</p>"),
    ],
)
def test_blank_alone_in_an_element_still_parts_words(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned
