"""Docusaurus: which files are posts of a blog, their authors, tags and URLs, and the feeds of the site. Pure.

The rules are those of @docusaurus/plugin-content-blog 3 (blogUtils.ts, authorsMap.ts, feed.ts).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from feedsvc.errors import PostError
from feedsvc.models import Post, Scope, ScopeKind
from feedsvc.posts.generators.finishing import keep_names_whole, raw_text
from feedsvc.posts.generators.interface import (
    Configuration,
    Generator,
    SiteFiles,
    is_below_content,
    is_in_content,
)
from feedsvc.posts.generators.javascript import (
    object_with,
    objects_after,
    objects_under,
    own_value,
    part_under,
    text_under,
    value_under,
    without_comments,
)
from feedsvc.posts.generators.plain import is_post, may_hold_posts
from feedsvc.posts.generators.values import limit_of, load_config, settings_of, text_of, to_folder, to_items, to_mapping
from feedsvc.posts.metadata import AUTHORS, TAGS, Front
from feedsvc.posts.permalinks import quote_path
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName, OwnFeed, Site
from feedsvc.text import to_language

_CONFIGS = tuple(f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "mts", "cjs", "cts"))
_SUFFIXES = (".md", ".mdx")
_OTHER_BLOG = re.compile(r"plugin-content-blog[\"'`]\s*+,\s*+(?:\(\s*+)?+\{")
_PRESET = re.compile(r"preset-classic|[\"'`]classic[\"'`]")
_NAMED_OPTIONS = re.compile(r",\s*+\w")  # ['classic', options]
_KEYS = ("title", "tagline", "url", "baseUrl", "favicon", "trailingSlash", "presets", "themeConfig", "i18n", "plugins")
_SURE = ("baseUrl", "presets")
_DATED = re.compile(r"(?P<folder>.*)(?P<date>\d{4}[-/]\d{1,2}[-/]\d{1,2})[-/]?(?P<text>.*)")
_FORMATS = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
_LIMIT = "20"
_NOT_IN_IDS = re.compile(r"[\s<>\"{}|\\^`]")  # RFC 3987 section 2.2


@dataclass(frozen=True, slots=True)
class Blog:
    """One blog of a site: its folder, the path of its pages, its feed's title, and its data files of authors and tags.

    `folder` has a slash at its end, `route` none at either.
    """

    folder: str
    route: str
    title: str
    authors: Mapping[str, Any]
    tags: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Docusaurus(Site):
    """What a site's configuration says beyond the settings; `trailing_slash` is None if URLs stay as they are made."""

    generator: GeneratorName = GeneratorName.DOCUSAURUS
    blogs: tuple[Blog, ...] = ()
    trailing_slash: bool | None = None


# --- configuration -------------------------------------------------------------------------------


def _recognize(files: SiteFiles) -> str:
    return next(filter(files.has, _CONFIGS), "")


def _read(files: SiteFiles, prefix: str) -> Configuration:
    """Read the configuration of a site; without a folder of a blog the whole site is read."""
    code = without_comments(files.read(_recognize(files)))
    config = object_with(_KEYS, _SURE, code)
    found = {_folder_of(text): text for text in _blogs_in(code, config)}  # a plugin's options before the preset's
    options = [text for folder, text in found.items() if files.has(folder) and ".." not in folder]
    hints: list[str] = []
    title = text_under("title", config)
    blogs = tuple(_to_blog(text, title, files, hints) for text in options)
    base, trailing = text_under("baseUrl", config).strip("/"), own_value("trailingSlash", config)
    url = text_under("url", config).rstrip("/")
    if not url:
        hints.append("url: not written out, so not read, for a program is never run: set site_url to it")
    site = Docusaurus(
        url=url if re.match("https?://", url) else "",
        baseurl=f"/{base}" if base else "",
        prefix=prefix,
        content=tuple(blog.folder for blog in blogs) or ("",),
        static=("static/",),
        blogs=blogs,
        trailing_slash={"true": True, "false": False}.get(trailing),
    )
    feeds = (feed for text, blog in zip(options, blogs, strict=True) for feed in _feeds(text, blog, site))
    site = replace(site, feeds=tuple(feeds))
    return Configuration(site, _settings(config, options, site), tuple(hints))


