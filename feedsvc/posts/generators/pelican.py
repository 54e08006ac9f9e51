"""Pelican: which files are articles, their category, URLs and ids. Pure.

The rules are those of Pelican 4.12 and feedgenerator 2.2 (contents.py, readers.py, utils.py, get_tag_uri).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from feedsvc.errors import PostError
from feedsvc.models import Level, Post, Scope, ScopeKind
from feedsvc.posts.generators.finishing import keep_names_whole, local_time, raw_text
from feedsvc.posts.generators.interface import Generator, is_below_content, is_in_content
from feedsvc.posts.generators.pelican_config import DEFAULTS, Pelican, read, recognize
from feedsvc.posts.generators.plain import GENERATED
from feedsvc.posts.generators.values import text_of, to_items, to_mapping
from feedsvc.posts.metadata import Front
from feedsvc.posts.permalinks import quote_path
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName, Site
from feedsvc.transliteration import to_ascii

_PLACEHOLDER = re.compile(r"{(\w+)(?::([^{}]*))?}")
# Markdown within a line, and what is shown of it.
_MARKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"!?\[([^\[\]]*)\]\([^()\s]*\)",
        r"`([^`]+)`",
        r"\*\*([^*]+)\*\*",
        r"__([^_]+)__",
        r"\*([^*\s][^*]*)\*",
        r"(?<!\w)_([^_\s][^_]*)_(?!\w)",
    )
)
_TAG = re.compile("<[^>]*>")


_STATUSES = {"published", "draft", "hidden", "skip"}

# --- files ---------------------------------------------------------------------------------------


def _may_hold_posts(path: str, site: Site) -> bool:
    whole = f"{site.prefix}{path}/"
    is_excluded = isinstance(site, Pelican) and whole.startswith(site.excluded)
    return is_below_content(path, site) and not is_excluded


def _is_post(path: str, site: Site) -> bool:
    name = path.rpartition("/")[2]
    is_named = name.lower().endswith(GENERATED) and not name.startswith((".", "#"))
    return is_named and is_in_content(site, site.prefix + path)


# --- front matter --------------------------------------------------------------------------------


def _prepare(front: Front, site: Site, modified: datetime) -> None:
    """Add what the names of file and folder say, a category in any case, and `DEFAULT_METADATA`."""
    if not isinstance(site, Pelican):
        return
    written = {name.lower() for name, value in front.source.values.items() if value not in (None, "")}
    found = {**_defaults_of(site), **_metadata_of(front.path, site)}
    added = {name: value for name, value in found.items() if name not in written}
    if {"category", "categories"} & written:
        added.pop("category", None)
    front.source = replace(front.source, values={**front.source.values, **added, **_summary_of(front)})
    front.take(front.source.values)
    keep_names_whole(front, site, modified)
    status = front.text("status").lower()
    if status and status not in _STATUSES:
        front.report(Level.HINT, "status", f"{status!r} is none of Pelican's, which skips the article")
        front.source = replace(front.source, values={**front.source.values, "status": "skip"})


def _summary_of(front: Front) -> dict[str, str]:
    """Return a summary without its Markdown, which Pelican renders (FORMATTED_FIELDS)."""
    text = front.source.values.get("summary")
    if not isinstance(text, str) or front.path.endswith((".html", ".htm")):
        return {}
    for mark in _MARKS:
        text = mark.sub(r"\1", text)
    return {"summary": text}


def _defaults_of(site: Pelican) -> dict[str, Any]:
    named = {str(key).lower(): value for key, value in to_mapping(site.names.get("DEFAULT_METADATA")).items()}
    numbers = [str(part) for part in to_items(site.names.get("DEFAULT_DATE"))]
    dated = {"date": "-".join(numbers[:3])} if all(part.isdecimal() for part in numbers) and numbers[2:] else {}
    return {**dated, **named, "category": text_of(site.names["DEFAULT_CATEGORY"])}


def _metadata_of(path: str, site: Pelican) -> dict[str, Any]:
    """Return the metadata of a path: in the file's name, in the path, in the folder's name, and what is set for it."""
    inner = (site.prefix + path).removeprefix(site.root)
    folder, _, name = inner.rpartition("/")
    checks = [(site.names["FILENAME_METADATA"], name.rpartition(".")[0]), (site.names["PATH_METADATA"], inner)]
    if site.names["USE_FOLDER_AS_CATEGORY"] and folder:
        checks.append(("(?P<category>.*)", folder.rpartition("/")[2]))
    found: dict[str, Any] = {}
    for pattern, text in checks:
        for key, value in _groups_of(text_of(pattern), text).items():
            found.setdefault(key.lower(), value)
    extra = to_mapping(site.names.get("EXTRA_PATH_METADATA"))
    for place in sorted(extra, key=len):
        if f"{inner}/".startswith(f"{str(place).strip('/')}/"):
            found |= {str(key).lower(): value for key, value in to_mapping(extra[place]).items()}
    return found


def _groups_of(pattern: str, text: str) -> dict[str, str]:
    try:
        match = re.match(pattern, text) if pattern else None
    except re.error as error:
        raise PostError(f"pelicanconf.py: {pattern!r}: {error}") from error
    return {key: value for key, value in match.groupdict().items() if value} if match else {}


# --- URLs and ids --------------------------------------------------------------------------------


def _finish(post: Post, front: Front, settings: Settings) -> Post:
    """Return a post with its URL, and the tag URI that Pelican's feeds have as its id."""
    site = settings.site
    if not isinstance(site, Pelican):
        return post
    local = local_time(post, front, settings.timezone)
    path = raw_text(front, "url") or _path_of(post, front, site, local)
    link = urljoin(f"{settings.own_url}/", path.lstrip("/")) if settings.own_url else ""
    return replace(post, url=quote_path(f"/{path.lstrip('/')}"), site_id=_to_tag_uri(link, local) if link else "")


