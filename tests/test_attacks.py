"""Whatever is in a folder or a request: no scan fails, every feed is well-formed, tags and dates tell the truth."""

from __future__ import annotations

import json
import random
import shutil
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from feedsvc.models import NEVER, Format, ScopeKind
from feedsvc.publishing.routing import path_of
from feedsvc.settings import Settings
from feedsvc.text import clean_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Reply, Site

POSTS = Path(__file__).parent.parent / "posts"
NAME = "2024-01-01-a.md"
FEEDS = ("/rss.xml", "/atom.xml", "/feed.json")
READ: dict[str, Callable[[bytes], Any]] = {"xml": ET.fromstring, "json": json.loads}
SOME = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
MANY = settings(SOME, max_examples=250)


def is_well_formed(site: Site, target: str) -> bool:
    reply = site.get(target)
    READ[target.partition("?")[0].rpartition(".")[2]](reply.body)
    return reply.status == 200


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[type[Site]], Site]]:
    """One site for all examples of a test; what an example leaves behind the next one replaces."""
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "posts").mkdir()
    made: list[Site] = []

    def make(kind: type[Site]) -> Site:
        made[:] = made or [kind(Settings(posts=folder / "posts", index=folder / "index.sqlite", title="Daily"))]
        return made[0]

    return make


# --- posts ---------------------------------------------------------------------------------------


@SOME
@given(
    data=st.binary(max_size=400),
    frame=st.sampled_from([b"%b", b"---\n%b\n---\n%b", b"+++\n%b\n+++\n", b"---\n---\n%b"]),
)
def test_any_bytes_as_a_post_leave_every_feed_well_formed(
    open_site: Callable[..., Site], make_site: type[Site], data: bytes, frame: bytes
) -> None:
    site = open_site(make_site)
    (site.posts / NAME).write_bytes(frame % ((data,) * frame.count(b"%b")))

    site.scan()

    assert all(is_well_formed(site, target) for target in FEEDS)


@SOME
@given(tag=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(clean_name))
def test_any_tag_has_a_feed_whose_address_leads_to_itself(
    open_site: Callable[..., Site], make_site: type[Site], tag: str
) -> None:
    site = open_site(make_site)
    site.publish(NAME, tags=[tag])

    (scope,) = [summary.scope for summary in site.index.scopes(NEVER) if summary.scope.kind is ScopeKind.TAG]
    first = site.get(path_of(scope, Format.JSON))
    address = urlsplit(json.loads(first.body)["feed_url"])

    again = site.get(f"{address.path}?{address.query}")

    assert len(json.loads(first.body)["items"]) == 1
    assert (again.status, again.headers["ETag"], again.body) == (first.status, first.headers["ETag"], first.body)


SCRAPS = [
    b"---\n",
    b"+++\n",
    b"{",
    b"]",
    b"&a [*a]",
    b"\xff\xfe",
    b"\x00",
    b"]]>",
    b"<!--",
    b"<svg>",
    b"\xf0\x9f\x8e\x89",
]


def mutate(data: bytes, choose: random.Random) -> bytes:
    """Take a piece out, or put a scrap, a copy or a byte in, a few times."""
    for _ in range(choose.randint(1, 6)):
        start, length = choose.randrange(len(data) + 1), choose.randrange(40)
        piece = choose.choice([b"", b"", data[start : start + length] * 2, choose.choice(SCRAPS), choose.randbytes(1)])
        data = data[:start] + piece + data[start + choose.choice([0, 1, length]) :]
    return data


def write_mutants(folder: Path, number: int) -> None:
    choose = random.Random(20_240_101)
    sources = [path.read_bytes() for path in sorted(POSTS.rglob("*.*")) if path.suffix != ".toml"]
    for mutant in range(number):
        day = f"20{mutant % 25:02}-{mutant % 12 + 1:02}-{mutant % 28 + 1:02}"
        (folder / f"{day}-{mutant}.md").write_bytes(mutate(choose.choice(sources), choose))


