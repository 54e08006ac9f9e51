"""Eleventy, Astro, Quarto and Obsidian: how they are recognized, and which files are posts. Pure.

Where a post's page is on such a site is decided by code, not by configuration: the settings `site_url` and `permalink`
say it, and `permalink` in a post's front matter.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from feedsvc.markup.hashtags import find_hashtags
from feedsvc.names import fold
from feedsvc.posts.generators.finishing import finish_by_settings
from feedsvc.posts.generators.folder_data import of_eleventy, of_quarto
from feedsvc.posts.generators.hugo_cascade import Cascade, add_cascades
from feedsvc.posts.generators.interface import (
    Configuration,
    Generator,
    SiteFiles,
    as_written,
    is_below_content,
    is_in_content,
)
from feedsvc.posts.generators.javascript import value_under, without_comments
from feedsvc.posts.generators.plain import is_post, may_hold_posts
from feedsvc.posts.generators.values import MAX_ENTRIES, below, load_config, text_of, texts_of, to_mapping, to_pattern
from feedsvc.posts.metadata import Front
from feedsvc.sites import GeneratorName, OwnFeed, Site

_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_LIMIT = 20  # entries
_TEMPLATES = ".obsidian/templates.json"
_QUARTZ = "quartz.config.ts"  # of a site of Quartz, whose notes are a vault
_QUARTZ_NOTES = ("content/",)
_QUOTED = re.compile(r"[\"'`]([^\"'`]+)[\"'`]")
_QUARTO = ("_quarto.yml", "_quarto.yaml")


@dataclass(frozen=True, slots=True)
class OtherSite(Site):
    """A site of one of these generators.

    `outside` are folders of it without posts, and `cascades` front matter that files of folders and the configuration
    hand down.
    """

    outside: tuple[str, ...] = ()
    cascades: tuple[Cascade, ...] = ()


def _may_hold_posts(path: str, site: Site) -> bool:
    outside = site.outside if isinstance(site, OtherSite) else ()
    whole = f"{site.prefix}{path}/"
    return may_hold_posts(path, site) and is_below_content(path, site) and not whole.startswith(outside)


def _is_post(path: str, site: Site) -> bool:
    return is_post(path, site) and is_in_content(site, site.prefix + path)


def _prepare(front: Front, site: Site, _modified: datetime) -> None:
    """Add what is handed down to a post, and hide one of Eleventy's that has no page: `permalink: false`."""
    if isinstance(site, OtherSite):
        add_cascades(front, site.cascades, site.prefix + front.path, "")
    if site.generator is GeneratorName.ELEVENTY and front.source.values.get("permalink") is False:
        front.source = replace(front.source, values={**front.source.values, "eleventyExcludeFromCollections": True})


def _find(names: tuple[str, ...], files: SiteFiles) -> str:
    return next(filter(files.has, names), "")


def _read(site: OtherSite, files: SiteFiles, prefix: str) -> Configuration:
    static = tuple(folder for folder in site.static if folder != prefix)
    read = _READERS.get(site.generator)
    found = replace(site, prefix=prefix, static=static)
    return Configuration(read(found, files) if read else found)


# --- what each of them says of its posts ---------------------------------------------------------


def _read_eleventy(site: OtherSite, files: SiteFiles) -> OtherSite:
    lines = (line.strip() for line in files.read(".eleventyignore").splitlines())
    globs = (line for line in lines if line and not line.startswith(("#", "!")))
    return replace(site, unread=tuple(below("", globs)), cascades=tuple(of_eleventy(files, site.prefix)))


def _read_quarto(site: OtherSite, files: SiteFiles) -> OtherSite:
    """Add the drafts that the configuration lists, and what it leaves out (`render: ["!drafts/"]`)."""
    config = load_config(_QUARTO[0], files.read(_find(_QUARTO, files)))
    website, project = (to_mapping(config.get(key)) for key in ("website", "project"))
    drafts = (Cascade("", {"draft": True}, f"/{to_pattern(glob.lower())}") for glob in texts_of(website.get("drafts")))
    left_out = (glob[1:] for glob in texts_of(project.get("render")) if glob.startswith("!"))
    return replace(site, unread=tuple(below("", left_out)), cascades=(*drafts, *of_quarto(files, site.prefix)))


