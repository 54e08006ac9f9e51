"""The state of the index: when it changes, when posts appear, and how long responses stay fresh."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from feedsvc.entries import Document, State
from feedsvc.errors import NotReady
from feedsvc.index.queries import Index
from feedsvc.models import NEVER, Content, FeedRequest, Format, Scope
from feedsvc.publishing.publisher import Publisher
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

BASE = "https://example.org"
ALL = FeedRequest(Scope(), Format.JSON, 20, Content.FULL)
SECOND = timedelta(seconds=1)


def titles(document: Document) -> list[str]:
    return [item["title"] for item in json.loads(document.body)["items"]]


def publish_dated(site: Site, *moments: datetime) -> None:
    for number, moment in enumerate(moments):
        site.write(f"{number}.md", title=str(number), date=moment.isoformat())
    site.scan()


def test_state_before_the_first_scan_is_not_ready(site: Site) -> None:
    with pytest.raises(NotReady):
        site.publisher.state()


def test_state_follows_a_scan(site: Site) -> None:
    site.publish("2024-01-01-a.md")
    publisher = site.publisher
    before = publisher.state()

    site.publish("2024-01-02-b.md")

    assert publisher.state() != before


def test_post_appears_when_due_without_any_file_changing(site: Site) -> None:
    site.now = datetime.now(UTC)
    publish_dated(site, site.now - SECOND, site.now + 99 * SECOND)
    publisher = site.publisher
    before = titles(publisher.feed(ALL, BASE))

    site.now += 99 * SECOND

    assert (before, titles(publisher.feed(ALL, BASE))) == (["0"], ["1", "0"])


def test_state_changes_when_a_post_becomes_due(site: Site) -> None:
    site.now = datetime.now(UTC)
    publish_dated(site, site.now + 99 * SECOND)
    publisher = site.publisher
    before = publisher.state()

    site.now += 99 * SECOND

    assert publisher.state() != before


def test_state_changes_at_the_very_moment_a_post_becomes_due(site: Site) -> None:
    due = datetime.now(UTC) + 99 * SECOND
    publish_dated(site, due)
    publisher = site.publisher
    site.now = due - SECOND
    before = publisher.state()

    site.now = due

    assert (before.due, publisher.state().due) == (due, NEVER)


class Overtaken(Index):
    """An index that is read slowly: `meanwhile` happens between the reading of its state and the use of that."""

    meanwhile: Callable[[], object] | None = None
    reads = 0

    def state(self, now: datetime) -> State:
        self.reads += 1
        found = super().state(now)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        return found


@pytest.fixture
def index(site: Site) -> Overtaken:
    site.publish("2024-01-01-a.md")
    return Overtaken(site.index.path, site.index.fingerprint, site.index.shown)


def test_state_is_read_once_while_nothing_changes(site: Site, index: Overtaken) -> None:
    site.now = datetime.now(UTC) + SECOND
    publisher = Publisher(site.settings, index, make_cleaner(site.settings), site.clock)

    states = {publisher.state() for _ in range(3)}

    assert (len(states), index.reads) == (1, 1)


def test_state_read_slowly_does_not_replace_a_newer_one(site: Site, index: Overtaken) -> None:
    publisher = Publisher(site.settings, index, make_cleaner(site.settings), site.clock)
    seen: list[State] = []
    index.meanwhile = lambda: (site.publish("2024-01-02-b.md"), seen.append(publisher.state()))

    slow = publisher.state()

    assert ([slow], slow.version) == (seen, site.index.version())


def test_future_posts_are_shown_where_that_is_set(site: Site, make_site: Callable[[Settings], Site]) -> None:
    open_ = make_site(replace(site.settings, future=True))
    publish_dated(open_, datetime.now(UTC) + 99 * SECOND)
    publisher = open_.publisher

    assert (titles(publisher.feed(ALL, BASE)), publisher.state().due) == (["0"], NEVER)


@pytest.mark.parametrize(
    ("left", "age"), [(9_999, 300), (301, 300), (299, 299), (100, 100), (60, 60), (59, 60), (1, 60)]
)
def test_max_age_ends_when_the_next_post_is_due_but_is_a_minute_at_least(site: Site, left: int, age: int) -> None:
    site.now = datetime.now(UTC)
    publish_dated(site, site.now + left * SECOND)
    publisher = site.publisher
    publisher.state()

    assert publisher.max_age() == age


def test_max_age_is_the_one_that_is_set(site: Site, make_site: Callable[[Settings], Site]) -> None:
    other = make_site(replace(site.settings, max_age=3_600))
    other.publish()
    publisher = other.publisher
    publisher.state()

    assert publisher.max_age() == 3_600
