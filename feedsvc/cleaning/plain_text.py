"""Bodies without markup, such as descriptions of videos: plain text made into paragraphs, lines and links.

Nothing of the text is removed, and no tree is built: most posts of a video channel are of this kind.
"""

import re
from html import escape, unescape

from feedsvc.cleaning.linkify import split_urls
from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.text import remove_useless
from feedsvc.cleaning.urls import to_direct
from feedsvc.text import join_words

_PLAIN = re.compile(r"\s*+(?:<div>)?+(?P<text>[^<>]*+)(?:</div>)?+\s*+\Z")
_RULE = re.compile(r"((?P<sign>[=\-_*~—─━＝－＿])(?P=sign){4,})")  # a line drawn with signs
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")


def from_plain_text(html: str, rules: Rules) -> str | None:
    """Return a body without markup as paragraphs of lines with links; None if it has markup."""
    plain = _PLAIN.match(html)
    if not plain:
        return None
    text = remove_useless(unescape(plain["text"]))
    paragraphs = (_split_lines(part) for part in _PARAGRAPH_BREAK.split(text))
    return "".join(f"<p>{'<br>'.join(_link_line(line, rules) for line in lines)}</p>" for lines in paragraphs if lines)


def _split_lines(paragraph: str) -> list[str]:
    lines = (join_words(line) for line in _RULE.sub(r"\n\1\n", paragraph).split("\n"))
    return [line for line in lines if line]


def _link_line(line: str, rules: Rules) -> str:
    return "".join(
        f'<a href="{escape(to_direct(url, rules))}">{escape(piece)}</a>' if url else escape(piece)
        for piece, url in split_urls(line)
    )