def _read_obsidian(site: OtherSite, files: SiteFiles) -> OtherSite:
    """Add the folder of a vault's templates; on a site of Quartz what its configuration says of notes."""
    text = files.read(_TEMPLATES)
    try:
        folder = text_of(to_mapping(json.loads(text)).get("folder")).strip("/") if text.strip() else ""
    except (ValueError, RecursionError):  # Obsidian writes it, nobody else
        folder = ""
    vault = replace(site, outside=(f"{folder}/",) if folder else ())
    return _read_quartz(vault, files.read(_QUARTZ)) if files.has(_QUARTZ) else vault


def _read_quartz(site: OtherSite, script: str) -> OtherSite:
    """Add what Quartz ignores, and that it only shows notes with `publish: true` if it is configured so."""
    code = without_comments(script)
    listed = value_under("ignorePatterns", code)
    globs = _QUOTED.findall(listed) if listed else ["private", "templates"]
    unread = tuple(below(content, globs) for content in _QUARTZ_NOTES)
    cascades = (Cascade("", {"publish": False}),) if "ExplicitPublish(" in code else ()
    return replace(site, content=_QUARTZ_NOTES, unread=tuple(chain(*unread)), cascades=cascades)


def _complete_tags(tags: tuple[str, ...], read_text: Callable[[], str]) -> tuple[str, ...]:
    """Return the tags of a note without the `#` that some write in front matter, and those in its text; each once."""
    found: dict[str, str] = {}
    for tag in (*(tag.removeprefix("#") for tag in tags), *find_hashtags(read_text())):
        found.setdefault(fold(tag), tag)
    return tuple(found.values())


def _to_generator(label: str, names: tuple[str, ...], site: OtherSite) -> Generator:
    """Return a generator whose sites are recognized by one of the files or folders called so."""
    return Generator(
        name=site.generator,
        label=label,
        recognize=partial(_find, names),
        read=partial(_read, site),
        may_hold_posts=_may_hold_posts,
        is_post=_is_post,
        prepare=_prepare,
        finish=finish_by_settings,
        has_feed=bool(site.feeds),
    )


def _scripts(*stems: str) -> tuple[str, ...]:
    return tuple(stem + suffix for stem in stems for suffix in _SCRIPTS)


_READERS: Mapping[GeneratorName, Callable[[OtherSite, SiteFiles], OtherSite]] = {
    GeneratorName.ELEVENTY: _read_eleventy,
    GeneratorName.QUARTO: _read_quarto,
    GeneratorName.OBSIDIAN: _read_obsidian,
}

# Code decides how many entries a feed has; these are the numbers of the starters, or what every feed here has.
_FEEDS = {
    GeneratorName.ASTRO: (OwnFeed("/rss.xml", "rss", MAX_ENTRIES),),
    GeneratorName.ELEVENTY: tuple(OwnFeed(path, "atom", _LIMIT) for path in ("/feed.xml", "/feed/feed.xml")),
    GeneratorName.QUARTO: (OwnFeed("/index.xml", "rss", _LIMIT),),
}

OTHERS = (
    _to_generator(
        "Astro",
        _scripts("astro.config"),
        OtherSite(
            GeneratorName.ASTRO, content=("src/",), static=("public/", "src/"), feeds=_FEEDS[GeneratorName.ASTRO]
        ),
    ),
    _to_generator(
        "Eleventy",
        _scripts(".eleventy", "eleventy.config"),
        OtherSite(
            GeneratorName.ELEVENTY, static=("public/", "static/", "src/", ""), feeds=_FEEDS[GeneratorName.ELEVENTY]
        ),
    ),
    _to_generator(
        "Quarto",
        _QUARTO,
        OtherSite(GeneratorName.QUARTO, static=("",), feeds=_FEEDS[GeneratorName.QUARTO]),
    ),
    replace(
        _to_generator("Obsidian", (".obsidian", _QUARTZ), OtherSite(GeneratorName.OBSIDIAN, static=("",))),
        complete_tags=_complete_tags,
        title_of=as_written,
    ),
)
