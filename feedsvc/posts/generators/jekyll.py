"""A Jekyll site's rules: what `_config.yml` says, which files are posts, and what front matter means there.

Pure; read off Jekyll 4.3 (https://jekyllrb.com/docs/). Everything else about posts is in `posts`, URLs in `permalinks`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import reduce
from itertools import takewhile
from typing import Any

from feedsvc.posts.dates import without_date
from feedsvc.posts.metadata import AUTHORS, CATEGORIES, EXPIRES, FLAGS, PUBLISHED, TAGS, UPDATED
from feedsvc.posts.permalinks import MARKDOWN, STYLES
from feedsvc.settings import Defaults, Jekyll
from feedsvc.text import to_language

CONFIG_NAME = "_config.yml"
AUTHORS_NAME = "_data/authors.yml"
POSTS, DRAFTS = "_posts", "_drafts"
EXCERPT_SEPARATOR = "\n\n"
MOST_ENTRIES = 1_000  # of a feed at its old address

_SPECIAL = (".", "#", "~", "_")  # what names of files and folders begin with that Jekyll passes over
_DEFAULT_EXCLUDES = (".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "node_modules", "vendor/bundle/")
_POST_NAME = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-[^/]*\.[^./]+")
_LINK_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:.+$", re.MULTILINE)
# What other generators call things, and Jekyll does not.
_UNKNOWN = {*PUBLISHED, *UPDATED, *EXPIRES, *TAGS, *CATEGORIES, *FLAGS} - {"date", "last_modified_at", "draft", "feed"}
_OTHER_GENERATORS = {"public_dir", "source_dir", "new_post_name"}  # Hexo has a `_config.yml` as well


# --- _config.yml ---------------------------------------------------------------------------------


def to_jekyll(config: Mapping[str, Any], authors: Mapping[str, Any], prefix: str) -> Jekyll:
    """Read a site's configuration; `prefix` is where the posts folder lies in the site, "" for its root."""
    feed = _mapping(config.get("feed"))
    posts = _mapping(_mapping(config.get("collections")).get("posts"))
    style = _text(config.get("permalink")) or "date"
    return Jekyll(
        url=_text(config.get("url")),
        baseurl="/".join(("", *filter(None, _text(config.get("baseurl")).split("/")))),
        prefix=prefix,
        permalink=_text(posts.get("permalink")) or STYLES.get(style, style),
        defaults=tuple(_defaults(config.get("defaults"))),
        exclude=(*_DEFAULT_EXCLUDES, *(pattern.lstrip("/") for pattern in _texts(config.get("exclude")))),
        unpublished=_is_true(config.get("unpublished")),
        drafts=_is_true(config.get("show_drafts")),
        authors=authors,
        excerpt_separator=str(config.get("excerpt_separator", EXCERPT_SEPARATOR)),
        **_feed(feed),
    )


def is_jekyll(config: Mapping[str, Any]) -> bool:
    """Tell a Jekyll site's configuration from that of others that have a file of this name."""
    return _OTHER_GENERATORS.isdisjoint(config)


def to_settings(config: Mapping[str, Any], jekyll: Jekyll) -> dict[str, object]:
    """Give what a site's configuration says of our settings, by their names."""
    author = config.get("author")
    person = _mapping(jekyll.authors.get(_text(author)) or author)
    found = {
        "base_url": f"{jekyll.url.rstrip('/')}{jekyll.baseurl}" if jekyll.url else "",
        "title": _text(config.get("title") or config.get("name")),
        "description": " ".join(_text(config.get("description")).split()),
        "language": to_language(_text(config.get("lang") or config.get("locale"))),
        "author": _text(person.get("name")) or _text(author),
        "timezone": _text(config.get("timezone")),
        "future": "yes" if _is_true(config.get("future")) else "",
        "drafts": "yes" if jekyll.drafts else "",
        "content": "summary" if jekyll.excerpt_only else "",
        "id_scheme": "jekyll-feed" if jekyll.url else "",
    }
    return {name: value for name, value in found.items() if value}


