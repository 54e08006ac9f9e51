"""Sites that Jekyll 4.3 and jekyll-feed have built, read and served by us: the same ids, links, dates and names."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from lxml import etree

from feedsvc.models import NEVER, Content, FeedRequest, Format, Post, Scope
from feedsvc.permalinks import permalink, to_absolute
from feedsvc.settings import Settings
from feedsvc.startup import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Site

SITES = Path(__file__).parents[2] / "shared" / "jekyll"
NAMES = ("edge", "teahouse", "society")
ATOM = {"a": "http://www.w3.org/2005/Atom"}
# What Jekyll itself got wrong: its time is that of the build, and it has no title.
BROKEN = {
    "_posts/2020-03-11-colon.md": "broken YAML",
    "_posts/2020-03-10-tabs.md": "broken YAML",
}

pytestmark = pytest.mark.skipif(not SITES.is_dir(), reason="the sites that Jekyll has built are not here")


@pytest.fixture(params=NAMES)
def built(request: pytest.FixtureRequest, tmp_path: Path, make_site: Callable[[Settings], Site]) -> tuple[Site, Path]:
    """A site as we read it, and the folder of what Jekyll made of it."""
    folder = SITES / str(request.param)
    settings = load_settings({"posts": folder / "site", "index": tmp_path / "index.sqlite", "drafts": True})
    site = make_site(settings)
    site.scan()
    return site, folder / "truth"


def posts_of(site: Site) -> dict[str, Post]:
    request = FeedRequest(Scope(), Format.ATOM, 1_000, Content.NONE)
    return {post.path: post for post in site.index.select(request, NEVER)}


def as_jekyll_has_it(post: Post, site: Site) -> dict[str, Any]:
    settings = site.settings
    assert settings.jekyll
    return {
        "url": post.url,
        "id": post.site_id,
        "absolute_id": to_absolute(post.site_id, settings.jekyll.url + settings.jekyll.baseurl),
        "absolute_url": permalink(post, settings),
        "date": post.published.replace(microsecond=0),
        "title": post.title,
        "tags": list(post.tags),
        "categories": list(post.categories),
    }


def test_every_post_is_as_jekyll_has_it(built: tuple[Site, Path]) -> None:
    site, truth = built
    ours = posts_of(site)
    differing = []

    for row in json.loads((truth / "posts.json").read_text()):
        if row["path"] in BROKEN:
            continue
        theirs = {key: row[key] for key in ("url", "id", "absolute_id", "absolute_url", "tags", "categories")}
        theirs["date"] = datetime.fromisoformat(row["date"])
        theirs["title"] = " ".join(str(row["title"]).split())  # a title of ours is one line
        found = as_jekyll_has_it(ours[row["path"]], site) if row["path"] in ours else {}
        differing += [
            (row["path"], key, theirs[key], found.get(key)) for key in theirs if found.get(key) != theirs[key]
        ]

    assert differing == []


def entries(document: bytes) -> Iterator[tuple[str, str, datetime, datetime]]:
    for entry in etree.fromstring(document).iterfind("a:entry", ATOM):
        link = next(link for link in entry.iterfind("a:link", ATOM) if link.get("rel", "alternate") == "alternate")
        published, updated = (entry.findtext(f"a:{name}", "", ATOM) for name in ("published", "updated"))
        yield (
            entry.findtext("a:id", "", ATOM),
            link.get("href", ""),
            datetime.fromisoformat(published),
            datetime.fromisoformat(updated),
        )


def test_every_feed_has_the_entries_jekyll_gave_it(built: tuple[Site, Path]) -> None:
    site, truth = built

    for path, feed in json.loads((truth / "feeds.json").read_text()).items():
        reply = site.get(f"/{quote(path)}")
        assert reply.status == 200, path
        document = etree.fromstring(reply.body)
        if "broken" not in feed:
            theirs = [
                (e["id"], e["link"][0], datetime.fromisoformat(e["published"]), datetime.fromisoformat(e["updated"]))
                for e in feed["entries"]
            ]
            assert (document.findtext("a:id", "", ATOM), list(entries(reply.body))) == (feed["id"], theirs), path
