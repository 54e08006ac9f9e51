"""What makes an RSS feed a podcast: `itunes:*`, by feedgen as far as it can, and `podcast:*`.

https://podcasters.apple.com/support/823-podcast-requirements, https://podcasting2.org/docs/podcast-namespace.
"""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from lxml.etree import SubElement

from feedsvc.entries import Entry
from feedsvc.models import Episode
from feedsvc.podcast_settings import Show

_NAMES = {"itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd", "podcast": "https://podcastindex.org/namespace/1.0"}
_CHAPTER_NAMES = {"psc": "http://podlove.org/simple-chapters"}  # declared where it is used: few validators know it
_ITUNES, _PODCAST, _CHAPTER = (f"{{{name}}}" for name in (*_NAMES.values(), *_CHAPTER_NAMES.values()))
_CHAPTERS = "application/json+chapters"


def add_show(channel: Any, show: Show, entries: Iterable[Entry]) -> None:
    """Add to a feed of feedgen what it says of itself as a podcast."""
    channel.load_extension("podcast", atom=False)
    channel.podcast.itunes_author(show.author)
    channel.podcast.itunes_category([_to_category(*pair) for pair in show.categories] or None)
    channel.podcast.itunes_type(show.kind or None)
    if show.email:
        channel.podcast.itunes_owner(show.owner, show.email)
    has_chapters = any(entry.episode and entry.episode.parts for entry in entries)
    names = _NAMES | (_CHAPTER_NAMES if has_chapters else {})
    _extend(channel, lambda root: _finish_show(show, root[0]), names)


def add_episode(item: Any, entry: Entry, show: Show) -> None:
    """Add to an item of feedgen what its post says of itself as an episode."""
    if episode := entry.episode:
        item.podcast.itunes_author(", ".join(author.name for author in entry.authors) or show.author)
        item.podcast.itunes_duration(str(episode.duration) if episode.duration else None)
        item.podcast.itunes_season(episode.season or None)
        item.podcast.itunes_episode(episode.number or None)
        item.podcast.itunes_episode_type(episode.kind or None)
        _extend(item, lambda element: _finish_episode(episode, element))


def _to_category(name: str, within: str) -> dict[str, str]:
    return {"cat": name, "sub": within} if within else {"cat": name}


# --- what feedgen cannot write -------------------------------------------------------------------


def _extend(what: Any, finish: Any, names: Mapping[str, str] = _NAMES) -> None:
    """Register `finish` as an extension, so that feedgen calls it with the element of a feed or an entry."""
    extension = SimpleNamespace(extend_ns=lambda: names, extend_rss=finish)
    what.register_extension("podcasting", lambda: extension, atom=False)


def _finish_show(show: Show, channel: Any) -> None:
    """Add to `<channel>` its picture, which feedgen takes with two suffixes only, and `podcast:*`."""
    if show.image:
        SubElement(channel, f"{_ITUNES}image", href=show.image)
    SubElement(channel, f"{_ITUNES}explicit").text = _to_truth(is_true=show.explicit)
    SubElement(channel, f"{_PODCAST}guid").text = show.guid
    if show.locked is not None:
        owner = {"owner": show.email} if show.email else {}
        SubElement(channel, f"{_PODCAST}locked", **owner).text = "yes" if show.locked else "no"
    if show.funding:
        SubElement(channel, f"{_PODCAST}funding", url=show.funding).text = show.author
    SubElement(channel, f"{_PODCAST}medium").text = "podcast"


def _finish_episode(episode: Episode, item: Any) -> None:
    if episode.image:
        SubElement(item, f"{_ITUNES}image", href=episode.image)
    if episode.explicit is not None:
        SubElement(item, f"{_ITUNES}explicit").text = _to_truth(is_true=episode.explicit)
    for one in episode.transcripts:
        language = {"language": one.language} if one.language else {}
        SubElement(item, f"{_PODCAST}transcript", url=one.url, type=one.type, **language)
    if episode.chapters:
        SubElement(item, f"{_PODCAST}chapters", url=episode.chapters, type=_CHAPTERS)
    for person in episode.persons:
        given = {"role": person.role, "img": person.image, "href": person.url}
        attributes = {name: value for name, value in given.items() if value}
        SubElement(item, f"{_PODCAST}person", **attributes).text = person.name

    if episode.parts:
        _add_chapters(episode, item)


def _add_chapters(episode: Episode, item: Any) -> None:
    """Add the chapters that the post lists: https://podlove.org/simple-chapters/."""
    chapters = SubElement(item, f"{_CHAPTER}chapters", version="1.2")
    for part in episode.parts:
        start = f"{part.start // 3600:02}:{part.start // 60 % 60:02}:{part.start % 60:02}"
        href = {"href": part.url} if part.url else {}
        SubElement(chapters, f"{_CHAPTER}chapter", start=start, title=part.title, **href)


def _to_truth(*, is_true: bool) -> str:
    """Return a truth as Apple's requirements have it; feedgen has older words only."""
    return "true" if is_true else "false"
