"""The pages as people see them: in Debian's Chromium, against the service and the sample posts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.request import urlopen

import feedparser
import pytest
from conftest import serving
from waiting import wait_until
from webdriver import Browser, browse

if TYPE_CHECKING:
    from conftest import Samples

pytestmark = pytest.mark.browser

CHINESE = f"/posts/{quote('2021-11-10-河畔图书馆下月试办夜间开放')}/"
PAGES = {
    "front": "/",
    "tag": "/tags/web%20dev/",
    "filtered": "/?not_tag=rss&q=the",
    "tags": "/tags/",
    "post": "/posts/2023-02-14-bread-by-percentages/",
    "post-in-chinese": CHINESE,
    "status": "/status",
}
EVERY_PAGE = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
SCREENS = pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
FEEDS = pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml"])
LEAVES_SHOWN = """
return [...document.querySelectorAll("*")].filter(one => !one.children.length && one.checkVisibility())
  .map(one => one.textContent)
"""


@pytest.fixture(scope="session")
def chromium(samples: Samples) -> Iterator[Browser]:
    driver, binary = shutil.which("chromedriver"), shutil.which("chromium")
    if not driver or not binary:
        pytest.skip("chromium or chromedriver is not installed")
    with browse(driver, binary, samples.url) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Browser:
    """Return the browser with a usual window width and the light color scheme."""
    chromium.width(1280)
    chromium.scheme("light")
    return chromium


def npm_file(path: str) -> Path:
    """Find a file of an npm package in the folders that Node.js would look in."""
    folders = [Path(folder) for folder in os.environ.get("NODE_PATH", "node_modules").split(os.pathsep)]
    for folder in folders:
        if (folder / path).exists():
            return folder / path
    pytest.skip(f"NODE_PATH names no folder with {path}")


# --- what people do ------------------------------------------------------------------------------


def test_words_typed_into_the_box_find_posts(page: Browser) -> None:
    page.open("/")

    page.type("input[type=search]", "bread")
    page.enter("input[type=search]")

    assert page.address.endswith("/?q=bread")
    assert page.shown(".entries h3") == "Bread by percentages: one table for every loaf"


def test_address_on_the_page_of_a_tag_is_its_feed(page: Browser) -> None:
    page.open("/")
    page.click("web dev")

    with urlopen(page.shown(".address")) as reply:
        feed = feedparser.parse(reply.read())

    assert page.address.endswith("/tags/web%20dev/")
    assert [entry.title for entry in feed.entries] == page.all_shown(".entries h3")


def test_search_within_a_tag_stays_in_it(page: Browser) -> None:
    page.open("/tags/web%20dev/")

    page.type("input[type=search]", "aunt")
    page.press("form button")

    assert page.all_shown(".entries h3") == ["A feed reader, explained to my aunt"]
    assert "/tags/web%20dev/rss.xml?q=aunt" in page.shown(".address")


def test_filter_is_taken_away_by_its_cross(page: Browser) -> None:
    page.open("/?not_tag=web+dev")
    few = page.all_shown(".entries h3")

    page.click("×")

    assert set(few) < set(page.all_shown(".entries h3"))


def test_post_is_opened_and_read(page: Browser) -> None:
    page.open("/authors/Tomas%20Lindqvist/")

    page.click("Bread by percentages: one table for every loaf")

    assert "Bakers write a recipe as shares of the flour" in page.shown("article")


@FEEDS
def test_feed_opened_in_the_browser_is_readable(page: Browser, path: str) -> None:
    page.open(path)

    shown = page.run(LEAVES_SHOWN)

    assert page.run("return getComputedStyle(document.querySelector('title')).fontSize") == "29.75px"
    assert {"The Riverside Sampler", "Three cafés and a notebook"} <= set(shown)
    assert [text for text in shown if re.search("</?[a-z]", text)] == []


@EVERY_PAGE
def test_page_runs_and_loads_nothing_but_its_style_and_pictures(page: Browser, path: str) -> None:
    page.open(path)

    loaded = page.run("return performance.getEntriesByType('resource').map(entry => [entry.initiatorType, entry.name])")

    assert page.run("return [...document.scripts].every(script => !script.src)")
    assert {kind for kind, name in loaded if name.startswith(page.home)} <= {"link", "img", "other"}
    assert "script" not in {kind for kind, _ in loaded}


# --- how it looks --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES.values(), "/rss.xml"], ids=[*PAGES, "feed"])
def test_dark_scheme_is_dark(page: Browser, path: str) -> None:
    def background() -> str:
        return str(page.run("return getComputedStyle(document.body ?? document.documentElement).backgroundColor"))

    page.open(path)
    light = background()

    page.scheme("dark")

    assert (light, background()) == ("rgb(253, 253, 251)", "rgb(25, 26, 28)")


def test_menu_of_a_phone_is_one_line(page: Browser) -> None:
    page.width(390)
    page.open("/")

    links = "document.querySelectorAll('.site nav a:not(.to-subscribe)')"
    lines = page.run(f"return [...{links}].map(link => link.getBoundingClientRect().top)")

    assert len(lines) == 5
    assert len(set(lines)) == 1


@EVERY_PAGE
@pytest.mark.parametrize("width", [320, 390])
def test_page_fits_a_phone(page: Browser, path: str, width: int) -> None:
    page.width(width)
    page.open(path)

    assert page.run("return [innerWidth, document.scrollingElement.scrollWidth]") == [width, width]


WORD = "Donaudampfschifffahrtsgesellschaft" * 8
WIDE = {
    "frame": '<iframe src="https://www.youtube.com/embed/a" width="1200" height="600"></iframe>',
    "picture": '<img src="https://a.example/a.png" width="2000" height="500" alt="A lake">',
    "video": '<video src="https://a.example/a.mp4" width="1920" height="1080" controls></video>',
    "sound": '<blockquote><ul><li><audio src="https://a.example/a.mp3" controls></audio></li></ul></blockquote>',
    "code": f"<pre><code>{WORD}</code></pre>",
    "table": f"<table><tr><th>{WORD}</th><td><pre>{WORD}</pre></td></tr></table>",
    "terms": f"<dl><dt>{'A long term of many words ' * 9}</dt><dd>{WORD}</dd></dl>",
    "ruby": f"<p><ruby>a<rt>{'reading ' * 40}</rt></ruby></p>",
    "lists": f"{'<ul><li>' * 12}{WORD}{'</li></ul>' * 12}",
    "quotes": f"{'<blockquote>' * 30}<p>{WORD}</p>{'</blockquote>' * 30}",
    "words": f'<h2>{WORD}</h2><p><code>{WORD}</code> <a href="https://a.example/{WORD}">https://a.example/{WORD}</a></p>',
}


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a post for everything that may be wider than a phone, and give the address of the service."""
    folder = tmp_path_factory.mktemp("wide")
    (folder / "posts").mkdir()
    for name, body in WIDE.items():
        front = {"title": f"{name} {WORD}", "date": "2024-01-01", "tags": [WORD[:90]], "author": WORD[:90]}
        (folder / "posts" / f"{name}.html").write_text(f"{json.dumps(front)}\n\n<p>Text.</p>{body}<p>Text.</p>")
    with serving(folder, folder / "posts") as served:
        yield served.url


