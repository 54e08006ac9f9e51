"""File name + bytes → Post: what the front matter says, read generously; the body is left alone.

Pure. What cannot be read raises PostError; what had to be changed or left out comes back as Problems.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from mimetypes import MimeTypes
from typing import Any

from feedsvc.dates import date_in_name, parse_date, without_date
from feedsvc.errors import PostError
from feedsvc.front_matter import Number, Source, split
from feedsvc.jekyll import categories_of, is_dated, is_draft, is_published, people_of, tags_of, title_of, with_defaults
from feedsvc.lint import meant_by
from feedsvc.models import (
    EPOCH,
    NEVER,
    Author,
    Body,
    Enclosure,
    Jekyll,
    Level,
    Post,
    Problem,
    Reading,
    Settings,
)
from feedsvc.permalinks import id_of_post, url_of_post
from feedsvc.scopes import MAX_NAME, clean_name
from feedsvc.text import UNWANTED

SUFFIXES = (".md", ".markdown", ".html", ".htm")
MAX_NAMES = 100  # tags, categories or authors of one post

# What a thing is called by Jekyll, Hugo, Hexo, Pelican, Nikola, Ghost, WordPress, Eleventy and Astro.
PUBLISHED = ("date", "publishDate", "pubDate", "pubdate", "published_at", "post_date")
UPDATED = ("updated", "last_modified_at", "lastmod", "modified", "updated_at", "updatedDate")
ORIGINAL = ("link", "from", "source", "external_url", "externalLink", "canonical_url", "canonicalURL")
SUMMARY = ("summary", "description", "excerpt", "custom_excerpt", "meta_description", "intro")
IMAGE = ("image", "images", "cover", "thumbnail", "featured_image", "feature_image", "previewimage", "heroImage")
EXPIRES = ("expiryDate", "unpublishdate")
UNLISTED = {"draft", "hidden", "skip", "private"}  # a `status` of Pelican and Nikola
GUID = ("guid", "id")
LANGUAGE = ("lang", "language", "locale")
# A plural may hold several names in one text, a singular is one name (Jekyll's rule).
TAGS = {"tag": False, "tags": True, "keywords": True}
CATEGORIES = {"categories": True, "category": False}
AUTHORS = ("author", "authors")
FLAGS = ("published", "draft", "feed", "status", "eleventyExcludeFromCollections")
_TABLES = (PUBLISHED, UPDATED, ORIGINAL, SUMMARY, IMAGE, EXPIRES, GUID, LANGUAGE, TAGS, CATEGORIES, AUTHORS, FLAGS)
KNOWN = frozenset({"title", "slug", "permalink", "enclosure"}.union(*_TABLES))

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
    values: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.values = self.source.values

    def report(self, level: Level, key: str, message: str) -> None:
        self.problems[Problem(self.path, self.source.line_of(key), level, f"{key}: {message}")] = None

    def get(self, *keys: str) -> list[tuple[str, Any]]:
        """Give the keys that are there and hold something, with their values."""
        values = self.values
        return [(key, values[key]) for key in keys if key in values and values[key] not in (None, "", [], {})]

    def text(self, *keys: str) -> str:
        """Give the first of `keys` that holds a text; a number or a truth value counts as one."""
        for key, value in self.get(*keys):
            if isinstance(value, dict | list):
                self.report(Level.HINT, key, f"a {type(value).__name__} where text belongs: left out")
            elif text := _to_text(value):
                return text
        return ""


def parse(path: str, data: bytes, settings: Settings, *, now: datetime = EPOCH, modified: datetime = EPOCH) -> Reading:
    """Read the post at `path` (relative to the posts folder, "/" between folders) from its file's bytes.

    Gives no post where its author hides it: a draft, `published: false`, `feed: false`, one that has expired, an
    excluded tag or category. `modified` dates the drafts of a Jekyll site. Raises PostError where nothing sound can be
    made of it: unreadable front matter, no date, an impossible date.
    """
    front = _Front(path, split(data))
    jekyll = settings.jekyll
    if jekyll:
        if not is_dated(path.rpartition("/")[2]) and not is_draft(path, jekyll):
            hint = Problem(path, 0, Level.HINT, "file name: opens with no date, so this is no post to Jekyll")
            return Reading(None, (hint,))
        front.values = with_defaults(front.values, path, jekyll)
        front.values = {**front.values, **people_of(front.values, jekyll)}
    _look_at_keys(front)
    expires = NEVER if jekyll else _date(front, EXPIRES, settings) or NEVER
    if _is_hidden(front, settings) or expires <= now:
        return Reading(None, tuple(front.problems))
    post = (_to_jekyll_post if jekyll else _to_post)(front, data, settings, modified)
    if _is_excluded(post, settings):
        return Reading(None, tuple(front.problems))
    return Reading(post, tuple(front.problems), expires)


def body_of(data: bytes) -> Body:
    """Give a post's body and what its cleaning needs to know. Raises PostError where `data` cannot be taken apart."""
    front = _Front("", split(data))
    return Body(front.source.body, front.text("title"), _original(front), len(data))


