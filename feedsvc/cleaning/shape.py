"""The shape of a clean body: paragraphs where blocks and text are mixed, nothing empty, only what a reader needs.

Afterwards no paragraph holds a block and no table holds loose text, so that every HTML5 parser builds the same tree.
"""

import re

from bs4 import NavigableString, Tag
from bs4.element import PageElement

from feedsvc.cleaning.page import INLINE, MEDIA, Page, elements, has_media, strings, tags

ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "audio": frozenset({"src", "controls"}),
    "blockquote": frozenset({"cite"}),
    "code": frozenset({"class"}),
    "details": frozenset({"open"}),
    "iframe": frozenset({"src", "width", "height", "title", "allowfullscreen"}),
    "img": frozenset({"src", "alt", "title", "width", "height"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "q": frozenset({"cite"}),
    "source": frozenset({"src", "type"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    "time": frozenset({"datetime"}),
    "video": frozenset({"src", "poster", "controls", "width", "height"}),
    "*": frozenset({"dir", "id"}),
}
"""What an element keeps; the sanitiser lets nothing else through."""

BLOCKS = frozenset(
    "blockquote caption dd details dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre summary table tbody td "
    "tfoot th thead tr ul".split()
)
PHRASES = frozenset(
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small strike strong sub sup time u "
    "var wbr audio video source iframe".split()
)
TAGS = BLOCKS | PHRASES
"""The elements a clean body is made of."""
VOID = frozenset({"br", "hr", "img", "source", "wbr"})

_NO_BLOCK = INLINE | MEDIA | {"br", "source", "wbr"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "caption", "dt"})
_CELLS = frozenset({"li", "td", "th", "dd", "figure", "figcaption", "a"}) | _HEADINGS
_ROWS = frozenset({"td", "th"})
_TABLE_PARTS = {
    "table": frozenset({"caption", "thead", "tbody", "tfoot", "tr"}),
    "thead": frozenset({"tr"}),
    "tbody": frozenset({"tr"}),
    "tfoot": frozenset({"tr"}),
    "tr": _ROWS,
}
_PART_OF_TABLE = frozenset({"caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
_FLOW = frozenset({"body", "div", "blockquote"})
_NUMBER = re.compile(r"\s*(\d{1,4})(?:px)?\s*\Z")
_NUMERIC = frozenset({"width", "height", "colspan", "rowspan", "start", "value"})
_LANGUAGE = re.compile(r"(?:^|\s)(lang(?:uage)?-[\w+#.-]+)")
_RAW_TEXT = frozenset({"xmp", "listing", "plaintext"})
_MOST_BREAKS = 2


# --- paragraphs ----------------------------------------------------------------------------------


def form_paragraphs(page: Page) -> None:
    """Make paragraphs of containers that hold text, and of loose text beside blocks."""
    root = page.root
    _mend_tables(root)
    below = elements(root)
    mixed = _holders_of_blocks(below)
    for element in below:
        element.name = _new_name(element, mixed)
    for element in (root, *below):
        if element.name in _FLOW and (id(element) in mixed or element is root):
            _wrap_loose_text(element, mixed)


def _holders_of_blocks(below: list[Tag]) -> set[int]:
    holders: set[int] = set()
    for element in below:
        parent = None if element.name in _NO_BLOCK else element.parent
        while parent is not None and id(parent) not in holders:
            holders.add(id(parent))
            parent = parent.parent
    return holders


def _new_name(element: Tag, mixed: set[int]) -> str:
    """Name an element by what it holds: "div" and "span" are the names of what the sanitiser takes off."""
    name, parent = element.name, element.parent
    if name in _RAW_TEXT:
        return "pre"
    if parent is not None and parent.name in _HEADINGS and name not in PHRASES:
        return "span"
    if id(element) in mixed:
        return "div" if name == "p" or name not in BLOCKS | {"a"} else name
    if name in TAGS:
        return name
    if name in INLINE or (parent is not None and parent.name in _CELLS):
        return "span"
    return "p"


def _wrap_loose_text(container: Tag, mixed: set[int]) -> None:
    run: list[PageElement] = []
    for child in (*container.contents, None):
        if child is not None and _is_loose(child, mixed):
            run.append(child)
            continue
        if any(_shows(node) for node in run):
            _wrap(run)
        run = []


def _is_loose(node: PageElement, mixed: set[int]) -> bool:
    if isinstance(node, Tag):
        return (node.name in PHRASES or node.name == "span") and id(node) not in mixed
    return True


def _shows(node: PageElement) -> bool:
    if isinstance(node, Tag):
        return node.name != "br"
    return bool(str(node).strip())


def _wrap(run: list[PageElement]) -> None:
    paragraph = Tag(name="p")
    run[0].insert_before(paragraph)
    paragraph.extend(run)


def _mend_tables(root: Tag) -> None:
    """Move out of a table what HTML5 does not let stay in it, and make a block of a cell without a table."""
    for element in tags(root, *_PART_OF_TABLE):
        if element.parent is None or element.name not in _TABLE_PARTS.get(element.parent.name, ()):
            element.name = "div"
    for table in tags(root, "table"):
        for part in (table, *tags(table, *_TABLE_PARTS)):
            _move_strays(table, part)


def _move_strays(table: Tag, part: Tag) -> None:
    for child in tuple(part.contents):
        if isinstance(child, Tag) and child.name not in _TABLE_PARTS[part.name]:
            table.insert_before(child.extract())
        elif not isinstance(child, Tag) and str(child).strip():
            table.insert_before(child.extract())


# --- pruning -------------------------------------------------------------------------------------


def prune(page: Page) -> None:
    """Remove what holds nothing, from the innermost outwards, and the breaks at the ends of blocks."""
    anchors = _anchors(page.root)
    for element in reversed(elements(page.root)):
        if element.name not in PHRASES:
            _trim(element)
        if element.name == "br":
            _limit_breaks(element)
        elif element.name == "pre":
            _trim_code(element)
        if _is_empty(element) and not (element.attrs.get("id") in anchors or element.attrs.get("name") in anchors):
            element.extract()
    _trim(page.root)


def _anchors(root: Tag) -> set[str]:
    """Give the places of the post that its own links lead to."""
    hrefs = (str(link.get("href", "")) for link in tags(root, "a"))
    return {href[1:] for href in hrefs if href.startswith("#")}


def _is_empty(element: Tag) -> bool:
    if element.name in _KEPT_EMPTY:
        return False
    if element.name == "table":
        return not any(map(str.strip, strings(element))) and not has_media(element)
    return not any(isinstance(child, Tag) or str(child).strip() for child in element.contents)


_KEPT_EMPTY = MEDIA | _ROWS | {"br", "hr", "wbr", "source"}


def _trim(block: Tag) -> None:
    for end in (0, -1):
        while block.contents and _is_blank(block.contents[end]):
            block.contents[end].extract()


def _is_blank(node: PageElement) -> bool:
    return node.name == "br" if isinstance(node, Tag) else not str(node).strip()


def _limit_breaks(element: Tag) -> None:
    node: PageElement | None = element
    for _ in range(_MOST_BREAKS):
        node = node.next_sibling if node is not None else None
        if not isinstance(node, Tag) or node.name != "br":
            return
    element.extract()


def _trim_code(block: Tag) -> None:
    first = next(iter(strings(block)), None)
    if first is not None and first.startswith("\n"):
        first.replace_with(NavigableString(first.lstrip("\n")))


# --- attributes ----------------------------------------------------------------------------------


def keep_attributes(page: Page) -> None:
    """Keep the attributes a reader needs, and the ids that links of the post lead to."""
    anchors = _anchors(page.root)
    nothing: frozenset[str] = frozenset()
    for element in elements(page.root):
        if not element.attrs:
            continue
        known = ATTRIBUTES.get(element.name, nothing)
        anchor = str(element.attrs.get("id") or element.attrs.get("name") or "")
        kept = {key: str(value) for key, value in element.attrs.items() if key in known and _is_sound(key, str(value))}
        if anchor and anchor in anchors:
            kept["id"] = anchor
        element.attrs = kept
        if element.name == "a" and not kept:
            element.name = "span"


def _is_sound(key: str, value: str) -> bool:
    if key in _NUMERIC:
        return bool(_NUMBER.match(value))
    if key == "class":
        return bool(_LANGUAGE.search(value))
    return bool(value) or key in {"controls", "open", "allowfullscreen", "reversed", "alt"}
