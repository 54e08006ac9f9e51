"""What is not the article by its name: scripts and forms, hidden text, share bars, related lists, advertisements.

Generic rules go by exact names; none takes more than 30 % of the text in all, or the largest block. A site's own rules
take what they say.
"""

import re
from collections import Counter
from collections.abc import Iterator

from bs4 import Tag
from bs4.element import NavigableString, PreformattedString

from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.text import letters, squeeze, words
from feedsvc.cleaning.tree import HEADINGS, Page, block_of, elements, has_media

LARGEST_SHARE = 0.3

Found = list[tuple[str, Tag]]
"""Elements that go, each behind the rule that says so."""

_ONE_CLASS = re.compile(r"\.[\w-]+\Z")
_COUNTER = re.compile(r"-\d+\Z")

_UNSEEN = words(
    "script style link meta base title head template svg canvas map area embed param input button select option "
    "optgroup textarea datalist progress meter dialog portal frame frameset noframes noembed bgsound basefont "
    "keygen isindex command menuitem"
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def apply_site_rules(page: Page) -> None:
    """Do what the rules of the post's own site say."""
    site = page.site
    if site.content:
        _keep_only(page, _select(page.root, site.content))
    for element in _select(page.root, site.remove):
        page.remove(element, f"{site.host} remove")
    for element in _select(page.root, site.unwrap):
        element.name = "span"


def _select(root: Tag, selectors: tuple[str, ...]) -> list[Tag]:
    """Give what CSS selectors match; those of one class, the most, without the cost of a CSS engine."""
    classes = {selector[1:] for selector in selectors if _ONE_CLASS.match(selector)}
    others = [selector for selector in selectors if not _ONE_CLASS.match(selector)]
    found = list(root.select(", ".join(others))) if others else []
    if classes:
        found += [element for element in elements(root) if classes.intersection(_words(element, "class"))]
    return found


def _words(element: Tag, key: str) -> list[str]:
    return str(element.attrs.get(key, "")).split()


def _keep_only(page: Page, found: list[Tag]) -> None:
    wanted = {id(element) for element in found}
    outer = [element for element in found if not any(id(parent) in wanted for parent in element.parents)]
    if not outer:
        return
    for element in outer:
        element.extract()
    for child in tuple(page.root.contents):
        page.remove(child, f"{page.site.host} content")
    page.root.extend(outer)


def drop_unseen(page: Page) -> None:
    """Remove what no reader sees: comments, scripts, styles, forms, drawings."""
    for node in tuple(page.root.descendants):
        if isinstance(node, PreformattedString):
            page.remove(node, "comment")
        elif isinstance(node, Tag) and node.name in _UNSEEN:
            page.remove(node, f"<{node.name}>")


def drop_junk(page: Page) -> None:
    """Remove what is hidden and what its name says is not the article."""
    spared: set[int | str] = set()
    found = list(_find(page.root, page.rules, spared))
    if not found:
        return
    sizes, largest = _measure(page.root)
    while excess := _excess(found, sizes, LARGEST_SHARE * sizes[id(page.root)], largest):
        spared |= excess | largest
        found = list(_find(page.root, page.rules, spared))
    for why, element in found:
        page.remove(element, why)


def _find(parent: Tag, rules: Rules, spared: set[int | str]) -> Iterator[tuple[str, Tag]]:
    """Find what the names of elements call junk, but for what spared rules name, and spared elements by their id()."""
    for child in parent.contents:
        if isinstance(child, Tag):
            why = _name_of_junk(child, rules)
            if why and why not in spared and id(child) not in spared:
                yield why, child
            else:
                yield from _find(child, rules, spared)


def _excess(found: Found, sizes: Counter[int], most: float, largest: frozenset[int]) -> set[int | str]:
    """Name the rules that would take too much of the text in all, and what would take the largest block."""
    taken: Counter[str] = Counter()
    for why, element in found:
        taken[why] += sizes[id(element)]
    return {why for why, size in taken.items() if size > most} | {id(element) for _, element in found} & largest


def _name_of_junk(element: Tag, rules: Rules) -> str:
    attributes = element.attrs
    if element.name in rules.tags:
        return f"<{element.name}>"
    if not attributes:
        return ""
    for key in ("class", "id"):
        for token in _words(element, key) if key in attributes else ():
            is_junk = token in rules.names or token.startswith(rules.prefixes)
            if is_junk and not (key == "id" and _is_slug(token, element)):
                return f"{key} {token}"
    if attributes.get("role") in rules.roles:
        return f"role {attributes['role']}"
    return "hidden" if _is_hidden(element) else ""


def _is_slug(token: str, element: Tag) -> bool:
    """Tell whether a heading is named after its own words, as generators do; "license-1" is the second "License"."""
    if element.name not in HEADINGS:
        return False
    text = letters(element.get_text())
    return text in (letters(token), letters(_COUNTER.sub("", token)))


def _is_hidden(element: Tag) -> bool:
    attributes = element.attrs
    if "hidden" in attributes or _HIDDEN_STYLE.search(str(attributes.get("style", ""))):
        return True
    return attributes.get("aria-hidden") == "true" and not has_media(element)


def _measure(root: Tag) -> tuple[Counter[int], frozenset[int]]:
    """Count the characters in every element, and tell which elements are or hold the largest block of text."""
    sizes: Counter[int] = Counter()
    own: Counter[int] = Counter()
    largest = root
    for node in reversed(tuple(root.descendants)):
        if type(node) is NavigableString:
            size, block = len(squeeze(node)), block_of(node)
            own[id(block)] += size
            largest = max(largest, block, key=lambda element: own[id(element)])
        else:
            size = sizes[id(node)]
        sizes[id(node.parent)] += size
    return sizes, frozenset(id(element) for element in (largest, *largest.parents))
