"""White space: collapsed across inline elements, as browsers do.

Between Chinese or Japanese characters a line break leaves nothing:
https://www.w3.org/TR/css-text-4/#line-break-transform.
"""

import re

from bs4 import Tag
from bs4.element import NavigableString

from feedsvc.cleaning.allowlist import CONTAINERS, INLINE, MEDIA
from feedsvc.cleaning.nodes import is_blank_code
from feedsvc.cleaning.text import WIDE
from feedsvc.cleaning.tree import Tree

# Signs for what lies between strings: the start and end of an element, an image. No text has these characters.
_START, _END, _MEDIUM = "\x01", "\x02", "\x03"
_MARK = re.compile(f"[{_START}{_END}{_MEDIUM}]")
_SPACES = re.compile(f"[ \t\r\n\f\xa0{_START}{_END}]{{2,}}|[\t\r\n\f]")
_BLANKS = " \t\r\n\f\xa0"
_BLANK = re.compile("[ \t\r\n\f]")
_WIDE = re.compile(f"[{WIDE}]")
_FULL_WIDTH = "\u3000-\u303f\uff00-\uff60"
_NO_BLANK_BEFORE = re.compile(rf"[,.;:!?)\]}}%”’»…{_FULL_WIDTH}]")
_NO_BLANK_AFTER = re.compile(rf"[(\[{{“‘«{_FULL_WIDTH}]")


class _Run:
    """The strings between two block borders, with signs for the elements between them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.strings: list[NavigableString] = []
        self.joined: list[str] = []
        self.depth = 0
        self.has_medium = False

    def add(self, string: NavigableString, depth: int) -> None:
        border = _END if depth < self.depth else _START
        self.joined += _MEDIUM if self.has_medium else border, str(string)
        self.strings.append(string)
        self.has_medium = False
        # An element of nothing but blanks is going to be removed, and must leave no border.
        self.depth = min(depth, self.depth) if string.isspace() else depth

    def collapse(self) -> None:
        """Replace the strings by their collapsed text, and begin a new run."""
        if len(self.strings) > 1 or self.has_medium or _MEDIUM in self.joined:
            self._collapse_together()
        elif self.strings:
            self.tree.rewrite(self.strings[0], _collapse_alone(self.strings[0]))
        self.strings, self.joined, self.has_medium = [], [], False

    def _collapse_together(self) -> None:
        last = _MEDIUM if self.has_medium else _END
        collapsed = _SPACES.sub(_collapse, "".join(self.joined) + last)
        for string, text in zip(self.strings, _MARK.split(collapsed)[1:], strict=False):
            self.tree.rewrite(string, text)


def collapse_whitespace(tree: Tree) -> None:
    """Replace every run of white space by one blank, or by nothing at borders and between Chinese characters."""
    run = _Run(tree)
    _collect(tree.root, run, 0)
    run.collapse()


def _collect(parent: Tag, run: _Run, depth: int) -> None:
    """Collect the strings below an element; `depth` is the number of inline elements around them that stay."""
    for child in tuple(parent.contents):
        if isinstance(child, NavigableString):
            run.add(child, depth)
        elif isinstance(child, Tag):
            _collect_tag(child, run, depth)


def _collect_tag(tag: Tag, run: _Run, depth: int) -> None:
    if tag.name in MEDIA or is_blank_code(tag):
        run.has_medium = True
    elif tag.name not in CONTAINERS and tag.name != "br":
        _collect(tag, run, depth + (tag.name in INLINE))
    else:
        run.collapse()
        if tag.name != "pre":
            _collect(tag, run, 0)
            run.collapse()


def _collapse_alone(text: str) -> str:
    """Return the collapsed text of a string that fills its block: most strings do."""
    stripped = text.strip(_BLANKS)
    return _SPACES.sub(_collapse, stripped) if _SPACES.search(stripped) else stripped


def _collapse(found: re.Match[str]) -> str:
    """Return the marks of a run with one blank, or none, after the last end of an element."""
    run, text = found[0], found.string
    before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
    marks = "".join(_MARK.findall(run))
    place = marks.rfind(_END) + 1
    return marks[:place] + _choose_blank(run, before, after) + marks[place:]


def _choose_blank(run: str, before: str, after: str) -> str:
    if not before or not after:
        return ""
    if not _BLANK.search(run) and run.count("\xa0") < 2:  # noqa: PLR2004 - one is meant, two are layout
        return "\xa0" * run.count("\xa0")
    if "\n" not in run:
        return " "
    if _NO_BLANK_AFTER.match(before) or _NO_BLANK_BEFORE.match(after):
        return ""
    return "" if _WIDE.match(before) and _WIDE.match(after) else " "
