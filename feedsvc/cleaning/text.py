"""Text without markup: useless characters, white space, and what is compared of two texts."""

import re

# What XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets), and what is invisible everywhere: DEL, soft hyphens,
# zero-width spaces, word joiners, byte order marks. ZWJ and ZWNJ shape emoji and words, and stay.
_USELESS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ud800-\udfff\ufeff\ufffe\uffff]+")

WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
"""Characters of scripts without blanks between words (not Hangul), for a regular expression's class."""


def remove_useless(text: str) -> str:
    """Remove the characters that XML forbids and those that are invisible."""
    return _USELESS.sub("", text)


def fold(text: str) -> str:
    """Replace every run of white space by one blank, and remove it at both ends."""
    return " ".join(text.split())


def squeeze(text: str) -> str:
    """Remove all white space."""
    return "".join(text.split())


def to_letters(text: str) -> str:
    """Return the letters and digits of a text, case folded: what a title and its slug have in common."""
    return re.sub(r"[\W_]+", "", text).casefold()
