"""A tree whose children are exchanged in one pass is the tree that bs4 itself would have made."""

from collections.abc import Iterator

from bs4 import Tag
from bs4.element import NavigableString, PageElement
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.cleaning import packaged_rules
from feedsvc.cleaning.nodes import set_children
from feedsvc.cleaning.rules import SiteRules
from feedsvc.cleaning.tree import Tree

HTML = "<p>a<b>b<i>c</i></b>d</p><ul><li>e</li><li><p>f</p>g</li></ul>h"


def parse(html: str) -> Tree:
    tree = Tree(packaged_rules(), SiteRules())
    tree.parse(html)
    return tree


def links_of(root: Tag) -> list[tuple[object, ...]]:
    """Return how the nodes of a tree hang together, each as its place in the order of the document."""
    places = {id(node): place for place, node in enumerate(walk(root))}
    nodes = [root, *walk(root)]
    return [
        tuple(
            places.get(id(other))
            for other in (
                *(node.parent, node.previous_sibling, node.next_sibling, node.previous_element, node.next_element),
            )
        )
        for node in nodes
    ]


def walk(parent: Tag) -> Iterator[PageElement]:
    for child in parent.contents:
        yield child
        if isinstance(child, Tag):
            yield from walk(child)


def make_node(kind: int) -> PageElement:
    if kind % 2:
        return NavigableString(f"new {kind}")
    link = Tag(name="a")
    link.append(f"link {kind}")
    return link


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 3)), max_size=8))
def test_changed_tree_is_linked_as_bs4_links_it(changes: list[tuple[int, int]]) -> None:
    ours, theirs = parse(HTML), parse(HTML)
    places = dict(changes)  # a node is changed once

    for place, count in places.items():
        node = [*walk(ours.root)][place % 16]
        ours.replace(node, *map(make_node, range(count)))
    ours.commit()
    nodes = [*walk(theirs.root)]
    for place, count in places.items():
        node = nodes[place % 16]
        if node.parent is not None:
            node.replace_with(*map(make_node, range(count)))

    assert str(ours.root) == str(theirs.root)
    assert links_of(ours.root) == links_of(theirs.root)
    assert [*ours.root.descendants] == [*walk(ours.root)]


def test_children_move_into_a_new_element_that_stands_in_their_place() -> None:
    tree = parse("<p>a<b>b</b></p>c")
    held = tree.root.contents
    box = Tag(name="div")

    set_children(tree.root, [box])
    set_children(box, held)

    assert str(tree.root) == "<body><div><div><p>a<b>b</b></p>c</div></div></body>"
    assert [*tree.root.descendants] == [*walk(tree.root)]


def test_removed_element_is_whole_and_alone() -> None:
    tree = parse(HTML)
    (items,) = tree.find("ul")

    tree.remove(items, "test")
    assert items.parent is not None
    tree.commit()

    assert items.parent is None
    assert [(rule, str(element)) for rule, element in tree.removed] == [
        ("test", "<ul><li>e</li><li><p>f</p>g</li></ul>")
    ]
    assert [*items.descendants] == [*walk(items)]
    assert "e" not in tree.root.get_text()
