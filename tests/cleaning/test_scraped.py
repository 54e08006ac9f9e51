"""What other sites put around an article goes from posts taken from there; what only looks like it stays."""

import pytest

from feedsvc import cleaning

FIRST = "<p>The lamps along the harbor were lit when the ferries came in, and people stood there and waited.</p>"
SECOND = "<p>The keeper went out each evening, at four in December, and came home at nine, for forty years.</p>"
TEXT = FIRST + SECOND
NEWS = "https://news.example"


def clean(html: str, *, authors: tuple[str, ...] = ("Ann Lee", "王小明")) -> str:
    return cleaning.clean(html, original=f"{NEWS}/2024/lamps", title="Lamps", authors=authors).html


def link(text: str, path: str = "/a", host: str = NEWS) -> str:
    return f'<a href="{host}{path}">{text}</a>'


# --- lines at the head and at the tail -----------------------------------------------------------

DATES = [
    "01/09/2024 - 22:35",
    "10.11.21, 9:05 Uhr",
    "Published: 01/09/2024",
    "Le 10 novembre 2021 à 22h35",
    "10 ноября 2021 г.",
    "2021年11月7日（日曜日）",
    "Mis à jour le 3 mai 2021",
    "Monday, May 3, 2021 at 9:15 PM",
]
COUNTS = ["9 Likes", "3,908 views", "阅读 1234", "12条评论", "5 min read", "1.2k shares"]


@pytest.mark.parametrize("line", [*DATES, *COUNTS])
def test_date_or_count_alone_goes_from_the_head(line: str) -> None:
    assert clean(f"<div>{line}</div>{TEXT}") == TEXT


@pytest.mark.parametrize(
    "line", ["Chapter 5 2021", "3 people came in 2021", "1984", "10/11", "9 Likes are not enough."]
)
def test_other_line_with_numbers_stays(line: str) -> None:
    assert clean(f"<p>{line}</p>{TEXT}") == f"<p>{line}</p>{TEXT}"


def test_date_in_the_midst_of_an_article_stays() -> None:
    html = f"{TEXT}{TEXT}<p>01/09/2024</p>{TEXT}{TEXT}{TEXT}"

    assert clean(html) == html


@pytest.mark.parametrize(
    "line",
    [
        "By Ann Lee",
        "by ANN LEE",
        "Written by: Ann Lee",
        "Ann Lee",
        "Ann Lee | May 3, 2021 | 5 min read",
        "撰文｜王小明",
        "文/王小明",
        "作者：王小明",
        "Text: Ann Lee and 王小明",
    ],
)
def test_by_line_goes_if_the_feed_names_the_author(line: str) -> None:
    assert clean(f"<p>{line}</p>{TEXT}") == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "By Jane Roe",
        "撰文｜海边的风",
        "文/李四",
        "By Ann Lee and Jane Roe",
        "Ann Lee, with a picture by Jane Roe",
        "By Jane Roe | May 3, 2021",
        "By Ann Leeds",
        "Ann Lee has seen the lamps.",
    ],
)
def test_by_line_with_another_name_stays(line: str) -> None:
    assert clean(f"<p>{line}</p>{TEXT}") == f"<p>{line}</p>{TEXT}"


@pytest.mark.parametrize(
    "line",
    [
        f"{link('Home', '/')} &gt; {link('News', '/news')} &gt; Lamps",
        f"{link('Start', '')} » {link('Harbor', '/harbor')}",
        f"{link('首页', '/')} › {link('新闻', '/news')} › 正文",
    ],
)
def test_path_of_the_page_goes(line: str) -> None:
    assert clean(f"<p>{line}</p>{TEXT}") == TEXT


@pytest.mark.parametrize(
    "line",
    [
        f"{link('Lamps', '/lamps')} &gt; {link('candles', '/candles')}, said the keeper",
        f"{link('Pier', '/', 'https://other.example')} &gt; {link('News', '/', 'https://other.example')}",
        f"{link('Home', '/')} is where the lamp is",
    ],
)
def test_line_that_is_no_path_stays(line: str) -> None:
    assert clean(f"<p>{line}</p>{TEXT}").endswith(TEXT)
    assert "<a " in clean(f"<p>{line}</p>{TEXT}")


