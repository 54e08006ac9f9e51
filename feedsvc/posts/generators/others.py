"""Eleventy, Astro, Quarto and Obsidian: how they are recognized, and which files are posts. Pure.

Where a post's page is on such a site is decided by code, not by configuration: the settings `site_url` and `permalink`
say it, and `permalink` in a post's front matter.
"""

import json
from dataclasses import dataclass, replace
from functools import partial

from feedsvc.markup.hashtags import find_hashtags
from feedsvc.names import fold
from feedsvc.posts.generators.finishing import finish_by_settings
from feedsvc.posts.generators.interface import (
    Configuration,
    Generator,
    SiteFiles,
    as_written,
    is_below_content,
    is_in_content,
)
from feedsvc.posts.generators.plain import is_post, may_hold_posts
from feedsvc.posts.generators.values import MAX_ENTRIES, text_of, to_mapping
from feedsvc.sites import GeneratorName, OwnFeed, Site

_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_LIMIT = 20  # entries
_TEMPLATES = ".obsidian/templates.json"
_QUARTZ = "quartz.config.ts"  # of a site of Quartz, whose notes are a vault
_QUARTZ_NOTES = ("content/",)


@dataclass(frozen=True, slots=True)
class OtherSite(Site):
    """A site of one of these generators; `outside` are folders of it without posts."""

    outside: tuple[str, ...] = ()


def _may_hold_posts(path: str, site: Site) -> bool:
    outside = site.outside if isinstance(site, OtherSite) else ()
    whole = f"{site.prefix}{path}/"
    return may_hold_posts(path, site) and is_below_content(path, site) and not whole.startswith(outside)


def _is_post(path: str, site: Site) -> bool:
    return is_post(path, site) and is_in_content(site, site.prefix + path)


def _find(names: tuple[str, ...], files: SiteFiles) -> str:
    return next(filter(files.has, names), "")


def _read(site: OtherSite, files: SiteFiles, prefix: str) -> Configuration:
    static = tuple(folder for folder in site.static if folder != prefix)
    content = _QUARTZ_NOTES if files.has(_QUARTZ) else site.content
    return Configuration(replace(site, prefix=prefix, content=content, static=static, outside=_outside(files)))


def _outside(files: SiteFiles) -> tuple[str, ...]:
    """Return the folders of an Obsidian vault that Quartz passes over, and that of its templates, if it has one."""
    text = files.read(_TEMPLATES)
    try:
        folder = text_of(to_mapping(json.loads(text)).get("folder")).strip("/") if text.strip() else ""
    except (ValueError, RecursionError):  # Obsidian writes it, nobody else
        folder = ""
    passed = tuple(f"{content}{name}/" for content in _QUARTZ_NOTES for name in ("private", "templates"))
    return (*(passed if files.has(_QUARTZ) else ()), *((f"{folder}/",) if folder else ()))


def _complete_tags(tags: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return the tags of a note without the `#` that some write in front matter, and those in its text; each once."""
    found: dict[str, str] = {}
    for tag in (*(tag.removeprefix("#") for tag in tags), *find_hashtags(text)):
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
        finish=finish_by_settings,
        has_feed=bool(site.feeds),
    )


def _scripts(*stems: str) -> tuple[str, ...]:
    return tuple(stem + suffix for stem in stems for suffix in _SCRIPTS)


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
        ("_quarto.yml", "_quarto.yaml"),
        OtherSite(GeneratorName.QUARTO, static=("",), feeds=_FEEDS[GeneratorName.QUARTO]),
    ),
    replace(
        _to_generator("Obsidian", (".obsidian", _QUARTZ), OtherSite(GeneratorName.OBSIDIAN, static=("",))),
        complete_tags=_complete_tags,
        title_of=as_written,
    ),
)
