"""A Hugo site's configuration → `Hugo`, and the settings of feedsvc that it implies. Pure.

The keys are those of https://gohugo.io/configuration/all/, in any letter case: one file, or a folder with one for each.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from feedsvc.models import ScopeKind
from feedsvc.posts.generators.hugo_cascade import Cascade, Section, cascades_of, handed_down, sections_in
from feedsvc.posts.generators.hugo_files import DEFAULT_FOLDER, OLD, load, merge
from feedsvc.posts.generators.interface import Configuration, SiteFiles
from feedsvc.posts.generators.values import (
    below,
    find_config,
    is_true,
    limit_of,
    settings_of,
    text_of,
    texts_of,
    theme_folders,
    to_folder,
    to_items,
    to_mapping,
    to_pattern,
)
from feedsvc.sites import GeneratorName, OwnFeed, Site
from feedsvc.text import to_language

_CONTENT = "content/"
_KEYS = re.compile(
    r"^\s*[\"']?(?:baseurl|languagecode|defaultcontentlanguage|contentdir)[\"']?\s*[:=]", re.MULTILINE | re.IGNORECASE
)
_KINDS = {"tags": ScopeKind.TAG, "categories": ScopeKind.CATEGORY, "authors": ScopeKind.AUTHOR}
_OF_LANGUAGES = {"title", "params", "locale", "languagecode", "timezone"}
_DATES = ("date", "publishdate", "pubdate", "published", "lastmod", "modified")
_TAXONOMIES = {"tag": "tags", "category": "categories"}


@dataclass(frozen=True, slots=True)
class Permalink:
    """A template, and the section whose pages it is for, or as `pattern` a regular expression for their paths."""

    template: str
    section: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the site, and the start of its URLs."""

    code: str
    path: str


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder of the site that holds content: its place among all content, and the language of its posts.

    Both folders have a slash at their end, but the place of all content is "".
    """

    source: str
    target: str
    language: Language


@dataclass(frozen=True, slots=True)
class Hugo(Site):
    """What a Hugo site's configuration says beyond the settings.

    `ugly` are the sections whose pages are files, `*` for all. If `keeps_case`, paths keep their letter case.
    `name_dates` says when the date at the start of a file's name is its date, and the rest its slug: never, always, or
    as a fallback. `ignored` are regular expressions for paths that are not read.
    `sections` are the folders that have a page of their own, `titles` what those are called, and `cascades` what they
    hand down. `dates` are the keys that a date is taken from, `:filename` among them for the file's name.
    """

    generator: GeneratorName = GeneratorName.HUGO
    permalinks: tuple[Permalink, ...] = ()
    languages: tuple[Language, ...] = ()
    mounts: tuple[Mount, ...] = ()
    ugly: tuple[str, ...] = ()
    keeps_case: bool = False
    drops_accents: bool = False
    name_dates: str = "never"
    ignored: tuple[str, ...] = ()
    sections: tuple[tuple[str, ...], ...] = ()
    cascades: tuple[Cascade, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    dates: tuple[str, ...] = ()


def recognize(files: SiteFiles) -> str:
    """Return the name of the configuration; that of old is shared with other programs, so its keys decide."""
    named = find_config(files, "hugo", f"{DEFAULT_FOLDER}hugo", f"{DEFAULT_FOLDER}{OLD}")
    old = named or find_config(files, OLD)
    return old if named or (old and _KEYS.search(files.read(old))) else ""


def read(files: SiteFiles, prefix: str) -> Configuration:
    """Read the configuration of a site."""
    config = _in_default_language(load(files))
    url, params = text_of(config.get("baseurl")).rstrip("/"), to_mapping(config.get("params"))
    author = params.get("author") or config.get("author")
    hugo = _to_hugo(config, url if re.match("https?://", url) else "", prefix)
    hugo = _with_sections(hugo, config, files)
    values = settings_of(
        base_url=hugo.url,
        title=text_of(config.get("title")),
        description=text_of(params.get("description") or params.get("subtitle")),
        language=_language(config),
        author=text_of(to_mapping(author).get("name") or author),
        timezone=text_of(config.get("timezone")),
        future="yes" if is_true(config.get("buildfuture")) else "",
        drafts="yes" if is_true(config.get("builddrafts")) else "",
    )
    return Configuration(hugo, values)


def _in_default_language(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the configuration with what its default language says otherwise: title, description and the like."""
    code = text_of(config.get("defaultcontentlanguage")).lower() or "en"
    own = to_mapping(to_mapping(config.get("languages")).get(code))
    return merge(config, {key: value for key, value in own.items() if key in _OF_LANGUAGES})


