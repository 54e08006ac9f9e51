"""A body as a tree: parsed to a bounded depth, searched, and changed with a reason for every removal.

Every step uses it; which elements are junk is not decided here.
"""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedsvc.cleaning.allowlist import CONTAINERS, MEDIA, to_names
from feedsvc.cleaning.budget import TAG_STEPS, URL_STEPS, spend
from feedsvc.cleaning.parsing import parse_html
from feedsvc.cleaning.rules import Rules, Site
from feedsvc.cleaning.text import squeeze
from feedsvc.cleaning.urls import resolve
from feedsvc.lookup import FILE_SCHEME, NO_LOOKUP, POST_SCHEME, Lookup, without_marker

MAX_DEPTH = 200

_KEPT_EMPTY = to_names("body td th")


@dataclass(frozen=True, slots=True)
class _Changes:
    """What is going to be in the place of children of an element, by their id()."""

    parent: Tag
    by_child: dict[int, tuple[PageElement, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Tree:
    """A body that the steps change; `removed` holds each element that was removed, after the rule that removed it.

    `base` is the URL that relative URLs are resolved against; the feed names the `authors`; `hints` counts what readers
    will miss. `beside` counts the characters of what was removed and is no part of the article.
    """

    rules: Rules
    site: Site
    base: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    lookup: Lookup = NO_LOOKUP
    root: Tag = field(init=False)
    source: str = field(init=False, default="")
    removed: list[tuple[str, PageElement]] = field(default_factory=list)
    hints: Counter[str] = field(default_factory=Counter)
    keys: dict[str, str] = field(default_factory=dict)
    beside: int = 0
    by_name: dict[str, list[Tag]] = field(default_factory=dict)
    _changes: dict[int, _Changes] = field(default_factory=dict)  # of the children of elements, by their id()

    @property
    def scraped(self) -> bool:
        """Return True if the post was taken from another site: only then it has parts its author did not write."""
        return self.rules.scraped

    def resolve_file(self, url: str) -> str:
        """Return the absolute URL of media, which may be a file beside the posts; "" if a URL cannot be used."""
        found = self.lookup.find_file(url)
        return found.url if found else self.resolve(url)

    def resolve(self, url: str) -> str:
        """Return the absolute URL of what is not in the folder; "" if a URL cannot be used."""
        if url.startswith(f"{FILE_SCHEME}/"):  # a path on the site
            url = url.removeprefix(FILE_SCHEME)
        return "" if url.startswith((POST_SCHEME, FILE_SCHEME)) else resolve(without_marker(url), self.base)

    def parse(self, html: str) -> None:
        """Replace the tree by that of some HTML, at most MAX_DEPTH deep; deeper elements become text."""
        spend(TAG_STEPS * html.count("<") + URL_STEPS * (html.count("href") + html.count("src")))
        # The wrapper keeps the parser from putting bare text into a paragraph; its end tag could become text.
        self.root, self.source = parse_html(f"<div>{html}"), html
        self.by_name.clear()
        self._changes.clear()
        if html.count("<") >= MAX_DEPTH:
            _limit_depth(self.root)

    def mentions(self, *words: str) -> bool:
        """True if the HTML that was parsed has one of these words: the quickest look for what few bodies have."""
        return any(word in self.source for word in words)

    def hint(self, message: str, key: str = "") -> None:
        """Add a hint for the post's author of something that readers will miss; equal ones are counted.

        By the `key`, a text of its source, the first place is found.
        """
        self.hints[message] += 1
        self.keys.setdefault(message, key)

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

    def replace(self, node: PageElement, *nodes: PageElement) -> None:
        """Put nodes in the place of another, or nothing, at the next `commit`; until then it stays where it is."""
        parent = node.parent
        if parent is not None:
            changes = self._changes.get(id(parent))
            if changes is None:
                changes = self._changes[id(parent)] = _Changes(parent)
            changes.by_child[id(node)] = nodes

    def rewrite(self, string: NavigableString, text: str) -> None:
        """Replace a string by a text at the next `commit`; remove it if the text is empty."""
        if text != string:
            self.replace(string, *([NavigableString(text)] if text else ()))

    def remove(self, element: PageElement, rule: str) -> None:
        """Remove an element at the next `commit`, and record the rule that removed it."""
        self.removed.append((rule, element))
        self.replace(element)

    def remove_with_wrappers(self, element: PageElement, rule: str) -> None:
        """Remove an element, at once, and those around it that would be left empty."""
        while (above := element.parent) is not None and len(above.contents) == 1 and above.name not in _KEPT_EMPTY:
            element = above
        if element.parent is not None:
            spend(len(element.parent.contents))  # bs4 looks for the element in this list
        self.removed.append((rule, element.extract()))

    def commit(self) -> None:
        """Make all changes: the children of each changed element are listed anew, once."""
        changes, self._changes = self._changes, {}
        for change in changes.values():
            lists = (change.by_child.get(id(child), (child,)) for child in change.parent.contents)
            set_children(change.parent, tuple(chain.from_iterable(lists)))


# --- changing --------------------------------------------------------------------------------------


def set_children(parent: Tag, nodes: Sequence[PageElement]) -> None:
    """Make nodes the children of an element, in one pass; those it had and does not keep are in no tree afterwards.

    The methods of bs4 look for each node in the list of its parent: quadratic time for many nodes. To move nodes into
    a new element, put that in their place first.
    """
    following = _find_last(parent).next_element
    children = list(nodes)
    kept = set(map(id, children))
    for child in parent.contents:
        if id(child) not in kept and child.parent is parent:
            _detach(child)
    parent.contents = children
    _link(parent, children, following)


def _detach(node: PageElement) -> None:
    _find_last(node).next_element = None
    node.parent = node.previous_sibling = node.next_sibling = node.previous_element = None


def _link(parent: Tag, children: list[PageElement], following: PageElement | None) -> None:
    """Set the links by which bs4 walks through a tree; `following` is the node after the last below `parent`."""
    previous: PageElement = parent
    before: PageElement | None = None
    for child in children:
        child.parent, child.previous_sibling, child.previous_element = parent, before, previous
        previous.next_element = child
        if before is not None:
            before.next_sibling = child
        before = previous = child
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


def _limit_depth(root: Tag) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element.contents if isinstance(child, Tag)]
    for element in level:
        element.string = element.get_text()


# --- walking: many times faster than find_all ------------------------------------------------------


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


# --- text ----------------------------------------------------------------------------------------


def count_text(root: Tag) -> int:
    """Return the number of characters of an element's text, without white space."""
    return len(squeeze("".join(find_strings(root))))


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


_COUNTED = MEDIA | {"a", "br"}


def find_container(node: PageElement) -> Tag:
    """Return the nearest container above a node. Raise ValueError if the node is in no tree."""
    depth, parent = 0, node.parent
    while parent is not None and parent.name not in CONTAINERS and parent.parent is not None:
        depth, parent = depth + 1, parent.parent
    spend(depth)
    if parent is None:
        raise ValueError("a node outside a tree is in no block")
    return parent