@pytest.mark.parametrize(
    "line",
    [
        "Originally published at https://news.example on May 1, 2020.",
        "This article was originally published in the Harbor Gazette.",
        "Comments",
        "评论",
        "3 Comments",
        "2 thoughts on “Lamps”",
        "Follow us on Facebook and Twitter",
        "9 Likes",
    ],
)
def test_tail_of_a_page_goes(line: str) -> None:
    assert clean(f"{TEXT}<p>{line}</p>") == TEXT


@pytest.mark.parametrize(
    "line",
    ["Comments are what he lived for.", "It was published at last.", "Nobody thought on it.", "Follow us to the pier."],
)
def test_sentence_at_the_end_stays(line: str) -> None:
    assert clean(f"{TEXT}<p>{line}</p>") == f"{TEXT}<p>{line}</p>"


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        f"<div>{link('#harbor', '/x/1')}</div><div>{link('#lamps', '/x/2')}</div>",
        f"<p>Tags: {link('harbor', '/tag/harbor')}, {link('lamps', '/tag/lamps')}</p>",
        f'<p><a rel="category tag" href="{NEWS}/c/1">Harbor studies</a></p>',
        f"<p>Filed under: {link('Sea', '/category/sea')} | {link('Light', '/topics/light')}</p>",
    ],
)
def test_line_of_tags_goes(html: str) -> None:
    assert clean(TEXT + html) == TEXT


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{link('#harbor', '/tag/1', 'https://other.example')}</p>",
        "<p>#harbor is what they call it.</p>",
        f"<p>A lamp, or {link('lamps', '/tag/lamps')}, is what he wanted.</p>",
    ],
)
def test_line_that_is_more_than_tags_stays(html: str) -> None:
    assert clean(TEXT + html) == TEXT + html


HEADLINES = "".join(f"<li>{link(text)}</li>" for text in ("Ferries stay in port", "Who pays for all the lamps?"))


@pytest.mark.parametrize("kind", ["ul", "ol"])
def test_list_of_headlines_of_the_same_site_goes(kind: str) -> None:
    assert clean(f"{TEXT}<{kind}>{HEADLINES}</{kind}>{TEXT}") == TEXT + TEXT


@pytest.mark.parametrize(
    "html",
    [
        f"<p>These tell more of it:</p><ul>{HEADLINES}</ul>",
        f"<p>我们以前的报道：</p><ul>{HEADLINES}</ul>",
        f"<h2>Sources</h2><ul>{HEADLINES}</ul>",
        f"<ul>{HEADLINES.replace(NEWS, 'https://other.example')}</ul>",
        f"<ul>{HEADLINES}<li>and a word of his own</li></ul>",
        f"<ul><li>See {link('Ferries stay in port')}</li><li>See {link('Who pays for the lamps?')}</li></ul>",
        f"<ul><li>{link('One')}</li><li>{link('Two')}</li></ul>",
    ],
)
def test_list_that_the_author_made_stays(html: str) -> None:
    assert clean(TEXT + html + TEXT) == TEXT + html + TEXT


CONTENTS = '<ul><li><a href="#a">The pier</a></li><li><a href="#b">2. The lamp</a></li></ul>'
SECTIONS = f'<h2 id="a">The pier</h2>{FIRST}<h2><span id="b"></span>The lamp</h2>{SECOND}'


@pytest.mark.parametrize("label", ["", "<p>Contents</p>", "<h2>In this article:</h2>", "<p><b>目录</b></p>"])
def test_table_of_contents_goes_with_its_label(label: str) -> None:
    cleaned = clean(f"{TEXT}{label}{CONTENTS}{SECTIONS}")

    assert cleaned == f"{TEXT}<h2>The pier</h2>{FIRST}<h2>The lamp</h2>{SECOND}"


@pytest.mark.parametrize(
    "items",
    [
        '<ul><li><a href="#a">What they did there</a></li><li><a href="#b">The lamp</a></li></ul>',
        f'<ul><li><a href="#a">The pier</a></li><li>{link("The lamp", "/b")}</li></ul>',
        '<ul><li><a href="#a">The pier</a></li><li>and another that has no heading here</li></ul>',
    ],
)
def test_list_that_is_no_table_of_contents_stays(items: str) -> None:
    assert "<ul>" in clean(TEXT + items + SECTIONS)


