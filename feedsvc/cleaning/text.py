"""Plain text: what XML forbids, angle brackets that open nothing, addresses in running text, summaries."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

from linkify_it import LinkifyIt

SUMMARY_LENGTH = 280

_USELESS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ud800-\udfff\ufeff\ufffe\uffff]+")
_REFERENCE = re.compile(
    "&(?:#0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|173|8203|8288|65279)(?![0-9])|"
    "#x0*(?:[0-8bcef]|1[0-9a-f]|ad|200b|2060|feff)(?![0-9a-f])|(?:shy|ZeroWidthSpace|NoBreak)(?=;));?",
    re.IGNORECASE,
)
# "<" before anything but a tag, an end tag or a comment, before an address and before a mail address.
_NO_TAG = re.compile(r"<(?![a-zA-Z/!?])|<(?=https?://|[\w.+-]{1,64}@[\w-]+\.)")

WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
"""Characters of scripts that put no blank between words (not Hangul), for a regular expression's class."""


def legal(text: str) -> str:
    """Take out what XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets) and characters that show nothing."""
    return _USELESS.sub("", text)


def repair(html: str) -> str:
    """Make HTML fit for a parser: no useless characters, by name or number either, and no "<" that opens no tag."""
    return _NO_TAG.sub("&lt;", _REFERENCE.sub("", legal(html)))


def words(text: str) -> frozenset[str]:
    """Make a set of the words of a text."""
    return frozenset(text.split())


def fold(text: str) -> str:
    """Make every run of white space one blank, and none at the ends."""
    return " ".join(text.split())


def squeeze(text: str) -> str:
    """Take all white space out of a text."""
    return "".join(text.split())


def letters(text: str) -> str:
    """Leave of a text its letters and digits, case folded: what a title and its slug have in common."""
    return re.sub(r"[\W_]+", "", text).casefold()


# --- addresses in text ---------------------------------------------------------------------------

ADDRESS_HINT = re.compile(r"://|www\.", re.IGNORECASE)
# An address ends before the next one, and before letters of other scripts unless a part of its path begins with them.
_ADDRESS = re.compile(
    r"(?:https?://|(?<![\w.@/-])www\.(?=[\w-]+\.[a-z]))"
    r"(?:(?!(?<![/=:?&])https?://|-{4}|={4})[\w\-.~:/?#\[\]@!$&'()*+,;=%](?<![^\x00-\x7f])"
    r"|(?<=[/=])[^\W\x00-\x7f]|(?<=[^\x00-\x7f])[^\W\x00-\x7f])+",
    re.IGNORECASE,
)


def split_addresses(text: str) -> Iterator[tuple[str, str]]:
    """Split a text into pieces; with each comes the full address it is, "" where it is none."""
    position = 0
    for found in _ADDRESS.finditer(text) if ADDRESS_HINT.search(text) else ():
        scheme = "" if found[0][:4].lower() == "http" else "http://"
        match = _linkify().match_at_start(scheme + found[0])
        if match:
            end = found.start() + match.last_index - len(scheme)
            yield text[position : found.start()], ""
            yield text[found.start() : end], match.url
            position = end
    yield text[position:], ""


@cache
def _linkify() -> LinkifyIt:
    return LinkifyIt()


# --- summaries -----------------------------------------------------------------------------------

_SKIPPED = re.compile(r"<(figcaption|pre|table|rp|rt|sup)\b.*?</\1>", re.DOTALL)
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|ruby|s|samp|small|strike|strong|sub|time|u|var|wbr)\b[^>]*>"
)
_ANY_TAG = re.compile(r"<[^>]*>")
_SENTENCE_END = re.compile(r"[。！？!?…]+[”’」』）)\"']*|\.[”’)\"']*(?=\s)")
_WORD_END = re.compile(rf"(?<!\s)(?=\s|[{WIDE}])|(?<=[{WIDE}])")
ENOUGH_HTML = 20_000


def summarize(html_or_text: str) -> str:
    """Give the beginning of clean HTML, or of plain text, as plain text of at most 280 characters.

    Cut behind a sentence if one ends in the second half, else between words (in Chinese and Japanese: anywhere).
    """
    beginning = html_or_text[:ENOUGH_HTML]
    without = _SKIPPED.sub(" ", beginning)
    for html in (without, beginning):
        text = fold(unescape(_ANY_TAG.sub(" ", _INLINE_TAG.sub("", html))))
        if text:
            return _cut(text)
    return ""


def _cut(text: str) -> str:
    if len(text) <= SUMMARY_LENGTH:
        return text
    for pattern, mark in ((_SENTENCE_END, ""), (_WORD_END, "…")):
        ends = [found.end() for found in pattern.finditer(text, 0, SUMMARY_LENGTH + 1)]
        fitting = [end for end in ends if SUMMARY_LENGTH // 2 < end <= SUMMARY_LENGTH - len(mark)]
        if fitting:
            return text[: fitting[-1]] + mark
    return text[: SUMMARY_LENGTH - 1] + "…"
