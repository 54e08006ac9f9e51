"""The article and the title of a whole HTML page."""

import pytest

from feedsvc.posts.html_page import choose_title, find_article
from feedsvc.posts.parser import parse
from feedsvc.posts.post_file import body_of
from feedsvc.settings import Settings

TEXT = f"<p>{'The lamp is lit at dusk, and the keeper goes home. ' * 3}</p>"
LONG = TEXT * 12
LINKS = "<p><a href=/a>The lamp is lit at dusk</a>" * 50
NOTE = "<p>As the log of 1901 has it.</p>"
BOX = f"<article class=card>{TEXT}</article>"
HEADER = "<header><h1>Log</h1></header>"
CARD = "<article class=card><a href=/x>Another article</a></article>"


@pytest.mark.parametrize(
    ("page", "article"),
    [
        pytest.param(f"<nav>a</nav><article class=post>{TEXT}</article><footer>b</footer>", TEXT, id="article"),
        pytest.param(f"<nav>a</nav><main id=m>{TEXT}</main><footer>b</footer>", TEXT, id="main"),
        pytest.param(f"<main><nav>a</nav><ARTICLE>{TEXT}</ARTICLE></main>", TEXT, id="article in main"),
        pytest.param(f"<article>{TEXT}</article>{CARD}{CARD}", TEXT, id="cards of others behind it"),
        pytest.param(f"<article>{TEXT}{CARD}</article>", TEXT + CARD, id="an article in the article"),
        pytest.param(f"<main>{LONG}</main>{BOX}", LONG, id="main before a box of text"),
        pytest.param(f"{BOX}<main><h1>a</h1>{LONG}{BOX}</main>", f"<h1>a</h1>{LONG}{BOX}", id="a box of text in main"),
        pytest.param(f"<main>{NOTE}<article>{LONG}</article></main>", f"{NOTE}<article>{LONG}</article>", id="lede"),
        pytest.param(
            f"<main><figure><img src=a.png></figure><article>{LONG}</article></main>",
            f"<figure><img src=a.png></figure><article>{LONG}</article>",
            id="picture before the article",
        ),
        pytest.param(
            f"<main><article>{LONG}</article><ol><li>{NOTE}</ol></main>",
            f"<article>{LONG}</article><ol><li>{NOTE}</ol>",
            id="notes behind the article",
        ),
        pytest.param(f"<aside>{BOX * 9}</aside><article>{LONG}</article>", LONG, id="boxes of text in an aside"),
        pytest.param(
            f"<ul><li><a href=/a>{TEXT}</a></ul><article>{TEXT}</article>", TEXT, id="links to other posts beside it"
        ),
        pytest.param(
            f"<main><article>{LONG}</article><form><p>Say something</p></form><p><a href=/x><img src=x></a></p></main>",
            LONG,
            id="forms and links in main",
        ),
        pytest.param(f"<main>{LONG}</main><main>{NOTE}</main>", LONG, id="a small main behind it"),
        pytest.param(
            f"<main>{TEXT}<article>{TEXT}</article><article>{TEXT}</article></main>",
            f"{TEXT}<article>{TEXT}</article><article>{TEXT}</article>",
            id="several articles in main",
        ),
        pytest.param(
            f"<article>{TEXT}<pre>&lt;x><article></pre><!-- </article> --><script>'</article>'</script>b</article>",
            f"{TEXT}<pre>&lt;x><article></pre><!-- </article> --><script>'</article>'</script>b",
            id="tags in code, comments and scripts",
        ),
    ],
)
def test_article_of_a_page(page: str, article: str) -> None:
    assert find_article(page) == article


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"<div class=article>{TEXT}</div>", id="neither"),
        pytest.param(f"<article>{TEXT}</article><article>{TEXT}</article>", id="several, and no main"),
        pytest.param(f"{TEXT}<article>A teaser</article>", id="little text"),
        pytest.param(f"<div id=content>{LONG}</div>{BOX}", id="a comment below the text"),
        pytest.param(f"<div>{LINKS}</div>{BOX}", id="a comment below links"),
        pytest.param(f"<article>{LINKS}</article>{BOX}", id="a comment below an article of links"),
        pytest.param(f"<div>{LONG}</div><aside>{BOX}</aside>", id="a card in an aside"),
        pytest.param(f"<div>{'The lamp is lit.<br>' * 50}</div>{BOX}", id="a text without paragraphs"),
        pytest.param(f"<article>{TEXT * 5}</article><article>{TEXT * 3}</article>", id="two of much text"),
        pytest.param(f"<main><form>{TEXT}</form></main><div>{LONG}</div>", id="a small main"),
        pytest.param(f"<header><article>{LONG}</article></header>{TEXT}", id="an article in the header"),
        pytest.param(f"<article>{TEXT}", id="never closed"),
        pytest.param(f"{TEXT}</article>", id="never opened"),
        pytest.param(f"<articles>{TEXT}</articles>", id="another name"),
    ],
)
def test_otherwise_it_is_the_whole_page(page: str) -> None:
    assert find_article(page) == page


