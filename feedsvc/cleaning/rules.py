"""What is junk, by the keys of `rules.toml`: in posts taken from other sites, in all others, on single sites."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The rules of one site.

    `remove`, `content` (the article) and `unwrap` (tags that go) are CSS selectors, `iframes` hosts of frames that
    stay, `text` matches blocks that go, `image` is a URL with parameters of the original's query in braces.
    """

    host: str = ""
    image: str = ""
    remove: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    unwrap: tuple[str, ...] = ()
    iframes: frozenset[str] = frozenset()
    text: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is junk, by the keys of `rules.toml`.

    It is junk in posts taken from other sites if `scraped`, else in all others.
    """

    names: frozenset[str]
    prefixes: tuple[str, ...]
    roles: frozenset[str]
    tags: frozenset[str]
    sections: frozenset[str]
    section_prefixes: tuple[str, ...]
    subjects: frozenset[str]
    parts: frozenset[str]
    head: re.Pattern[str]
    tail: re.Pattern[str]
    end: re.Pattern[str]
    labels: re.Pattern[str]
    anywhere: re.Pattern[str]
    by: re.Pattern[str]
    contents: re.Pattern[str]
    tag_labels: re.Pattern[str]
    lazy: tuple[str, ...]
    lazy_sets: tuple[str, ...]
    placeholders: re.Pattern[str]
    pixels: re.Pattern[str]
    icons: re.Pattern[str]
    tracking: frozenset[str]
    tracking_prefixes: tuple[str, ...]
    tracking_pairs: tuple[str, ...]
    redirectors: Mapping[str, tuple[str, ...]]
    share: re.Pattern[str]
    promotions: re.Pattern[str]
    tag_paths: re.Pattern[str]
    shops: re.Pattern[str]
    hosts: frozenset[str]
    buttons: re.Pattern[str]
    pages: tuple[tuple[re.Pattern[str], str], ...]
    widgets: Mapping[str, tuple[tuple[str, str], ...]]
    cards: frozenset[str]
    line_numbers: frozenset[str]
    code_lines: frozenset[str]
    code_boxes: frozenset[str]
    code_labels: frozenset[str]
    copy_buttons: frozenset[str]
    callout_boxes: frozenset[str]
    callout_titles: frozenset[str]
    callout_kinds: frozenset[str]
    shortcodes: Mapping[str, tuple[str, ...]]
    sites: Mapping[str, SiteRules]
    scraped: bool
    other: "Rules | None" = None

    @property
    def own(self) -> "Rules":
        """Return the rules for posts that were not taken from another site."""
        return self.other or self

    def is_lazy(self, attributes: Mapping[str, Any]) -> bool:
        """True if the names of an image's attributes say that a script sets its URL."""
        return any(key in attributes for key in (*self.lazy, *self.lazy_sets))

    def to_page(self, url: str) -> str:
        """Return the page that shows what a script or an old player at `url` shows; "" if that is unknown."""
        for pattern, template in self.pages:
            if found := pattern.search(url):
                return unquote(found.expand(template))
        return ""

    def find_site(self, host: str) -> SiteRules:
        """Return the rules of a host: those of the longest name that is the host or a domain above it."""
        labels = host.lower().split(".")
        names = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.sites[name] for name in names if name in self.sites), NO_SITE_RULES)


NO_SITE_RULES = SiteRules()
