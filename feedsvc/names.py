"""Names of tags, categories, authors and the like: compared, as slugs and as scopes. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from feedsvc.models import Post, Scope, ScopeKind
from feedsvc.transliteration import to_ascii

MAX_NAME = 100
MAX_LANGUAGES = 50  # in which translations of a post are looked for


@dataclass(frozen=True, slots=True)
class ScopeFolder:
    """A kind of scope that has URLs of its own, and how to read the names of that kind from a post.

    `parameter` filters by such a name; the kind is listed where it has at least `min_listed` names.
    """

    kind: ScopeKind
    names_of: Callable[[Post], Iterable[str]]
    parameter: str
    min_listed: int = 1


# The kinds of scope by the first segment of their URLs, in the order in which pages list them. A kind is one row here.
FOLDERS: Mapping[str, ScopeFolder] = {
    "tags": ScopeFolder(ScopeKind.TAG, lambda post: post.tags, "tag"),
    "categories": ScopeFolder(ScopeKind.CATEGORY, lambda post: post.categories, "category"),
    "authors": ScopeFolder(ScopeKind.AUTHOR, lambda post: [author.name for author in post.authors], "author"),
    "sections": ScopeFolder(ScopeKind.SECTION, lambda post: post.sections, "section"),
    "languages": ScopeFolder(ScopeKind.LANGUAGE, lambda post: (post.language,) if post.language else (), "lang", 2),
}


MIN_LISTED = {folder.kind: folder.min_listed for folder in FOLDERS.values()}


def is_listed(kind: ScopeKind, count: int) -> bool:
    """True if a kind with so many names is listed: their feeds are then counted and named wherever feeds are."""
    return count >= MIN_LISTED.get(kind, 1)


def fold(name: str) -> str:
    """Return a name in the form in which names that differ only in case or compatibility characters are equal."""
    if name.isascii():
        return name.lower()
    normal = unicodedata.normalize("NFKC", name)
    folded = normal.casefold()
    return folded if folded == normal else unicodedata.normalize("NFKC", folded)


def slug(name: str) -> str:
    """Return the slug that other generators use for a name in URLs."""
    return slugify(fold(name))


def latin_slug(name: str) -> str:
    """Return the slug in ASCII letters that Pelican, Nikola and Zola use for a name in URLs."""
    return slugify(fold(to_ascii(fold(name))))


def slugify(text: str, *, is_pretty: bool = False) -> str:
    """Return Jekyll's slug of a text (`Utils.slugify`): hyphens instead of everything but letters, marks and digits.

    A pretty slug also keeps case and the punctuation that URLs may have.
    """
    kept = "._~!$&'()+,;=@" if is_pretty else ""
    words = "".join(c if c in kept or unicodedata.category(c)[0] in "LM" or c.isdecimal() else " " for c in text)
    hyphenated = re.sub(" +", "-", words).strip("-")
    return hyphenated if is_pretty else hyphenated.lower()


def terms_of(post: Post) -> list[tuple[ScopeKind, str]]:
    """Return kind and name of every scope that a post is in, the scope of all posts first.

    A post of a section that is apart is in that one alone, and not among all posts.
    """
    if post.is_apart:
        return [(ScopeKind.SECTION, name) for name in post.sections]
    terms = [(ScopeKind.ALL, "")]
    for folder in FOLDERS.values():
        terms += [(folder.kind, name) for name in folder.names_of(post)]
    return terms


def scopes_of(post: Post) -> tuple[Scope, ...]:
    """Return all scopes that a post is in, the scope of all posts first."""
    return tuple(Scope(kind, name) for kind, name in terms_of(post))


def labels_of(post: Post) -> tuple[Scope, ...]:
    """Return the scopes to show with a post: those with a name, but its language.

    A name that is both tag and category is shown only as a tag.
    """
    return tuple(
        scope
        for scope in scopes_of(post)
        if scope.name
        and scope.kind is not ScopeKind.LANGUAGE
        and not (scope.kind is ScopeKind.CATEGORY and scope.name in post.tags)
    )
