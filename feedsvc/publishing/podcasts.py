"""A feed with episodes as a podcast: what the settings say of it, its picture and its id. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID, uuid5

from feedsvc.entries import Entry
from feedsvc.models import FeedRequest, Format, ScopeKind
from feedsvc.podcast_settings import Show
from feedsvc.publishing.entries import to_picture_url
from feedsvc.publishing.routing import url_of
from feedsvc.settings import Settings, site_author

_NAMESPACE = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # https://podcasting2.org/docs/podcast-namespace/tags/guid


def to_show(request: FeedRequest, settings: Settings, base: str) -> Show:
    """Return what a feed says of itself as a podcast; every field that directories require has a default."""
    show = settings.podcast
    author = show.author or site_author(settings).name
    image = show.image or settings.logo or settings.icon
    return replace(
        show,
        author=author,
        owner=show.owner or author,
        email=show.email or site_author(settings).email,
        image=to_picture_url(image, settings, base),
        guid=_guid_of(request, settings, base),
    )


def _guid_of(request: FeedRequest, settings: Settings, base: str) -> str:
    """Return the id of a podcast, made of the URL of its feed; the one that is set is for the feed of everything."""
    if settings.podcast.guid and request.scope.kind is ScopeKind.ALL and not request.filters:
        return settings.podcast.guid
    first = replace(request, format=Format.RSS, page=1, limit=settings.limit, content=settings.content)
    url = base + url_of(first, settings)
    return str(uuid5(_NAMESPACE, url.partition("://")[2].rstrip("/")))


def language_of_episodes(entries: Iterable[Entry]) -> str:
    """Return the language that all episodes of a feed are in, "" without episodes or if they differ.

    Directories require a language of a podcast; other feeds are as they are without it.
    """
    languages = {entry.language for entry in entries if entry.episode}
    return languages.pop() if len(languages) == 1 else ""