def _blogs_in(code: str, config: str) -> list[str]:
    """Return the options of every blog; those of the preset's are empty if it is written without."""
    others = list(objects_after(_OTHER_BLOG, code))
    presets = part_under("presets", config)
    if not presets or ("{" not in presets and _NAMED_OPTIONS.search(presets)):
        presets = code
    if value_under("blog", presets) == "false":
        return others
    is_assumed = _PRESET.search(code) or "plugin-content-blog" not in code
    written = list(islice(objects_under("blog", presets), 1))
    return (written or [""] * bool(is_assumed)) + others


def _folder_of(options: str) -> str:
    return to_folder(text_under("path", options) or "blog")


def _to_blog(options: str, site_title: str, files: SiteFiles, hints: list[str]) -> Blog:
    folder = _folder_of(options)
    own_title = text_under("title", part_under("feedOptions", options))
    title = own_title or (f"{site_title} Blog" if site_title else "")
    names = (text_under("authorsMapPath", options) or "authors.yml", text_under("tags", options) or "tags.yml")
    authors, tags = (_load(folder + name, files, hints) for name in names)
    return Blog(folder, (text_under("routeBasePath", options) or "blog").strip("/"), title, authors, tags)


def _load(path: str, files: SiteFiles, hints: list[str]) -> Mapping[str, Any]:
    """Return the values of a data file; no values, with a hint, if it cannot be parsed: its keys are used as names."""
    try:
        return load_config(path, files.read(path))
    except PostError as error:
        hints.append(f"{error.found_in(path)}: so its names are not known")
        return {}


def _feeds(options: str, blog: Blog, site: Docusaurus) -> Iterator[OwnFeed]:
    """Yield the feeds of a blog: RSS and Atom, unless its options name others."""
    feed = part_under("feedOptions", options)
    types, limit = own_value("type", feed) or "rss, atom", own_value("limit", feed) or _LIMIT
    sections = _sections_of(blog, site)
    kind = ScopeKind.SECTION if sections else ScopeKind.ALL
    for name, file in _FORMATS.items():
        if name in types or "all" in types:
            id_ = _join(site.root_url, blog.route, site) if name == "atom" and site.url else ""
            yield OwnFeed(_join("", f"{blog.route}/{file}"), name, limit_of(limit), kind, sections, id=id_)


def _name_feed(title: str, scope: Scope, site: Site) -> str:
    """Return the title of the feed of a blog, if the site has several."""
    blogs = site.blogs if isinstance(site, Docusaurus) and scope.kind is ScopeKind.SECTION else ()
    titles = (blog.title for blog in blogs if blog.folder.strip("/") == scope.name)
    return next(titles, "") if scope.kind is ScopeKind.SECTION else title


def _sections_of(blog: Blog, site: Docusaurus) -> tuple[str, ...]:
    """Return the section that a blog is if the site has several, so that its feeds have its posts alone."""
    return (blog.folder.strip("/"),) if len(site.blogs) > 1 else ()


def _settings(config: str, options: list[str], site: Docusaurus) -> Mapping[str, object]:
    feed = part_under("feedOptions", options[0]) if options else ""
    icon = text_under("favicon", config)
    locale = text_under("defaultLocale", part_under("i18n", config))
    return settings_of(
        base_url=site.root_url,
        title=site.blogs[0].title if site.blogs else text_under("title", config),
        description=text_under("description", feed) or text_under("tagline", config),
        language=to_language(text_under("language", feed) or locale),
        icon=_join("", icon) if icon else "",
    )


# --- posts ---------------------------------------------------------------------------------------


def _may_hold_posts(path: str, site: Site) -> bool:
    return may_hold_posts(path, site) and is_below_content(path, site)


