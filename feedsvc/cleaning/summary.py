"""Summaries: the beginning of a clean body or of a text, as plain text, cut at a sentence or a word."""

import re
from html import unescape

from feedsvc.cleaning.allowlist import INLINE, MEDIA, to_names
from feedsvc.cleaning.text import WIDE
from feedsvc.text import join_words

SUMMARY_LENGTH = 280
ENOUGH_HTML = 20_000

_SKIPPED = re.compile(r"<(figcaption|pre|table|rp|rt|sup)\b.*?</\1>", re.DOTALL)
_WITHIN_WORDS = INLINE - MEDIA - to_names("br rp rt source sup") | {"data"}
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_WITHIN_WORDS))})\b[^>]*>")
_ANY_TAG = re.compile(r"<[^>]*>")
_SENTENCE_END = re.compile(r"[。！？!?…]+[”’」』）)\"']*|\.[”’)\"']*(?=\s)")
_WORD_END = re.compile(rf"(?<!\s)(?=\s|[{WIDE}])|(?<=[{WIDE}])")


def summarize(html_or_text: str) -> str:
    """Return the beginning of clean HTML, or of plain text, as plain text of at most 280 characters.

    It is cut after a sentence if one ends in the second half, else between words (in Chinese and Japanese: anywhere).
    """
    beginning = html_or_text[:ENOUGH_HTML]
    without_extras = _SKIPPED.sub(" ", beginning)
    for html in (without_extras, beginning):
        text = join_words(unescape(_ANY_TAG.sub(" ", _INLINE_TAG.sub("", html))))
        if text:
            return _cut(text)
    return ""


def _cut(text: str) -> str:
    if len(text) <= SUMMARY_LENGTH:
        return text
    for pattern, mark in ((_SENTENCE_END, ""), (_WORD_END, "…")):
        ends = [match.end() for match in pattern.finditer(text, 0, SUMMARY_LENGTH + 1)]
        fitting = [end for end in ends if SUMMARY_LENGTH // 2 < end <= SUMMARY_LENGTH - len(mark)]
        if fitting:
            return text[: fitting[-1]] + mark
    return text[: SUMMARY_LENGTH - 1] + "…"
