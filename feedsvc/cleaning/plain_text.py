"""Bodies that are nothing but text, such as descriptions of videos: lines, paragraphs and links out of plain text.

Nothing of the text is dropped, and no tree is built: most posts of a video channel are of this kind.
"""

import re
from html import escape, unescape

from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.text import fold, legal, split_addresses
from feedsvc.cleaning.urls import tidy

_BARE = re.compile(r"\s*+(?:<div>)?+(?P<text>[^<>]*+)(?:</div>)?+\s*+\Z")
_ROW = re.compile(r"((?P<sign>[=\-_*~—─━＝－＿])(?P=sign){4,})")
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")


def from_bare_text(html: str, rules: Rules) -> str | None:
    """Give a body without markup its lines, paragraphs and links; None if there is markup in it."""
    bare = _BARE.match(html)
    if not bare:
        return None
    text = legal(unescape(bare["text"]))
    paragraphs = (_lines(part) for part in _PARAGRAPH_BREAK.split(text))
    return "".join(f"<p>{'<br>'.join(_with_links(line, rules) for line in lines)}</p>" for lines in paragraphs if lines)


def _lines(paragraph: str) -> list[str]:
    """Give the lines of a paragraph; a row of signs has a line of its own."""
    lines = (fold(line) for line in _ROW.sub(r"\n\1\n", paragraph).split("\n"))
    return [line for line in lines if line]


def _with_links(line: str, rules: Rules) -> str:
    return "".join(
        f'<a href="{escape(tidy(address, rules))}">{escape(piece)}</a>' if address else escape(piece)
        for piece, address in split_addresses(line)
    )
