"""Feeds, pages and lists of languages, and translations of posts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from feedsvc.models import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings


@pytest.fixture
def site(site: Site) -> Site:
    site.write("2024-05-01-a.md", title="Tea", lang="en", tags=["cup"])
    site.write("2024-05-02-b.md", title="Thé", lang="fr", tags=["cup"])
    site.write("2024-05-03-c.md", title="茶", lang="zh_cn")
    site.write("2024-05-04-d.md", title="None")
    site.scan()
    return site


def titles(site: Site, target: str) -> set[str]:
    return {item["title"] for item in json.loads(site.get(target).body)["items"]}


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/languages/fr/feed.json", {"Thé"}),
        ("/languages/ZH-CN/feed.json", None),
        ("/languages/zh-CN/feed.json", {"茶"}),
        ("/feed.json?lang=fr", {"Thé"}),
        ("/feed.json?lang=FR&lang=en", {"Thé", "Tea"}),
        ("/feed.json?not_lang=fr", {"Tea", "茶", "None"}),
        ("/tags/cup/feed.json?lang=en", {"Tea"}),
        ("/feed.json?lang=xx", set()),
    ],
)
def test_feed_of_a_language_holds_its_posts(site: Site, target: str, found: set[str] | None) -> None:
    if found is None:
        assert site.get(target).headers["Location"] == "/languages/zh-CN/feed.json"
    else:
        assert titles(site, target) == found


@pytest.mark.parametrize("target", ["/languages/fr/rss.xml", "/tags/cup/rss.xml?lang=fr"])
def test_feed_of_a_language_is_in_it(site: Site, target: str) -> None:
    assert "<language>fr</language>" in site.get(target).body.decode()


@pytest.mark.parametrize("target", ["/", "/feeds.opml", "/languages/"])
def test_languages_are_listed(site: Site, target: str) -> None:
    body = site.get(target).body.decode()

    assert set(re.findall(r'languages/([\w-]+)/["r]', body)) == {"en", "fr", "zh-CN"}


def test_unknown_language_is_not_found(site: Site) -> None:
    assert site.get("/languages/xx/rss.xml").status == 404


@pytest.mark.parametrize("target", ["/", "/feeds.opml", "/tags/", "/posts/2024-05-01-a/"])
def test_one_language_alone_is_not_listed(site: Site, target: str) -> None:
    for name in ("2024-05-02-b.md", "2024-05-03-c.md"):
        (site.posts / name).unlink()
    site.scan()

    assert "/languages/" not in site.get(target).body.decode()
    assert site.get("/languages/").status == 404


def test_translations_name_each_other(site: Site) -> None:
    for name, language in (("salt", "en"), ("salt.fr", "fr"), ("de/salt", "de")):
        site.write(f"{name}.md", title=name, date="2024-05-05", lang=language)
    site.scan()

    pages = [site.get(f"/posts/{name}/").body.decode() for name in ("salt", "salt.fr")]

    found = [re.findall('hreflang="([^"]+)" href="[^"]*(/posts/[^"]*)"', page) for page in pages]
    assert found[0] == [("de", "/posts/de/salt/"), ("en", "/posts/salt/"), ("fr", "/posts/salt.fr/")]
    assert found[0] == found[1] or ("fr", "/posts/salt.fr/") in found[1]


def test_post_without_translations_names_none(site: Site) -> None:
    assert "hreflang" not in site.get("/posts/2024-05-01-a/").body.decode()


# --- the number of feeds -------------------------------------------------------------------------


def feeds_of(site: Site) -> dict[str, int]:
    """Return the number of feeds as each place has it; the front page lists all but that of everything."""
    names = {
        path for path in re.findall(r'href="\./(\w+/[^/"]+)/"', site.get("/").text) if not path.startswith("posts/")
    }
    return {
        "status": json.loads(site.get("/status.json").body)["feeds"],
        "status page": int(re.findall(r"<dt>Feeds</dt><dd>(\d+)</dd>", site.get("/status").text)[0]),
        "opml": site.get("/feeds.opml").text.count("xmlUrl="),
        "front page": len(names) + 1,
        "log": site.index.count_scopes(NEVER),
        "command": len(site.index.scopes(NEVER)),
    }


@pytest.mark.parametrize(
    ("languages", "count"),
    [
        (("", ""), 2),
        (("de", ""), 2),  # a language alone is all there is
        (("de", "de"), 2),
        (("de", "fr"), 4),
        (("zh-Hans", "zh-Hant"), 4),
    ],
)
@pytest.mark.parametrize("own", ["", "de"])
def test_feeds_are_counted_alike_everywhere(
    site: Site, make_site: Callable[[Settings], Site], languages: tuple[str, str], count: int, own: str
) -> None:
    folder = site.posts
    for path in [*folder.rglob("*.md")]:
        path.unlink()
    other = make_site(replace(site.settings, language=own))
    for number, language in enumerate(languages):
        other.write(f"2024-05-0{number + 1}-x.md", tags=["cup"], **({"lang": language} if language else {}))
    other.scan()

    assert {*feeds_of(other).values()} == {count}, feeds_of(other)


def test_feed_of_a_language_alone_is_there_all_the_same(site: Site, make_site: Callable[[Settings], Site]) -> None:
    for path in [*site.posts.rglob("*.md")]:
        path.unlink()
    other = make_site(replace(site.settings, language="de"))
    other.publish()

    assert other.get("/languages/de/rss.xml").status == 200


@pytest.mark.parametrize(
    ("own", "title"), [("en", "“sea”"), ("de", "„sea“"), ("fr", "«\u00a0sea\u00a0»"), ("zh-TW", "「sea」")]
)
def test_words_of_a_search_stand_in_the_quotation_marks_of_the_language(
    site: Site, make_site: Callable[[Settings], Site], own: str, title: str
) -> None:
    other = make_site(replace(site.settings, language=own))
    other.publish()

    assert f"<bdi>{title}</bdi>" in other.get("/?q=sea").text
