"""Remove what only leads elsewhere on the same site: labelled and bare lists of other articles, contents, tags, paths.

Works on blocks, after `structure`. Which words label a list is in `rules.toml`; links to other sites stay.
"""

import re
from itertools import takewhile

from bs4 import Tag

from feedsvc.cleaning.allowlist import HEADINGS, to_names
from feedsvc.cleaning.nodes import count_text, find_above, find_elements, find_strings, has_media, is_inside
from feedsvc.cleaning.text import squeeze, to_letters
from feedsvc.cleaning.text_blocks import Block
from feedsvc.cleaning.tree import Tree
from feedsvc.cleaning.urls import to_path, to_site
from feedsvc.text import join_words

MAX_LIST_SHARE, MAX_BARE_SHARE = 0.3, 0.5
"""Of the text of a body that a list with a label, and one without, may have."""
MIN_LINKED_SHARE = 0.8
LABEL_LENGTH = 300
HEADLINE_LENGTH, CRUMB_LENGTH = 12, 60
TAIL_BLOCKS = 5

_LISTS = to_names("ul ol")
_LABEL_SIGNS = " :：►▶»>【】[]「」《》*•—–-|"
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»）)」』】]*\Z")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_PATH_SIGNS = re.compile(r"[>›»→⟩▸/\\|]|::")
_NUMBER = re.compile(r"\A[\d.\s]+")


def remove_lists(tree: Tree, blocks: list[Block]) -> list[Block]:
    """Remove lists of links to other articles of the same site, with their labels; return the other blocks."""
    own = to_site(tree.base)
    if not own:
        return blocks
    kept: list[Block] = []
    position = 0
    while position < len(blocks):
        end, share = _find_labelled(tree, blocks, position, own), MAX_LIST_SHARE
        if not end and tree.scraped:
            end, share = _find_bare(tree, blocks, position, own), MAX_BARE_SHARE
        if end in {0, position} or not _remove_list(tree, [block.element for block in blocks[position:end]], share):
            kept.append(blocks[position])
            end = position + 1
        position = end
    return kept


def _remove_list(tree: Tree, found: list[Tag], share: float) -> bool:
    if sum(map(count_text, found)) > share * count_text(tree.root):
        return False
    for element in found:
        tree.remove_with_wrappers(element, "list of other articles")
    return True


# --- with a label ---------------------------------------------------------------------------------


def _find_labelled(tree: Tree, blocks: list[Block], start: int, own: str) -> int:
    """Return the position after the list whose label is at `start`; 0 if no list begins there."""
    if not _is_label(tree, blocks[start], own):
        return 0
    end = start + 1
    while end < len(blocks) and _is_listed(blocks[end].element, own):
        end += 1
    is_complete = end > start + 1 or end == len(blocks)
    return end if is_complete or (blocks[start].has_link and len(blocks) - start <= TAIL_BLOCKS) else 0


def _is_label(tree: Tree, block: Block, own: str) -> bool:
    links, label = [], block.text
    if block.has_link:
        links = find_elements(block.element, "a")
        outside = _text_outside_links(block.element)
        label = outside if squeeze(outside) else label
    is_label = tree.rules.labels.match(join_words(label[:LABEL_LENGTH]).strip(_LABEL_SIGNS))
    return is_label is not None and all(leads_to(link, own) for link in links)


def _text_outside_links(element: Tag) -> str:
    return "".join(string for string in find_strings(element) if not is_inside(string, {"a"}))


def _is_listed(element: Tag, own: str) -> bool:
    """True if nearly all text of a block is in links, and all of these lead to the same site."""
    outer = find_above(element, {"a"})
    links = [outer] if outer else find_elements(element, "a")
    linked, minimum = sum(map(count_text, links)), MIN_LINKED_SHARE * count_text(element)
    return bool(links) and linked >= minimum and all(leads_to(link, own) for link in links)


def leads_to(link: Tag, own: str) -> bool:
    """True if a link leads to the site of this name."""
    return to_site(str(link.get("href", ""))) == own


# --- without a label ------------------------------------------------------------------------------


def _find_bare(tree: Tree, blocks: list[Block], start: int, own: str) -> int:
    """Return the position after a list of nothing but headlines of the same site; `start` if there is none.

    A list that the text leads up to is the author's: it follows a heading, or words that end no sentence.
    """
    items = blocks[start].element.parent
    before = blocks[start - 1]
    if start == 0 or items is None or items.name not in _LISTS or items is before.element.parent:
        return start
    if not _ends_sentence(before):
        return start
    listed = list(takewhile(lambda block: block.element.parent is items, blocks[start:]))
    if len(listed) < 2 or len(listed) != len(find_elements(items, "li")):  # noqa: PLR2004 - one link is no list
        return start
    return start + len(listed) if all(_is_headline(tree, block, own) for block in listed) else start


