"""The configurations of nginx and Varnish in the manual work as it says, in front of a real service."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT, is_ready
from waiting import BOUND, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.fronts
needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
needs_varnish = pytest.mark.skipif(not shutil.which("varnishd"), reason="varnish is not installed")
NGINX_BLOCKS = [
    (name, block)
    for name in ("deploy.md", "caches.md")
    for block in re.findall(r"^```nginx\n(.*?)^```$", (ROOT / "docs" / name).read_text(), re.MULTILINE | re.DOTALL)
]
(VCL,) = re.findall(r"^```vcl\n(.*?)^```$", (ROOT / "docs" / "caches.md").read_text(), re.MULTILINE | re.DOTALL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def get(port: int, target: str, **fields: str) -> Reply:
    connection = HTTPConnection("127.0.0.1", port, timeout=BOUND)
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    connection.request("GET", target, headers={"Host": "feeds.example.org", **named})
    response = connection.getresponse()
    reply = Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    connection.close()
    return reply


class Service:
    """feedsvc with a folder of posts, started and stopped at will; its log has every request."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.port, self.settings = folder, free_port(), settings
        (folder / "posts").mkdir()
        for number in range(3):
            self.write(number, "first")
        self.process: subprocess.Popen[bytes] | None = None

    def write(self, number: int, title: str) -> None:
        whole = self.folder / "part"
        text = f"---\ntitle: {title}\ntags: [t{number}, all]\n---\n{'words ' * 400}\n"
        whole.write_text(text)
        whole.rename(self.folder / "posts" / f"2024-01-0{number + 1}-p{number}.md")

    def start(self) -> None:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
        ours |= {f"FEEDSVC_{name.upper()}": value for name, value in self.settings.items()}
        ours |= {"PYTHONPATH": os.pathsep.join(sys.path), "FEEDSVC_INDEX": str(self.folder / "index.sqlite")}
        command = [sys.executable, "-m", "feedsvc", "serve", "posts", "--port", str(self.port), "--access-log", "all"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=ours, stderr=log)
        wait_until(lambda: self.has_ended or is_ready(f"http://127.0.0.1:{self.port}"))
        assert not self.has_ended, (self.folder / "log").read_text()

    @property
    def has_ended(self) -> bool:
        return bool(self.process) and self.process.poll() is not None

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()

    def count(self, path: str = "") -> int:
        """Return how many requests for feeds and pages at a path, or at all, came through."""
        lines = re.findall(r" (?:GET|HEAD) (\S+) \d+ ", (self.folder / "log").read_text())
        return sum(line.startswith(path) and "/healthz" not in line and "/readyz" not in line for line in lines)


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    started: list[Service] = []

    def make(**settings: str) -> Service:
        started.append(Service(tmp_path, base_url="http://feeds.example.org", **settings))
        started[-1].start()
        return started[-1]

    yield make
    for service in started:
        service.stop()


# --- nginx ---------------------------------------------------------------------------------------


def nginx_configuration(block: str, folder: Path, origin: int, port: int) -> str:
    block = block.replace("127.0.0.1:8000", f"127.0.0.1:{origin}").replace("listen 80;", f"listen 127.0.0.1:{port};")
    block = block.replace("/var/cache/nginx/feedsvc", f"{folder}/cache").replace("/srv/out", f"{folder}/out")
    block = block.replace("/srv/site", f"{folder}/site")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.getuid() == 0 else ""  # its workers would not get into the folder of the test
    main = f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/errors;\nevents {{}}\n"
    return f"{main}http {{\naccess_log off;\n{temporary}{block}}}\n"


@needs_nginx
@pytest.mark.parametrize(("name", "block"), NGINX_BLOCKS, ids=lambda value: value if value.endswith(".md") else "")
def test_nginx_takes_every_block_of_the_manual(tmp_path: Path, name: str, block: str) -> None:
    (tmp_path / "out.feedsvc").mkdir()
    (tmp_path / "out.feedsvc" / "redirects.map").touch()  # as a build writes it
    (tmp_path / "nginx.conf").write_text(nginx_configuration(block, tmp_path, 8000, free_port()))

    done = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, (name, done.stderr)


