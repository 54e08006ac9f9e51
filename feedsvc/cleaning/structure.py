"""The structure of a clean body: paragraphs, where blocks and text are mixed, and no block inside a line.

Afterwards no paragraph holds a block, so that every HTML5 parser builds the same tree.
"""

from collections.abc import Container
from itertools import dropwhile, groupby, islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedsvc.cleaning.allowlist import BLOCKS, CONTAINERS, HEADINGS, INLINE, TAGS, to_names
from feedsvc.cleaning.nodes import count_text, find_elements, is_inside, set_children
from feedsvc.cleaning.tree import Tree

MAX_HEADING_LENGTH = 200

_HEADINGS = HEADINGS | to_names("summary caption dt")
_OTHER_BLOCKS = BLOCKS - {"p"}
_LINES = _HEADINGS | {"a"}
_CELLS = to_names("li td th dd figure figcaption")
_TABLE_PARTS = to_names("caption thead tbody tfoot tr td th")
_FLOW = to_names("div blockquote")
_BOXES = BLOCKS | {"div"}


# --- blocks inside lines -------------------------------------------------------------------------


def separate_blocks(tree: Tree) -> None:
    """Make a container of every other element that holds one; a link around blocks moves into each of them."""
    for heading in tree.find(*_HEADINGS):
        if count_text(heading) > MAX_HEADING_LENGTH and _has_other_than_inline(heading):
            heading.name = "div"  # a heading that was never closed, or a box that was made one
    for element in tree.find("pre", *_HEADINGS):
        _flatten(element)
    _free_parts(tree)
    for element in reversed(find_elements(tree.root)):
        if element.name not in CONTAINERS and _holds(element, CONTAINERS):
            if element.name == "a":
                _move_link_inward(element)
            element.name = "div"


def _has_other_than_inline(element: Tag) -> bool:
    return any(below.name not in INLINE for below in find_elements(element))


def _holds(element: Tag, names: Container[str]) -> bool:
    return any(isinstance(child, Tag) and child.name in names for child in element.contents)


def _free_parts(tree: Tree) -> None:
    """Make blocks of lists without items and of parts of a table outside of one: nh3 would move what they hold."""
    for items in tree.find("ul", "ol"):
        if not _holds(items, {"li"}):
            items.name = "div"
    for part in tree.find(*_TABLE_PARTS):
        if not is_inside(part, {"table"}):
            part.name = "div"


def _flatten(element: Tag) -> None:
    """Make lines of the blocks in code and in headings."""
    for line in find_elements(element):
        if line.name in CONTAINERS:
            line.append(NavigableString("\n"))
            line.name = "span"


def _move_link_inward(link: Tag) -> None:
    for container in find_elements(link):
        if container.name in CONTAINERS and container.contents and not _holds(container, CONTAINERS):
            inner = Tag(name="a", attrs=dict(link.attrs))
            held = container.contents
            set_children(container, [inner])
            set_children(inner, held)


# --- paragraphs ----------------------------------------------------------------------------------


def form_paragraphs(tree: Tree) -> None:
    """Make paragraphs of containers that hold text, and of loose text beside blocks."""
    below = find_elements(tree.root)
    for element in reversed(below):
        element.name = _choose_name(element)
    for element in (tree.root, *below):
        if element is tree.root or (element.name in _FLOW and _holds(element, _BOXES)):
            _wrap_loose(element)


def _choose_name(element: Tag) -> str:
    """Return the name an element gets by what it holds; the sanitizer removes the tags of "div" and "span"."""
    name, parent = element.name, element.parent
    if _holds(element, _BOXES):
        return name if name in BLOCKS and name != "p" else "div"
    if name in TAGS:
        return name
    if name not in CONTAINERS or (parent is not None and parent.name in _LINES):
        return "span"
    return "span" if parent is not None and parent.name in _CELLS and _is_alone(element) else "p"


def _is_alone(element: Tag) -> bool:
    """True if no text or paragraph stands beside an element: without its tags they would run together."""
    beside = (*islice(element.next_siblings, 2), *islice(element.previous_siblings, 2))
    return not any(node.name not in _OTHER_BLOCKS if isinstance(node, Tag) else str(node).strip() for node in beside)


def _wrap_loose(element: Tag) -> None:
    children: list[PageElement] = []
    paragraphs: list[tuple[Tag, list[PageElement]]] = []
    for is_loose, run in groupby(element.contents, _is_loose):
        if not is_loose:
            children += run
        elif shown := _strip(list(run)):
            paragraphs.append((Tag(name="p"), shown))
            children.append(paragraphs[-1][0])
    if len(children) == len(element.contents) and not paragraphs:
        return
    set_children(element, children)
    for paragraph, nodes in paragraphs:
        set_children(paragraph, nodes)


def _is_loose(node: PageElement) -> bool:
    return not isinstance(node, Tag) or node.name in INLINE or node.name == "span"


def _strip(run: list[PageElement]) -> list[PageElement]:
    """Return a run of nodes without those at its ends that show nothing."""
    rest = [*dropwhile(_shows_nothing, run)]
    return [*dropwhile(_shows_nothing, reversed(rest))][::-1]


def _shows_nothing(node: PageElement) -> bool:
    if isinstance(node, Tag):
        return node.name in {"br", "span"} and all(map(_shows_nothing, node.contents))
    return not str(node).strip()
