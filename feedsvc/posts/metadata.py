"""Front matter's values, as people write them → text, names, people, addresses and files.

Pure. Reads generously: what has to be changed or left out is reported, and costs no post.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from mimetypes import MimeTypes
from typing import Any, TypeVar

from feedsvc.models import Author, Enclosure, Level, Problem
from feedsvc.names import MAX_NAME
from feedsvc.posts.front_matter import Source
from feedsvc.text import UNWANTED, clean_name, to_language

T = TypeVar("T")

MAX_NAMES = 100  # tags, categories or authors of one post

# What a thing is called by Jekyll, Hugo, Hexo, Pelican, Nikola, Ghost, WordPress, Eleventy and Astro.
PUBLISHED = ("date", "publishDate", "pubDate", "pubdate", "published_at", "post_date")
UPDATED = ("updated", "last_modified_at", "lastmod", "modified", "updated_at", "updatedDate")
ORIGINAL = ("link", "from", "source", "external_url", "externalLink", "canonical_url", "canonicalURL")
SUMMARY = ("summary", "description", "excerpt", "custom_excerpt", "meta_description", "intro")
IMAGE = ("image", "images", "cover", "thumbnail", "featured_image", "feature_image", "previewimage", "heroImage")
EXPIRES = ("expiryDate", "unpublishdate")
GUID = ("guid", "id")
LANGUAGE = ("lang", "language", "locale")
# What may part several names in one text, the likeliest first; a singular is one name (Jekyll's rule).
_NAMES, _PEOPLE = ("[,;，；]", r"\s+"), (";", ",")
TAGS = {"tag": (), "tags": _NAMES, "keywords": _NAMES}
CATEGORIES = {"categories": _NAMES, "category": ()}
AUTHORS = {"author": (), "authors": _PEOPLE}
FLAGS = ("published", "draft", "feed", "status", "eleventyExcludeFromCollections")
_TABLES = (PUBLISHED, UPDATED, ORIGINAL, SUMMARY, IMAGE, EXPIRES, GUID, LANGUAGE, TAGS, CATEGORIES, AUTHORS, FLAGS)
KNOWN = frozenset({"title", "slug", "permalink", "enclosure"}.union(*_TABLES))
# By what is left without letter case; of the dates that hide a post also with other signs between their words.
SPELLINGS = {name.lower(): name for name in sorted(KNOWN)} | {
    sign.join(name.lower().split()): key
    for name, key in {
        "publish date": "publishDate",
        "pub date": "pubDate",
        "published at": "published_at",
        "post date": "post_date",
        "expiry date": "expiryDate",
    }.items()
    for sign in ("", "_", "-")
}

_PERSON = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<email>[^<>\s@]+@[^<>\s@]+)>")
_WEB_ADDRESS = re.compile(r"(?i:https?)://(?:[^/?#\s\[\]]+|\[[0-9a-f:.]+\](?::\d+)?)(?=[/?#]|\Z)")
_clean_name = lru_cache(1024)(clean_name)  # the same few names in post after post
_TYPES = MimeTypes()  # Python's own table: the system's would make the bytes differ from host to host
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
    """The front matter being read, and what was found wrong with it on the way.

    The letter case of keys counts on a Jekyll site (`is_jekyll`) alone.
    """

    path: str
    source: Source
    is_jekyll: bool = False
    problems: dict[Problem, None] = field(default_factory=dict)  # each once, in order
    values: dict[str, Any] = field(init=False)  # those that hold something

    def __post_init__(self) -> None:
        """Begin with the values of the file."""
        self.take(self.source.values)

    def take(self, values: Mapping[str, Any]) -> None:
        """Read these values from now on."""
        given = {key: value for key, value in values.items() if value not in (None, "", [], {})}
        self.values = given if self.is_jekyll else _with_usual_spellings(given)

    def report(self, level: Level, key: str, message: str, line: int = 0) -> None:
        """Note what is wrong with a key, at its line where no other is given."""
        self.problems[Problem(self.path, line or self.source.line_of(key), level, f"{key}: {message}")] = None

    def get(self, *keys: str) -> list[tuple[str, Any]]:
        """Give the keys that are there and hold something, with their values."""
        return [(key, self.values[key]) for key in keys if key in self.values]

    def text(self, *keys: str) -> str:
        """Give the first of `keys` that holds a text; a number or a truth value counts as one."""
        for key, value in self.get(*keys):
            if isinstance(value, dict | list):
                self.report(Level.HINT, key, f"a {type(value).__name__} where text belongs: left out")
            elif text := to_text(value):
                return text
        return ""


def _with_usual_spellings(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values under the keys that are known; a key spelt so beside another spelling wins."""
    unusual = {key: SPELLINGS[key.lower()] for key in values if key not in KNOWN and key.lower() in SPELLINGS}
    if not unusual:
        return values
    respelt = {name: values[key] for key, name in unusual.items()}
    return respelt | {key: value for key, value in values.items() if key not in unusual}


# --- text ---------------------------------------------------------------------------------------


def to_text(value: object) -> str:
    """Turn a scalar into one line of text that any feed can carry; what is none holds no text."""
    if isinstance(value, str):
        return " ".join(UNWANTED.sub("", value).split())
    if value is None or isinstance(value, dict | list):
        return ""
    return value.isoformat() if isinstance(value, date) else str(value).lower()


