"""Whether words would run together if a block were removed; then the line must end in its place."""

from collections.abc import Container

from bs4 import Tag
from bs4.element import PageElement, PreformattedString

from feedsvc.cleaning.allowlist import CONTAINERS


def separates_words(block: Tag, gone: Container[int] = frozenset()) -> bool:
    """True if words stand on both sides of a block, and would run together without it.

    `gone` has the id() of what goes too: of several such blocks in a row the first one parts the words.
    """
    return block.name in CONTAINERS and _is_in_line(_before(block, gone)) and _is_in_line(_after(block, gone))


def _before(block: Tag, gone: Container[int]) -> PageElement | None:
    node = block.previous_sibling
    while node is not None and (_is_blank(node) or (id(node) in gone and not _ends_line(node))):
        node = node.previous_sibling
    return node


def _after(block: Tag, gone: Container[int]) -> PageElement | None:
    node = block.next_sibling
    while node is not None and (_is_blank(node) or id(node) in gone):
        node = node.next_sibling
    return node


def _is_in_line(node: PageElement | None) -> bool:
    return node is not None and not _ends_line(node)


def _ends_line(node: PageElement) -> bool:
    return isinstance(node, Tag) and (node.name in CONTAINERS or node.name == "br")


def _is_blank(node: PageElement) -> bool:
    return isinstance(node, PreformattedString) or (not isinstance(node, Tag) and not str(node).strip())
