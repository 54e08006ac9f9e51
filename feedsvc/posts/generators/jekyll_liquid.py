"""What Liquid sees of a Jekyll site: its configuration, and a post as `page` and in `site.posts`. Pure.

The rules are those of Jekyll 4.3 (Document#to_liquid, Drops::DocumentDrop).
"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from feedsvc.models import Post
from feedsvc.posts.generators.jekyll import is_draft, slug_of, with_defaults
from feedsvc.posts.yaml_values import Number
from feedsvc.sites import Jekyll

MAX_NESTED = 50  # lists and mappings within each other
_BOOLEANS = {
    **dict.fromkeys(("True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
}


def to_liquid(value: Any, depth: int = 0) -> Any:
    """Return a value of YAML as Ruby reads it: numbers are numbers, `yes` is true."""
    if isinstance(value, Number):
        return _to_number(value)
    if isinstance(value, str):
        return _BOOLEANS.get(value, value)
    if depth > MAX_NESTED:
        return None
    if isinstance(value, Mapping):
        return {to_key(key): to_liquid(item, depth + 1) for key, item in value.items()}
    return [to_liquid(item, depth + 1) for item in value] if isinstance(value, list | tuple) else value


def to_key(key: object) -> object:
    """Return a key of a mapping as templates ask for it: a number in a path is text."""
    return str(key) if isinstance(key, str | bool) else key


def _to_number(text: str) -> int | float | str:
    plain = text.replace("_", "")
    try:
        return float(plain) if "." in plain else int(plain, 8 if plain.startswith("0") and len(plain) > 1 else 10)
    except ValueError:
        return str(text)


def values_of_post(post: Post, zone: tzinfo, prefix: str) -> dict[str, Any]:
    """Return what templates see of a post without its file; `prefix` is the path of the posts folder in the site."""
    path = prefix + post.path
    return {
        "title": post.title,
        "url": post.url,
        "id": post.url.removesuffix(".html").rstrip("/"),
        "date": post.published.astimezone(zone),
        "path": path,
        "relative_path": path,
        "slug": slug_of(post.path),
        "tags": list(post.tags),
        "categories": list(post.categories),
        "collection": "posts",
        "excerpt": post.summary,
    }


def values_of_page(post: Post, values: Mapping[str, Any], zone: tzinfo, jekyll: Jekyll) -> dict[str, Any]:
    """Return the variable `page` of a post: its front matter with the site's defaults, and what Jekyll adds."""
    written = to_liquid(with_defaults(values, post.path, jekyll))
    added = values_of_post(post, zone, jekyll.prefix)
    if written.get("title") is not None:
        del added["title"]
    name = post.path.rpartition("/")[2]
    suffix = f".{name.rpartition('.')[2]}"
    kept = {"excerpt": written.get("excerpt", added["excerpt"]), "draft": is_draft(post.path, jekyll)}
    return {**written, **added, **kept, "name": name, "ext": suffix}
