"""Pages for people, as HTML without scripts: the front page, the page of a scope, the page of a post.

The templates decide how pages look; their values come from here. All are escaped but the clean HTML of a post.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from feedsvc.days import to_local
from feedsvc.entries import Entry, Feed, ScopeGroup, ScopeLinks, Selection, Site, Status
from feedsvc.models import Problem
from feedsvc.render import FORMATS
from feedsvc.render.locales import write_count, write_day, write_moment, write_number
from feedsvc.render.normalize import prepare, prepare_entry
from feedsvc.text import make_legal, to_language
from feedsvc.urls import to_host, to_relative
from feedsvc.wording import find_language, words_for

_WIDE = re.compile(r"<(pre|table)(?=[ >])")
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


@pass_context
def _relative(context: Context, url: str) -> str:
    """Return a URL of the service relative to the page, so that pages work wherever they are served."""
    return to_relative(url, context["here"], context["site"].home_url)


@pass_context
def _text(context: Context, key: str, **values: object) -> str:
    """Return a text of the interface."""
    text: str = context["words"].text(key, **values)
    return text


@pass_context
def _count(context: Context, number: int, noun: str) -> str:
    """Return a number with what it counts."""
    return write_count(number, noun, context["words"])


@pass_context
def _number(context: Context, number: int) -> str:
    """Return a number as the language of the interface writes it."""
    return write_number(number, context["words"])


@pass_context
def _day(context: Context, moment: datetime, *, is_long: bool = False) -> str:
    """Return the day of a moment in the site's time zone."""
    return write_day(to_local(moment, context["site"].timezone).date(), context["words"], is_long=is_long)


@pass_context
def _moment(context: Context, moment: datetime) -> str:
    """Return a moment in the site's time zone."""
    return write_moment(to_local(moment, context["site"].timezone), context["words"])


_templates.globals |= {"text": _text, "count": _count}
_templates.filters |= {"relative": _relative, "number": _number, "day": _day, "moment": _moment, "host": to_host}


def front_page(site: Site, feed: Feed, everything: ScopeLinks, groups: tuple[ScopeGroup, ...]) -> bytes:
    """Return the front page: the newest posts, and the feeds of each kind that `groups` holds."""
    return _render("front.html", site, site.home_url, everything, groups=groups, feed=prepare(feed))


def list_page(site: Site, everything: ScopeLinks, group: ScopeGroup) -> bytes:
    """Return the page that lists all scopes of a kind."""
    return _render("list.html", site, group.url, everything, group=group)


def scope_page(site: Site, feed: Feed, selection: Selection) -> bytes:
    """Return the page of a scope or a selection of it: its posts, and how to subscribe to its feeds.

    `feed` is the page's own: its `self_url` and `pages` are URLs of pages.
    """
    return _render("scope.html", site, feed.self_url, selection.feeds, selection=selection, feed=prepare(feed))


def post_page(site: Site, entry: Entry, everything: ScopeLinks, groups: tuple[ScopeGroup, ...]) -> bytes:
    """Return the page of a post: its whole body, and the feeds of the scopes that it is in."""
    shown = prepare_entry(entry, site.home_url, to_language(site.language), site.timezone)
    shown = replace(shown, content=_let_keys_scroll(shown.content))
    return _render("post.html", site, entry.link, everything, groups=groups, entry=shown)


def status_page(site: Site, everything: ScopeLinks, status: Status, problems: Sequence[Problem]) -> bytes:
    """Return the page for operators: the numbers of `status`, and the problems that may be shown."""
    return _render(
        "status.html", site, f"{site.home_url}status", everything, status=status, problems=tuple(map(str, problems))
    )


def _let_keys_scroll(html: str) -> str:
    """Make what may be wider than the screen scroll by keys (WCAG 2.1.1).

    Written without quotes: a match inside a quoted attribute must not end its value.
    """
    return _WIDE.sub(r"<\1 tabindex=0", html)


def _render(name: str, site: Site, here: str, alternates: ScopeLinks, **values: object) -> bytes:
    """Render the page at the URL `here`; `alternates` are the feeds that browsers and readers find by it."""
    formats = tuple((row.label, row.media_type.partition(";")[0]) for row in FORMATS.values())
    given = values | {"site": site, "here": here, "alternates": alternates, "formats": formats}
    words = words_for(site.language)
    shown = {key: make_legal(value) for key, value in given.items()}
    language = to_language(site.language) if find_language(site.language) else words.language
    return _templates.get_template(name).render(shown | {"words": words, "language": language}).encode()