def _feed(feed: Mapping[str, Any]) -> dict[str, Any]:
    """Read jekyll-feed's settings: https://github.com/jekyll/jekyll-feed#readme."""
    posts = _mapping(_mapping(feed.get("collections")).get("posts"))
    tags, limit = feed.get("tags"), _text(feed.get("posts_limit"))
    folder = (_text(_mapping(tags).get("path")) or "feed/by_tag").strip("/")
    return {
        "feed_path": "/" + (_text(posts.get("path")) or _text(feed.get("path")) or "feed.xml").lstrip("/"),
        "feed_limit": min(int(limit), MOST_ENTRIES) if re.fullmatch("0*[1-9][0-9]{0,8}", limit) else 10,
        "feed_tags": f"/{folder}/" if isinstance(tags, dict) or _is_true(tags) else "",
        "feed_categories": (*_texts(feed.get("categories")), *_texts(posts.get("categories"))),
        "excerpt_only": _is_given(feed.get("excerpt_only")),
    }


def _defaults(value: object) -> Iterator[Defaults]:
    for item in value if isinstance(value, list) else ():
        scope, values = _mapping(_mapping(item).get("scope")), _mapping(_mapping(item).get("values"))
        kind = _text(scope.get("type"))
        yield Defaults(_text(scope.get("path")), {"post": "posts", "draft": "drafts"}.get(kind, kind), values)


def _is_true(value: object) -> bool:
    return str(value).lower() in {"true", "yes", "on"}


def _is_given(value: object) -> bool:
    """Return True for what Liquid's `default` filter keeps; YAML 1.1 has `no` and `off` for false."""
    return value not in (None, False, "", [], {}) and str(value).lower() not in {"no", "off"}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, _items(value))))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


# --- files ---------------------------------------------------------------------------------------


def is_post(path: str, jekyll: Jekyll) -> bool:
    """Tell whether the file at `path` in the posts folder is a post of the site."""
    *folders, name = (jekyll.prefix + path).split("/")
    if name.endswith("~") or not may_hold_posts(path, jekyll):
        return False
    if DRAFTS in folders:
        return jekyll.drafts and "." in name
    return POSTS in folders and (is_dated(name) or name.endswith((*MARKDOWN, ".html", ".htm")))


def is_dated(name: str) -> bool:
    """Tell whether a file's name makes it a post (Document::DATE_FILENAME_MATCHER)."""
    return bool(_POST_NAME.fullmatch(name))


def may_hold_posts(path: str, jekyll: Jekyll) -> bool:
    """Tell whether a file or folder is worth a look: `exclude` has patterns, or what its path begins with.

    EntryFilter#special? and #glob_include?
    """
    whole = (jekyll.prefix + path).strip("/")
    if any(part.startswith(_SPECIAL) and part not in {POSTS, DRAFTS} for part in whole.split("/")):
        return False
    return not any(f"{whole}/".startswith(pattern) or fnmatchcase(whole, pattern) for pattern in jekyll.exclude)


def is_draft(path: str, jekyll: Jekyll) -> bool:
    """Tell whether a post lies in a folder of drafts."""
    return DRAFTS in (jekyll.prefix + path).split("/")[:-1]


# --- front matter --------------------------------------------------------------------------------


def values_of(values: Mapping[str, Any], path: str, jekyll: Jekyll) -> dict[str, Any]:
    """Give a post's front matter as Jekyll takes it, in keys and shapes that mean the same anywhere."""
    whole = _with_defaults(values, path, jekyll)
    return {
        **{key: _in_utc(value) for key, value in whole.items() if key not in _UNKNOWN},
        **_people_of(whole, jekyll),
        "title": whole.get("title") or " ".join(map(str.capitalize, slug_of(path).split("-"))),  # Utils.titleize_slug
        "published": jekyll.unpublished or _is_published(whole),
        "tags": _pluralized(whole, "tag", "tags"),
        "categories": _categories_of(whole, path, jekyll),
    }


