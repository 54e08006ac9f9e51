"""Empty elements, line breaks at the ends of blocks and empty lines around code are removed."""

from collections.abc import Iterator
from itertools import islice

from bs4 import Tag
from bs4.element import PageElement

from feedsvc.cleaning.allowlist import CONTAINERS, MEDIA, TAGS, to_names
from feedsvc.cleaning.links import find_linked_ids
from feedsvc.cleaning.nodes import find_elements, find_strings, has_media, is_blank_code, set_children
from feedsvc.cleaning.separation import separates_words
from feedsvc.cleaning.tree import Tree

MAX_BREAKS = 2

_KEPT_EMPTY = MEDIA | to_names("body br hr wbr source td th")


def prune(tree: Tree) -> None:
    """Remove empty elements, from the innermost outwards; those that links of the post lead to stay."""
    elements = find_elements(tree.root)
    gone = _find_empty(tree, elements)
    for element in elements:
        if id(element) in gone and id(element.parent) not in gone:
            left = _leave(element, gone)
            set_children(element, [])
            tree.replace(element, *left)


def _leave(element: Tag, gone: set[int]) -> list[PageElement]:
    """Return what stays of an empty element: its blanks, or the end of the line that a block was between words."""
    if element.name not in CONTAINERS:
        return [child for child in element.contents if not isinstance(child, Tag)]
    return [Tag(name="br")] if separates_words(element, gone) else []


def _find_empty(tree: Tree, elements: list[Tag]) -> set[int]:
    """Return the id() of every element and string that goes; code is trimmed on the way."""
    linked = find_linked_ids(tree.root) if tree.mentions("#") else set()
    gone: set[int] = set()
    for element in (*reversed(elements), tree.root):
        if element.name == "pre":
            _trim_code(tree, element)
        elif element.name == "br":
            _limit_breaks(element, gone)
        elif element.name in CONTAINERS:
            for step in (1, -1):
                _trim(element, gone, linked, step)
        if _is_empty(element, gone) and element.get("id") not in linked:
            gone.add(id(element))
    return gone


def _is_empty(element: Tag, gone: set[int]) -> bool:
    if element.name in _KEPT_EMPTY or is_blank_code(element):
        return False
    if element.name == "table":
        return not any(map(str.strip, find_strings(element))) and not has_media(element)
    return all(id(child) in gone or _is_blank(child) for child in element.contents)


def _trim(block: Tag, gone: set[int], linked: set[str], step: int) -> bool:
    """Mark the breaks at the start of a block, at its end with a step of -1; return True if nothing else is in it."""
    for child in block.contents[::step]:
        if isinstance(child, Tag) and _is_wrapper(child):
            if child.get("id") in linked or not _trim(child, gone, linked, step):
                return False
        elif id(child) not in gone and not _is_blank(child) and not _is_break(child):
            return False
        gone.add(id(child))
    return True


def _is_wrapper(node: PageElement | None) -> bool:
    """True if a node is an element within a line whose tags go, such as `<span>`: its breaks are those of the line."""
    return isinstance(node, Tag) and node.name not in TAGS and node.name not in CONTAINERS


def _is_blank(node: PageElement) -> bool:
    return not isinstance(node, Tag) and not str(node).strip()


def _is_break(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"


def _limit_breaks(element: Tag, gone: set[int]) -> None:
    """Mark a break that MAX_BREAKS others follow."""
    following = (node for node in _following(element) if _is_break(node) or id(node) not in gone)
    if sum(map(_is_break, islice(following, MAX_BREAKS))) == MAX_BREAKS:
        gone.add(id(element))


def _following(node: PageElement) -> Iterator[PageElement]:
    """Yield the nodes that follow one in its line, those in wrappers too."""
    while True:
        while node.next_sibling is None:
            if node.parent is None or not _is_wrapper(node.parent):
                return
            node = node.parent
        node = node.next_sibling
        while isinstance(node, Tag) and _is_wrapper(node) and node.contents:
            node = node.contents[0]
        yield node


def _trim_code(tree: Tree, block: Tag) -> None:
    """Remove empty lines at both ends of code: HTML parsers themselves remove the first line feed."""
    strings = find_strings(block)
    texts: list[str] = list(map(str, strings))
    for place, text in enumerate(texts):
        texts[place] = text.lstrip("\n")
        if texts[place]:
            break
    for place, text in reversed([*enumerate(texts)]):
        texts[place] = text.rstrip()
        if texts[place]:
            break
    for string, text in zip(strings, texts, strict=True):
        tree.rewrite(string, text)
