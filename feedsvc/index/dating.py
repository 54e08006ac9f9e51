"""When what the index shows was last modified, for clients that send back a date. Pure.

The date is made of times that copies of a folder have in common: no clock is in it, unless two changes share a second.
"""

MAX_AHEAD = 60  # seconds; a file that is dated later than this from now says nothing
# Before the end of the second that a date stands for, clients get the date before it. A change this close to the end
# may be seen after it only.
_COMMIT = 250_000_000
_SECOND = 1_000_000_000


class Newest:
    """The newest of the times noted, in nanoseconds since 1970; those too far ahead of `now` are passed over.

    `folders` is the newest time of a folder. It shows that a file went, or that an old one came. While a folder is
    being copied it is the time of copying, so it counts for no more than it has to: unless `is_whole`, only if no file
    dates a change. Within a second after a file, it is the time at which that was renamed.
    """

    def __init__(self, now: int) -> None:
        self._latest = now + MAX_AHEAD * _SECOND
        self.time = self.folders = 0
        self.is_whole = False

    def note(self, time: int) -> None:
        """Take a time into account."""
        if self.time < time <= self._latest:
            self.time = time

    def note_folder(self, time: int) -> None:
        """Take the time of a folder into account."""
        if self.folders < time <= self._latest:
            self.folders = time

    @property
    def date(self) -> int:
        """Return the time in seconds, rounded up: no change of that second is later."""
        return -(-self.time // _SECOND)

    @property
    def date_of_folders(self) -> int:
        """Return the date with that of the folders."""
        return -(-self.folders // _SECOND) if self.folders > self.time + _SECOND else self.date


def next_date(last: int, newest: Newest, now: int, *, has_changed: bool) -> int:
    """Return the date, in seconds since 1970, of an index that had the date `last`; `now` is in nanoseconds.

    With `has_changed`, what is shown differs from what was shown under the last date: that one may not be used again,
    unless its second has not come, so that no client has it.
    """
    date = max(last, newest.date)
    if newest.is_whole or (has_changed and date == last):
        date = max(last, newest.date_of_folders)
    is_sent = last * _SECOND <= now + _COMMIT
    return last + 1 if has_changed and date == last and is_sent else date