def _in_utc(value: object) -> object:
    """Take a date to the second, without quotes and without a zone, as YAML has it."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and not value.tzinfo else value


def _with_defaults(values: Mapping[str, Any], path: str, jekyll: Jekyll) -> Mapping[str, Any]:
    """Add the site's defaults to a post's front matter; an empty value does not hide a default (FrontmatterDefaults).

    The longer path wins, of equal ones the one with a type, of equal ones the later.
    """
    kind = "drafts" if is_draft(path, jekyll) else "posts"
    matching = [one for one in jekyll.defaults if one.type in {"", kind} and _is_under(jekyll.prefix + path, one.path)]
    ordered = sorted(matching, key=lambda one: (len(one.path), one.type != ""))
    defaults: Mapping[str, Any] = reduce(_merge, (one.values for one in ordered), {})
    both = [*_split(defaults.get("categories")), *_split(values.get("categories"))]  # Document#merge_categories!
    return {**_merge(defaults, values), "categories": both}


def _is_under(path: str, pattern: str) -> bool:
    parts = re.split(r"(\*\*/|\*)", pattern)
    return bool(re.match("".join(_GLOBS.get(part) or re.escape(part) for part in parts), path))


_GLOBS = {"**/": "(?:[^/]+/)*", "*": "[^/]*"}


def _merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    """Merge as Utils.deep_merge_hashes does."""
    merged = dict(old)
    for key, value in new.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merge(known, value)
        elif value is not None or known is None:
            merged[key] = value
    return merged


def _is_published(values: Mapping[str, Any]) -> bool:
    """Tell whether a post is shown: an empty `published:` hides it, the text "false" does not (Publisher)."""
    published = values.get("published", True)
    return not (published in (None, False) or str(published).lower() in {"no", "off"})


def is_excerpt_only(values: Mapping[str, Any], jekyll: Jekyll) -> bool:
    """Return True if jekyll-feed gives the excerpt of a post alone; a post's own false does not count there."""
    return _is_given(_mapping(values.get("feed")).get("excerpt_only")) or jekyll.excerpt_only


def excerpt_separator_of(values: Mapping[str, Any], path: str, jekyll: Jekyll) -> str:
    """Return what ends a post's excerpt; with "" it has none (Document#excerpt_separator)."""
    separator = _with_defaults(values, path, jekyll).get("excerpt_separator")
    return jekyll.excerpt_separator if separator is None else str(separator)


def excerpt_of(body: str, separator: str) -> str:
    """Return what stands before a separator, with the link definitions after it (Excerpt#extract_excerpt)."""
    head, _, tail = body.lstrip("\n").partition(separator) if separator else ("", "", "")
    return "\n".join((head, "", *_LINK_DEFINITION.findall(tail)))


def _categories_of(values: Mapping[str, Any], path: str, jekyll: Jekyll) -> list[object]:
    """Give a post's categories: the folders above `_posts`, `categories`, and `category` as it is."""
    folders = takewhile(lambda name: name not in {POSTS, DRAFTS}, (jekyll.prefix + path).split("/"))
    return [*folders, *_split(values.get("categories")), *_pluralized(values, "category", "categories")]


def _pluralized(values: Mapping[str, Any], singular: str, plural: str) -> list[object]:
    """Give one name as it is, else several, split at blanks (Utils.pluralized_array_from_hash)."""
    one = values.get(singular)
    return _split(values.get(plural)) if one in (None, False) else [one]


def _split(value: object) -> list[object]:
    return re.findall(r"\S+", value, re.ASCII) if isinstance(value, str) else _items(value)


def slug_of(path: str) -> str:
    """Give what a post's file name says after its date."""
    return without_date(path.rpartition("/")[2].rpartition(".")[0]).rstrip(".")


def _people_of(values: Mapping[str, Any], jekyll: Jekyll) -> Mapping[str, Any]:
    """Put what `_data/authors.yml` knows in the place of the keys of authors."""
    return {key: [_person(item, jekyll) for item in _items(values.get(key))] for key in AUTHORS}


def _person(item: object, jekyll: Jekyll) -> object:
    known = jekyll.authors.get(item) if isinstance(item, str) else None
    return {"name": item, **known} if isinstance(known, dict) else item
