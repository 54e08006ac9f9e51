"""Builds to a bucket: what objects carry, that only changes are written, and what is left by one that is killed."""

from __future__ import annotations

import gzip
import re
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import obstore
import pytest
from obstore.store import MemoryStore

from feedsvc.bucket import MANIFEST, MAX_REMOVALS, Bucket, open_bucket
from feedsvc.errors import OutputError
from feedsvc.export import ExportReport, export, open_destination
from feedsvc.manifest import Manifest
from feedsvc.progress import Progress, show_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

BASE = "https://example.org"


@pytest.fixture
def static(site: Site, make_site: Callable[[Settings], Site]) -> Site:
    other = make_site(replace(site.settings, base_url=BASE, static=True, limit=2))
    (other.posts / "a.png").write_bytes(b"picture")
    for day in range(1, 6):
        other.write(f"2024-01-0{day}-a.md", "Words. " * 200 + "![A](a.png)", tags=["c++", "联合 早报"], author="Li")
    other.scan()
    return other


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def build(
    site: Site, store: MemoryStore, progress: Progress = show_nothing, batch_bytes: int = 100_000
) -> ExportReport:
    bucket = Bucket(store, "s3://b", batch_bytes)
    try:
        return export(site.publisher, bucket, progress)
    finally:
        bucket.close()


def objects(store: MemoryStore) -> dict[str, str]:
    """Return the version of each object by its name."""
    return {one["path"]: str(one["e_tag"]) for part in obstore.list(store) for one in part}


def read(store: MemoryStore, name: str) -> tuple[bytes, dict[str, Any]]:
    found = obstore.get(store, name)
    attributes = {str(key): value for key, value in found.attributes.items()}
    body = bytes(found.bytes())
    return (gzip.decompress(body) if attributes.get("Content-Encoding") == "gzip" else body), attributes


@pytest.mark.parametrize(
    ("name", "media_type", "coding"),
    [
        ("rss.xml", "application/rss+xml; charset=utf-8", "gzip"),
        ("tags/c++/atom.xml", "application/atom+xml; charset=utf-8", "gzip"),
        ("tags/联合 早报/feed.json", "application/feed+json", "gzip"),
        ("posts/2024-01-01-a/index.html", "text/html; charset=utf-8", "gzip"),
        ("files/a.png", "image/png", None),
        ("feed/index.html", "text/html; charset=utf-8", None),
    ],
)
def test_object_is_the_document_with_what_it_is_served_with(
    static: Site, store: MemoryStore, name: str, media_type: str, coding: str | None
) -> None:
    build(static, store)

    body, attributes = read(store, name)

    expected = {"Content-Type": media_type, "Cache-Control": f"max-age={static.settings.max_age}"}
    assert attributes == expected | ({"Content-Encoding": coding} if coding else {})
    reply = static.get(f"/{name.removesuffix('index.html')}".replace(" ", "%20").replace("联合", "%E8%81%94%E5%90%88"))
    assert reply.status == 301 or body == reply.body or name.startswith("tags/联合")


def test_bucket_holds_one_coding_of_each_document(static: Site, store: MemoryStore) -> None:
    build(static, store)

    assert not [name for name in objects(store) if name.endswith((".gz", ".br"))]


def test_second_build_writes_nothing(static: Site, store: MemoryStore) -> None:
    first = build(static, store)
    before = objects(store)

    second = build(static, store)

    after = objects(store)
    assert (second.written, second.unchanged, second.removed) == (0, first.written, 0)
    assert after == before


def test_edit_writes_the_objects_whose_bytes_changed(static: Site, store: MemoryStore, tmp_path: Path) -> None:
    build(static, store)
    local = build_locally(static, tmp_path / "before")
    before = objects(store)
    static.publish("2024-01-03-a.md", "Other words.", tags=["c++", "new"], author="Li")

    report = build(static, store)

    changed = {name for name, body in build_locally(static, tmp_path / "after").items() if local.get(name) != body}
    after = objects(store)
    written = {name for name in after if after[name] != before.get(name)}
    assert written - {MANIFEST} == changed
    assert report.written == len(changed)
    assert {"files/a.png", "posts/2024-01-05-a/index.html"}.isdisjoint(written)