def _language(config: Mapping[str, Any]) -> str:
    """Return the language of the site: its tag, else the code of the default language."""
    keys = ("locale", "languagecode", "defaultcontentlanguage")
    return next(filter(None, (to_language(text_of(config.get(key))) for key in keys)), "")


def _with_sections(hugo: Hugo, config: Mapping[str, Any], files: SiteFiles) -> Hugo:
    """Return a site with what the pages of its sections say."""
    pages = [(mount, page) for mount in hugo.mounts for page in sections_in(files, mount.source, mount.target)]
    folders = {tuple(page.path.split("/")) for _, page in pages}
    below = (one for _, page in pages for one in handed_down(page))
    return replace(
        hugo,
        sections=tuple(sorted(folders, key=lambda parts: (-len(parts), parts))),
        cascades=(*cascades_of(config.get("cascade")), *below),
        titles=tuple(_titles(hugo, pages)),
    )


def _titles(hugo: Hugo, pages: list[tuple[Mount, Section]]) -> Iterator[tuple[str, str]]:
    """Yield the sections, in lower case behind the start of their language's URLs, and their titles."""
    paths = {language.code: language.path for language in hugo.languages}
    for mount, page in pages:
        start = paths.get(page.language.lower(), mount.language.path).strip("/")
        if title := text_of(page.values.get("title")):
            yield f"{start}/{page.path}".strip("/").lower().replace(" ", "-"), title


def _to_hugo(config: Mapping[str, Any], url: str, prefix: str) -> Hugo:
    languages = tuple(_languages(config))
    mounts = tuple(_mounts(config, languages))
    return Hugo(
        reason="hugo",
        url=url,
        prefix=prefix,
        content=tuple(dict.fromkeys(mount.source for mount in mounts)),
        static=(
            *(f"{folder.strip('/')}/" for folder in map(text_of, to_items(config.get("staticdir", "static")))),
            *("assets/", *theme_folders(config.get("theme"), "static")),
        ),
        feeds=tuple(_feeds(config, languages)),
        unread=tuple(_unread(config)),
        permalinks=tuple(_permalinks(config.get("permalinks"))),
        languages=languages,
        mounts=mounts,
        ugly=_ugly(config.get("uglyurls")),
        keeps_case=is_true(config.get("disablepathtolower")),
        drops_accents=is_true(config.get("removepathaccents")),
        name_dates=_name_dates(config.get("frontmatter")),
        dates=tuple(_dates(config.get("frontmatter"))),
        ignored=tuple(filter(_is_pattern, texts_of(config.get("ignorefiles")))),
    )


def _languages(config: Mapping[str, Any]) -> Iterator[Language]:
    """Yield the languages, the default one first."""
    default = text_of(config.get("defaultcontentlanguage")).lower() or "en"
    in_folder = is_true(config.get("defaultcontentlanguageinsubdir"))
    table = to_mapping(config.get("languages"))
    for code in sorted({default, *table} - _disabled(config), key=lambda code: (code != default, code)):
        own = to_mapping(table.get(code))
        is_at_root = (code == default and not in_folder) or text_of(own.get("baseurl")) != ""
        yield Language(code, "" if is_at_root else f"/{code}")


def _disabled(config: Mapping[str, Any]) -> set[str]:
    """Return the codes of languages that are not built."""
    table = to_mapping(config.get("languages")).items()
    disabled = {code for code, own in table if is_true(to_mapping(own).get("disabled"))}
    return disabled | {code.lower() for code in texts_of(config.get("disablelanguages"))}


