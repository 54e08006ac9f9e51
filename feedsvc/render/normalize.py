"""What every format needs of a `Feed`: legal text, ASCII URLs, a title everywhere, and no name twice.

The writers only write what is prepared here; they decide nothing about content.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from feedsvc.days import format_day
from feedsvc.entries import Entry, Feed
from feedsvc.models import Author, Enclosure, Episode
from feedsvc.podcast_settings import Show
from feedsvc.text import make_legal, shorten, to_language, to_line
from feedsvc.urls import to_uri

_TITLE_WIDTH = 60
_EMAIL = re.compile(r"[\w.+%-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


def prepare(feed: Feed) -> Feed:
    """Return a feed that any format can hold; what cannot be used is left out, and never an error."""
    legal = make_legal(replace(feed, entries=()))
    title = to_line(legal.title) or legal.page_url
    language = to_language(legal.language)
    return replace(
        legal,
        title=title,
        description=to_line(legal.description),
        updated=_to_second(legal.updated),
        author=_prepare_author(legal.author) or Author(title),
        language=language,
        icon=to_uri(legal.icon),
        logo=to_uri(legal.logo),
        show=_prepare_show(legal.show),
        entries=tuple(prepare_entry(entry, legal.page_url, language, legal.timezone) for entry in feed.entries),
    )


def prepare_entry(entry: Entry, home_url: str, language: str, timezone: tzinfo = UTC) -> Entry:
    """Return an entry that any format can hold; it links to `home_url` if its own link is not an http(s) URL.

    Its language is kept only if it differs from `language`, that of the feed or page around it. An untitled entry is
    called by the first words of its summary, else by its day in `timezone`: Atom requires a title, and many readers
    show nothing to click without one. An entry without a summary gets its title as one: RSS requires a description
    beside `content:encoded`, JSON Feed requires content.
    """
    legal = make_legal(entry)
    title = to_line(legal.title) or shorten(legal.summary, _TITLE_WIDTH) or format_day(legal.published, timezone)
    own_language = to_language(legal.language)
    tags = _distinct(legal.tags)
    return replace(
        legal,
        title=title,
        link=to_uri(legal.link) or home_url,
        published=_to_second(legal.published),
        updated=_to_second(legal.updated),
        summary=legal.summary.strip() or title,
        authors=tuple(author for author in map(_prepare_author, legal.authors) if author),
        tags=tags,
        categories=tuple(name for name in _distinct(legal.categories) if name not in tags),
        original=to_uri(legal.original),
        language=own_language if own_language != language else "",
        image=to_uri(legal.image),
        enclosure=(enclosure := _prepare_enclosure(legal.enclosure)),
        episode=_prepare_episode(legal.episode) if enclosure else None,
    )


def _prepare_author(author: Author) -> Author | None:
    """Return the author, or None without a name: Atom requires one (RFC 4287 section 3.2.1)."""
    name = to_line(author.name)
    email = author.email if _EMAIL.fullmatch(author.email) else ""
    return Author(name, email, to_uri(author.url)) if name else None


def _prepare_enclosure(enclosure: Enclosure | None) -> Enclosure | None:
    """Return the enclosure with a legal URL, type and length, or None without a URL."""
    if enclosure is None or not (url := to_uri(enclosure.url)):
        return None
    media_type = enclosure.type if _MEDIA_TYPE.fullmatch(enclosure.type) else "application/octet-stream"
    return Enclosure(url, media_type, max(enclosure.length, 0))


def _prepare_episode(episode: Episode | None) -> Episode | None:
    """Return the episode with ASCII URLs, without the people and transcripts that have no name or URL."""
    if episode is None:
        return None
    persons = (
        replace(one, name=to_line(one.name), image=to_uri(one.image), url=to_uri(one.url)) for one in episode.persons
    )
    transcripts = (replace(one, url=to_uri(one.url)) for one in episode.transcripts if _MEDIA_TYPE.fullmatch(one.type))
    return replace(
        episode,
        image=to_uri(episode.image),
        chapters=to_uri(episode.chapters),
        persons=tuple(one for one in persons if one.name),
        transcripts=tuple(one for one in transcripts if one.url),
        parts=tuple(replace(one, title=to_line(one.title), url=to_uri(one.url)) for one in episode.parts),
    )


def _prepare_show(show: Show | None) -> Show | None:
    if show is None:
        return None
    return replace(show, author=to_line(show.author), owner=to_line(show.owner), image=to_uri(show.image))


def _to_second(moment: datetime) -> datetime:
    """Drop the microseconds, which dates in RSS cannot hold, so that all formats have the same time."""
    return moment.replace(microsecond=0)


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that are not blank, each once, in their order."""
    return tuple(dict.fromkeys(line for name in names if (line := to_line(name))))
