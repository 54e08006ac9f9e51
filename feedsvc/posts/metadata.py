"""Front-matter keys and their values → text, names, authors, URLs and files.

Pure. Accepts the spellings and types that people write. A value that has to be changed or left out is reported; it
never costs the post.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from mimetypes import MimeTypes
from typing import Any, TypeVar

from feedsvc.models import Author, Enclosure, Level, Problem
from feedsvc.names import MAX_NAME
from feedsvc.posts.front_matter import Source
from feedsvc.text import UNWANTED, clean_name, to_language

T = TypeVar("T")

MAX_NAMES = 100  # tags, categories or authors of one post

# The keys of one meaning in Jekyll, Hugo, Hexo, Pelican, Nikola, Ghost, WordPress, Eleventy and Astro.
PUBLISHED = ("date", "publishDate", "pubDate", "pubdate", "published_at", "post_date")
UPDATED = ("updated", "last_modified_at", "lastmod", "modified", "updated_at", "updatedDate")
ORIGINAL = ("link", "from", "source", "external_url", "externalLink", "canonical_url", "canonicalURL")
SUMMARY = ("summary", "description", "excerpt", "custom_excerpt", "meta_description", "intro")
IMAGE = ("image", "images", "cover", "thumbnail", "featured_image", "feature_image", "previewimage", "heroImage")
EXPIRES = ("expiryDate", "unpublishdate")
GUID = ("guid", "id")
LANGUAGE = ("lang", "language", "locale")
# With the separators of several names in one text, the likeliest first; a singular is one name, as in Jekyll.
_NAMES, _PEOPLE = ("[,;，；]", r"\s+"), (";", ",")
TAGS = {"tag": (), "tags": _NAMES, "keywords": _NAMES}
CATEGORIES = {"categories": _NAMES, "category": ()}
AUTHORS = {"author": (), "authors": _PEOPLE}
FLAGS = ("published", "draft", "feed", "status", "eleventyExcludeFromCollections")
_TABLES = (PUBLISHED, UPDATED, ORIGINAL, SUMMARY, IMAGE, EXPIRES, GUID, LANGUAGE, TAGS, CATEGORIES, AUTHORS, FLAGS)
KNOWN = frozenset({"title", "slug", "permalink", "enclosure"}.union(*_TABLES))
# By their lower case; the dates that hide a post also with other separators of their words.
SPELLINGS = {name.lower(): name for name in sorted(KNOWN)} | {
    separator.join(words.split()): key
    for words, key in {
        "publish date": "publishDate",
        "pub date": "pubDate",
        "published at": "published_at",
        "post date": "post_date",
        "expiry date": "expiryDate",
    }.items()
    for separator in ("", "_", "-")
}

_PERSON = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<email>[^<>\s@]+@[^<>\s@]+)>")
_WEB_URL = re.compile(r"(?i:https?)://(?:[^/?#\s\[\]]+|\[[0-9a-f:.]+\](?::\d+)?)(?=[/?#]|\Z)")
_clean_name = lru_cache(1024)(clean_name)  # the same few names stand in post after post
_SEPARATORS = str.maketrans("", "", "-_ ")
_TYPES = MimeTypes()  # Python's own table: with the system's, bytes would differ from host to host
for _suffix, _type in {
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".m4v": "video/mp4",
    ".ogg": "audio/ogg",
    ".webp": "image/webp",
}.items():
    _TYPES.add_type(_type, _suffix)


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

    def take(self, values: Mapping[str, Any]) -> None:
        """Replace the values, for example by those of the site's generator."""
        given = {key: value for key, value in values.items() if value not in (None, "", [], {})}
        self.values = given if self.is_jekyll else _with_usual_spellings(given)

    def report(self, level: Level, key: str, message: str, line: int = 0) -> None:
        """Add a problem with a key, at the key's line unless `line` is given."""
        self.problems[Problem(self.path, line or self.source.line_of(key), level, f"{key}: {message}")] = None

    def get(self, *keys: str) -> list[tuple[str, Any]]:
        """Return those of the keys that have a value, with their values."""
        return [(key, self.values[key]) for key in keys if key in self.values]

    def text(self, *keys: str) -> str:
        """Return the text under the first of the keys that has one, "" if none has; numbers and booleans are text."""
        for key, value in self.get(*keys):
            if isinstance(value, dict | list):
                self.report(Level.HINT, key, f"a {type(value).__name__} where text belongs: left out")
            elif text := to_text(value):
                return text
        return ""


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


def to_shown(value: object) -> str:
    """Return a value as messages show it."""
    return f"a {type(value).__name__}" if isinstance(value, dict | list) else repr(to_text(value)[:60])


def title_from(slug: str) -> str:
    """Return the title for a post that has none, from its file name."""
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_\s]+", slug) if word) or slug


