"""Ids of entries and feeds, which never change, and permalinks on the site that the posts belong to. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from uuid import NAMESPACE_URL, uuid5

from feedsvc.models import Format, Post, Scope
from feedsvc.posts.permalinks import to_absolute
from feedsvc.publishing.routing import path_of, post_path_of
from feedsvc.settings import IdScheme, LinkTo, Settings
from feedsvc.urls import to_uri

# IRIs (RFC 3987 section 2.2) of the schemes that ids may have: http(s) with a host, urn (RFC 8141), tag (RFC 4151).
# A value of another scheme could be something that a feed reader runs ("javascript:alert(1)").
_IRI_CHAR = r"[^\x00-\x20\x7f-\xa0\s<>\"{}|\\^`]"
_ID_IRI = re.compile(f"(?:https?://(?![/?#]){_IRI_CHAR}|(?:urn|tag):{_IRI_CHAR}){_IRI_CHAR}*", re.IGNORECASE)


def entry_id(post: Post, settings: Settings) -> str:
    """Return the id of an entry by the scheme that is set; title, tags and base URL do not change it."""
    return _SCHEMES[settings.id_scheme](post, settings)


def _uuid(post: Post, settings: Settings) -> str:
    """Return the declared id if it is an http, https, urn or tag IRI; else a UUID made of it, or of the path.

    The path is in NFC, since copying a file through macOS changes the normal form of its name.
    """
    if _ID_IRI.fullmatch(post.guid):
        return post.guid
    return _urn(post.guid or unicodedata.normalize("NFC", post.path), settings)


def permalink(post: Post, settings: Settings) -> str:
    """Return the URL of a post's page on the site it belongs to, "" if it has none."""
    return _on_site(post.url, settings)


def link_to_post(post: Post, settings: Settings, link_to: LinkTo, base: str) -> str:
    """Return where an entry links to; its page on this service, below `base`, if it has no other."""
    site, original = permalink(post, settings), to_uri(post.original)
    chosen = {LinkTo.SITE: site, LinkTo.ORIGINAL: original, LinkTo.AUTO: site or original}.get(link_to, "")
    return chosen or base + post_path_of(post.path)


def _on_site(path: str, settings: Settings) -> str:
    """Return the URL of a path on the site; Jekyll normalizes its URLs, other generators' paths are URLs already."""
    if not path or not settings.own_url:
        return ""
    return to_absolute(path, settings.own_url) if settings.jekyll else f"{settings.own_url}{path}"


def _site_id(post: Post, settings: Settings) -> str:
    """Return the id that the site's own feed has, a UUID for a post that is not on the site."""
    if settings.jekyll:
        return _on_site(post.site_id, settings)
    return post.site_id or permalink(post, settings) or _uuid(post, settings)


_SCHEMES: Mapping[IdScheme, Callable[[Post, Settings], str]] = {
    IdScheme.UUID: _uuid,
    IdScheme.SITE: _site_id,
    IdScheme.JEKYLL_FEED: _site_id,
    IdScheme.JEKYLL: lambda post, settings: settings.site.url + post.site_id,
    IdScheme.PERMALINK: lambda post, settings: permalink(post, settings) or _uuid(post, settings),
}


def feed_id(scope: Scope, settings: Settings, legacy_path: str = "") -> str:
    """Return the id that all formats and pages of a scope's feed share; a feed at a legacy path keeps its old id."""
    own = next((feed.id for feed in settings.site.feeds if feed.path == legacy_path), "")
    return own or _on_site(legacy_path, settings) or _urn(path_of(scope, Format.HTML), settings)


def _urn(name: str, settings: Settings) -> str:
    return uuid5(uuid5(NAMESPACE_URL, settings.id_namespace or "feedsvc"), name).urn
