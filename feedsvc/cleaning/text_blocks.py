"""A body as blocks: the elements that directly hold its text or media, with their text."""

from dataclasses import dataclass

from bs4 import Tag
from bs4.element import PageElement

from feedsvc.cleaning.allowlist import MEDIA
from feedsvc.cleaning.nodes import find_container, find_nodes

_COUNTED = MEDIA | {"a", "br"}


@dataclass(frozen=True, slots=True)
class Block:
    """An element that directly holds text or media; `text` is its text outside of inner blocks."""

    element: Tag
    text: str
    has_link: bool
    is_leaf: bool  # there is no block in it


def find_blocks(root: Tag) -> list[Block]:
    """Return the elements that directly hold text or media, in order."""
    nodes: dict[int, list[PageElement]] = {}
    elements: list[Tag] = []
    for node in find_nodes(root):
        if isinstance(node, Tag) and node.name not in _COUNTED:
            continue
        element = find_container(node)
        if id(element) not in nodes:
            elements.append(element)
        nodes.setdefault(id(element), []).append(node)
    outer = _find_outer(elements)
    return [_to_block(element, nodes[id(element)], is_leaf=id(element) not in outer) for element in elements]


def _to_block(element: Tag, nodes: list[PageElement], *, is_leaf: bool) -> Block:
    text = "".join(" " if isinstance(node, Tag) else str(node) for node in nodes)
    return Block(element, text, any(isinstance(node, Tag) and node.name == "a" for node in nodes), is_leaf)


def _find_outer(elements: list[Tag]) -> set[int]:
    """Return the id() of every element that one of these is in."""
    outer: set[int] = set()
    for element in elements:
        parent = element.parent
        while parent is not None and id(parent) not in outer:
            outer.add(id(parent))
            parent = parent.parent
    return outer