def build_locally(site: Site, out: Path) -> dict[str, bytes]:
    with open_destination(str(out), site.posts) as destination:
        export(site.publisher, destination)
    found = {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}
    return {name: body for name, body in found.items() if not name.endswith((".gz", ".br"))}


def kill_after(number: int) -> Progress:
    """Let a build be killed when it has made so many documents."""
    made = count()

    def stop(rows: Iterable[Any], _: int | None, what: str) -> Iterator[Any]:
        for row in rows:
            if what == "writing pages" and next(made) >= number:
                raise KeyboardInterrupt
            yield row

    return stop


def find_dead_links(store: MemoryStore, starts: Iterable[str]) -> set[str]:
    """Return the links of what can be reached from some objects that lead to no object."""
    names, todo, seen = objects(store).keys(), [*starts], set(starts)
    while todo:
        name = todo.pop()
        if name not in names:
            continue
        body, attributes = read(store, name)
        if attributes["Content-Type"].startswith("image/"):
            continue
        text = unescape(body.decode()).replace(r"\"", "'")
        links = re.findall(r"""(?:href|src)=["']?([^"'\s>]+)|(https://example\.org/[^\s"'\\<)]*)""", text)
        for link in (urljoin(f"{BASE}/{quote(name)}", one or other) for one, other in links):
            target = unquote(urlsplit(link).path).removeprefix("/")
            target += "index.html" if not target or target.endswith("/") else ""
            if link.startswith(BASE) and target not in seen:
                seen.add(target)
                todo.append(target)
    return seen - names


ENTRIES = ("index.html", "rss.xml", "feed.json", "sitemap.xml", "tags/c++/atom.xml", "posts/2024-01-04-a/index.html")


def test_build_that_is_killed_anywhere_leaves_links_that_lead_somewhere(static: Site, store: MemoryStore) -> None:
    build(static, store)
    before = [(name, read(store, name)[0], obstore.get(store, name).attributes) for name in objects(store)]
    static.publish("2024-01-03-b.md", "New words. ![B](a.png)", tags=["c++", "new"], author="Li")
    static.publish("2024-01-04-a.md", "Words. [Next](2024-01-03-b.md)", tags=["联合 早报", "more"], author="Bo")
    (static.posts / "2024-01-01-a.md").unlink()
    static.scan()
    whole = build(static, MemoryStore()).written

    for number in range(0, whole, 23):
        other = MemoryStore()
        for name, body, attributes in before:
            coded = attributes.get("Content-Encoding") == "gzip"
            obstore.put(other, name, gzip.compress(body) if coded else body, attributes=attributes)
        with suppress(KeyboardInterrupt):
            build(static, other, kill_after(number), batch_bytes=1)
        assert find_dead_links(other, ENTRIES) == set(), number
        with suppress(KeyboardInterrupt):
            build(static, other, kill_after(number + 3), batch_bytes=1)
        assert find_dead_links(other, ENTRIES) == set(), number
        build(static, other)
        assert_is_whole(static, other)


def test_doubt_tells_what_is_there_from_what_may_be_missing() -> None:
    manifest = Manifest({"old": "digest"})

    for _ in range(2):
        manifest.doubt(["old", "new"])

    assert [manifest.is_there(name) for name in ("old", "new", "other")] == [True, False, False]


