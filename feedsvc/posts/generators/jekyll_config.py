"""A Jekyll site's `_config.yml` and `_data/authors.yml` → `Jekyll`, and the settings of feedsvc that they imply.

Pure: the caller hands in the files, parsed. A value of the wrong type counts as missing. The keys are those of
https://jekyllrb.com/docs/configuration/ and https://github.com/jekyll/jekyll-feed#readme.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from feedsvc.models import ScopeKind
from feedsvc.posts.permalinks import STYLES
from feedsvc.sites import Defaults, Jekyll, OwnFeed
from feedsvc.text import to_language

CONFIG_NAME = "_config.yml"
AUTHORS_NAME = "_data/authors.yml"
CNAME = "CNAME"  # the host that GitHub Pages serves the site at; jekyll-github-metadata takes `url` from it
MAX_ENTRIES, DEFAULT_ENTRIES = 1_000, 10  # of a feed at jekyll-feed's URL

_EXCERPT_SEPARATOR = "\n\n"
_DEFAULT_EXCLUDES = (".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "node_modules", "vendor/bundle/")
_TYPES = {"post": "posts", "draft": "drafts"}  # of `defaults`, as Jekyll 2 spelt them


def to_jekyll(config: Mapping[str, Any], authors: Mapping[str, Any], prefix: str = "", cname: str = "") -> Jekyll:
    """Return a site's configuration; `prefix` is the path of the posts folder in the site, `cname` its host's file."""
    posts = to_mapping(to_mapping(config.get("collections")).get("posts"))
    style = _text(config.get("permalink")) or "date"
    return Jekyll(
        reason=CONFIG_NAME,
        url=_text(config.get("url")) or _from_cname(cname),
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


def _from_cname(text: str) -> str:
    host = next(iter(text.split()), "")
    return f"https://{host}" if re.fullmatch(r"[\w.-]+", host) else ""


def _feed_options(feed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what jekyll-feed's own key sets, by the fields of `Jekyll`."""
    posts = to_mapping(to_mapping(feed.get("collections")).get("posts"))
    limit = _text(feed.get("posts_limit"))
    most = min(int(limit), MAX_ENTRIES) if re.fullmatch("0*[1-9][0-9]{0,8}", limit) else DEFAULT_ENTRIES
    path = "/" + (_text(posts.get("path")) or _text(feed.get("path")) or "feed.xml").lstrip("/")
    feeds = (
        OwnFeed(path, "atom", most),
        *_feeds_of_tags(feed.get("tags"), most),
        *_feeds_of_categories(feed, posts, most),
    )
    return {"feeds": feeds, "excerpt_only": is_given(feed.get("excerpt_only"))}


def _feeds_of_tags(tags: object, limit: int) -> Iterator[OwnFeed]:
    """Return the feeds of tags, none if their path leaves the site."""
    folder = (_text(to_mapping(tags).get("path")) or "feed/by_tag").strip("/")
    if (isinstance(tags, dict) or _is_true(tags)) and ".." not in folder.split("/"):
        yield OwnFeed(f"/{folder}/{{name}}.xml", "atom", limit, ScopeKind.TAG)


def _feeds_of_categories(feed: Mapping[str, Any], posts: Mapping[str, Any], limit: int) -> Iterator[OwnFeed]:
    if names := (*_texts(feed.get("categories")), *_texts(posts.get("categories"))):
        yield OwnFeed("/feed/{name}.xml", "atom", limit, ScopeKind.CATEGORY, names)


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
