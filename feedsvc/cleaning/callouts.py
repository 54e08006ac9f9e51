"""Callouts in HTML, folded ones too: a quotation that begins with its title in bold, as Markdown's are written.

A box is one by a class of `rules.toml`, and only with a title or a kind ("note", "warning"): what an author calls
"callout" without either is his own box.
"""

import re
from itertools import takewhile

from bs4 import Tag
from bs4.element import NavigableString

from feedsvc.cleaning.allowlist import CONTAINERS, to_names
from feedsvc.cleaning.budget import spend
from feedsvc.cleaning.nodes import find_elements, is_inside, set_children
from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.tree import Tree

_BOXES = ("div", "aside", "section", "blockquote", "details")
_HASH = re.compile(r"(?<=[a-z])_[\w+-]{4,5}\Z")  # CSS modules: `admonitionHeading_Gvgb`
_FOR_SPEECH = to_names("screen-reader-only sr-only visually-hidden")


def form_callouts(tree: Tree) -> None:
    """Make a quotation of each box that has a title or a kind; a title that the box begins with becomes bold."""
    if not tree.mentions(*tree.rules.callout_boxes, "<details"):
        return
    for box in find_elements(tree.root, *_BOXES):
        classes = _classes_of(box)
        is_named = not tree.rules.callout_boxes.isdisjoint(classes)
        if is_named or (box.name == "details" and not tree.rules.callout_kinds.isdisjoint(classes)):
            kind, title = _find_kind(box, classes, tree.rules), _find_title(box, tree.rules)
            if title is not None or kind:
                box.name = "blockquote"
            if title is not None:
                _form_title(title, kind)


def _classes_of(element: Tag) -> list[str]:
    return str(element.attrs.get("class", "")).split()


def _find_kind(box: Tag, classes: list[str], rules: Rules) -> str:
    """Return the kind that a box says it is of, as in `note` and `admonition-note`; "" for none."""
    words = [str(box.attrs.get("data-callout", "")), *classes, *(name.rpartition("-")[2] for name in classes)]
    return next((word.lower() for word in words if word.lower() in rules.callout_kinds), "")


def _find_title(box: Tag, rules: Rules) -> Tag | None:
    """Return the title that a box begins with; None if something else is before it."""
    words = _find_words(box)
    around = list(takewhile(lambda parent: parent is not box, words.parents)) if words else []
    for element in reversed(around):
        if _is_title(element, rules):
            return element
        if not rules.callout_boxes.isdisjoint(_classes_of(element)):
            return None  # a box in the box, with a title of its own
    return None


def _find_words(box: Tag) -> NavigableString | None:
    """Return the first string in an element that is more than white space, and no name of an icon."""
    for node in box.descendants:
        spend(1)
        if type(node) is NavigableString and node.strip() and not is_inside(node, {"svg"}):
            return node
    return None


def _is_title(element: Tag, rules: Rules) -> bool:
    names = (_HASH.sub("", name) for name in _classes_of(element))
    return element.name == "summary" or not rules.callout_titles.isdisjoint(names)


def _form_title(title: Tag, kind: str) -> None:
    words = title.get_text(strip=True)
    title.name = "p"
    title.attrs.pop("aria-hidden", None)  # the box has it as its label
    for element in find_elements(title):
        if not _FOR_SPEECH.isdisjoint(_classes_of(element)) and element.get_text(strip=True) != words:
            element.extract()  # the kind, beside the title
        elif element.name in CONTAINERS:
            element.name = "span"
    nodes = [NavigableString(kind.capitalize())] if words == kind else list(title.contents)
    bold = Tag(name="strong")
    set_children(title, [bold])
    set_children(bold, nodes)
