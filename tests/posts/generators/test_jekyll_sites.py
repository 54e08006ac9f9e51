"""Small sites and what Jekyll 4.3 with jekyll-feed 0.17 made of them: posts, feeds and their order are the same here.

`tests/data/jekyll/make_truth.py` writes what they made of them. Where feedsvc differs, the tables below say why.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from lxml import etree

from feedsvc.config import load_settings
from feedsvc.models import NEVER, Content, FeedRequest, Format, Post, Scope
from feedsvc.publishing.ids import entry_id, permalink

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings

    Open = Callable[..., Site]
    Differences = set[tuple[str, str]]

FOLDER = Path(__file__).parents[2] / "data" / "jekyll"
SITES = sorted(path.parent.name for path in FOLDER.glob("*/_config.yml"))
WITH_TEMPLATE = sorted(path.parent.name for path in FOLDER.glob("*/by-hand.xml"))
BUILT_AT = datetime(2025, 1, 1, 12, tzinfo=UTC)  # as make_truth.py has it
ATOM = {"a": "http://www.w3.org/2005/Atom"}

# (what it is about, the field): why it is not as Jekyll has it.
REFERENCES = "character references are decoded, as readers of jekyll-feed's feed see them"
POSTS_DIFFER = {
    "harbour": {
        ("_posts/2021-08-10-bad-yaml.md", "published"): "Jekyll dates it by each build; here it is an error of `check`",
        ("_posts/2021-08-09-no-bytes.md", "published"): "a file without a byte is taken for one being written",
        ("_posts/2021-07-01-published-draft.md", "published"): "a page of the site, but in no feed of jekyll-feed",
        ("_posts/2021-08-01-title-blank.md", "title"): "no post is without a title: the file's name",
        ("_posts/2021-06-01-tags-wide.md", "tags"): "white space in a name is one blank",
        ("_posts/2021-06-01-tags-twice.md", "tags"): "a post carries a name once",
        ("_posts/2021-06-02-categories-numbers.md", "categories"): "Jekyll keeps the number beside its text",
        ("_posts/2021-06-01-tags-list.md", "tags"): REFERENCES,
        ("_posts/2021-08-01-title-markup.md", "title"): "plain text, as jekyll-feed has it",
        ("_posts/2021-08-01-title-reference.md", "title"): REFERENCES,
    }
}
FIRST_AUTHOR = "jekyll-feed names the first of several authors"
ONE_CATEGORY = "jekyll-feed leaves out other categories where `category` is set"
EXCERPT = "a summary is the first 280 characters, whatever the excerpt's separator"
ENTRIES_DIFFER = {
    "harbour": {
        ("_posts/2021-08-03-author-list.md", "authors"): FIRST_AUTHOR,
        (
            "_posts/2021-08-03-author-email.md",
            "authors",
        ): "jekyll-feed prints Ruby's hash; here the address's first part",
        ("_posts/2021-06-02-categories-both.md", "categories"): ONE_CATEGORY,
        ("潮汐/_posts/2021-06-05-涨潮.md", "categories"): ONE_CATEGORY,
        ("_posts/2021-06-01-tags-wide.md", "categories"): "white space in a name is one blank",
        ("_posts/2021-08-12-rule-in-text.md", "summary"): EXCERPT,
        ("_posts/2021-08-08-empty.md", "summary"): "an entry without text says its title",
        ("_posts/2021-08-01-title-blank.md", "title"): "no post is without a title: the file's name",
        ("_posts/2021-06-01-tags-list.md", "categories"): "jekyll-feed writes the reference of a tag as it stands",
    },
    "ties": {
        ("_posts/2021-12-29-own-mark.md", "summary"): EXCERPT,
        ("_posts/2021-12-26-none.md", "summary"): "no excerpt there where its separator is empty",
    },
}
FEEDS_DIFFER = {
    "harbour": {
        ("feed/by_tag/rope.xml", "repeated"): "jekyll-feed lists a post twice that carries the tag twice",
    }
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as a reader shows it."""

    id: str
    link: str
    title: str
    published: datetime
    updated: datetime
    categories: frozenset[str]
    authors: tuple[str, ...]
    summary: str


