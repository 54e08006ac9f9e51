"""A post being cleaned: its tree, what is known of it, and what has been taken out so far.

Gives the parts every step uses: reading HTML into a tree of bounded depth, walking it, removing with a reason.
"""

from collections.abc import Container
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement, Script, Stylesheet, TemplateString

from feedsvc.cleaning.rules import Rules, Site
from feedsvc.cleaning.text import squeeze, words

MAX_DEPTH = 200

CONTAINERS = words(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav noscript ol p plaintext pre "
    "search section summary table tbody td tfoot th thead tr ul xmp"
)
"""The elements that end a line of text; every other one, known or not, stands in it."""
_KEPT = frozenset({"body", "td", "th"})
HEADINGS = words("h1 h2 h3 h4 h5 h6")
MEDIA = frozenset({"img", "iframe", "audio", "video"})


_CODE = {"script": Script, "style": Stylesheet, "template": TemplateString}
"""Strings that are no text; without this, bs4 leaves out ruby as well."""


@dataclass(slots=True)
class Page:
    """A post on its way through the steps; `removed` tells what went and which step or rule took it."""

    rules: Rules
    site: Site
    base: str = ""
    title: str = ""
    root: Tag = field(init=False)
    removed: list[tuple[str, PageElement]] = field(default_factory=list)
    index: dict[str, list[Tag]] = field(default_factory=dict)

    def read(self, html: str) -> None:
        """Take the tree of some HTML, at most MAX_DEPTH deep; what is deeper becomes text."""
        # The wrapper keeps the parser from putting a paragraph round bare text.
        soup = BeautifulSoup(f"<div>{html}</div>", "lxml", multi_valued_attributes=None, string_containers=_CODE)
        self.root = soup.body or soup
        self.index.clear()
        if html.count("<") >= MAX_DEPTH:
            _limit_depth(self.root)

    def named(self, *names: str) -> list[Tag]:
        """Give the elements of these names still in the tree; of one name, in order. The first call looks them up."""
        if not self.index:
            self.index["body"] = [self.root]
            for element in elements(self.root):
                self.index.setdefault(element.name, []).append(element)
        found = (element for name in names for element in self.index.get(name, ()) if element.name == name)
        return [element for element in found if element.parent is not None]

    def remove(self, element: PageElement, why: str) -> None:
        """Take an element out of the tree and remember why."""
        self.removed.append((why, element.extract()))

    def remove_whole(self, element: PageElement, why: str) -> None:
        """Take an element out, and with it what is left empty around it."""
        while (above := element.parent) is not None and len(above.contents) == 1 and above.name not in _KEPT:
            element = above
        self.remove(element, why)


def _limit_depth(root: Tag) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element.contents if isinstance(child, Tag)]
    for element in level:
        element.string = element.get_text()


# --- walking: many times faster than find_all ------------------------------------------------------


def elements(root: Tag, *names: str) -> list[Tag]:
    """Give the elements below one, in order: all, or those of some names."""
    return [node for node in root.descendants if isinstance(node, Tag) and (not names or node.name in names)]


def strings(root: Tag) -> list[NavigableString]:
    """Give the strings below an element that are text: no comments, scripts or styles."""
    return [node for node in root.descendants if type(node) is NavigableString]


def rewrite(string: NavigableString, text: str) -> None:
    """Put a text in the place of a string in a tree; nothing in the place of an empty one."""
    if not text:
        string.extract()
    elif text != string:
        string.replace_with(NavigableString(text))


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
        name = node.name if isinstance(node, Tag) else ""
        if name and name not in _NOTED:
            continue
        element = block_of(node)
        block = blocks.setdefault(id(element), Block(element))
        block.text += " " if name else str(node)
        block.has_link = block.has_link or name == "a"
    for block in blocks.values():
        for outer in block.element.parents:
            if id(outer) in blocks:
                blocks[id(outer)].is_leaf = False
    return list(blocks.values())


_NOTED = MEDIA | {"a", "br"}


def block_of(node: PageElement) -> Tag:
    """Give the nearest container above a node."""
    parent = node.parent
    while parent is not None and parent.name not in CONTAINERS and parent.parent is not None:
        parent = parent.parent
    if parent is None:
        raise ValueError("a node outside a tree is in no block")
    return parent