def test_first_build_that_is_killed_has_no_front_page(static: Site, store: MemoryStore) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(static, store, kill_after(build(static, MemoryStore()).written // 2), batch_bytes=1)

    assert "posts/2024-01-04-a/index.html" in objects(store)
    assert not {"index.html", "rss.xml", "feeds.opml", "sitemap.xml"} & objects(store).keys()


class Broken(Bucket):
    """A bucket whose build is killed when objects have been removed."""

    def remove(self, names: Sequence[str]) -> int:
        super().remove(names)
        raise KeyboardInterrupt


def test_post_that_comes_back_after_a_build_was_killed_while_removing_is_there(
    static: Site, store: MemoryStore
) -> None:
    post = static.posts / "2024-01-03-a.md"
    text = post.read_bytes()
    build(static, store)
    post.unlink()
    static.scan()
    with pytest.raises(KeyboardInterrupt):
        export(static.publisher, Broken(store, "s3://b"))
    post.write_bytes(text)
    static.scan()

    build(static, store)

    assert_is_whole(static, store)


def assert_is_whole(site: Site, store: MemoryStore) -> None:
    other = MemoryStore()
    build(site, other)
    assert {name: read(store, name) for name in objects(store)} == {name: read(other, name) for name in objects(other)}


def test_object_of_a_killed_build_that_is_as_before_is_written_again(static: Site, store: MemoryStore) -> None:
    build(static, store)
    static.publish("2024-01-03-a.md", "Other words.", tags=["c++"])
    with pytest.raises(KeyboardInterrupt):
        build(static, store, kill_after(8), batch_bytes=1)
    static.publish("2024-01-03-a.md", "Words. " * 200 + "![A](a.png)", tags=["c++", "联合 早报"], author="Li")

    build(static, store)

    assert_is_whole(static, store)


def test_build_that_another_one_overtakes_ends_before_it_writes_more(static: Site, store: MemoryStore) -> None:
    build(static, store)
    static.publish("2024-02-01-new.md", tags=["new"])
    begun: list[str] = []

    def overtake(rows: Iterable[Any], _: int | None, what: str) -> Iterator[Any]:
        if what == "writing pages" and not begun:
            begun.append(what)
            build(static, store)
            begun.extend(map(str, objects(store).items()))
        yield from rows

    with pytest.raises(OutputError, match=r"^s3://b: another build is writing to it: let one end first$"):
        build(static, store, overtake)

    assert begun[1:] == [*map(str, objects(store).items())]
    assert_is_whole(static, store)


def test_manifest_whose_response_was_lost_is_no_other_build(static: Site, store: MemoryStore) -> None:
    build(static, store)
    bucket = Bucket(store, "s3://b")
    manifest = bucket.read_manifest()
    manifest.doubt(["index.html"])
    obstore.put(store, MANIFEST, manifest.dump())

    bucket.keep_manifest(manifest)
    manifest.doubt(["rss.xml"])
    bucket.keep_manifest(manifest)

    assert read(store, MANIFEST)[0] == manifest.dump()


@pytest.mark.parametrize("text", [b"{", b"thesis", b"", b'{"version": 3, "files": {"a": "b"}}', b"[1]", b"null"])
def test_manifest_that_is_damaged_or_of_another_program_ends_the_build(
    static: Site, store: MemoryStore, text: bytes
) -> None:
    build(static, store)
    obstore.put(store, MANIFEST, text)
    before = objects(store)

    with pytest.raises(OutputError, match=rf"^s3://b/{MANIFEST}: cannot be read: "):
        build(static, store)

    assert objects(store) == before


def test_name_in_the_manifest_that_no_object_can_have_is_ignored(static: Site, store: MemoryStore) -> None:
    build(static, store)
    manifest = read(store, MANIFEST)[0]
    obstore.put(store, MANIFEST, manifest.replace(b"{", b'{"bell\\u0008": "", "../up": "", "/root": "",', 1))

    assert build(static, store).removed == 0

    assert read(store, MANIFEST)[0] == manifest


def test_object_of_somebody_else_beside_a_build_stays(static: Site, store: MemoryStore) -> None:
    build(static, store)
    obstore.put(store, "posts/thesis.tex", b"years of work")
    (static.posts / "2024-01-01-a.md").unlink()
    static.scan()

    assert build(static, store).removed > 0

    assert bytes(obstore.get(store, "posts/thesis.tex").bytes()) == b"years of work"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("2024-02-01-bell\b.md", "a control character in its name"),
        ("2024-02-01-\x7f.md", "a control character in its name"),
        (f"{'long/' * 210}2024-02-01-a.md", "with the name of the bucket more than 1,024 bytes"),
    ],
)
def test_name_that_no_object_can_have_costs_that_object_alone(
    static: Site, store: MemoryStore, name: str, reason: str
) -> None:
    static.publish(name)

    report = build(static, store)

    assert [line.rpartition(": ")[2] for line in report.refused] == [reason]
    assert {"index.html", "posts/2024-01-05-a/index.html"} <= objects(store).keys()


