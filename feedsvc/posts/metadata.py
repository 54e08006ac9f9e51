"""The front-matter keys of each meaning, and their values → text. Pure.

Accepts the spellings and types that people write. A value that has to be changed or left out is reported; it never
costs the post. Lists of names are read by `names`, URLs by `urls`, titles by `titles`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from feedsvc.models import Level, Problem
from feedsvc.posts.front_matter import Source
from feedsvc.text import UNWANTED, to_language

# The keys of one meaning in Jekyll, Hugo, Hexo, Pelican, Nikola, Ghost, WordPress, Eleventy and Astro.
PUBLISHED = (
    *("date", "publishDate", "pubDate", "pubdate", "pubDatetime", "datePublished", "published_at", "post_date"),
    *("created", "added"),
)
UPDATED = (
    *("updated", "last_modified_at", "lastmod", "modified", "updated_at", "updatedDate", "modDatetime"),
    "dateModified",
)
ORIGINAL = ("link", "from", "source", "external_url", "externalLink", "canonical_url", "canonicalURL")
SUMMARY = ("summary", "description", "excerpt", "custom_excerpt", "meta_description", "intro")
IMAGE = ("image", "images", "cover", "thumbnail", "featured_image", "feature_image", "previewimage", "heroImage")
EXPIRES = ("expiryDate", "unpublishdate")
GUID = ("guid", "id")
LANGUAGE = ("lang", "language", "locale")
TAGS = ("tag", "tags", "keywords")
CATEGORIES = ("categories", "category")
AUTHORS = ("author", "authors")
FLAGS = ("published", "draft", "feed", "status", "eleventyExcludeFromCollections")
_TABLES = (PUBLISHED, UPDATED, ORIGINAL, SUMMARY, IMAGE, EXPIRES, GUID, LANGUAGE, TAGS, CATEGORIES, AUTHORS, FLAGS)
KNOWN = frozenset({"title", "slug", "permalink", "enclosure"}.union(*_TABLES))
# By their lower case; dates also with other separators of their words, and in other words.
SPELLINGS = {name.lower(): name for name in sorted(KNOWN)} | {
    separator.join(words.split()): key
    for words, key in {
        "publish date": "publishDate",
        "pub date": "pubDate",
        "published at": "published_at",
        "publish on": "publishDate",
        "publish at": "publishDate",
        "post date": "post_date",
        "expiry date": "expiryDate",
        "expire date": "expiryDate",
        "expiration date": "expiryDate",
        "unpublish date": "unpublishdate",
        "unpublish on": "unpublishdate",
        "pub datetime": "pubDatetime",
        "mod datetime": "modDatetime",
        "date published": "datePublished",
        "date modified": "dateModified",
        "date created": "created",
        "creation date": "created",
        "date added": "added",
        "created at": "created",
        "last updated": "updated",
        "date updated": "updated",
        "modification date": "modified",
        "last modified": "last_modified_at",
        "published date": "datePublished",
        "updated at": "updated_at",
        "updated date": "updatedDate",
        "updated on": "updated",
        "update date": "updated",
        "last update": "updated",
        "modified at": "modified",
        "modified date": "modified",
        "modified on": "modified",
        "modified time": "modified",
    }.items()
    for separator in ("", "_", "-", " ")
}

_TABLES_OF_KEYS = frozenset({"taxonomies", "params", "extra"})
_IN_TABLES = frozenset({"enclosure"}.union(UPDATED, ORIGINAL, SUMMARY, IMAGE, LANGUAGE, TAGS, CATEGORIES, AUTHORS))
_SEPARATORS = str.maketrans("", "", "-_ ")


@dataclass(slots=True)
class Front:
    """The front matter of a post while it is read, with the problems found.

    The letter case of keys counts on a Jekyll site (`is_jekyll`) only.
    """

    path: str
    source: Source
    is_jekyll: bool = False
    problems: dict[Problem, None] = field(default_factory=dict)  # each once, in order
    values: dict[str, Any] = field(init=False)  # without empty ones

    def __post_init__(self) -> None:
        """Start with the values of the file."""
        self.take(self.source.values)

    @property
    def is_html(self) -> bool:
        """True if the body is no Markdown, whatever it looks like."""
        return self.source.is_page or self.path.lower().endswith((".html", ".htm"))

    def take(self, values: Mapping[str, Any]) -> None:
        """Replace the values, for example by those of the site's generator."""
        given = _without_empty(values)
        self.values = given if self.is_jekyll else _with_tables(_with_usual_spellings(given))

    def report(self, level: Level, key: str, message: str, line: int = 0) -> None:
        """Add a problem with a key, at the key's line unless `line` is given."""
        self.problems[Problem(self.path, line or self.source.line_of(key), level, f"{key}: {message}")] = None

    def get(self, *keys: str) -> list[tuple[str, Any]]:
        """Return those of the keys that have a value, with their values."""
        values = self.values
        if values.keys().isdisjoint(keys):  # most of the time, and a dozen times a post
            return []
        return [(key, values[key]) for key in keys if key in values]

    def text(self, *keys: str) -> str:
        """Return the text under the first of the keys that has one, "" if none has; numbers and booleans are text."""
        if self.values.keys().isdisjoint(keys):
            return ""
        for key, value in self.get(*keys):
            if isinstance(value, dict | list):
                self.report(Level.HINT, key, f"a {type(value).__name__} where text belongs: left out")
            elif text := to_text(value):
                return text
        return ""


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value or value not in (None, "", [], {})}


def _with_tables(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with those in the tables in which Zola and Hugo keep taxonomies and a site's own keys."""
    if _TABLES_OF_KEYS.isdisjoint(values):
        return values
    for table in (values.get(name) for name in sorted(_TABLES_OF_KEYS)):
        if isinstance(table, dict):
            inner = _with_usual_spellings(_without_empty({str(key): value for key, value in table.items()}))
            values = {key: value for key, value in inner.items() if key in _IN_TABLES} | values
    return values


def _with_usual_spellings(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with keys in their usual letter case; of two spellings the usual one wins."""
    unusual = {key: SPELLINGS[key.lower()] for key in values if key not in KNOWN and key.lower() in SPELLINGS}
    if not unusual:
        return values
    respelt = {name: values[key] for key, name in unusual.items()}
    return respelt | {key: value for key, value in values.items() if key not in unusual}


@lru_cache(4096)  # the same few keys stand in post after post
def plain_key(key: str) -> str:
    """Return a key without letter case, dashes, underscores and blanks."""
    return key.lower().translate(_SEPARATORS)


# --- text ---------------------------------------------------------------------------------------


def to_text(value: object) -> str:
    """Return a scalar as one line of text that is legal in every format; "" for None, lists and mappings."""
    if isinstance(value, str):
        return " ".join(UNWANTED.sub("", value).split())
    if value is None or isinstance(value, dict | list):
        return ""
    return value.isoformat() if isinstance(value, date) else str(value).lower()


def flatten(value: object) -> Iterator[Any]:
    """Return the items of nested lists; `front_matter` has bounded their number."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        else:
            yield item


def to_shown(value: object) -> str:
    """Return a value as messages show it."""
    return f"a {type(value).__name__}" if isinstance(value, dict | list) else repr(to_text(value)[:60])


def language_of(front: Front) -> str:
    """Return a post's language tag, "" if it has none; of a locale (`zh_CN.UTF-8`) the part before the dot."""
    text = front.text(*LANGUAGE).partition(".")[0]
    language = to_language(text)
    if text and not language:
        front.report(Level.HINT, front.get(*LANGUAGE)[0][0], f"{text[:40]!r} is no language code: left out")
    return language
