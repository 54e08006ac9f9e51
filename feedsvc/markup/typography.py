"""Typographic quotes, dashes and dots instead of those of keyboards, by kramdown's rules. Pure, linear time.

The rules are those of kramdown 2.4 (parser/kramdown/smart_quotes.rb, typographic_symbol.rb), as Jekyll's filter
`smartify` uses them.
"""

import re

_SYMBOLS = {
    "---": "—",
    "--": "–",
    "...": "…",
    "\\<<": "<<",
    "\\>>": ">>",
    "<< ": "«\u00a0",
    " >>": "\u00a0»",
    "<<": "«",
    ">>": "»",
}
_PUNCTUATION = r"""[!"#$%'()*+,\-./:;<=>?@\[\\\]^_`{|}~]"""
# The first rule that matches where a quote stands, with the sign before it in most, says what it becomes.
_QUOTES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"([\"'])(?=[_*]{1,2}\S)", "left"),
        (rf"([\"'])(?={_PUNCTUATION}(?!\.\.)\B)", "right"),
        (r"(?P<before>\s?)\"'(?=\w)", "“‘"),
        (r"(?P<before>\s?)'\"(?=\w)", "‘“"),
        (r"(?P<before>\s?)'(?=\d\ds)", "’"),
        (r"(?P<before>\s)(['\"])(?=\w)", "left"),
        (r"(?P<before>[^\s\\\[{(-])(['\"])", "right"),
        (r"([\"'])(?=\s|s\b|$)", "right"),
        (r"(?P<before>(?s:.?))'", "‘"),
        (r"(?P<before>(?s:.?))\"", "“"),
    )
)
_SIDES = {("left", '"'): "“", ("left", "'"): "‘", ("right", '"'): "”", ("right", "'"): "’"}
_NEXT = re.compile("|".join((*map(re.escape, _SYMBOLS), r"\\['\"]", r"[^\\'\"]?['\"]")))


def smartify(text: str) -> str:
    """Return a text of one line with typographic quotes, dashes and dots; a backslash keeps a quote as it is."""
    parts: list[str] = []
    place = 0
    while found := _NEXT.search(text, place):
        parts.append(text[place : found.start()])
        shown, place = _replace(text, found)
        parts.append(shown)
    return "".join((*parts, text[place:]))


def _replace(text: str, found: re.Match[str]) -> tuple[str, int]:
    """Return what stands for the signs at a place, and where they end."""
    if found[0] in _SYMBOLS:
        return _SYMBOLS[found[0]], found.end()
    if found[0].startswith("\\"):
        return found[0][1:], found.end()
    matches = ((pattern.match(text, found.start()), meaning) for pattern, meaning in _QUOTES)
    quote, meaning = next((match, meaning) for match, meaning in matches if match)
    before = quote.groupdict().get("before") or ""
    return before + _SIDES.get((meaning, quote[0][-1]), meaning), quote.end()
