"""Filters and search: every two of them together, against a plain model, and what of them is refused."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

POSTS: list[dict[str, Any]] = [
    {
        "title": f"Post {number} {'中国新闻' if number % 4 else 'Café'}",
        "date": f"2024-01-{number + 1:02} 12:00:00",
        "tags": ["a", "b"][: number % 3],
        "categories": ["x"] if number % 2 else ["y"],
        "author": "Li" if number % 5 else "Ann",
        "summary": "rare" if number == 7 else "",
    }
    for number in range(20)
]
FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "tag=a": lambda post: "a" in post["tags"],
    "category=x": lambda post: "x" in post["categories"],
    "author=Li": lambda post: post["author"] == "Li",
    "not_tag=b": lambda post: "b" not in post["tags"],
    "not_category=y": lambda post: "y" not in post["categories"],
    "not_author=Ann": lambda post: post["author"] != "Ann",
    "q=中": lambda post: "中" in post["title"],
    "since=2024-01-05": lambda post: post["date"] >= "2024-01-05",
    "until=2024-01-15": lambda post: post["date"] < "2024-01-16",
}
SHAPES = {"limit=3": slice(0, 3), "limit=2&page=2": slice(2, 4), "content=none": slice(0, 20)}


@pytest.fixture
def full(site: Site) -> Site:
    for number, post in enumerate(POSTS):
        site.write(f"{number:02}.md", **{key: value for key, value in post.items() if value})
    site.scan()
    return site


def titles(site: Site, query: str) -> list[str]:
    reply = site.get(f"/feed.json?{query}")
    assert reply.status == 200
    return [item["title"] for item in json.loads(reply.body)["items"]]


def expected(*queries: str) -> list[str]:
    return [post["title"] for post in reversed(POSTS) if all(FILTERS[query](post) for query in queries)]


@pytest.mark.parametrize(("one", "other"), list(combinations(FILTERS, 2)))
def test_two_filters_add_up(full: Site, one: str, other: str) -> None:
    assert titles(full, f"{one}&{other}") == expected(one, other)


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_filter_and_a_shape_add_up(full: Site, query: str, shape: str) -> None:
    found = expected(query)

    assert titles(full, f"{query}&{shape}") == found[SHAPES[shape]]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=中国", 15),
        ("q=中国 新闻", 15),
        ("q=国中", 0),
        ("q=CAFÉ", 5),
        ("q=cafe%CC%81", 5),
        ("q=ｃａｆé", 5),
        ("q=rare", 1),
        ("q=ann", 4),
        ("q=%25", 0),
        ("q=post_7", 0),
        ("q=7%20c", 0),
        ("q=", 20),
        ("q=" + "post " * 100, 20),
        ("since=2024-01-20&until=2024-01-20", 1),
        ("since=2024-01-10&until=2024-01-01", 0),
        ("since=", 20),
        ("limit=&page=&content=", 20),
        ("until=9999-12-31", 20),
        ("since=0001-01-01", 20),
    ],
)
def test_words_and_days_select_posts(full: Site, query: str, count: int) -> None:
    assert len(titles(full, query)) == count


@pytest.mark.parametrize("query", ["since=yesterday", "until=2024-13-01", "since=0", "until=2024-01"])
def test_what_is_no_day_is_refused(full: Site, query: str) -> None:
    reply = full.get(f"/rss.xml?{query}")

    assert (reply.status, reply.text) == (400, f"{query.partition('=')[0]}: must be a day like 2024-05-01\n")


def test_a_day_is_one_of_the_site_s_time_zone(full: Site, make_site: Callable[..., Site]) -> None:
    from dataclasses import replace  # noqa: PLC0415
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    other = make_site(replace(full.settings, timezone=ZoneInfo("Pacific/Auckland"), index=full.settings.posts / ".i"))
    other.scan()

    assert titles(other, "since=2024-01-05&until=2024-01-05") == ["Post 4 Café"]


@pytest.mark.parametrize("query", ["q=中国", "since=2024-01-01", "until=2024-02-01"])
def test_documents_of_a_search_are_not_kept(full: Site, query: str) -> None:
    publisher = full.app.extensions["feedsvc"]
    before = len(publisher.documents)

    full.get(f"/rss.xml?{query}")

    assert len(publisher.documents) == before


def test_spelling_makes_no_other_document(full: Site) -> None:
    queries = ["tag=a&tag=b&limit=20", "tag=b&tag=a", "tag=b&tag=a&tag=a&page=1&utm_source=x"]

    assert len({full.get(f"/rss.xml?{query}").headers["ETag"] for query in queries}) == 1


# --- on pages ------------------------------------------------------------------------------------


def page(site: Site, target: str) -> BeautifulSoup:
    return BeautifulSoup(site.get(target).body, "lxml")


def test_a_page_shows_its_filters_each_of_which_can_be_removed(full: Site) -> None:
    soup = page(full, "/tags/a/?author=Li&q=中国&since=2024-01-02")

    removals = {item.bdi.get_text(): item.a["href"] for item in soup.select(".filters li")}
    base = "../../tags/a/?"
    assert removals == {
        "author Li": f"{base}q=%E4%B8%AD%E5%9B%BD&since=2024-01-02",
        "“中国”": f"{base}author=Li&since=2024-01-02",
        "since 2024-01-02": f"{base}author=Li&q=%E4%B8%AD%E5%9B%BD",
    }


def test_a_page_names_the_feeds_of_exactly_its_selection(full: Site) -> None:
    soup = page(full, "/tags/a/?author=Li")

    links = [link["href"] for link in soup.select("link[rel=alternate]")]
    assert links == [
        f"http://feeds.example.org/tags/a/{name}?author=Li" for name in ("rss.xml", "atom.xml", "feed.json")
    ]


def test_a_search_keeps_the_other_filters(full: Site) -> None:
    form = page(full, "/tags/a/?author=Li&q=old").select_one("form")
    assert form

    fields = {field["name"]: field["value"] for field in form.select("input")}
    assert (form["action"], fields) == ("../../tags/a/", {"author": "Li", "q": "old"})


def test_a_search_from_the_front_page_searches_everything(full: Site) -> None:
    soup = page(full, "/?q=rare")

    assert [link.get_text() for link in soup.select(".entries h3 a")] == ["Post 7 中国新闻"]


# --- names that no post has ----------------------------------------------------------------------

BASE = "http://feeds.example.org"


def own_links(site: Site, query: str) -> tuple[str, str]:
    """Return the URLs of an empty feed and of its page; both must have a response."""
    document = json.loads(site.get(f"/feed.json?{query}").body)
    links = document["feed_url"].removeprefix(BASE), document["home_page_url"].removeprefix(BASE)
    assert ([site.get(link).status for link in links], document["items"]) == ([200, 200], [])
    return links


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("tag=none-such", "tag=none-such"),
        ("author=nobody", "author=nobody"),
        ("category=none", "category=none"),
        ("q=x&not_author=Ann&tag=none", "tag=none&not_author=Ann&q=x"),
        ("author=Li&tag=none", "tag=none&author=Li"),
    ],
)
def test_feed_of_a_name_that_no_post_has_keeps_its_own_address(full: Site, query: str, canonical: str) -> None:
    assert own_links(full, query) == (f"/feed.json?{canonical}", f"/?{canonical}")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("tag=a", "/tags/a/feed.json"),
        ("tag=A", "/tags/a/feed.json"),
        ("tag=a&not_author=nobody", "/tags/a/feed.json?not_author=nobody"),
        ("tag=a&tag=none", "/feed.json?tag=a&tag=none"),
    ],
)
def test_feed_of_a_name_that_posts_have_is_that_of_its_path(full: Site, query: str, path: str) -> None:
    assert json.loads(full.get(f"/feed.json?{query}").body)["feed_url"] == BASE + path


def test_known_name_beside_one_that_no_post_has_is_in_the_path(full: Site) -> None:
    assert own_links(full, "tag=a&author=nobody")[0] == "/tags/a/feed.json?author=nobody"


def test_empty_feed_keeps_its_id_when_the_first_post_comes(full: Site) -> None:
    def feed_id(query: str = "") -> str:
        return str(BeautifulSoup(full.get(f"/atom.xml{query}").body, "xml").select_one("feed > id"))

    before = feed_id("?tag=new")
    full.publish("20.md", date="2024-02-01", tags=["new"])

    assert (feed_id("?tag=new"), feed_id() == before) == (before, False)
