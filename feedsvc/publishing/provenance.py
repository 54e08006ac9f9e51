"""Whether a post was taken from another site, or is its folder's own: decided once a post, from facts.

Only posts taken from elsewhere carry labels, by-lines and tails that their authors did not write; see docs/cleaning.md.
"""

import re
from dataclasses import dataclass

from feedsvc.markup.html_blocks import is_html
from feedsvc.markup.markdown import strip_top
from feedsvc.models import Body
from feedsvc.settings import Scraped, Settings
from feedsvc.sites import GeneratorName
from feedsvc.urls import to_host

# Tags that may stand between the blocks of an HTML body.
_INLINE = re.compile(r"</?(?:a|b|big|br|em|font|i|img|small|source|span|strong)(?=[\s/>])[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Whether a post was taken from another site, and the facts that say so."""

    scraped: bool
    reason: str

    def __str__(self) -> str:
        """Return "scraped: reason" or "own: reason"."""
        return f"{'scraped' if self.scraped else 'own'}: {self.reason}"


def find_provenance(body: Body, settings: Settings) -> Provenance:
    """Return where a post is from: another site if its original is there, unless it is Markdown of a generator's."""
    if settings.scraped is not Scraped.AUTO:
        return Provenance(settings.scraped is Scraped.ALWAYS, f"the setting scraped is {settings.scraped}")
    host = to_host(body.original)
    if not host:
        return Provenance(False, "it names no original")
    if is_same_site(host, to_host(settings.own_url or settings.base_url)):
        return Provenance(False, f"its original is on {host}, the site's own host")
    place = f"its original is on {host}"
    if settings.site.generator is GeneratorName.PLAIN:
        return Provenance(True, f"{place}, and its folder is no generator's site")
    if body.is_html or is_html(_INLINE.sub("", strip_top(body.text, body.title))):
        return Provenance(True, f"{place}, and its body is HTML")
    return Provenance(False, f"{place}, but its body is Markdown on a generator's site")


def is_same_site(host: str, own: str) -> bool:
    """True if two hosts are the same, or one is a domain above the other: `www.`, `blog.`, `feeds.` are one site."""
    lower, upper = sorted((host, own), key=len, reverse=True)
    return lower == upper or ("." in upper and lower.endswith(f".{upper}"))
