"""What the configuration of a site's generator says of the site, as data. Pure.

How a generator is recognized and what its configuration means is in `posts.generators`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from feedsvc.models import ScopeKind


class GeneratorName(StrEnum):
    """Which generator's site the posts folder is; `auto`: found out by its files."""

    AUTO = "auto"
    PLAIN = "plain"
    JEKYLL = "jekyll"
    HUGO = "hugo"
    HEXO = "hexo"
    PELICAN = "pelican"
    ZOLA = "zola"
    ELEVENTY = "eleventy"
    ASTRO = "astro"
    QUARTO = "quarto"
    DOCUSAURUS = "docusaurus"
    OBSIDIAN = "obsidian"


@dataclass(frozen=True, slots=True)
class OwnFeed:
    """A feed that the generator wrote; it stays at its path, in its format, with as many entries.

    In the `path` of a feed of one scope, `{name}` stands for the scope's name. `names` are the only names that had such
    a feed; without any, every name had one but those that are `excluded`. `id` is the feed's id, "" if that is its URL.
    """

    path: str
    format: str
    limit: int
    kind: ScopeKind = ScopeKind.ALL
    names: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """The site that the posts folder belongs to; a plain folder has no URL and no folder of its own for posts.

    `reason` is what the generator was recognized by. `url` has no slash at its end (but on a Jekyll site that has one
    written); `baseurl` is "" or a path after it. `prefix` is the path of the posts folder within the site, "" for its
    root. `content` are the folders within the site that hold posts, and `static` those whose files are served without
    the folder's name: each with a slash at its end, "" for the root. `summary_length` is how many characters of a body
    stand for a summary in the site's own feeds, 0 for as many as in any other. `unread` are regular expressions for
    the paths of files within the site that its generator passes over.
    """

    generator: GeneratorName = GeneratorName.PLAIN
    reason: str = ""
    url: str = ""
    baseurl: str = ""
    prefix: str = ""
    content: tuple[str, ...] = ("",)
    static: tuple[str, ...] = ()
    feeds: tuple[OwnFeed, ...] = ()
    summary_length: int = 0
    unread: tuple[str, ...] = ()

    @property
    def root_url(self) -> str:
        """The URL that the paths of the site's pages are added to, "" if it is not known."""
        return self.url + self.baseurl if self.url else ""


PLAIN_SITE = Site(static=("static/", "public/", "source/", "assets/"))  # as Gatsby, Next and others have


@dataclass(frozen=True, slots=True)
class Defaults:
    """Front matter for all posts below a path of a Jekyll site; `type` is "" for posts of any type."""

    path: str
    type: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of a Jekyll site that has a feed: its folder, with a slash at its end, and its posts' template.

    `categories` are those whose posts have a feed of their own in it.
    """

    name: str
    folder: str
    permalink: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Jekyll(Site):
    """What a Jekyll site's `_config.yml` says beyond the settings.

    `permalink` is a template. If `excerpt_only`, feeds carry excerpts: what stands before `excerpt_separator`.
    If `parses_html`, elements of HTML hold Markdown.
    """

    generator: GeneratorName = GeneratorName.JEKYLL
    permalink: str = ""
    defaults: tuple[Defaults, ...] = ()
    collections: tuple[Collection, ...] = ()
    exclude: tuple[str, ...] = ()
    unpublished: bool = False
    drafts: bool = False
    authors: Mapping[str, Any] = field(default_factory=dict)
    excerpt_only: bool = False
    excerpt_separator: str = "\n\n"
    parses_html: bool = False
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)  # whole, for Liquid; posts are not read by it
