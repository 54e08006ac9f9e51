"""The shape of a clean body: paragraphs where blocks and text are mixed, nothing empty, only what a reader needs.

Afterwards no paragraph holds a block, so that every HTML5 parser builds the same tree.
"""

import re
from collections.abc import Container
from itertools import groupby, islice, takewhile

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedsvc.cleaning.text import words
from feedsvc.cleaning.tree import CONTAINERS, MEDIA, Page, elements, has_media, is_inside, rewrite, strings, text_size

ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "audio": frozenset({"src", "controls"}),
    "blockquote": frozenset({"cite"}),
    "code": frozenset({"class"}),
    "details": frozenset({"open"}),
    "iframe": frozenset({"src", "width", "height", "title", "allowfullscreen", "sandbox", "referrerpolicy"}),
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
"""What an element keeps; the sanitizer lets nothing else through."""

BLOCKS = words(
    "blockquote caption dd details dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre summary table tbody "
    "td tfoot th thead tr ul"
)
PHRASES = words(
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small strike strong sub sup "
    "time u var wbr audio video source iframe"
)
TAGS = BLOCKS | PHRASES
"""The elements a clean body is made of."""
VOID = frozenset({"br", "hr", "img", "source", "wbr"})

_HEADINGS = words("h1 h2 h3 h4 h5 h6 summary caption dt")
_CELLS = words("li td th dd figure figcaption a") | _HEADINGS
_TABLE_PARTS = words("caption thead tbody tfoot tr td th")
_FLOW = frozenset({"div", "blockquote"})
_BOXES = BLOCKS | {"div"}
_NUMBER = re.compile(r"\s*(\d{1,4})(?:px)?\s*\Z")
_NUMERIC = frozenset({"width", "height", "colspan", "rowspan", "start", "value"})
_LANGUAGE = re.compile(r"(?:^|\s)(lang(?:uage)?-[\w+#.-]+)")
MOST_BREAKS = 2
LONGEST_HEADING = 200


# --- paragraphs ----------------------------------------------------------------------------------


def part_blocks(page: Page) -> None:
    """Make containers of the other elements that hold some; a link round blocks goes into each of them."""
    for heading in page.named(*_HEADINGS):
        if text_size(heading) > LONGEST_HEADING and any(below.name not in PHRASES for below in elements(heading)):
            heading.name = "div"  # never closed, or none but in name
    for element in page.named("pre", *_HEADINGS):
        _flatten(element)
    _free_parts(page)
    for element in reversed(elements(page.root)):
        if element.name not in CONTAINERS and _holds(element, CONTAINERS):
            if element.name == "a":
                _sink_link(element)
            element.name = "div"


def _holds(element: Tag, names: Container[str]) -> bool:
    return any(isinstance(child, Tag) and child.name in names for child in element.contents)


def _free_parts(page: Page) -> None:
    """Make blocks of lists without items and of parts of a table without one; what is loose in one nh3 moves out."""
    for items in page.named("ul", "ol"):
        if not _holds(items, {"li"}):
            items.name = "div"
    for part in page.named(*_TABLE_PARTS):
        if not is_inside(part, {"table"}):
            part.name = "div"


def _flatten(element: Tag) -> None:
    """Make lines of the blocks in code and in headings."""
    for line in elements(element):
        if line.name in CONTAINERS:
            line.append(NavigableString("\n"))
            line.name = "span"


def _sink_link(link: Tag) -> None:
    for container in elements(link):
        if container.name in CONTAINERS and container.contents and not _holds(container, CONTAINERS):
            inner = Tag(name="a", attrs=dict(link.attrs))
            inner.extend(tuple(container.contents))
            container.append(inner)


def form_paragraphs(page: Page) -> None:
    """Make paragraphs of containers that hold text, and of loose text beside blocks."""
    below = elements(page.root)
    for element in reversed(below):
        element.name = _new_name(element)
    for element in (page.root, *below):
        if element is page.root or (element.name in _FLOW and _holds(element, _BOXES)):
            for is_loose, run in groupby(tuple(element.contents), _is_loose):
                if is_loose:
                    _wrap(list(run))


def _new_name(element: Tag) -> str:
    """Name an element by what it holds: "div" and "span" are the names of what the sanitizer takes off."""
    name, parent = element.name, element.parent
    if _holds(element, _BOXES):
        return name if name in BLOCKS and name != "p" else "div"
    if name in TAGS:
        return name
    return "span" if name not in CONTAINERS or (parent is not None and parent.name in _CELLS) else "p"


def _is_loose(node: PageElement) -> bool:
    return not isinstance(node, Tag) or node.name in PHRASES or node.name == "span"