def _path_of(post: Post, front: Front, site: Pelican, local: datetime) -> str:
    default = text_of(site.names["DEFAULT_LANG"]).lower()
    language = raw_text(front, "lang").lower() or default
    key = "ARTICLE_URL" if language == default else "ARTICLE_LANG_URL"
    author = post.authors[0].name if post.authors else text_of(site.names.get("AUTHOR"))
    values: dict[str, Any] = {
        **{str(name).lower(): value for name, value in front.values.items()},
        "date": local,
        "slug": _slug_of(post, front, site),
        "lang": language,
        "category": slugify(post.categories[0] if post.categories else "", site.names, "CATEGORY"),
        "author": slugify(author, site.names, "AUTHOR"),
        "path": (site.prefix + post.path).removeprefix(site.root),
    }
    return _PLACEHOLDER.sub(lambda found: _fill(found, values), text_of(site.names[key]))


def _fill(found: re.Match[str], values: Mapping[str, Any]) -> str:
    if found[1] not in values:
        raise PostError(f"ARTICLE_URL: no placeholder {found[0]!r}")
    value = values[found[1]]
    return value.strftime(found[2] or "%Y-%m-%d %H:%M:%S%z") if isinstance(value, datetime) else str(value)


def _slug_of(post: Post, front: Front, site: Pelican) -> str:
    written = raw_text(front, "slug") or str(front.values.get("slug", ""))
    if written:
        return written
    stem = post.path.rpartition("/")[2].rpartition(".")[0]
    return slugify(stem if site.names["SLUGIFY_SOURCE"] == "basename" else raw_text(front, "title"), site.names)


def slugify(text: str, names: Mapping[str, Any] = DEFAULTS, kind: str = "SLUG") -> str:
    """Return the slug of a text by the substitutions for slugs, categories or authors."""
    value = unicodedata.normalize("NFKC", " ".join(_TAG.sub("", text).split()))
    if not names.get("SLUGIFY_USE_UNICODE"):
        value = to_ascii(value)
    for pattern, replacement in _substitutions(names, kind):
        try:
            value = re.sub(pattern, replacement, value, flags=re.IGNORECASE)
        except (re.error, IndexError) as error:
            raise PostError(f"pelicanconf.py: {pattern!r}: {error}") from error
    return (value if names.get("SLUGIFY_PRESERVE_CASE") else value.lower()).strip()


def _substitutions(names: Mapping[str, Any], kind: str) -> list[tuple[str, str]]:
    found = names.get(f"{kind}_REGEX_SUBSTITUTIONS") or names.get("SLUG_REGEX_SUBSTITUTIONS") or []
    return [(str(pair[0]), str(pair[1])) for pair in to_items(found) if isinstance(pair, list) and len(pair) > 1]


def _to_tag_uri(link: str, local: datetime) -> str:
    parts = urlsplit(link)
    fragment = f"/{parts.fragment}" if parts.fragment else ""
    return f"tag:{parts.hostname},{local:%Y-%m-%d}:{parts.path}{fragment}"


def _to_segment(scope: Scope) -> str:
    return slugify(scope.name)


def _name_feed(title: str, scope: Scope, _site: Site) -> str:
    return "" if scope.kind in {ScopeKind.ALL, ScopeKind.LANGUAGE} else f"{title} - {scope.name}"


PELICAN = Generator(
    name=GeneratorName.PELICAN,
    label="Pelican",
    recognize=recognize,
    read=read,
    may_hold_posts=_may_hold_posts,
    is_post=_is_post,
    prepare=_prepare,
    finish=_finish,
    to_segment=_to_segment,
    name_feed=_name_feed,
)
