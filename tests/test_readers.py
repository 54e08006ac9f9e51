"""Feed readers that people have, as Debian packs them: newsboat and sfeed subscribe, import, and ask again."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from lxml import etree
from waiting import BOUND

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Samples

pytestmark = pytest.mark.readers

Row = tuple[str, str, int]  # title, link, seconds since 1970
FEEDS = pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml"])
SFEED = """
sfeedpath={folder}/feeds
fetch() {{ curl -sf --etag-save "$3.etag" --etag-compare "$3.etag" "$2"; }}
feeds() {{ feed daily {url}; }}
"""


@dataclass
class Reader:
    """A reader with a home of its own."""

    folder: Path

    def call(self, *command: str, stdin: bytes = b"") -> str:
        if not shutil.which(command[0]):
            pytest.skip(f"{command[0]} is not installed")
        home = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm"}
        return subprocess.check_output(command, cwd=self.folder, env=home, input=stdin, timeout=BOUND).decode()


class Newsboat(Reader):
    reloads_to_learn = 2  # it keeps no validators of the first: https://github.com/newsboat/newsboat/issues/2734

    def run(self, *options: str) -> str:
        (self.folder / "config").write_text("max-items 0\n")
        (self.folder / "urls").touch()
        return self.call("newsboat", "-q", "-C", "config", "-u", "urls", "-c", "cache.db", *options)

    def subscribe(self, url: str) -> None:
        (self.folder / "urls").write_text(f"{url}\n")

    def reload(self) -> None:
        self.run("-x", "reload")

    def posts(self) -> set[Row]:
        with closing(sqlite3.connect(self.folder / "cache.db")) as cache:
            return set(cache.execute("SELECT title, url, pubDate FROM rss_item"))


class Sfeed(Reader):
    reloads_to_learn = 1

    def subscribe(self, url: str) -> None:
        (self.folder / "feeds").mkdir()
        (self.folder / "sfeedrc").write_text(SFEED.format(folder=self.folder, url=url))

    def reload(self) -> None:
        self.call("sfeed_update", "sfeedrc")

    def posts(self) -> set[Row]:
        """Read sfeed(5): time, title, link and more between tabs."""
        lines = (self.folder / "feeds" / "daily").read_text(encoding="utf-8").splitlines()
        fields = [line.split("\t") for line in lines]
        return {(title, link, int(time)) for time, title, link, *_ in fields}


READERS = pytest.mark.parametrize("make_reader", [Newsboat, Sfeed])


def get(url: str) -> bytes:
    with urlopen(url) as reply:
        return bytes(reply.read())


def published(samples: Samples) -> set[Row]:
    items: list[dict[str, Any]] = json.loads(get(f"{samples.url}/feed.json"))["items"]
    return {
        (item["title"], item["url"], int(datetime.fromisoformat(item["date_published"]).timestamp())) for item in items
    }


@READERS
@FEEDS
def test_reader_has_titles_links_and_dates_of_all_posts(
    samples: Samples, tmp_path: Path, make_reader: Callable[[Path], Newsboat | Sfeed], path: str
) -> None:
    reader = make_reader(tmp_path)
    reader.subscribe(samples.url + path)

    reader.reload()

    assert reader.posts() == published(samples)


@READERS
@FEEDS
def test_reader_that_asks_again_is_told_that_nothing_is_new(
    samples: Samples, tmp_path: Path, make_reader: Callable[[Path], Newsboat | Sfeed], path: str
) -> None:
    reader = make_reader(tmp_path)
    reader.subscribe(samples.url + path)
    for _ in range(reader.reloads_to_learn):
        reader.reload()
    before = len(samples.statuses(path))

    reader.reload()

    assert set(samples.statuses(path)[before:]) == {"304"}
    assert reader.posts() == published(samples)


def addresses(opml: bytes) -> set[str]:
    return {str(one) for one in etree.fromstring(opml).xpath("//outline/@xmlUrl")}


def test_newsboat_imports_every_feed_of_the_list(samples: Samples, tmp_path: Path) -> None:
    reader = Newsboat(tmp_path)
    opml = get(f"{samples.url}/feeds.opml")
    (tmp_path / "feeds.opml").write_bytes(opml)

    reader.run("-i", "feeds.opml")

    lines = (tmp_path / "urls").read_text(encoding="utf-8").splitlines()
    assert {line.split(" ")[0] for line in lines} == addresses(opml)
    assert len(lines) > 20


def test_newsboat_reloads_what_it_imported(samples: Samples, tmp_path: Path) -> None:
    reader = Newsboat(tmp_path)
    (tmp_path / "feeds.opml").write_bytes(get(f"{samples.url}/feeds.opml"))
    reader.run("-i", "feeds.opml")

    reader.reload()

    assert reader.posts() == published(samples)


def test_sfeed_imports_every_feed_of_the_list(samples: Samples, tmp_path: Path) -> None:
    opml = get(f"{samples.url}/feeds.opml")

    rc = Sfeed(tmp_path).call("sfeed_opml_import", stdin=opml)

    assert all(f"'{url}'" in rc for url in addresses(opml))
