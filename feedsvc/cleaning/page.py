"""A post being cleaned: its tree, what is known of it, and what has been taken out so far.

Gives the parts every step uses: reading HTML into a tree of bounded depth, walking it, removing with a reason.
"""

from collections.abc import Container
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PageElement

from feedsvc.cleaning.rules import Rules, Site
from feedsvc.cleaning.text import squeeze

MAX_DEPTH = 200

INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark nobr output picture q rb "
    "rp rt rtc ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
MEDIA = frozenset({"img", "iframe", "audio", "video"})


@dataclass(slots=True)
class Page:
    """A post on its way through the steps; `removed` tells what went and which step or rule took it."""

    root: Tag
    rules: Rules
    site: Site
    base: str = ""
    title: str = ""
    removed: list[tuple[str, PageElement]] = field(default_factory=list)

    def remove(self, element: PageElement, why: str) -> None:
        """Take an element out of the tree and remember why."""
        self.removed.append((why, element.extract()))


def parse(html: str) -> Tag:
    """Read HTML into a tree at most MAX_DEPTH deep; what is deeper becomes text."""
    # The wrapper keeps the parser from putting a paragraph round bare text.
    soup = BeautifulSoup(f"<div>{html}</div>", "lxml", multi_valued_attributes=None)
    root = soup.body or soup
    if html.count("<") >= MAX_DEPTH:
        _limit_depth(root)
    return root


def _limit_depth(root: Tag) -> None:
    depths = {id(root): 0}
    for element in elements(root):
        depth = depths.get(id(element.parent), MAX_DEPTH) + 1
        if depth <= MAX_DEPTH:
            depths[id(element)] = depth
        if depth == MAX_DEPTH:
            element.string = element.get_text()


# --- walking: many times faster than find_all ------------------------------------------------------


def elements(root: Tag) -> list[Tag]:
    """Give the elements below one, in order."""
    return [node for node in root.descendants if isinstance(node, Tag)]


def tags(root: Tag, *names: str) -> list[Tag]:
    """Give the elements of these names below one, in order."""
    return [node for node in root.descendants if isinstance(node, Tag) and node.name in names]


def strings(root: Tag) -> list[NavigableString]:
    """Give the strings below an element that are text: no comments, scripts or styles."""
    return [node for node in root.descendants if type(node) is NavigableString]


def is_inside(node: PageElement, names: Container[str]) -> bool:
    """Tell whether an element of one of these names is above a node."""
    parent = node.parent
    while parent is not None:
        if parent.name in names:
            return True
        parent = parent.parent
    return False


def has_media(element: Tag) -> bool:
    """Tell whether an element is or holds a picture, a player or a frame."""
    return element.name in MEDIA or any(below.name in MEDIA for below in elements(element))


# --- text ----------------------------------------------------------------------------------------


def text_size(root: Tag) -> int:
    """Count the characters of an element's text but for white space."""
    return sum(len(squeeze(string)) for string in strings(root))


@dataclass(slots=True)
class Block:
    """An element that holds text or pictures itself; `text` is what is not in inner blocks."""

    element: Tag
    text: str = ""
    has_link: bool = False
    is_leaf: bool = True


def blocks_of(root: Tag) -> list[Block]:
    """Give the elements that hold text or pictures themselves, in order."""
    blocks: dict[int, Block] = {}
    for node in root.descendants:
        if isinstance(node, Tag):
            if node.name in _NOTED:
                block = _note(blocks, node)
                block.text += " "
                block.has_link = block.has_link or node.name == "a"
        elif not node.isspace():
            _note(blocks, node).text += node
    return list(blocks.values())


def _note(blocks: dict[int, Block], node: PageElement) -> Block:
    element = block_of(node)
    known = blocks.get(id(element))
    if known is None:
        known = blocks[id(element)] = Block(element)
        for outer in element.parents:
            if id(outer) in blocks:
                blocks[id(outer)].is_leaf = False
    return known


_NOTED = frozenset({"img", "a", "br"})


def block_of(node: PageElement) -> Tag:
    """Give the nearest element above a node that is not inline."""
    parent = node.parent
    while parent is not None and parent.name in INLINE and parent.parent is not None:
        parent = parent.parent
    if parent is None:
        raise ValueError("a node outside a tree is in no block")
    return parent
