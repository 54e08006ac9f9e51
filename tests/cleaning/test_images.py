"""The image of a post, and why images go."""

import pytest

from feedsvc import cleaning


def test_first_image_is_the_image_of_the_post() -> None:
    assert cleaning.clean('<p>x<img src="https://a.example/?a=1&amp;b=2"></p>').image == "https://a.example/?a=1&b=2"


def test_site_may_define_the_image_of_a_post() -> None:
    cleaned = cleaning.clean("<div>text</div>", original="https://www.youtube.com/watch?v=abc&t=1")

    assert cleaned.image == "https://i.ytimg.com/vi/abc/hqdefault.jpg"


def test_post_has_no_image_where_a_parameter_is_missing() -> None:
    assert cleaning.clean("<div>text</div>", original="https://www.youtube.com/playlist").image == ""


@pytest.mark.parametrize(
    ("image", "rule"),
    [
        ('<img src="/blank.gif"/>', "placeholder"),
        ('<img alt="x"/>', "image without URL"),
        ('<img src="https://[x/"/>', "image without URL"),
        ('<img src="/a.png" width="1"/>', "pixel"),
    ],
    ids=["placeholder", "none", "unusable", "pixel"],
)
def test_explanation_says_why_an_image_went(image: str, rule: str) -> None:
    assert [removal.rule for removal in cleaning.explain(f"<p>Text.</p><p>{image}</p>")] == [rule]
