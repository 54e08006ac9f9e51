"""Feeds, pages and lists of languages, and translations of posts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site


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
