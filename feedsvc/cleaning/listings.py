"""Which elements are code, line numbers or labels of code, by the class names of highlighters in `rules.toml`."""

import re
from collections.abc import Iterator
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.rules import Rules

MAX_LABEL_LENGTH = 20
MAX_NODES = 30  # in a button or a label

CODE = to_names("pre code")

_NUMBERS = re.compile(r"[\s\d.:|]*\Z")
# The styles of line numbers where there are no classes: Chroma's, and those of Pygments.
_NUMBER_STYLE = re.compile(r"user-select\s*:\s*none|padding-left: 5px; padding-right: 5px", re.IGNORECASE)
_CELLS = to_names("td th")


def is_listing(element: Tag, rules: Rules) -> bool:
    """True if an element is code as a highlighter writes it: a `<pre>`, or a table or a box around one."""
    if element.name == "table":
        return has_class(element, rules.code_boxes) or _has_numbers_beside_code(element, rules)
    return element.name == "pre" or (element.name == "div" and has_class(element, rules.code_boxes))


def has_class(element: Tag, names: frozenset[str]) -> bool:
    """True if an element has one of these classes."""
    tokens = element.attrs.get("class")
    return bool(tokens) and not names.isdisjoint(str(tokens).split())


def is_number(element: Tag, rules: Rules) -> bool:
    """True if an element holds nothing but line numbers, by its name or style and by its text."""
    if not element.attrs or element.name == "tr":  # Rouge's class for a row of number and code is `lineno`
        return False
    is_named = has_class(element, rules.line_numbers) or _NUMBER_STYLE.search(str(element.attrs.get("style", "")))
    return bool(is_named) and all(map(_NUMBERS.match, find_texts(element)))


def _has_numbers_beside_code(table: Tag, rules: Rules) -> bool:
    """True if a table has line numbers by name in its first row, or is one row of numbers and code."""
    row = next((node for node in table.descendants if isinstance(node, Tag) and node.name == "tr"), None)
    cells = [child for child in row.contents if isinstance(child, Tag)][:2] if row else []
    if len(cells) < 2 or not _first_below(cells[1], "pre", "code"):  # noqa: PLR2004 - numbers, and code
        return False
    return is_number(cells[0], rules) or (
        _first_below(cells[0], "pre") and _count_up("".join(find_texts(cells[0])).split())
    )


def _first_below(element: Tag, *names: str) -> bool:
    """True if one of the first elements below an element has one of these names."""
    below = islice(element.descendants, MAX_NODES)
    return any(isinstance(node, Tag) and node.name in names for node in below)


def find_texts(element: Tag) -> Iterator[str]:
    """Return the strings below an element."""
    return (node for node in element.descendants if type(node) is NavigableString)


def _count_up(numbers: list[str]) -> bool:
    return (
        bool(numbers)
        and all(map(str.isdecimal, numbers))
        and ([int(number) - int(numbers[0]) for number in numbers] == [*range(len(numbers))])
    )


def is_short(element: Tag) -> bool:
    """True if an element holds a few words and no code."""
    below = list(islice(element.descendants, MAX_NODES + 1))
    text = "".join(node for node in below if isinstance(node, NavigableString)).strip()
    holds_code = any(isinstance(node, Tag) and node.name in CODE for node in below)
    return len(below) <= MAX_NODES and len(text) <= MAX_LABEL_LENGTH and not holds_code


def is_numbered(row: Tag) -> bool:
    """True if the first cell of a row of code is nothing but its line number, by text."""
    cells = [child for child in row.contents if isinstance(child, Tag) and child.name in _CELLS]
    return len(cells) > 1 and bool(cells[0].get_text().strip()) and _NUMBERS.match(cells[0].get_text()) is not None


def is_placeholder(line: Tag) -> bool:
    """True if the text of a line is one blank, by which highlighters mark an empty line."""
    texts = list(islice(filter(None, find_texts(line)), 2))
    return texts in ([" "], ["\u00a0"])


def has_code_a_line(listing: Tag) -> bool:
    """True if a listing is nothing but several elements of code, each of which is a line."""
    children = [child for child in listing.contents if isinstance(child, Tag) or str(child).strip()]
    return len(children) > 1 and all(isinstance(child, Tag) and child.name == "code" for child in children)
