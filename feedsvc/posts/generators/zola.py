"""Zola: its configuration, which files are posts, and their URLs. Pure.

The rules are those of Zola 0.21 (components/content/src/page.rs, components/utils/src/slugs.rs).
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from feedsvc.errors import PostError
from feedsvc.models import Post, Scope, ScopeKind
from feedsvc.posts.front_matter import load_toml, split
from feedsvc.posts.generators.finishing import keep_names_whole, raw_text
from feedsvc.posts.generators.interface import (
    Configuration,
    Generator,
    SiteFiles,
    is_below_content,
    is_in_content,
)
from feedsvc.posts.generators.values import (
    limit_of,
    settings_of,
    text_of,
    texts_of,
    theme_folders,
    to_items,
    to_mapping,
)
from feedsvc.posts.metadata import PUBLISHED, Front
from feedsvc.posts.permalinks import quote_path
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName, OwnFeed, Site
from feedsvc.text import to_language
from feedsvc.transliteration import to_ascii

CONTENT = "content/"

_CONFIG = ("config.toml", "zola.toml")
_BASE_URL = re.compile(r"^base_url\s*=", re.MULTILINE)
_DATED = re.compile(r"\d{4}-[01]\d-[0-3]\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?\s?[_-](?P<slug>.+)")
_DATE_IN_PATH = re.compile(r"(?:\A|/)(\d{4})/([01]\d)/([0-3]\d)/")
_NO_PATH = re.compile(r'[<>:"/\\|?*]')  # NTFS has no such file names
_KINDS = {"tags": ScopeKind.TAG, "categories": ScopeKind.CATEGORY, "authors": ScopeKind.AUTHOR}


@dataclass(frozen=True, slots=True)
class Zola(Site):
    """What a Zola site's configuration says beyond the settings; `slugify` is its strategy: on, safe or off.

    `sections` are the folders of content that have a page of their own; the posts of those in `transparent` are in the
    section around them too. `ignored` are globs of paths that are not read.
    """

    generator: GeneratorName = GeneratorName.ZOLA
    default_language: str = "en"
    languages: tuple[str, ...] = ()
    slugify: str = "on"
    keeps_dates: bool = False
    sections: frozenset[str] = frozenset()
    transparent: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()


# --- configuration -------------------------------------------------------------------------------


def _recognize(files: SiteFiles) -> str:
    return next((name for name in _CONFIG if files.has(name) and _BASE_URL.search(files.read(name))), "")


def _read(files: SiteFiles, prefix: str) -> Configuration:
    config = load_toml(next(filter(None, map(files.read, _CONFIG)), ""))
    zola = _to_zola(config, files, prefix)
    values = settings_of(
        base_url=zola.url,
        title=text_of(config.get("title")),
        description=text_of(config.get("description")),
        language=to_language(zola.default_language),
        author=text_of(config.get("author")),
        future="yes",
    )
    return Configuration(zola, values)


def _to_zola(config: Mapping[str, Any], files: SiteFiles, prefix: str) -> Zola:
    """Return a site with what its configuration and the pages of its sections say."""
    url, slugify = text_of(config.get("base_url")).rstrip("/"), to_mapping(config.get("slugify"))
    sections = frozenset(
        f"{path}/".removeprefix(CONTENT).rstrip("/") for path in files.folders_with("content", "_index.")
    )
    pages = {name: _front_of(files.read(f"{CONTENT}{name}/_index.md")) for name in sorted(sections)}
    return Zola(
        reason="base_url",
        url=url if re.match("https?://", url) else "",
        prefix=prefix,
        content=(CONTENT,),
        static=("static/", *theme_folders(config.get("theme"), "static")),
        feeds=tuple(_feeds(config)),
        default_language=text_of(config.get("default_language")) or "en",
        languages=tuple(to_mapping(config.get("languages"))),
        slugify=text_of(slugify.get("paths")) or "on",
        keeps_dates=slugify.get("paths_keep_dates") is True,
        ignored=tuple(_globs(config.get("ignored_content"))),
        sections=sections,
        transparent=frozenset(name for name in pages if pages[name].get("transparent") is True),
        unread=tuple(f"{re.escape(CONTENT + name)}/.*" for name in pages if pages[name].get("draft") is True),
    )


def _globs(value: object) -> Iterator[str]:
    """Yield globs without braces: `*.{a,b}` is two; those that name a place begin at the site's folder."""
    for pattern in texts_of(value):
        head, brace, rest = pattern.partition("{")
        choices, _, tail = rest.partition("}")
        for choice in choices.split(",") if brace else [""]:
            glob = f"{head}{choice}{tail}" if brace else pattern
            yield glob if glob.startswith("*") else f"/{glob.lstrip('/')}"


def _front_of(page: str) -> Mapping[str, Any]:
    """Return the front matter of a section's page; none that cannot be read."""
    with suppress(PostError):
        return split(page.encode()).values
    return {}


