"""Code as highlighters write it → one `<pre>` with its text: no line numbers, buttons or spans; the language stays.

Knows the HTML of Chroma, Hexo, Rouge, Pygments, Prism, Shiki, highlight.js and of plugins of WordPress by the names in
`rules.toml`. A table of line numbers and code becomes the code, and lines that are elements get their line ends.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedsvc.cleaning.allowlist import CONTAINERS, INLINE, MEDIA, to_names
from feedsvc.cleaning.languages import find_language
from feedsvc.cleaning.nodes import find_elements, has_media, set_children
from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.tree import Tree

MAX_LABEL_LENGTH = 20
MAX_NODES = 30  # in a button or a label
MAX_SIBLINGS = 6  # nodes beside code that may be its buttons, labels or line numbers

_NUMBERS = re.compile(r"[\s\d.:|]*\Z")
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|list-item|table-row)\b", re.IGNORECASE)
# The styles of line numbers where there are no classes: Chroma's, and those of Pygments.
_NUMBER_STYLE = re.compile(r"user-select\s*:\s*none|padding-left: 5px; padding-right: 5px", re.IGNORECASE)
_DROPPED = to_names("button textarea input select svg script style template noscript")
_ROWS = to_names("table thead tbody tfoot tr ol ul")
_LINES = to_names("li tr")
_CELLS = to_names("td th")
_WRAPPERS = to_names("div figure span section")
_CAPTIONS = to_names("caption th")
_CODE = to_names("pre code")
_KEPT = INLINE - {"code", "br"}
_SIMPLE = _KEPT | {"code"}


def repair_code(tree: Tree) -> None:
    """Make of each listing one `<pre>` with its text and the links and pictures in it."""
    listings = _find_listings(tree.root, tree.rules, [])
    if not listings:
        return
    for element in find_elements(tree.root):
        if _has_class(element, tree.rules.copy_buttons) and element.parent is not None and _is_short(element):
            tree.remove(element, "copy button")
    tree.commit()
    for listing in listings:
        _remove_labels(tree, listing)
        _rewrite_listing(tree, listing)


def _find_listings(parent: Tag, rules: Rules, found: list[Tag]) -> list[Tag]:
    """Add the outermost listings below an element, in order, and return them."""
    for child in parent.contents:
        if isinstance(child, Tag):
            if _is_listing(child, rules):
                found.append(child)
            else:
                _find_listings(child, rules, found)
    return found


def _is_listing(element: Tag, rules: Rules) -> bool:
    if element.name == "table":
        return _has_class(element, rules.code_boxes) or _has_numbers_beside_code(element, rules)
    return element.name == "pre" or (element.name == "div" and _has_class(element, rules.code_boxes))


def _has_class(element: Tag, names: frozenset[str]) -> bool:
    tokens = element.attrs.get("class")
    return bool(tokens) and not names.isdisjoint(str(tokens).split())


# --- line numbers, buttons, labels -----------------------------------------------------------------


def _is_number(element: Tag, rules: Rules) -> bool:
    """True if an element holds nothing but line numbers, by its name or style and by its text."""
    if not element.attrs or element.name == "tr":  # Rouge's class for a row of number and code is `lineno`
        return False
    is_named = _has_class(element, rules.line_numbers) or _NUMBER_STYLE.search(str(element.attrs.get("style", "")))
    return bool(is_named) and all(map(_NUMBERS.match, _find_texts(element)))


def _has_numbers_beside_code(table: Tag, rules: Rules) -> bool:
    """True if a table has line numbers by name in its first row, or is one row of numbers and code."""
    row = next((node for node in table.descendants if isinstance(node, Tag) and node.name == "tr"), None)
    cells = [child for child in row.contents if isinstance(child, Tag)][:2] if row else []
    if len(cells) < 2 or not _first_below(cells[1], "pre", "code"):  # noqa: PLR2004 - numbers, and code
        return False
    return _is_number(cells[0], rules) or (
        _first_below(cells[0], "pre") and _count_up("".join(_find_texts(cells[0])).split())
    )


def _first_below(element: Tag, *names: str) -> bool:
    """True if one of the first elements below an element has one of these names."""
    below = islice(element.descendants, MAX_NODES)
    return any(isinstance(node, Tag) and node.name in names for node in below)


def _find_texts(element: Tag) -> Iterator[str]:
    return (node for node in element.descendants if type(node) is NavigableString)


def _count_up(numbers: list[str]) -> bool:
    return (
        bool(numbers)
        and all(map(str.isdecimal, numbers))
        and ([int(number) - int(numbers[0]) for number in numbers] == [*range(len(numbers))])
    )


def _is_short(element: Tag) -> bool:
    """True if an element holds a few words and no code."""
    below = list(islice(element.descendants, MAX_NODES + 1))
    text = "".join(node for node in below if isinstance(node, NavigableString)).strip()
    holds_code = any(isinstance(node, Tag) and node.name in _CODE for node in below)
    return len(below) <= MAX_NODES and len(text) <= MAX_LABEL_LENGTH and not holds_code


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
    if element.name in _CODE:
        return False
    is_label = _has_class(element, rules.code_labels) and _is_short(element)
    return element.name == "button" or is_label or _is_number(element, rules)


# --- text ----------------------------------------------------------------------------------------


def _rewrite_listing(tree: Tree, listing: Tag) -> None:
    """Replace a listing by a `<pre>` of its text; what is text already is left as it is."""
    language = find_language(listing)
    codes = find_elements(listing, "code")
    children = [child for child in listing.contents if isinstance(child, Tag) or str(child).strip()]
    is_code = len(codes) == len(children) == 1 and children[0] is codes[0]
    is_plain = listing.name == "pre" and all(below.name in _SIMPLE for below in find_elements(listing))
    if not is_plain or _has_code_a_line(listing):
        if listing.name == "table":
            tree.replace(listing, *_captions_of(listing), listing)
        _Writer(tree.rules, listing).rewrite(language, has_code=bool(codes))
    elif language and is_code:
        codes[0]["class"] = f"language-{language}"
    elif language:
        _wrap_in_code(listing, language)


def _captions_of(table: Tag) -> Iterator[Tag]:
    """Yield the caption of a table of code and the name of its file, as paragraphs."""
    for caption in find_elements(table, *_CAPTIONS):
        text = caption.get_text().strip()
        if text:
            paragraph = _new_tag("p")
            paragraph.append(NavigableString(text))
            yield paragraph


def _wrap_in_code(listing: Tag, language: str) -> None:
    code = _new_tag("code", {"class": f"language-{language}"})
    children = tuple(listing.contents)
    set_children(listing, [code])
    set_children(code, children)


def _new_tag(name: str, attributes: Mapping[str, object] | None = None) -> Tag:
    return Tag(name=name, attrs={key: str(value) for key, value in (attributes or {}).items()})


class _Writer:
    """Writes the text of a listing, line by line, with the inline elements in it.

    A line that is an element gets a line end before the next text, unless it has its own.
    """

    def __init__(self, rules: Rules, listing: Tag) -> None:
        self._rules, self._listing = rules, listing
        self._dropped = _DROPPED | (_CAPTIONS if listing.name == "table" else frozenset())
        self._is_literal = listing.name == "pre"  # else white space between elements is layout
        self._target = self._pre = _new_tag("pre", {key: value for key, value in listing.attrs.items() if key == "id"})
        self._pieces: list[str] = []
        self._length = 0
        self._needs_end = False
        self._ends_line = True

    def rewrite(self, language: str, *, has_code: bool) -> None:
        """Put what is written in the place of what the listing holds."""
        if has_code or language or not self._is_literal:
            self._target = _new_tag("code", {"class": f"language-{language}"} if language else {})
            self._pre.append(self._target)
        are_lines = _has_code_a_line(self._listing)
        self._write_children(self._listing, is_literal=self._is_literal, are_lines=are_lines)
        self._flush()
        self._listing.name, self._listing.attrs = "pre", self._pre.attrs
        set_children(self._listing, tuple(self._pre.contents))

    def _write_children(self, parent: Tag, *, is_literal: bool, are_lines: bool = False) -> None:
        numbered = parent.name == "tr" and _is_numbered(parent)
        for child in parent.contents:
            if isinstance(child, Tag):
                if not numbered:
                    self._write_element(child, is_literal=is_literal, is_line=are_lines)
                numbered = False
            elif type(child) is NavigableString:
                self._write_string(child, is_literal=is_literal)

    def _write_string(self, string: NavigableString, *, is_literal: bool) -> None:
        text, above = str(string), string.parent
        if text.isspace() and above is not None and above.name in _ROWS:
            return
        if not is_literal:
            text = "" if text.isspace() and "\n" in text else text.replace("\u00a0", " ")
        self._write(text)

    def _write_element(self, element: Tag, *, is_literal: bool, is_line: bool) -> None:
        name = element.name
        if name == "br":
            self._write("\n")
        elif name in self._dropped or _is_number(element, self._rules) or _has_class(element, self._rules.code_labels):
            return
        elif name in MEDIA:
            self._flush()
            self._target.append(copy(element))
        elif name in _KEPT:
            self._write_inline(element, is_literal=is_literal)
        else:
            self._write_line(element, is_literal=is_literal or name == "pre", is_line=is_line or self._is_line(element))

    def _is_line(self, element: Tag) -> bool:
        """True if an element is a line also where it is empty."""
        return element.name in _LINES or "data-line" in element.attrs or _has_class(element, self._rules.code_lines)

    def _write_line(self, element: Tag, *, is_literal: bool, is_line: bool) -> None:
        is_block = element.name in CONTAINERS or _BLOCK_STYLE.search(str(element.attrs.get("style", "")))
        if not is_line and not is_block:
            self._write_children(element, is_literal=is_literal)
            return
        if self._needs_end or (is_block and not self._ends_line):
            self._end_line()
        start = self._length
        if not (is_line and _is_placeholder(element)):
            self._write_children(element, is_literal=is_literal)
        is_written = self._length > start
        if (is_line or is_written) and not (is_written and self._ends_line):
            self._needs_end = True

    def _write_inline(self, element: Tag, *, is_literal: bool) -> None:
        """Write an element that stays, unless it holds nothing."""
        if not any(_find_texts(element)) and not has_media(element):
            return
        if self._needs_end:
            self._end_line()
        self._flush()
        above, self._target = self._target, _new_tag(element.name, element.attrs)
        above.append(self._target)
        self._write_children(element, is_literal=is_literal)
        self._flush()
        self._target = above

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._needs_end and not text.startswith("\n"):
            self._end_line()
        self._needs_end = False
        self._pieces.append(text)
        self._length += len(text)
        self._ends_line = text.endswith("\n")

    def _end_line(self) -> None:
        self._needs_end = False
        self._write("\n")

    def _flush(self) -> None:
        if self._pieces:
            self._target.append(NavigableString("".join(self._pieces)))
            self._pieces = []


def _is_numbered(row: Tag) -> bool:
    """True if the first cell of a row of code is nothing but its line number, by text."""
    cells = [child for child in row.contents if isinstance(child, Tag) and child.name in _CELLS]
    return len(cells) > 1 and bool(cells[0].get_text().strip()) and _NUMBERS.match(cells[0].get_text()) is not None


def _is_placeholder(line: Tag) -> bool:
    """True if a line has one blank for its whole text, as highlighters mark an empty line."""
    texts = list(islice(filter(None, _find_texts(line)), 2))
    return texts in ([" "], ["\u00a0"])


def _has_code_a_line(listing: Tag) -> bool:
    """True if a listing is nothing but several elements of code: one a line."""
    children = [child for child in listing.contents if isinstance(child, Tag) or str(child).strip()]
    return len(children) > 1 and all(isinstance(child, Tag) and child.name == "code" for child in children)
