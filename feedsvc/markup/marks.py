"""Text marked as with a pen, as Obsidian, Typora and others have it: `==important==`. Pure, linear time.

https://help.obsidian.md/syntax#Bold,+italics,+highlights
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_MAX_LENGTH = 2_000  # signs of a marked text; code and the address of a link count as one
_PART = r"(?>`[^`\n]*`|\]\([^()\s]*\)|\\.|=(?!=)|[^=])"
# No comparison such as `a == b`, `a==b==c` and `(==)`, and no longer row.
_MARK = re.compile(
    rf"(?<![A-Za-z0-9_=!<>])==(?![\s=)\]}},.;:?])({_PART}{{1,{_MAX_LENGTH}}}?)(?<![\s=(\[{{])==(?![A-Za-z0-9_=])"
)


def mark_plugin(parser: MarkdownIt) -> None:
    """Let a parser of Markdown read marked text."""
    parser.inline.ruler.before("emphasis", "mark", _read_mark)


def _read_mark(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the interface of markdown-it
    found = _MARK.match(state.src, state.pos, state.posMax) if state.src.startswith("==", state.pos) else None
    if found is None:
        return False
    if not silent:
        end, state.pos, state.posMax = state.posMax, found.start(1), found.end(1)
        state.push("mark_open", "mark", 1)
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1)
        state.posMax = end
    state.pos = found.end()
    return True
