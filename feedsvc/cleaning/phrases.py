"""Remove junk by its words: a repeated title, dates, "share this", lists of other articles.

Compares the text of whole blocks with phrases: most of them at the beginning or end of a body only, unmistakable ones
anywhere. Runs after `structure`: cleaning the result again then finds the same blocks.
"""

import re
from collections.abc import Callable
from functools import partial
from itertools import islice

from bs4 import Tag

from feedsvc.cleaning.allowlist import HEADINGS, to_names
from feedsvc.cleaning.text import squeeze, to_letters
from feedsvc.cleaning.tree import (
    Block,
    Tree,
    count_text,
    find_blocks,
    find_elements,
    find_strings,
    has_media,
    is_inside,
)
from feedsvc.text import join_words
from feedsvc.urls import to_host

HEAD_BLOCKS, TAIL_BLOCKS, END_BLOCKS = 3, 5, 1
MAX_PHRASE_LENGTH = 300
MAX_ROUNDS = 5
MAX_LIST_SHARE = 0.3
MIN_LINKED_SHARE = 0.8
_CELLS, _ITEMS = ["td", "th"], ["li"]
_NEVER = to_names("pre summary caption dt")
_TITLES = HEADINGS | {"p"}
_QUOTED = frozenset({"blockquote"})
_LABEL_SIGNS = " :：►▶»>【】[]「」《》*•—–-|"
_SITE_NAME = re.compile(r"\s+[-–—|_·»]\s+\S.*\Z")


def remove_phrases(tree: Tree) -> None:
    """Remove the title repeated at the top, lists of other articles, and blocks whose text matches a phrase.

    Of a post of one's own only a first heading that repeats the title goes, and what an operator's phrases match.
    """
    titles = {to_letters(tree.title), to_letters(_SITE_NAME.sub("", tree.title))} - {""}
    at_head = partial(_remove_at_head, tree, titles)
    at_tail = partial(_remove_at_edge, tree, tree.rules.tail, "tail")
    at_end = partial(_remove_at_end, tree)
    blocks = find_blocks(tree.root)
    blocks = _remove_first(blocks, len(blocks), partial(_remove_phrase, tree, tree.rules.anywhere, "phrase"))
    if tree.site.text:
        blocks = _remove_first(blocks, len(blocks), partial(_remove_match, tree, tree.site.text, "text of the site"))
    for _ in range(MAX_ROUNDS):
        left = _remove_first(_remove_lists(tree, blocks), HEAD_BLOCKS, at_head)
        left = _remove_first(left[::-1], TAIL_BLOCKS, at_tail)
        left = _remove_first(left, END_BLOCKS, at_end)[::-1]
        if len(left) == len(blocks):
            break
        blocks = left


def _remove_first(blocks: list[Block], count: int, remove: Callable[[Block], bool]) -> list[Block]:
    """Apply `remove` from the start until `count` blocks with text are kept, never to the last; return what stays."""
    kept: list[Block] = []
    texts = 0
    for position, block in enumerate(blocks):
        left = len(kept) + len(blocks) - position
        if texts == count or left == 1:
            return kept + blocks[position:]
        if not remove(block):
            kept.append(block)
            texts += not block.text.isspace()
    return kept


def _remove_at_head(tree: Tree, titles: set[str], block: Block) -> bool:
    element = block.element
    may_repeat = block.is_leaf and element.name in _TITLES and not is_inside(element, _QUOTED)
    if may_repeat and to_letters(block.text) in titles and _is_title(tree, block):
        tree.remove_with_wrappers(element, "title")
        return True
    return _remove_at_edge(tree, tree.rules.head, "head", block)


def _is_title(tree: Tree, block: Block) -> bool:
    """True if a block that has the words of the title shows nothing more: no picture, no link to another site.

    In a post of one's own only the first heading is one.
    """
    element, own = block.element, _to_domain(tree.base)
    links = find_elements(element, "a") if block.has_link else []
    if has_media(element) or any(to_host(str(link["href"])) and not _leads_to(link, own) for link in links):
        return False
    return tree.scraped or (element.name == "h1" and not any(map(str.strip, element.find_all_previous(string=True))))


def _remove_at_end(tree: Tree, block: Block) -> bool:
    above = block.element.find_previous_sibling()
    is_section = above is not None and above.name in HEADINGS
    return not is_section and _remove_at_edge(tree, tree.rules.end, "end", block)