def to_shown(value: object) -> str:
    """Show a value in a message."""
    return f"a {type(value).__name__}" if isinstance(value, dict | list) else repr(to_text(value)[:60])


def title_from(slug: str) -> str:
    """Make a title of what a file name says."""
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
    """Give the names that stand under `keys`, each once, in their order."""
    return _each_once(front, ((key, _name(front, key, item)) for key, item in _items_of(front, keys)), str)


def _items_of(front: Front, keys: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, object]]:
    """Give what stands under `keys`, an item at a time, with its key."""
    for key, value in front.get(*keys):
        for item in flatten(_split(value, keys[key]) if isinstance(value, str) else value):
            yield key, item


def _split(text: str, separators: tuple[str, ...]) -> object:
    for separator in separators:
        if re.search(separator, text):
            return re.split(separator, text)
    return text


def _each_once(front: Front, found: Iterable[tuple[str, T]], name_of: Callable[[T], str]) -> tuple[T, ...]:
    """Keep what was found under keys: of each name the first, none too long, and not too many."""
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
    """Give the items of nested lists; the front matter's own bound on values keeps this short."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        else:
            yield item


def authors_of(front: Front) -> tuple[Author, ...]:
    """Give the people who wrote a post, each once."""
    people = ((key, _author(item)) for key, item in _items_of(front, AUTHORS))
    return _each_once(front, people, lambda author: author.name)


def _author(item: object) -> Author:
    """Read a person, whose name is "" where there is none."""
    if isinstance(item, dict):
        name, email, url = (to_text(item.get(key)) for key in ("name", "email", "url"))
        url = _web_address(url or to_text(item.get("uri")))
        return Author(_clean_name(name or email.partition("@")[0]), email, url)
    text = to_text(item)
    found = _PERSON.fullmatch(text)
    name, email = found.groups() if found else (text, "")
    return Author(_clean_name(name), email)


# --- addresses ----------------------------------------------------------------------------------


def original_of(front: Front) -> str:
    """Give the address the post was first published at; other things people write under these keys are no address."""
    return next((text for _, value in front.get(*ORIGINAL) if (text := _web_address(_address_in(value)))), "")


def _address_in(value: object) -> str:
    """Take an address out of a text, or out of a mapping as themes write them."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("url", "path", "src", "href") if value.get(key)), "")
    text = to_text(value)
    return "" if text.lower() in {"true", "false"} else text


def _web_address(text: str) -> str:
    return text if _WEB_ADDRESS.match(text) else ""


def image_of(front: Front) -> str:
    """Give the post's picture: an address, or a path on the site; of several the first."""
    items = (item for _, value in front.get(*IMAGE) for item in flatten(value))
    return next(filter(None, map(_address_in, items)), "")


def enclosure_of(front: Front) -> Enclosure | None:
    """Give the file that comes with a post, with a type guessed where none is written."""
    if "enclosure" not in front.values:
        return None
    first = next(flatten(front.values["enclosure"]), "")
    url = _address_in(first)
    if not url:
        front.report(Level.HINT, "enclosure", "no url: left out")
        return None
    fields = first if isinstance(first, dict) else {}
    return Enclosure(url, _media_type(front, fields, url), _length(front, fields))


def _media_type(front: Front, fields: dict[str, Any], url: str) -> str:
    declared = to_text(fields.get("type"))
    guessed = _TYPES.guess_type(re.split("[?#]", url, maxsplit=1)[0])[0]
    if not declared and not guessed:
        front.report(Level.HINT, "enclosure", f"no type, and {url[-40:]!r} does not tell it")
    return declared or guessed or "application/octet-stream"


def _length(front: Front, fields: dict[str, Any]) -> int:
    text = to_text(fields.get("length") or 0).replace("_", "").replace(",", "")
    if re.fullmatch("[0-9]{1,18}", text):
        return int(text)
    front.report(Level.HINT, "enclosure", f"length {text[:40]!r} is no number of bytes: taken as unknown")
    return 0


ALIKE = 0.8  # difflib's ratio from which a key counts as a slip of the pen: `titel`, `autor`, `catagories`


# Keys of other tools and themes that come that close to ours, as `_plain` has them.
_OTHERS = {
    *("authorbox", "authored", "canonical", "covers", "dates", "external", "featuredimage", "feeds", "guide"),
    *("headerimage", "heroimage", "imagesdir", "langs", "languages", "links", "locales", "previewimage", "publisher"),
    *("resources", "sources", "stats", "titles", "uid", "update", "updates"),
}


@lru_cache(4096)  # the same few keys in post after post
def meant_by(key: str) -> str:
    """Give the known key that an unknown one seems to be meant for, "" if there is none."""
    if key in KNOWN or _plain(key) in _OTHERS:
        return ""
    close = get_close_matches(_plain(key), _KNOWN, n=1, cutoff=ALIKE)
    words = [word.lower() for word in re.findall("[A-Z]?[a-z]+", key)]
    is_other = len(words) > 1 and close and close[0] in words  # `author_id` is no misspelt `author`
    return "" if is_other or not close else _KNOWN[close[0]]


def _plain(key: str) -> str:
    return re.sub("[-_ ]", "", key).lower()


_KNOWN = {_plain(name): name for name in sorted(KNOWN) if name != "id"}  # nor is `pid` a slip of `id`
