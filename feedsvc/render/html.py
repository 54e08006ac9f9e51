"""Pages for people, as HTML: the front page, the page of a scope, the page of a post. One script copies a URL.

The templates decide how pages look; their values come from here. All are escaped but the clean HTML of a post.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from feedsvc.days import to_local
from feedsvc.entries import Details, Entry, Feed, ScopeGroup, ScopeLinks, Selection, SiteView, Status
from feedsvc.language_detection import correct_language
from feedsvc.models import ScopeKind
from feedsvc.render import FORMATS
from feedsvc.render.locales import (
    write_count,
    write_day,
    write_duration,
    write_language,
    write_moment,
    write_number,
    write_seconds,
    write_size,
)
from feedsvc.render.normalize import prepare, prepare_entry
from feedsvc.render.reading_time import count_minutes
from feedsvc.render.subscribing import reader_links, to_readable_url, with_token
from feedsvc.text import make_legal, to_language
from feedsvc.urls import to_host, to_relative
from feedsvc.wording import Words, find_language, translate_reason, words_for

ERRORS = (400, 404, 410, 500, 503)  # statuses that have a page
_WIDE = re.compile(r"<(pre|table)(?=[ >])")
_PREPARED = frozenset({"feed", "entry"})  # values that `prepare` has made legal
_ALIGNED = re.compile('(<t[hd][^>]*?) align="(left|center|right)"')
_TEMPLATES = Path(__file__).parent / "templates"
SCRIPT = (_TEMPLATES / "page.js").read_text("utf-8")  # allowed by its hash alone
_templates = Environment(
    loader=FileSystemLoader(_TEMPLATES),
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


def _in_words(write: Callable[[Any, Words], str]) -> Callable[[Context, Any], str]:
    """Return a filter that writes a value in the language of the interface."""

    @pass_context
    def write_value(context: Context, value: Any) -> str:
        return write(value, context["words"])

    return write_value


@pass_context
def _day(context: Context, moment: datetime, *, is_long: bool = False) -> str:
    """Return the day of a moment in the site's time zone."""
    return write_day(to_local(moment, context["site"].timezone).date(), context["words"], is_long=is_long)


@pass_context
def _name(context: Context, name: str, kind: ScopeKind) -> str:
    """Return the name of a scope as readers know it: that of a language is no tag."""
    return write_language(name, context["words"]) if kind is ScopeKind.LANGUAGE else name


@pass_context
def _moment(context: Context, moment: datetime) -> str:
    """Return a moment in the site's time zone."""
    return write_moment(to_local(moment, context["site"].timezone), context["words"])


@pass_context
def _private(context: Context, url: str) -> str:
    """Return the URL of a feed as a reader needs it: with the token, where one is set."""
    return with_token(url, context["site"].token)


@pass_context
def _readers(context: Context, url: str) -> tuple[tuple[str, str], ...]:
    """Return where feed readers subscribe to a feed."""
    return reader_links(url, context["site"].miniflux_url)


_templates.globals |= {"text": _text, "count": _count, "script": SCRIPT}
_templates.filters |= {
    "relative": _relative,
    "number": _in_words(write_number),
    "seconds": _in_words(write_seconds),
    "size": _in_words(write_size),
    "reason": _in_words(translate_reason),
    "day": _day,
    "moment": _moment,
    "name": _name,
    "host": to_host,
    "duration": write_duration,
}
_templates.filters |= {"private": _private, "readers": _readers, "readable": to_readable_url}


def front_page(site: SiteView, feed: Feed, everything: ScopeLinks, groups: tuple[ScopeGroup, ...]) -> bytes:
    """Return the front page: the newest posts, and the feeds of each kind that `groups` holds."""
    return _render("front.html", site, site.home_url, everything, groups=groups, feed=_prepare(feed, site))


def list_page(site: SiteView, everything: ScopeLinks, group: ScopeGroup) -> bytes:
    """Return the page that lists all scopes of a kind."""
    return _render("list.html", site, group.url, everything, group=group)


def scope_page(site: SiteView, feed: Feed, selection: Selection) -> bytes:
    """Return the page of a scope or a selection of it: its posts, and how to subscribe to its feeds.

    `feed` is the page's own: its `self_url` and `pages` are URLs of pages.
    """
    return _render("scope.html", site, feed.self_url, selection.feeds, selection=selection, feed=_prepare(feed, site))


def post_page(site: SiteView, entry: Entry, everything: ScopeLinks) -> bytes:
    """Return the page of a post: its whole body, the posts next to it, and how to subscribe."""
    spoken = _correct(entry, site)
    shown = prepare_entry(spoken, site.home_url, page_language(site), site.timezone)
    shown = replace(shown, content=_align_cells(_make_scrollable(shown.content)))
    minutes = count_minutes(shown.content)
    return _render("post.html", site, entry.link, everything, entry=shown, minutes=minutes)


def page_language(site: SiteView) -> str:
    """Return the language of a page: that of the site, if the interface has words in it, else English."""
    return to_language(site.language) if find_language(site.language) else words_for("").language


def _prepare(feed: Feed, site: SiteView) -> Feed:
    """Return a feed fit to be shown, each entry with its language if that is not the page's."""
    entries = tuple(_correct(entry, site) for entry in feed.entries)
    return prepare(replace(feed, language=page_language(site), entries=entries))


def _correct(entry: Entry, site: SiteView) -> Entry:
    """Return an entry in its own language; one that it only has from the site must be in the script of its text."""
    own = to_language(entry.language)
    if own and own != to_language(site.language):
        return entry
    return replace(entry, language=correct_language(own or page_language(site), f"{entry.title} {entry.summary}"[:200]))


def status_page(site: SiteView, everything: ScopeLinks, status: Status, details: Details) -> bytes:
    """Return the page for operators: the numbers of `status`, and the details that may be shown."""
    problems = tuple(map(str, details.problems))
    here = f"{site.home_url}status"
    return _render(
        "status.html", site, here, everything, status=status, problems=problems, deliveries=details.deliveries
    )


def error_page(site: SiteView, everything: ScopeLinks, status: int, detail: str, seconds: int = 0) -> bytes:
    """Return the page of an error, one of ERRORS, which loads itself again after `seconds`, if they are given.

    It may stand at any depth, so that all its links are paths from the root of the host.
    """
    here = f"{site.home_url}%2F"
    return _render("error.html", site, here, everything, status=status, detail=detail, seconds=seconds)


def _make_scrollable(html: str) -> str:
    """Make what may be wider than the screen scroll by keys (WCAG 2.1.1).

    Written without quotes: a match inside a quoted attribute must not end its value.
    """
    return _WIDE.sub(r"<\1 tabindex=0", html)


def _align_cells(html: str) -> str:
    """Align the cells of tables by classes: the attribute, which feed readers need, is obsolete in HTML."""
    return _ALIGNED.sub(r'\1 class="\2"', html)


def _render(name: str, site: SiteView, here: str, alternates: ScopeLinks, **values: object) -> bytes:
    """Render the page at the URL `here`; `alternates` are the feeds that browsers and readers find by it."""
    formats = tuple((row.label, row.media_type.partition(";")[0]) for row in FORMATS.values())
    given = values | {"site": site, "here": here, "alternates": alternates, "formats": formats}
    shown = {key: value if key in _PREPARED else make_legal(value) for key, value in given.items()}
    language = {"words": words_for(site.language), "language": page_language(site)}
    return _templates.get_template(name).render(shown | language).encode()
