"""What others have to be told of a change: its scopes, its posts, its files, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from feedsvc.entries import DeliveryState
from feedsvc.index import change_table
from feedsvc.index.change_table import FILE, MENU, POST, SITE, Change

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings

ALL: Change = ("all", "")
A: Change = (POST, "2024-01-01-a")
B: Change = (POST, "2024-01-02-b")


@pytest.fixture
def begun(site: Site) -> Site:
    """A site with two posts."""
    (site.posts / "p.png").write_bytes(b"x")
    site.write("2024-01-01-a.md", "![](p.png) [b](2024-01-02-b.md)", tags=["a", "both"], author="Li")
    site.write("2024-01-02-b.md", tags=["b", "both"], author="Li")
    site.scan()
    return site


def newest(site: Site) -> int:
    return max(number for number, _ in site.index.changes_after(0))


def changes_by(site: Site, act: Callable[[], object]) -> set[Change]:
    """Return what changes by an act and a scan."""
    before = newest(site)
    act()
    site.scan()
    return {change for _, change in site.index.changes_after(before)}


def test_first_scan_changes_everything(begun: Site) -> None:
    assert [change for _, change in begun.index.changes_after(0)] == [SITE]


def test_scan_without_a_change_changes_nothing(begun: Site) -> None:
    assert changes_by(begun, (begun.posts / "2024-01-01-a.md").touch) == set()


def test_edit_changes_the_scopes_of_the_post_before_and_after(begun: Site) -> None:
    tags = ["new", "both"]
    changes = changes_by(begun, lambda: begun.write("2024-01-01-a.md", tags=tags, author="Han"))

    assert changes == {
        ALL,
        A,
        B,
        *(("tag", name) for name in ("a", "new", "both")),
        ("author", "Li"),
        ("author", "Han"),
    }


def test_post_that_comes_or_goes_changes_its_scopes(begun: Site) -> None:
    new = changes_by(begun, lambda: begun.write("2024-01-03-c.md", tags=["c"]))
    gone = changes_by(begun, (begun.posts / "2024-01-03-c.md").unlink)

    assert new == gone == {ALL, B, (POST, "2024-01-03-c"), ("tag", "c")}  # the post before links to it


def test_post_that_breaks_changes_nothing_until_it_is_mended(begun: Site) -> None:
    assert changes_by(begun, lambda: (begun.posts / "2024-01-01-a.md").write_text("---\ntags: [\n---\n")) == set()


def test_hidden_post_changes_nothing(begun: Site) -> None:
    assert changes_by(begun, lambda: begun.write("2024-01-03-c.md", draft=True, tags=["c"])) == set()


def test_file_beside_posts_changes_those_that_show_it(begun: Site) -> None:
    begun.get("/rss.xml")  # which cleans the bodies

    changes = changes_by(begun, lambda: (begun.posts / "p.png").write_bytes(b"other"))

    assert changes == {(FILE, "p.png"), ALL, A, ("tag", "a"), ("tag", "both"), ("author", "Li")}


def test_post_that_others_link_to_changes_them(begun: Site) -> None:
    begun.get("/rss.xml")

    changes = changes_by(begun, (begun.posts / "2024-01-02-b.md").unlink)

    assert changes >= {A, B, ("tag", "a"), ("tag", "b")}


@pytest.mark.parametrize(
    ("front", "menu"),
    [
        ({"categories": ["c"]}, {MENU}),
        ({"tags": ["c"], "author": "Han"}, set()),
        ({"lang": "en"}, set()),  # a single language is not listed
        ({"categories": ["c"], "draft": True}, set()),
        ({"categories": ["c"], "date": "2999-01-01"}, set()),
    ],
)
def test_first_name_of_a_kind_changes_the_menu(begun: Site, front: dict[str, object], menu: set[Change]) -> None:
    file = begun.posts / "2024-01-03-c.md"

    came = changes_by(begun, lambda: begun.write(file.name, **front))
    went = changes_by(begun, file.unlink)

    assert (came & {MENU}, went & {MENU}) == (menu, menu)


def test_each_language_changes_the_menu(begun: Site) -> None:
    changes = [
        changes_by(begun, lambda lang=lang: begun.write(f"{lang}.md", lang=lang, date="2024-01-01"))
        for lang in ("en", "fr", "de")
    ]
    again = changes_by(begun, lambda: begun.write("again.md", lang="de", date="2024-01-01"))

    assert [MENU in found for found in (*changes, again)] == [False, True, True, False]


def test_other_settings_change_everything(begun: Site, make_site: Callable[[Settings], Site]) -> None:
    assert changes_by(make_site(replace(begun.settings, title="Other")), lambda: None) == {SITE}


def test_post_that_becomes_due_changes_its_scopes(begun: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    due = datetime.now(UTC) + timedelta(hours=1)
    begun.publish("2024-01-03-c.md", categories=["c"], date=due.isoformat())
    before = newest(begun)
    begun.index.note_due(due - timedelta(minutes=1))
    early = begun.index.changes_after(before)

    monkeypatch.setattr("time.time_ns", lambda: int(due.timestamp() + 1) * 10**9)
    begun.index.note_due(due)
    begun.index.note_due(due)

    assert (early, [change for _, change in begun.index.changes_after(before)]) == (
        [],
        [ALL, ("category", "c"), MENU, B],
    )


@pytest.mark.parametrize("count", [3, 4, 30])
def test_too_many_changes_become_one_that_stands_for_all(
    begun: Site, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(change_table, "MAX_CHANGES", 3)
    told = newest(begun)

    changes = changes_by(begun, lambda: begun.write("2024-01-03-c.md", tags=list(map(str, range(count)))))

    assert changes == {SITE}
    assert len(begun.index.changes_after(0)) <= 4
    assert newest(begun) > told


def test_older_changes_become_one_for_those_who_have_not_been_told(
    begun: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_table, "MAX_CHANGES", 3)
    start = newest(begun)
    for number in range(4):
        begun.publish(f"2024-02-0{number + 1}-{number}.md")
    late = [change for _, change in begun.index.changes_after(start)]
    current = newest(begun)
    begun.publish("2024-02-09-z.md")

    assert SITE in late
    assert SITE not in {change for _, change in begun.index.changes_after(current)}


def test_how_far_a_target_has_been_told_is_kept(begun: Site) -> None:
    now = datetime.now(UTC)
    begun.index.keep_delivery_state(DeliveryState("x", newest(begun), now, 2, "refused"))

    never, told = begun.index.delivery_states(["x", "a"])

    assert (never.number, never.waiting) == (0, 1)
    assert told == DeliveryState("x", newest(begun), now, 2, "refused", 0)
