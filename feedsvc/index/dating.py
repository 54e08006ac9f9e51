"""When what the index shows was last modified, for clients that send back a date. Pure.

The date is made of times that copies of a folder have in common: no clock is in it, unless two changes share a second.
"""

MAX_AHEAD = 60  # seconds; a file that is dated later than this from now says nothing
COMMIT = 250_000_000  # until a change that is stored now can be seen: meanwhile clients may get the date before it
_SECOND = 1_000_000_000
# After a change others may follow that were copied with it, and the program that copies a folder may yet set its time:
# for so long clients get an earlier date.
EARLY = 1_000_000_000


class Newest:
    """The newest of the times of files, in nanoseconds since 1970; those too far ahead of `now` are passed over."""

    def __init__(self, now: int) -> None:
        self._latest = now + MAX_AHEAD * _SECOND
        self.time = 0

    def note(self, time: int) -> None:
        """Take a time into account."""
        if self.time < time <= self._latest:
            self.time = time

    @property
    def date(self) -> int:
        """Return the time in seconds, rounded up: no change of that second is later."""
        return _round_up(self.time)


class FolderTimes:
    """The newest of the times of folders, in nanoseconds since 1970.

    The time of a folder shows that a file was removed, or an old one added; but until copying it ends, it is the time
    of copying. So it only counts if no file dates a change (or `is_whole`), and once it is older than EARLY.
    """

    def __init__(self, now: int, *, is_whole: bool = False) -> None:
        self._now = now
        self.is_whole = is_whole
        self.settled = self.early = 0

    def note(self, time: int) -> None:
        """Take the time of a folder into account, unless it is too far ahead."""
        if time <= self._now - EARLY:
            self.settled = max(self.settled, time)
        elif time <= self._now + MAX_AHEAD * _SECOND:
            self.early = max(self.early, time)


def is_settled(date: int, changed: int, now: int) -> bool:
    """True if clients get a date: its second has come, and the change before it is EARLY ago; times in nanoseconds."""
    return date * _SECOND <= now and not changed <= now < changed + EARLY


def next_date(last: int, newest: Newest, folders: FolderTimes, *, has_changed: bool, is_sent: bool) -> tuple[int, bool]:
    """Return the date, in seconds since 1970, of an index that had the date `last`, which clients have if it `is_sent`.

    Also return whether folders have to be looked at again, once they are no longer early: they may date it then. With
    `has_changed`, what is shown differs from what was shown under the last date: clients who have that one must not get
    it again.
    """
    date = max(last, newest.date)
    do_folders_count = folders.is_whole or (has_changed and date == last)
    is_early = do_folders_count and folders.early > max(newest.time, last * _SECOND) + _SECOND
    # Within a second after a file, the time of its folder is that at which the file was renamed.
    if do_folders_count and folders.settled > newest.time + _SECOND:
        date = max(date, _round_up(folders.settled))
    return (last + 1 if has_changed and date == last and is_sent else date), is_early


def or_due(date: int, due: int | None) -> int:
    """Return a date, or the one at which the newest post became due, if that is later; `due` is in microseconds."""
    return max(date, _round_up((due or 0) * 1000))


def _round_up(time: int) -> int:
    """Return a time in nanoseconds as one in seconds, rounded up."""
    return -(-time // _SECOND)
