"""Labels of other articles: when they go with the links that follow, and when they stay."""

import pytest

from feedsvc import cleaning

ARTICLE = "<p>Text that is long enough to be the article, whatever else may stand around it here.</p>"
OWN, OTHER = (f'<a href="https://{host}/1">One</a>' for host in ("example.org", "other.example"))
LONGER = '<a href="https://www.example.org/2">One that is longer</a>'


def clean(html: str) -> str:
    return cleaning.clean(html, original="https://example.org/a/post").html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        pytest.param(f"<p>【相关阅读】</p><p>{OWN}</p><p>After.</p>", "<p>After.</p>", id="signs around it"),
        pytest.param(f"<p>► Related posts:</p><p>{OWN}</p><p>After.</p>", "<p>After.</p>", id="signs before and after"),
        pytest.param(f"<p>See also</p><p>{OWN}</p><p>{LONGER}</p><p>After.</p>", "<p>After.</p>", id="two links"),
        pytest.param(f"<p>See also</p><p>or {LONGER}</p><p>After.</p>", "<p>After.</p>", id="a word beside a link"),
        pytest.param(f"<p>Related: {OWN} {LONGER}</p><p>After.</p>", "<p>After.</p>", id="links in its own block"),
        pytest.param('<p><a href="https://example.org/1">See also</a></p><p>After.</p>', "<p>After.</p>", id="a link"),
        pytest.param("<p>See also</p>", "", id="at the end, with nothing"),
    ],
)
def test_label_goes_with_the_links_to_the_same_site(html: str, left: str) -> None:
    assert clean(ARTICLE + html) == ARTICLE + left


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(f"<p>See also</p><p>{OTHER}</p>", id="link to another site"),
        pytest.param('<p>See also</p><p><a href="https://notexample.org/">One</a></p>', id="site of a longer name"),
        pytest.param(f"<p>Related: {OTHER}</p>", id="link to another site in its own block"),
        pytest.param(f"<p>Related: {OWN} {OTHER}</p>", id="links to both in its own block"),
        pytest.param('<p><a href="https://other.example/1">See also</a></p>', id="itself a link to another site"),
        pytest.param(f"<p>Related: as we said in {OWN}</p>", id="a sentence"),
        pytest.param("<p>See also</p><p>No link.</p>", id="followed by text"),
        pytest.param(f"<p>See also</p><p>Mostly text beside {OWN}</p>", id="followed by more text than links"),
        pytest.param(f"<p>See also</p><p>{OWN * 10}</p>", id="heads too much of the whole"),
        pytest.param(
            '<p><a href="https://example.org/1">See also</a></p><p>a.</p><p>b.</p><p>c.</p><p>d.</p><p>e.</p>',
            id="a link far from the end",
        ),
    ],
)
def test_label_of_anything_else_stays(html: str) -> None:
    assert clean(ARTICLE + html) == ARTICLE + html
