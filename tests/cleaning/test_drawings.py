"""Pictures written into a post: their descriptions stay, icons and placeholders leave nothing."""

import pytest

from feedsvc import cleaning
from feedsvc.models import Cleaned

DATA = "data:image/png;base64," + "iVBORw0KGgo" * 30
TEXT = "<p>Some words that stand before it.</p>"


def clean(html: str) -> Cleaned:
    return cleaning.clean(TEXT + html, original="https://example.org/a/post")


@pytest.mark.parametrize(
    ("html", "name"),
    [
        (f'<p><img src="{DATA}" alt="Rain of three years"></p>', "Rain of three years"),
        (f'<p><img src="{DATA}" alt="" title="Rain"></p>', "Rain"),
        (f"<p><img src='data:image/svg+xml,%3Csvg%3E{'%3Cpath d=1%3E' * 20}' alt='A plan'></p>", "A plan"),
        ('<svg width="300" height="200"><title>The tide</title><path/></svg>', "The tide"),
        ('<svg viewBox="0 0 300 200" role="img" aria-label="The tide"><path/></svg>', "The tide"),
        ('<svg viewBox="0 0 300 200"><defs><g id="a"/></defs><title>The tide</title><path/></svg>', "The tide"),
        ('<svg viewBox="0 0 300 200"><g><title>The tide</title></g><text>6</text></svg>', "The tide"),
    ],
)
def test_picture_written_into_the_post_leaves_its_description_and_a_hint(html: str, name: str) -> None:
    cleaned = clean(html)

    assert cleaned.html == f"{TEXT}<p>{name}</p>"
    assert ["feed readers cannot show it" in hint.text for hint in cleaned.hints] == [True]


@pytest.mark.parametrize(
    "html",
    [
        '<svg aria-hidden="true" viewBox="0 0 300 200"><title>Chevron</title></svg>',
        '<svg width="16" height="16"><title>Chevron</title></svg>',
        '<svg viewBox="0 0 24 24"><title>Chevron</title></svg>',
        '<svg width="1em" viewBox="0 0 512 512"><title>Chevron</title></svg>',
        '<svg class="octicon octicon-link"><title>Chevron</title></svg>',
        '<svg style="display:none"><symbol id="i"><title>Chevron</title><path/></symbol></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><defs><g id="i"><title>Chevron</title></g></defs></svg>',
        '<button><svg width="300" height="200"><title>Copy</title></svg></button>',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="x">',
        "<img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 300 200'%3E%3C/svg%3E"
        + " " * 200
        + '">',
    ],
)
def test_icon_and_placeholder_leave_nothing(html: str) -> None:
    assert clean(html) == Cleaned(TEXT, "Some words that stand before it.")


@pytest.mark.parametrize(
    "html",
    [
        f'<p><img src="{DATA}" data-src="/b.jpg" alt="c"></p>',
        f'<p><img src="{DATA}" alt="c"><noscript><img src="/b.jpg" alt="c"></noscript></p>',
    ],
)
def test_placeholder_gives_way_to_the_picture(html: str) -> None:
    assert clean(html).html == f'{TEXT}<p><img src="https://example.org/b.jpg" alt="c"></p>'


def test_hints_of_one_kind_are_counted() -> None:
    html = f'<img src="{DATA}">' * 3

    assert [hint.text for hint in clean(html).hints] == [
        "picture in a data: URL: feed readers cannot show it, and it has no description (3 times)"
    ]