def language_of(front: Front) -> str:
    """Return a post's language tag, "" if it has none; of a locale (`zh_CN.UTF-8`) the part before the dot."""
    text = front.text(*LANGUAGE).partition(".")[0]
    language = to_language(text)
    if text and not language:
        front.report(Level.HINT, front.get(*LANGUAGE)[0][0], f"{text[:40]!r} is no language code: left out")
    return language


# --- names --------------------------------------------------------------------------------------


def names_of(front: Front, keys: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names under the keys, each once, in their order; `keys` has the separators of each key."""
    return _each_once(front, ((key, _name(front, key, item)) for key, item in _items_of(front, keys)), str)


def _items_of(front: Front, keys: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, object]]:
    """Return each item under the keys, with its key."""
    for key, value in front.get(*keys):
        for item in flatten(_split(value, keys[key]) if isinstance(value, str) else value):
            yield key, item


def _split(text: str, separators: tuple[str, ...]) -> object:
    for separator in separators:
        if re.search(separator, text):
            return re.split(separator, text)
    return text


def _each_once(front: Front, found: Iterable[tuple[str, T]], name_of: Callable[[T], str]) -> tuple[T, ...]:
    """Return the first item of each name; report names that are too long or too many."""
    kept: dict[str, T] = {}
    for key, value in found:
        name = name_of(value)
        if len(name) > MAX_NAME:
            front.report(Level.ERROR, key, f"{name[:40]!r}… has {len(name)} characters, at most {MAX_NAME}: left out")
        elif len(kept) == MAX_NAMES and name not in kept:
            front.report(Level.ERROR, key, f"more than {MAX_NAMES} names: {name[:40]!r} and later ones are left out")
            break
        elif name:
            kept.setdefault(name, value)
    return tuple(kept.values())


def _name(front: Front, key: str, item: object) -> str:
    text = item.get("name") or item.get("title") or item.get("slug") if isinstance(item, dict) else item
    if isinstance(text, dict | list):
        front.report(Level.ERROR, key, f"{to_shown(text)} is no name: left out")
    return _clean_name(to_text(text))


def flatten(value: object) -> Iterator[Any]:
    """Return the items of nested lists; `front_matter` has bounded their number."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        else:
            yield item


def authors_of(front: Front) -> tuple[Author, ...]:
    """Return the authors of a post, each once."""
    people = ((key, _author(item)) for key, item in _items_of(front, AUTHORS))
    return _each_once(front, people, lambda author: author.name)


def _author(item: object) -> Author:
    """Return an author; the name is "" if there is none."""
    if isinstance(item, dict):
        name, email, url = (to_text(item.get(key)) for key in ("name", "email", "url"))
        url = _web_url(url or to_text(item.get("uri")))
        return Author(_clean_name(name or email.partition("@")[0]), email, url)
    text = to_text(item)
    found = _PERSON.fullmatch(text)
    name, email = found.groups() if found else (text, "")
    return Author(_clean_name(name), email)


# --- URLs and files -----------------------------------------------------------------------------


def original_of(front: Front) -> str:
    """Return the URL where a post was first published, "" if there is none; other text under these keys is ignored."""
    return next((text for _, value in front.get(*ORIGINAL) if (text := _web_url(_url_in(value)))), "")


def _url_in(value: object) -> str:
    """Return the URL or path in a text, or in a mapping such as `{url: …}`, "" if there is none."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("url", "path", "src", "href") if value.get(key)), "")
    text = to_text(value)
    return "" if text.lower() in {"true", "false"} else text


def _web_url(text: str) -> str:
    return text if _WEB_URL.match(text) else ""


def image_of(front: Front) -> str:
    """Return the post's image, the first of several: a URL, or a path on the site."""
    items = (item for _, value in front.get(*IMAGE) for item in flatten(value))
    return next(filter(None, map(_url_in, items)), "")


def enclosure_of(front: Front) -> Enclosure | None:
    """Return the file enclosed with a post; its type is guessed if none is written."""
    if "enclosure" not in front.values:
        return None
    first = next(flatten(front.values["enclosure"]), "")
    url = _url_in(first)
    if not url:
        front.report(Level.HINT, "enclosure", "no url: left out")
        return None
    fields = first if isinstance(first, dict) else {}
    return Enclosure(url, _media_type(front, fields, url), _length(front, fields))


def _media_type(front: Front, fields: dict[str, Any], url: str) -> str:
    declared = to_text(fields.get("type"))
    guessed = _TYPES.guess_type(re.split("[?#]", url, maxsplit=1)[0])[0]
    if not declared and not guessed:
        front.report(Level.HINT, "enclosure", f"no type, and {url[-40:]!r} has no known suffix: write one")
    return declared or guessed or "application/octet-stream"


def _length(front: Front, fields: dict[str, Any]) -> int:
    text = to_text(fields.get("length") or 0).replace("_", "").replace(",", "")
    if re.fullmatch("[0-9]{1,18}", text):
        return int(text)
    front.report(Level.HINT, "enclosure", f"length {text[:40]!r} is no number of bytes: taken as unknown")
    return 0
