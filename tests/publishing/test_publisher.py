"""Request → document: what it shows, when it is made again, and that the bytes depend on nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from feedsvc.entries import Document
from feedsvc.errors import NotFound
from feedsvc.models import EPOCH, Content, FeedRequest, Format, Scope, ScopeKind
from feedsvc.publishing import builder
from feedsvc.publishing.publisher import Publisher
from feedsvc.render import FORMATS
from feedsvc.startup import make_cleaner

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

BASE = "https://example.org"
FRONT = FeedRequest(Scope(), Format.HTML, 20, Content.FULL)
ALL = FeedRequest(Scope(), Format.JSON, 20, Content.FULL)
TAG = replace(ALL, scope=Scope(ScopeKind.TAG, "News"))
SECOND = timedelta(seconds=1)
ALL_FORMATS = [*FORMATS, Format.HTML]


def titles(document: Document) -> list[str]:
    return [item["title"] for item in json.loads(document.body)["items"]]


# --- documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ALL_FORMATS)
def test_feed_without_a_post_is_a_feed(site: Site, format_: str) -> None:
    site.scan()

    assert site.publisher.feed(replace(ALL, format=format_), BASE).body


def test_deleted_post_leaves_its_tag_feed(site: Site) -> None:
    site.publish("2024-01-01-a.md", tags=["News"])
    gone = site.publish("2024-01-02-b.md", title="gone", tags=["News"])
    publisher = site.publisher
    assert "gone" in titles(publisher.feed(TAG, BASE))

    gone.unlink()
    site.scan()

    assert titles(publisher.feed(TAG, BASE)) == ["2024-01-01-a"]


def test_page_past_the_end_is_not_found(site: Site) -> None:
    site.publish()

    with pytest.raises(NotFound, match="page: past the end"):
        site.publisher.feed(replace(ALL, page=2), BASE)


@pytest.mark.parametrize("format_", ALL_FORMATS)
def test_document_is_made_once_while_its_entries_stand(
    site: Site, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    site.publish("2024-01-02-b.md", tags=["News"])
    publisher = site.publisher
    request = replace(TAG, format=format_)
    first = publisher.feed(request, BASE)
    site.publish("2024-01-01-other.md")
    monkeypatch.setattr(builder, "to_feed", lambda *_, **__: pytest.fail("made again"))

    assert publisher.feed(request, BASE) is first


def test_document_is_made_again_when_there_is_a_next_page(site: Site) -> None:
    site.publish("2024-01-02-b.md")
    publisher = site.publisher
    request = replace(ALL, limit=1)
    assert "next_url" not in json.loads(publisher.feed(request, BASE).body)

    site.publish("2024-01-01-a.md")

    assert "next_url" in json.loads(publisher.feed(request, BASE).body)


def test_page_for_people_counts_posts_beyond_its_own(site: Site) -> None:
    for day in (1, 2, 3):
        site.publish(f"2024-01-0{day}-a.md", tags=["News"])
    publisher = site.publisher
    page = replace(TAG, format=Format.HTML, limit=1)
    assert b"3 posts" in publisher.feed(page, BASE).body

    (site.posts / "2024-01-01-a.md").unlink()
    site.scan()

    assert b"2 posts" in publisher.feed(page, BASE).body


def test_each_base_has_its_document(site: Site) -> None:
    site.publish()
    publisher = site.publisher

    bodies = [publisher.feed(ALL, base).body for base in (BASE, "https://other.example")]

    assert [b"https://other.example/" in body for body in bodies] == [False, True]


def test_document_of_a_file_that_just_changed_is_not_kept(site: Site) -> None:
    site.publish(body="old")
    site.write("2024-01-01-a.md", "new")

    assert site.publisher.feed(ALL, BASE).keep is False


def test_64_threads_make_one_build(site: Site) -> None:
    site.publish()
    built: list[str] = []
    publisher = Publisher(
        site.settings, site.index, make_cleaner(site.settings), site.clock, on_build=lambda: built.append("once")
    )

    with ThreadPoolExecutor(64) as pool:
        documents = set(pool.map(lambda _: publisher.feed(ALL, BASE), range(64)))

    assert (built, len(documents)) == (["once"], 1)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(lambda publisher: publisher.page(FRONT, BASE), id="front"),
        pytest.param(lambda publisher: publisher.post_page("2024-01-01-a", BASE), id="post"),
    ],
)
def test_page_is_made_once_and_again_after_a_scan(site: Site, page: Callable[[Publisher], Document]) -> None:
    site.publish("2024-01-01-a.md", title="first")
    publisher = site.publisher
    first = page(publisher)
    again = page(publisher)

    site.publish("2024-01-01-a.md", title="second")

    assert (again is first, b"second" in page(publisher).body) == (True, True)


@pytest.mark.parametrize(
    "document",
    [
        *(
            pytest.param(
                lambda publisher, format_=format_: publisher.feed(replace(TAG, format=format_), BASE), id=format_
            )
            for format_ in ALL_FORMATS
        ),
        pytest.param(lambda publisher: publisher.post_page("2024-01-01-a", BASE), id="page of a post"),
    ],
)
def test_document_is_not_made_again_after_an_edit_elsewhere(
    site: Site, document: Callable[[Publisher], Document]
) -> None:
    site.publish("2024-01-01-a.md", tags=["News"])
    site.publish("2024-01-02-next.md", tags=["Other"])
    publisher = site.publisher
    before = document(publisher)

    site.publish("2024-01-02-next.md", "Other text.", tags=["Other"])
    site.publish("2024-01-03-b.md", tags=["Other"])

    assert document(publisher) is before


@pytest.mark.parametrize(
    ("path", "front"),
    [
        pytest.param("2024-01-02-b.md", {"tags": ["News"]}, id="another post of its tag"),
        pytest.param("2024-01-01-a.de.md", {"language": "de"}, id="a translation"),
        pytest.param("2024-01-01-a.md", {"title": "other", "tags": ["News"]}, id="the post itself"),
    ],
)
def test_page_of_a_post_is_made_again_when_what_it_shows_changes(
    site: Site, path: str, front: dict[str, object]
) -> None:
    site.publish("2024-01-01-a.md", tags=["News"], language="en")
    site.publish("2024-01-03-c.md", language="de")
    publisher = site.publisher
    before = publisher.post_page("2024-01-01-a", BASE)

    site.publish(path, **{"language": "en", **front})  # type: ignore[arg-type]

    assert publisher.post_page("2024-01-01-a", BASE).body != before.body


def test_feed_of_everything_is_made_once_after_each_edit(site: Site) -> None:
    site.publish()
    built: list[str] = []
    publisher = Publisher(
        site.settings, site.index, make_cleaner(site.settings), site.clock, on_build=lambda: built.append("once")
    )

    for turn in range(3):
        site.publish(title=f"edit {turn}")
        for _ in range(5):
            publisher.feed(ALL, BASE)

    assert len(built) == 3


def test_front_page_without_a_post_still_names_the_feed_of_everything(site: Site) -> None:
    site.scan()

    assert b"/rss.xml" in site.publisher.page(FRONT, BASE).body


def test_front_page_of_one_limit_is_not_served_for_another(site: Site) -> None:
    for day in (1, 2, 3):
        site.publish(f"2024-01-0{day}-a.md")
    publisher = site.publisher
    short = publisher.page(replace(FRONT, limit=1), BASE)

    pages = [publisher.page(replace(FRONT, limit=limit), BASE).body.count(b"/posts/2024-01-0") for limit in (20, 1)]

    assert pages == [3 * short.body.count(b"/posts/2024-01-0"), short.body.count(b"/posts/2024-01-0")]


def test_page_of_no_post_is_not_found(site: Site) -> None:
    site.publish()

    with pytest.raises(NotFound, match=r"^no such post$"):
        site.publisher.post_page("none", BASE)


def test_static_file_is_given(site: Site) -> None:
    assert site.publisher.static("feed.css").media_type == "text/css; charset=utf-8"


@pytest.mark.parametrize("name", ["none.css", "../index.py", "feed.css/", ""])
def test_no_other_file_is_given(site: Site, name: str) -> None:
    with pytest.raises(NotFound):
        site.publisher.static(name)


# --- bytes ---------------------------------------------------------------------------------------

PRINT_DIGESTS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from feedsvc.startup import make_cleaner, open_index
from feedsvc.models import Content, FeedRequest, Format, Scope, ScopeKind
from feedsvc.settings import Settings
from feedsvc.publishing.publisher import Publisher
from feedsvc.render import FORMATS
from feedsvc.ingest.scanner import scan
settings = Settings(posts=Path(sys.argv[1]), index=Path(sys.argv[2]), title="Daily")
index = open_index(settings)
scan(settings, index)
publisher = Publisher(settings, index, make_cleaner(settings), lambda: datetime.now(UTC))
for scope in (Scope(), Scope(ScopeKind.TAG, "a")):
    for format_ in (*FORMATS, Format.HTML):
        document = publisher.feed(FeedRequest(scope, format_, 20, Content.FULL), "https://example.org")
        print(document.digest, *(len(publisher.documents.variant(document, coding).body) for coding in ("br", "gzip")))
print(publisher.page(FeedRequest(Scope(), Format.HTML, 20, Content.FULL), "https://example.org").digest)
"""


ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1"},
    {"PYTHONHASHSEED": "2", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"},
    {"TZ": "Pacific/Auckland", "LC_ALL": "C"},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONUTF8": "1"},
)


