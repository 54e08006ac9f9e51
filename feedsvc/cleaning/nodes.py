"""Elements and strings of a tree: found, many times faster than by bs4's own methods, and put into new places.

What is looked at is counted as work that a body may take.
"""

from collections.abc import Container, Sequence

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedsvc.cleaning.allowlist import CONTAINERS, MEDIA
from feedsvc.cleaning.budget import spend
from feedsvc.cleaning.text import squeeze


def set_children(parent: Tag, nodes: Sequence[PageElement]) -> None:
    """Make nodes the children of an element, in one pass; those it had and does not keep are in no tree afterwards.

    The methods of bs4 look for each node in the list of its parent: quadratic time for many nodes. To move nodes into
    a new element, put that in their place first.
    """
    last = _find_last(parent)
    following = last.next_element
    ends_as_before = bool(nodes and parent.contents) and nodes[-1] is parent.contents[-1]
    children = list(nodes)
    kept = set(map(id, children))
    for child in parent.contents:
        if id(child) not in kept and child.parent is parent:
            _detach(child)
    parent.contents = children
    _link(parent, children, following, last if ends_as_before else None)


def _detach(node: PageElement) -> None:
    _find_last(node).next_element = None
    node.parent = node.previous_sibling = node.next_sibling = node.previous_element = None


def _link(
    parent: Tag, children: list[PageElement], following: PageElement | None, last: PageElement | None = None
) -> None:
    """Set the links by which bs4 walks through a tree; `following` is the node after the last below `parent`.

    The `last` node below, where it is known, is not looked for.
    """
    previous: PageElement = parent
    before: PageElement | None = None
    for child in children:
        child.parent, child.previous_sibling, child.previous_element = parent, before, previous
        previous.next_element = child
        if before is not None:
            before.next_sibling = child
        before = previous = child
        if last is not None and child is children[-1]:
            previous = last
            break
        while isinstance(previous, Tag) and previous.contents:  # as in `_find_last`: a call costs more
            previous = previous.contents[-1]
    if before is not None:
        before.next_sibling = None
    previous.next_element = following
    if following is not None:
        following.previous_element = previous


def _find_last(node: PageElement) -> PageElement:
    """Return the last node below a node; itself if there is none."""
    while isinstance(node, Tag) and node.contents:
        node = node.contents[-1]
    return node


# --- finding ---------------------------------------------------------------------------------------


def find_elements(root: Tag, *names: str) -> list[Tag]:
    """Return the elements below one, in order: all, or those of some names."""
    elements: list[Tag] = []
    looked_at = _add_elements(root, elements)
    spend(looked_at + 1)
    return [element for element in elements if element.name in names] if names else elements


def _add_elements(parent: Tag, elements: list[Tag]) -> int:
    """Add the elements below one to a list; return the number of nodes. A tree is at most MAX_DEPTH deep."""
    children = parent.contents
    count = len(children)
    for child in children:
        if isinstance(child, Tag):
            elements.append(child)
            if child.contents:
                count += _add_elements(child, elements)
    return count


def find_strings(root: Tag) -> list[NavigableString]:
    """Return the strings below an element that are text: no comments, scripts or styles."""
    return [node for node in find_nodes(root) if type(node) is NavigableString]


def find_nodes(root: Tag) -> list[PageElement]:
    """Return all nodes below an element, in order."""
    nodes: list[PageElement] = []
    if root.contents:  # bs4's own `descendants` does the same as a generator
        node: PageElement | None = root.contents[0]
        following = _find_last(root).next_element
        while node is not None and node is not following:
            nodes.append(node)
            node = node.next_element
    spend(len(nodes) + 1)
    return nodes


def is_inside(node: PageElement, names: Container[str]) -> bool:
    """True if an element of one of these names is above a node."""
    return find_above(node, names) is not None


def find_above(node: PageElement, names: Container[str]) -> Tag | None:
    """Return the nearest element of one of these names above a node; None if there is none."""
    depth, parent = 0, node.parent
    while parent is not None and parent.name not in names:
        depth, parent = depth + 1, parent.parent
    spend(depth)
    return parent


def is_blank_code(element: Tag) -> bool:
    """True if an element is inline code of blanks alone, which are meant (CommonMark 0.31.2, section 6.1)."""
    if element.name != "code" or len(element.contents) != 1 or (element.parent and element.parent.name == "pre"):
        return False
    text = element.contents[0]
    return isinstance(text, NavigableString) and text != "" and not text.strip(" ")


def has_media(element: Tag) -> bool:
    """True if an element is or holds an image, a player or a frame."""
    return element.name in MEDIA or any(below.name in MEDIA for below in find_elements(element))


def find_container(node: PageElement) -> Tag:
    """Return the nearest container above a node. Raise ValueError if the node is in no tree."""
    depth, parent = 0, node.parent
    while parent is not None and parent.name not in CONTAINERS and parent.parent is not None:
        depth, parent = depth + 1, parent.parent
    spend(depth)
    if parent is None:
        raise ValueError("a node outside a tree is in no block")
    return parent


def count_text(root: Tag) -> int:
    """Return the number of characters of an element's text, without white space."""
    return len(squeeze("".join(find_strings(root))))
