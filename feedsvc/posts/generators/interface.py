"""The interface of a site generator: how its sites are recognized and read, and what it makes of a post. Pure.

A generator is one `Generator` in a module of its own, and a row of `posts.generators.table.GENERATORS`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from feedsvc.models import Post, Scope
from feedsvc.posts.metadata import Front
from feedsvc.posts.names import CompleteTags
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName, Site


class SiteFiles(Protocol):
    """The files of a folder that may be a site's root; paths are relative to it, with "/" between folders."""

    def has(self, path: str) -> bool:
        """Return True if there is a file or a folder at `path`."""

    def read(self, path: str) -> str:
        """Return the text of the file at `path`, "" if there is none."""

    def names_in(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files in a folder, sorted; none if there is no such folder."""

    def folders_with(self, folder: str, start: str) -> tuple[str, ...]:
        """Return the folders below `folder` that hold a file whose name has this start."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a site's configuration says: the site, the settings of feedsvc it implies by name, and hints on the rest."""

    site: Site
    settings: Mapping[str, object] = field(default_factory=dict)
    hints: tuple[str, ...] = ()


def is_in_content(site: Site, path: str) -> bool:
    """Return True if a file or folder of the site, with a slash at its end, is one that holds posts, or in one.

    What the generator passes over is not.
    """
    is_in = any(path.startswith(folder) for folder in site.content)
    return is_in and not any(re.fullmatch(pattern, path) for pattern in site.unread)


def is_below_content(path: str, site: Site) -> bool:
    """Return True if a folder of posts may be at a path in the posts folder, or further down."""
    return is_around_content(site, f"{site.prefix}{path}/".lstrip("/"))


def is_around_content(site: Site, path: str) -> bool:
    """Return True if a folder of the site, with a slash at its end, is in one that holds posts or has such in it."""
    return any(path.startswith(content) or content.startswith(path) for content in site.content)


def accept_anywhere(_prefix: str) -> bool:
    """Return True: the posts folder may be any folder of the site that holds posts."""
    return True


def refuse_none(_path: str, _site: Site) -> str:
    """Return no reason to refuse a file."""
    return ""


def take_as_is(_front: Front, _site: Site, _modified: datetime) -> None:
    """Leave the front matter as it is written."""


def keep(post: Post, _front: Front, _settings: Settings) -> Post:
    """Return the post itself: it has no page on a site of its own."""
    return post


def as_written(title: str) -> str:
    """Return a title itself."""
    return title


def to_name(scope: Scope) -> str:
    """Return the name of a scope itself."""
    return scope.name


def no_names(_site: Site) -> frozenset[str]:
    """Return no names."""
    return frozenset()


def no_name(_title: str, _scope: Scope, _site: Site) -> str:
    """Return "": the feed is called as any other here."""
    return ""


def no_more_tags(tags: tuple[str, ...], _read_text: Callable[[], str]) -> tuple[str, ...]:
    """Return the tags themselves: texts name none, and need not be read."""
    return tags


def no_title(_name: str) -> str:
    """Return "": a file's name is no title."""
    return ""


@dataclass(frozen=True, slots=True)
class Generator:
    """A site generator.

    - `recognize` returns what in a folder shows that it is the root of such a site, "" if nothing does.
    - `read` returns the configuration of the site; the text is the `prefix` of the posts folder in it. Raise PostError
      or ValueError for a file that cannot be parsed.
    - `may_be_below` returns False if a posts folder at a path in a site is not taken for a part of it.
    - `may_hold_posts` decides on folders by their paths in the posts folder, `is_post` on the files in those.
    - `bundle_pages` returns the names of files that make all others in and below their folder parts of their own page:
      none of these is a post.
    - `refuse` returns the reason why a file that looks like a post is none, "" if it is one.
    - `prepare` replaces a post's front matter by what the generator makes of it; the time is that of the file.
    - `finish` returns the post with its URL and id on the site, and the scopes that the site gives it.
    - `to_segment` returns the name of a scope as the paths of the generator's own feeds have it.
    - `name_feed` returns the title that the generator's own feed of a scope has on a site with this title, "" if it is
      called as any other here; `show_title` returns a title as the generator's own feeds show it.
    - `complete_tags` returns the tags of a post, from those of its front matter and its text.
    - `title_of` returns the title that the name of a file is to its author, "" if it is only a name.
    - `has_feed` is True if sites have feeds of their own, whose ids subscribers have.
    """

    name: GeneratorName
    label: str
    recognize: Callable[[SiteFiles], str]
    read: Callable[[SiteFiles, str], Configuration]
    may_hold_posts: Callable[[str, Site], bool]
    is_post: Callable[[str, Site], bool]
    may_be_below: Callable[[str], bool] = accept_anywhere
    bundle_pages: Callable[[Site], frozenset[str]] = no_names
    refuse: Callable[[str, Site], str] = refuse_none
    prepare: Callable[[Front, Site, datetime], None] = take_as_is
    finish: Callable[[Post, Front, Settings], Post] = keep
    to_segment: Callable[[Scope], str] = to_name
    name_feed: Callable[[str, Scope, Site], str] = no_name
    show_title: Callable[[str], str] = as_written
    complete_tags: CompleteTags = no_more_tags
    title_of: Callable[[str], str] = no_title
    has_feed: bool = True