def _wrap(run: list[PageElement]) -> None:
    """Make a paragraph of a run, but for what shows nothing at its ends."""
    for node in (*takewhile(_shows_nothing, run), *takewhile(_shows_nothing, run[::-1])):
        node.extract()
    left = [node for node in run if node.parent is not None]
    if left:
        paragraph = Tag(name="p")
        left[0].insert_before(paragraph)
        paragraph.extend(left)


def _shows_nothing(node: PageElement) -> bool:
    if isinstance(node, Tag):
        return node.name in {"br", "span"} and all(map(_shows_nothing, node.contents))
    return not str(node).strip()


# --- pruning -------------------------------------------------------------------------------------


def prune(page: Page) -> None:
    """Remove what holds nothing, from the innermost outwards, and the breaks at the ends of blocks."""
    anchors = _anchors(page)
    gone: set[int] = set()
    below = elements(page.root)
    for element in (*reversed(below), page.root):
        if element.name == "pre":
            _trim_code(element)
        elif element.name == "br":
            _limit_breaks(element, gone)
        elif element.name not in PHRASES:
            _trim(element, gone)
        if _is_empty(element, gone) and element.get("id") not in anchors:
            gone.add(id(element))
    for element in below:
        # Forwards: taking children off the front is what bs4 does in constant time.
        if id(element) in gone and id(element.parent) not in gone:
            own_blanks = [child for child in element.contents if not isinstance(child, Tag)]
            element.replace_with(*(own_blanks if element.name in PHRASES else ()))


def _anchors(page: Page) -> set[str]:
    """Give the places of the post that its own links lead to; links that show nothing do not count."""
    links = [link for link in elements(page.root, "a") if str(link.get("href", "")).startswith("#")]
    return {str(link["href"])[1:] for link in links if text_size(link) or elements(link, "br", *MEDIA)} - {""}


def _is_empty(element: Tag, gone: set[int]) -> bool:
    if element.name in _KEPT_EMPTY:
        return False
    if element.name == "table":
        return not any(map(str.strip, strings(element))) and not has_media(element)
    return all(id(child) in gone or _is_blank(child) for child in element.contents)


_KEPT_EMPTY = MEDIA | words("body br hr wbr source td th")


def _trim(block: Tag, gone: set[int]) -> None:
    """Take the breaks off both ends of a block."""
    for children in (block.contents, block.contents[::-1]):
        for child in children:
            if id(child) not in gone and not _is_blank(child) and not _is_break(child):
                break
            gone.add(id(child))


def _is_blank(node: PageElement) -> bool:
    return not isinstance(node, Tag) and not str(node).strip()


def _is_break(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"


def _limit_breaks(element: Tag, gone: set[int]) -> None:
    following = (node for node in element.next_siblings if _is_break(node) or id(node) not in gone)
    if sum(map(_is_break, islice(following, MOST_BREAKS))) == MOST_BREAKS:
        gone.add(id(element))


def _trim_code(block: Tag) -> None:
    """Take empty lines off both ends of code: HTML itself takes off the first."""
    for string in strings(block):
        rewrite(string, string.lstrip("\n"))
        if string.strip("\n"):
            break
    for string in reversed(strings(block)):
        rewrite(string, string.rstrip())
        if string.strip():
            break


# --- attributes ----------------------------------------------------------------------------------


def keep_attributes(page: Page) -> None:
    """Keep the attributes a reader needs, and the ids that links of the post lead to."""
    anchors = _anchors(page)
    for element in elements(page.root):
        if not element.attrs:
            continue
        if element.name not in TAGS and element.get("id") in anchors:
            _hand_down(element)
        known = ATTRIBUTES.get(element.name, frozenset()) | {"dir"}
        kept = {key: _normalize(key, str(value)) for key, value in element.attrs.items() if key in known}
        if element.get("id") in anchors:
            kept["id"] = str(element["id"])
        element.attrs.clear()
        element.attrs.update((key, value) for key, value in kept.items() if value or key in _FLAGS)


def _hand_down(element: Tag) -> None:
    """Give the id of an element that goes to the first it holds that stays, else to one round it."""
    family = (*elements(element), *element.parents)
    heir = next((other for other in family if other.name in TAGS and not other.get("id")), None)
    if heir is not None:
        heir["id"] = element["id"]


def _normalize(key: str, value: str) -> str:
    if key in _NUMERIC:
        number = _NUMBER.match(value)
        return number[1] if number else ""
    if key == "class":
        language = _LANGUAGE.search(value)
        return language[1] if language else ""
    return value


_FLAGS = frozenset({"alt", "allowfullscreen", "controls", "open", "reversed"})
