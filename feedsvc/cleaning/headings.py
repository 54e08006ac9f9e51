"""Headings without the links to themselves that generators add: `#`, `¶`, a sign of a chain, or nothing at all."""

import re

from bs4 import Tag

from feedsvc.cleaning.allowlist import HEADINGS, to_names
from feedsvc.cleaning.nodes import find_elements, has_media
from feedsvc.cleaning.text import squeeze
from feedsvc.cleaning.tree import Tree
from feedsvc.text import join_words

MAX_PARENTS = 2  # elements around a heading whose id its link may lead to: sections, boxes

_MARK = re.compile(r"[\s#¶§∞⚓🔗\ufe0f\u200b]*\Z")
_LABEL = re.compile(
    r"[\s#¶§∞⚓🔗\ufe0f]*(?:(?:copy |direct |permanent )?(?:perma)?link(?: (?:to|for) .{1,200})?|permalink.{0,200}|"
    r"anchor(?: link)?(?: for.{1,200})?|section titled .{1,200}|链接|锚点|永久链接|固定链接|パーマリンク)"
    r"[\s#¶§∞⚓🔗\ufe0f]*\Z",
    re.IGNORECASE,
)
"""Words for screen readers in such a link."""
_CLASSES = to_names("headerlink header-anchor heading-anchor heading-link anchor-link anchorjs-link hash-link anchor")


def remove_heading_anchors(tree: Tree) -> None:
    """Remove each link of a heading to itself that shows a mark or a label alone, in the heading or right after it."""
    for heading in find_elements(tree.root, *HEADINGS) if tree.mentions("#") else ():
        links = find_elements(heading, "a")
        after = heading.find_next_sibling()
        if after is not None and after.name == "a":
            links.append(after)
        for link in links:
            if _is_anchor(link, heading):
                tree.remove(link, "link of a heading to itself")


def _is_anchor(link: Tag, heading: Tag) -> bool:
    href, pictures = str(link.attrs.get("href", "")), find_elements(link, "img")
    if "#" not in href or (has_media(link) and not (pictures and _has_words_beside(link, heading))):
        return False
    text = " ".join((link.get_text(), *(str(picture.get("alt", "")) for picture in pictures)))
    if not (href.partition("#")[2] in _ids_of(heading) or _is_named(link)):
        return False
    is_label = _LABEL.match(join_words(text)) and squeeze(text) != squeeze(heading.get_text())
    return bool(_MARK.match(text) or is_label)


def _has_words_beside(link: Tag, heading: Tag) -> bool:
    return len(squeeze(heading.get_text())) > len(squeeze(link.get_text()))


def _is_named(link: Tag) -> bool:
    return str(link["href"]).startswith("#") and not _CLASSES.isdisjoint(str(link.attrs.get("class", "")).split())


def _ids_of(heading: Tag) -> set[str]:
    """Return the ids that lead to a heading: its own, and those in it and of the sections it begins."""
    around = (parent for _, parent in zip(range(MAX_PARENTS), heading.parents, strict=False))
    elements = (heading, *find_elements(heading), *around)
    return {str(element.attrs[key]) for element in elements for key in ("id", "name") if key in element.attrs}
