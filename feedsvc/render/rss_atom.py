"""A `Feed` as RSS 2.0 and as Atom 1.0, written by feedgen; what feedgen cannot write is added to its elements."""

from collections.abc import Callable
from email.utils import format_datetime
from functools import partial
from html import escape
from types import SimpleNamespace
from typing import Any

import feedgen.entry
import feedgen.feed
from lxml.etree import ProcessingInstruction, SubElement

from feedsvc.entries import Entry, Feed
from feedsvc.render.normalize import prepare
from feedsvc.render.podcasts import add_episode, add_show
from feedsvc.urls import to_host

_RSS_TYPE = "application/rss+xml"
_ATOM_TYPE = "application/atom+xml"
_ATOM = "{http://www.w3.org/2005/Atom}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# feedgen's own function sets the locale of the whole process to "C" and back for every date: with several threads
# other code sees the wrong one, and it may stay. The standard library's writes the same dates without a locale.
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime


def to_rss(feed: Feed) -> bytes:
    """Write a feed as RSS 2.0, to the RSS Advisory Board's profile: https://www.rssboard.org/rss-profile."""
    feed = prepare(feed)
    channel = _start(feed, _finish_rss)
    channel.load_extension("dc")
    channel.description(feed.description or feed.title)  # required
    channel.link(href=feed.self_url, rel="self", type=_RSS_TYPE)
    channel.link(href=feed.page_url, rel="alternate")  # feedgen takes the last one as the channel's <link>
    if not feed.title.startswith(feed.author.name):  # it is the title where nobody is named
        channel.dc.dc_creator(feed.author.name)
    if feed.author.email:
        channel.managingEditor(f"{feed.author.email} ({feed.author.name})")
    channel.ttl(max(feed.ttl, 0))  # 0 is left out
    if picture := feed.logo or feed.icon or (feed.show.image if feed.show else ""):
        channel.image(url=picture, title=feed.title, link=feed.page_url)
    if feed.show:
        add_show(channel, feed.show, feed.entries)
    for entry in feed.entries:
        _add_item(channel, entry, feed)
    return bytes(channel.rss_str())


def to_atom(feed: Feed) -> bytes:
    """Write a feed as Atom 1.0: RFC 4287, and RFC 5005 section 3 for its pages."""
    feed = prepare(feed)
    document = _start(feed, _finish_atom)
    document.subtitle(feed.description)
    document.icon(feed.icon or None)
    document.logo(feed.logo or None)
    document.author(name=feed.author.name, email=feed.author.email, uri=feed.author.url)
    language = {"hreflang": feed.language} if feed.language else {}
    document.link(href=feed.page_url, rel="alternate", type="text/html", **language)
    if feed.hub:
        document.link(href=feed.hub, rel="hub")
    for rel, href in (("self", feed.self_url), *feed.pages):
        document.link(href=href, rel=rel, type=_ATOM_TYPE)
    for entry in feed.entries:
        _add_entry(document, entry, feed)
    return bytes(document.atom_str())


def _start(feed: Feed, finish: Callable[[Feed, Any], None]) -> Any:
    """Begin a feed with what both formats share."""
    document = feedgen.feed.FeedGenerator()
    document.load_extension("media")
    _extend(document, partial(finish, feed))
    document.id(feed.id)
    document.title(feed.title)
    document.updated(feed.updated)
    document.generator("feedsvc")  # without a version: a release must not change every feed
    document.language(feed.language)
    return document


def _add(document: Any, entry: Entry, feed: Feed, finish: Callable[[Entry, Any], None]) -> Any:
    """Add an entry with what both formats share."""
    element = document.add_entry(order="append")
    _extend(element, partial(finish, entry))
    element.id(entry.id)
    element.title(entry.title)
    element.link(href=entry.link)
    element.published(entry.published)
    element.updated(entry.updated)
    element.category(_list_categories(entry, feed.base_url))
    if entry.image:
        element.media.thumbnail(url=entry.image, group=None)
        if feed.show is None:  # gPodder takes the picture for an episode's sound
            element.media.content(url=entry.image, medium="image", group=None)
    return element


def _add_item(channel: Any, entry: Entry, feed: Feed) -> None:
    """Add an `<item>`; its description is HTML by the profile, so plain text is escaped once more."""
    item = _add(channel, entry, feed, _finish_item)
    item.summary(escape(entry.summary, quote=False))
    # not <author>, which holds an e-mail address
    item.dc.dc_creator([author.name for author in entry.authors])
    if entry.content:
        item.content(entry.content, type="CDATA")
    if entry.original:
        item.source(url=entry.original, title=to_host(entry.original))
    if enclosure := entry.enclosure:
        item.enclosure(url=enclosure.url, length=enclosure.length, type=enclosure.type)
    if entry.episode and feed.show:
        add_episode(item, entry, feed.show)


def _add_entry(document: Any, entry: Entry, feed: Feed) -> None:
    """Add an `<entry>`; title and summary are plain text, which all readers understand alike."""
    element = _add(document, entry, feed, _finish_entry)
    if entry.summary != entry.title or not entry.content:  # RFC 4287 section 4.1.2: content is enough
        element.summary(entry.summary)
    element.author([{"name": author.name, "email": author.email, "uri": author.url} for author in entry.authors])
    if entry.content:
        element.content(entry.content, type="html")


def _list_categories(entry: Entry, base_url: str) -> list[dict[str, str]]:
    """Return categories, then tags, as the feeds of most generators have them; their schemes differ."""
    kinds = (("categories", entry.categories), ("tags", entry.tags))
    return [{"term": name, "scheme": f"{base_url}{kind}/"} for kind, names in kinds for name in names]


# --- what feedgen cannot write -------------------------------------------------------------------


def _extend(what: Any, finish: Callable[[Any], None]) -> None:
    """Register `finish` as an extension, so that feedgen calls it with the element of a feed or an entry."""
    what.register_extension("finish", lambda: SimpleNamespace(extend_ns=dict, extend_rss=finish, extend_atom=finish))


def _finish_rss(feed: Feed, root: Any) -> None:
    """Add to `<rss>` its style sheet, its language as XML, its hub and its other pages (RFC 5005 section 3)."""
    _finish_atom(feed, root)
    _set_language(root, feed.language)
    if feed.hub:
        SubElement(root[0], f"{_ATOM}link", href=feed.hub, rel="hub")
    for rel, href in feed.pages:
        SubElement(root[0], f"{_ATOM}link", href=href, rel=rel, type=_RSS_TYPE)


def _finish_atom(feed: Feed, root: Any) -> None:
    """Add to `<feed>` its style sheet: https://www.w3.org/TR/xml-stylesheet/."""
    href = escape(f"{feed.base_url}static/feed.css")
    root.addprevious(ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{href}"'))


def _finish_item(entry: Entry, item: Any) -> None:
    """Add to `<item>` its own language, and its date of change, for which RSS has no element."""
    _set_language(item, entry.language)
    SubElement(item, f"{_ATOM}updated").text = entry.updated.isoformat()


def _finish_entry(entry: Entry, element: Any) -> None:
    """Add to `<entry>` its own language and the links whose attributes feedgen loses (lkiesow/python-feedgen#135)."""
    _set_language(element, entry.language)
    if entry.original:
        SubElement(element, "link", rel="via", href=entry.original)
    if enclosure := entry.enclosure:
        length = {"length": str(enclosure.length)} if enclosure.length else {}
        SubElement(element, "link", rel="enclosure", href=enclosure.url, type=enclosure.type, **length)


def _set_language(element: Any, language: str) -> None:
    if language:
        element.set(_LANGUAGE, language)