def test_link_that_holds_only_a_break_goes() -> None:
    assert clean(f'{FIRST}<p>A line<a href="{NEWS}/y"><br></a></p>') == f"{FIRST}<p>A line</p>"


def test_url_put_behind_the_sites_own_is_found() -> None:
    html = f'<p>A <a href="{NEWS}https://other.example/x">place</a>.</p>'

    assert 'href="https://other.example/x"' in clean(FIRST + html)


@pytest.mark.parametrize("pair", ["source=rss-47dceea4b71------2", "source=post_page", "source=friends_link"])
def test_source_that_names_a_feed_goes(pair: str) -> None:
    assert f'href="{NEWS}/a?p=2"' in clean(f'<p><a href="{NEWS}/a?p=2&amp;{pair}">x</a></p>')


@pytest.mark.parametrize("pair", ["source=book", "source=rss", "resource=rss-1"])
def test_other_source_stays(pair: str) -> None:
    assert pair in clean(f'<p><a href="{NEWS}/a?{pair}">x</a></p>')


# --- parts of a page ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["post-entry-meta", "post-entry-footer", "articleFooter", "entry__meta", "single-post-tags", "story-byline"]
)
def test_part_of_a_page_goes(name: str) -> None:
    assert clean(f'{TEXT}<div class="{name}">By: Ann. 3,908</div>') == TEXT


@pytest.mark.parametrize("name", ["meta", "footer", "lamp-meta", "posts", "article-metal", "post-entry-content"])
def test_similar_class_stays(name: str) -> None:
    assert clean(f'{TEXT}<div class="{name}">The words of it.</div>') == f"{TEXT}<p>The words of it.</p>"


def comments(attributes: str, size: int = 200, count: int = 6) -> str:
    one = f'<div class="comment"><b>reader</b><p>{"I saw it too. " * (size // 14)}</p></div>'
    return f"<section {attributes}><h2>Thoughts</h2>{one * count}</section>"


@pytest.mark.parametrize(
    "attributes", ['id="comments"', 'class="comments-area"', 'class="comment-wrapper"', 'id="disqus_thread"']
)
def test_readers_comments_go_however_long_they_are(attributes: str) -> None:
    assert clean(TEXT + comments(attributes)) == TEXT


@pytest.mark.parametrize(
    "html",
    [
        comments('id="comments"'),
        TEXT + comments('id="comments"', size=3_000),
        TEXT + comments('class="commentary"'),
    ],
    ids=["nothing else", "essays that a paper has asked for", "another class"],
)
def test_comments_that_are_the_article_stay(html: str) -> None:
    assert "I saw it too." in clean(html)


@pytest.mark.parametrize("name", ["icon-zoom.png", "magnifier.svg", "zoom-in.png", "ico_enlarge.gif"])
def test_icon_beside_a_picture_goes(name: str) -> None:
    html = f'<figure><img src="{NEWS}/1.jpg"><a href="{NEWS}/1.jpg"><img src="/img/{name}"></a></figure>'

    assert clean(TEXT + html) == f'{TEXT}<figure><img src="{NEWS}/1.jpg"></figure>'


@pytest.mark.parametrize("name", ["zoom-meeting.png", "iconic-lamp.jpg", "magnified-lens.png"])
def test_picture_with_a_similar_name_stays(name: str) -> None:
    assert name in clean(f'{TEXT}<p><img src="/img/{name}"></p>')


PLAYER = f'<figure><audio src="{NEWS}/a.mp3" controls></audio></figure>'
SHOPS = f"<p>Hear us on {link('iOS', '/app/1', 'https://apps.apple.com')}.</p>"


def test_what_leads_to_shops_of_apps_goes_beside_a_player() -> None:
    assert "Hear us" not in clean(FIRST + PLAYER + SHOPS + SECOND)


def test_what_leads_to_shops_of_apps_stays_elsewhere() -> None:
    assert "Hear us" in clean(PLAYER + FIRST + SHOPS + SECOND)
