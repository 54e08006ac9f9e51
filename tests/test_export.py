"""Static files: the same bytes as served, only what changed, and nothing of anybody else's."""

from __future__ import annotations

import gzip
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urljoin

import brotli
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from feedsvc.cli import main
from feedsvc.errors import SettingError
from feedsvc.export import MANIFEST, ExportReport, export
from feedsvc.settings import Jekyll

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

BASE = "https://example.org/b"


@pytest.fixture
def static(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    other = make_site(replace(site.settings, base_url=BASE, static=True, limit=2))
    for day in range(1, 6):
        other.write(f"sub/2024-01-0{day}-a.md", tags=["c++", "联合早报", "ci/cd"], author="Li")
    other.scan()
    return other


def build(site: Site, out: Path) -> ExportReport:
    return export(site.publisher, out)


def files(out: Path) -> dict[str, Path]:
    return {str(file.relative_to(out)): file for file in sorted(out.rglob("*")) if file.is_file()}


def test_every_file_is_what_the_service_serves(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")

    found = {
        name: file for name, file in files(tmp_path / "out").items() if not name.endswith((".gz", ".br", MANIFEST))
    }
    for name, file in found.items():
        address = "/" + quote(name.removesuffix("index.html"))
        reply = static.get(address)
        assert (reply.status, reply.body) == (200, file.read_bytes()), address
    assert len(found) > 50


def test_there_is_a_file_for_every_address(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")

    assert files(tmp_path / "out").keys() >= {
        *("index.html", "rss.xml", "page/3/atom.xml", "page/2/index.html", "feeds.opml", "static/feed.css"),
        *("tags/index.html", "tags/c++/feed.json", "tags/c++/page/2/rss.xml", "tags/ci/cd/rss.xml"),
        *("tags/联合早报/index.html", "authors/Li/index.html", "posts/sub/2024-01-01-a/index.html"),
    }


def test_a_jekyll_site_s_own_feeds_are_there(
    static: Site, make_site: Callable[[Settings], Site], tmp_path: Path
) -> None:
    jekyll = Jekyll(url="https://example.org", baseurl="/b", feed_path="/old.xml", feed_tags="/by/")
    (static.posts / "_posts").mkdir()
    longest = "港" * 82  # 250 bytes with its suffix
    (static.posts / "_posts/2024-02-01-a.md").write_text(f"---\ntags: [new, {longest}]\n---\nText.")
    site = make_site(replace(static.settings, jekyll=jekyll, index=tmp_path / "jekyll.sqlite"))
    site.scan()

    build(site, tmp_path / "out")

    assert files(tmp_path / "out").keys() >= {"old.xml", "by/new.xml", f"by/{longest}.xml"}


def test_a_build_that_is_broken_off_can_be_taken_up_again(static: Site, tmp_path: Path) -> None:
    def stop(rows: Iterable[Any], total: int | None, _: str) -> Iterator[Any]:
        yield from rows if total is None else islice(rows, 5)
        if total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(static.publisher, tmp_path / "out", stop)

    assert build(static, tmp_path / "out").unchanged > 0


def test_a_build_among_the_posts_is_refused(static: Site) -> None:
    with pytest.raises(SettingError, match="is in the folder of posts"):
        build(static, static.posts / "out")


def test_a_name_that_looks_like_a_page_is_built(static: Site, tmp_path: Path) -> None:
    static.publish("2024-02-01-b.md", tags=["page/2"])

    assert build(static, tmp_path / "out").refused == ()
    assert b"page/2" in (tmp_path / "out/tags/page/2/rss.xml").read_bytes()


def test_files_are_there_compressed(static: Site, tmp_path: Path) -> None:
    build(static, tmp_path / "out")

    plain, *coded = ((tmp_path / "out" / f"index.html{suffix}").read_bytes() for suffix in ("", ".gz", ".br"))
    assert (gzip.decompress(coded[0]), brotli.decompress(coded[1])) == (plain, plain)


def test_pages_lead_to_files(static: Site) -> None:
    text = static.get("/page/2/").text

    assert ('href="../../"' in text, 'href="../../page/3/"' in text, "?" in text.split("<main>")[1]) == (
        True,
        True,
        False,
    )


def test_links_of_pages_lead_to_files_wherever_these_are_put(static: Site, tmp_path: Path) -> None:
    static.publish("河畔/2024-03-01-新 闻.md", tags=["联合早报"])
    build(static, tmp_path / "out")
    found = files(tmp_path / "out")
    mount = "http://127.0.0.1:8080/preview/"

    for name in (name for name in found if name.endswith(".html")):
        place = quote(name.removesuffix("index.html"))
        soup = BeautifulSoup(found[name].read_bytes(), "lxml")
        links = [str(one["href"]) for one in soup.select("body [href], link[rel=stylesheet]")]
        # A slash in a name may be a level or not: such a page leads to where it is meant to be.
        at = BASE if name.startswith("tags/ci/") else mount.rstrip("/")
        led = {unquote(urljoin(f"{at}/{place}", link).removeprefix(f"{at}/")) for link in links}
        assert {f"{one}index.html" if one.endswith("/") or not one else one for one in led} <= found.keys(), name
        assert "static/feedsvc.css" in led


def test_nothing_is_written_where_nothing_has_changed(static: Site, tmp_path: Path) -> None:
    first = build(static, tmp_path / "out")
    times = {name: file.stat().st_mtime_ns for name, file in files(tmp_path / "out").items()}

    second = build(static, tmp_path / "out")

    assert (second.written, second.unchanged, second.removed) == (0, first.written, 0)
    assert times == {name: file.stat().st_mtime_ns for name, file in files(tmp_path / "out").items()}


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

    with pytest.raises(SettingError, match="is not empty, and not an export of feedsvc"):
        build(static, tmp_path / "out")


@pytest.mark.parametrize("written", ["", "[", "5", "[5]"])
def test_a_damaged_list_of_files_is_told_in_a_line(static: Site, tmp_path: Path, written: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MANIFEST).write_text(written)

    with pytest.raises(SettingError, match="cannot be read"):
        build(static, tmp_path / "out")


def test_a_build_without_a_base_url_is_refused(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="base_url: must be set"):
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
