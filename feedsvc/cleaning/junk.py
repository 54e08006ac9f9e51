"""Junk by its name: scripts and forms, hidden text, share bars, related lists, advertisements.

General rules compare exact names; none removes more than 30 % of the text in all, or the largest block. The rules of a
site have no such limit.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from bs4 import Tag
from bs4.element import NavigableString, PreformattedString

from feedsvc.cleaning.allowlist import HEADINGS, to_names
from feedsvc.cleaning.budget import spend
from feedsvc.cleaning.nodes import find_container, find_elements, find_nodes, has_media, set_children
from feedsvc.cleaning.parsing import make_element
from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.separation import separates_words
from feedsvc.cleaning.text import squeeze, to_letters
from feedsvc.cleaning.tree import Tree

MAX_SHARE = 0.3

Found = list[tuple[str, Tag]]
"""Elements that go, each after the rule that removes it."""

_ONE_CLASS = re.compile(r"\.[\w-]+\Z")
_WORD = re.compile(r"[\w.:-]+")
_NOT_NAMING = to_names("id class style alt title")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_COUNTER = re.compile(r"-\d+\Z")

_INVISIBLE = to_names(
    "script style link meta base title head template svg canvas map area embed param input button select option "
    "optgroup textarea datalist progress meter dialog portal frame frameset noframes noembed bgsound basefont "
    "keygen isindex command menuitem amp-ad amp-analytics amp-auto-ads amp-pixel amp-sticky-ad"
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def apply_site_rules(tree: Tree) -> None:
    """Apply the rules of the post's own site."""
    site = tree.site
    if site.content:
        _keep_only(tree, _select(tree.root, site.content))
    for element in _select(tree.root, site.remove):
        tree.remove(element, f"{site.host} remove")
    tree.commit()
    for element in _select(tree.root, site.unwrap):
        element.name = "span"


def _select(root: Tag, selectors: tuple[str, ...]) -> list[Tag]:
    """Return what CSS selectors match; selectors of one class, most of them, are compared without a CSS engine."""
    classes = {selector[1:] for selector in selectors if _ONE_CLASS.match(selector)}
    others = [selector for selector in selectors if not _ONE_CLASS.match(selector)]
    found = list(root.select(", ".join(others))) if others else []
    if classes:
        found += [element for element in find_elements(root) if classes.intersection(_split_value(element, "class"))]
    return found


def _split_value(element: Tag, key: str) -> list[str]:
    return str(element.attrs.get(key, "")).split()


def _keep_only(tree: Tree, found: list[Tag]) -> None:
    selected = {id(element) for element in found}
    outer = [element for element in found if not any(id(parent) in selected for parent in element.parents)]
    if not outer:
        return
    for element in outer:
        tree.replace(element)
    tree.commit()
    for child in tree.root.contents:
        tree.remove(child, f"{tree.site.host} content")
    set_children(tree.root, outer)


def remove_invisible(tree: Tree) -> None:
    """Remove comments, scripts, styles, forms and drawings."""
    for node in find_nodes(tree.root):
        if isinstance(node, PreformattedString):
            tree.remove(node, "comment")
        elif isinstance(node, Tag) and node.name in _INVISIBLE:
            tree.remove(node, f"<{node.name}>")


def remove_junk(tree: Tree) -> None:
    """Remove what is hidden, and what is junk by its name."""
    spared: set[int | str] = set() if tree.scraped else _find_openable(tree.root)
    found = list(_find(tree.root, tree.rules, spared))
    if not found:
        return
    sizes, largest = _measure(tree.root)
    while excess := _find_excess(found, sizes, MAX_SHARE * sizes[id(tree.root)], largest):
        spared |= excess | largest
        found = list(_find(tree.root, tree.rules, spared))
    for rule, element in found:
        tree.remove(element, rule)
        if separates_words(element) and not _is_hidden(element):
            tree.replace(element, make_element("div"))


def _find_openable(root: Tag) -> set[int | str]:
    """Return hidden elements, by their id(), that something in the post shows: answers, spoilers, tabs."""
    hidden = [element for element in find_elements(root) if element.attrs.get("id") and _is_hidden(element)]
    if not hidden:
        return set()
    named = {name for element in find_elements(root) for name in _find_named(element)}
    return {id(element) for element in hidden if element["id"] in named}


