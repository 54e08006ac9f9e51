"""Frames: which stay, what they may do, and why others go."""

import pytest

from feedsvc import cleaning


def clean(html: str) -> str:
    return cleaning.clean(html, original="https://example.org/a/post").html


@pytest.mark.parametrize(
    "url", ["https://evil.example\\@www.youtube.com/embed/x", "https://user:pw@www.youtube.com:8443/embed/x"]
)
@pytest.mark.parametrize("filler", ["", "<i>" * 40_000], ids=["cleaned", "too large"])
def test_frame_with_more_than_a_host_in_its_url_is_removed(url: str, filler: str) -> None:
    assert "<iframe" not in clean(f'{filler}<p>Text</p><iframe src="{url}"></iframe>')


@pytest.mark.parametrize("filler", ["", "<p>" * 40_000], ids=["cleaned", "too large"])
def test_no_frame_may_do_more_than_play(filler: str) -> None:
    frame = '<iframe src="https://www.youtube.com/embed/x" sandbox="allow-top-navigation" referrerpolicy="unsafe-url">'

    html = clean(f"{filler}{frame}</iframe>")

    assert "allow-top-navigation" not in html
    assert "unsafe-url" not in html


@pytest.mark.parametrize(
    "frame",
    ["<iframe></iframe>", '<iframe src="about:blank"></iframe>', '<iframe src="//buttons.github.io/x"></iframe>'],
    ids=["none", "nothing", "a button"],
)
def test_explanation_says_why_a_frame_went(frame: str) -> None:
    assert [removal.rule for removal in cleaning.explain(f"<p>Text.</p>{frame}")] == ["frame without URL"]
