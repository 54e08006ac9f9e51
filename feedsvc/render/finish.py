"""feedgen extensions that write what feedgen has no words for, into the element tree while it makes it.

feedgen asks an extension for namespaces (`extend_ns`) and hands it the root or the entry (`extend_rss`, `extend_atom`).
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from lxml.etree import ProcessingInstruction, SubElement

from feedsvc.models import Entry, Feed

RSS_TYPE = "application/rss+xml"
_ATOM = "{http://www.w3.org/2005/Atom}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class FinishFeed:
    """What feedgen cannot say of a feed: its style sheet, and in RSS its language as XML and its other pages."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """Return no further namespaces."""
        return {}

    def extend_rss(self, root: Any) -> None:
        """Finish `<rss>`; RFC 5005 section 3 gives the links between pages."""
        self.extend_atom(root)
        _set_language(root, self.feed.language)
        for rel, href in self.feed.pages:
            SubElement(root[0], f"{_ATOM}link", href=href, rel=rel, type=RSS_TYPE)

    def extend_atom(self, root: Any) -> None:
        """Finish `<feed>`: https://www.w3.org/TR/xml-stylesheet/."""
        href = escape(f"{self.feed.base_url}static/feed.css")
        root.addprevious(ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{href}"'))


@dataclass(frozen=True, slots=True)
class FinishEntry:
    """What feedgen cannot say of an entry: its own language, its date of change in RSS, its other links in Atom."""

    entry: Entry

    def extend_rss(self, item: Any) -> None:
        """Finish `<item>`: RSS itself has no date of change."""
        _set_language(item, self.entry.language)
        SubElement(item, f"{_ATOM}updated").text = self.entry.updated.isoformat()

    def extend_atom(self, entry: Any) -> None:
        """Finish `<entry>`; feedgen would lose these links' attributes (lkiesow/python-feedgen#135)."""
        _set_language(entry, self.entry.language)
        if self.entry.original:
            SubElement(entry, "link", rel="via", href=self.entry.original)
        if enclosure := self.entry.enclosure:
            length = {"length": str(enclosure.length)} if enclosure.length else {}
            SubElement(entry, "link", rel="enclosure", href=enclosure.url, type=enclosure.type, **length)


def _set_language(element: Any, language: str) -> None:
    if language:
        element.set(_LANGUAGE, language)
