"""All feeds as OPML 2.0, for feed readers to import: http://opml.org/spec2.opml."""

from collections.abc import Sequence

from lxml.etree import Element, SubElement, tostring

from feedsvc.entries import ScopeGroup, SiteView
from feedsvc.render import FORMATS
from feedsvc.render.locales import write_count
from feedsvc.text import make_legal
from feedsvc.wording import words_for

OPML_TYPE = "text/x-opml; charset=utf-8"


def to_opml(site: SiteView, groups: Sequence[ScopeGroup]) -> bytes:
    """Write the feed of everything, and those of scopes in a folder for each kind; in the first of `FORMATS`.

    A folder without all scopes of its kind ends with a link to the page that lists them.
    """
    site, groups = make_legal(site), make_legal(tuple(groups))
    words = words_for(site.language)
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = site.title
    body = SubElement(root, "body")
    first = next(iter(FORMATS.values()))
    _add(body, site.title, site.home_url + first.file, site.home_url)
    for group in groups:
        if group.scopes:
            folder = SubElement(body, "outline", text=words.text(f"kind.{group.kind}"))
            for links in group.scopes:
                _add(folder, links.name, links.feed_urls[0], links.page_url)
            if group.count > len(group.scopes):
                every = words.text("page.all", count=write_count(group.count, group.kind, words))
                SubElement(folder, "outline", type="link", text=every, url=group.url)
    return bytes(tostring(root, xml_declaration=True, encoding="UTF-8"))


def _add(parent: object, title: str, feed: str, page: str) -> None:
    SubElement(parent, "outline", type="rss", text=title, title=title, xmlUrl=feed, htmlUrl=page)