def test_bytes_are_the_same_in_every_process(site: Site) -> None:
    site.write("2024-01-09-河畔.md", title="河畔 İstanbul", tags=["I", "İ", "联合早报"], date="2024-01-09 23:30")
    for day in range(10, 15):
        site.write(f"2024-01-{day}-a.md", tags=list("abcdef"), categories=["x", "y"], authors=["Li", "Han"])

    outputs = {
        subprocess.run(
            [sys.executable, "-c", PRINT_DIGESTS, site.posts, site.posts.parent / f"index-{number}.sqlite"],
            env={"PYTHONPATH": ":".join(sys.path), **variables},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number, variables in enumerate(ENVIRONMENTS)
    }

    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == 9


def test_feed_says_nothing_of_the_time_it_was_made(site: Site) -> None:
    site.publish()
    site.now = datetime.now(UTC)
    first = site.publisher.feed(ALL, BASE)

    site.now += timedelta(days=400)

    assert site.publisher.feed(ALL, BASE) == first


def test_clock_before_all_posts_shows_none(site: Site) -> None:
    site.publish()
    site.now = EPOCH

    assert titles(site.publisher.feed(ALL, BASE)) == []


def test_list_of_feeds_is_opml_with_a_folder_for_each_kind(site: Site) -> None:
    site.publish(tags=["News", "<中>"], authors=["Li"])

    body = site.publisher.opml(BASE).body.decode()

    declaration, _, rest = body.partition("\n")
    outlines = [outline.attrib for outline in ET.fromstring(rest).iter("outline")]
    assert declaration == "<?xml version='1.0' encoding='UTF-8'?>"
    assert [(outline["text"], outline.get("type"), outline.get("xmlUrl")) for outline in outlines] == [
        ("Daily", "rss", f"{BASE}/rss.xml"),
        ("Tags", None, None),
        ("<中>", "rss", f"{BASE}/tags/%3C%E4%B8%AD%3E/rss.xml"),
        ("News", "rss", f"{BASE}/tags/News/rss.xml"),
        ("Authors", None, None),
        ("Li", "rss", f"{BASE}/authors/Li/rss.xml"),
    ]


def test_list_of_feeds_has_the_largest_of_each_kind_and_a_link_to_all(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedsvc.publishing.builder.MAX_IN_OPML", 2)
    site.write("2024-01-01-a.md", tags=["c", "b", "a"], authors=["Li", "Han"])
    site.publish("2024-01-02-b.md", tags=["c", "b"])

    outlines = [outline.attrib for outline in ET.fromstring(site.publisher.opml(BASE).body).iter("outline")]
    assert [outline["text"] for outline in outlines] == [
        "Daily",
        "Tags",
        "b",
        "c",
        "All 3 tags",
        "Authors",
        "Han",
        "Li",
    ]
    assert outlines[4] == {"type": "link", "text": "All 3 tags", "url": f"{BASE}/tags/"}


# --- lists ---------------------------------------------------------------------------------------


@pytest.fixture
def listed(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr("feedsvc.publishing.catalog.MAX_ON_LIST", 2)
    site.publish(tags=["a", "b", "c", "d", "e"])
    return site


def list_of(site: Site, target: str) -> tuple[list[str], dict[str, str]]:
    """Return the names on a page of a list, and where its links to other pages lead."""
    text = site.get(target).text
    links = re.findall('<a href="([^"]*)" rel="(prev|next)">', text)
    return re.findall("<bdi>(.*)</bdi>", text), {rel: url for url, rel in links}


def test_list_of_a_kind_has_pages(listed: Site) -> None:
    assert [list_of(listed, f"/tags/{query}") for query in ("", "?page=2", "?page=3")] == [
        (["a", "b"], {"next": "../tags/?page=2"}),
        (["c", "d"], {"prev": "../tags/", "next": "../tags/?page=3"}),
        (["e"], {"prev": "../tags/?page=2"}),
    ]


@pytest.mark.parametrize("target", ["/tags/?page=4", "/authors/", "/authors/?page=2"])
def test_page_of_a_list_past_its_end_is_not_found(listed: Site, target: str) -> None:
    assert listed.get(target).status == 404


def test_every_page_of_a_list_counts_all(listed: Site) -> None:
    assert [f"<h1>{5} tags</h1>" in listed.get(f"/tags/?page={number}").text for number in (1, 2, 3)] == [True] * 3


def test_list_with_a_page_for_each_post_to_come_has_them_when_due(listed: Site) -> None:
    listed.now = datetime.now(UTC)
    due = listed.now + timedelta(seconds=99)
    listed.publish("later.md", date=due.isoformat(), tags=["f", "g"])
    before = listed.get("/tags/?page=4").status

    listed.now = due

    assert (before, list_of(listed, "/tags/?page=4")[0]) == (404, ["g"])
