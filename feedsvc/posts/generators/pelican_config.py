"""A Pelican site's `pelicanconf.py` and `publishconf.py` → `Pelican`, and the settings of feedsvc they imply. Pure.

The names are those of https://docs.getpelican.com/en/stable/settings.html; the files are never run.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from feedsvc.models import ScopeKind
from feedsvc.posts.generators.interface import Configuration, SiteFiles
from feedsvc.posts.generators.python_values import PythonValues, read_values
from feedsvc.posts.generators.values import below, limit_of, settings_of, text_of, texts_of, to_folder
from feedsvc.sites import GeneratorName, OwnFeed, Site
from feedsvc.text import to_language

CONFIGS = ("pelicanconf.py", "publishconf.py")  # the later ones win
DEFAULTS: Mapping[str, Any] = {
    "PATH": ".",
    "ARTICLE_PATHS": [""],
    "PAGE_PATHS": ["pages"],
    "ARTICLE_URL": "{slug}.html",
    "ARTICLE_LANG_URL": "{slug}-{lang}.html",
    "DEFAULT_CATEGORY": "misc",
    "DEFAULT_LANG": "en",
    "USE_FOLDER_AS_CATEGORY": True,
    "FILENAME_METADATA": r"(?P<date>\d{4}-\d{2}-\d{2}).*",
    "PATH_METADATA": "",
    "SLUGIFY_SOURCE": "title",
    "SLUG_REGEX_SUBSTITUTIONS": [[r"[^\w\s-]", ""], [r"(?u)\A\s*", ""], [r"(?u)\s*\Z", ""], [r"[-\s]+", "-"]],
    "FEED_ALL_ATOM": "feeds/all.atom.xml",
    "CATEGORY_FEED_ATOM": "feeds/{slug}.atom.xml",
    "AUTHOR_FEED_ATOM": "feeds/{slug}.atom.xml",
    "AUTHOR_FEED_RSS": "feeds/{slug}.rss.xml",
    "TRANSLATION_FEED_ATOM": "feeds/all-{lang}.atom.xml",
    "FEED_MAX_ITEMS": 100,
    "WITH_FUTURE_DATES": True,
    "TIMEZONE": "UTC",
}

_USED = {
    *DEFAULTS,
    *("SITEURL", "SITENAME", "SITESUBTITLE", "AUTHOR", "ARTICLE_EXCLUDES", "SLUGIFY_USE_UNICODE"),
    *("SLUGIFY_PRESERVE_CASE", "CATEGORY_REGEX_SUBSTITUTIONS", "AUTHOR_REGEX_SUBSTITUTIONS", "DEFAULT_METADATA"),
    *("FEED_ATOM", "FEED_RSS", "FEED_ALL_RSS", "CATEGORY_FEED_RSS", "TAG_FEED_ATOM", "TAG_FEED_RSS"),
    *("TRANSLATION_FEED_RSS", "EXTRA_PATH_METADATA", "DEFAULT_DATE", "IGNORE_FILES"),
}
_FEEDS = {
    ScopeKind.ALL: ("FEED_ATOM", "FEED_RSS", "FEED_ALL_ATOM", "FEED_ALL_RSS"),
    ScopeKind.CATEGORY: ("CATEGORY_FEED_ATOM", "CATEGORY_FEED_RSS"),
    ScopeKind.TAG: ("TAG_FEED_ATOM", "TAG_FEED_RSS"),
    ScopeKind.AUTHOR: ("AUTHOR_FEED_ATOM", "AUTHOR_FEED_RSS"),
    ScopeKind.LANGUAGE: ("TRANSLATION_FEED_ATOM", "TRANSLATION_FEED_RSS"),
}


@dataclass(frozen=True, slots=True)
class Pelican(Site):
    """What a Pelican site's configuration says beyond the settings.

    `root` is the folder that `PATH` names, `excluded` are folders in it without articles, and `names` the values by
    their names, with Pelican's defaults.
    """

    generator: GeneratorName = GeneratorName.PELICAN
    root: str = ""
    excluded: tuple[str, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)


def recognize(files: SiteFiles) -> str:
    """Return the name of the first configuration there is."""
    return next(filter(files.has, CONFIGS), "")


def read(files: SiteFiles, prefix: str) -> Configuration:
    """Read the configuration of a site."""
    found = PythonValues({}, {})
    hints: list[str] = []
    for name in filter(files.has, CONFIGS):
        before = found.unknown
        found = read_values(files.read(name), found)
        fresh = ((key, line) for key, line in found.unknown.items() if key in _USED and before.get(key) != line)
        hints += (f"{name}:{line}: {key}: no literal, so not read: such a file is never run" for key, line in fresh)
    written = {key: value for key, value in found.values.items() if key in _USED}
    # Without PATH the folder is named on the command line; the Makefile of `pelican-quickstart` calls it so.
    content = {"PATH": "content"} if "PATH" not in found.unknown and files.has("content") else {}
    names = {**DEFAULTS, **content, **written}
    pelican = _to_pelican(names, prefix)
    return Configuration(pelican, _to_settings(names, pelican), tuple(hints))


def _to_settings(names: Mapping[str, Any], pelican: Pelican) -> dict[str, object]:
    return settings_of(
        base_url=pelican.url,
        title=text_of(names.get("SITENAME")),
        description=text_of(names.get("SITESUBTITLE")),
        language=to_language(text_of(names["DEFAULT_LANG"])),
        author=text_of(names.get("AUTHOR")),
        timezone=text_of(names["TIMEZONE"]),
        future="yes" if names["WITH_FUTURE_DATES"] else "",
    )


def _to_pelican(names: Mapping[str, Any], prefix: str) -> Pelican:
    url = text_of(names.get("SITEURL")).rstrip("/")
    root = to_folder(text_of(names["PATH"]))
    excludes = names.get("ARTICLE_EXCLUDES") or ()
    return Pelican(
        reason=CONFIGS[0],
        url=url if re.match("https?://", url) else "",
        prefix=prefix,
        content=tuple(root + to_folder(path) for path in texts_of(names["ARTICLE_PATHS"])) or (root,),
        static=(root,),
        feeds=tuple(_feeds(names, f"{url}/")),
        unread=tuple(below(root, (f"**/{pattern}" for pattern in texts_of(names.get("IGNORE_FILES"))))),
        root=root,
        excluded=tuple(root + to_folder(path) for path in (*texts_of(names["PAGE_PATHS"]), *texts_of(excludes))),
        names=names,
    )


def _feeds(names: Mapping[str, Any], feed_id: str) -> Iterator[OwnFeed]:
    """Yield the feeds that have a path; Pelican's feeds have the site's URL as id."""
    limit = limit_of(names["FEED_MAX_ITEMS"])
    for kind, keys in _FEEDS.items():
        for key in keys:
            if path := text_of(names.get(key)):
                address = "/" + re.sub(r"{slug}|{lang}|%s", "{name}", path.lstrip("/"))
                yield OwnFeed(address, "rss" if key.endswith("RSS") else "atom", limit, kind, id=feed_id)
