"""The state of one rendering, which every filter and tag is given: its inputs, its budget, its hints. Pure."""

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
    """What the templates of one post can read: the post, the site, other files, and the moment that is "now".

    `path` is that of the post in the site; `url` and `baseurl` are the site's. `to_html` converts Markdown, and
    `shortcodes` renders tags of plugins.
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
class RenderState:
    """One rendering: its inputs, the budget that is left, and hints for the author."""

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
