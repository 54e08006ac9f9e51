"""Running text: addresses become links, and white space is folded.

White space is folded across inline elements, as a browser does; between Chinese or Japanese characters a line break
leaves nothing (https://www.w3.org/TR/css-text-4/#line-break-transform).
"""

import re

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedsvc.cleaning.structure import PHRASES
from feedsvc.cleaning.text import ADDRESS_HINT, WIDE, split_addresses
from feedsvc.cleaning.tree import CONTAINERS, MEDIA, Page, is_inside, rewrite, strings
from feedsvc.cleaning.urls import tidy

_VERBATIM = frozenset({"a", "pre", "code", "kbd", "samp"})


def link_addresses(page: Page) -> None:
    """Make links of the addresses in running text."""
    for string in strings(page.root):
        if ADDRESS_HINT.search(string) and not is_inside(string, _VERBATIM):
            pieces = split_addresses(str(string))
            string.replace_with(*(_link(piece, tidy(address, page.rules)) for piece, address in pieces))


def _link(text: str, address: str) -> PageElement:
    string = NavigableString(text)
    if not address:
        return string
    link = Tag(name="a", attrs={"href": address})
    link.append(string)
    return link


# --- folding -------------------------------------------------------------------------------------

# What lies before a string of a run: a way into an element, a way out of one, a picture. No text holds these.
_IN, _OUT, _THING = "\x01", "\x02", "\x03"
_MARK = re.compile(f"[{_IN}{_OUT}{_THING}]")
_SPACES = re.compile(f"[ \t\r\n\f\xa0{_IN}{_OUT}]{{2,}}|[\t\r\n\f]")
_BLANK = re.compile("[ \t\r\n\f]")
_WIDE = re.compile(f"[{WIDE}]")
_FULL_WIDTH = "\u3000-\u303f\uff00-\uff60"
_NO_BLANK_BEFORE = re.compile(rf"[,.;:!?)\]}}%”’»…{_FULL_WIDTH}]")
_NO_BLANK_AFTER = re.compile(rf"[(\[{{“‘«{_FULL_WIDTH}]")


class _Run:
    """The strings between two block borders, and what lies between them."""

    def __init__(self) -> None:
        self.strings: list[NavigableString] = []
        self.joined: list[str] = []
        self.depth = 0
        self.has_thing = False

    def add(self, string: NavigableString, depth: int) -> None:
        way = _OUT if depth < self.depth else _IN
        self.joined += _THING if self.has_thing else way, str(string)
        self.strings.append(string)
        self.has_thing = False
        # An element of nothing but blanks goes, and must leave no border.
        self.depth = min(depth, self.depth) if string.isspace() else depth

    def fold(self) -> None:
        """Write the folded text back, and begin anew."""
        last = _THING if self.has_thing else _OUT
        folded = _SPACES.sub(_fold, "".join(self.joined) + last)
        for string, text in zip(self.strings, _MARK.split(folded)[1:], strict=False):
            rewrite(string, text)
        self.strings, self.joined, self.has_thing = [], [], False


def fold_white_space(page: Page) -> None:
    """Make every run of white space one blank, and none at all at borders and between Chinese characters."""
    run = _Run()
    _collect(page.root, run, 0)
    run.fold()


def _collect(parent: Tag, run: _Run, depth: int) -> None:
    """Gather the strings below an element; `depth` counts the inline elements that stay around them."""
    for child in tuple(parent.contents):
        if isinstance(child, NavigableString):
            run.add(child, depth)
        elif isinstance(child, Tag):
            _collect_tag(child, run, depth)


def _collect_tag(tag: Tag, run: _Run, depth: int) -> None:
    if tag.name in MEDIA:
        run.has_thing = True
    elif tag.name not in CONTAINERS and tag.name != "br":
        _collect(tag, run, depth + (tag.name in PHRASES))
    else:
        run.fold()
        if tag.name != "pre":
            _collect(tag, run, 0)
            run.fold()


def _fold(found: re.Match[str]) -> str:
    """Put one blank, or none, behind the last way out of an element."""
    run, text = found[0], found.string
    before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
    marks = "".join(_MARK.findall(run))
    place = marks.rfind(_OUT) + 1
    return marks[:place] + _blank_for(run, before, after) + marks[place:]


def _blank_for(run: str, before: str, after: str) -> str:
    if not before or not after:
        return ""
    if not _BLANK.search(run) and run.count("\xa0") < 2:  # noqa: PLR2004 - one is meant, two are layout
        return "\xa0" * run.count("\xa0")
    if "\n" not in run:
        return " "
    if _NO_BLANK_AFTER.match(before) or _NO_BLANK_BEFORE.match(after):
        return ""
    return "" if _WIDE.match(before) and _WIDE.match(after) else " "
