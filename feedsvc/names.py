"""Names of tags, categories and authors: folded, as slugs, as scopes; what Jekyll makes of a text for a URL. Pure."""

import re
import unicodedata

from feedsvc.models import Post, Scope, ScopeKind

MAX_NAME = 100


FOLDERS = {"tags": ScopeKind.TAG, "categories": ScopeKind.CATEGORY, "authors": ScopeKind.AUTHOR}


def fold(name: str) -> str:
    """Give the form under which names that differ in case or compatibility characters alone are equal."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def slug(name: str) -> str:
    """Give the slug under which other generators' addresses have a name."""
    return slugify(fold(name))


def slugify(text: str, *, is_pretty: bool = False) -> str:
    """Make Jekyll's slug (Utils.slugify): of all but letters, marks and digits hyphens; a pretty one keeps more."""
    kept = "._~!$&'()+,;=@" if is_pretty else ""
    words = "".join(c if c in kept or unicodedata.category(c)[0] in "LM" or c.isdecimal() else " " for c in text)
    made = re.sub(" +", "-", words).strip("-")
    return made if is_pretty else made.lower()


def scopes_of(post: Post) -> tuple[Scope, ...]:
    """Give the scopes a post is in beside everything; a name that is both tag and category once, as a tag."""
    tags = (Scope(ScopeKind.TAG, name) for name in post.tags)
    categories = (Scope(ScopeKind.CATEGORY, name) for name in post.categories if name not in post.tags)
    authors = (Scope(ScopeKind.AUTHOR, author.name) for author in post.authors)
    return (*tags, *categories, *authors)
