"""Eleventy, Astro, Quarto and Obsidian: how they are recognized, and which files are posts. Pure.

Where a post's page is on such a site is decided by code, not by configuration: the settings `site_url` and `permalink`
say it, and `permalink` in a post's front matter.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from feedsvc.posts.generators.finishing import finish_by_settings
from feedsvc.posts.generators.interface import Configuration, Generator, SiteFiles, is_below_content, is_in_content
from feedsvc.posts.generators.plain import is_post, may_hold_posts
from feedsvc.posts.generators.values import text_of, to_mapping
from feedsvc.sites import GeneratorName, Site

_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_TEMPLATES = ".obsidian/templates.json"


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


def _read(name: GeneratorName, content: str, static: str, files: SiteFiles, prefix: str) -> Configuration:
    statics = (static,) if static else ()
    return Configuration(OtherSite(name, prefix=prefix, content=(content,), static=statics, outside=_outside(files)))


def _outside(files: SiteFiles) -> tuple[str, ...]:
    """Return the folder of an Obsidian vault's templates, if it has one."""
    text = files.read(_TEMPLATES)
    folder = text_of(to_mapping(json.loads(text)).get("folder")).strip("/") if text.strip() else ""
    return (f"{folder}/",) if folder else ()


def _to_generator(name: GeneratorName, label: str, names: tuple[str, ...], content: str, static: str) -> Generator:
    """Return a generator that is recognized by one of the files or folders called so."""
    recognize: Callable[[SiteFiles], str] = partial(_find, names)
    return Generator(
        name=name,
        label=label,
        recognize=recognize,
        read=partial(_read, name, content, static),
        may_hold_posts=_may_hold_posts,
        is_post=_is_post,
        finish=finish_by_settings,
        has_feed=name is not GeneratorName.OBSIDIAN,
    )


def _scripts(*stems: str) -> tuple[str, ...]:
    return tuple(stem + suffix for stem in stems for suffix in _SCRIPTS)


OTHERS = (
    _to_generator(GeneratorName.ASTRO, "Astro", _scripts("astro.config"), "src/", "public/"),
    _to_generator(GeneratorName.ELEVENTY, "Eleventy", _scripts(".eleventy", "eleventy.config"), "", ""),
    _to_generator(GeneratorName.QUARTO, "Quarto", ("_quarto.yml", "_quarto.yaml"), "", ""),
    _to_generator(GeneratorName.OBSIDIAN, "Obsidian", (".obsidian",), "", ""),
)
