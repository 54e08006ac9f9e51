"""A body's HTML before it is parsed: repaired, and where it is too large reduced to text and images."""

import re

from feedsvc.cleaning.text import remove_useless

MAX_LENGTH = 700_000
MAX_TAGS = 30_000
MAX_REFERENCES = 60_000
"""A body with more characters, or more signs that may open a tag or a reference, keeps only text and images."""

# References to the characters that `remove_useless` removes.
_USELESS_REFERENCE = re.compile(
    "&(?:#0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|173|8203|8288|65279)(?![0-9])|"
    "#x0*(?:[0-8bcef]|1[0-9a-f]|ad|200b|2060|feff)(?![0-9a-f])|(?:shy|ZeroWidthSpace|NoBreak)(?=;));?",
    re.IGNORECASE,
)
# "<" before anything but a tag, an end tag or a comment, before a URL and before a mail address.
_NO_TAG = re.compile(r"<(?![a-zA-Z/!?])|<(?=https?://|[\w.+-]{1,64}@[\w-]+\.)")
_CONTAINER = re.compile(r"<(?!/?(?:p|br|hr|img)[\s/>])[^<>]*>?", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:\w+;)?|\u00a0")


def repair(html: str) -> str:
    """Make HTML fit for a parser: without useless characters and references to them, and "<" only before a tag."""
    return _NO_TAG.sub("&lt;", _USELESS_REFERENCE.sub("", remove_useless(html)))


def reduce(html: str) -> tuple[str, str]:
    """Return HTML without the tags that hold others, and why, if it is too large; else as it is, and ""."""
    if not is_too_large(html):
        return html, ""
    problem = (
        f"more than {MAX_LENGTH:,} characters, {MAX_TAGS:,} tags or {MAX_REFERENCES:,} character references: "
        "only text and images are left"
    )
    reduced = _CONTAINER.sub(" ", html)
    # The sanitizer takes quadratic time over many references.
    return _REFERENCE.sub(" ", reduced) if _count_references(html) > MAX_REFERENCES else reduced, problem


def is_too_large(html: str) -> bool:
    """True if HTML is longer, or has more tags or references, than is cleaned."""
    is_long = len(html) > MAX_LENGTH or html.count("<") > MAX_TAGS
    return is_long or _count_references(html) > MAX_REFERENCES


def _count_references(html: str) -> int:
    return html.count("&") + html.count("\u00a0")  # nh3 writes U+00A0 as "&nbsp;"
