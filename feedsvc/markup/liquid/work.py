"""What one rendering knows: the page, the site, the folder, and what it has taken. Pure.

Templates are run by `environment`; the filters and tags are given this.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from feedsvc.lookup import FILE_SCHEME, POST_SCHEME, Lookup
from feedsvc.markup.hints import Hints
from feedsvc.markup.liquid.limits import Budget
from feedsvc.markup.liquid.values import to_list, to_text
from feedsvc.markup.shortcodes import Shortcodes


@dataclass(frozen=True, slots=True)
class TemplateInputs:
    """What templates of one post see: its values, those of the site, and the moment that is "now" to them.

    `path` is that of its file in the site; `url` and `baseurl` are the site's. `to_html` makes HTML of Markdown,
    `shortcodes` shows tags of plugins.
    """

    page: Mapping[str, Any]
    site: Mapping[str, Any]
    lookup: Lookup
    now: datetime
    path: str
    url: str
    baseurl: str
    to_html: Callable[[str], str]
    shortcodes: Shortcodes = field(default_factory=Shortcodes)

    @property
    def zone(self) -> tzinfo | None:
        """The site's time zone."""
        return self.now.tzinfo


@dataclass(slots=True)
class Work:
    """One rendering: what it has taken, and hints for the author."""

    inputs: TemplateInputs
    budget: Budget = field(default_factory=Budget)
    hints: Hints = field(default_factory=Hints)
    templates: dict[str, Any] = field(default_factory=dict)  # parsed, by their text
    depth: int = 0

    def text(self, value: Any) -> str:
        """Return a value as text."""
        return to_text(value, self.budget)

    def list(self, value: Any) -> list[Any]:
        """Return a value as a list."""
        return to_list(value, self.budget)


def is_whole_url(text: str) -> bool:
    """Return True for a URL with a scheme, and for a link that is looked up later."""
    return "://" in text or text.startswith((POST_SCHEME, FILE_SCHEME, "mailto:", "data:"))