def _is_post(path: str, site: Site) -> bool:
    return is_post(path, site) and path.endswith(_SUFFIXES) and is_in_content(site, site.prefix + path)


def _blog_of(path: str, site: Site) -> Blog | None:
    blogs = site.blogs if isinstance(site, Docusaurus) else ()
    return next((blog for blog in blogs if (site.prefix + path).startswith(blog.folder)), None)


def _below_blog(path: str, site: Site, blog: Blog) -> str:
    return (site.prefix + path).removeprefix(blog.folder)


def _prepare(front: Front, site: Site, modified: datetime) -> None:
    """Replace authors and tags that are keys of the blog's data files by what these say, and add the date of the path.

    The one `author` of older posts has a key of his own for his page.
    """
    keep_names_whole(front, site, modified)
    blog = _blog_of(front.path, site)
    if blog is None:
        return
    found = dict(front.values)
    if dated := _DATED.match(_below_blog(front.path, site, blog)):
        found.setdefault("date", dated["date"].replace("/", "-"))
    if url := raw_text(front, "author_url") or raw_text(front, "authorurl"):
        found["author"] = {"name": found.get("author"), "url": url}
    found |= {key: [_to_person(item, blog) for item in to_items(found.get(key))] for key in AUTHORS if key in found}
    found |= {key: [_to_label(item, blog) for item in to_items(found.get(key))] for key in TAGS if key in found}
    front.take(found)


def _to_person(item: object, blog: Blog) -> object:
    """Return an author with what the blog knows under a key; `title` is a position there, no name."""
    given = {"key": item} if isinstance(item, str) else to_mapping(item)
    key = text_of(given.get("key"))
    of_key = blog.authors.get(key)
    known = {"name": key, **({"name": of_key} if isinstance(of_key, str) else to_mapping(of_key)), **given}
    return {part: known.get(part) for part in ("name", "url", "email")} if text_of(known["name"]) else item


def _to_label(item: object, blog: Blog) -> object:
    given = blog.tags.get(item) if isinstance(item, str) else item
    return text_of(to_mapping(given).get("label")) or item


def _finish(post: Post, front: Front, settings: Settings) -> Post:
    """Return a post with its URL, which is its id too; there all characters stay that an id may have."""
    site = settings.site
    blog = _blog_of(post.path, site)
    if blog is None or not isinstance(site, Docusaurus):
        return post
    slug = raw_text(front, "slug") or _slug_of(_below_blog(post.path, site, blog))
    path = _join("", "/".join(filter(_is_segment, f"{blog.route}/{slug}".split("/"))), site)
    url = quote_path(path).replace("?", "%3F").replace("#", "%23")
    site_id = f"{settings.own_url}{path}" if settings.own_url and not _NOT_IN_IDS.search(path) else ""
    return replace(post, url=url, site_id=site_id, sections=_sections_of(blog, site))


def _is_segment(text: str) -> bool:
    return text.lower().replace("%2e", ".") not in (".", "..")


def _slug_of(path: str) -> str:
    """Return the path of a post below its blog: `2024/05/01/title` of `2024-05-01-title/index.md`."""
    stem = path.rpartition(".")[0].removesuffix("/index")
    dated = _DATED.fullmatch(stem)
    return f"{dated['date'].replace('-', '/')}/{dated['folder']}{dated['text']}" if dated else stem


def _join(root: str, path: str, site: Docusaurus | None = None) -> str:
    """Return a path below a URL, with one slash between segments; of a page it ends as the site's URLs do."""
    joined = root + re.sub("/{2,}", "/", f"/{path}")
    trailing = site.trailing_slash if site else None
    return joined if trailing is None else joined.rstrip("/") + ("/" if trailing else "")


DOCUSAURUS = Generator(
    name=GeneratorName.DOCUSAURUS,
    label="Docusaurus",
    recognize=_recognize,
    read=_read,
    may_hold_posts=_may_hold_posts,
    is_post=_is_post,
    prepare=_prepare,
    finish=_finish,
    name_feed=_name_feed,
)
