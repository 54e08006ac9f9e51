"""A Jekyll site's `_config.yml` and `_data/authors.yml` → `Jekyll`, and the settings of feedsvc that they imply.

Pure: the caller hands in the files, parsed. A value of the wrong type counts as missing. The keys are those of
https://jekyllrb.com/docs/configuration/ and https://github.com/jekyll/jekyll-feed#readme.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from feedsvc.posts.permalinks import STYLES
from feedsvc.settings import Defaults, Jekyll
from feedsvc.text import to_language

CONFIG_NAME = "_config.yml"
AUTHORS_NAME = "_data/authors.yml"
MAX_ENTRIES = 1_000  # of a feed at jekyll-feed's URL

_EXCERPT_SEPARATOR = "\n\n"
_DEFAULT_EXCLUDES = (".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "node_modules", "vendor/bundle/")
_HEXO_KEYS = {"public_dir", "source_dir", "new_post_name"}  # Hexo has a `_config.yml` as well
_TYPES = {"post": "posts", "draft": "drafts"}  # of `defaults`, as Jekyll 2 spelt them


def is_jekyll(config: Mapping[str, Any]) -> bool:
    """Return True if a `_config.yml` is a Jekyll site's, not that of another generator."""
    return _HEXO_KEYS.isdisjoint(config)


def to_jekyll(config: Mapping[str, Any], authors: Mapping[str, Any], prefix: str) -> Jekyll:
    """Return a site's configuration; `prefix` is the path of the posts folder in the site, "" for its root."""
    posts = to_mapping(to_mapping(config.get("collections")).get("posts"))
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
        excerpt_separator=str(config.get("excerpt_separator", _EXCERPT_SEPARATOR)),
        **_feed_options(to_mapping(config.get("feed"))),
    )


def to_settings(config: Mapping[str, Any], jekyll: Jekyll) -> dict[str, object]:
    """Return the settings of feedsvc that a site's configuration implies, by their names."""
    author = config.get("author")
    person = to_mapping(jekyll.authors.get(_text(author)) or author)
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


def _feed_options(feed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what jekyll-feed's own key sets, by the fields of `Jekyll`."""
    posts = to_mapping(to_mapping(feed.get("collections")).get("posts"))
    tags, limit = feed.get("tags"), _text(feed.get("posts_limit"))
    folder = (_text(to_mapping(tags).get("path")) or "feed/by_tag").strip("/")
    return {
        "feed_path": "/" + (_text(posts.get("path")) or _text(feed.get("path")) or "feed.xml").lstrip("/"),
        "feed_limit": min(int(limit), MAX_ENTRIES) if re.fullmatch("0*[1-9][0-9]{0,8}", limit) else 10,
        "feed_tags": f"/{folder}/" if isinstance(tags, dict) or _is_true(tags) else "",
        "feed_categories": (*_texts(feed.get("categories")), *_texts(posts.get("categories"))),
        "excerpt_only": is_given(feed.get("excerpt_only")),
    }


def _defaults(value: object) -> Iterator[Defaults]:
    for item in value if isinstance(value, list) else ():
        scope, values = to_mapping(to_mapping(item).get("scope")), to_mapping(to_mapping(item).get("values"))
        kind = _text(scope.get("type"))
        yield Defaults(_text(scope.get("path")), _TYPES.get(kind, kind), values)


# --- values ---------------------------------------------------------------------------------------


def is_given(value: object) -> bool:
    """Return True for a value that Liquid's `default` filter keeps; in YAML 1.1 `no` and `off` are false."""
    return value not in (None, False, "", [], {}) and str(value).lower() not in {"no", "off"}


def to_mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping, an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def to_items(value: object) -> list[Any]:
    """Return the items of a list; any other value is one item, and None no item."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_true(value: object) -> bool:
    return str(value).lower() in {"true", "yes", "on"}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, to_items(value))))