def _find_named(element: Tag) -> list[str]:
    """Return the words in those attributes of an element that can name another."""
    values = (str(value) for key, value in element.attrs.items() if key not in _NOT_NAMING)
    return [word for value in values for word in _WORD.findall(value)]


def _find(parent: Tag, rules: Rules, spared: set[int | str]) -> Iterator[tuple[str, Tag]]:
    """Yield elements that are junk by their names, without spared rules and spared elements (by their id())."""
    spend(len(parent.contents))
    for child in parent.contents:
        if isinstance(child, Tag):
            rule = _find_rule(child, rules)
            if rule and rule not in spared and id(child) not in spared:
                yield rule, child
            else:
                yield from _find(child, rules, spared)


def _find_excess(found: Found, sizes: Mapping[int, int], limit: float, largest: frozenset[int]) -> set[int | str]:
    """Return the rules that would each remove more than `limit` characters, and the ids of largest blocks found."""
    taken: Counter[str] = Counter()
    for rule, element in found:
        taken[rule] += sizes[id(element)]
    return {rule for rule, size in taken.items() if size > limit} | {id(element) for _, element in found} & largest


def _find_rule(element: Tag, rules: Rules) -> str:
    """Return the rule by which an element is junk; "" if it is not."""
    attributes = element.attrs
    if element.name in rules.tags:
        return f"<{element.name}>"
    if not attributes:
        return ""
    for key in ("class", "id"):
        for token in _split_value(element, key) if key in attributes else ():
            if _is_junk(token, rules) and not (key == "id" and _is_slug(token, element, rules)):
                return f"{key} {token}"
    if attributes.get("role") in rules.roles:
        return f"role {attributes['role']}"
    return "hidden" if _is_hidden(element) else ""


def _is_junk(token: str, rules: Rules) -> bool:
    return token in rules.names or token.startswith(rules.prefixes) or is_compound(token, rules.subjects, rules.parts)


@lru_cache(maxsize=4096)
def is_compound(token: str, subjects: frozenset[str], parts: frozenset[str]) -> bool:
    """True if a class names a part of a page: "post-entry-meta" is the `part` "meta" of the `subjects` before it."""
    *before, last = _WORDS.findall(token) or ("",)
    return bool(before) and last.lower() in parts and all(word.lower() in subjects for word in before)


def find_token(element: Tag, names: frozenset[str], prefixes: tuple[str, ...]) -> str:
    """Return the class or id of an element that is one of these names, or the class that begins so; "" if none does."""
    if not element.attrs:
        return ""
    classes = _split_value(element, "class")
    named = (token for token in (*classes, *_split_value(element, "id")) if token in names)
    return next(named, "") or next((token for token in classes if token.startswith(prefixes)), "")


def _is_slug(token: str, element: Tag, rules: Rules) -> bool:
    """True if an id is made from the words of a heading, as generators do; "license-1" is the second "License".

    Of one's own posts the id of a section is so too.
    """
    heading = element if element.name in HEADINGS else None
    if heading is None and not rules.scraped:
        heading = next((below for below in find_elements(element) if below.name in HEADINGS), None)
    if heading is None:
        return False
    text = to_letters(heading.get_text())
    return text in (to_letters(token), to_letters(_COUNTER.sub("", token)))


def _is_hidden(element: Tag) -> bool:
    attributes = element.attrs
    if "hidden" in attributes or _HIDDEN_STYLE.search(str(attributes.get("style", ""))):
        return True
    return attributes.get("aria-hidden") == "true" and not has_media(element)


def _measure(root: Tag) -> tuple[Mapping[int, int], frozenset[int]]:
    """Return the number of characters in every element, and which elements are or hold the largest block (by id())."""
    sizes: defaultdict[int, int] = defaultdict(int)
    own: defaultdict[int, int] = defaultdict(int)
    largest = root
    for node in reversed(find_nodes(root)):
        if type(node) is NavigableString:
            size, block = len(squeeze(node)), find_container(node)
            own[id(block)] += size
            if own[id(block)] > own[id(largest)]:
                largest = block
        else:
            size = sizes[id(node)]
        sizes[id(node.parent)] += size
    return sizes, frozenset(id(element) for element in (largest, *largest.parents))
