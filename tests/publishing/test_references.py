"""Links between posts and files beside posts: where they lead, and that they stay right as the folder changes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from feedsvc.attachments import find_mentions
from feedsvc.cleaning import packaged_rules
from feedsvc.cleaning.rules import SiteRules
from feedsvc.cleaning.tree import Tree
from feedsvc.ingest.scanner import scan_paths
from feedsvc.models import NEVER, Cleaned
from feedsvc.publishing import recorded_queries
from feedsvc.publishing.link_targets import to_file_paths, to_post_paths
from feedsvc.sites import GeneratorName
from feedsvc.sites import Site as SiteOf
from feedsvc.startup import make_cleaner

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.publishing.bodies import CachedCleaner
    from feedsvc.settings import Settings

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (3).to_bytes(4) + (2).to_bytes(4) + b"\x08\x02\x00\x00\x00\x00\x00\x00\x00"
)
HUGO = SiteOf(prefix="content/posts/", content=("content/",), static=("static/",))


def body_of(site: Site, title: str) -> str:
    entries = json.loads(site.get("/feed.json").text)["items"]
    return next(str(entry["content_html"]) for entry in entries if entry["title"] == title)


def put(site: Site, path: str, data: bytes = PNG) -> None:
    (site.posts / path).parent.mkdir(parents=True, exist_ok=True)
    (site.posts / path).write_bytes(data)


@pytest.mark.parametrize(
    ("url", "paths"),
    [
        ("img/a.png", ["notes/img/a.png", "notes/x/img/a.png", "img/a.png"]),
        ("../a.png", ["a.png", "notes/a.png"]),
        ("/img/a.png", ["img/a.png"]),
        ("my%20pic.png?v=1#top", ["notes/my pic.png", "notes/x/my pic.png", "my pic.png"]),
        (r"img\a.png", ["notes/img/a.png", "notes/x/img/a.png", "img/a.png"]),
        ("../../../etc/passwd.txt", []),
        ("https://example.org/a.png", []),
        ("//example.org/a.png", []),
        ("mailto:a@example.org", []),
        ("#part", []),
        ("", []),
    ],
)
def test_url_names_paths_from_the_post_and_from_the_root(url: str, paths: list[str]) -> None:
    assert to_file_paths(url, "notes/x.md", SiteOf()) == paths


def test_static_folders_are_dropped_from_the_paths_of_files() -> None:
    assert to_file_paths("/img/a.png", "x.md", HUGO)[:2] == ["img/a.png"]
    assert "img/a.png" in to_file_paths("../../static/img/a.png", "x.md", HUGO)


def test_paths_of_posts_are_within_the_posts_folder() -> None:
    assert to_post_paths("/posts/y.md", "x.md", HUGO) == ["posts/y.md", "y.md"]


def test_link_to_a_file_of_a_post_leads_to_the_post(site: Site) -> None:
    site.write("2024-01-01-b.md", title="B")
    site.publish("2024-01-02-a.md", "[b](2024-01-01-b.md#part)", title="A")

    assert 'href="http://feeds.example.org/posts/2024-01-01-b/#part"' in body_of(site, "A")


def test_link_to_a_post_leads_where_its_entry_does(site: Site) -> None:
    site.write("b.md", title="B", date="2024-01-01", link="https://news.example/b")
    site.publish("2024-01-02-a.md", "[b](b.md)", title="A")

    assert 'href="https://news.example/b"' in body_of(site, "A")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("See {% post_url 2024-02-02-leaf %}.", "<p>See {link}.</p>"),
        ("[{% post_url 2024-02-02-leaf %}]({% post_url 2024-02-02-leaf %})", "<p>{link}</p>"),
        ('<img src="https://a.example/b.png" alt="{% post_url 2024-02-02-leaf %}">', 'alt="{url}"'),
        ("See {% post_url 2024-02-02-tree %}, {% post_url 2024-02-02-leaf %}", "<p>See 2024-02-02-tree, {link}</p>"),
        ("The scheme feedsvc-post: of links", "<p>The scheme feedsvc-post: of links</p>"),
    ],
)
def test_link_that_a_template_writes_as_text_is_shown_as_its_url(site: Site, body: str, shown: str) -> None:
    site.write("2024-02-02-leaf.md", title="Leaf")
    site.publish("2024-02-01-x.md", body, title="X")

    url = "http://feeds.example.org/posts/2024-02-02-leaf/"
    assert shown.replace("{link}", f'<a href="{url}">{url}</a>').replace("{url}", url) in body_of(site, "X")


def test_link_is_right_once_its_post_appears_moves_and_goes(site: Site) -> None:
    site.publish("2024-01-02-a.md", "[b](b.md)", title="A")
    before = body_of(site, "A")

    site.publish("b.md", title="B", date="2024-01-01")
    appeared = body_of(site, "A")
    site.publish("b.md", title="B", date="2024-01-01", link="https://news.example/b")
    moved = body_of(site, "A")
    (site.posts / "b.md").unlink()
    site.scan()

    assert "/posts/b/" not in before
    assert 'href="http://feeds.example.org/posts/b/"' in appeared
    assert 'href="https://news.example/b"' in moved
    assert body_of(site, "A") == before


def test_only_posts_that_refer_to_a_post_are_cleaned_again(site: Site) -> None:
    for number in range(30):
        site.write(f"2024-01-02-{number}.md", "[b](b.md)" if number == 7 else "Other.")
    site.scan()
    site.get("/feed.json?limit=50")
    kept = len(site.index.query("SELECT path FROM bodies"))

    site.publish("b.md", title="B", date="2024-01-01")

    assert kept - len(site.index.query("SELECT path FROM bodies")) == 1


REFERRING = {f"{number}.md" for number in range(7, 10_000, 1_000)}


def test_of_ten_thousand_posts_only_those_that_link_to_a_post_are_cleaned_again(site: Site) -> None:
    for number in range(10_000):
        body = "[b](b.md)" if f"{number}.md" in REFERRING else "Other."
        (site.posts / f"{number}.md").write_text(f"---\ntitle: {number}\ndate: 2024-01-02\n---\n{body}\n")
    site.scan()
    cleaner, posts = make_cleaner(site.settings, site.index), list(site.index.posts())
    others = {post: Cleaned("<p>Other.</p>", "Other.") for post in posts if post.path not in REFERRING}
    site.index.keep_bodies(others, cleaner.fingerprint)
    before = clean_missing(site, cleaner)

    site.write("b.md", title="B", date="2024-01-01")
    appeared = clean_missing(site, cleaner)
    site.write("b.md", title="B", date="2024-01-01", link="https://news.example/b")
    moved = clean_missing(site, cleaner)
    (site.posts / "b.md").unlink()
    gone = clean_missing(site, cleaner)

    assert set(before) == set(gone) == REFERRING
    assert set(appeared) == set(moved) == REFERRING | {"b.md"}
    assert [sum("/posts/b/" in html for html in found.values()) for found in (before, appeared, moved)] == [0, 10, 0]
    assert [sum("news.example/b" in html for html in found.values()) for found in (moved, gone)] == [10, 0]


def clean_missing(site: Site, cleaner: CachedCleaner) -> dict[str, str]:
    """Scan `b.md` as the watcher does; clean the bodies that the index does not have, and return them by path."""
    scan_paths(site.settings, site.index, {"b.md"})
    missing = site.index.query("SELECT path FROM files WHERE data <> '' EXCEPT SELECT path FROM bodies")
    posts = [post for (path,) in missing if (post := site.index.post(path.removesuffix(".md"), NEVER))]
    return {path: body.html for path, body in cleaner.bodies_of(posts, site.index).by_path.items()}


def test_edit_that_moves_no_post_cleans_no_other_again(site: Site) -> None:
    site.write("b.md", "Old.", title="B", date="2024-01-01")
    site.publish("2024-01-02-a.md", "[b](b.md)", title="A")
    body_of(site, "A")

    site.publish("b.md", "New.", title="B", date="2024-01-01")

    assert ("2024-01-02-a.md",) in site.index.query("SELECT path FROM bodies")


def test_picture_beside_a_post_has_its_address_and_size(site: Site) -> None:
    put(site, "img/a.png")
    site.publish("2024-01-01-a.md", "![A](img/a.png)", title="A")

    assert '<img src="http://feeds.example.org/files/img/a.png" alt="A" width="3" height="2">' in body_of(site, "A")


@pytest.mark.parametrize("place", ["", "#page=2", "#"])
def test_link_to_a_file_keeps_the_place_in_it(site: Site, place: str) -> None:
    put(site, "docs/plan.pdf")
    site.publish("2024-01-01-a.md", f"[plan](docs/plan.pdf{place})", title="A")

    assert f'<a href="http://feeds.example.org/files/docs/plan.pdf{place}">' in body_of(site, "A")


def test_picture_that_comes_later_is_shown(site: Site) -> None:
    site.publish("2024-01-01-a.md", "![A](img/a.png)", title="A")
    before = body_of(site, "A")

    put(site, "img/a.png")
    site.scan()

    assert "/files/" not in before
    assert "/files/img/a.png" in body_of(site, "A")


def test_size_of_a_picture_follows_the_file(site: Site) -> None:
    put(site, "a.png")
    site.publish("2024-01-01-a.md", "![A](a.png)", title="A")
    body_of(site, "A")

    put(site, "a.png", PNG.replace((3).to_bytes(4), (30).to_bytes(4)))
    site.scan()

    assert 'width="30"' in body_of(site, "A")


def test_size_in_the_post_stays(site: Site) -> None:
    put(site, "a.png")
    site.publish("2024-01-01-a.html", '<p>Text</p><img src="a.png" width="120">', title="A")

    assert '/files/a.png" width="120">' in body_of(site, "A")


def test_remote_picture_stays_remote(site: Site) -> None:
    put(site, "img/a.png")
    site.publish("2024-01-01-a.md", "![A](https://cdn.example/img/a.png)", title="A")

    assert 'src="https://cdn.example/img/a.png"' in body_of(site, "A")


def test_relative_url_of_an_own_post_starts_from_its_page(site: Site) -> None:
    site.publish("notes/2024-01-01-a.md", "[x](more/)", title="A")

    assert 'href="http://feeds.example.org/posts/notes/2024-01-01-a/more/"' in body_of(site, "A")


def test_enclosure_that_is_missing_beside_its_post_is_left_out_until_it_is_there(site: Site) -> None:
    site.publish("2024-01-01-a.md", title="A", audio="one.mp3")

    assert "attachments" not in json.loads(site.get("/feed.json").text)["items"][0]
    assert "<enclosure" not in site.get("/rss.xml").text

    put(site, "one.mp3", b"x" * 1234)
    site.scan()

    assert 'length="1234"' in site.get("/rss.xml").text


def test_enclosure_beside_a_post_has_length_and_type(site: Site) -> None:
    put(site, "one.mp3", b"x" * 1234)
    site.publish("2024-01-01-a.md", title="A", enclosure="one.mp3")

    (entry,) = json.loads(site.get("/feed.json").text)["items"]

    assert entry["attachments"] == [
        {"url": "http://feeds.example.org/files/one.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1234}
    ]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("2024-01-01-b", id="without suffix"),
        pytest.param("2024-01-01-b/", id="as a page"),
        pytest.param("/notes/2024-01-01-b/", id="from the root"),
        pytest.param("../2024-01-01-b/?x=1", id="from the page of this post"),
        pytest.param("{filename}2024-01-01-b.md", id="of Pelican"),
        pytest.param("%7Bfilename%7D/notes/2024-01-01-b.md", id="of Pelican, encoded"),
        pytest.param("https://feeds.example.org/notes/2024-01-01-b.md", id="on this service"),
    ],
)
def test_page_of_a_post_is_a_link_to_the_post(site: Site, make_site: Callable[[Settings], Site], link: str) -> None:
    here = make_site(replace(site.settings, base_url="https://feeds.example.org"))
    here.write("notes/2024-01-01-b.md", title="B")
    here.publish("notes/2024-01-02-a.html", f'<p>Text <a href="{link}">b</a></p>', title="A")

    assert 'href="https://feeds.example.org/posts/notes/2024-01-01-b/"' in body_of(here, "A")


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("{tag}Deep sea", "/tags/Deep%20sea/"),
        ("%7Btag%7DDeep%20sea", "/tags/Deep%20sea/"),
        ("{category}News", "/categories/News/"),
        ("|author|Ada", "/authors/Ada/"),
        ("{index}", "/"),
    ],
)
def test_links_of_pelican_to_what_a_name_gathers_lead_to_its_page(site: Site, link: str, path: str) -> None:
    site.publish("2024-01-02-a.html", f'<p>Text <a href="{link}">b</a></p>', title="A")

    assert f'href="http://feeds.example.org{path}"' in body_of(site, "A")


@pytest.mark.parametrize("link", ["{tags}x", "x/{tag}y", "{ tag }x"])
def test_other_braces_in_a_link_are_part_of_it(site: Site, link: str) -> None:
    site.publish("2024-01-02-a.html", f'<p>Text <a href="{link}">b</a></p>', title="A")

    assert "/tags/" not in body_of(site, "A")


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("/how-to-ship", "content/blog/how-to-ship/index.md"),
        ("/blog/how-to-ship/#step", "src/content/blog/how-to-ship.md"),
        ("/Tea time/", "notes/Tea time.md"),
    ],
)
def test_path_from_the_root_of_an_unknown_site_leads_to_the_only_post_that_ends_so(
    site: Site, link: str, path: str
) -> None:
    site.write(path, title="B", date="2024-01-01")
    site.publish("2024-01-02-a.html", f'<p>Text <a href="{link}">b</a></p>', title="A")

    page = f"/posts/{quote(path.removesuffix('.md').removesuffix('/index'))}/"
    assert f'href="http://feeds.example.org{page}' in body_of(site, "A")


@pytest.mark.parametrize(
    ("link", "paths"),
    [
        ("/other", ["content/how-to-ship.md"]),
        ("/ship", ["content/how-to-ship.md"]),
        ("/tea", ["a/tea.md", "b/tea.md"]),
        ("/news/tea", ["blog/tea.md"]),
        ("//tea", ["blog/tea.md"]),
    ],
)
def test_path_from_the_root_leads_to_no_other_post(site: Site, link: str, paths: list[str]) -> None:
    for path in paths:
        site.write(path, title="B", date="2024-01-01")
    site.publish("2024-01-02-a.html", f'<p>Text <a href="{link}">b</a></p>', title="A")

    assert "/posts/" not in body_of(site, "A")


def test_path_from_the_root_of_another_site_stays_there(site: Site) -> None:
    site.write("content/tea.md", title="B", date="2024-01-01")
    link = "https://news.example/2024/x"
    site.publish("2024-01-02-a.html", '<p>Text <a href="/tea">b</a></p>', title="A", link=link)

    assert 'href="https://news.example/tea"' in body_of(site, "A")


def test_path_from_the_root_of_a_site_with_a_url_leads_there(site: Site, make_site: Callable[[Settings], Site]) -> None:
    own = make_site(replace(site.settings, site_url="https://blog.example", permalink="/:title/"))
    own.write("content/tea.md", title="B", date="2024-01-01")
    own.publish("2024-01-02-a.html", '<p>Text <a href="/tea/">b</a></p>', title="A")

    assert 'href="https://blog.example/tea/"' in body_of(own, "A")


def test_name_with_dots_is_whole(site: Site) -> None:
    site.write("2024-01-01-tea-3.6.0.md", title="B")
    site.write("2024-01-01-tea-3.6.md", title="C")
    site.publish("2024-01-02-a.md", "[[2024-01-01-tea-3.6.0]]", title="A")

    assert 'href="http://feeds.example.org/posts/2024-01-01-tea-3.6.0/"' in body_of(site, "A")


@pytest.mark.parametrize(
    ("link", "hint"),
    [
        ("[[Sub/Deep]]", "Sub/Deep: a page without a date, so not linked"),
        ("[[Deep|here]]", "Deep: a page without a date, so not linked"),
        ("[x](Sub/Deep.md)", "Sub/Deep.md: a page without a date, so not linked"),
        ("[[Deeper]]", "Deeper: no such post"),
        ("[[Other/Deep]]", "Other/Deep: no such post"),
        ("[[2024-01-01-b]]", ""),
    ],
)
def test_link_to_a_page_is_told_so(site: Site, link: str, hint: str) -> None:
    (site.posts / "Sub").mkdir()
    (site.posts / "Sub/Deep.md").write_text("No date.")
    site.write("2024-01-01-b.md", title="B")
    site.publish("2024-01-02-a.md", link, title="A")
    site.get("/feed.json")

    told = [problem.message for problem in site.index.problems() if problem.path.endswith("-a.md")]

    assert told == [hint] * bool(hint)


def test_vault_finds_files_and_notes_by_name(site: Site, make_site: Callable[[Settings], Site]) -> None:
    vault = make_site(replace(site.settings, site=SiteOf(generator=GeneratorName.OBSIDIAN)))
    put(vault, "Attachments/icons/a.png")
    vault.write("other/b.md", title="B", date="2024-01-01")
    vault.publish("notes/2024-01-02-a.md", "![A](a.png#icon) [b](b.md)", title="A")

    body = body_of(vault, "A")

    assert "/files/Attachments/icons/a.png" in body
    assert "/posts/other/b/" in body


@pytest.mark.parametrize(
    ("name", "is_found"), [("CAFÉ", True), ("cafe\u0301", True), ("café", True), ("ｃafé", False)], ids=ascii
)
def test_note_is_found_whatever_its_letter_case_and_composition(site: Site, name: str, *, is_found: bool) -> None:
    site.write("other/café.md", title="B", date="2024-01-01")
    site.publish("notes/2024-01-02-a.md", f"[[{name}]]", title="A")

    assert ("/posts/other/caf%C3%A9/" in body_of(site, "A")) is is_found


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("{filename}/code/x.py", "https://site.example/code/x.py"),
        ("{static}x.tar", "https://site.example/notes/x.tar"),
        ("|filename|/x.py", "https://site.example/x.py"),
        ("@/x.md", "https://site.example/x.md"),
        ("{tag}x", "https://site.example/notes/{tag}x"),
    ],
)
def test_mark_of_a_generator_is_not_part_of_a_url(url: str, expected: str) -> None:
    tree = Tree(packaged_rules(), SiteRules(), "https://site.example/notes/")

    assert tree.resolve(url) == expected


def test_path_on_a_site_with_pages_of_its_own_is_no_missing_post(
    site: Site, make_site: Callable[[Settings], Site]
) -> None:
    own = make_site(replace(site.settings, site_url="https://blog.example", permalink="/:title/"))
    own.publish("2024-01-02-a.md", "[x](/about.html) [y](more/) [z](z.html)", title="A")
    own.get("/feed.json")

    assert [(problem.line, problem.message) for problem in own.index.problems()] == [(3, "z.html: no such post")]


def test_missing_files_and_posts_are_hints_of_own_posts_alone(site: Site) -> None:
    site.write("2024-01-02-a.md", "![A](img/a.png) [b](b.md)", title="A")
    site.publish("2024-01-01-c.md", "![A](img/c.png)", title="C", link="https://news.example/c")
    site.get("/feed.json")

    assert [problem.message for problem in site.index.problems() if "no such" in problem.message] == [
        "img/a.png: no such file",
        "b.md: no such post",
    ]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("pic #1.png", "<pic #1.png>"),
        ("What?.png", "What?.png"),
        ("img/#3.png", "img/#3.png"),
        ("100%.png", "<100%.png>"),
    ],
)
def test_picture_is_found_by_the_signs_in_its_name(site: Site, name: str, written: str) -> None:
    put(site, name)
    site.publish("2024-01-01-a.md", f"![A]({written})", title="A")

    assert f'src="http://feeds.example.org/files/{quote(name)}"' in body_of(site, "A")


@pytest.mark.parametrize("url", ["a.png#1.png", "a.png?v=1.png", "img?v=a.png", "a#b/c.png"])
def test_signs_of_a_url_begin_no_name_where_they_may_mean_something(url: str) -> None:
    assert to_file_paths(url, "x.md", SiteOf())[0] == url.partition("#")[0].partition("?")[0]
    assert url not in to_file_paths(url, "x.md", SiteOf())


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("![A](IMG_1.HEIC)", "IMG_1.HEIC: not shown, as browsers do not show files of this type: convert it"),
        ("![A](img/b.heif)", "img/b.heif: not shown, as browsers do not show files of this type: convert it"),
        ("![A](empty.png)", "empty.png: an empty file"),
    ],
)
def test_picture_that_nobody_can_see_is_told(site: Site, body: str, hint: str) -> None:
    put(site, "empty.png", b"")
    put(site, "IMG_1.HEIC", b"x")
    site.publish("2024-01-01-a.md", body, title="A")
    site.get("/feed.json")

    assert [problem.message for problem in site.index.problems()] == [hint]


@pytest.mark.parametrize("body", ["![A](https://a.example/b.heic)", "![A](a.png)", "[A](data.xyz)", "![A](/b.heic)"])
def test_other_files_are_not_told(site: Site, body: str) -> None:
    put(site, "a.png")
    site.publish("2024-01-01-a.md", body, title="A")
    site.get("/feed.json")

    assert not [*site.index.problems()]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("![A](img/Crane.PNG)", ("crane.png",)),
        ('<img src="a.jpg" srcset="b.webp 2x, c.webp 3x">', ("a.jpg", "b.webp", "c.webp")),
        ("![[my crab.png]] and my%20cat.gif", ("cat.gif", "crab.png")),
        ("image: covers/月亮.jpg", ("月亮.jpg",)),
        (r"img\door.png", ("door.png",)),
        ("https://cdn.example/a.png //cdn.example/b.png", ()),
        ("file.pngx and .md", ()),
    ],
)
def test_files_that_a_post_may_refer_to_are_found_by_name(text: str, names: tuple[str, ...]) -> None:
    assert find_mentions(text.encode()) == names


def test_addresses_beyond_the_bound_are_not_looked_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded_queries, "MAX_ASKED", 3)
    site.publish("2024-01-01-a.md", " ".join(f"![x]({number}.png)" for number in range(50)), title="A")

    assert body_of(site, "A").count("<img") == 50
    assert len(site.index.query("SELECT name FROM refs")) < 10
