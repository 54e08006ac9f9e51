"""Responses carry the tags of what they show, and no more of them than a cache takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from conftest import Site

from feedsvc.config import load_settings
from feedsvc.index.change_table import FILE, MENU, POST, SITE
from feedsvc.models import ScopeKind
from feedsvc.publishing.tags import ANY, MAX_TAGS, to_tag, to_tags
from feedsvc.settings import CacheTags, Settings

if TYPE_CHECKING:
    from pathlib import Path

HUB = "https://hub.example/"
ALL = (ScopeKind.ALL.value, "")


@pytest.fixture
def tagged(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    (site.posts / "a.png").write_bytes(b"x")
    site.write("2024-01-01-a.md", "![](a.png)", tags=["a", "联合早报"], author="Li", lang="en")
    settings = replace(
        site.settings, cache_tags=CacheTags.SURROGATE_KEY, websub_hub=HUB, base_url="https://feeds.example"
    )
    found = make_site(settings)
    found.scan()
    return found


def tags_of(site: Site, target: str, **fields: str) -> set[str]:
    return set(site.get(target, **fields).headers["Surrogate-Key"].split())


@pytest.mark.parametrize(
    ("target", "changes"),
    [
        ("/rss.xml", [ALL]),
        ("/feed.json?limit=1&content=none&q=a", [ALL]),
        ("/atom.xml?not_tag=b", [ALL]),
        ("/tags/a/rss.xml", [("tag", "a")]),
        ("/tags/A/", [ANY]),
        ("/rss.xml?tag=a", [("tag", "a")]),
        ("/tags/a/rss.xml?author=Li", [("tag", "a")]),
        ("/rss.xml?tag=a&tag=%E8%81%94%E5%90%88%E6%97%A9%E6%8A%A5", [("tag", "a"), ("tag", "联合早报")]),
        ("/rss.xml?tag=a&tag=b&author=Li&author=Li2&author=Li3", [("tag", "a"), ("tag", "b")]),
        ("/rss.xml?tag=none", [ANY]),
        ("/rss.xml?tag=a&since=2030-01-01", [ANY]),
        ("/authors/Li/", [("author", "Li"), MENU]),
        ("/?tag=a", [("tag", "a"), MENU]),
        *((target, [ANY]) for target in ("/", "/tags/", "/feeds.opml", "/?q=none", "/sitemap.xml")),
        ("/files/a.png", [(FILE, "a.png")]),
        ("/static/feed.css", []),
        ("/robots.txt", []),
    ],
)
def test_response_has_the_tags_of_what_it_shows(tagged: Site, target: str, changes: list[Any]) -> None:
    assert tags_of(tagged, target) == {to_tag(SITE), *map(to_tag, changes)}


def test_page_of_a_post_goes_with_its_translations_and_the_posts_next_to_it(tagged: Site) -> None:
    expected = {
        to_tag(change) for change in ((POST, "2024-01-01-a"), (POST, "2024-01-02-b"), (POST, "2024-01-01-a.fr"))
    }
    tagged.publish("2024-01-02-b.md", lang="fr")

    assert tags_of(tagged, "/posts/2024-01-01-a/") >= expected


@pytest.mark.parametrize("target", ["/rss.xml", "/posts/2024-01-01-a/"])
def test_304_has_the_tags_of_the_200(tagged: Site, target: str) -> None:
    etag = tagged.get(target).headers["ETag"]

    assert tags_of(tagged, target, if_none_match=etag) == tags_of(tagged, target)


@pytest.mark.parametrize("target", ["/none", "/rss.xml?limit=x", "/healthz"])
def test_response_that_no_cache_keeps_has_no_tags(tagged: Site, target: str) -> None:
    assert "Surrogate-Key" not in tagged.get(target).headers


@pytest.mark.parametrize(
    ("kind", "name", "separator"), [("cache-tag", "Cache-Tag", ","), ("xkey", "xkey", " "), ("off", "", "")]
)
def test_header_is_the_one_that_the_cache_reads(
    tagged: Site, make_site: Callable[[Settings], Site], kind: str, name: str, separator: str
) -> None:
    other = make_site(replace(tagged.settings, cache_tags=CacheTags(kind)))

    headers = other.get("/tags/a/rss.xml").headers

    assert "Surrogate-Key" not in headers
    assert not name or headers[name] == separator.join(map(to_tag, [SITE, ("tag", "a")]))


def test_names_that_have_one_feed_have_one_tag() -> None:
    assert to_tag(("tag", "Rust")) == to_tag(("tag", "rust")) != to_tag(("author", "rust"))


def test_tags_are_bounded() -> None:
    many = [("tag", str(number)) for number in range(MAX_TAGS)]

    assert (to_tags(many), len(to_tags(many[1:]))) == ((to_tag(SITE), to_tag(ANY)), MAX_TAGS)


# --- purges ----

SHOWN = [
    *(
        f"/{file}"
        for file in ("", "rss.xml", "atom.xml", "feed.json", "feeds.opml", "tags/", "languages/", "sitemap.xml")
    ),
    *(f"/tags/a/{file}" for file in ("", "rss.xml", "feed.json?limit=1")),
    *("/tags/%E8%81%94%E5%90%88%E6%97%A9%E6%8A%A5/", "/?tag=a", "/?not_tag=none", "/?q=text", "/authors/Li/"),
    *("/posts/2024-01-01-a/", "/posts/2023-01-01-old/", "/posts/2024-01-03-fr/", "/files/a.png", "/languages/en/"),
]
ACTS: dict[str, Callable[[Site], object]] = {
    "edit": lambda site: site.write(
        "2024-01-01-a.md", "Other. ![](a.png)", tags=["a", "联合早报"], author="Li", lang="en"
    ),
    "first category": lambda site: site.write("2022-01-01-c.md", categories=["c"]),
    "first section": lambda site: site.write("notes/2022-01-01-c.md"),
    "third language": lambda site: site.write("2024-01-01-a.de.md", lang="de"),
    "last author goes": lambda site: site.write("2024-01-01-a.md", tags=["a", "联合早报"], lang="en"),
    "second language goes": lambda site: (site.posts / "2024-01-03-fr.md").unlink(),
    "new tag": lambda site: site.write("2022-01-01-c.md", tags=["c"]),
    "picture no longer shown": lambda site: site.write("2024-01-01-a.md", tags=["a"], author="Li", lang="en"),
    "picture": lambda site: (site.posts / "a.png").write_bytes(b"other"),
    "removal": lambda site: (site.posts / "2024-01-01-a.md").unlink(),
    "removal of a neighbor": lambda site: (site.posts / "2023-01-01-old.md").unlink(),
    "rename": lambda site: (site.posts / "2024-01-01-a.md").rename(site.posts / "2024-01-02-a.md"),
    "draft": lambda site: site.write("2024-01-01-a.md", "![](a.png)", draft=True),
}


def shown_by(site: Site) -> dict[str, tuple[int, str, set[str]]]:
    replies = {target: site.get(target) for target in SHOWN}
    return {
        target: (reply.status, reply.headers.get("ETag", ""), set(reply.headers.get("Surrogate-Key", "").split()))
        for target, reply in replies.items()
    }


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_a_change_shows_in_is_purged(tagged: Site, act: Callable[[Site], object]) -> None:
    tagged.write("2023-01-01-old.md", "[a](2024-01-01-a.md)", lang="en")
    tagged.publish("2024-01-03-fr.md", lang="fr")
    before = shown_by(tagged)
    told = max(number for number, _ in tagged.index.changes_after(0))

    act(tagged)
    tagged.scan()
    purged = {to_tag(ANY), *(to_tag(change) for _, change in tagged.index.changes_after(told))}

    after = shown_by(tagged)
    changed = {target for target in SHOWN if before[target][:2] != after[target][:2] and before[target][0] == 200}
    assert changed
    assert {target for target in changed if not before[target][2] & purged} == set()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("_data/words.yml", "word: Other\n"),
        ("_includes/sign.html", "Other\n"),
        ("_posts/2024-05-03-c.md", "---\ntitle: C\n---\nC.\n"),
    ],
)
def test_what_templates_show_of_a_change_is_purged(tmp_path: Path, path: str, text: str) -> None:
    root = tmp_path / "site"
    for name in ("_posts", "_data", "_includes"):
        (root / name).mkdir(parents=True)
    (root / "_config.yml").write_text("title: Log\n")
    (root / "_data" / "words.yml").write_text("word: Word\n")
    (root / "_includes" / "sign.html").write_text("Sign\n")
    body = "{{ site.data.words.word }} {% include sign.html %} {% for post in site.posts %}{{ post.title }}{% endfor %}"
    (root / "_posts" / "2024-05-01-a.md").write_text(f"---\ntags: [a]\n---\n{body}\n")
    (root / "_posts" / "2024-05-02-b.md").write_text("---\ntags: [b]\n---\nB.\n")
    settings = load_settings({"posts": str(root), "index": str(tmp_path / "index.sqlite")})
    site = Site(replace(settings, cache_tags=CacheTags.SURROGATE_KEY))
    site.scan()
    shown = ["/tags/a/rss.xml", "/rss.xml", "/posts/2024-05-01-a/", "/tags/a/"]
    before = {target: site.get(target) for target in shown}
    told = max(number for number, _ in site.index.changes_after(0))

    (root / path).write_text(text)
    site.scan()
    purged = {to_tag(ANY), *(to_tag(change) for _, change in site.index.changes_after(told))}

    assert {reply.status for reply in before.values()} == {200}
    assert site.get(shown[0]).body != before[shown[0]].body
    assert all(set(reply.headers["Surrogate-Key"].split()) & purged for reply in before.values())
    assert to_tag(("tag", "b")) not in purged


# --- hubs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/rss.xml", "/atom.xml", "/feed.json", "/tags/a/rss.xml", "/languages/en/atom.xml"])
def test_feed_names_its_hub_and_itself(tagged: Site, target: str) -> None:
    reply = tagged.get(target)

    own = f"https://feeds.example{target}"
    assert reply.headers["Link"] == f'<{HUB}>; rel="hub", <{own}>; rel="self"'
    assert (HUB in reply.text, own in reply.text) == (True, True)


@pytest.mark.parametrize("target", ["/rss.xml?limit=1", "/atom.xml?q=a", "/feed.json?not_tag=b", "/tags/a/?tag=b", "/"])
def test_what_no_hub_is_told_of_names_none(tagged: Site, target: str) -> None:
    reply = tagged.get(target)

    assert ("Link" in reply.headers, HUB in reply.text) == (False, False)


def test_without_a_hub_feeds_name_none(tagged: Site, make_site: Callable[[Settings], Site]) -> None:
    other = make_site(replace(tagged.settings, websub_hub=""))
    other.scan()

    assert {"hub" in other.get(target).text for target in ("/rss.xml", "/atom.xml", "/feed.json")} == {False}


def test_page_of_a_post_goes_with_the_posts_next_to_it(tagged: Site) -> None:
    for day in (2, 3):
        tagged.publish(f"2024-01-0{day}-b.md")

    assert tags_of(tagged, "/posts/2024-01-02-b/") == {
        to_tag(change) for change in (SITE, MENU, *((POST, f"2024-01-0{day}") for day in ("1-a", "2-b", "3-b")))
    }
