"""Entry and feed ids: what must never change under a subscriber.

Pure: settings and posts in, text out.
"""

import re
import unicodedata
from uuid import NAMESPACE_URL, UUID, uuid5

from feedsvc.models import Format, Post, Scope, Settings
from feedsvc.scopes import path_of

# RFC 3987 section 2.2, as far as a reader can tell: a scheme, a colon, something, and no blank.
_ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def entry_id(post: Post, settings: Settings) -> str:
    """Give the id an entry keeps whatever happens to its title, its tags or the base URL.

    A declared `guid` or `id` that is an absolute IRI as it stands; else a UUID of it, or of the path in NFC
    (a file copied through macOS changes its normalisation form, not its identity).
    """
    if _ABSOLUTE_IRI.fullmatch(post.guid):
        return post.guid
    return _urn(post.guid or unicodedata.normalize("NFC", post.path), settings)


def feed_id(scope: Scope, settings: Settings) -> str:
    """Give the id all formats and pages of a scope's feed share."""
    return _urn(path_of(scope, Format.HTML), settings)


def _urn(name: str, settings: Settings) -> str:
    return uuid5(_namespace(settings.id_namespace), name).urn


def _namespace(text: str) -> UUID:
    return uuid5(NAMESPACE_URL, text or "feedsvc")
