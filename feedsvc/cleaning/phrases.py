"""What is not the article by what it says: the title repeated, dates, "share this", lists of other articles.

Goes by whole blocks and exact phrases, at the beginning and the end, unless a phrase gives itself away. Works on a body
already in shape, so that cleaning it again finds nothing new.
"""

import re
from collections.abc import Callable
from functools import partial
from itertools import islice

from bs4 import Tag

from feedsvc.cleaning.text import fold, letters, squeeze
from feedsvc.cleaning.tree import (
    HEADINGS,
    Block,
    Page,
    blocks_of,
    elements,
    has_media,
    is_inside,
    strings,
    text_size,
)
from feedsvc.urls import to_host

HEAD_BLOCKS, TAIL_BLOCKS, END_BLOCKS = 3, 5, 1
LONGEST_PHRASE = 300
MOST_ROUNDS = 5
LARGEST_LIST = 0.3
MOST_LINKED = 0.8
_CELLS, _ITEMS = ["td", "th"], ["li"]
_NEVER = frozenset({"pre", "summary", "caption", "dt"})
_TITLES = HEADINGS | {"p"}
_QUOTED = frozenset({"blockquote"})
_LABEL_SIGNS = " :：►▶»>【】[]「」《》*•—–-|"
_SITE_NAME = re.compile(r"\s+[-–—|_·»]\s+\S.*\Z")


def drop_phrases(page: Page) -> None:
    """Remove the title repeated on top, lists of other articles, and blocks that say what no article says."""
    titles = {letters(page.title), letters(_SITE_NAME.sub("", page.title))} - {""}
    at_head = partial(_drop_head, page, titles)
    at_tail = partial(_drop_at_edge, page, page.rules.tail, "tail")
    at_end = partial(_drop_end, page)
    blocks = blocks_of(page.root)
    blocks = _without_first(blocks, len(blocks), partial(_drop_phrase, page, page.rules.anywhere, "phrase"))
    if page.site.text:
        blocks = _without_first(blocks, len(blocks), partial(_drop_if, page, page.site.text, "text of the site"))
    for _ in range(MOST_ROUNDS):
        left = _without_first(_without_lists(page, blocks), HEAD_BLOCKS, at_head)
        left = _without_first(left[::-1], TAIL_BLOCKS, at_tail)
        left = _without_first(left, END_BLOCKS, at_end)[::-1]
        if len(left) == len(blocks):
            break
        blocks = left


def _without_first(blocks: list[Block], count: int, drop: Callable[[Block], bool]) -> list[Block]:
    """Try to drop blocks from one end until so many with text have stayed; never drop the last."""
    kept: list[Block] = []
    texts = 0
    for position, block in enumerate(blocks):
        left = len(kept) + len(blocks) - position
        if texts == count or left == 1:
            return kept + blocks[position:]
        if not drop(block):
            kept.append(block)
            texts += not block.text.isspace()
    return kept


def _drop_head(page: Page, titles: set[str], block: Block) -> bool:
    element = block.element
    may_repeat = block.is_leaf and element.name in _TITLES and not is_inside(element, _QUOTED)
    if may_repeat and letters(block.text) in titles and not has_media(element):
        page.remove_whole(element, "title")
        return True
    return _drop_at_edge(page, page.rules.head, "head", block)


def _drop_end(page: Page, block: Block) -> bool:
    above = block.element.find_previous_sibling()
    is_section = above is not None and above.name in HEADINGS
    return not is_section and _drop_at_edge(page, page.rules.end, "end", block)


def _drop_at_edge(page: Page, pattern: re.Pattern[str], why: str, block: Block) -> bool:
    """Drop a block by a phrase unless it is quoted or heads what follows it."""
    element = block.element
    is_heading = element.name in HEADINGS and element.find_next_sibling() is not None
    return not is_heading and not is_inside(element, _QUOTED) and _drop_phrase(page, pattern, why, block)


def _drop_phrase(page: Page, pattern: re.Pattern[str], why: str, block: Block) -> bool:
    """Drop a block by a phrase unless it is code, opens what follows, or is one of several items."""
    if not _says(pattern, block) or block.element.name in _NEVER or _is_in_a_row(block.element, _ITEMS):
        return False
    return _drop_if(page, pattern, why, block)


def _drop_if(page: Page, pattern: re.Pattern[str], why: str, block: Block) -> bool:
    if not _says(pattern, block) or has_media(block.element) or _is_in_a_row(block.element, _CELLS):
        return False
    page.remove_whole(block.element, f"{why}: {fold(block.text)[:40]}")
    return True


def _says(pattern: re.Pattern[str], block: Block) -> bool:
    text = fold(block.text) if block.is_leaf and len(block.text) <= LONGEST_PHRASE else ""
    return bool(text and pattern.match(text))


def _is_in_a_row(element: Tag, cells: list[str]) -> bool:
    """Tell whether an element stands beside others in a table or list, where "Share" is a column, not a button."""
    cell = element if element.name in cells else element.find_parent(cells)
    beside = () if cell is None else (*islice(cell.next_siblings, 2), *islice(cell.previous_siblings, 2))
    return any(isinstance(node, Tag) and node.name in cells for node in beside)


# --- lists of other articles -----------------------------------------------------------------------


def _without_lists(page: Page, blocks: list[Block]) -> list[Block]:
    """Remove "related articles" and the links to the same site that follow."""
    own = _domain(page.base)
    kept: list[Block] = []
    position = 0
    while position < len(blocks):
        end = _end_of_list(page, blocks, position, own)
        if end == position or not _drop_list(page, [block.element for block in blocks[position:end]]):
            kept.append(blocks[position])
            end = position + 1
        position = end
    return kept


def _end_of_list(page: Page, blocks: list[Block], start: int, own: str) -> int:
    """Give the position behind the list that a label opens; `start` where there is none."""
    if not own or not _is_label(page, blocks[start], own):
        return start
    end = start + 1
    while end < len(blocks) and _is_listed(blocks[end].element, own):
        end += 1
    is_complete = end > start + 1 or end == len(blocks)
    return end if is_complete or (blocks[start].has_link and len(blocks) - start <= TAIL_BLOCKS) else start


def _is_label(page: Page, block: Block, own: str) -> bool:
    links, label = [], block.text
    if block.has_link:
        links = elements(block.element, "a")
        outside = "".join(string for string in strings(block.element) if not is_inside(string, {"a"}))
        label = outside if squeeze(outside) else label
    is_label = page.rules.labels.match(fold(label[:LONGEST_PHRASE]).strip(_LABEL_SIGNS))
    return is_label is not None and all(_leads_to(link, own) for link in links)


def _is_listed(element: Tag, own: str) -> bool:
    """Tell whether a block is nothing but links to the same site."""
    outer = element.find_parent("a")
    links = [outer] if outer else elements(element, "a")
    linked = sum(map(text_size, links))
    return bool(links) and linked >= MOST_LINKED * text_size(element) and all(_leads_to(link, own) for link in links)


def _leads_to(link: Tag, own: str) -> bool:
    return _domain(str(link.get("href", ""))) == own


def _domain(address: str) -> str:
    return ".".join(to_host(address).split(".")[-2:])


def _drop_list(page: Page, found: list[Tag]) -> bool:
    if sum(map(text_size, found)) > LARGEST_LIST * text_size(page.root):
        return False
    for element in found:
        page.remove_whole(element, "list of other articles")
    return True
