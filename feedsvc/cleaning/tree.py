"""A body as a tree: parsed to a bounded depth, searched, and changed with a reason for every removal.

Every step of cleaning uses it; the steps decide what is removed.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.budget import TAG_STEPS, URL_STEPS, spend
from feedsvc.cleaning.nodes import find_elements, set_children
from feedsvc.cleaning.parsing import parse_html
from feedsvc.cleaning.rules import Rules, SiteRules
from feedsvc.cleaning.urls import resolve
from feedsvc.lookup import FILE_SCHEME, NO_LOOKUP, POST_SCHEME, Lookup, without_marker

MAX_DEPTH = 200

_KEPT_EMPTY = to_names("body td th")


@dataclass(frozen=True, slots=True)
class _Changes:
    """What is going to be in the place of children of an element, by their id()."""

    parent: Tag
    by_child: dict[int, tuple[PageElement, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Tree:
    """A body that the steps change; `removed` holds each element that was removed, after the rule that removed it.

    `base` is the URL that relative URLs are resolved against; the feed names the `authors`; `hints` counts what readers
    will miss. `aside_length` counts the characters of what was removed and is no part of the article.
    """

    rules: Rules
    site: SiteRules
    base: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    lookup: Lookup = NO_LOOKUP
    root: Tag = field(init=False)
    source: str = field(init=False, default="")
    removed: list[tuple[str, PageElement]] = field(default_factory=list)
    hints: Counter[str] = field(default_factory=Counter)
    keys: dict[str, str] = field(default_factory=dict)
    aside_length: int = 0
    by_name: dict[str, list[Tag]] = field(default_factory=dict)
    _changes: dict[int, _Changes] = field(default_factory=dict)  # of the children of elements, by their id()

    @property
    def scraped(self) -> bool:
        """Return True if the post was taken from another site: only then it has parts its author did not write."""
        return self.rules.scraped

    def resolve_file(self, url: str) -> str:
        """Return the absolute URL of media, which may be a file beside the posts; "" if a URL cannot be used."""
        found = self.lookup.find_file(url)
        return found.url if found else self.resolve(url)

    def resolve(self, url: str) -> str:
        """Return the absolute URL of what is not in the folder; "" if a URL cannot be used."""
        if url.startswith(f"{FILE_SCHEME}/"):  # a path on the site
            url = url.removeprefix(FILE_SCHEME)
        return "" if url.startswith((POST_SCHEME, FILE_SCHEME)) else resolve(without_marker(url), self.base)

    def parse(self, html: str) -> None:
        """Replace the tree by that of some HTML, at most MAX_DEPTH deep; deeper elements become text."""
        spend(TAG_STEPS * html.count("<") + URL_STEPS * (html.count("href") + html.count("src")))
        # The wrapper keeps the parser from putting bare text into a paragraph; its end tag could become text.
        self.root, self.source = parse_html(f"<div>{html}"), html
        self.by_name.clear()
        self._changes.clear()
        if html.count("<") >= MAX_DEPTH:
            _limit_depth(self.root)

    def mentions(self, *words: str) -> bool:
        """True if the HTML that was parsed has one of these words: the quickest look for what few bodies have."""
        return any(word in self.source for word in words)

    def hint(self, message: str, key: str = "") -> None:
        """Add a hint for the post's author of something that readers will miss; equal ones are counted.

        By the `key`, a text of its source, the first place is found.
        """
        self.hints[message] += 1
        self.keys.setdefault(message, key)

    def find(self, *names: str) -> list[Tag]:
        """Return the elements of some names that are still in the tree, those of one name in order.

        The first call looks up all names: elements that a step adds are not found.
        """
        if not self.by_name:
            self.by_name["body"] = [self.root]
            for element in find_elements(self.root):
                self.by_name.setdefault(element.name, []).append(element)
        found = (element for name in names for element in self.by_name.get(name, ()) if element.name == name)
        return [element for element in found if element.parent is not None]

    def replace(self, node: PageElement, *nodes: PageElement) -> None:
        """Put nodes in the place of another, or nothing, at the next `commit`; until then it stays where it is."""
        parent = node.parent
        if parent is not None:
            changes = self._changes.get(id(parent))
            if changes is None:
                changes = self._changes[id(parent)] = _Changes(parent)
            changes.by_child[id(node)] = nodes

    def rewrite(self, string: NavigableString, text: str) -> None:
        """Replace a string by a text at the next `commit`; remove it if the text is empty."""
        if text != string:
            self.replace(string, *([NavigableString(text)] if text else ()))

    def remove(self, element: PageElement, rule: str) -> None:
        """Remove an element at the next `commit`, and record the rule that removed it."""
        self.removed.append((rule, element))
        self.replace(element)

    def remove_with_wrappers(self, element: PageElement, rule: str) -> None:
        """Remove an element, at once, and those around it that would be left empty."""
        while (above := element.parent) is not None and len(above.contents) == 1 and above.name not in _KEPT_EMPTY:
            element = above
        if element.parent is not None:
            spend(len(element.parent.contents))  # bs4 looks for the element in this list
        self.removed.append((rule, element.extract()))

    def commit(self) -> None:
        """Make all changes: the children of each changed element are listed anew, once."""
        changes, self._changes = self._changes, {}
        for change in changes.values():
            lists = (change.by_child.get(id(child), (child,)) for child in change.parent.contents)
            set_children(change.parent, tuple(chain.from_iterable(lists)))


def _limit_depth(root: Tag) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element.contents if isinstance(child, Tag)]
    for element in level:
        element.string = element.get_text()
