"""A body as a tree: parsed to a bounded depth, searched, and changed with a reason for every removal.

Every step uses it; which elements are junk is not decided here.
"""

from collections.abc import Container
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement, Script, Stylesheet, TemplateString

from feedsvc.cleaning.allowlist import CONTAINERS, MEDIA, to_names
from feedsvc.cleaning.rules import Rules, Site
from feedsvc.cleaning.text import squeeze

MAX_DEPTH = 200

_KEPT_EMPTY = to_names("body td th")
_CODE = {"script": Script, "style": Stylesheet, "template": TemplateString}
"""Strings that are not text; with bs4's own table the text of ruby would not be text either."""


@dataclass(slots=True)
class Tree:
    """A body that the steps change; `removed` holds each element that was removed, after the rule that removed it.

    `base` is the URL that relative URLs are resolved against.
    """

    rules: Rules
    site: Site
    base: str = ""
    title: str = ""
    root: Tag = field(init=False)
    removed: list[tuple[str, PageElement]] = field(default_factory=list)
    by_name: dict[str, list[Tag]] = field(default_factory=dict)

    def parse(self, html: str) -> None:
        """Replace the tree by that of some HTML, at most MAX_DEPTH deep; deeper elements become text."""
        # The wrapper keeps the parser from putting bare text into a paragraph.
        soup = BeautifulSoup(f"<div>{html}</div>", "lxml", multi_valued_attributes=None, string_containers=_CODE)
        self.root = soup.body or soup
        self.by_name.clear()
        if html.count("<") >= MAX_DEPTH:
            _limit_depth(self.root)

    def find(self, *names: str) -> list[Tag]:
        """Return the elements of some names that are still in the tree, those of one name in order.

        The first call looks up all names: elements that a step adds are not found.
        """
        if not self.by_name:
            self.by_name["body"] = [self.root]
            for element in find_elements(self.root):
                self.by_name.setdefault(element.name, []).append(element)
        found = (element for name in names for element in self.by_name.get(name, ()) if element.name == name)
        return [element for element in found if element.parent is not None]

    def remove(self, element: PageElement, rule: str) -> None:
        """Remove an element, and record the rule that removed it."""
        self.removed.append((rule, element.extract()))

    def remove_with_wrappers(self, element: PageElement, rule: str) -> None:
        """Remove an element and those around it that would be left empty."""
        while (above := element.parent) is not None and len(above.contents) == 1 and above.name not in _KEPT_EMPTY:
            element = above
        self.remove(element, rule)


def _limit_depth(root: Tag) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element.contents if isinstance(child, Tag)]
    for element in level:
        element.string = element.get_text()


# --- walking: many times faster than find_all ------------------------------------------------------


def find_elements(root: Tag, *names: str) -> list[Tag]:
    """Return the elements below one, in order: all, or those of some names."""
    return [node for node in root.descendants if isinstance(node, Tag) and (not names or node.name in names)]


def find_strings(root: Tag) -> list[NavigableString]:
    """Return the strings below an element that are text: no comments, scripts or styles."""
    return [node for node in root.descendants if type(node) is NavigableString]


def rewrite(string: NavigableString, text: str) -> None:
    """Replace a string of a tree by a text; remove it if the text is empty."""
    if not text:
        string.extract()
    elif text != string:
        string.replace_with(NavigableString(text))


def is_inside(node: PageElement, names: Container[str]) -> bool:
    """True if an element of one of these names is above a node."""
    parent = node.parent
    while parent is not None:
        if parent.name in names:
            return True
        parent = parent.parent
    return False


def has_media(element: Tag) -> bool:
    """True if an element is or holds an image, a player or a frame."""
    return element.name in MEDIA or any(below.name in MEDIA for below in find_elements(element))


# --- text ----------------------------------------------------------------------------------------


def count_text(root: Tag) -> int:
    """Return the number of characters of an element's text, without white space."""
    return sum(len(squeeze(string)) for string in find_strings(root))


@dataclass(slots=True)
class Block:
    """An element that directly holds text or media; `text` is its text outside of inner blocks."""

    element: Tag
    text: str = ""
    has_link: bool = False
    is_leaf: bool = True


def find_blocks(root: Tag) -> list[Block]:
    """Return the elements that directly hold text or media, in order."""
    blocks: dict[int, Block] = {}
    for node in root.descendants:
        name = node.name if isinstance(node, Tag) else ""
        if name and name not in _COUNTED:
            continue
        element = find_container(node)
        block = blocks.setdefault(id(element), Block(element))
        block.text += " " if name else str(node)
        block.has_link = block.has_link or name == "a"
    for block in blocks.values():
        for outer in block.element.parents:
            if id(outer) in blocks:
                blocks[id(outer)].is_leaf = False
    return list(blocks.values())


_COUNTED = MEDIA | {"a", "br"}


def find_container(node: PageElement) -> Tag:
    """Return the nearest container above a node. Raise ValueError if the node is in no tree."""
    parent = node.parent
    while parent is not None and parent.name not in CONTAINERS and parent.parent is not None:
        parent = parent.parent
    if parent is None:
        raise ValueError("a node outside a tree is in no block")
    return parent
