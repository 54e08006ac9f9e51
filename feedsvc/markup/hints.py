"""Hints for the author of a body, each with the text by which its line in the file is found. Pure."""

from itertools import starmap

from feedsvc.models import Hint

MAX_HINTS = 20  # on the shortcodes of a body, and on its Liquid
MAX_SHOWN = 100  # characters of a shortcode or a tag in a hint


class Hints:
    """Hints on one body: each message once, and no more than MAX_HINTS."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}  # by message

    def add(self, message: str, written: str = "") -> None:
        """Add a hint on what is `written` in the file."""
        if len(self._keys) < MAX_HINTS:
            self._keys.setdefault(" ".join(message.split()), shorten(written))

    def all(self) -> tuple[Hint, ...]:
        """Return the hints, in the order in which they were added."""
        return tuple(starmap(Hint, self._keys.items()))


def shorten(written: str) -> str:
    """Return the first line of what is written in a file, or the beginning of it."""
    return written.partition("\n")[0][:MAX_SHOWN]
