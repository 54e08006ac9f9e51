"""Code as highlighters write it → one `<pre>` with its text: no line numbers, buttons or spans; the language stays.

Knows the HTML of Chroma, Hexo, Rouge, Pygments, Prism, Shiki, highlight.js and of plugins of WordPress by the names in
`rules.toml`. A table of line numbers and code becomes the code, and lines that are elements get their line ends.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.code_writer import CAPTIONS, KEPT, CodeWriter, new_tag
from feedsvc.cleaning.languages import find_language
from feedsvc.cleaning.listings import CODE, has_class, has_code_a_line, is_listing, is_number, is_short
from feedsvc.cleaning.nodes import find_elements, set_children
from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.tree import Tree

MAX_SIBLINGS = 6  # nodes beside code that may be its buttons, labels or line numbers

_WRAPPERS = to_names("div figure span section")
_SIMPLE = KEPT | {"code"}


def repair_code(tree: Tree) -> None:
    """Make of each listing one `<pre>` with its text and the links and pictures in it."""
    listings = _find_listings(tree.root, tree.rules, [])
    if not listings:
        return
    for element in find_elements(tree.root):
        if has_class(element, tree.rules.copy_buttons) and element.parent is not None and is_short(element):
            tree.remove(element, "copy button")
    tree.commit()
    for listing in listings:
        _remove_labels(tree, listing)
        _rewrite_listing(tree, listing)


def _find_listings(parent: Tag, rules: Rules, found: list[Tag]) -> list[Tag]:
    """Add the outermost listings below an element, in order, and return them."""
    for child in parent.contents:
        if isinstance(child, Tag):
            if is_listing(child, rules):
                found.append(child)
            else:
                _find_listings(child, rules, found)
    return found


# --- line numbers, buttons, labels -----------------------------------------------------------------


def _remove_labels(tree: Tree, listing: Tag) -> None:
    """Remove buttons, names of the language and line numbers that stand beside a listing in its box."""
    box = listing
    while (above := box.parent) is not None and above.name in _WRAPPERS and above is not tree.root:
        beside = [*_first_tags(box.previous_siblings), *_first_tags(box.next_siblings)]
        found = [element for element in beside if _is_beside_code(element, tree.rules)]
        for element in found:
            tree.remove(element, "beside code")
        if len(beside) > len(found):
            break
        box = above


def _first_tags(nodes: Iterable[PageElement]) -> Iterator[Tag]:
    return (node for node in islice(nodes, MAX_SIBLINGS) if isinstance(node, Tag))


def _is_beside_code(element: Tag, rules: Rules) -> bool:
    if element.name in CODE:
        return False
    is_label = has_class(element, rules.code_labels) and is_short(element)
    return element.name == "button" or is_label or is_number(element, rules)


# --- text ----------------------------------------------------------------------------------------


def _rewrite_listing(tree: Tree, listing: Tag) -> None:
    """Replace a listing by a `<pre>` of its text; what is text already is left as it is."""
    language = find_language(listing)
    codes = find_elements(listing, "code")
    children = [child for child in listing.contents if isinstance(child, Tag) or str(child).strip()]
    is_code = len(codes) == len(children) == 1 and children[0] is codes[0]
    is_plain = listing.name == "pre" and all(below.name in _SIMPLE for below in find_elements(listing))
    if not is_plain or has_code_a_line(listing):
        if listing.name == "table":
            tree.replace(listing, *_captions_of(listing), listing)
        CodeWriter(tree.rules, listing).rewrite(language, has_code=bool(codes))
    elif language and is_code:
        codes[0]["class"] = f"language-{language}"
    elif language:
        _wrap_in_code(listing, language)


def _captions_of(table: Tag) -> Iterator[Tag]:
    """Yield the caption of a table of code and the name of its file, as paragraphs."""
    for caption in find_elements(table, *CAPTIONS):
        text = caption.get_text().strip()
        if text:
            paragraph = new_tag("p")
            paragraph.append(NavigableString(text))
            yield paragraph


def _wrap_in_code(listing: Tag, language: str) -> None:
    code = new_tag("code", {"class": f"language-{language}"})
    children = tuple(listing.contents)
    set_children(listing, [code])
    set_children(code, children)
