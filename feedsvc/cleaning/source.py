"""A body's HTML before it is parsed: repaired, and where it is too large reduced to text and images."""

import re

from feedsvc.cleaning.tags import repair_tags
from feedsvc.cleaning.text import remove_useless

MAX_LENGTH = 700_000
MAX_TAGS = 20_000
MAX_REFERENCES = 60_000
"""Of a body that exceeds one of these, only text, paragraphs, breaks and images are kept; if too many, only text.

Every "<" counts as a tag, every "&" and every no-break space as a reference.
"""
_MAX_REFERENCED = 10_000_000_000  # references times characters: the sanitizer copies a text at each reference in it

# Character references to what `remove_useless` removes.
_USELESS_REFERENCE = re.compile(
    "&(?:#0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|173|8203|8288|65279)(?![0-9])|"
    "#x0*(?:[0-8bcef]|1[0-9a-f]|ad|200b|2060|feff)(?![0-9a-f])|(?:shy|ZeroWidthSpace|NoBreak)(?=;));?",
    re.IGNORECASE,
)
# "<" that opens no tag, comment or declaration, and "<" before a URL or an e-mail address.
_NO_TAG = re.compile(r"<(?![a-zA-Z/!?])|<(?=https?://|[\w.+-]{1,64}@[\w-]+\.)")
_CONTAINER = re.compile(r"<(?!/?(?:p|br|hr|img)[\s/>])[^<>]*>?", re.IGNORECASE)
_TAG = re.compile("<[^<>]*>?")
_REFERENCE = re.compile(r"&(?:\w+;)?|\u00a0")


def repair(html: str) -> str:
    """Remove useless characters and references to them; escape every "<" that is no tag of an element."""
    return repair_tags(_NO_TAG.sub("&lt;", _USELESS_REFERENCE.sub("", remove_useless(html))))


def reduce(html: str) -> tuple[str, str]:
    """Return the HTML and ""; if it is too large, keep no tags but <p>, <br>, <hr> and <img>, and return the reason."""
    if not is_too_large(html):
        return html, ""
    problem = (
        f"more than {MAX_LENGTH:,} characters, {MAX_TAGS:,} tags or {MAX_REFERENCES:,} character references: "
        "only text and images are left"
    )
    reduced = " ".join(_CONTAINER.sub(" ", html).split())
    if reduced.count("<") > MAX_TAGS:
        reduced = _TAG.sub(" ", reduced)
    takes_long = _count_references(reduced) * len(reduced) > _MAX_REFERENCED
    return _REFERENCE.sub(" ", reduced) if takes_long else reduced, problem


def is_too_large(html: str) -> bool:
    """True if HTML exceeds MAX_LENGTH, MAX_TAGS or MAX_REFERENCES."""
    is_long = len(html) > MAX_LENGTH or html.count("<") > MAX_TAGS
    return is_long or _count_references(html) > MAX_REFERENCES


def _count_references(html: str) -> int:
    return html.count("&") + html.count("\u00a0")  # nh3 writes U+00A0 as "&nbsp;"
