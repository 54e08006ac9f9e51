"""Lines that only repeat what the feed says itself: names of the authors, dates, and counts.

A by-line with another name stays, for the feed does not have that name.
"""

import re
from collections.abc import Iterable

from feedsvc.cleaning.rules import Rules
from feedsvc.text import join_words

_NAME = "\x01"  # stands for the name of an author; no text has it
_SEPARATORS = re.compile(r"\s*[|·•｜∙・—–]\s*|\s+[-/]\s+|\n")
_NAMES = rf"{_NAME}(?:(?:\s*[,，、&/]\s*|\s*(?:and|und|et|y|e|en|och|和|與|与|及)\s*){_NAME})*"


def repeats_the_feed(text: str, authors: Iterable[str], rules: Rules) -> bool:
    """True if a line is nothing but authors' names, words such as "by", and phrases of `rules.head`."""
    marked = _mark_names(join_words(text), authors)
    if _NAME in marked and _is_part(marked, rules):
        return True
    parts = [part for part in _SEPARATORS.split(marked) if part]
    return len(parts) > 1 and all(_is_part(part.strip(" ,.，。"), rules) for part in parts)


def _mark_names(text: str, authors: Iterable[str]) -> str:
    for name in sorted(authors, key=len, reverse=True):
        if len(name) > 1:
            text = re.sub(_to_pattern(join_words(name)), _NAME, text, flags=re.IGNORECASE)
    return text


def _to_pattern(name: str) -> str:
    """Return a regular expression for a name between other words; scripts without blanks have no such borders."""
    before, after = (r"(?<![a-zA-Z\d])" if name[0].isascii() else ""), (r"(?![a-zA-Z\d])" if name[-1].isascii() else "")
    return before + re.escape(name) + after


def _is_part(part: str, rules: Rules) -> bool:
    """True if a part of a line is nothing but names and phrases of `rules.head`."""
    match = re.fullmatch(rf"(?P<before>.*?)\s*[:：/／|｜]?\s*{_NAMES}\s*[,.，|·•–—-]*\s*(?P<after>.*)", part)
    if not match:
        return not part or rules.head.match(part) is not None
    before, after = match["before"], match["after"]
    return (not before or bool(rules.by.match(before))) and (not after or bool(rules.head.match(after)))
