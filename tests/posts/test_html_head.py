"""What the head of an HTML file without front matter says of a post."""

import pytest

from feedsvc.posts.html_head import find_page
from feedsvc.posts.parser import parse
from feedsvc.posts.post_file import body_of
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
        (
            '<script type="application/ld+json">{"@type": "Article", "datePublished" : "2024-05-01"}</script>',
            {"date": "2024-05-01"},
        ),
        (
            '<script>{"datePublished": "2024-05-02"}</script><meta name="date" content="2024-05-01">',
            {"date": "2024-05-01"},
        ),
        ('<script>{"datePublished": "", "dateModified": "2024-05-02"}</script>', {}),
        (
            '<script>{"datePublished": "2024-05-01T10:00:00\\u002B08:00"}</script>',
            {"date": "2024-05-01T10:00:00+08:00"},
        ),
        (
            '<meta itemprop="datePublished" content="2024-05-01T10:00:00&#43;08:00">',
            {"date": "2024-05-01T10:00:00+08:00"},
        ),
        ('<meta property="og:image" content="/a.png?x=1&amp;y=2">', {"image": "/a.png?x=1&y=2"}),
        ('<link href="https://log.example/a" rel=canonical>', {"link": "https://log.example/a"}),
        ('<link rel="canonical" href="https://log.example/">', {}),
        ('<link rel="canonical" href="/a"><link rel="alternate" href="https://log.example/a">', {}),
        ('<meta itemprop="datePublished" content="2024-05-01">', {"date": "2024-05-01"}),
        ('<meta itemprop="dateModified" content="2024-05-02">', {"modified": "2024-05-02"}),
        ('<title>A</title><meta property="og:title" content="B">', {"title": "A"}),
        (
            '<title>B | A</title><meta property="og:title" content="B"><meta property="og:site_name" content="B">',
            {"title": "B | A"},
        ),
        ('<meta name="viewport" content="width=1"><meta charset="utf-8"><meta name="date">', {}),
        ("<title>a < b</title>", {"title": "a < b"}),
    ],
)
def test_meta_elements_are_read_by_their_names(head: str, values: dict[str, object]) -> None:
    found = find_page(f"<html><head>{head}</head><body>")

    assert found
    assert found.values == values


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html>\n<!-- saved from url=(0031)https://news.example/2024/tide -->\n<html>",
        "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://news.example/2024/tide \n-->",
        "<!-- saved from url=(0031)https://news.example/2024/tide -->\n<!DOCTYPE html>\n<html>",
    ],
)
def test_page_that_a_browser_saved_names_its_original(start: str) -> None:
    text = f'{start}<head><meta property="article:published_time" content="2024-05-01"></head><body>Text'

    post = parse("tide.html", text.encode(), Settings()).post

    assert post
    assert post.original == "https://news.example/2024/tide"


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?>\n<!DOCTYPE html>\n<!-- a -->\n<html><head><meta name="link" content="x"></head><body>',
        "<!-- saved from url=(0014)about:internet -->\n<html><head></head><body>",
        "<html><head><!-- url: https://news.example/ --></head><body>",
        "<html><head></head><body><!-- saved from url=(0021)https://news.example/ --></body>",
    ],
)
def test_other_pages_name_none(text: str) -> None:
    found = find_page(text)

    assert found
    assert "link" not in found.values


@pytest.mark.parametrize(
    "text",
    [
        "<p>Text</p>",
        "Text <html>",
        "<header>x</header>",
        "<!-- a --> <p>",
        "<!doctype html><!-- a <html>",
        "<html><p>no body",
        "",
        "<title>x</title>\n<body>",
    ],
)
def test_other_text_has_no_head(text: str) -> None:
    assert find_page(text) is None


@pytest.mark.parametrize("part", ["<meta ", "<!--", "<body ", "<title>", '<meta name="', "</head> ", "<html "])
def test_long_heads_take_linear_time(part: str) -> None:
    find_page(f"<html>{part * 30_000}<body>")


def test_on_a_jekyll_site_the_whole_file_is_the_body() -> None:
    assert body_of(TIDE.encode(), Jekyll()).text == TIDE
