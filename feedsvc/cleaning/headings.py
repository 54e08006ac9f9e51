"""Headings without the links to themselves that generators add: `#`, `¶`, a sign of a chain, or nothing at all."""

import re

from bs4 import Tag

from feedsvc.cleaning.allowlist import HEADINGS
from feedsvc.cleaning.tree import Tree, find_elements, has_media

MAX_PARENTS = 2  # elements around a heading whose id its link may lead to: sections, boxes

_MARK = re.compile(r"[\s#¶§∞⚓🔗\ufe0f\u200b]*\Z")


def remove_heading_anchors(tree: Tree) -> None:
    """Remove from headings each link to the heading itself that shows nothing but a mark."""
    for heading in find_elements(tree.root, *HEADINGS):
        for link in find_elements(heading, "a"):
            href = str(link.attrs.get("href", ""))
            is_mark = "#" in href and _MARK.match(link.get_text()) and not has_media(link)
            if is_mark and href.partition("#")[2] in _ids_of(heading):
                tree.remove(link, "link of a heading to itself")


def _ids_of(heading: Tag) -> set[str]:
    """Return the ids that lead to a heading: its own, and those in it and of the sections it begins."""
    around = (parent for _, parent in zip(range(MAX_PARENTS), heading.parents, strict=False))
    elements = (heading, *find_elements(heading), *around)
    return {str(element.attrs[key]) for element in elements for key in ("id", "name") if key in element.attrs}
