"""Pages for people, as HTML without scripts: the front page, the page of a scope, the page of a post.

The templates decide how things look; here is only what they are given. Values are escaped, but for a post's clean HTML.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from feedsvc.models import Entry, Feed, ScopeKind, ScopeLinks, Selection, Site
from feedsvc.render.prepare import prepare, prepare_entry, to_language
from feedsvc.text import make_legal

_HEADINGS = {
    ScopeKind.ALL: "Everything",
    ScopeKind.TAG: "Tags",
    ScopeKind.CATEGORY: "Categories",
    ScopeKind.AUTHOR: "Authors",
}
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def front_page(site: Site, feeds: Sequence[ScopeLinks], newest: Sequence[Entry]) -> bytes:
    """Write the page of the whole: every feed by kind, and the newest posts; `feeds[0]` is everything."""
    legal = make_legal(tuple(feeds))
    return _render(
        "front.html",
        site,
        alternates=legal[0],
        groups=_group(legal[1:]),
        entries=[prepare_entry(entry, site.home_url) for entry in newest],
    )


def scope_page(site: Site, feed: Feed, selection: Selection) -> bytes:
    """Write the page of one scope or a selection of it: what its feed has, and how to subscribe to it.

    `feed` is the page's own: its `self_url`, `next_url` and `previous_url` are addresses of pages.
    """
    legal = make_legal(selection)
    return _render("scope.html", site, alternates=legal.feeds, selection=legal, feed=prepare(feed))


def post_page(site: Site, entry: Entry, feeds: Sequence[ScopeLinks]) -> bytes:
    """Write the page of one post: the whole article; `feeds` are everything and the scopes the post is in."""
    legal = make_legal(tuple(feeds))
    return _render(
        "post.html",
        site,
        alternates=legal[0],
        groups=_group(legal[1:]),
        entry=prepare_entry(entry, site.home_url),
    )


def _group(feeds: Sequence[ScopeLinks]) -> list[tuple[str, list[ScopeLinks]]]:
    """Sort scopes under the heading of their kind; a kind without scopes has none."""
    groups = ((heading, [links for links in feeds if links.kind is kind]) for kind, heading in _HEADINGS.items())
    return [(heading, members) for heading, members in groups if members]


def _render(name: str, site: Site, **values: object) -> bytes:
    legal = replace(make_legal(site), language=to_language(site.language))
    return _templates.get_template(name).render(site=legal, **values).encode()
