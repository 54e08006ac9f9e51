"""Attributes: those on the allow-list stay, with values a reader can use, and ids that links of the post lead to."""

import re

from bs4 import Tag

from feedsvc.cleaning.allowlist import (
    ATTRIBUTES,
    BLOCKS,
    CONTAINERS,
    EMPTY_ATTRIBUTES,
    NUMERIC_ATTRIBUTES,
    TAGS,
    to_names,
)
from feedsvc.cleaning.links import find_linked_ids
from feedsvc.cleaning.nodes import find_elements
from feedsvc.cleaning.tree import Tree

_NUMBER = re.compile(r"\s*(\d{1,4})(?:px)?\s*\Z")
_LANGUAGE = re.compile(r"(?:^|\s)(lang(?:uage)?-[\w+#.-]+)")
_DIRECTION = re.compile(r"(?:^|[;\s])direction\s*:\s*(rtl|ltr)\b", re.IGNORECASE)
_DIRECTIONS = to_names("rtl ltr auto")
_FEW = 3  # children of a block that one element fills: itself, and blanks around it
_CELLS = to_names("td th")
_ALIGNED = _CELLS | to_names("tbody thead tfoot tr")
_ALIGNMENT = re.compile(
    r"(?:^\s*|text-align\s*:\s*|(?:^|\s)(?:has-)?(?:text|align|org)-(?:align-)?)(left|center|right|justify)(?![\w-])",
    re.IGNORECASE,
)


def filter_attributes(tree: Tree) -> None:
    """Remove every attribute that is not allowed, and ids that no link of the post leads to."""
    linked = find_linked_ids(tree.root) if tree.mentions("#") else set()
    for element in find_elements(tree.root):
        if not element.attrs:
            continue
        if element.name not in TAGS and element.get("id") in linked:
            _pass_id_on(element)
        if "dir" in element.attrs or "style" in element.attrs:
            _hand_down_direction(element)
        if element.name in _ALIGNED:
            _align(element)
        kept = _choose_attributes(element, linked)
        element.attrs.clear()
        element.attrs.update(kept)


def _hand_down_direction(element: Tag) -> None:
    """Set the direction of an element by its style; hand that of one whose tags go down to what it holds."""
    styled = _DIRECTION.search(str(element.get("style", "")))
    direction = str(element.get("dir") or (styled[1] if styled else "")).strip().lower()
    element["dir"] = direction if direction in _DIRECTIONS else ""
    if element.name not in TAGS and element["dir"]:
        for child in element.contents:
            if isinstance(child, Tag) and not child.get("dir") and not _DIRECTION.search(str(child.get("style", ""))):
                child["dir"] = direction
        _hand_up_direction(element)


def _hand_up_direction(element: Tag) -> None:
    """Hand the direction of an element that is all of a block to that block."""
    block = element.parent
    if element.name in CONTAINERS or block is None or block.name not in BLOCKS or block.get("dir"):
        return
    if len(block.contents) <= _FEW and not any(str(other).strip() for other in block.contents if other is not element):
        block["dir"] = element["dir"]


def _align(part: Tag) -> None:
    """Set how a cell of a table is aligned by its style or class; hand what a row says down to its cells."""
    names = (str(part.get(key, "")) for key in ("align", "style", "class"))
    found = next((match[1].lower() for match in map(_ALIGNMENT.search, names) if match), "")
    part["align"] = found
    if part.name not in _CELLS and found:
        for child in part.contents:
            if isinstance(child, Tag) and child.name in _ALIGNED:
                child.attrs.setdefault("style", f"text-align: {found}")


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