def _ends_sentence(block: Block) -> bool:
    text = join_words(block.text)
    return block.element.name not in HEADINGS and (not text or bool(_SENTENCE_END.search(text)))


def _is_headline(tree: Tree, block: Block, own: str) -> bool:
    """True if a block is one link to a page of the same site, with as many words as a headline, and no others."""
    links = find_elements(block.element, "a")
    weight = len(squeeze(block.text)) + len(_WIDE.findall(block.text))
    has_others = bool(to_letters(_text_outside_links(block.element)))
    if len(links) != 1 or weight < HEADLINE_LENGTH or has_others:
        return False
    return leads_to(links[0], own) and not _is_tag(tree, links[0])


# --- contents -------------------------------------------------------------------------------------


def remove_contents(tree: Tree, blocks: list[Block]) -> list[Block]:
    """Remove tables of contents with their labels, which are lists of links to headings below; return other blocks."""
    headings = _find_headings(tree.root) if tree.mentions("#") else {}
    if not headings:
        return blocks
    order = {id(element): number for number, element in enumerate(find_elements(tree.root))}
    seen: set[int] = set()
    for position, block in enumerate(blocks):
        items = _find_outer_list(block.element)
        if items is None or id(items) in seen:
            continue
        seen.add(id(items))
        if not _is_contents(items, headings, order):
            continue
        before = blocks[position - 1] if position else None
        if before and tree.rules.contents.match(join_words(before.text).strip(_LABEL_SIGNS)):
            tree.remove_with_wrappers(before.element, "contents")
        tree.remove_with_wrappers(items, "contents")
    return [block for block in blocks if _is_in(block.element, tree.root)] if seen else blocks


def _is_in(element: Tag, root: Tag) -> bool:
    return element is root or any(parent is root for parent in element.parents)


def _find_headings(root: Tag) -> dict[str, Tag]:
    """Return the headings by the ids that stand in them."""
    found: dict[str, Tag] = {}
    for heading in find_elements(root, *HEADINGS):
        for element in (heading, *find_elements(heading)):
            if name := str(element.get("id") or ""):
                found[name] = heading
    return found


def _find_outer_list(element: Tag) -> Tag | None:
    outer = None
    for parent in element.parents:
        outer = parent if parent.name in _LISTS else outer
    return outer


def _is_contents(items: Tag, headings: dict[str, Tag], order: dict[int, int]) -> bool:
    """True if a list is nothing but links to headings that come after it, with their words."""
    links = find_elements(items, "a")
    if len(links) < 2 or sum(map(count_text, links)) < MIN_LINKED_SHARE * count_text(items):  # noqa: PLR2004
        return False
    targets = [headings.get(str(link.get("href", "")).removeprefix("#")) for link in links]
    below = [heading for heading in targets if heading is not None and order[id(heading)] > order[id(items)]]
    return len(below) == len(links) and all(map(_has_words, links, below))


def _has_words(link: Tag, heading: Tag) -> bool:
    words, title = (to_letters(_NUMBER.sub("", element.get_text())) for element in (link, heading))
    return bool(words) and (words in title or title in words)


# --- lines of links -------------------------------------------------------------------------------


def is_tag_line(tree: Tree, block: Block) -> bool:
    """True if a block holds nothing but links to tags and categories of the same site, and their label."""
    links = find_elements(block.element, "a") if block.has_link and block.is_leaf else []
    if not links or has_media(block.element) or not all(leads_to(link, to_site(tree.base)) for link in links):
        return False
    outside = join_words(_text_outside_links(block.element)).strip(" ,，、;；|/·•#.")
    return (not outside or bool(tree.rules.tag_labels.match(outside))) and all(_is_tag(tree, link) for link in links)


def _is_tag(tree: Tree, link: Tag) -> bool:
    is_named = "tag" in str(link.get("rel", "")).split() or bool(tree.rules.tag_paths.search(str(link["href"])))
    return is_named or link.get_text().strip().startswith(("#", "＃"))


def is_path(tree: Tree, block: Block) -> bool:
    """True if a block is the path of a page on its site: links with signs between them, the first to the front page."""
    links = find_elements(block.element, "a") if block.has_link and block.is_leaf else []
    if not links or has_media(block.element) or not all(leads_to(link, to_site(tree.base)) for link in links):
        return False
    parts = [join_words(part) for part in _PATH_SIGNS.split(block.text)]
    first = join_words(links[0].get_text())
    is_short = all(len(part) <= CRUMB_LENGTH for part in parts[:-1])
    return len(parts) > 1 and is_short and parts[0] == first and to_path(str(links[0]["href"])) in ("", "/")
