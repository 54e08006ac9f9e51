"""Ids of entries and feeds, and the permalink an entry links to: what never changes under a subscriber. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from uuid import NAMESPACE_URL, uuid5

from feedsvc.models import Format, Post, Scope
from feedsvc.posts.permalinks import to_absolute
from feedsvc.publishing.routing import path_of
from feedsvc.settings import IdScheme, Settings

# RFC 3987 section 2.2 with the schemes of ids: a web address with a host, RFC 8141's urn, RFC 4151's tag. Of any other
# scheme a value may be what a reader would run ("javascript:alert(1)").
_IRI_CHAR = r"[^\x00-\x20\x7f-\xa0\s<>\"{}|\\^`]"


_ID_IRI = re.compile(f"(?:https?://(?![/?#]){_IRI_CHAR}|(?:urn|tag):{_IRI_CHAR}){_IRI_CHAR}*", re.IGNORECASE)


def entry_id(post: Post, settings: Settings) -> str:
    """Give the id an entry keeps whatever happens to its title, its tags or the base URL, by the scheme that is set."""
    return _SCHEMES[settings.id_scheme](post, settings)


def _uuid(post: Post, settings: Settings) -> str:
    """Return a declared id that is an http, https, urn or tag IRI; else a UUID of it, or of the path in NFC.

    A file copied through macOS changes its normalisation form, not its identity.
    """
    if _ID_IRI.fullmatch(post.guid):
        return post.guid
    return _urn(post.guid or unicodedata.normalize("NFC", post.path), settings)


def permalink(post: Post, settings: Settings) -> str:
    """Give the address of a post's page on its own site, "" where it has none."""
    return _on_site(post.url, settings)


def _on_site(path: str, settings: Settings) -> str:
    site = settings.jekyll
    return to_absolute(path, f"{site.url}{site.baseurl}") if path and site and site.url else ""


_SCHEMES: Mapping[IdScheme, Callable[[Post, Settings], str]] = {
    IdScheme.UUID: _uuid,
    IdScheme.JEKYLL_FEED: lambda post, settings: _on_site(post.site_id, settings),
    IdScheme.JEKYLL: lambda post, settings: (settings.jekyll.url if settings.jekyll else "") + post.site_id,
    IdScheme.PERMALINK: permalink,
}


def feed_id(scope: Scope, settings: Settings, legacy_path: str = "") -> str:
    """Give the id all formats and pages of a scope's feed share; at its old address a feed keeps its old one."""
    return _on_site(legacy_path, settings) or _urn(path_of(scope, Format.HTML), settings)


def _urn(name: str, settings: Settings) -> str:
    return uuid5(uuid5(NAMESPACE_URL, settings.id_namespace or "feedsvc"), name).urn
