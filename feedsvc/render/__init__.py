"""A `Feed` in, the bytes of a document out: RSS, Atom and JSON Feed; pages for people in `html`, lists in `opml`.

`FORMATS` is the one table of feed formats: a format is a row of it and its writer. A writer calls `prepare`, which
makes any feed fit to be written, and then only writes. Pure: the same feed gives the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name

from feedsvc.entries import Feed
from feedsvc.models import Format

Writer = Callable[[Feed], bytes]

HTML_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class FeedFormat:
    """A format of feeds: the file that a URL ends in, the media type, the name shown to readers, and the writer."""

    file: str
    media_type: str
    label: str
    write: Writer


def _load_later(name: str) -> Writer:
    """Return a writer that is imported when it is first called: most commands write no feed, and feedgen is large."""

    def write(feed: Feed) -> bytes:
        writer: Writer = resolve_name(f"{__name__}.{name}")
        return writer(feed)

    return write


# In the order in which pages list them; the first is the one to subscribe to.
FORMATS: dict[str, FeedFormat] = {
    Format.RSS: FeedFormat("rss.xml", "application/rss+xml; charset=utf-8", "RSS", _load_later("rss_atom:to_rss")),
    Format.ATOM: FeedFormat("atom.xml", "application/atom+xml; charset=utf-8", "Atom", _load_later("rss_atom:to_atom")),
    # JSON is UTF-8 by definition, the type has no charset parameter: RFC 8259 section 11
    Format.JSON: FeedFormat("feed.json", "application/feed+json", "JSON Feed", _load_later("json_feed:to_json")),
}