@contextmanager
def running(command: list[Any], is_up: Callable[[], object]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(is_up)
            yield process
        finally:
            process.terminate()


def is_open(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@pytest.fixture
def nginx(tmp_path: Path, make_service: Callable[..., Service]) -> Iterator[tuple[Service, int]]:
    service, port = make_service(), free_port()
    ((_, block),) = (found for found in NGINX_BLOCKS if "proxy_cache_path" in found[1])
    file = tmp_path / "nginx.conf"
    file.write_text(nginx_configuration(block, tmp_path, service.port, port))
    with running(["nginx", "-c", file], lambda: is_open(port)):
        yield service, port


@pytest.fixture
def beside_a_site(tmp_path: Path, make_service: Callable[..., Service]) -> Iterator[int]:
    service, port = make_service(), free_port()
    ((_, block),) = (found for found in NGINX_BLOCKS if "/srv/site" in found[1])
    for name in ("index.html", "index.json", "sitemap.xml", "blog/rss-explained/index.html", "posts/mine/index.html"):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text("the site's own")
    (tmp_path / "nginx.conf").write_text(nginx_configuration(block, tmp_path, service.port, port))
    with running(["nginx", "-c", tmp_path / "nginx.conf"], lambda: is_open(port)):
        yield port


@needs_nginx
def test_nginx_beside_a_site_passes_on_feeds_new_and_old(beside_a_site: int) -> None:
    table = (ROOT / "docs/moving.md").read_text().partition("## Old feed URLs")[2]
    old = re.findall(r"^\| `(/[^`?]*)` \| `/", table, re.MULTILINE)
    new = ["/rss.xml", "/atom.xml", "/feed.json", "/feeds.opml", "/tags/", "/static/feed.css", "/files/none.png"]

    missed = {path for path in (*old, *new) if "accept-ranges" in (reply := get(beside_a_site, path)).headers
              or b"<center>nginx" in reply.body}  # fmt: skip

    assert missed == {"/index.json", "/wp-rss2.php"}


@needs_nginx
@pytest.mark.parametrize("path", ["/", "/index.json", "/sitemap.xml", "/blog/rss-explained/", "/posts/mine/"])
def test_nginx_beside_a_site_leaves_the_site_its_own(beside_a_site: int, path: str) -> None:
    assert get(beside_a_site, path).body == b"the site's own"


@pytest.fixture(scope="module")
def static_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve what a build writes, as the manual says; yield the port."""
    tmp_path = tmp_path_factory.mktemp("static")
    (tmp_path / "posts").mkdir()
    for name, tag in (("a", "c++"), ("b", "联合 早报"), ("c", "50%"), ("d", "what?")):
        (tmp_path / f"posts/2024-01-01-{name}.md").write_text(f'---\ntags: ["{tag}"]\n---\n' + "Words. " * 300)
    (tmp_path / "posts/feedsvc.toml").write_text('[aliases]\n"/old.xml" = "/rss.xml"\n"/gone.xml" = "gone"\n')
    command = [sys.executable, "-m", "feedsvc", "build", "out", "posts", "--base-url", "https://feeds.example.org"]
    ours = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "FEEDSVC_INDEX": str(tmp_path / "index.sqlite")}
    subprocess.run(command, cwd=tmp_path, env=ours, check=True, capture_output=True)
    ((_, block),) = (found for found in NGINX_BLOCKS if "/srv/out" in found[1])
    port = free_port()
    types = "include /etc/nginx/mime.types;\n"  # as Debian's nginx.conf has it
    (tmp_path / "nginx.conf").write_text(nginx_configuration(types + block, tmp_path, 8000, port))
    with running(["nginx", "-c", tmp_path / "nginx.conf"], lambda: is_open(port)):
        yield port


@needs_nginx
def test_nginx_serves_a_build_as_the_service_would(static_site: int) -> None:
    types = {
        "/rss.xml": "application/rss+xml; charset=utf-8",
        "/tags/c++/atom.xml": "application/atom+xml; charset=utf-8",
        "/tags/%E8%81%94%E5%90%88%20%E6%97%A9%E6%8A%A5/feed.json": "application/feed+json",
        "/tags/50%25/": "text/html; charset=utf-8",
        "/tags/what%3F/rss.xml": "application/rss+xml; charset=utf-8",
        "/feeds.opml": "text/x-opml; charset=utf-8",
    }
    headers = {path: get(static_site, path, Accept_Encoding="gzip").headers for path in types}

    assert {path: found["content-type"] for path, found in headers.items()} == types
    assert headers.pop("/feeds.opml")["cache-control"] == "max-age=300"  # too short to be compressed
    shared = {(one["cache-control"], one["vary"], one["content-encoding"]) for one in headers.values()}
    assert shared == {("max-age=300", "Accept-Encoding", "gzip")}


@needs_nginx
@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/old.xml", 301, "/rss.xml"),
        ("/tag/c++/feed/", 301, "/tags/c++/rss.xml"),
        ("/tags/c++", 301, "/tags/c++/"),
        ("/gone.xml", 410, None),
        ("/nothing", 404, None),
        ("/posts/", 404, None),
        ("/_redirects", 404, None),
    ],
)
def test_nginx_leads_on_from_old_urls_of_a_build(
    static_site: int, path: str, status: int, location: str | None
) -> None:
    reply = get(static_site, path)

    assert (reply.status, reply.headers.get("location")) == (status, location)
    assert (b"There is no such page" in reply.body) == (status == 404)


SPELLINGS = ["", "gzip", "br", "gzip, br", "gzip, deflate, br, zstd", "deflate", "identity", "GZIP", "x-gzip", "br;q=1"]


def ask_in_every_way(port: int) -> set[int]:
    """Ask for one feed as many clients do; return the statuses."""
    statuses = {get(port, "/rss.xml", Accept_Encoding=one, User_Agent=f"reader {one}").status for one in SPELLINGS}
    statuses |= {get(port, "/rss.xml", Sec_Fetch_Dest=f"made up {number}").status for number in range(30)}
    statuses |= {get(port, f"/rss.xml?utm_source={number}&fbclid={number}").status for number in range(30)}
    return statuses | {get(port, f"/rss.xml?utm_source={number}&limit=2&x={number}").status for number in range(30)}


@needs_nginx
def test_nginx_lets_few_of_many_spellings_through(nginx: tuple[Service, int]) -> None:
    service, port = nginx

    statuses = ask_in_every_way(port)

    in_full = re.findall(r" GET /rss\.xml\S* 200 ", (service.folder / "log").read_text())
    assert (statuses, len(in_full) <= 4) == ({200}, True)  # three codings, and one with a limit


@needs_nginx
def test_nginx_passes_on_only_parameters_that_the_service_knows(nginx: tuple[Service, int]) -> None:
    service, port = nginx

    for target in ("/rss.xml?utm_source=1", "/atom.xml?0", "/feed.json?a=1&limit=2&b=3", "/tags/t1/rss.xml?%74ag=t2"):
        get(port, target)

    asked = set(re.findall(r" GET (\S+) 200 ", (service.folder / "log").read_text())) - {"/healthz", "/readyz"}
    assert asked == {"/rss.xml", "/atom.xml", "/feed.json?&limit=2&", "/tags/t1/rss.xml"}


@needs_nginx
def test_nginx_keeps_apart_what_differs(nginx: tuple[Service, int]) -> None:
    _, port = nginx
    replies = {
        (get(port, target, **fields).headers["etag"], get(port, target, **fields).headers["content-type"])
        for target in ("/rss.xml", "/rss.xml?limit=1", "/tags/t1/rss.xml", "/?tag=t1&not_tag=t2")
        for fields in ({}, {"Accept_Encoding": "gzip"}, {"Sec_Fetch_Dest": "document"})
    }

    assert len(replies) == 11  # a page is the same for a browser that navigates to it


@needs_nginx
def test_nginx_serves_all_it_knows_while_the_service_is_away(nginx: tuple[Service, int]) -> None:
    service, port = nginx
    targets = ["/rss.xml", "/tags/t1/atom.xml", "/", "/posts/2024-01-01-p0/"]
    before = [get(port, target).body for target in targets]

    service.stop()

    assert [get(port, target).body for target in targets] == before
    etag = get(port, "/rss.xml").headers["etag"]
    assert get(port, "/rss.xml", If_None_Match=etag).status == 304


@needs_nginx
def test_nginx_shows_a_change_and_keeps_nothing_private(nginx: tuple[Service, int]) -> None:
    service, port = nginx
    get(port, "/feed.json")
    get(port, "/status.json")

    service.write(1, "second")

    wait_until(lambda: b"second" in get(port, "/feed.json").body)
    before = service.count("/status.json")
    get(port, "/status.json")
    assert service.count("/status.json") == before + 1


# --- Varnish -------------------------------------------------------------------------------------


@pytest.fixture
def varnish(tmp_path: Path, make_service: Callable[..., Service]) -> Iterator[tuple[Service, int]]:
    port = free_port()
    service = make_service(cache_tags="xkey", on_change=f"varnish http://127.0.0.1:{port}/")
    file = tmp_path / "feedsvc.vcl"
    file.write_text(VCL.replace('"8000"', f'"{service.port}"'))
    command = ["varnishd", "-F", "-f", file, "-a", f"127.0.0.1:{port}", "-n", tmp_path / "v", "-s", "malloc,50m"]
    with running([*command, "-j", "none"], lambda: is_open(port) and get(port, "/rss.xml").status == 200):
        yield service, port


@needs_varnish
def test_varnish_lets_few_of_many_spellings_through(varnish: tuple[Service, int]) -> None:
    service, port = varnish
    before = service.count("/rss.xml")

    statuses = ask_in_every_way(port)

    assert (statuses, service.count("/rss.xml") - before <= 3) == ({200}, True)


def has_been_told(service: Service, port: int, title: str) -> bool:
    """True once Varnish shows a title, which before it is told it cannot: the feed is fresh for 300 seconds."""
    return title.encode() in get(port, "/tags/all/feed.json").body and bool(service)


@needs_varnish
def test_change_refetches_what_shows_it_and_nothing_else(varnish: tuple[Service, int]) -> None:
    service, port = varnish
    wait_until(lambda: service.count() >= 1)
    shown = ["/rss.xml", "/tags/t1/rss.xml", "/tags/all/feed.json", "/posts/2024-01-02-p1/", "/"]
    others = ["/tags/t0/rss.xml", "/tags/t2/atom.xml", "/static/feed.css", "/tags/t0/feed.json"]
    for target in (*shown, *others):
        get(port, target)
    service.write(2, "warm-up")  # the first message is on its way until this one has come
    wait_until(lambda: has_been_told(service, port, "warm-up"))
    for target in (*shown, *others):
        get(port, target)
    before = {target: service.count(target + " ") for target in (*shown, *others)}

    service.write(1, "second")
    wait_until(lambda: has_been_told(service, port, "second"))
    bodies = {target: get(port, target).body for target in (*shown, *others)}

    log = (service.folder / "log").read_text()
    refetched = {target for target in before if f" GET {target} " in log.rpartition("1 read, 0 gone")[2]}
    assert refetched == set(shown)
    assert b"second" in bodies["/tags/t1/rss.xml"]
    assert all(b"second" in bodies[target] for target in shown)


@needs_varnish
def test_after_a_purge_no_response_is_older_than_the_change(varnish: tuple[Service, int]) -> None:
    service, port = varnish
    for turn in range(5):
        service.write(1, f"turn-{turn}.")
        wait_until(lambda turn=turn: has_been_told(service, port, f"turn-{turn}."))

        assert all(f"turn-{turn}.".encode() in get(port, f"/tags/t1/{file}").body for file in ("rss.xml", "feed.json"))


@needs_varnish
def test_first_category_is_in_the_menu_of_every_page(varnish: tuple[Service, int]) -> None:
    service, port = varnish
    pages = ["/posts/2024-01-01-p0/", "/tags/t2/", "/posts/2024-01-03-p2/"]
    assert not any(b'"../../categories/"' in get(port, page).body for page in pages)

    (service.folder / "posts" / "2023-01-01-old.md").write_text("---\ncategories: [c]\n---\nOld.\n")

    wait_until(lambda: all(b'"../../categories/"' in get(port, page).body for page in pages))


@needs_varnish
def test_varnish_serves_all_it_knows_while_the_service_is_away(varnish: tuple[Service, int]) -> None:
    service, port = varnish
    targets = ["/rss.xml", "/tags/t1/atom.xml", "/"]
    before = [get(port, target).body for target in targets]

    service.stop()
    purged = HTTPConnection("127.0.0.1", port, timeout=BOUND)
    purged.request("PURGE", "/", headers={"xkey-softpurge": get_tag(port)})
    status = purged.getresponse().status
    purged.close()

    assert status == 200
    assert [get(port, target).body for target in targets] == before


def get_tag(port: int) -> str:
    from feedsvc.index.change_table import SITE  # noqa: PLC0415 - of this test alone
    from feedsvc.publishing.tags import to_tag  # noqa: PLC0415 - of this test alone

    assert "xkey" not in get(port, "/rss.xml").headers
    return to_tag(SITE)
