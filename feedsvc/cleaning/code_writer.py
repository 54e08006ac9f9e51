"""The text of a listing, written line by line into a `<pre>`, with the inline elements, links and pictures in it."""

import re
from collections.abc import Mapping
from copy import copy

from bs4 import Tag
from bs4.element import NavigableString

from feedsvc.cleaning.allowlist import CONTAINERS, INLINE, MEDIA, to_names
from feedsvc.cleaning.listings import find_texts, has_class, has_code_a_line, is_number, is_numbered, is_placeholder
from feedsvc.cleaning.nodes import has_media, set_children
from feedsvc.cleaning.rules import Rules

CAPTIONS = to_names("caption th")
KEPT = INLINE - {"code", "br"}

_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|list-item|table-row)\b", re.IGNORECASE)
_DROPPED = to_names("button textarea input select svg script style template noscript")
_ROWS = to_names("table thead tbody tfoot tr ol ul")
_LINES = to_names("li tr")


def new_tag(name: str, attributes: Mapping[str, object] | None = None) -> Tag:
    """Return an element that is in no tree."""
    return Tag(name=name, attrs={key: str(value) for key, value in (attributes or {}).items()})


class CodeWriter:
    """Writes the text of a listing, line by line, with the inline elements in it.

    A line that is an element gets a line end before the next text, unless it has its own.
    """

    def __init__(self, rules: Rules, listing: Tag) -> None:
        self._rules, self._listing = rules, listing
        self._dropped = _DROPPED | (CAPTIONS if listing.name == "table" else frozenset())
        self._is_literal = listing.name == "pre"  # else white space between elements is layout
        self._target = self._pre = new_tag("pre", {key: value for key, value in listing.attrs.items() if key == "id"})
        self._pieces: list[str] = []
        self._length = 0
        self._needs_end = False
        self._ends_line = True

    def rewrite(self, language: str, *, has_code: bool) -> None:
        """Replace the content of the listing by its text."""
        if has_code or language or not self._is_literal:
            self._target = new_tag("code", {"class": f"language-{language}"} if language else {})
            self._pre.append(self._target)
        are_lines = has_code_a_line(self._listing)
        self._write_children(self._listing, is_literal=self._is_literal, are_lines=are_lines)
        self._flush()
        self._listing.name, self._listing.attrs = "pre", self._pre.attrs
        set_children(self._listing, tuple(self._pre.contents))

    def _write_children(self, parent: Tag, *, is_literal: bool, are_lines: bool = False) -> None:
        numbered = parent.name == "tr" and is_numbered(parent)
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
        elif name in self._dropped or is_number(element, self._rules) or has_class(element, self._rules.code_labels):
            return
        elif name in MEDIA:
            self._flush()
            self._target.append(copy(element))
        elif name in KEPT:
            self._write_inline(element, is_literal=is_literal)
        else:
            self._write_line(element, is_literal=is_literal or name == "pre", is_line=is_line or self._is_line(element))

    def _is_line(self, element: Tag) -> bool:
        """True if an element is a line also where it is empty."""
        return element.name in _LINES or "data-line" in element.attrs or has_class(element, self._rules.code_lines)

    def _write_line(self, element: Tag, *, is_literal: bool, is_line: bool) -> None:
        is_block = element.name in CONTAINERS or _BLOCK_STYLE.search(str(element.attrs.get("style", "")))
        if not is_line and not is_block:
            self._write_children(element, is_literal=is_literal)
            return
        if self._needs_end or (is_block and not self._ends_line):
            self._end_line()
        start = self._length
        if not (is_line and is_placeholder(element)):
            self._write_children(element, is_literal=is_literal)
        is_written = self._length > start
        if (is_line or is_written) and not (is_written and self._ends_line):
            self._needs_end = True

    def _write_inline(self, element: Tag, *, is_literal: bool) -> None:
        """Write an element that stays, unless it holds nothing."""
        if not any(find_texts(element)) and not has_media(element):
            return
        if self._needs_end:
            self._end_line()
        self._flush()
        above, self._target = self._target, new_tag(element.name, element.attrs)
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
