"""What the head of an HTML file without front matter says of a post."""

import pytest

from feedsvc.posts.html_head import find_head
from feedsvc.posts.parser import body_of, parse
from feedsvc.settings import Settings
from feedsvc.sites import Jekyll

TIDE = """<!DOCTYPE html>
<html lang="en"><head><title>The tide &amp; I</title><!-- <meta name="date" content="1999-01-01"> -->
<meta name="date" content="2024-05-01 10:00"><meta name='keywords' content='sea, moon'>
<meta content="Ann Lee; Bo Oar" name=Authors><META NAME="description" CONTENT="Up &amp; down.">
</head><body class="x"><p>It comes and goes.</p></body></html>"""


def test_head_is_front_matter_and_no_part_of_the_text() -> None:
    reading, body = parse("tide.html", TIDE.encode(), Settings()), body_of(TIDE.encode())

    post = reading.post
    assert post
    assert (post.title, post.tags, post.language, post.summary) == ("The tide & I", ("sea", "moon"), "en", "Up & down.")
    assert ([author.name for author in post.authors], f"{post.published:%Y-%m-%d}") == (
        ["Ann Lee", "Bo Oar"],
        "2024-05-01",
    )
    assert body.text.startswith("<p>It comes")


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ('<meta property="article:published_time" content="2024-05-01">', {"date": "2024-05-01"}),
        ('<meta property="article:tag" content="a"><meta property="article:tag" content="b">', {"tags": ["a", "b"]}),
        ('<meta name="date" content="2024-05-01"><meta name="dc.date" content="2023">', {"date": "2024-05-01"}),
        ('<title>A</title><meta property="og:title" content="B">', {"title": "A"}),
        ('<meta name="viewport" content="width=1"><meta charset="utf-8"><meta name="date">', {}),
        ("<title>a < b</title>", {"title": "a < b"}),
    ],
)
def test_names_of_meta(head: str, values: dict[str, object]) -> None:
    found = find_head(f"<html><head>{head}</head><body>")

    assert found
    assert found.values == values


@pytest.mark.parametrize(
    "text",
    ["<p>Text</p>", "Text <html>", "<header>x</header>", "<html><p>no body", "", "<title>x</title>\n<body>"],
)
def test_other_text_has_no_head(text: str) -> None:
    assert find_head(text) is None


@pytest.mark.parametrize("part", ["<meta ", "<!--", "<body ", "<title>", '<meta name="', "</head> ", "<html "])
def test_long_heads_take_linear_time(part: str) -> None:
    find_head(f"<html>{part * 30_000}<body>")


def test_on_a_jekyll_site_the_whole_file_is_the_body() -> None:
    assert body_of(TIDE.encode(), Jekyll()).text == TIDE