def truth_of(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return truth


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the indexes of the sites, which are only ever read, from test to test."""
    return tmp_path_factory.mktemp("indexes")


@pytest.fixture
def open_site(indexes: Path, make_site: Callable[[Settings], Site]) -> Open:
    """Read one of the sites on the day it was built."""

    def opened(name: str, **given: object) -> Site:
        site = make_site(load_settings({"posts": FOLDER / name, "index": indexes / f"{name}.sqlite", **given}))
        site.now = BUILT_AT
        site.scan()
        return site

    return opened


def posts_of(site: Site) -> dict[str, Post]:
    """List the posts that are published, by path."""
    request = FeedRequest(Scope(), Format.ATOM, 1_000, Content.NONE)
    due = NEVER if site.settings.future else BUILT_AT
    return {post.path: post for post in site.index.select(request, due)}


# --- posts ---------------------------------------------------------------------------------------


def as_found(post: Post, settings: Settings) -> dict[str, object]:
    return {
        "url": post.url,
        "id": post.site_id,
        "absolute_url": permalink(post, settings),
        "title": post.title,
        "date": post.published,
        "tags": list(post.tags),
        "categories": list(post.categories),
        "published": True,
    }


def as_expected(row: dict[str, Any]) -> dict[str, object]:
    title = row["title"] if isinstance(row["title"], str) else json.dumps(row["title"])
    return {**row, "title": " ".join(title.split()), "date": datetime.fromisoformat(row["date"])}  # a title is one line


@pytest.mark.parametrize("name", SITES)
def test_every_post_is_as_jekyll_has_it(open_site: Open, name: str) -> None:
    site = open_site(name)
    ours = posts_of(site)
    differing: Differences = set()

    for row in truth_of(name)["posts"]:
        post = ours.get(row["path"])
        if (post is not None) != row["published"]:
            differing.add((row["path"], "published"))
        elif post:
            expected, found = as_expected(row), as_found(post, site.settings)
            differing |= {(row["path"], key) for key in found if found[key] != expected[key]}

    assert differing == POSTS_DIFFER.get(name, {}).keys()


@pytest.mark.parametrize("name", SITES)
def test_no_other_file_of_a_site_is_a_post(open_site: Open, name: str) -> None:
    assert posts_of(open_site(name)).keys() <= {row["path"] for row in truth_of(name)["posts"]}


# --- jekyll-feed's feeds -------------------------------------------------------------------------


def entries_of(document: bytes) -> list[Entry]:
    feed = etree.fromstring(document)
    return [to_entry(entry, names(feed)) for entry in feed.iterfind("a:entry", ATOM)]


def to_entry(entry: Any, authors: tuple[str, ...]) -> Entry:
    """Read an entry; one without an author has the feed's (RFC 4287 section 4.1.2)."""
    link = next(link for link in entry.iterfind("a:link", ATOM) if link.get("rel", "alternate") == "alternate")
    return Entry(
        id=entry.findtext("a:id", "", ATOM),
        link=link.get("href", ""),
        title=plain(entry, "title"),
        published=datetime.fromisoformat(entry.findtext("a:published", "", ATOM)),
        updated=datetime.fromisoformat(entry.findtext("a:updated", "", ATOM)),
        categories=frozenset(category.get("term") for category in entry.iterfind("a:category", ATOM)),
        authors=names(entry) or authors,
        summary=plain(entry, "summary"),
    )


def names(parent: Any) -> tuple[str, ...]:
    return tuple(author.findtext("a:name", "", ATOM) for author in parent.iterfind("a:author", ATOM))


def plain(entry: Any, name: str) -> str:
    """Read a text construct without markup (RFC 4287 section 3.1)."""
    found = entry.find(f"a:{name}", ATOM)
    text = "" if found is None else found.text or ""
    return unescape(text) if found is not None and found.get("type") == "html" else text


def to_expected(id_: str, row: dict[str, Any], site: Site) -> Entry:
    """Read what jekyll-feed wrote; an author without a name, which Atom does not know, is the site."""
    return Entry(
        id=id_,
        link=row["link"],
        title=" ".join(unescape(row["title"]).split()),
        published=datetime.fromisoformat(row["published"]),
        updated=datetime.fromisoformat(row["updated"]),
        categories=frozenset(row["categories"]),
        authors=tuple(name or site.settings.title for name in row["author"]),
        summary=unescape(row["summary"]),
    )


def ids_missing(name: str, truth: dict[str, Any]) -> set[str]:
    """List the ids of the posts that are not published here, as jekyll-feed has them."""
    left_out = {path for path, field in POSTS_DIFFER.get(name, {}) if field == "published"}
    links = {row["absolute_url"] for row in truth["posts"] if row["path"] in left_out}
    return {id_ for id_, entry in truth["entries"].items() if entry["link"] in links}


@pytest.mark.parametrize("name", SITES)
def test_every_feed_of_jekyll_feed_has_its_id_and_its_entries_in_their_order(open_site: Open, name: str) -> None:
    site, truth = open_site(name), truth_of(name)
    missing = ids_missing(name, truth)
    differing: Differences = set()

    for path, feed in truth["feeds"].items():
        reply = site.get(f"/{quote(path)}")
        if path == "by-hand.xml":
            continue
        if reply.status != 200:
            differing.add((path, "missing"))
            continue
        expected = [id_ for id_ in feed["entries"] if id_ not in missing]
        once = list(dict.fromkeys(expected))
        found = [entry.id for entry in entries_of(reply.body)]
        problems = {"repeated": once != expected, "order": once != found}
        problems["id"] = etree.fromstring(reply.body).findtext("a:id", "", ATOM) != feed["id"]
        differing |= {(path, problem) for problem, is_there in problems.items() if is_there}

    assert differing == FEEDS_DIFFER.get(name, {}).keys()


@pytest.mark.parametrize("name", SITES)
def test_every_entry_is_as_jekyll_feed_has_it(open_site: Open, name: str) -> None:
    site, truth = open_site(name), truth_of(name)
    paths = {entry_id(post, site.settings): path for path, post in posts_of(site).items()}
    differing: Differences = set()
    compared = set()

    for path in truth["feeds"].keys() - {"by-hand.xml", *(path for path, _ in FEEDS_DIFFER.get(name, {}))}:
        for found in entries_of(site.get(f"/{quote(path)}").body):
            expected = to_expected(found.id, truth["entries"][found.id], site)
            compared.add(found.id)
            differing |= {
                (paths[found.id], key) for key in Entry.__slots__ if getattr(found, key) != getattr(expected, key)
            }

    assert differing == ENTRIES_DIFFER.get(name, {}).keys()
    assert compared >= truth["entries"].keys() & paths.keys()


# --- one order everywhere ------------------------------------------------------------------------


def ids_on_pages(site: Site, address: str) -> list[str]:
    """List the ids of all pages of a feed, three posts a page."""
    found: list[str] = []
    target = f"{address}{'&' if '?' in address else '?'}limit=3"
    while True:
        document = json.loads(site.get(f"{target}&page={len(found) // 3 + 1}").body)
        found += [item["id"] for item in document["items"]]
        if "next_url" not in document:
            return found


@pytest.mark.parametrize("name", WITH_TEMPLATE)
def test_a_feed_made_by_hand_of_all_posts_has_its_ids_in_their_order(open_site: Open, name: str) -> None:
    site, truth = open_site(name, id_scheme="jekyll"), truth_of(name)
    left_out = {path for path, field in POSTS_DIFFER.get(name, {}) if field == "published"}
    missing = {f"{site.settings.jekyll.url}{row['id']}" for row in truth["posts"] if row["path"] in left_out}  # type: ignore[union-attr]

    found = ids_on_pages(site, "/feed.json")

    assert found == [id_ for id_ in truth["feeds"]["by-hand.xml"]["entries"] if id_ not in missing]


@pytest.mark.parametrize(
    ("name", "path", "address"),
    [
        ("harbour", "feed.xml", "/feed.json"),
        ("harbour", "feed/boats.xml", "/categories/boats/feed.json"),
        ("harbour", "feed/boats.xml", "/feed.json?category=boats"),
        ("harbour", "feed/by_tag/names.xml", "/tags/names/feed.json"),
        ("harbour", "feed/by_tag/names.xml", "/feed.json?tag=names&not_tag=rope"),
        ("garden", "feed/by_tag/seed.xml", "/tags/seed/feed.json"),
        ("garden", "feed/by_tag/seed.xml", "/feed.json?tag=seed"),
    ],
)
def test_our_own_feeds_have_the_order_of_jekyll_feed_on_all_pages(
    open_site: Open, name: str, path: str, address: str
) -> None:
    truth = truth_of(name)
    missing = ids_missing(name, truth)

    found = ids_on_pages(open_site(name), address)

    assert found == [id_ for id_ in truth["feeds"][path]["entries"] if id_ not in missing]


@pytest.mark.parametrize(
    ("address", "tag"), [("/feed.json", ""), ("/tags/knot/feed.json", "knot"), ("/feed.json?tag=noon", "noon")]
)
def test_equal_dates_go_by_path_beyond_the_limit_of_jekyll_feed(open_site: Open, address: str, tag: str) -> None:
    site = open_site("ties")
    paths = {entry_id(post, site.settings): path for path, post in posts_of(site).items()}
    rows = [row for row in truth_of("ties")["posts"] if row["published"] and (not tag or tag in row["tags"])]
    by_path = sorted(rows, key=lambda row: row["path"])

    found = [paths[id_] for id_ in ids_on_pages(site, address)]

    newest_first = sorted(by_path, key=lambda row: row["date"], reverse=True)  # keeps the order of equal ones
    assert found == [row["path"] for row in newest_first]


# --- the truth -----------------------------------------------------------------------------------


@pytest.mark.readers
@pytest.mark.skipif(shutil.which("jekyll") is None, reason="needs Debian's jekyll and ruby-jekyll-feed")
def test_jekyll_still_makes_the_same_of_the_sites(tmp_path: Path) -> None:
    subprocess.run([sys.executable, FOLDER / "make_truth.py", tmp_path], check=True)

    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        f"{name}.json": (FOLDER / f"{name}.json").read_text(encoding="utf-8") for name in SITES
    }