@pytest.mark.parametrize("name", ["中文 名字", "50%", "1+1", "what?", "c#", "it's", 'a"b', "a&b;c", "~"])
def test_object_has_the_name_of_its_url_decoded(static: Site, store: MemoryStore, name: str) -> None:
    static.publish(f"2024-02-01-{name}.md", tags=[name])

    assert build(static, store).refused == ()

    page = f"posts/2024-02-01-{name}/index.html"
    assert {page, f"tags/{name}/rss.xml"} <= objects(store).keys()
    assert find_dead_links(store, [page]) == set()


@pytest.fixture
def refusing() -> Iterator[Callable[[int, bytes], str]]:
    """Return a function that starts a store which refuses everything with a status and a text; it returns its URL."""
    with ExitStack() as stack:

        def start(status: int, text: bytes) -> str:
            class Refusal(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)

                def log_message(self, *_: object) -> None:
                    pass

            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Refusal))
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever).start()
            return f"http://127.0.0.1:{server.server_port}"

        yield start


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (403, "<Code>AccessDenied</Code><Message>Access Denied</Message>", "AccessDenied: Access Denied"),
        (403, "<Code>InvalidAccessKeyId</Code>\n<Message>No key</Message>", "InvalidAccessKeyId: No key"),
        (301, "", "incorrectly configured region"),
        (400, "What?", "400 Bad Request: <Error>What"),
    ],
)
def test_what_a_store_refuses_is_told_with_place_and_reason(
    monkeypatch: pytest.MonkeyPatch, refusing: Callable[[int, bytes], str], status: int, text: str, reason: str
) -> None:
    signed = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_ALLOW_HTTP": "true", "AWS_REGION": "a"}
    for name, value in (signed | {"AWS_ENDPOINT_URL": refusing(status, f"<Error>{text}</Error>".encode())}).items():
        monkeypatch.setenv(name, value)

    with (
        open_bucket("s3://bucket/folder") as bucket,
        pytest.raises(OutputError, match=rf"^s3://bucket/folder/{MANIFEST}: cannot be read: .*{reason}") as raised,
    ):
        bucket.read_manifest()

    assert "\n" not in str(raised.value)


def test_bucket_of_somebody_else_is_refused(static: Site, store: MemoryStore) -> None:
    obstore.put(store, "thesis.tex", b"years of work")

    with pytest.raises(OutputError, match="not empty, and not the output of a build"):
        build(static, store)


def test_wrong_folder_does_not_empty_a_bucket(static: Site, store: MemoryStore) -> None:
    for number in range(60):
        static.write(f"2024-03-01-{number}.md", tags=[f"tag {number}"])
    static.scan()
    build(static, store)
    before = objects(store).keys()
    for number in range(60):
        (static.posts / f"2024-03-01-{number}.md").unlink()
    static.scan()

    with pytest.raises(OutputError, match=rf"more than {MAX_REMOVALS}, so none is"):
        build(static, store)

    assert before <= objects(store).keys()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://example.org/x", "must begin with s3:// or gs:// or az://"),
        ("https://example.org/x", "must begin with s3://"),
        ("s3://", "s3://"),
    ],
)
def test_url_that_names_no_bucket_is_refused_in_a_line(url: str, message: str) -> None:
    with pytest.raises(OutputError, match=message) as raised, open_bucket(url):
        pass

    assert "\n" not in str(raised.value)


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)

    with pytest.raises(OutputError, match=r"pip install 'feedsvc\[s3\]'"), open_bucket("s3://b"):
        pass
