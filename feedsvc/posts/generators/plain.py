"""Folders of posts that no generator is known of: every file with a suffix of posts, whatever the folder. Pure."""

from dataclasses import replace

from feedsvc.posts.dates import without_date
from feedsvc.posts.generators.finishing import finish_by_settings
from feedsvc.posts.generators.interface import Configuration, Generator, SiteFiles
from feedsvc.sites import PLAIN_SITE, GeneratorName, Site

GENERATED = (".md", ".markdown", ".mkd", ".mdown", ".html", ".htm")  # what Hugo, Hexo and Pelican read, and this too
SUFFIXES = (".md", ".markdown", ".mkd", ".mdown", ".mdx", ".mdoc", ".qmd", ".rmd", ".html", ".htm")

_SPECIAL = (".", "_", "#", "node_modules")  # prefixes of names that posts do not have
_SHOWN = {"_posts"}
_TEMPLATES = {"scaffolds", "archetypes"}  # of Hexo and Hugo; folders such as `_templates` are special anyway


def may_hold_posts(path: str, _site: Site = PLAIN_SITE) -> bool:
    """Return True if a folder may hold posts, by its name and those of the folders it is in."""
    return not any((part.startswith(_SPECIAL) and part not in _SHOWN) or part in _TEMPLATES for part in path.split("/"))


def is_post(path: str, _site: Site = PLAIN_SITE) -> bool:
    """Return True if a file's name is that of a post: no hidden file, no section page, no editor's copy."""
    name = path.rpartition("/")[2]
    return name.lower().endswith(SUFFIXES) and not name.startswith(_SPECIAL)


def title_of(stem: str) -> str:
    """Return the name of a file without its date if it is written as people write: with blanks; else ""."""
    name = without_date(stem, is_jekyll=False)
    return name if " " in name else ""


def _recognize(_files: SiteFiles) -> str:
    return ""


def _read(_files: SiteFiles, prefix: str) -> Configuration:
    return Configuration(replace(PLAIN_SITE, prefix=prefix))


PLAIN = Generator(
    name=GeneratorName.PLAIN,
    label="no generator",
    recognize=_recognize,
    read=_read,
    may_hold_posts=may_hold_posts,
    is_post=is_post,
    finish=finish_by_settings,
    has_feed=False,
    title_of=title_of,
)