@pytest.mark.parametrize(
    ("titles", "page", "title"),
    [
        (["The lamp | Harbor Log", "The lamp"], "", "The lamp"),
        (["Harbor Log - The lamp", "The lamp"], "", "The lamp"),
        (["The lamp &amp; I · Log", "The lamp &amp; I"], "", "The lamp &amp; I"),
        (["灯塔_港口网", "灯塔"], "", "灯塔"),
        (["灯塔（一）-港口 | Harbor Log"], "<h1 class=x>灯塔（一）</h1>", "灯塔（一）"),
        (["The lamp | Log"], "<h1><span>The</span> lamp</h1>", "The lamp"),
        (["Log | The lamp"], f"{HEADER}<article><h1>The lamp</h1>{TEXT}</article>", "The lamp"),
        (["Log | The lamp", "Log"], f"{HEADER}<article><h1>The lamp</h1>{TEXT}</article>", "The lamp"),
        (["Log | The lamp"], f"{HEADER}<main><header><h1>The lamp</h1></header>{TEXT}</main>", "The lamp"),
        (["Log | The lamp", "Log"], f"<article><h1>The lamp</h1>{TEXT}</article>", "The lamp"),
        (["Log | The lamp"], "<h1>Log</h1><h1>The lamp</h1>", "The lamp"),
        (["The lamp | Log"], "<header><h1>Log</h1></header><h1>The lamp</h1>", "The lamp"),
        (["The lamp - I | Log", "The lamp - I"], f"<article><h1>The lamp</h1>{TEXT}</article>", "The lamp - I"),
        (["The lamp | Log"], f"<main><h1>The lamp</h1><article>{TEXT}</article></main>", "The lamp"),
        (["The lamp | Log"], f"<article><header><h1>The lamp</h1></header>{TEXT}</article>", "The lamp"),
        (["The lamp | Log", "The lamp"], f"{HEADER}<article>{TEXT}</article>", "The lamp"),
        (
            ["The lamp | Log", "The lamp"],
            f"<header><h1>The lamp</h1></header><main><h1>The lamp</h1>{TEXT}</main>",
            "The lamp",
        ),
    ],
)
def test_name_of_the_site_is_no_part_of_the_title(titles: list[str], page: str, title: str) -> None:
    assert choose_title(titles, page, find_article(page)) == title


@pytest.mark.parametrize(
    ("titles", "page"),
    [
        (["The lamp"], ""),
        (["The lamp", "A picture of the lamp"], ""),
        (["Vue-router explained", "Vue"], "<h1>Vue</h1>"),
        (["Rust: the good parts"], "<h1>Rust</h1>"),
        (["Harbor Log | The lamp"], "<h1><a href=/>Harbor Log</a></h1>"),
        (["The lamp | Harbor Log"], "<h1>Harbor Log</h1>"),
        (["The lamp | Harbor Log"], "<h2>The lamp</h2>"),
        (["Log | The lamp"], HEADER),
        (["Log | The lamp"], f"{HEADER}<article><h2>The lamp</h2>{TEXT}</article>"),
        (["Log | The lamp", "Log"], f"{HEADER}<article>{TEXT}</article>"),
        (["Log | The lamp", "Log"], HEADER),
        (["Log | The lamp"], f"<main>{HEADER}<article><h2>The lamp</h2>{TEXT}</article></main>"),
        (["Log | The lamp"], f"<div><h1>Log</h1></div><main>{TEXT}</main>"),
    ],
)
def test_other_titles_stay(titles: list[str], page: str) -> None:
    assert choose_title(titles, page, find_article(page)) == titles[0]


@pytest.mark.parametrize(
    ("titles", "page", "title"),
    [
        (["Log | The lamp", "Log"], "", "Log | The lamp"),
        (["Log | The lamp"], "<h1>Log</h1>", "Log | The lamp"),
        (["Log | The lamp", "Log", "The lamp"], "", "The lamp"),
        (["The lamp | A log", "The lamp"], "<header><h1>The lamp</h1></header>", "The lamp"),
        (["The lamp | Log", "The lamp"], "", "The lamp"),
    ],
)
def test_name_of_the_site_is_never_the_title(titles: list[str], page: str, title: str) -> None:
    assert choose_title(titles, page, find_article(page), "Log") == title


@pytest.mark.parametrize(
    "part",
    [
        "<article>",
        "</article>",
        "<article x",
        "<!--",
        "<script>",
        "<h1>a",
        "<h1",
        "<main><pre>",
        "<a href=x>",
        "<header>",
        "<main><p> ",
    ],
)
def test_long_pages_take_linear_time(part: str) -> None:
    page = part * 30_000

    assert find_article(page) == page
    assert choose_title([page, "a"], page, page) == page
    assert choose_title([f"a{'_' * 100_000}x-b", "b"], page, page)


def test_page_is_its_article_with_title_and_original() -> None:
    page = f"""<!doctype html><html><head><title>The lamp | Log</title><meta property="og:title" content="The lamp">
<meta property="article:published_time" content="2024-05-01T10:00:00&#43;00:00">
<link rel="canonical" href="https://log.example/lamp/?a=1&amp;b=2"></head>
<body><nav>Home</nav><article>{TEXT}</article><footer>Log</footer></body></html>"""

    reading, body = parse("lamp.html", page.encode(), Settings()), body_of(page.encode(), path="lamp.html")

    assert reading.post
    assert (reading.post.title, reading.post.original) == ("The lamp", "https://log.example/lamp/?a=1&b=2")
    assert f"{reading.post.published:%Y-%m-%d %H:%M}" == "2024-05-01 10:00"
    assert (body.text, body.is_html) == (TEXT, True)
