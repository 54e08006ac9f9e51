"""A `Feed` in, the bytes of a document out: RSS 2.0, Atom 1.0, JSON Feed 1.1; and pages for people in `pages`.

Pure: the same feed gives the same bytes, in any process, thread and locale. feedgen, lxml and Jinja live only here.
`prepare` makes any feed fit to be written, each writer then only writes.
"""

from collections.abc import Callable, Mapping

from feedsvc.models import Feed, Format
from feedsvc.render.json_feed import to_json
from feedsvc.render.rss_atom import to_atom, to_rss

RENDERERS: Mapping[Format, Callable[[Feed], bytes]] = {
    Format.RSS: to_rss,
    Format.ATOM: to_atom,
    Format.JSON: to_json,
}

MEDIA_TYPES: Mapping[Format, str] = {
    Format.RSS: "application/rss+xml; charset=utf-8",
    Format.ATOM: "application/atom+xml; charset=utf-8",
    # JSON is UTF-8 by definition, the type has no charset parameter: RFC 8259 section 11
    Format.JSON: "application/feed+json",
    Format.HTML: "text/html; charset=utf-8",
}
