"""Static files: the same bytes as served, only what changed, and nothing of anybody else's."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote, urljoin

import brotli
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from feedsvc.cli import main
from feedsvc.errors import OutputError, SettingError
from feedsvc.export import ExportReport, export, open_destination
from feedsvc.folder_destination import OLD_MANIFEST
from feedsvc.models import ScopeKind
from feedsvc.progress import Progress, show_nothing
from feedsvc.publishing.documents import CODINGS
from feedsvc.sites import Jekyll, OwnFeed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conftest import Site

    from feedsvc.settings import Settings

BASE = "https://example.org/b"
T = TypeVar("T")


@pytest.fixture
def static(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    other = make_site(replace(site.settings, base_url=BASE, static=True, limit=2))
    for day in range(1, 6):
        other.write(f"sub/2024-01-0{day}-a.md", tags=["c++", "联合早报", "ci/cd"], author="Li")
    other.scan()
    return other


def build(site: Site, out: Path, progress: Progress = show_nothing, max_removals: int | None = None) -> ExportReport:
    with open_destination(str(out), site.posts) as destination:
        return export(site.publisher, destination, progress, max_removals)


def manifest_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.feedsvc") / "manifest.json"


def files(out: Path) -> dict[str, Path]:
    return {str(file.relative_to(out)): file for file in sorted(out.rglob("*")) if file.is_file()}


def test_every_file_is_what_the_service_serves(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")

    found = {
        name: file
        for name, file in files(tmp_path / "out").items()
        if not name.endswith((".gz", ".br")) and name not in {"_redirects", ".nojekyll"}
    }
    assert "There is no such page" in found.pop("404.html").read_text(encoding="utf-8")
    served = 0
    for name, file in found.items():
        address = "/" + quote(name.removesuffix("index.html"))
        reply = static.get(address)
        if reply.status == 301:  # a page that leads there, or a copy of the feed there
            target = reply.headers["Location"].removeprefix(BASE)
            led = static.get(target).body
            assert file.read_bytes() == led or f'href="{BASE}{target}"'.encode() in file.read_bytes(), address
        else:
            served += 1
            assert (reply.status, reply.body) == (200, file.read_bytes()), address
    assert served > 50


def test_there_is_a_file_for_every_address(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")

    assert files(tmp_path / "out").keys() >= {
        *("index.html", "rss.xml", "page/3/atom.xml", "page/2/index.html", "feeds.opml", "static/feed.css"),
        *("tags/index.html", "tags/c++/feed.json", "tags/c++/page/2/rss.xml", "tags/ci/cd/rss.xml"),
        *("tags/联合早报/index.html", "authors/Li/index.html", "posts/sub/2024-01-01-a/index.html"),
    }


def test_every_page_of_a_list_is_a_file(static: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.publishing.catalog.MAX_ON_LIST", 2)

    build(static, tmp_path / "out")

    page = tmp_path / "out/tags/page/2/index.html"
    assert page.read_bytes() == static.get("/tags/page/2/").body
    assert 'href="../../../tags/" rel="prev"' in page.read_text(encoding="utf-8")


def test_a_jekyll_site_s_own_feeds_are_there(
    static: Site, make_site: Callable[[Settings], Site], tmp_path: Path
) -> None:
    feeds = OwnFeed("/old.xml", "atom", 10), OwnFeed("/by/{name}.xml", "atom", 10, ScopeKind.TAG)
    jekyll = Jekyll(url="https://example.org", baseurl="/b", feeds=feeds)
    (static.posts / "_posts").mkdir()
    longest = "港" * 82  # 250 bytes with its suffix
    (static.posts / "_posts/2024-02-01-a.md").write_text(f"---\ntags: [new, {longest}]\n---\nText.")
    site = make_site(replace(static.settings, site=jekyll, index=tmp_path / "jekyll.sqlite"))
    site.scan()

    build(site, tmp_path / "out")

    assert files(tmp_path / "out").keys() >= {"old.xml", "by/new.xml", f"by/{longest}.xml"}


def test_a_build_that_is_broken_off_can_be_taken_up_again(static: Site, tmp_path: Path) -> None:
    def stop(rows: Iterable[Any], total: int | None, _: str) -> Iterator[Any]:
        yield from rows if total is None else islice(rows, 5)
        if total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(static, tmp_path / "out", stop)

    assert build(static, tmp_path / "out").unchanged > 0


@pytest.mark.parametrize(("place", "out", "advice"), [("posts", "out", "../out"), (".", "posts/a/out", "out")])
def test_output_in_the_posts_folder_is_refused_with_a_place_beside(
    site: Site, monkeypatch: pytest.MonkeyPatch, place: str, out: str, advice: str
) -> None:
    monkeypatch.chdir(site.posts.parent / place)

    with (
        pytest.raises(OutputError, match=rf"^{out}: .* outside of it, such as {advice}$"),
        open_destination(out, site.posts),
    ):
        pass


def test_a_build_among_the_posts_is_refused(static: Site) -> None:
    with pytest.raises(OutputError, match="in the posts folder: name a folder outside of it"):
        build(static, static.posts / "out")


def test_a_name_that_looks_like_a_page_is_built(static: Site, tmp_path: Path) -> None:
    static.publish("2024-02-01-b.md", tags=["page/2"])

    assert build(static, tmp_path / "out").refused == ()
    assert b"page/2" in (tmp_path / "out/tags/page/2/rss.xml").read_bytes()


def test_files_are_there_compressed(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")

    plain, *coded = ((tmp_path / "out" / f"index.html{suffix}").read_bytes() for suffix in ("", ".gz", ".br"))
    assert (gzip.decompress(coded[0]), brotli.decompress(coded[1])) == (plain, plain)


MADE_IN_PROCESSES = """
import os, sys
from feedsvc import document_files
from feedsvc.cli import main
from feedsvc.publishing import bodies, post_cleaner
def noted(function):
    def call(*arguments):
        open(sys.argv[1], "a").write(f"{function.__name__} {os.getpid()} {os.getppid()}\\n")
        return function(*arguments)
    return call