def _look_at_keys(front: _Front) -> None:
    for key, line in front.source.repeated.items():
        hint = f"{key}: given more than once, and the last one counts: remove the others"
        front.problems[Problem(front.path, line, Level.HINT, hint)] = None
    for key in front.source.values:
        if meant := meant_by(key, KNOWN):
            front.report(Level.HINT, key, f"unknown, so without effect: write {meant!r} if that is meant")


def _to_post(front: _Front, data: bytes, settings: Settings, _: datetime) -> Post:
    stem = _stem(front.path)
    published = _published(front, ("date",) if settings.jekyll else PUBLISHED, stem, settings)
    if not front.get("title") and not settings.jekyll:
        front.report(Level.HINT, "title", "none, so the file name stands for it: write one")
    return Post(
        path=front.path,
        title=front.text("title") or _title_from(without_date(stem)),
        published=published,
        updated=max(_date(front, UPDATED, settings) or published, published),
        authors=_authors(front),
        tags=_names(front, _named(front, TAGS)),
        categories=_names(front, _named(front, CATEGORIES)),
        original=_original(front),
        guid=front.text(*GUID),
        summary=front.text(*SUMMARY),
        image=_image(front),
        enclosure=_enclosure(front),
        language=_language(front),
        digest=hashlib.sha256(data).hexdigest()[:32],
        size=len(data),
    )


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


# --- a Jekyll site's ------------------------------------------------------------------------------


def _to_jekyll_post(front: _Front, data: bytes, settings: Settings, modified: datetime) -> Post:
    """Read a post as any other, then what Jekyll reads otherwise."""
    jekyll = settings.jekyll or Jekyll()
    stem = _stem(front.path)
    if not front.get("date") and without_date(stem) == stem:  # a draft: other posts have a date in their names
        front.values = {**front.values, "date": modified}
    post = _to_post(front, data, settings, modified)
    published = post.published.replace(microsecond=0)
    slug = without_date(stem).rstrip(".")
    categories = [_to_text(item) for item in _flatten(categories_of(front.values, front.path, jekyll))]
    tags = list(_flatten(tags_of(front.values)))
    for number in (item for item in tags if isinstance(item, Number)):
        front.report(Level.HINT, "tags", f"{number} is a number, which jekyll-feed fails on: put it in quotes")
    url, site_id = _addresses(front, settings, slug, tuple(categories), published)
    return replace(
        post,
        title=front.text("title") or _to_text(title_of(slug)),
        published=published,
        updated=_date(front, ("last_modified_at",), settings) or published,
        tags=_names(front, (("tags", item) for item in tags)),
        categories=_names(front, (("categories", item) for item in categories)),
        url=url,
        site_id=site_id,
    )


