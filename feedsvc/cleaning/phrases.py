"""What is not the article by what it says: the title repeated, dates, "share this", lists of other articles.

Goes by whole blocks and exact phrases, at the beginning and the end, unless a phrase gives itself away. Works on a body
already in shape, so that cleaning it again finds nothing new.
"""

import re
from collections.abc import Callable
from functools import partial

from bs4 import Tag

from feedsvc.addresses import to_host
from feedsvc.cleaning.page import Block, Page, blocks_of, elements, has_media, is_inside, strings, text_size
from feedsvc.cleaning.text import fold, letters, squeeze

HEAD_BLOCKS, TAIL_BLOCKS = 3, 5
LONGEST_PHRASE = 300
MOST_ROUNDS = 5
LARGEST_LIST = 0.3
MOST_LINKED = 0.8
_CELLS = ["td", "th"]
_LABEL_SIGNS = " :：►▶»>【】[]「」《》*•—–-|"
_SITE_NAME = re.compile(r"\s+[-–—|_·»]\s+\S.*\Z")


def drop_phrases(page: Page) -> None:
    """Remove the title repeated on top, lists of other articles, and blocks that say what no article says."""
    titles = {letters(page.title), letters(_SITE_NAME.sub("", page.title))} - {""}
    at_head = partial(_drop_head, page, titles)
    at_tail = partial(_drop_if, page, page.rules.tail, "tail")
    blocks = blocks_of(page.root)
    for pattern, why in ((page.rules.anywhere, "phrase"), (page.site.text, "text of the site")):
        if pattern:
            blocks = _without_first(blocks, len(blocks), partial(_drop_if, page, pattern, why))
    for _ in range(MOST_ROUNDS):
        left = _without_first(_without_lists(page, blocks), HEAD_BLOCKS, at_head)
        left = _without_first(left[::-1], TAIL_BLOCKS, at_tail)[::-1]
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
    if block.is_leaf and letters(block.text) in titles and not has_media(block.element):
        page.remove_whole(block.element, "title")
        return True
    return _drop_if(page, page.rules.head, "head", block)


def _drop_if(page: Page, pattern: re.Pattern[str], why: str, block: Block) -> bool:
    text = fold(block.text) if block.is_leaf and len(block.text) <= LONGEST_PHRASE else ""
    if not text or not pattern.match(text) or has_media(block.element) or _is_in_a_row(block.element):
        return False
    page.remove_whole(block.element, f"{why}: {text[:40]}")
    return True


def _is_in_a_row(element: Tag) -> bool:
    """Tell whether an element stands beside others in a table, where "Share" is a column, not a button."""
    cell = element if element.name in _CELLS else element.find_parent(_CELLS)
    return cell is not None and len(cell.find_next_siblings(_CELLS) + cell.find_previous_siblings(_CELLS)) > 0


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
