"""When what the index shows was last modified, for clients that send back a date. Pure.

The date is made of times that copies of a folder have in common: no clock is in it, unless two changes share a second.
"""

MAX_AHEAD = 60  # seconds; a file that is dated later than this from now says nothing
# Before the end of the second that a date stands for, clients get the date before it. A change this close to the end
# may be seen after it only.
_COMMIT = 250_000_000
_SECOND = 1_000_000_000
EARLY = 1_500_000_000  # a folder's time that is no older may yet be set by whoever copies the folder


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

    The time of a folder shows that a file went, or that an old one came. While a folder is being copied it is the time
    of copying, and set at the end. So it counts for no more than it has to: unless `is_whole`, only if no file dates a
    change; and not while it is `early`, which is no older than EARLY.
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


def next_date(last: int, newest: Newest, folders: FolderTimes, now: int, *, has_changed: bool) -> tuple[int, bool]:
    """Return the date, in seconds since 1970, of an index that had the date `last`; `now` is in nanoseconds.

    Also return whether folders have to be looked at again, once they are no longer early: they may date it then. With
    `has_changed`, what is shown differs from what was shown under the last date: that one may not be used again, unless
    its second has not come, so that no client has it.
    """
    date = max(last, newest.date)
    do_folders_count = folders.is_whole or (has_changed and date == last)
    is_early = do_folders_count and folders.early > max(newest.time, last * _SECOND) + _SECOND
    # Within a second after a file, the time of its folder is that at which the file was renamed.
    if do_folders_count and folders.settled > newest.time + _SECOND:
        date = max(date, _round_up(folders.settled))
    is_sent = last * _SECOND <= now + _COMMIT
    return (last + 1 if has_changed and date == last and is_sent else date), is_early


def _round_up(time: int) -> int:
    """Return a time in nanoseconds as one in seconds, rounded up."""
    return -(-time // _SECOND)
