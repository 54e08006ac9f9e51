"""Posts of one's own keep every word: what is junk on scraped pages may be their authors' text."""

import pytest

from feedsvc import cleaning

TEXT = "<p>The meeting is on Monday, at seven in the evening, in the old boat house behind the pier.</p>"
BASE = "https://harbor.example/"


def clean(html: str, *, title: str = "", text: str = "") -> str:
    rules = cleaning.load_rules(text, "rules.toml").own
    return cleaning.clean(html, title=title, base_url=BASE, rules=rules).html


LINES = [
    "<p>Update: we meet on Tuesday.</p>",
    "<p>Published by hand in forty copies.</p>",
    "<p>© 2024 means the year the lamp was lit, not a claim</p>",
    "<p>下一篇我们来聊怎么修船，以及上漆</p>",
    "<p>撰文｜海边的风</p>",
    "<p>1 May 2020</p>",
    "<p>Advertisement</p>",
    "<p>Tags: the game of children</p>",
    "<p>Share</p>",
    "<p>10 comments</p>",
    "<h2>Related</h2>",
    '<p>See also: <a href="https://harbor.example/piers">On piers</a></p>',
]


@pytest.mark.parametrize("line", LINES)
def test_line_that_is_a_phrase_of_other_sites_stays_wherever_it_stands(line: str) -> None:
    html = f"{line}{TEXT}{line}{TEXT}{line}"

    assert clean(html) == html


@pytest.mark.parametrize(
    "name", ["related", "comments", "author-bio", "newsletter", "hidden", "tags", "copyright", "promo", "menu", "share"]
)
@pytest.mark.parametrize("key", ["class", "id"])
def test_element_with_a_general_name_stays(key: str, name: str) -> None:
    assert clean(f'{TEXT}<div {key}="{name}">The words of it.</div>') == f"{TEXT}<p>The words of it.</p>"


@pytest.mark.parametrize(
    "html",
    [
        '<ins class="adsbygoogle">Buy lamps</ins>',
        '<amp-ad width="300" height="250" type="a9"><div fallback>Buy lamps</div></amp-ad>',
        '<div class="ad-slot">Buy lamps</div>',
        '<div class="addtoany_share_save_container"><a href="https://www.addtoany.com/share#url=x">Share</a></div>',
        '<div class="share-buttons">Share this</div>',
        '<div id="taboola-below">Ten lamps you must see</div>',
        '<img src="https://www.facebook.com/tr?id=1" width="1" height="1">',
        "<script>track()</script>",
        '<form><input name="mail"></form>',
        '<p>Share: <a href="https://twitter.com/intent/tweet?text=x">Tweet</a></p>',
        "<p> </p>",
    ],
)
def test_widget_tracker_and_what_is_active_or_empty_goes(html: str) -> None:
    assert clean(TEXT + html).replace("<p>Share:</p>", "") == TEXT


def test_section_about_advertising_stays() -> None:
    html = '<section id="advertising"><h2>Advertising</h2><p>The words of it.</p></section>'

    assert clean(TEXT + html) == f"{TEXT}<h2>Advertising</h2><p>The words of it.</p>"


def test_link_that_shares_stays_in_a_sentence() -> None:
    html = (
        '<p>If you have seen the lamp yourself, then please <a href="https://twitter.com/intent/tweet">tell me</a>.</p>'
    )

    assert clean(html) == html


# --- hidden elements -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "opener",
    [
        '<p><a href="#answer">Show it</a></p>',
        "<p onclick=\"toggle('answer')\">Show it</p>",
        '<p aria-controls="answer">Show it</p>',
        '<p data-target="#answer">Show it</p>',
    ],
)
def test_hidden_element_that_something_opens_stays(opener: str) -> None:
    html = clean(f'{TEXT}{opener}<div id="answer" style="display:none">Forty-two.</div>')

    assert ("Show it" in html, "Forty-two." in html) == (True, True)


@pytest.mark.parametrize("attributes", ["hidden", 'style="display: none"', 'id="answer" hidden'])
def test_hidden_element_that_nothing_opens_goes(attributes: str) -> None:
    assert clean(f"{TEXT}<div {attributes}>Forty-two.</div>") == TEXT


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["loading.gif", "pixel.png", "img/count.gif", "empty.svg"])
def test_picture_with_the_name_of_a_placeholder_or_counter_stays(name: str) -> None:
    html = f'<p><img src="{BASE}{name}" alt="It"></p>'

    assert clean(html) == html


def test_lazy_picture_has_its_real_url() -> None:
    assert clean(f'<p><img src="/loading.gif" data-src="{BASE}a.jpg"></p>') == f'<p><img src="{BASE}a.jpg"></p>'


def test_counter_on_another_host_goes() -> None:
    assert clean(f'{TEXT}<p><img src="https://stats.example/count.gif"></p>') == TEXT


def test_picture_shown_twice_on_purpose_stays_twice() -> None:
    html = f'<p><img src="{BASE}star.png"><img src="{BASE}star.png"></p>'

    assert clean(html) == html


# --- the title -----------------------------------------------------------------------------------


def test_first_heading_that_repeats_the_title_goes() -> None:
    assert clean(f"<h1>Monday</h1>{TEXT}", title="Monday") == TEXT


@pytest.mark.parametrize(
    "html",
    [
        f"<p>Monday</p>{TEXT}",
        f"{TEXT}<h1>Monday</h1>{TEXT}",
        f"<h2>Monday</h2>{TEXT}",
        f'<h1><a href="https://groups.example/1">Monday</a></h1>{TEXT}',
    ],
)
def test_other_block_with_the_words_of_the_title_stays(html: str) -> None:
    assert clean(html, title="Monday") == html


# --- an operator's rules -------------------------------------------------------------------------


def test_names_and_phrases_of_an_operator_hold_for_own_posts_too() -> None:
    rules = '[remove]\nnames = ["mine"]\n[phrases]\ntail = ["goodbye"]'

    assert clean(f'{TEXT}<p class="mine">x</p><p>Goodbye</p>', text=rules) == TEXT
