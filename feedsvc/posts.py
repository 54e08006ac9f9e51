"""File name + bytes → Post: what the front matter says, read generously; the body is left alone.

Pure. What cannot be read raises PostError; what had to be changed or left out comes back as Problems.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from mimetypes import MimeTypes
from typing import Any

from feedsvc.dates import date_in_name, parse_date, without_date
from feedsvc.errors import PostError
from feedsvc.front_matter import Source, split
from feedsvc.models import Author, Body, Enclosure, Level, Post, Problem, Reading, Settings
from feedsvc.scopes import MAX_NAME, clean_name
from feedsvc.text import UNWANTED

SUFFIXES = (".md", ".markdown", ".html", ".htm")
MAX_NAMES = 100  # tags, categories or authors of one post

UPDATED = ("updated", "last_modified_at", "lastmod", "modified")
ORIGINAL = ("link", "from", "source", "external_url", "canonical_url")
SUMMARY = ("summary", "description", "excerpt")
GUID = ("guid", "id")
LANGUAGE = ("lang", "language", "locale")
# A plural may hold several names in one text, a singular is one name (Jekyll's rule).
TAGS = {"tag": False, "tags": True, "keywords": True}
CATEGORIES = {"categories": True, "category": False}
AUTHORS = ("author", "authors")

_NO = {"false", "no", "off", "0", "none", ""}
_FLAGS = {"true", "false"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")  # BCP 47, as far as its shape goes
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
class _Front:
    """The front matter being read, and what was found wrong with it on the way."""

    path: str
    source: Source
    problems: dict[Problem, None] = field(default_factory=dict)  # each once, in order

    def report(self, level: Level, key: str, message: str) -> None:
        self.problems[Problem(self.path, self.source.line_of(key), level, f"{key}: {message}")] = None

    def get(self, *keys: str) -> list[tuple[str, Any]]:
        """Give the keys that are there and hold something, with their values."""
        values = self.source.values
        return [(key, values[key]) for key in keys if key in values and values[key] not in (None, "", [], {})]

    def text(self, *keys: str) -> str:
        """Give the first of `keys` that holds a text; a number or a truth value counts as one."""
        for key, value in self.get(*keys):
            if isinstance(value, dict | list):
                self.report(Level.HINT, key, f"a {type(value).__name__} where text belongs: left out")
            elif text := _to_text(value):
                return text
        return ""


def parse(path: str, data: bytes, settings: Settings) -> Reading:
    """Read the post at `path` (relative to the posts folder, "/" between folders) from its file's bytes.

    Gives no post where its author hides it: a draft, `published: false`, `feed: false`, an excluded tag or category.
    Raises PostError where nothing sound can be made of it: unreadable front matter, no date, an impossible date.
    """
    front = _Front(path, split(data))
    if _is_hidden(front, settings):
        return Reading(None)
    post = _to_post(front, data, settings)
    if _is_excluded(post, settings):
        return Reading(None, tuple(front.problems))
    return Reading(post, tuple(front.problems))


def body_of(data: bytes) -> Body:
    """Give a post's body and what its cleaning needs to know. Raises PostError where `data` cannot be taken apart."""
    front = _Front("", split(data))
    return Body(front.source.body, front.text("title"), _original(front), len(data))


def _to_post(front: _Front, data: bytes, settings: Settings) -> Post:
    stem = front.path.rpartition("/")[2].rpartition(".")[0]
    published = _published(front, stem, settings)
    return Post(
        path=front.path,
        title=front.text("title") or _title_from(without_date(stem)),
        published=published,
        updated=_updated(front, published, settings),
        authors=_authors(front),
        tags=_names(front, TAGS),
        categories=_names(front, CATEGORIES),
        original=_original(front),
        guid=front.text(*GUID),
        summary=front.text(*SUMMARY),
        image=_image(front),
        enclosure=_enclosure(front),
        language=_language(front),
        digest=hashlib.sha256(data).hexdigest()[:32],
        size=len(data),
    )


# --- is it published ----------------------------------------------------------------------------


def _is_hidden(front: _Front, settings: Settings) -> bool:
    if not _truth(front, "published", default=True) or not _truth(front, "feed", default=True):
        return True
    return _truth(front, "draft", default=False) and not settings.drafts


def _truth(front: _Front, key: str, *, default: bool) -> bool:
    """Tell whether anything but a spelling of no stands under `key`; `published:` without a value says nothing."""
    for _, value in front.get(key):
        return isinstance(value, dict | list) or _to_text(value).lower() not in _NO
    return default


def _is_excluded(post: Post, settings: Settings) -> bool:
    return not (
        set(post.tags).isdisjoint(settings.exclude_tags)
        and set(post.categories).isdisjoint(settings.exclude_categories)
    )


# --- dates --------------------------------------------------------------------------------------


def _published(front: _Front, stem: str, settings: Settings) -> datetime:
    """Give when a post appeared; the front matter wins over the file name."""
    for key, value in front.get("date"):
        try:
            return parse_date(value, settings.timezone)
        except ValueError as error:
            raise PostError(f"{key}: {_shown(value)}: {error}", front.source.line_of(key)) from error
    try:
        named = date_in_name(stem, settings.timezone)
    except ValueError as error:
        raise PostError(f"file name: {stem[:10]!r} is no date: {error}") from error
    if named is None:
        raise PostError("date: neither in the front matter nor in the file name, so not published")
    return named


