"""Text without markup: useless characters, and the part of a text that is compared or counted."""

import re

from feedsvc.text import ILLEGAL

# What XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets), and what is invisible everywhere: DEL, soft hyphens,
# zero-width spaces, word joiners, byte order marks. ZWJ and ZWNJ shape emoji and words, and stay.
_USELESS = re.compile(f"[{ILLEGAL}\x7f\u00ad\u200b\u2060\ufeff]+")

WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
"""Characters of scripts without blanks between words (not Hangul), for a regular expression's class."""


def remove_useless(text: str) -> str:
    """Return a text without the characters that XML forbids and those that are invisible."""
    return _USELESS.sub("", text)


def squeeze(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def to_letters(text: str) -> str:
    """Return the letters and digits of a text, case folded: what a title and its slug have in common."""
    return re.sub(r"[\W_]+", "", text).casefold()