def _addresses(
    front: _Front, settings: Settings, slug: str, categories: tuple[str, ...], published: datetime
) -> tuple[str, str]:
    """Give the path of a post's page on its site, and its id there."""
    jekyll = settings.jekyll or Jekyll()
    slug = str(front.values.get("slug") or slug)
    template = (front.values.get("permalink") and front.text("permalink")) or jekyll.permalink
    try:
        url = url_of_post(
            template, jekyll.prefix + front.path, slug, categories, published.astimezone(settings.timezone)
        )
    except ValueError as error:
        raise PostError(str(error), front.source.line_of("permalink")) from error
    return url, id_of_post(url, slug)


# --- is it published ----------------------------------------------------------------------------


def _is_hidden(front: _Front, settings: Settings) -> bool:
    if settings.jekyll and not is_published(front.values, settings.jekyll):
        if front.values["published"] is None:
            front.report(Level.HINT, "published", "empty, which hides the post, as in Jekyll")
        return True
    if not (settings.jekyll or _truth(front, "published", default=True)) or not _truth(front, "feed", default=True):
        return True
    if _truth(front, "draft", default=False):
        return not settings.drafts
    return not settings.jekyll and _is_unlisted(front, settings)


def _is_unlisted(front: _Front, settings: Settings) -> bool:
    """Tell whether a post is hidden in the words of Pelican, Nikola or Eleventy."""
    is_excluded = _truth(front, "eleventyExcludeFromCollections", default=False)
    return is_excluded or (front.text("status").lower() in UNLISTED and not settings.drafts)


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


def _published(front: _Front, keys: tuple[str, ...], stem: str, settings: Settings) -> datetime:
    """Give when a post appeared; the front matter wins over the file name."""
    for key, value in front.get(*keys):
        try:
            return _parse_date(value, settings)
        except ValueError as error:
            raise PostError(f"{key}: {_shown(value)}: {error}", front.source.line_of(key)) from error
    try:
        named = date_in_name(stem, settings.timezone)
    except ValueError as error:
        raise PostError(f"file name: {stem[:10]!r} is no date: {error}") from error
    if named is None:
        misspelt = (f"; {key!r} is an unknown key" for key in front.source.values if meant_by(key, KNOWN) in PUBLISHED)
        raise PostError(f"date: neither in the front matter nor in the file name, so not published{next(misspelt, '')}")
    return named


def _parse_date(value: object, settings: Settings) -> datetime:
    """Read a date; one to the second, without quotes and without a zone, is in UTC to Jekyll, as YAML has it."""
    if settings.jekyll and isinstance(value, datetime) and not value.tzinfo:
        return parse_date(value, UTC)
    return parse_date(value, settings.timezone)


def _date(front: _Front, keys: tuple[str, ...], settings: Settings) -> datetime | None:
    """Give the first date under one of `keys`; what is none is reported and left out."""
    for key, value in front.get(*keys):
        try:
            return _parse_date(value, settings)
        except ValueError as error:
            front.report(Level.HINT, key, f"{_shown(value)}: {error}: left out")
    return None


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


def _named(front: _Front, keys: dict[str, bool]) -> Iterator[tuple[str, object]]:
    """Give what stands under `keys`, an item at a time, with its key."""
    for key, value in front.get(*keys):
        yield from ((key, item) for item in _flatten(_split(value) if keys[key] and isinstance(value, str) else value))


def _names(front: _Front, named: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """Make names of what was found, each once, in their order."""
    found: dict[str, None] = {}
    key = ""
    for key, item in named:
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
        several = key == "authors" and isinstance(value, str)
        for item in _flatten(re.split(";" if ";" in value else ",", value) if several else value):
            author = _author(item)
            if author and _is_short(front, key, author.name):
                people.setdefault(author.name, author)
        _cut(front, key, people)
    return tuple(people.values())


def _author(item: object) -> Author | None:
    if isinstance(item, dict):
        name, email, url = (_to_text(item.get(key)) for key in ("name", "email", "url"))
        url = url or _to_text(item.get("uri"))
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
    """Give the post's picture: an address, or a path on the site; of several the first."""
    items = (item for _, value in front.get(*IMAGE) for item in _flatten(value))
    return next(filter(None, map(_address_in, items)), "")


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
