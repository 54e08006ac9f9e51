"""Ids of blocks in notes of an Obsidian vault, so that links lead to them: ` ^id` at the end of a block. Pure.

https://help.obsidian.md/links#Link+to+a+block+in+a+note
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from feedsvc.text import to_anchor

_ID = re.compile(r"(?:\A|\s)\^([A-Za-z0-9-]{1,100})\s*\Z")
_OWNERS = {"paragraph_open", "heading_open"}


def block_id_plugin(parser: MarkdownIt) -> None:
    """Make a parser read ids of blocks."""
    parser.core.ruler.after("block", "block_ids", _read_ids)


def _read_ids(state: StateCore) -> None:
    """Make ids of blocks attributes; one that stands alone is that of the block before it."""
    tokens, removed = state.tokens, set[int]()
    for place, token in enumerate(tokens):
        found = _ID.search(token.content) if token.type == "inline" and "^" in token.content else None
        before = tokens[place - 1].type
        if found and before in _OWNERS and found.start():
            token.content = token.content[: found.start()].rstrip()
            _owner_of(tokens, place).attrSet("id", to_anchor(found[1]))
        elif found and not found.start():
            alone = range(place - 1, place + 2) if before in _OWNERS else _row_around(tokens, place)
            named = _block_before(tokens, alone.start) if alone else None
            if named:
                named.attrSet("id", to_anchor(found[1]))
                removed.update(alone)
    state.tokens = [token for place, token in enumerate(tokens) if place not in removed]


def _owner_of(tokens: list[Token], place: int) -> Token:
    """Return the opening token of the block that a text is all of: the item of a list without blank lines."""
    return tokens[place - 2] if tokens[place - 1].hidden else tokens[place - 1]


def _row_around(tokens: list[Token], place: int) -> range:
    """Return the places of the last row of a table if a text is all of it, else none."""
    if tokens[place - 2].type != "tr_open":
        return range(0)
    end = next(at for at in range(place, len(tokens)) if tokens[at].type == "tr_close")
    is_last = tokens[end + 1].type == "tbody_close"
    is_only = is_last and not any(token.content for token in tokens[place + 1 : end])
    return range(place - 2, end + 1) if is_only else range(0)


def _block_before(tokens: list[Token], start: int) -> Token | None:
    """Return the opening token of the block that ends before a place; of the table, before a row."""
    before = (tokens[place] for place in range(start - 1, -1, -1))
    if tokens[start].type == "tr_open":
        return next(token for token in before if token.type == "table_open")
    closing = tokens[start - 1] if start else None
    if closing is None or closing.nesting > 0:
        return None
    return next(token for token in before if token.level == closing.level and token.nesting >= 0)
