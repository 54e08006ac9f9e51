"""A Jekyll site's posts: which files are posts, and its front matter → front matter that means the same anywhere.

Pure; the rules are those of Jekyll 4.3, named in parentheses by its classes and methods. URLs are in `permalinks`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import reduce
from itertools import takewhile
from typing import Any

from feedsvc.markup.liquid.best_effort import MARKDOWN
from feedsvc.posts.dates import without_date
from feedsvc.posts.generators.values import is_false, to_items
from feedsvc.posts.metadata import AUTHORS, CATEGORIES, EXPIRES, FLAGS, PUBLISHED, TAGS, UPDATED
from feedsvc.sites import Collection, Jekyll, Site

POSTS, DRAFTS = "_posts", "_drafts"

_HTML = (".html", ".htm")
_SPECIAL = (".", "#", "~", "_")  # Jekyll skips files and folders whose names begin with one of these
_POST_NAME = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-[^/]*\.[^./]+")
_GLOBS = {"**/": "(?:[^/]+/)*", "*": "[^/]*"}
# Keys of other generators that have no effect in Jekyll.
_UNKNOWN = {*PUBLISHED, *UPDATED, *EXPIRES, *TAGS, *CATEGORIES, *FLAGS} - {"date", "last_modified_at", "draft", "feed"}


# --- files ---------------------------------------------------------------------------------------


def is_post(path: str, site: Site) -> bool:
    """Return True if the file at `path` in the posts folder is a post of the site."""
    *folders, name = (site.prefix + path).split("/")
    if name.endswith("~") or not may_hold_posts(path, site):
        return False
    if collection_of(path, site):
        return name.endswith((*MARKDOWN, *_HTML))
    if DRAFTS in folders:
        return isinstance(site, Jekyll) and site.drafts and "." in name
    return POSTS in folders and (is_dated(name) or name.endswith((*MARKDOWN, *_HTML)))


def collection_of(path: str, site: Site) -> Collection | None:
    """Return the collection that a file is in, if that has a feed of its own."""
    if not isinstance(site, Jekyll) or not site.collections:
        return None
    return next((one for one in site.collections if (site.prefix + path).startswith(one.folder)), None)


def is_dated(name: str) -> bool:
    """Return True if a file's name is a post's (Document::DATE_FILENAME_MATCHER)."""
    return bool(_POST_NAME.fullmatch(name))


def may_hold_posts(path: str, site: Site) -> bool:
    """Return True unless a file or folder is special, or in the site's `exclude` as a pattern or the start of its path.

    (EntryFilter#special?, EntryFilter#glob_include?)
    """
    whole = (site.prefix + path).strip("/")
    exclude = site.exclude if isinstance(site, Jekyll) else ()
    collections = site.collections if isinstance(site, Jekyll) else ()
    shown = {POSTS, DRAFTS, *(one.folder.split("/")[-2] for one in collections)}
    if any(part.startswith(_SPECIAL) and part not in shown for part in whole.split("/")):
        return False
    return not any(f"{whole}/".startswith(pattern) or fnmatchcase(whole, pattern) for pattern in exclude)


def is_draft(path: str, jekyll: Jekyll) -> bool:
    """Return True if a post is in a folder of drafts."""
    return DRAFTS in (jekyll.prefix + path).split("/")[:-1]


def slug_of(path: str) -> str:
    """Return the part of a post's file name after its date."""
    return without_date(path.rpartition("/")[2].rpartition(".")[0]).rstrip(".")


# --- front matter --------------------------------------------------------------------------------


def values_of(values: Mapping[str, Any], path: str, jekyll: Jekyll) -> dict[str, Any]:
    """Return a post's front matter as Jekyll reads it, in keys and types that mean the same to `metadata`."""
    whole = with_defaults(values, path, jekyll)
    return {
        **{key: _in_utc(value) for key, value in whole.items() if key not in _UNKNOWN},
        **_people_of(whole, jekyll),
        "title": whole.get("title") or " ".join(map(str.capitalize, slug_of(path).split("-"))),  # Utils.titleize_slug
        "published": jekyll.unpublished or _is_published(whole),
        "tags": _names_of(whole, "tag", "tags"),
        "categories": _categories_of(whole, path, jekyll),
    }


def with_defaults(values: Mapping[str, Any], path: str, jekyll: Jekyll) -> Mapping[str, Any]:
    """Return a post's front matter with the site's defaults; an empty value hides no default (FrontmatterDefaults).

    The longer path wins, of equal ones the one with a type, of equal ones the later.
    """
    collection = collection_of(path, jekyll)
    kind = collection.name if collection else "drafts" if is_draft(path, jekyll) else "posts"
    matching = [one for one in jekyll.defaults if one.type in {"", kind} and _is_under(jekyll.prefix + path, one.path)]
    ordered = sorted(matching, key=lambda one: (len(one.path), one.type != ""))
    defaults: Mapping[str, Any] = reduce(_merge, (one.values for one in ordered), {})
    both = [*_split(defaults.get("categories")), *_split(values.get("categories"))]  # Document#merge_categories!
    return {**_merge(defaults, values), "categories": both}


def _is_under(path: str, pattern: str) -> bool:
    parts = re.split(r"(\*\*/|\*)", pattern)
    return bool(re.match("".join(_GLOBS.get(part) or re.escape(part) for part in parts), path))


def _merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return both mappings as one (Utils.deep_merge_hashes)."""
    merged = dict(old)
    for key, value in new.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merge(known, value)
        elif value is not None or known is None:
            merged[key] = value
    return merged


def _in_utc(value: object) -> object:
    """Return a date with a time but no zone as UTC, which it is in YAML; other values as they are."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and not value.tzinfo else value


def _is_published(values: Mapping[str, Any]) -> bool:
    """Return False for an empty or false `published`; the text "false" is true (Publisher)."""
    published = values.get("published", True)
    return published == "false" or not (published is None or is_false(published))


def _categories_of(values: Mapping[str, Any], path: str, jekyll: Jekyll) -> list[object]:
    """Return a post's categories: the folders above `_posts`, those of `categories`, and `category`."""
    folders = takewhile(lambda name: name not in {POSTS, DRAFTS}, (jekyll.prefix + path).split("/"))
    above = () if collection_of(path, jekyll) else folders
    return [*above, *_split(values.get("categories")), *_names_of(values, "category", "categories")]


def _names_of(values: Mapping[str, Any], singular: str, plural: str) -> list[object]:
    """Return the one name under the singular, else those under the plural (Utils.pluralized_array_from_hash)."""
    one = values.get(singular)
    return _split(values.get(plural)) if one in (None, False) else [one]


def _split(value: object) -> list[object]:
    return re.findall(r"\S+", value, re.ASCII) if isinstance(value, str) else to_items(value)


def _people_of(values: Mapping[str, Any], jekyll: Jekyll) -> Mapping[str, Any]:
    """Return the authors, with what `_data/authors.yml` says of those that are keys of it."""
    return {key: [_person(item, jekyll) for item in to_items(values.get(key))] for key in AUTHORS}


def _person(item: object, jekyll: Jekyll) -> object:
    known = jekyll.authors.get(item) if isinstance(item, str) else None
    return {"name": item, **known} if isinstance(known, dict) else item
