"""What is not the article by what it says: the title repeated, dates, "share this", lists of other articles.

Goes by whole blocks of text and exact phrases, at the beginning and the end only, unless a phrase says itself that it is
no article. Works on a body already in shape, so that cleaning it again finds nothing new.
"""

import re

from bs4 import Tag

from feedsvc.cleaning.addresses import host_of
from feedsvc.cleaning.page import Block, Page, blocks_of, has_media, strings, tags, text_size
from feedsvc.cleaning.text import fold, squeeze

HEAD_BLOCKS, TAIL_BLOCKS = 3, 5
LONGEST_PHRASE = 300
LARGEST_LIST = 0.3
MOST_LINKED = 0.8
_LABEL_SIGNS = " :：►▶»>【】[]「」《》*•—–-|"
_SITE_NAME = re.compile(r"\s+[-–—|_·»]\s+\S.*\Z")


def drop_phrases(page: Page) -> None:
    """Remove the title repeated on top, lists of other articles, and blocks that say what no article says."""
    rules = page.rules
    blocks = _without_lists(page, blocks_of(page.root))
    blocks = [block for block in blocks if block.is_leaf and not block.text.isspace()]
    blocks = _without_title(page, blocks)
    blocks = _without_matching(page, blocks, rules.anywhere, "phrase")
    if page.site.text:
        blocks = _without_matching(page, blocks, page.site.text, f"{page.site.host} text")
    blocks = _repeat(page, blocks, slice(None, HEAD_BLOCKS), rules.head, "head phrase")
    _repeat(page, blocks, slice(-TAIL_BLOCKS, None), rules.tail, "tail phrase")


def _without_title(page: Page, blocks: list[Block]) -> list[Block]:
    titles = {_key(page.title), _key(_SITE_NAME.sub("", page.title))} - {""}
    kept = list(blocks)
    for block in blocks[:HEAD_BLOCKS]:
        if _key(block.text) in titles and (len(kept) > 1 or has_media(page.root)) and not has_media(block.element):
            page.remove(block.element, "title")
            kept.remove(block)
    return kept


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _repeat(page: Page, blocks: list[Block], place: slice, pattern: re.Pattern[str], why: str) -> list[Block]:
    """Remove what matches at one end, until nothing there does."""
    size = -1
    while size != len(blocks):
        size = len(blocks)
        kept = {id(block) for block in _without_matching(page, blocks[place], pattern, why)}
        gone = {id(block) for block in blocks[place]} - kept
        blocks = [block for block in blocks if id(block) not in gone]
    return blocks


def _without_matching(page: Page, blocks: list[Block], pattern: re.Pattern[str], why: str) -> list[Block]:
    kept = []
    for block in blocks:
        text = fold(block.text[: 2 * LONGEST_PHRASE])
        if len(text) <= LONGEST_PHRASE and pattern.match(text) and not has_media(block.element):
            page.remove(block.element, why)
        else:
            kept.append(block)
    return kept


# --- lists of other articles -----------------------------------------------------------------------


def _without_lists(page: Page, blocks: list[Block]) -> list[Block]:
    """Remove "related articles" and the links to the same site that follow."""
    own = _domain(page.base)
    kept: list[Block] = []
    position = 0
    while own and position < len(blocks):
        end = position + 1
        if _is_label(page, blocks[position], own):
            while end < len(blocks) and _is_listed(blocks[end].element, own):
                end += 1
        found = blocks[position:end]
        is_list = end > position + 1 or (_is_label(page, found[0], own) and (end == len(blocks) or found[0].has_link))
        kept += [] if is_list and _drop_list(page, [block.element for block in found]) else found
        position = end
    return kept if own else blocks


def _is_label(page: Page, block: Block, own: str) -> bool:
    if not block.has_link:
        return bool(page.rules.labels.match(fold(block.text[:LONGEST_PHRASE]).strip(_LABEL_SIGNS)))
    links = tags(block.element, "a")
    linked = {id(string) for link in links for string in strings(link)}
    outside = "".join(string for string in strings(block.element) if id(string) not in linked)
    label = fold(outside if squeeze(outside) else block.text).strip(_LABEL_SIGNS)
    return bool(page.rules.labels.match(label[:LONGEST_PHRASE])) and all(_leads_to(link, own) for link in links)


def _is_listed(element: Tag, own: str) -> bool:
    """Tell whether a block is nothing but links to the same site."""
    outer = element.find_parent("a")
    links = [outer] if outer else tags(element, "a")
    linked = sum(map(text_size, links))
    return bool(links) and linked >= MOST_LINKED * text_size(element) and all(_leads_to(link, own) for link in links)


def _leads_to(link: Tag, own: str) -> bool:
    return _domain(str(link.get("href", ""))) == own


def _domain(address: str) -> str:
    return ".".join(host_of(address).split(".")[-2:])


def _drop_list(page: Page, found: list[Tag]) -> bool:
    if sum(map(text_size, found)) > LARGEST_LIST * text_size(page.root):
        return False
    for element in found:
        page.remove(element, "list of other articles")
    return True
