"""Pages as browsers get them: menu, order, language, and that they are made again when these change."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from feedsvc.publishing.static_files import SCRIPT_SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site as AnySite

    from feedsvc.settings import Settings


def texts(page: str, selector: str) -> list[str]:
    return [" ".join(one.get_text().split()) for one in BeautifulSoup(page, "lxml").select(selector)]


@pytest.fixture
def chinese(settings: Settings, make_site: Callable[[Settings], AnySite]) -> AnySite:
    site = make_site(replace(settings, language="zh-CN"))
    site.publish(tags=["联合早报"])
    return site


def test_interface_speaks_the_language_of_the_site(chinese: AnySite) -> None:
    page = chinese.get("/tags/联合早报/").text

    assert '<html lang="zh-CN">' in page
    assert texts(page, "h1, h2") == ["标签 联合早报", "订阅", "1 篇文章"]
    assert "<title>Daily · 标签 联合早报</title>" in chinese.get("/tags/联合早报/rss.xml").text


def test_another_language_changes_the_etag_of_pages_and_titles_but_no_id(
    site: AnySite, make_site: Callable[[Settings], AnySite]
) -> None:
    site.publish(tags=["a"])
    german = make_site(replace(site.settings, language="de"))
    targets = ("/", "/tags/a/", "/posts/2024-01-01-a/", "/tags/a/rss.xml", "/static/feed.css")

    etags, ids = [], []
    for one in (site, german):
        one.scan()
        etags.append([one.get(target).headers["ETag"] for target in targets])
        ids.append(re.findall("<id>.*?</id>", one.get("/tags/a/atom.xml").text))

    assert all(one != other for one, other in zip(*etags, strict=True))
    assert ids[0] == ids[1]


def test_another_accent_changes_the_style_and_the_pages_that_name_it(
    site: AnySite, make_site: Callable[[Settings], AnySite]
) -> None:
    site.publish()
    red = make_site(replace(site.settings, accent="#b3261e"))
    red.scan()

    styles = [re.findall(r'href="(\./static/feedsvc\.css\?v=\w+)"', one.get("/").text)[0][1:] for one in (site, red)]

    assert styles[0] != styles[1]
    assert (site.get(styles[0]).status, "#b3261e" in red.get(styles[1]).text) == (200, True)


def test_menu_has_the_lists_that_there_are(site: AnySite) -> None:
    site.publish(tags=["a"])
    before = texts(site.get("/posts/2024-01-01-a/").text, "header nav a")

    site.publish("2024-01-02-b.md", categories=["c"])

    assert before == ["Home", "Tags", "Subscribe"]
    for target in ("/", "/tags/", "/tags/a/", "/posts/2024-01-01-a/", "/status"):
        assert texts(site.get(target).text, "header nav a") == ["Home", "Tags", "Categories", "Subscribe"]


def test_list_of_names_is_sorted_as_asked(site: AnySite) -> None:
    site.publish("2024-01-01-a.md", tags=["a", "b"])
    site.publish("2024-01-02-b.md", tags=["b"])

    names = [texts(site.get(f"/tags/{query}").text, ".names a") for query in ("", "?sort=name", "?sort=count")]

    assert names == [["a", "b"], ["a", "b"], ["b", "a"]]
    assert site.get("/tags/?sort=date").status == 400


def test_pages_of_a_sorted_list_stay_sorted(site: AnySite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.publishing.catalog.MAX_ON_LIST", 1)
    site.publish("2024-01-01-a.md", tags=["a", "b"])
    site.publish("2024-01-02-b.md", tags=["b"])

    page = site.get("/tags/?sort=count").text
    (following,) = re.findall(r'href="\.\.([^"]*)" rel="next"', page)
    second = site.get(following.replace("&amp;", "&")).text

    assert (texts(page, ".names a"), texts(second, ".names a")) == (["b"], ["a"])


def test_post_leads_to_the_next_ones(site: AnySite) -> None:
    for day in (1, 2, 3):
        site.publish(f"2024-01-0{day}-{day}.md", title=f"Day {day}")

    found = [texts(site.get(f"/posts/2024-01-0{day}-{day}/").text, ".neighbors a") for day in (1, 2, 3)]

    assert found == [["Newer Day 2"], ["Newer Day 3", "Older Day 1"], ["Older Day 2"]]


def test_new_title_of_the_next_post_shows(site: AnySite) -> None:
    site.publish("2024-01-01-a.md")
    site.publish("2024-01-02-b.md", title="Before")
    site.get("/posts/2024-01-01-a/")

    site.publish("2024-01-02-b.md", title="After")

    assert texts(site.get("/posts/2024-01-01-a/").text, ".neighbors a") == ["Newer After"]


@pytest.mark.parametrize(
    ("front", "language"), [({}, "zh-Hans"), ({"lang": "zh-TW"}, "zh-TW"), ({"title": "An English letter"}, None)]
)
def test_post_is_marked_with_its_language(site: AnySite, front: dict[str, str], language: str | None) -> None:
    body = "Text." if front.get("title") else "河畔图书馆下月试办夜间开放。"
    site.publish(body=body, **{"title": "为什么", **front})

    marks = {"/": ".entries > li", "/posts/2024-01-01-a/": "article"}
    found = [BeautifulSoup(site.get(target).text, "lxml").select(mark)[0] for target, mark in marks.items()]

    assert [one.get("lang") for one in found] == [language, language]


def test_script_of_the_page_is_the_one_that_its_policy_allows(site: AnySite) -> None:
    site.publish()

    policy = site.get("/").headers["Content-Security-Policy"]

    assert f"script-src {SCRIPT_SOURCE};" in policy
    assert "unsafe" not in policy


def test_favicon_is_there(site: AnySite) -> None:
    reply = site.get("/favicon.ico")

    assert (reply.status, reply.headers["Content-Type"], reply.body[:4]) == (
        200,
        "image/vnd.microsoft.icon",
        b"\0\0\1\0",
    )


def test_icon_and_logo_of_the_site_are_on_its_pages(
    settings: Settings, make_site: Callable[[Settings], AnySite]
) -> None:
    site = make_site(replace(settings, icon="/icon.png", logo="https://example.org/logo.png"))
    site.publish()

    soup = BeautifulSoup(site.get("/tags/").text if site.get("/tags/").status == 200 else site.get("/").text, "lxml")

    assert soup.select("link[rel=icon]")[0]["href"] == "./icon.png"
    assert soup.select(".brand img")[0].attrs == {
        "src": "https://example.org/logo.png",
        "alt": "",
        "width": "64",
        "height": "32",
    }


def test_thumbnail_has_its_size_and_comes_late(site: AnySite) -> None:
    site.publish(image="https://example.org/a.jpg")

    site.publish("2024-01-02-b.md", image="https://example.org/b.jpg")

    lead, picture = BeautifulSoup(site.get("/").text, "lxml").select(".entries img")

    assert (lead["src"], lead["width"], "loading" in lead.attrs) == ("https://example.org/b.jpg", "704", False)
    shown = {name: picture[name] for name in ("src", "alt", "width", "height", "loading")}
    assert shown == {
        "src": "https://example.org/a.jpg",
        "alt": "",
        "width": "128",
        "height": "96",
        "loading": "lazy",
    }


@pytest.mark.parametrize("target", ["/", "/tags/", "/tags/all/"])
def test_pages_are_small(site: AnySite, target: str) -> None:
    for number in range(240):
        site.write(
            f"2024-01-01-{number}.md", "字" * 500, tags=[f"标签的名字 {number}", "all"], image="https://a.example/a.jpg"
        )
    site.scan()

    assert len(site.get(target).body) <= 60_000
