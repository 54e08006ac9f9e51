"""Caches and hubs are told of changes once, in time, until they answer; a dead or slow one hinders nobody."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from waiting import Clock

from feedsvc.entries import DeliveryState
from feedsvc.errors import DeliveryError
from feedsvc.index.change_table import MENU, POST, SITE
from feedsvc.models import EPOCH
from feedsvc.notify import delivery
from feedsvc.notify.notifier import PAUSES, Notifier, notify_targets
from feedsvc.notify.targets import TEMPLATES, OutgoingRequest, feed_urls, make_targets
from feedsvc.publishing.tags import ANY, to_tag
from feedsvc.setting_values import TARGETS
from feedsvc.settings import Settings
from feedsvc.web.monitoring import TARGETS as NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Site

TOKEN = "secret-of-the-cache"
BASE = "https://feeds.example"


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    fields: tuple[tuple[str, str], ...] = (("Location", "/elsewhere"),)


@dataclass
class Fake:
    """A cache or a hub that writes down what it is told, and gives these answers, the last one for ever."""

    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    seen: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def listening(fake: Fake) -> Iterator[Fake]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            fake.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
            self.send_response(answer.status)
            for name, value in (*answer.fields, ("Content-Length", str(len(answer.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_PURGE = do_GET = _answer  # noqa: N815 - names of the standard library

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        fake.url = f"http://127.0.0.1:{server.server_port}"
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def fake() -> Iterator[Fake]:
    with listening(Fake()) as started:
        yield started


@dataclass
class Followed:
    """A notifier over a site whose folder has one post, with a clock that is set."""

    notifier: Notifier
    clock: Clock

    def after(self, seconds: float) -> None:
        self.clock.now += seconds
        self.notifier.step()


def notifier_of(site: Site, settings: Settings) -> Followed:
    (target,) = make_targets(settings)
    clock = Clock()
    return Followed(Notifier(target, site.index, clock=clock), clock)


def cache_settings(site: Site, fake: Fake, kind: str = "varnish", path: str = "/", **others: Any) -> Settings:
    return replace(site.settings, on_change=(f"{kind} {fake.url}{path}",), **others)


def tags(*changes: tuple[str, str]) -> set[str]:
    return set(map(to_tag, changes))


# --- what is sent --------------------------------------------------------------------------------

CHANGED = {ANY, MENU, ("all", ""), ("tag", "a"), (POST, "2024-01-01-a"), (POST, "2024-01-02-b")}


def told_of_an_edit(site: Site, settings: Settings) -> None:
    """Tell a target of the first scan, then of a new post."""
    site.publish("2024-01-01-a.md")
    told = notifier_of(site, settings)
    told.after(0)
    told.after(1)
    site.publish("2024-01-02-b.md", tags=["a"])
    told.after(0)
    told.after(1)


def test_varnish_is_told_to_purge_softly(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake))

    (first, second) = fake.seen
    assert [(method, path, body) for method, path, _, body in fake.seen] == [("PURGE", "/", "")] * 2
    assert set(first[2]["xkey-softpurge"].split()) == tags(SITE, ANY)
    assert set(second[2]["xkey-softpurge"].split()) == tags(*CHANGED)
    assert "authorization" not in second[2]


def test_fastly_is_told_by_its_key(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake, "fastly", "/service/x/purge", on_change_token=TOKEN))

    method, path, headers, _ = fake.seen[-1]
    assert (method, path, headers["fastly-key"], headers["fastly-soft-purge"]) == (
        "POST",
        "/service/x/purge",
        TOKEN,
        "1",
    )
    assert set(headers["surrogate-key"].split()) == tags(*CHANGED)


def test_cloudflare_is_told_in_json(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake, "cloudflare", "/zones/z/purge_cache", on_change_token=TOKEN))

    method, path, headers, body = fake.seen[-1]
    assert (method, path, headers["authorization"]) == ("POST", "/zones/z/purge_cache", f"Bearer {TOKEN}")
    assert set(json.loads(body)["tags"]) == tags(*CHANGED)


def test_webhook_is_told_tags_and_feeds(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake, "webhook", "/hook?key=1", base_url=BASE))

    _, path, _, body = fake.seen[-1]
    assert (path, set(json.loads(body)["tags"])) == ("/hook?key=1", tags(*CHANGED))
    assert {f"{BASE}/rss.xml", f"{BASE}/tags/a/feed.json"} < set(json.loads(body)["feeds"])


def test_hub_is_told_each_feed_that_changed(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, replace(site.settings, websub_hub=f"{fake.url}/hub", base_url=BASE))

    published = [parse_qs(body) for _, _, _, body in fake.seen]
    files = ("rss.xml", "atom.xml", "feed.json")
    assert all(one["hub.mode"] == ["publish"] and len(one["hub.url"]) == 1 for one in published)
    assert [one["hub.url"][0] for one in published] == [
        *(f"{BASE}/{file}" for file in files),
        *(f"{BASE}{folder}/{file}" for folder in ("", "/tags/a") for file in files),
    ]


def test_many_tags_go_in_several_requests(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake, "cloudflare"))
    site.publish("2024-01-03-c.md", tags=[f"t{number}" for number in range(100)])
    site.publish("2024-01-04-d.md", tags=[f"u{number}" for number in range(100)])
    told = notifier_of(site, cache_settings(site, fake, "cloudflare"))
    before = len(fake.seen)

    told.after(0)
    told.after(1)

    sent = [json.loads(body)["tags"] for *_, body in fake.seen[before:]]
    assert [len(one) for one in sent] == [100, 100, 5]


def test_tags_for_which_too_many_requests_would_be_sent_purge_everything(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake, "cloudflare"))
    before = len(fake.seen)
    for number in range(6):
        site.write(f"2024-02-0{number + 1}-c.md", tags=[f"{number}-{tag}" for tag in range(100)])
    site.scan()
    told = notifier_of(site, cache_settings(site, fake, "cloudflare"))

    told.after(0)
    told.after(1)

    assert [set(json.loads(body)["tags"]) for *_, body in fake.seen[before:]] == [tags(ANY, SITE)]


def test_ten_thousand_changed_tags_are_one_message(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake))
    told = notifier_of(site, cache_settings(site, fake))
    told.after(0)
    before = len(fake.seen)
    for number in range(100):
        site.write(f"2023-01-01-{number}.md", tags=[f"{number}-{tag}" for tag in range(100)])
    site.scan()
    site.publish("2024-01-03-c.md", tags=["last"])

    told.after(0)
    told.after(1)

    assert [set(fields["xkey-softpurge"].split()) for _, _, fields, _ in fake.seen[before:]] == [
        tags(ANY, SITE, ("all", ""), ("tag", "last"), (POST, "2024-01-02-b"), (POST, "2024-01-03-c"))
    ]


def test_kinds_that_can_be_set_are_those_with_a_template() -> None:
    assert set(TARGETS) == TEMPLATES.keys()


def test_feeds_of_the_sites_own_urls_are_told_too(site: Site, make_site: Callable[[Settings], Site]) -> None:
    from feedsvc.sites import Jekyll, OwnFeed  # noqa: PLC0415 - of this test alone

    own = Jekyll(url=BASE, feeds=(OwnFeed("/feed.xml", "atom", 10),))
    settings = replace(make_site(site.settings).settings, base_url=BASE, site=own)

    assert f"{BASE}/feed.xml" in feed_urls([("all", "")], settings)


# --- when ----------------------------------------------------------------------------------------


def test_changes_of_a_second_are_one_message(site: Site, fake: Fake) -> None:
    told = notifier_of(site, cache_settings(site, fake))
    site.publish("2024-01-01-a.md")
    told.after(0)
    site.publish("2024-01-02-b.md")
    told.after(0.5)
    early = len(fake.seen)

    told.after(0.5)
    told.after(60)

    assert (early, len(fake.seen)) == (0, 1)


def test_restarted_notifier_sends_only_what_is_new(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake))
    before = len(fake.seen)

    again = notifier_of(site, cache_settings(site, fake))
    again.after(0)
    again.after(60)

    assert len(fake.seen) == before


def test_hub_is_told_after_the_caches(site: Site, fake: Fake) -> None:
    settings = cache_settings(site, fake, websub_hub=fake.url, base_url=BASE, tell_after=5)

    assert [(target.name.split()[0], target.delay) for target in make_targets(settings)] == [("varnish", 5), ("hub", 6)]


def test_without_an_index_nobody_is_told(site: Site, fake: Fake) -> None:
    from feedsvc.errors import NotReady  # noqa: PLC0415 - of this test alone

    with pytest.raises(NotReady):
        notifier_of(site, cache_settings(site, fake)).after(1)
    assert fake.seen == []


# --- failures ------------------------------------------------------------------------------------


def test_target_that_fails_is_told_all_later(site: Site, fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    fake.answers = [Answer(503), Answer(302), Answer()]
    told = notifier_of(site, cache_settings(site, fake, path=f"/{TOKEN}", on_change_token=TOKEN))
    site.publish("2024-01-01-a.md")
    with caplog.at_level(logging.INFO, "feedsvc.notify"):
        told.after(0)
        told.after(1)
        told.after(PAUSES[0] / 2)
        site.publish("2024-01-02-b.md", tags=["a"])
        told.after(PAUSES[0] / 2)
        (failing,) = site.index.delivery_states([told.notifier.target.name])
        told.after(PAUSES[1])

    assert [path for _, path, *_ in fake.seen] == [f"/{TOKEN}"] * 3
    assert set(fake.seen[-1][2]["xkey-softpurge"].split()) == tags(SITE, *CHANGED)
    assert (failing.failures, failing.error) == (2, "answered with 302")
    assert (told.notifier.target.name in caplog.text, TOKEN in caplog.text) == (True, False)
    (final,) = site.index.delivery_states([told.notifier.target.name])
    assert (final.failures, final.error, final.waiting) == (0, "", 0)


def test_dead_target_is_tried_after_growing_pauses(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    told = notifier_of(site, replace(site.settings, on_change=(f"webhook {address}/{TOKEN}",)))
    site.publish("2024-01-01-a.md")
    told.after(0)
    for pause in (1, *PAUSES, PAUSES[-1]):
        told.after(pause)

    (state,) = site.index.delivery_states([told.notifier.target.name])
    assert (state.failures, state.error, state.waiting) == (len(PAUSES) + 2, "Connection refused", 1)
    assert (len(caplog.records), TOKEN in caplog.text) == (1, False)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"x" * 70_000, b"HTTP/1.1 200 OK\r\n\r\n"])
def test_target_that_never_ends_its_answer_is_given_up(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "IDLE_SECONDS", 0.05)
    held = []

    def answer_and_wait(server: socket.socket) -> None:
        held.append(server.accept()[0])
        held[0].sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer_and_wait, args=(server,))
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/{TOKEN}"
        with pytest.raises(DeliveryError) as error:
            delivery.send([OutgoingRequest("POST", url, {})])
        thread.join()
        held[0].close()

    assert TOKEN not in str(error.value)


@pytest.mark.parametrize(
    ("begin", "part"),
    [
        (b"", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 60000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n"),
    ],
    ids=["line", "headers", "continue", "body until the end", "body", "chunks", "trailers"],
)
def test_target_that_never_stops_answering_is_given_up(
    begin: bytes, part: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAX_SECONDS", 0.1)
    ended = threading.Event()

    def drip(server: socket.socket) -> None:
        line = server.accept()[0]
        with line, suppress(OSError):  # the other end has gone
            line.sendall(begin)
            while not ended.wait(0.01):
                line.sendall(part)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        with pytest.raises(DeliveryError):
            delivery.send([OutgoingRequest("POST", f"http://127.0.0.1:{server.getsockname()[1]}/", {})])
        thread.join(10)
        ended.set()


@pytest.mark.parametrize(
    ("asked", "pause"),
    [("40", 40), ("1", PAUSES[0]), ("999999999", 3_600), ("9" * 5_000, 1), ("-5", 1), ("soon", 1), ("", 1), ("٣", 1)],
)
def test_target_that_asks_for_a_pause_gets_it(site: Site, fake: Fake, asked: str, pause: float) -> None:
    fake.answers = [Answer(429, fields=(("Retry-After", asked.encode().decode("latin-1")),)), Answer()]
    told = notifier_of(site, cache_settings(site, fake, "cloudflare"))
    site.publish("2024-01-01-a.md")
    told.after(0)
    told.after(1)

    told.after(pause - 0.1)
    early = len(fake.seen)
    told.after(0.2)

    assert (early, len(fake.seen)) == (1, 2)


@pytest.mark.parametrize(
    ("body", "failures"),
    [
        (b'{"success": false, "errors": [{"code": 10000}]}', 1),
        (b'{"success":false}', 1),
        (b'{"success": true, "errors": [], "messages": [], "result": {"id": "x"}}', 0),
        (b'{"f1a2b3c4d5": "108-1391560174-974124"}', 0),
        *((b"", 0), (b"OK", 0), (b'["success"]', 0), (b"[" * 60_000, 0), (b"\xff", 0)),
    ],
)
def test_answer_that_says_that_it_failed_is_no_success(site: Site, fake: Fake, body: bytes, failures: int) -> None:
    fake.answers = [Answer(200, body)]
    told = notifier_of(site, cache_settings(site, fake, "cloudflare"))
    site.publish("2024-01-01-a.md")

    told.after(0)
    told.after(1)

    (state,) = site.index.delivery_states([told.notifier.target.name])
    assert state.failures == failures


def test_message_of_which_a_part_failed_is_sent_again_whole(site: Site, fake: Fake) -> None:
    told_of_an_edit(site, cache_settings(site, fake, "cloudflare"))
    site.write("2024-01-03-c.md", tags=[f"t{number}" for number in range(100)])
    site.publish("2024-01-04-d.md", tags=[f"u{number}" for number in range(100)])
    fake.seen.clear()
    fake.answers = [Answer(), Answer(500), Answer()]
    told = notifier_of(site, cache_settings(site, fake, "cloudflare"))

    told.after(0)
    told.after(1)
    told.after(PAUSES[0])

    sent = [frozenset(json.loads(body)["tags"]) for *_, body in fake.seen]
    assert (len(sent), sent[:2], site.index.delivery_states([told.notifier.target.name])[0].waiting) == (
        5,
        sent[2:4],
        0,
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_not_followed(fake: Fake, status: int) -> None:
    with listening(Fake()) as private:
        for location in (f"{private.url}/admin", "file:///etc/passwd", "//localhost/", "gopher://x"):
            fake.answers = [Answer(status, fields=(("Location", location),))]
            with pytest.raises(DeliveryError, match=f"answered with {status}"):
                delivery.send([OutgoingRequest("POST", f"{fake.url}/", {})])

    assert (private.seen, {path for _, path, *_ in fake.seen}) == ([], {"/"})


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}\n", f"Bearer {TOKEN}\r\nX: y", f"{TOKEN}联"])
def test_header_that_cannot_be_sent_is_not_shown(fake: Fake, header: str) -> None:
    with pytest.raises(DeliveryError) as error:
        delivery.send([OutgoingRequest("POST", f"{fake.url}/", {"Authorization": header})])

    assert TOKEN not in str(error.value)


def test_slow_target_holds_up_no_other(
    site: Site, fake: Fake, until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "IDLE_SECONDS", 60.0)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = f"webhook http://127.0.0.1:{silent.getsockname()[1]}/"
        settings = replace(site.settings, on_change=(slow, f"varnish {fake.url}/"), tell_after=0)
        thread = threading.Thread(target=notify_targets, args=(settings, site.index, stop))
        thread.start()
        site.publish("2024-01-01-a.md")
        until(lambda: len(fake.seen) == 1)
        site.publish("2024-01-02-b.md")
        until(lambda: len(fake.seen) == 2)
        stop.set()
        thread.join()

    assert [post.title for post in site.index.posts()] == ["2024-01-01-a", "2024-01-02-b"]


# --- what operators see --------------------------------------------------------------------------


def test_operators_see_who_has_been_told(site: Site, fake: Fake, make_site: Callable[[Settings], Site]) -> None:
    settings = cache_settings(site, fake, operator_token=TOKEN)
    other = make_site(settings)
    told_of_an_edit(other, settings)
    other.publish("2024-01-03-c.md")
    (target,) = make_targets(settings)
    other.app.extensions[NAMES] = [target.name]

    status = json.loads(other.get("/status.json", authorization=f"Bearer {TOKEN}").text)
    metrics = other.get("/metrics", authorization=f"Bearer {TOKEN}").text

    (told,) = status["told"]
    assert (told["target"], told["failures"], told["waiting"]) == (target.name, 0, 3)
    assert f'feedsvc_told_waiting{{target="{target.name}"}} 3.0' in metrics
    assert "told" not in json.loads(other.get("/status.json").text)
    assert target.name not in other.get("/status").text


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (DeliveryState("x", 0, EPOCH, waiting=1), "changes to be told: 1; no message has arrived yet"),
        (DeliveryState("x", 2**60, EPOCH), "changes to be told: 0; last message arrived Jan 1, 1970 12:00:00 AM UTC"),
        (DeliveryState("x", 1, EPOCH, 2, "Connection refused"), "12:00:00 AM UTC; failed tries: 2: Connection refused"),
    ],
)
def test_status_page_shows_who_has_been_told(
    site: Site, make_site: Callable[[Settings], Site], told: DeliveryState, shown: str
) -> None:
    other = make_site(replace(site.settings, operator_token=TOKEN))
    other.publish()
    other.index.keep_delivery_state(told)
    other.app.extensions[NAMES] = [told.target]

    page = other.get("/status", authorization=f"Bearer {TOKEN}").text

    assert shown in " ".join(re.sub(r"<.*?>", "", page).split())


# --- the process that tells ----------------------------------------------------------------------


@contextmanager
def telling_service(folder: Path, fake: Fake, *, tell_after: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the posts of a folder by processes that tell a webhook of changes."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
    ours |= {"FEEDSVC_ON_CHANGE": f"webhook {fake.url}/hook", "FEEDSVC_TELL_AFTER": str(tell_after)}
    ours |= {"PYTHONPATH": os.pathsep.join(sys.path), "FEEDSVC_INDEX": str(folder / "index.sqlite")}
    with socket.create_server(("127.0.0.1", 0)) as trial:
        port = str(trial.getsockname()[1])
    command = [sys.executable, "-m", "feedsvc", "serve", folder / "posts", "--port", port, "--workers", "1"]
    with subprocess.Popen(command, env=ours, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def write_post(folder: Path, tag: str) -> None:
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "posts" / f"2024-01-01-{tag}.md").write_text(f"---\ntags: [{tag}]\n---\nText.\n")


def test_service_tells_of_changes_by_a_process_of_its_own(
    tmp_path: Path, fake: Fake, until: Callable[..., None]
) -> None:
    write_post(tmp_path, "a")
    with telling_service(tmp_path, fake) as process:
        until(lambda: fake.seen)
        write_post(tmp_path, "b")
        until(lambda: to_tag(("tag", "b")) in fake.seen[-1][3])
        process.terminate()
        assert process.wait() == 0

    assert json.loads(fake.seen[0][3])["tags"] == [to_tag(ANY), to_tag(SITE)]


def test_changes_of_a_service_that_was_killed_are_told_by_the_next(
    tmp_path: Path, fake: Fake, until: Callable[..., None]
) -> None:
    write_post(tmp_path, "a")
    with telling_service(tmp_path, fake):
        until(lambda: fake.seen)
    told, index = len(fake.seen), tmp_path / "index.sqlite"

    def has_stored() -> bool:
        with closing(sqlite3.connect(index)) as connection:
            return bool(connection.execute("SELECT 1 FROM changes WHERE kind = 'tag' AND name = 'b'").fetchone())

    with telling_service(tmp_path, fake, tell_after=3_600) as process:
        write_post(tmp_path, "b")
        until(has_stored)
        process.kill()
    before = len(fake.seen)
    with telling_service(tmp_path, fake):
        until(lambda: len(fake.seen) > before)

    assert before == told
    assert to_tag(("tag", "b")) in json.loads(fake.seen[before][3])["tags"]