def _feeds(config: Mapping[str, Any]) -> Iterator[OwnFeed]:
    """Yield the feeds of everything and of sections, and of the terms of taxonomies that have them."""
    limit = limit_of(config.get("feed_limit"))
    names = texts_of(config.get("feed_filenames") or config.get("feed_filename")) or ("atom.xml",)
    formats = {name: "rss" if "rss" in name else "atom" for name in names if name.endswith(".xml")}
    for code, start in _languages_with_feeds(config):
        of, names = (ScopeKind.LANGUAGE, (code,)) if code else (ScopeKind.ALL, ())
        yield from (OwnFeed(f"{start}/{name}", format_, limit, of, names) for name, format_ in formats.items())
    yield from (OwnFeed(f"/{{name}}/{name}", format_, limit, ScopeKind.SECTION) for name, format_ in formats.items())
    for taxonomy in map(to_mapping, to_items(config.get("taxonomies"))):
        folder = text_of(taxonomy.get("name"))
        if (kind := _KINDS.get(folder)) and taxonomy.get("feed") is True:
            yield from (OwnFeed(f"/{folder}/{{name}}/{name}", fmt, limit, kind) for name, fmt in formats.items())


def _languages_with_feeds(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the languages that have a feed, and the starts of its path; "" for all posts of a site with one."""
    others = to_mapping(config.get("languages"))
    default = text_of(config.get("default_language")) or "en"
    if _has_feed(config):
        yield to_language(default) if others else "", ""
    for code, options in others.items():
        if code != default and _has_feed(to_mapping(options)):
            yield to_language(code), f"/{code}"


def _has_feed(options: Mapping[str, Any]) -> bool:
    return options.get("generate_feeds") is True or options.get("generate_feed") is True


# --- posts ---------------------------------------------------------------------------------------


def _is_post(path: str, site: Site) -> bool:
    name = path.rpartition("/")[2]
    return (
        name.endswith(".md")
        and not re.match(r"_index(?:\.[\w-]+)?\.md\Z", name)
        and is_in_content(site, site.prefix + path)
        and not _is_ignored(site.prefix + path, site)
    )


def _is_ignored(whole: str, site: Site) -> bool:
    return isinstance(site, Zola) and any(fnmatchcase(f"/{whole}", pattern) for pattern in site.ignored)


def _prepare(front: Front, site: Site, modified: datetime) -> None:
    """Take the date of a post that has none from its `path`, as templates do."""
    keep_names_whole(front, site, modified)
    found = _DATE_IN_PATH.search(raw_text(front, "path"))
    if found and not front.get(*PUBLISHED):
        front.take({**front.values, "date": "-".join(found.groups())})


def _finish(post: Post, front: Front, settings: Settings) -> Post:
    """Return a post with its URL; its id is the URL as Zola writes it: without percent-encoding."""
    zola = settings.site
    if not isinstance(zola, Zola):
        return post
    path = _path_of(post.path, front, zola)
    site_id = f"{settings.own_url}{path}" if settings.own_url else ""
    return replace(post, url=quote_path(path), site_id=site_id, sections=_sections_of(post, zola))


def _sections_of(post: Post, zola: Zola) -> tuple[str, ...]:
    """Return the section that a post is in, and those around it as far as they are transparent.

    A page in a folder without a page of its own is in no section, but that its top folder is one here.
    """
    *folders, name = (zola.prefix + post.path).removeprefix(CONTENT).split("/")
    if _split_language(name.rpartition(".")[0], zola)[0] == "index":
        folders = folders[:-1]
    if folders[:1] and folders[0] not in zola.sections:
        return (folders[0],)
    found: list[str] = []
    while folders and "/".join(folders) in zola.sections:
        found.append("/".join(folders))
        if found[-1] not in zola.transparent:
            break
        folders = folders[:-1]
    return tuple(found)


def _path_of(path: str, front: Front, zola: Zola) -> str:
    written = raw_text(front, "path")
    if written:
        return f"/{written.strip('/')}/"
    *folders, name = (zola.prefix + path).removeprefix(CONTENT).split("/")
    stem, language = _split_language(name.rpartition(".")[0], zola)
    name = folders.pop() if stem == "index" and folders else stem
    parts = (*([language] if language else []), *folders, _slug_of(name, front, zola))
    return "/" + "".join(f"{part}/" for part in parts if part)


def _split_language(stem: str, zola: Zola) -> tuple[str, str]:
    head, _, code = stem.rpartition(".")
    is_language = head and code in zola.languages and code != zola.default_language
    return (head, code) if is_language else (stem, "")


def _slug_of(name: str, front: Front, zola: Zola) -> str:
    dated = None if zola.keeps_dates else _DATED.match(name)
    return slugify(raw_text(front, "slug") or (dated["slug"] if dated else name), zola.slugify)


def slugify(text: str, strategy: str = "on") -> str:
    """Return the slug of a text by a strategy of Zola's."""
    if strategy == "off":
        return text
    if strategy == "safe":
        return _NO_PATH.sub("", text.rstrip(" ."))
    return re.sub("[^a-z0-9]+", "-", to_ascii(text).lower()).strip("-")


def _to_segment(scope: Scope) -> str:
    """Return the name of a term, or the path of a section, in the path of its feed."""
    if scope.kind is ScopeKind.SECTION:
        return "/".join(map(slugify, scope.name.split("/")))
    return slugify(scope.name)


ZOLA = Generator(
    name=GeneratorName.ZOLA,
    label="Zola",
    recognize=_recognize,
    read=_read,
    may_hold_posts=is_below_content,
    is_post=_is_post,
    prepare=_prepare,
    finish=_finish,
    to_segment=_to_segment,
)