@pytest.mark.parametrize("number", [1_900, pytest.param(10_000, marks=pytest.mark.faults)])
def test_mutants_of_honest_posts_leave_every_feed_well_formed(site: Site, number: int) -> None:
    write_mutants(site.posts, number)

    site.scan()

    everything, *others = site.index.scopes(datetime.now(UTC))
    scopes = [summary.scope for summary in others]
    feeds = [path_of(scope, format_) for scope in scopes for format_ in (Format.RSS, Format.ATOM, Format.JSON)]
    pages = [f"{target}?limit=200&page={page}" for target in FEEDS for page in range(1, everything.count // 200 + 1)]
    assert all(is_well_formed(site, target) for target in [*pages, *random.Random(1).sample(feeds, 150)])


# --- conditional requests ------------------------------------------------------------------------

SECONDS = st.sampled_from([-86_400, -1, 0, 1, 86_400])


def tags(draw_from: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | st.just("*") | st.lists(draw_from, min_size=1, max_size=3).map(", ".join)


TAGS = tags(st.sampled_from(['"{}"', 'W/"{}"', '"other"', 'W/"other"', '"{}x"']))


def expected(match: str, none_match: str, since: int | None, tag: str) -> int:
    """RFC 9110 section 13.2.2, of which only what concerns a GET of something that exists."""
    if match and match != "*" and f'"{tag}"' not in [part for part in match.split(", ") if part[0] == '"']:
        return 412
    if none_match:
        return 304 if none_match == "*" or f'"{tag}"' in none_match else 200
    return 304 if since is not None and since >= 0 else 200


@MANY
@given(match=TAGS, none_match=TAGS, since=st.none() | SECONDS)
def test_conditions_are_weighed_as_rfc_9110_says(
    open_site: Callable[..., Site], make_site: type[Site], match: str, none_match: str, since: int | None
) -> None:
    site = open_site(make_site)
    site.publish(NAME)
    now = site.get("/rss.xml").headers
    tag = now["ETag"].strip('"')
    match, none_match = match.replace("{}", tag), none_match.replace("{}", tag)
    fields = {"if_match": match, "if_none_match": none_match}
    if since is not None:
        moment = parsedate_to_datetime(now["Last-Modified"]) + timedelta(seconds=since)
        fields["if_modified_since"] = format_datetime(moment, usegmt=True)

    reply = site.get("/rss.xml", **{name: value for name, value in fields.items() if value})

    assert reply.status == expected(match, none_match, since, tag)


@pytest.mark.parametrize("field", ["if_none_match", "if_match", "if_modified_since", "accept_encoding", "host"])
def test_endless_field_is_refused_and_the_refusal_not_kept(site: Site, field: str) -> None:
    site.publish()

    reply = site.get("/rss.xml", **{field: '"x", ' * 3_000})

    assert (reply.status, reply.headers["Cache-Control"]) == (431, "no-store")


def test_long_addresses_of_one_feed_fill_no_memory(site: Site) -> None:
    site.publish()

    for number in range(2_000):
        site.get(f"/rss.xml?x={number}{'x' * 15_000}", if_none_match="*")

    kept = site.app.wsgi_app.cache.responses
    assert sum(len(str(key)) + len(found.body) for key, (found, _) in kept.items()) < site.settings.cache_bytes / 2


def test_unknown_addresses_are_not_remembered(site: Site) -> None:
    site.publish()

    statuses = {site.get(f"/tags/{number}/rss.xml").status for number in range(200)}

    assert (statuses, len(site.app.wsgi_app.cache.responses)) == ({404}, 0)


# --- a folder in use -----------------------------------------------------------------------------

NAMES = st.sampled_from(["2024-01-01-a.md", "2024-01-02-b.md", "sub/2024-01-01-c.md"])
TEXTS = st.sampled_from(["one", "two", "---", "<p>"])


class Folder(RuleBasedStateMachine):
    """Posts come, change and go, and the clock goes on; whoever polls may trust tag and date."""

    def __init__(self, make_site: type[Site]) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        (self.folder / "posts").mkdir()
        self.site = make_site(Settings(posts=self.folder / "posts", index=self.folder / "index.sqlite", title="Daily"))
        self.ahead = timedelta()
        self.patch = pytest.MonkeyPatch()
        time_ns = time.time_ns
        self.patch.setattr(time, "time_ns", lambda: time_ns() + int(self.ahead.total_seconds()) * 10**9)
        self.seen: Reply | None = None

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.folder)

    @rule(name=NAMES, text=TEXTS, tag=TEXTS)
    def add_or_edit(self, name: str, text: str, tag: str) -> None:
        self.site.write(name, text, tags=[tag])

    @rule(name=NAMES, hours=st.integers(-2, 3))
    def plan(self, name: str, hours: int) -> None:
        due = datetime.now(UTC).replace(microsecond=0) + self.ahead + timedelta(hours=hours)
        self.site.write(name, date=due.isoformat())

    @rule(name=NAMES)
    def break_(self, name: str) -> None:
        if (self.site.posts / name).exists():
            (self.site.posts / name).write_text("---\ntags: [\n")

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.site.posts / name).unlink(missing_ok=True)

    @rule(name=NAMES, other=NAMES)
    def rename(self, name: str, other: str) -> None:
        if (self.site.posts / name).exists():
            (self.site.posts / other).parent.mkdir(exist_ok=True)
            (self.site.posts / name).replace(self.site.posts / other)

    @rule(name=NAMES)
    def touch(self, name: str) -> None:
        if (self.site.posts / name).exists():
            (self.site.posts / name).touch()

    @rule(minutes=st.integers(1, 240))
    def wait(self, minutes: int) -> None:
        self.ahead += timedelta(minutes=minutes)

    @invariant()
    def tag_changes_with_the_bytes_and_the_date_never_goes_back(self) -> None:
        self.site.scan()
        self.site.now = datetime.now(UTC) + self.ahead
        reply, before = self.site.get("/rss.xml"), self.seen
        self.seen = reply
        if before is not None:
            assert (reply.headers["ETag"] == before.headers["ETag"]) == (reply.body == before.body)
            dates = [parsedate_to_datetime(one.headers["Last-Modified"]) for one in (before, reply)]
            assert dates[0] <= dates[1] <= self.site.now
            assert (
                reply.body == before.body
                or self.site.get("/rss.xml", if_none_match=before.headers["ETag"]).status == 200
            )


def test_tag_and_date_of_a_folder_in_use_tell_the_truth(make_site: type[Site]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Folder(make_site), settings=settings(SOME, max_examples=25, stateful_step_count=25)
    )


# --- requests ------------------------------------------------------------------------------------


@MANY
@given(path=st.text(st.characters(exclude_categories=["Cs"]), max_size=40), query=st.text(max_size=40))
def test_any_address_is_answered_without_a_fault(
    open_site: Callable[..., Site], make_site: type[Site], path: str, query: str
) -> None:
    site = open_site(make_site)
    site.publish(NAME)

    reply = site.get(f"/{quote(path, safe='/')}?{quote(query.encode('utf-8', 'replace'))}")

    assert reply.status in {200, 301, 400, 404}