@pytest.mark.parametrize("path", ["/", "/tags/", "/status", *(f"/posts/{name}/" for name in WIDE)])
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_makes_a_page_wider_than_a_phone(page: Browser, wide: str, path: str, width: int) -> None:
    page.width(width)
    page.visit(wide + path)

    assert page.run("return [innerWidth, document.scrollingElement.scrollWidth]") == [width, width]


@FEEDS
def test_feed_in_a_narrow_window_is_no_wider(page: Browser, wide: str, path: str) -> None:
    page.width(500)
    page.visit(wide + path)

    assert page.run("return document.documentElement.scrollWidth") <= 500


def test_film_in_a_frame_keeps_its_shape_on_a_phone(page: Browser, wide: str) -> None:
    page.width(390)
    page.visit(f"{wide}/posts/frame/")

    width, height = page.run(
        "const box = document.querySelector('iframe').getBoundingClientRect();return [box.width, box.height]"
    )

    assert (width, round(width / height, 2)) == (358, 1.78)


def test_code_of_a_post_from_right_to_left_is_left_to_right(page: Browser, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    front = json.dumps({"title": "שלום", "date": "2024-01-01", "language": "he"}, ensure_ascii=False)
    body = '<p>שלום עולם, זה טקסט.</p><pre><code>x = f(1)</code></pre><div dir="rtl"><pre><code>y</code></pre></div>'
    (tmp_path / "posts" / "a.html").write_text(f"{front}\n\n{body}", "utf-8")

    with serving(tmp_path, tmp_path / "posts") as served:
        page.visit(f"{served.url}/posts/a/")
        found = page.run(
            "return [...document.querySelectorAll('pre, .content')].map(one => [one.localName,"
            " getComputedStyle(one).direction, getComputedStyle(one).textAlign])"
        )

    assert found == [["div", "rtl", "start"], ["pre", "ltr", "left"], ["pre", "ltr", "left"]]


def test_line_below_a_title_from_right_to_left_keeps_the_order_of_its_words(page: Browser, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    front = json.dumps({"title": "שלום", "date": "2024-05-01", "updated": "2024-05-02"}, ensure_ascii=False)
    (tmp_path / "posts" / "a.md").write_text(f"{front}\n\nשלום עולם.\n", "utf-8")
    (tmp_path / "posts" / "feedsvc.toml").write_text('language = "de"\n', "utf-8")

    with serving(tmp_path, tmp_path / "posts") as served:
        page.visit(f"{served.url}/posts/a/")
        found = page.run(
            "return [...document.querySelectorAll('article .about > *')].map(one => {"
            "const range = document.createRange(), place = at => { range.setStart(one.firstChild, at);"
            "range.setEnd(one.firstChild, at + 1); return range.getBoundingClientRect().left };"
            "return [one.textContent.trim(), place(0) < place(one.firstChild.length - 1)] })"
        )

    assert found == [["1. Mai 2024", True], ["(aktualisiert am 02.05.2024)", True], ["1 Minute Lesezeit", True]]


def test_long_title_takes_no_more_than_a_few_lines_of_a_list(page: Browser, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    for day in (1, 2):
        front = json.dumps({"title": "A very long title " * 300, "date": f"2024-05-0{day}"})
        (tmp_path / "posts" / f"{day}.md").write_text(f"{front}\n\n# One\n\n## Two\n", "utf-8")

    with serving(tmp_path, tmp_path / "posts") as served:
        page.visit(served.url)
        in_list = page.run("return [...document.querySelectorAll('.entries h3')].map(one => one.offsetHeight)")
        page.visit(f"{served.url}/posts/1/")
        beside = page.run("return document.querySelector('.neighbors a').offsetHeight")

    assert len(in_list) == 2
    assert max(in_list) < 150
    assert beside < 150


def test_heading_of_a_post_is_no_smaller_than_those_below_it(page: Browser, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    text = "---\ntitle: T\ndate: 2024-05-01\n---\n# One\n\n## Two\n\n### Three\n"
    (tmp_path / "posts" / "a.md").write_text(text, "utf-8")

    with serving(tmp_path, tmp_path / "posts") as served:
        page.visit(f"{served.url}/posts/a/")
        sizes = page.run(
            "return [...document.querySelectorAll('h1, .content h2, .content h3')]"
            ".map(one => parseFloat(getComputedStyle(one).fontSize))"
        )

    assert len(sizes) == 4
    assert sizes == sorted(set(sizes), reverse=True)


@EVERY_PAGE
@SCREENS
def test_page_is_accessible(page: Browser, path: str, scheme: str, width: int) -> None:
    axe = npm_file("axe-core/axe.min.js").read_text(encoding="utf-8")
    page.width(width)
    page.scheme(scheme)
    page.open(path)
    page.run(axe)

    found = page.run("return axe.run().then(result => result.violations)")

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def test_pages_are_valid_html(samples: Samples, tmp_path: Path) -> None:
    command = npm_file(".bin/html-validate")
    for name, path in PAGES.items():
        with urlopen(samples.url + path) as reply:
            (tmp_path / f"{name}.html").write_bytes(reply.read())

    done = subprocess.run(
        [command, "--preset", "standard", "--formatter", "json", tmp_path], check=False, stdout=subprocess.PIPE
    )
    found = json.loads(done.stdout)

    assert [(file["filePath"], one["line"], one["message"]) for file in found for one in file["messages"]] == []


# --- subscribing ---------------------------------------------------------------------------------

LAYOUT_SHIFT = """
return new Promise(done => {
  let shift = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) shift += one.value; })
    .observe({type: "layout-shift", buffered: true});
  for (const picture of document.images) picture.loading = "eager";
  const pictures = [...document.images].map(picture => picture.decode().catch(() => null));
  Promise.all(pictures).then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(shift))));
})
"""


def test_address_is_copied_by_a_press(page: Browser) -> None:
    page.allow("clipboardReadWrite", "clipboardSanitizedWrite")
    page.open(f"/tags/{quote('联合早报')}/")

    page.push(".subscribe button")

    wait_until(lambda: page.shown(".subscribe button") == "Copied")
    assert page.run("return navigator.clipboard.readText()") == page.home + f"/tags/{quote('联合早报')}/rss.xml"


def test_address_is_shown_in_its_own_script_and_selected_by_a_click(page: Browser) -> None:
    page.open(f"/tags/{quote('联合早报')}/")

    page.push(".address")

    assert page.shown(".address") == f"{page.home}/tags/联合早报/rss.xml"
    assert page.run("return getSelection().toString().trim()") == f"{page.home}/tags/联合早报/rss.xml"


def test_card_works_without_scripts(page: Browser) -> None:
    with page.without_scripts():
        page.open("/tags/web%20dev/")

        assert page.run("return document.querySelector('.subscribe button').checkVisibility()") is False
        assert page.shown(".address") == f"{page.home}/tags/web%20dev/rss.xml"


def test_newcomer_subscribes_to_a_tag_on_a_phone(page: Browser) -> None:
    page.width(390)
    page.open("/")

    page.click("Tags")
    page.click("联合早报")

    top = page.run("return document.querySelector('.address').getBoundingClientRect().bottom")
    assert top < 500  # on the first screen
    with urlopen(page.home + "/tags/" + quote("联合早报") + "/rss.xml") as reply:
        assert feedparser.parse(reply.read()).entries


def test_keys_reach_the_content_first(page: Browser) -> None:
    page.open("/tags/web%20dev/")

    page.key("\ue004")  # Tab

    assert page.run("return document.activeElement.textContent") == "Skip to content"
    assert page.run("return document.activeElement.getBoundingClientRect().left") >= 0


# --- settings of the look, and other languages ---------------------------------------------------

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNgYPiPBw1j6f//AVdsY52HxzM9AAAAAElFTkSuQmCC"
ACCENTS = ["#ffff00", "#000080", "#ff0000", "#808080"]


@pytest.fixture(scope="module", params=ACCENTS)
def painted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve Chinese posts with pictures in an accent color, and give the address of the service."""
    folder = tmp_path_factory.mktemp("painted")
    (folder / "posts").mkdir()
    (folder / "posts" / "a.png").write_bytes(b64decode(PICTURE))
    settings = f'language = "zh-CN"\naccent = "{request.param}"\nicon = "/icon.svg"\ntitle = "山谷来信"\n'
    (folder / "posts" / "feedsvc.toml").write_text(settings, "utf-8")
    for day in range(1, 8):
        front = {"title": f"第 {day} 天", "date": f"2024-01-0{day}", "tags": ["短讯"], "categories": ["c"]}
        body = f"![](a.png)\n\n河畔图书馆*夜间*开放，座位 {day} 个。\n\n---\n\n```\nx = f({day})\n```\n"
        text = f"{json.dumps(front, ensure_ascii=False)}\n\n{body}"
        (folder / "posts" / f"2024-01-0{day}-a.md").write_text(text, "utf-8")
    with serving(folder, folder / "posts") as served:
        yield served.url


PAINTED = {"front": "/", "tag": f"/tags/{quote('短讯')}/", "tags": "/tags/", "post": "/posts/2024-01-03-a/"}


@pytest.mark.parametrize("path", PAINTED.values(), ids=PAINTED)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_in_any_accent_is_accessible(page: Browser, painted: str, path: str, scheme: str) -> None:
    axe = npm_file("axe-core/axe.min.js").read_text(encoding="utf-8")
    page.width(390)
    page.scheme(scheme)
    page.visit(painted + path)
    page.run(axe)

    found = page.run("return axe.run().then(result => result.violations)")

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("path", PAINTED.values(), ids=PAINTED)
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_pictures_come(page: Browser, painted: str, path: str, width: int) -> None:
    page.width(width)
    page.visit(painted + path)

    assert page.run(LAYOUT_SHIFT) == 0


def test_chinese_is_set_as_chinese(page: Browser, painted: str) -> None:
    page.visit(f"{painted}/posts/2024-01-03-a/")

    style = page.run(
        "const em = getComputedStyle(document.querySelector('em')), body = getComputedStyle(document.body);"
        "return [em.fontStyle, em.textEmphasisStyle, body.lineBreak, body.textAutospace]"
    )

    assert style == ["normal", "dot", "strict", "normal"]


def test_print_leaves_out_what_paper_cannot_do(page: Browser, painted: str) -> None:
    page.visit(f"{painted}/posts/2024-01-03-a/")

    with page.printing():
        hidden = page.run(
            "return ['.site nav', '.subscribe', '.neighbors', 'h1', '.content']"
            ".map(one => document.querySelector(one).checkVisibility())"
        )

    assert hidden == [False, False, False, True, True]
