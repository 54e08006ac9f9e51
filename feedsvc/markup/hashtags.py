"""Tags that the text of a note names, as Obsidian has them: `#garden`, `#garden/herbs`. Pure, linear time.

https://help.obsidian.md/tags#Tag+format
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import takewhile

from feedsvc.markup.blocks import Blocks
from feedsvc.markup.code_spans import find_code_spans
from feedsvc.markup.comments import may_hide, strip_comments

_CODE = "`"  # stands for code, so that nothing beside it comes to stand at the start of a word
# Links of both kinds, mathematics and tags of HTML; then a tag.
_TOKEN = re.compile(
    r"\[\[[^\[\]\n]*\]\]|\[[^\[\]\n]*\]\([^()\n]*\)|<[^<>\n]*>"
    r"|\$\$[^$]*\$\$|\$(?=\S)[^$\n]*(?<=\S)\$(?!\d)"
    r"|(?<!\S)#(?P<tag>[^\s#]+)"
)


def find_hashtags(text: str) -> list[str]:
    """Return the tags in Markdown, as written: outside of code, links, mathematics and hidden text."""
    if "#" not in text:
        return []
    visible = strip_comments(text).text if may_hide(text) else text
    blocks = Blocks()
    prose = "\n".join("" if blocks.is_code(line) else line for line in visible.split("\n"))
    tokens = _TOKEN.finditer("".join(_hide_code(prose)) if _CODE in prose else prose)
    return list(filter(_is_tag, (_to_tag(found["tag"]) for found in tokens if found["tag"])))


def _hide_code(prose: str) -> Iterator[str]:
    """Yield the parts of a text, with a sign in the place of each span of code."""
    position = 0
    for start, end in find_code_spans(prose):
        yield prose[position:start] + _CODE
        position = end
    yield prose[position:]


def _to_tag(word: str) -> str:
    return "".join(takewhile(_may_be_in_tag, word)).strip("/")


def _may_be_in_tag(sign: str) -> bool:
    """Return True for letters with their marks, digits, emoji, `_`, `-` and `/`."""
    return sign in "_-/\u200c\u200d" or unicodedata.category(sign)[0] in "LMN" or unicodedata.category(sign) == "So"


def _is_tag(name: str) -> bool:
    return any(not (sign.isdigit() or sign in "_-/") for sign in name)
