"""Attributes: those on the allow-list stay, with values a reader can use, and ids that links of the post lead to."""

import re

from bs4 import Tag

from feedsvc.cleaning.allowlist import ATTRIBUTES, EMPTY_ATTRIBUTES, NUMERIC_ATTRIBUTES, TAGS
from feedsvc.cleaning.links import find_linked_ids
from feedsvc.cleaning.tree import Tree, find_elements

_NUMBER = re.compile(r"\s*(\d{1,4})(?:px)?\s*\Z")
_LANGUAGE = re.compile(r"(?:^|\s)(lang(?:uage)?-[\w+#.-]+)")


def filter_attributes(tree: Tree) -> None:
    """Remove every attribute that is not allowed, and ids that no link of the post leads to."""
    linked = find_linked_ids(tree.root)
    for element in find_elements(tree.root):
        if not element.attrs:
            continue
        if element.name not in TAGS and element.get("id") in linked:
            _pass_id_on(element)
        kept = _choose_attributes(element, linked)
        element.attrs.clear()
        element.attrs.update(kept)


def _choose_attributes(element: Tag, linked: set[str]) -> dict[str, str]:
    allowed = ATTRIBUTES.get(element.name, frozenset()) | {"dir"}
    kept = {key: _normalize(key, str(value)) for key, value in element.attrs.items() if key in allowed}
    if element.get("id") in linked:
        kept["id"] = str(element["id"])
    return {key: value for key, value in kept.items() if value or key in EMPTY_ATTRIBUTES}


def _pass_id_on(element: Tag) -> None:
    """Move the id of an element that the sanitizer removes to the first element inside it that stays, or around it."""
    family = (*find_elements(element), *element.parents)
    heir = next((other for other in family if other.name in TAGS and not other.get("id")), None)
    if heir is not None:
        heir["id"] = element["id"]


def _normalize(key: str, value: str) -> str:
    if key in NUMERIC_ATTRIBUTES:
        number = _NUMBER.match(value)
        return number[1] if number else ""
    if key == "class":
        language = _LANGUAGE.search(value)
        return language[1] if language else ""
    return value
