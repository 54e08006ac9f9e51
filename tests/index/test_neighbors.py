"""The posts next to one are those beside it in the feed of all posts, in either order of ties."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedsvc.files import Stamp
from feedsvc.index.queries import Index
from feedsvc.index.records import to_row
from feedsvc.models import Content, FeedRequest, Format, Post, Reading, Scope

DAY = datetime(2024, 1, 1, tzinfo=UTC)
NOW = DAY + timedelta(days=2)
POSTS = [Post(f"{day}{name}.md", name, DAY + timedelta(days=day), DAY) for day in range(4) for name in "abc"[: day + 1]]


@pytest.mark.parametrize("latest_path_first", [False, True])
def test_neighbors_are_those_in_the_feed(tmp_path: Path, latest_path_first: bool) -> None:  # noqa: FBT001
    index = Index(tmp_path / "index.sqlite", "fingerprint", latest_path_first=latest_path_first)
    with index.update() as writer:
        for one in POSTS:
            writer.put(to_row(one.path, Stamp(), Reading(one)))
    order = index.select(FeedRequest(Scope(), Format.RSS, 9, Content.FULL), NOW)

    found = {one.path: index.neighbors(one, NOW) for one in order}

    expected = zip([None, *order], order, [*order[1:], None], strict=False)
    assert found == {one.path: (newer, older) for newer, one, older in expected}