def _updated(front: _Front, published: datetime, settings: Settings) -> datetime:
    for key, value in front.get(*UPDATED):
        try:
            return max(parse_date(value, settings.timezone), published)
        except ValueError as error:
            front.report(Level.HINT, key, f"{_shown(value)}: {error}: left out")
    return published


# --- text ---------------------------------------------------------------------------------------


def _to_text(value: object) -> str:
    """Turn a scalar into one line of text that any feed can carry; what is none holds no text."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(UNWANTED.sub("", str(value)).split())


def _shown(value: object) -> str:
    return f"a {type(value).__name__}" if isinstance(value, dict | list) else repr(_to_text(value)[:60])


def _title_from(slug: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_\s]+", slug) if word) or slug


def _language(front: _Front) -> str:
    language = front.text(*LANGUAGE).replace("_", "-").partition(".")[0]
    if language and not _LANGUAGE.fullmatch(language):
        front.report(Level.HINT, front.get(*LANGUAGE)[0][0], f"{language[:40]!r} is no language code: left out")
        return ""
    return language


# --- names --------------------------------------------------------------------------------------


def _names(front: _Front, keys: dict[str, bool]) -> tuple[str, ...]:
    """Gather the names under `keys`, each once, in their order."""
    found: dict[str, None] = {}
    for key, value in front.get(*keys):
        for item in _flatten(_split(value) if keys[key] and isinstance(value, str) else value):
            name = _name(front, key, item)
            if name and _is_short(front, key, name):
                found[name] = None
        _cut(front, key, found)
    return tuple(found)


def _split(names: str) -> list[str]:
    return re.split("[,;，；]", names) if re.search("[,;，；]", names) else names.split()


def _name(front: _Front, key: str, item: object) -> str:
    text = item.get("name") or item.get("title") or item.get("slug") if isinstance(item, dict) else item
    if isinstance(text, dict | list):
        front.report(Level.ERROR, key, f"{_shown(text)} is no name: left out")
    return _clean_name(_to_text(text))


def _flatten(value: object) -> Iterator[Any]:
    """Give the items of nested lists; the front matter's own bound on values keeps this short."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        else:
            yield item


def _is_short(front: _Front, key: str, name: str) -> bool:
    if len(name) > MAX_NAME:
        front.report(Level.ERROR, key, f"{name[:40]!r}… has {len(name)} characters, at most {MAX_NAME}: left out")
    return len(name) <= MAX_NAME


def _cut(front: _Front, key: str, found: dict[str, Any]) -> None:
    """Keep the first names only."""
    late = list(found)[MAX_NAMES:]
    if late:
        front.report(Level.ERROR, key, f"more than {MAX_NAMES} names: {late[0][:40]!r} and later ones are left out")
    for name in late:
        del found[name]


def _authors(front: _Front) -> tuple[Author, ...]:
    people: dict[str, Author] = {}
    for key, value in front.get(*AUTHORS):
        for item in _flatten(value):
            author = _author(item)
            if author and _is_short(front, key, author.name):
                people.setdefault(author.name, author)
        _cut(front, key, people)
    return tuple(people.values())


def _author(item: object) -> Author | None:
    if isinstance(item, dict):
        name, email, url = (_to_text(item.get(key)) for key in ("name", "email", "url"))
        name = _clean_name(name or email.partition("@")[0])
        return Author(name, email, _web_address(url)) if name else None
    text = _to_text(item)
    found = _PERSON.fullmatch(text)
    name, email = (found["name"], found["email"]) if found else (text, "")
    return Author(_clean_name(name), email) if _clean_name(name) else None


# --- addresses ----------------------------------------------------------------------------------


def _original(front: _Front) -> str:
    """Give the address the post was first published at; other things people write under these keys are no address."""
    for _, value in front.get(*ORIGINAL):
        if address := _web_address(_address_in(value)):
            return address
    return ""


def _address_in(value: object) -> str:
    """Take an address out of a text, or out of a mapping as themes write them."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("url", "path", "src", "href") if value.get(key)), "")
    text = _to_text(value)
    return "" if text.lower() in _FLAGS else text


def _web_address(text: str) -> str:
    return text if _WEB_ADDRESS.match(text) else ""


def _image(front: _Front) -> str:
    """Give the post's picture: an address, or a path on the site."""
    return next((address for _, value in front.get("image") if (address := _address_in(value))), "")


def _enclosure(front: _Front) -> Enclosure | None:
    for key, value in front.get("enclosure"):
        first = next(_flatten(value), "")
        url = _address_in(first)
        if not url:
            front.report(Level.HINT, key, "no url: left out")
            continue
        fields = first if isinstance(first, dict) else {}
        return Enclosure(url, _media_type(front, fields, url), _length(front, fields))
    return None


def _media_type(front: _Front, fields: dict[str, Any], url: str) -> str:
    declared = _to_text(fields.get("type"))
    guessed = _TYPES.guess_type(re.split("[?#]", url, maxsplit=1)[0])[0]
    if not declared and not guessed:
        front.report(Level.HINT, "enclosure", f"no type, and {url[-40:]!r} does not tell it")
    return declared or guessed or "application/octet-stream"


def _length(front: _Front, fields: dict[str, Any]) -> int:
    text = _to_text(fields.get("length") or 0).replace("_", "").replace(",", "")
    if re.fullmatch("[0-9]{1,18}", text):
        return int(text)
    front.report(Level.HINT, "enclosure", f"length {text[:40]!r} is no number of bytes: taken as unknown")
    return 0
