"""Dates of what the index shows: no client gets one that something else may have later."""

from __future__ import annotations

import pytest

from feedsvc.index.dating import EARLY, FolderTimes, Newest, is_settled, next_date

SECOND = 1_000_000_000
DAY = 20_000 * 86_400  # in seconds since 1970
NOW = (DAY + 100) * SECOND


def date_of(last: int, *, file: float = 0, folder: float = 0, now: int = NOW, **options: bool) -> tuple[int, bool]:
    """Return the next date, and whether it is early, both in seconds from DAY."""
    newest, folders = Newest(now), FolderTimes(now, is_whole=options.pop("is_whole", False))
    newest.note(int((DAY + file) * SECOND))
    folders.note(int((DAY + folder) * SECOND))
    found, is_early = next_date(DAY + last, newest, folders, **{"has_changed": True, "is_sent": True, **options})
    return found - DAY, is_early


@pytest.mark.parametrize(
    ("date", "changed", "now", "expected"),
    [
        (10, 0, 10, True),
        (10, 0, 9.9, False),  # its second has not come
        (10, 9.5, 10, False),  # what was copied with the change may follow
        (10, 9.5, 10.49, False),
        (10, 9.5, 10.5, True),
        (10, 99, 10, True),  # the clock was set back
    ],
)
def test_date_is_settled_once_nothing_else_may_have_it(
    date: int, changed: float, now: float, *, expected: bool
) -> None:
    assert is_settled(date, int(changed * SECOND), int(now * SECOND)) == expected


def test_changes_that_were_copied_together_share_a_date() -> None:
    picture, _ = date_of(0, file=9.4, has_changed=False)
    post, _ = date_of(picture, file=9.5, is_sent=False)

    assert (picture, post, date_of(picture, file=9.5)[0]) == (10, 10, 11)


@pytest.mark.parametrize(
    ("folder", "options", "expected"),
    [
        (50, {}, (50, False)),
        (50.5, {}, (51, False)),
        (50, {"has_changed": False}, (0, False)),
        (50, {"has_changed": False, "is_whole": True}, (50, False)),
        (99.5, {}, (1, True)),  # it is being copied, perhaps
        (99.5, {"is_sent": False}, (0, True)),
        (99.5, {"file": 60}, (60, False)),
        (60.9, {"file": 60, "is_whole": True}, (60, False)),  # renamed
        (150, {}, (1, True)),  # a clock that is ahead
        (200, {}, (1, False)),  # too far ahead
    ],
)
def test_folder_dates_what_no_file_does(folder: float, options: dict[str, bool], expected: tuple[int, bool]) -> None:
    assert date_of(0, folder=folder, **options) == expected


def test_folder_is_early_for_as_long_as_clients_do_not_get_the_date() -> None:
    times = FolderTimes(NOW)
    times.note(NOW - EARLY)
    settled = times.settled
    times.note(NOW - EARLY + 1)

    assert (settled, times.settled, times.early) == (NOW - EARLY, NOW - EARLY, NOW - EARLY + 1)