def _unread(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield regular expressions for files in disabled languages, and for those that `module.mounts` leaves out."""
    for code in sorted(_disabled(config)):
        yield rf"(?i).*\.{re.escape(code)}\.\w+"
    for row in map(to_mapping, to_items(to_mapping(config.get("module")).get("mounts"))):
        source, globs = to_folder(text_of(row.get("source"))), texts_of(row.get("files"))
        excluded = [*texts_of(row.get("excludefiles")), *(glob[1:] for glob in globs if glob.startswith("!"))]
        included = [*texts_of(row.get("includefiles")), *(glob for glob in globs if not glob.startswith("!"))]
        yield from (f"(?i){pattern}" for pattern in below(source, excluded))
        if included:
            yield rf"(?i)(?!(?:{'|'.join(below(source, included))})\Z){re.escape(source)}.*"


def _mounts(config: Mapping[str, Any], languages: tuple[Language, ...]) -> Iterator[Mount]:
    """Yield the folders of content: those that `module.mounts` puts there, else those of the languages."""
    by_code = {language.code: language for language in languages}
    found = False
    for row in map(to_mapping, to_items(to_mapping(config.get("module")).get("mounts"))):
        source, target = (to_folder(text_of(row.get(key))) for key in ("source", "target"))
        is_built = _language_of_mount(row) not in _disabled(config)
        if target.startswith(_CONTENT) and not source.startswith("../") and is_built:
            found = True
            yield Mount(source, target.removeprefix(_CONTENT), by_code.get(_language_of_mount(row), languages[0]))
    for language in () if found else languages:
        own = text_of(to_mapping(to_mapping(config.get("languages")).get(language.code)).get("contentdir"))
        folder = own or text_of(config.get("contentdir")) or "content"
        yield Mount(to_folder(folder), "", language)


def _language_of_mount(row: Mapping[str, Any]) -> str:
    matrix = to_mapping(to_mapping(row.get("sites")).get("matrix"))
    return (text_of(row.get("lang")) or next(iter(texts_of(matrix.get("languages"))), "")).lower()


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:  # one of Go's alone
        return False
    return True


def _name_dates(value: object) -> str:
    keys = [text_of(key).lower() for key in to_items(to_mapping(value).get("date"))]
    if ":filename" not in keys:
        return "never"
    return "fallback" if {"date", ":default"} & set(keys[: keys.index(":filename")]) else "always"


def _dates(value: object) -> Iterator[str]:
    for key in [text_of(key).lower() for key in to_items(to_mapping(value).get("date"))] or [":default"]:
        yield from _DATES if key == ":default" else (key,)


def _ugly(value: object) -> tuple[str, ...]:
    if isinstance(value, dict):
        return tuple(section for section, is_ugly in value.items() if is_true(is_ugly))
    return ("*",) if is_true(value) else ()


def _permalinks(value: object) -> Iterator[Permalink]:
    """Yield the templates of pages, in any of the three forms that Hugo has had."""
    if isinstance(value, list):
        for row in map(to_mapping, value):
            target = to_mapping(row.get("target"))
            if text_of(target.get("kind")) in {"", "page"}:
                yield Permalink(text_of(row.get("pattern")), pattern=to_pattern(text_of(target.get("path")) or "**"))
        return
    pages = to_mapping(to_mapping(value).get("page"))
    for section, template in {**to_mapping(value), **pages}.items():
        if isinstance(template, str):
            yield Permalink(template, section.strip(" /"))


def _feeds(config: Mapping[str, Any], languages: tuple[Language, ...]) -> Iterator[OwnFeed]:
    """Yield the feeds of everything, or of each of several languages; of sections and of the terms of taxonomies."""
    formats, services = to_mapping(config.get("outputformats")), to_mapping(config.get("services"))
    limit = limit_of(to_mapping(services.get("rss")).get("limit") or config.get("rsslimit"))
    name = (text_of(to_mapping(formats.get("rss")).get("basename")) or "index") + ".xml"
    if len(languages) == 1:
        yield OwnFeed(f"{languages[0].path}/{name}", "rss", limit)
    else:
        for one in languages:
            yield OwnFeed(f"{one.path}/{name}", "rss", limit, ScopeKind.LANGUAGE, (to_language(one.code),))
    taxonomies = config.get("taxonomies")
    for folder in (to_mapping(taxonomies) if isinstance(taxonomies, dict) else _TAXONOMIES).values():
        if kind := _KINDS.get(text_of(folder)):
            yield OwnFeed(f"/{folder}/{{name}}/{name}", "rss", limit, kind)
    yield OwnFeed(f"/{{name}}/{name}", "rss", limit, ScopeKind.SECTION)
