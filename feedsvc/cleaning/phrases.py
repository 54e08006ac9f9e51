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
from feedsvc.cleaning.bylines import repeats_the_feed
from feedsvc.cleaning.lists import is_path, is_tag_line, leads_to, remove_contents, remove_lists
from feedsvc.cleaning.nodes import find_above, find_elements, has_media, is_inside
from feedsvc.cleaning.text import to_letters
from feedsvc.cleaning.text_blocks import Block, find_blocks
from feedsvc.cleaning.tree import Tree
from feedsvc.cleaning.urls import to_site
from feedsvc.text import join_words
from feedsvc.urls import to_host

HEAD_BLOCKS, TAIL_BLOCKS, END_BLOCKS = 3, 5, 1
MAX_PHRASE_LENGTH, LINE_LENGTH = 300, 150
MAX_ROUNDS = 5
_CELLS, _ITEMS = ["td", "th"], ["li"]
_NEVER = to_names("pre summary caption dt")
_TITLES = HEADINGS | {"p"}
_UNTOLD = _NEVER | HEADINGS
_QUOTED = frozenset({"blockquote"})
_FIGURES = frozenset({"figure"})
_SITE_NAME = re.compile(r"\s+[-–—|_·»]\s+\S.*\Z")


def remove_phrases(tree: Tree) -> None:
    """Remove the title repeated at the top, lists of other articles, and blocks whose text matches a phrase.

    Of a post of one's own only a first heading that repeats the title goes, and what an operator's phrases match.
    """
    titles = {to_letters(tree.title), to_letters(_SITE_NAME.sub("", tree.title))} - {""}
    at_head = partial(_remove_at_head, tree, titles)
    at_tail = partial(_remove_at_tail, tree)
    at_end = partial(_remove_at_end, tree)
    blocks = remove_contents(tree, find_blocks(tree.root)) if tree.scraped else find_blocks(tree.root)
    blocks = _remove_first(blocks, len(blocks), partial(_remove_phrase, tree, tree.rules.anywhere, "phrase"))
    blocks = _remove_beside_players(tree, blocks)
    if tree.site.text:
        blocks = _remove_first(blocks, len(blocks), partial(_remove_match, tree, tree.site.text, "text of the site"))
    for _ in range(MAX_ROUNDS):
        left = _remove_first(remove_lists(tree, blocks), HEAD_BLOCKS, at_head)
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
            texts += not block.text.isspace() and not is_inside(block.element, _FIGURES)
    return kept


def _remove_beside_players(tree: Tree, blocks: list[Block]) -> list[Block]:
    """Remove what stands beside a player and leads only to shops of apps; return the other blocks."""
    found = find_elements(tree.root, "audio", "video")
    if not found:
        return blocks
    holders = {id(parent) for player in found for parent in player.parents}
    players = [id(block.element) in holders for block in blocks]
    kept = []
    for position, block in enumerate(blocks):
        is_beside = any(players[max(position - 1, 0) : position + 2]) and not players[position]
        if is_beside and block.is_leaf and block.has_link and _leads_to_shops(tree, block.element):
            tree.remove_with_wrappers(block.element, "shops beside a player")
        else:
            kept.append(block)
    return kept


def _leads_to_shops(tree: Tree, element: Tag) -> bool:
    return all(tree.rules.shops.search(str(link["href"])) for link in find_elements(element, "a"))


def _remove_at_head(tree: Tree, titles: set[str], block: Block) -> bool:
    element = block.element
    may_repeat = block.is_leaf and element.name in _TITLES and not is_inside(element, _QUOTED)
    if may_repeat and to_letters(block.text) in titles and _is_title(tree, block):
        tree.remove_with_wrappers(element, "title")
        return True
    if tree.scraped and (is_path(tree, block) or _is_in_feed(tree, block)):
        tree.remove_with_wrappers(element, "head")
        return True
    return _remove_at_edge(tree, tree.rules.head, "head", block) or _remove_tag_line(tree, block)


def _remove_at_tail(tree: Tree, block: Block) -> bool:
    if tree.scraped and _is_in_feed(tree, block):
        tree.remove_with_wrappers(block.element, "tail")
        return True
    return _remove_at_edge(tree, tree.rules.tail, "tail", block) or _remove_tag_line(tree, block)


def _remove_tag_line(tree: Tree, block: Block) -> bool:
    if not tree.scraped or not is_tag_line(tree, block):
        return False
    tree.remove_with_wrappers(block.element, "tags")
    return True


def _is_in_feed(tree: Tree, block: Block) -> bool:
    """True if a block says only what the feed says itself, and is no heading, quotation, or part of a list."""
    element = block.element
    if len(block.text) > LINE_LENGTH or not block.is_leaf or element.name in _UNTOLD:
        return False
    if has_media(element) or is_inside(element, _QUOTED) or _is_in_a_row(element, _ITEMS + _CELLS):
        return False
    return repeats_the_feed(block.text, tree.authors, tree.rules)


def _is_title(tree: Tree, block: Block) -> bool:
    """True if a block that has the words of the title shows nothing more: no picture, no link to another site.

    In a post of one's own only the first heading is one.
    """
    element, own = block.element, to_site(tree.base)
    links = find_elements(element, "a") if block.has_link else []
    if has_media(element) or any(to_host(str(link["href"])) and not leads_to(link, own) for link in links):
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
    cell = element if element.name in cells else find_above(element, cells)
    beside = () if cell is None else (*islice(cell.next_siblings, 2), *islice(cell.previous_siblings, 2))
    return any(isinstance(node, Tag) and node.name in cells for node in beside)