def _remove_at_edge(tree: Tree, pattern: re.Pattern[str], rule: str, block: Block) -> bool:
    """Remove a matching block unless it is quoted, or a heading with more after it; True if removed."""
    element = block.element
    is_heading = element.name in HEADINGS and element.find_next_sibling() is not None
    return not is_heading and not is_inside(element, _QUOTED) and _remove_phrase(tree, pattern, rule, block)


def _remove_phrase(tree: Tree, pattern: re.Pattern[str], rule: str, block: Block) -> bool:
    """Remove a matching block unless it is code, a caption or term, or one of several list items; True if removed."""
    if not _matches(pattern, block) or block.element.name in _NEVER or _is_in_a_row(block.element, _ITEMS):
        return False
    return _remove_match(tree, pattern, rule, block)


def _remove_match(tree: Tree, pattern: re.Pattern[str], rule: str, block: Block) -> bool:
    if not _matches(pattern, block) or has_media(block.element) or _is_in_a_row(block.element, _CELLS):
        return False
    tree.remove_with_wrappers(block.element, f"{rule}: {join_words(block.text)[:40]}")
    return True


def _matches(pattern: re.Pattern[str], block: Block) -> bool:
    text = join_words(block.text) if block.is_leaf and len(block.text) <= MAX_PHRASE_LENGTH else ""
    return bool(text and pattern.match(text))


def _is_in_a_row(element: Tag, cells: list[str]) -> bool:
    """True if an element is next to others in a table row or list: "Share" may be a column there, not a button."""
    cell = element if element.name in cells else element.find_parent(cells)
    beside = () if cell is None else (*islice(cell.next_siblings, 2), *islice(cell.previous_siblings, 2))
    return any(isinstance(node, Tag) and node.name in cells for node in beside)


# --- lists of other articles -----------------------------------------------------------------------


def _remove_lists(tree: Tree, blocks: list[Block]) -> list[Block]:
    """Remove labels such as "related articles" and the links to the same site that follow; return the other blocks."""
    own = _to_domain(tree.base)
    kept: list[Block] = []
    position = 0
    while position < len(blocks):
        end = _find_list_end(tree, blocks, position, own)
        if end == position or not _remove_list(tree, [block.element for block in blocks[position:end]]):
            kept.append(blocks[position])
            end = position + 1
        position = end
    return kept


def _find_list_end(tree: Tree, blocks: list[Block], start: int, own: str) -> int:
    """Return the position after the list whose label is at `start`; `start` if no list begins there."""
    if not own or not _is_label(tree, blocks[start], own):
        return start
    end = start + 1
    while end < len(blocks) and _is_listed(blocks[end].element, own):
        end += 1
    is_complete = end > start + 1 or end == len(blocks)
    return end if is_complete or (blocks[start].has_link and len(blocks) - start <= TAIL_BLOCKS) else start


def _is_label(tree: Tree, block: Block, own: str) -> bool:
    links, label = [], block.text
    if block.has_link:
        links = find_elements(block.element, "a")
        outside = "".join(string for string in find_strings(block.element) if not is_inside(string, {"a"}))
        label = outside if squeeze(outside) else label
    is_label = tree.rules.labels.match(join_words(label[:MAX_PHRASE_LENGTH]).strip(_LABEL_SIGNS))
    return is_label is not None and all(_leads_to(link, own) for link in links)


def _is_listed(element: Tag, own: str) -> bool:
    """True if nearly all text of a block is in links, and all of these lead to the same site."""
    outer = element.find_parent("a")
    links = [outer] if outer else find_elements(element, "a")
    linked, minimum = sum(map(count_text, links)), MIN_LINKED_SHARE * count_text(element)
    return bool(links) and linked >= minimum and all(_leads_to(link, own) for link in links)


def _leads_to(link: Tag, own: str) -> bool:
    return _to_domain(str(link.get("href", ""))) == own


def _to_domain(url: str) -> str:
    return ".".join(to_host(url).split(".")[-2:])


def _remove_list(tree: Tree, found: list[Tag]) -> bool:
    if sum(map(count_text, found)) > MAX_LIST_SHARE * count_text(tree.root):
        return False
    for element in found:
        tree.remove_with_wrappers(element, "list of other articles")
    return True