document_files.FileMaker.make, document_files.POOL_FROM = noted(document_files.FileMaker.make), 1
post_cleaner.PostCleaner.read_and_clean, bodies.CHUNK = noted(post_cleaner.PostCleaner.read_and_clean), 1
main(sys.argv[2:])
"""


def test_files_that_other_processes_make_are_the_same(tmp_path: Path) -> None:
    for day in range(1, 9):
        (tmp_path / f"2024-01-0{day}-a.md").write_text("---\ntags: [one]\n---\n" + "Words. " * 300, encoding="utf-8")
    given = str(tmp_path), "--base-url", BASE
    outs = tmp_path.with_name("here"), tmp_path.with_name("there")
    CliRunner().invoke(main, ["build", str(outs[0]), *given])

    script = [sys.executable, "-c", MADE_IN_PROCESSES, str(tmp_path.with_name("pids")), "build", str(outs[1]), *given]
    environ = os.environ | {"FEEDSVC_INDEX": str(tmp_path.with_name("there.sqlite"))}
    subprocess.run(script, env=environ, check=True, capture_output=True)

    bodies = [{name: file.read_bytes() for name, file in files(out).items()} for out in outs]
    assert bodies[0] == bodies[1]
    calls = [line.split() for line in tmp_path.with_name("pids").read_text().splitlines()]
    parent = next(parent for function, _, parent in calls if function == "read_and_clean")
    cleaners, makers = ([one for name, one, _ in calls if name == function] for function in ("read_and_clean", "make"))
    assert (len(cleaners), parent in cleaners, makers.count(parent) < len(makers) / 2) == (8, False, True)


def test_pages_lead_to_files(static: Site) -> None:
    text = static.get("/page/2/").text
    links = [link for link in re.findall('href="([^"]*)"', text) if not re.match("feed:|https?:", link)]

    assert ('href="../../"' in text, 'href="../../page/3/"' in text) == (True, True)
    assert [link for link in links if "?" in link and "static/" not in link] == []


def test_links_of_pages_lead_to_files_wherever_these_are_put(static: Site, tmp_path: Path) -> None:
    static.publish("河畔/2024-03-01-新 闻.md", tags=["联合早报"])
    build(static, tmp_path / "out")
    found = files(tmp_path / "out")
    mount = "http://127.0.0.1:8080/preview/"

    for name in (name for name in found if name.endswith(".html")):
        place = quote(name.removesuffix("index.html"))
        soup = BeautifulSoup(found[name].read_bytes(), "lxml")
        if soup.select("meta[http-equiv=refresh]"):
            continue
        all_links = [str(one["href"]) for one in soup.select("body [href], link[rel=stylesheet], link[rel=icon]")]
        links = [re.split("[?#]", link)[0] for link in all_links if not re.match("feed:|https?://(?!127)|#", link)]
        # A slash in a name may be a level or not, an error is at any depth: these lead to where they are meant to be.
        at = BASE if name.startswith(("tags/ci/", "404.")) else mount.rstrip("/")
        led = {unquote(urljoin(f"{at}/{place}", link).removeprefix(f"{at}/")) for link in links}
        assert {f"{one}index.html" if one.endswith("/") or not one else one for one in led} <= found.keys(), name
        assert "static/feedsvc.css" in led


def test_nothing_is_written_where_nothing_has_changed(static: Site, tmp_path: Path) -> None:
    first = build(static, tmp_path / "out")
    times = {name: file.stat().st_mtime_ns for name, file in files(tmp_path / "out").items()}

    second = build(static, tmp_path / "out")

    assert (second.written, second.unchanged, second.removed) == (0, first.written, 0)
    assert times == {name: file.stat().st_mtime_ns for name, file in files(tmp_path / "out").items()}


def test_only_what_has_changed_is_compressed(
    static: Site, make_site: Callable[[Settings], Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, out = make_site(replace(static.settings, cache_bytes=0)), tmp_path / "out"
    build(site, out)
    compressed: list[bytes] = []
    monkeypatch.setitem(CODINGS, "br", lambda body: compressed.append(body) or brotli.compress(body, quality=5))
    (out / "rss.xml.br").write_bytes(b"of somebody else")
    (out / "atom.xml.br").unlink()
    (out / "feed.json").write_bytes(b"of somebody else")
    (out / "tags/c++/rss.xml.br").write_bytes((out / "rss.xml.gz").read_bytes())
    site.publish("2024-01-03-b.md", tags=["new"], author="Wu")

    build(site, out)

    found = {name: file.read_bytes() for name, file in files(out).items()}
    assert [name for name in found if name.endswith(".br") and brotli.decompress(found[name]) != found[name[:-3]]] == []
    again = {name for name, body in found.items() if body in compressed}
    assert again >= {"rss.xml", "atom.xml", "page/2/rss.xml", "tags/new/rss.xml", "tags/c++/rss.xml"}
    assert again.isdisjoint(
        {"tags/c++/atom.xml", "authors/Li/rss.xml", "feed.json", "posts/sub/2024-01-05-a/index.html"}
    )


def test_what_is_gone_is_removed_and_what_is_not_ours_stays(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")
    (tmp_path / "out" / "CNAME").write_text("example.org")
    (static.posts / "sub/2024-01-01-a.md").unlink()
    static.scan()

    report = build(static, tmp_path / "out")

    assert report.removed > 0
    assert not (tmp_path / "out/posts/sub/2024-01-01-a").exists()
    assert (tmp_path / "out/CNAME").read_text() == "example.org"


def test_a_folder_of_somebody_else_is_refused(static: Site, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.tex").write_text("years of work")

    with pytest.raises(OutputError, match="not empty, and not the output of a build: name another folder"):
        build(static, tmp_path / "out")


@pytest.mark.parametrize("written", ["", "[", "5", "[5]", '{"a": 1}', "null", "[" * 100_000, '["a", null]', "[NaN]"])
def test_a_damaged_list_of_files_is_told_in_a_line(static: Site, tmp_path: Path, written: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / OLD_MANIFEST).write_text(written)

    with pytest.raises(OutputError, match="cannot be read"):
        build(static, tmp_path / "out")


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10 * 2**30)


def link_out(path: Path) -> None:
    path.symlink_to(path.parent.parent / "victim")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, make_huge, link_out])
def test_a_list_of_files_that_is_no_file_is_told_in_a_line(
    static: Site, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "victim").write_text("[]")
    make(tmp_path / "out" / OLD_MANIFEST)

    with pytest.raises(OutputError, match="cannot be read"):
        build(static, tmp_path / "out")


# --- what others have planted --------------------------------------------------------------------


@pytest.fixture
def small(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    other = make_site(replace(site.settings, base_url=BASE, static=True))
    other.publish("2024-01-01-a.md", tags=["a"])
    return other


NO_FILES = [
    *("", ".", "..", "/", "a/", "./a", "../victim", "tags/../../victim", "tags", "tags/../a", "a//b", "/etc/passwd"),
    *("linked/victim", "link", "none", "a\0b", "\ud800", "x" * 5_000, "x/" * 3_000 + "x"),
]


def test_entries_of_the_list_that_are_no_files_of_ours_are_ignored(small: Site, tmp_path: Path) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim"
    build(small, out)
    victim.write_text("years of work")
    (out / "linked").symlink_to(tmp_path)
    (out / "link").symlink_to(victim)
    before = files(out)
    listed = json.loads(manifest_of(out).read_text(encoding="utf-8"))
    manifest_of(out).write_text(json.dumps([*listed, *NO_FILES, str(victim)]))

    report = build(small, out)

    assert (report.removed, files(out), victim.read_text()) == (0, before, "years of work")
    assert (out / "link").is_symlink()


@pytest.mark.parametrize("make", [link_out, os.link, os.mkfifo, make_huge])
def test_a_build_writes_through_nothing_that_is_in_the_place_of_a_file(
    small: Site, tmp_path: Path, make: Callable[..., None]
) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim"
    build(small, out)
    expected = set(files(out))
    victim.write_text("years of work")
    for name in (".feedsvc.part", "tags/.feedsvc.part", "rss.xml", "index.html.gz", "tags/a/feed.json"):
        (out / name).unlink(missing_ok=True)
        make(*((victim, out / name) if make is os.link else (out / name,)))
    small.publish("2024-01-01-a.md", "Other text.", tags=["a", "b"])

    build(small, out)

    assert victim.read_text() == "years of work"
    assert files(out).keys() >= expected
    assert not [name for name, file in files(out).items() if file.is_symlink() or file.stat().st_nlink > 1]
    assert b"Other text." in (out / "rss.xml").read_bytes()


@pytest.mark.parametrize("folder", ["tags", "tags/a", "posts/2024-01-01-a"])
@pytest.mark.parametrize("target", ["../elsewhere", "nowhere"])
def test_a_build_into_a_linked_folder_is_refused(small: Site, tmp_path: Path, folder: str, target: str) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    build(small, out)
    shutil.rmtree(out / folder)
    (out / folder).symlink_to(elsewhere if target.startswith("..") else target)

    with pytest.raises(OutputError, match=f"{re.escape(folder)}/.*: cannot be written: a link"):
        build(small, out)

    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_is_in_the_place_of_a_file_is_told_in_a_line(small: Site, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / OLD_MANIFEST).write_text("[]")
    (tmp_path / "out" / "rss.xml").mkdir()

    with pytest.raises(OutputError, match=r"rss\.xml: cannot be written: Is a directory"):
        build(small, tmp_path / "out")

    assert not list((tmp_path / "out").glob("**/.feedsvc.part"))


def test_the_folder_itself_may_be_a_link(small: Site, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")

    build(small, tmp_path / "out")

    assert (tmp_path / "real" / "rss.xml").exists()


def test_a_build_beside_another_is_refused_and_changes_nothing(small: Site, tmp_path: Path) -> None:
    refused: list[str] = []

    def build_meanwhile(rows: Iterable[T], total: int | None, _: str) -> Iterable[T]:
        if total is not None:  # what is to be written is known
            before = files(tmp_path / "out")
            with pytest.raises(OutputError) as second:
                build(small, tmp_path / "out")
            refused.append(str(second.value))
            assert files(tmp_path / "out") == before
        return rows

    build(small, tmp_path / "out", build_meanwhile)

    assert list(dict.fromkeys(refused)) == [f"{tmp_path / 'out'}: another build is writing to it"]
    assert build(small, tmp_path / "out").written == 0


def test_a_build_leaves_nothing_open_and_nothing_of_its_own_behind(small: Site, tmp_path: Path) -> None:
    build(small, tmp_path / "out")
    small.publish("2024-02-01-b.md", tags=["new"])

    build(small, tmp_path / "out")

    opened = [os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir()]
    assert [name for name in opened if name.startswith(str(tmp_path / "out"))] == []
    assert [name for name in files(tmp_path / "out") if name.rpartition("/")[2].startswith(".")] == [".nojekyll"]


def test_a_build_without_a_base_url_is_refused(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="base_url: must be set, such as --base-url https://"):
        build(site, tmp_path / "out")


@pytest.mark.parametrize("tag", ["..", "港" * 100])
def test_an_address_that_cannot_be_a_file_is_reported(static: Site, tmp_path: Path, tag: str) -> None:
    static.publish("2024-02-01-b.md", tags=[tag])

    report = build(static, tmp_path / "out")

    assert len(report.refused) == 4
    assert tag in report.refused[0]


def test_build_names_what_is_missing_and_fails(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_INDEX", str(site.settings.index))
    site.write("2024-01-01-a.md")
    (site.posts / "2024-01-02-bad.md").write_text("---\na: b: c\n---\n")
    arguments: list[Any] = ["build", str(tmp_path / "out"), str(site.posts), "--base-url", BASE]

    result = CliRunner().invoke(main, arguments)

    assert (result.exit_code, result.stdout.splitlines()[0].partition(":")[0]) == (1, "2024-01-02-bad.md")
    assert (tmp_path / "out/rss.xml").exists()


def test_files_that_posts_refer_to_are_copied_and_no_others(static: Site, tmp_path: Path) -> None:
    for name in ("shown.png", "other.png"):
        (static.posts / name).write_bytes(b"picture of " + name.encode())
    static.publish("2024-02-01-b.md", "![S](shown.png)")

    build(static, tmp_path / "out")

    copied = {name: file.read_bytes() for name, file in files(tmp_path / "out").items() if name.startswith("files/")}
    assert copied == {"files/shown.png": b"picture of shown.png"}


# --- redirects -----------------------------------------------------------------------------------


@pytest.fixture
def moved(static: Site, make_site: Callable[[Settings], Site]) -> Site:
    aliases = (
        *(("/old.xml", "/rss.xml"), ("/alt/", "/tags/联合早报/"), ("/gone.xml", "gone"), ("/none/", "/nowhere/")),
        *(("/tag+1.xml", "/tags/c%2B%2B/atom.xml"), ("/$cash.xml", "/rss.xml"), ("/rss.xml", "/atom.xml")),
    )
    return make_site(replace(static.settings, aliases=aliases))


def test_old_urls_are_redirected_by_hosts_that_can(moved: Site, tmp_path: Path) -> None:
    build(moved, tmp_path / "out")

    lines = (tmp_path / "out/_redirects").read_text("utf-8").splitlines()

    assert {
        "/b/old.xml /b/rss.xml 301",
        f"/b/alt/ /b/tags/{quote('联合早报')}/ 301",
        "/b/tag%2B1.xml /b/tags/c%2B%2B/atom.xml 301",
        "/b/feed.xml /b/atom.xml 301",
        "/b/wp-rss2.php /b/rss.xml 301",
        "/b/tag/:name/feed/ /b/tags/:name/rss.xml 301",
    } <= set(lines)
    assert not [line for line in lines if "gone" in line or "nowhere" in line or line.startswith("/b/atom.xml ")]


def test_nginx_has_a_map_of_old_urls_beside_the_folder(moved: Site, tmp_path: Path) -> None:
    build(moved, tmp_path / "out")

    lines = (tmp_path / "out.feedsvc/redirects.map").read_text("utf-8").splitlines()

    assert {
        '"/b/old.xml" "/b/rss.xml";',
        '"/b/gone.xml" "gone";',
        '"/b/%24cash.xml" "/b/rss.xml";',
        r'"~^/b/tags/([^/?]+)/index\.xml(\?.*)?$" "/b/tags/$1/rss.xml";',
    } <= set(lines)


def test_file_servers_have_copies_of_feeds_and_pages_that_lead_on(moved: Site, tmp_path: Path) -> None:
    build(moved, tmp_path / "out")
    out = tmp_path / "out"

    assert (out / "old.xml").read_bytes() == (out / "rss.xml").read_bytes()
    assert (out / "feed.xml").read_bytes() == (out / "atom.xml").read_bytes()
    assert f'url={BASE}/tags/{quote("联合早报")}/"' in (out / "alt/index.html").read_text()
    assert f'url={BASE}/rss.xml"' in (out / "feed/index.html").read_text()
    assert not [name for name in ("gone.xml", "none", "wp-rss2.php") if (out / name).exists()]


def test_feed_that_the_site_s_generator_wrote_is_no_redirect(
    static: Site, make_site: Callable[[Settings], Site], tmp_path: Path
) -> None:
    own = (
        OwnFeed("/index.xml", "rss", 2, ScopeKind.ALL),
        OwnFeed("/tags/{name}/index.xml", "rss", 2, ScopeKind.TAG),
    )
    hugo = make_site(replace(static.settings, site=Jekyll(feeds=own)))
    hugo.scan()
    build(hugo, tmp_path / "out")

    lines = (tmp_path / "out/_redirects").read_text("utf-8").splitlines()

    assert not [line for line in lines if line.startswith(("/b/index.xml ", "/b/tags/:name/index.xml "))]
    assert "/b/categories/:name/index.xml /b/categories/:name/rss.xml 301" in lines


# --- the list of files ---------------------------------------------------------------------------


def test_list_of_an_earlier_version_is_taken_over(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")
    names = list(json.loads(manifest_of(tmp_path / "out").read_text("utf-8")))
    (tmp_path / "out" / OLD_MANIFEST).write_text(json.dumps([*names, "old.xml"]))
    (tmp_path / "out/old.xml").touch()
    shutil.rmtree(tmp_path / "out.feedsvc")

    report = build(static, tmp_path / "out")

    assert (report.written, report.removed) == (0, 1)
    assert not (tmp_path / "out" / OLD_MANIFEST).exists()


def test_list_is_in_the_folder_where_nothing_can_be_written_beside_it(static: Site, tmp_path: Path) -> None:
    (tmp_path / "out.feedsvc").write_text("a file")
    build(static, tmp_path / "out")

    assert (tmp_path / "out" / OLD_MANIFEST).exists()
    assert build(static, tmp_path / "out").written == 0


def test_more_removals_than_are_allowed_are_none(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")
    before = files(tmp_path / "out").keys()
    (static.posts / "sub/2024-01-01-a.md").unlink()
    static.scan()

    with pytest.raises(OutputError, match="more than 2, so none is: if that is right, say --max-deletes"):
        build(static, tmp_path / "out", max_removals=2)

    assert before <= files(tmp_path / "out").keys()
    assert build(static, tmp_path / "out").removed > 2
