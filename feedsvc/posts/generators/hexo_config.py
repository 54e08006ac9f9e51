"""A Hexo site's `_config.yml` → `Hexo`, and the settings of feedsvc that it implies. Pure.

The keys are those of https://hexo.io/docs/configuration and https://github.com/hexojs/hexo-generator-feed#options.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from feedsvc.posts.front_matter import load_yaml
from feedsvc.posts.generators.interface import Configuration, SiteFiles
from feedsvc.posts.generators.values import (
    below,
    is_false,
    is_true,
    limit_of,
    settings_of,
    text_of,
    texts_of,
    theme_folders,
    to_items,
    to_mapping,
    with_email,
)
from feedsvc.sites import GeneratorName, OwnFeed, Site
from feedsvc.text import to_language
from feedsvc.urls import to_uri

CONFIG_NAME = "_config.yml"
POSTS, DRAFTS = "_posts/", "_drafts/"

_KEYS = re.compile("^(?:source_dir|public_dir|new_post_name|post_asset_folder|pretty_urls):", re.MULTILINE)
_PACKAGE = re.compile(r'"hexo(?:-[\w-]+)?"\s*:')
_SOURCE_OF_JEKYLL = re.compile("^source:", re.MULTILINE)  # of Octopress, which has `source/_posts` as well
_DEFAULT_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Hexo(Site):
    """What a Hexo site's configuration says beyond the settings.

    `permalink` and `new_post_name` are templates; `defaults` are values for the one, by name. `keeps_index` and
    `keeps_html` say whether URLs end so. `has_asset_folders` if posts may have a folder of their own beside them.
    Posts with one of the tags in `encrypted` have a password (hexo-blog-encrypt).
    """

    generator: GeneratorName = GeneratorName.HEXO
    permalink: str = ""
    defaults: tuple[tuple[str, str], ...] = ()
    new_post_name: str = ""
    keeps_index: bool = True
    keeps_html: bool = True
    has_asset_folders: bool = False
    default_category: str = ""
    categories: tuple[tuple[str, str], ...] = ()
    case: str = "0"
    encrypted: frozenset[str] = frozenset()


def recognize(files: SiteFiles) -> str:
    """Return what shows that a folder is a Hexo site: its package, its scaffolds, or keys of its configuration."""
    if not files.has(CONFIG_NAME):
        return ""
    config = files.read(CONFIG_NAME)
    has_folders = files.has(f"source/{POSTS}") and not _SOURCE_OF_JEKYLL.search(config)
    is_hexo = _PACKAGE.search(files.read("package.json")) or _KEYS.search(config) or files.has("scaffolds")
    return CONFIG_NAME if is_hexo or has_folders else ""


def read(files: SiteFiles, prefix: str) -> Configuration:
    """Read the configuration of a site."""
    config = to_mapping(load_yaml(files.read(CONFIG_NAME)))
    hexo = _to_hexo(config, prefix)
    languages = texts_of(config.get("language"))
    values = settings_of(
        base_url=hexo.url,
        title=text_of(config.get("title")),
        description=text_of(config.get("description")) or text_of(config.get("subtitle")),
        language=to_language(languages[0]) if languages else "",
        author=with_email(text_of(config.get("author")), text_of(config.get("email"))),
        timezone=text_of(config.get("timezone")),
        future="" if is_false(config.get("future")) else "yes",
        icon=_picture(to_mapping(config.get("feed")).get("icon")),
        websub_hub=text_of(to_mapping(config.get("feed")).get("hub")),
        drafts="yes" if is_true(config.get("render_drafts")) else "",
    )
    return Configuration(hexo, values)


def _to_hexo(config: Mapping[str, Any], prefix: str) -> Hexo:
    url, pretty = text_of(config.get("url")).rstrip("/"), to_mapping(config.get("pretty_urls"))
    source = f"{(text_of(config.get('source_dir')) or 'source').strip('/')}/"
    encryption = to_mapping(config.get("encrypt"))
    drafts = (source + DRAFTS,) if is_true(config.get("render_drafts")) else ()
    return Hexo(
        reason=CONFIG_NAME,
        url=url if re.match("https?://", url) else "",
        prefix=prefix,
        content=(source + POSTS, *drafts),
        static=(source, *theme_folders(config.get("theme"), "source")),
        feeds=tuple(_feeds(to_mapping(config.get("feed")), url)),
        unread=(*below(source, texts_of(config.get("skip_render"))), *below("", texts_of(config.get("ignore")))),
        summary_length=_length_of(to_mapping(config.get("feed")).get("content_limit")),
        permalink=text_of(config.get("permalink")) or ":year/:month/:day/:title/",
        defaults=_pairs(config.get("permalink_defaults")),
        new_post_name=text_of(config.get("new_post_name")) or ":title.md",
        keeps_index=not is_false(pretty.get("trailing_index")),
        keeps_html=not is_false(pretty.get("trailing_html")),
        has_asset_folders=is_true(config.get("post_asset_folder")),
        default_category=text_of(config.get("default_category")) or "uncategorized",
        categories=_pairs(config.get("category_map")),
        case=str(config.get("filename_case", "0")),
        encrypted=frozenset(text_of(to_mapping(tag).get("name")) for tag in to_items(encryption.get("tags"))),
    )


def _length_of(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0  # noqa: PLR2004 - digits


def _picture(value: object) -> str:
    text = text_of(value)
    return text if not text or re.match("https?://", text) else f"/{text.lstrip('/')}"


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), str(item)) for key, item in to_mapping(value).items())


def _feeds(feed: Mapping[str, Any], url: str) -> Iterator[OwnFeed]:
    """Yield the feeds that hexo-generator-feed writes: one, or one of each kind."""
    limit = limit_of(feed.get("limit", _DEFAULT_LIMIT))
    kinds = [kind for kind in texts_of(feed.get("type")) if kind in {"atom", "rss2"}] or ["atom"]
    paths = (
        texts_of(feed.get("path")) if isinstance(feed.get("type"), list) == isinstance(feed.get("path"), list) else ()
    )
    for number, kind in enumerate(kinds):
        path = paths[number] if number < len(paths) else f"{kind}.xml"
        name = path if "." in path.rpartition("/")[2] else f"{path}.xml"
        yield OwnFeed(f"/{name.lstrip('/')}", "rss" if kind == "rss2" else "atom", limit, id=to_uri(f"{url}/"))


def category_paths(value: object) -> list[list[str]]:
    """Return the paths of a post's categories: a list is one path, a list of lists are several."""
    items = to_items(value)
    if any(isinstance(item, list) for item in items):
        return [[str(name) for name in to_items(item)] for item in items]
    return [[str(name) for name in items]]
