"""Bodies that are too large: text and images stay."""

from feedsvc import cleaning
from feedsvc.models import Cleaned


def test_post_that_is_too_large_keeps_text_and_images_and_says_so() -> None:
    cleaned = cleaning.clean("<p>Hello <b>you</b><img src='https://a.example/b.png'></p>" + "<i></i>" * 15_000)

    assert cleaned == Cleaned(
        '<p>Hello you <img src="https://a.example/b.png"></p>',
        "Hello you",
        "https://a.example/b.png",
        "more than 700,000 characters, 20,000 tags or 60,000 character references: only text and images are left",
    )


def test_many_references_are_not_left_to_the_sanitizer() -> None:
    cleaned = cleaning.clean("<p>" + "a &amp; " * 70_000 + "b</p>")

    assert "&" not in cleaned.html
