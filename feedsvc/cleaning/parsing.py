"""HTML parsed into elements of bs4: the tree that BeautifulSoup makes with lxml, in half the time.

Most of BeautifulSoup's time is the general case: encodings, namespaces, lists of classes. HTML of posts needs none.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import (
    Comment,
    Doctype,
    NavigableString,
    PageElement,
    ProcessingInstruction,
    Script,
    Stylesheet,
    TemplateString,
)
from lxml.etree import HTMLParser, ParserError

from feedsvc.cleaning.allowlist import to_names

_BLANKS_KEPT = to_names("pre textarea code")
_CODE = {"script": Script, "style": Stylesheet, "template": TemplateString}
"""Strings that are not text; with bs4's own table the text of ruby would not be text either."""
_BLANKS = " \n\t\f\r"

_OPTIONS: dict[str, Any] = {"string_containers": _CODE, "preserve_whitespace_tags": _BLANKS_KEPT}
_SOUP = BeautifulSoup("", "lxml", multi_valued_attributes=None, **_OPTIONS)


def parse_html(html: str) -> Tag:
    """Return the element <body> of some HTML; the document if it has none. Raise what BeautifulSoup raises."""
    target = _Target()
    parser = HTMLParser(target=target)
    try:
        parser.feed(html)
        parser.close()
    except (UnicodeDecodeError, LookupError, ParserError):  # BeautifulSoup then tries bytes
        soup = BeautifulSoup(html, "lxml", multi_valued_attributes=None, **_OPTIONS)
        return soup.body or soup
    return target.document.body or target.document


class _Target:
    """What lxml calls for each tag and string; `open` holds the elements that have begun and not ended."""

    def __init__(self) -> None:
        self.document = make_element("[document]")
        self.open = [self.document]
        self.last: PageElement = self.document
        self.text: list[str] = []
        self.blanks_kept: list[Tag] = []
        self.code: list[Tag] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self.text:
            self.end_text()
        element = make_element(name)
        if attributes:
            element.attrs.update(attributes if "{" not in "".join(attributes) else _without_namespaces(attributes))
        self.add(element)
        self.open.append(element)
        if name in _BLANKS_KEPT:
            self.blanks_kept.append(element)
        elif name in _CODE:
            self.code.append(element)

    def end(self, name: str) -> None:
        if self.text:
            self.end_text()
        if self.open[-1].name == name or any(element.name == name for element in self.open):
            while self.close_last() != name:
                pass

    def close_last(self) -> str:
        """Close the innermost element; return its name."""
        element = self.open.pop()
        if self.blanks_kept and self.blanks_kept[-1] is element:
            self.blanks_kept.pop()
        elif self.code and self.code[-1] is element:
            self.code.pop()
        return element.name

    def data(self, text: str) -> None:
        self.text.append(text)

    def comment(self, text: str) -> None:
        self.end_text()
        self.add(Comment(self.collapse(text)))

    def pi(self, name: str, text: str) -> None:
        self.end_text()
        self.add(ProcessingInstruction(f"{name} {text}"))

    def doctype(self, name: str, public: str, system: str) -> None:
        self.end_text()
        self.add(Doctype.for_name_and_ids(name, public, system))

    def end_text(self) -> None:
        """Add the text since the last tag as one string."""
        if not self.text:
            return
        text = self.collapse("".join(self.text))
        self.text.clear()
        self.add(_CODE[self.code[-1].name](text) if self.code else NavigableString(text))

    def collapse(self, text: str) -> str:
        """Return one blank or line feed for a text of nothing but blanks, unless these count."""
        if self.blanks_kept or text.strip(_BLANKS):
            return text
        return "\n" if "\n" in text else " "

    def add(self, node: PageElement) -> None:
        """Append a node to the innermost element, with the links by which bs4 walks through a tree."""
        parent = self.open[-1]
        siblings = parent.contents
        node.parent, node.previous_element = parent, self.last
        if siblings:
            node.previous_sibling = siblings[-1]
            siblings[-1].next_sibling = node
        siblings.append(node)
        self.last.next_element = node
        self.last = node

    def close(self) -> None:
        self.end_text()


def make_element(name: str) -> Tag:
    """Return an element without attributes: a copy of one made before, for bs4 finds out much of each name."""
    element = object.__new__(Tag)
    element.__dict__.update(_find_prototype(name))
    element.attrs, element.contents = {}, []
    return element


def _without_namespaces(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes as bs4 names them: of one that begins as `{{ name }}` does, what follows the first brace."""
    return {key.partition("}")[2] if key[0] == "{" and "}" in key else key: value for key, value in attributes.items()}


@lru_cache(maxsize=256)
def _find_prototype(name: str) -> dict[str, Any]:
    return vars(_SOUP.new_tag(name))
