"""Titles that Hugo makes of the names of sections and terms, and of their feeds. Pure."""

import re

from feedsvc.models import Scope, ScopeKind
from feedsvc.posts.generators.hugo_config import Hugo
from feedsvc.sites import Site

# Words that AP style leaves in lower case within a title.
_SMALL = {
    *("a", "an", "and", "as", "at", "but", "by", "en", "for", "if", "in", "nor", "of", "on", "or", "per", "the"),
    "to",
}
_WORD = re.compile(r"[^\s-]+")


def name_feed(title: str, scope: Scope, site: Site) -> str:
    """Return the title of Hugo's feed of a section or a term on a site with a title; "" for other scopes."""
    if scope.kind in {ScopeKind.ALL, ScopeKind.LANGUAGE}:
        return title
    return f"{_title_of(scope, site)} on {title}"


def _title_of(scope: Scope, site: Site) -> str:
    if scope.kind is not ScopeKind.SECTION:
        return to_title(scope.name)
    written = dict(site.titles).get(scope.name.lower(), "") if isinstance(site, Hugo) else ""
    return written or to_title(_to_plural(scope.name.rpartition("/")[2]))


def _to_plural(name: str) -> str:
    """Return the plural of an English word, by the usual endings."""
    if name.endswith("s"):
        return name
    if re.search("[^aeiou]y\\Z", name):
        return f"{name[:-1]}ies"
    return name + ("es" if name.endswith(("x", "z", "ch", "sh")) else "s")


def to_title(name: str) -> str:
    """Return a name with a capital at the start of each word, but of small ones in the middle."""
    words = list(_WORD.finditer(name))
    small = {word.start() for word in words[1:-1] if word[0] in _SMALL}
    return _WORD.sub(lambda word: word[0] if word.start() in small else word[0][:1].upper() + word[0][1:], name)
