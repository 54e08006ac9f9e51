"""Running text: addresses become links, and white space is folded.

White space is folded across inline elements, as a browser does; between Chinese or Japanese characters a line break
leaves nothing (https://www.w3.org/TR/css-text-4/#line-break-transform).
"""

import re

from bs4 import NavigableString, Tag
from bs4.element import PageElement

from feedsvc.cleaning.page import INLINE, Page, is_inside, strings
from feedsvc.cleaning.text import ADDRESS_HINT, WIDE, addresses

_VERBATIM = frozenset({"a", "pre", "code", "kbd", "samp"})


def link_addresses(page: Page) -> None:
    """Make links of the addresses in running text."""
    for string in strings(page.root):
        if ADDRESS_HINT.search(string) and not is_inside(string, _VERBATIM):
            _link_string(string)


def _link_string(string: NavigableString) -> None:
    text, position = str(string), 0
    parts: list[PageElement] = []
    for start, end, address in addresses(text):
        link = Tag(name="a", attrs={"href": address})
        link.append(NavigableString(text[start:end]))
        parts += [NavigableString(text[position:start]), link]
        position = end
    if parts:
        string.replace_with(*parts, NavigableString(text[position:]))


# --- folding -------------------------------------------------------------------------------------

# What lies between two strings of a run: a way into an element, a way out of one, a picture.
_IN, _OUT, _THING = "\x01", "\x02", "\x03"
_MARK = re.compile(f"[{_IN}{_OUT}{_THING}]")
_SPACES = re.compile(f"[ \t\r\n\f\xa0{_IN}{_OUT}]{{2,}}|[\t\r\n\f]")
_BLANK = re.compile("[ \t\r\n\f]")
_WIDE = re.compile(f"[{WIDE}]")
_CLOSING = frozenset(",.;:!?)]}%”’»，。；：！？）】」』》、…")
_OPENING = frozenset("([{“‘«（【「『《")


class _Run:
    """The strings between two block borders, and what lies between them."""

    def __init__(self) -> None:
        self.strings: list[NavigableString] = []
        self.joined: list[str] = []
        self.mark = _IN

    def add(self, string: NavigableString) -> None:
        self.strings.append(string)
        self.joined += self.mark, _MARK.sub("", string)
        self.mark = _IN

    def fold(self) -> None:
        """Write the folded text back, and begin anew."""
        last = _THING if self.mark == _THING else _OUT
        folded = _SPACES.sub(_fold, "".join(self.joined) + last)
        for string, text in zip(self.strings, _MARK.split(folded)[1:], strict=False):
            _replace(string, text)
        self.strings, self.joined, self.mark = [], [], _IN


def fold_white_space(page: Page) -> None:
    """Make every run of white space one blank, and none at all at borders and between Chinese characters."""
    run = _Run()
    _collect(page.root, run)
    run.fold()


def _collect(parent: Tag, run: _Run) -> None:
    for child in tuple(parent.contents):
        if isinstance(child, Tag):
            _collect_tag(child, run)
        elif isinstance(child, NavigableString):
            run.add(child)


def _collect_tag(tag: Tag, run: _Run) -> None:
    if tag.name == "img":
        run.mark = _THING
    elif tag.name in INLINE:
        _collect(tag, run)
        run.mark = run.mark if run.mark == _THING else _OUT
    else:
        run.fold()
        if tag.name != "pre":
            _collect(tag, run)
            run.fold()


def _fold(found: re.Match[str]) -> str:
    run, text = found[0], found.string
    before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
    return _OUT * run.count(_OUT) + _blank_for(run, before, after) + _IN * run.count(_IN)


def _blank_for(run: str, before: str, after: str) -> str:
    if not _BLANK.search(run) and run.count("\xa0") < 2:  # noqa: PLR2004 - one is meant, two are layout
        return "\xa0" * run.count("\xa0")
    if not before or not after:
        return ""
    if "\n" in run and (before in _OPENING or after in _CLOSING or (_WIDE.match(before) and _WIDE.match(after))):
        return ""
    return " "


def _replace(string: NavigableString, text: str) -> None:
    if not text:
        string.extract()
    elif text != string:
        string.replace_with(NavigableString(text))
