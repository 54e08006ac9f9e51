"""HTML → clean, safe HTML: keep what a reader came for, drop everything else, let nothing dangerous through.

STEPS in order over one tree, then the sanitiser. What is junk is data: `rules.toml` and an operator's file. Pure: the
same HTML, address, title and rules give the same result, and cleaning a result again changes nothing.
"""

import re
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

from feedsvc.cleaning.addresses import host_of
from feedsvc.cleaning.bare import from_bare_text
from feedsvc.cleaning.junk import apply_site_rules, drop_junk, drop_unseen
from feedsvc.cleaning.media import drop_twins, keep_mathematics, mend_embeds, mend_images, mend_links
from feedsvc.cleaning.page import Page, parse, text_size
from feedsvc.cleaning.phrases import drop_phrases
from feedsvc.cleaning.rules import Rules, Site, load_rules, packaged_rules
from feedsvc.cleaning.sanitize import sanitize, write
from feedsvc.cleaning.shape import form_paragraphs, keep_attributes, prune
from feedsvc.cleaning.spaces import fold_white_space, link_addresses
from feedsvc.cleaning.text import legal, repair, summarize
from feedsvc.models import Cleaned

__all__ = ["STEPS", "Removal", "Rules", "clean", "explain", "load_rules", "packaged_rules", "summarize"]

STEPS = (
    keep_mathematics,
    drop_unseen,
    apply_site_rules,
    drop_junk,
    mend_images,
    drop_twins,
    mend_embeds,
    mend_links,
    link_addresses,
    fold_white_space,
    form_paragraphs,
    drop_phrases,
    prune,
    keep_attributes,
)
"""What is done to the tree of a post, in this order; each takes the Page and changes it."""

MAX_LENGTH = 1_000_000
MAX_TAGS = 20_000
"""A body with more characters, or more signs that may open a tag, keeps only its text, breaks and pictures."""
ENOUGH_TEXT = 200
LEAST_LEFT = 0.25
"""A body of more than ENOUGH_TEXT characters that would keep less than this share is sanitised only."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Something cleaning took out: which step or rule did it, and the HTML that went."""

    rule: str
    html: str


def clean(
    html: str, *, original: str = "", title: str = "", base_url: str = "", rules: Rules | None = None
) -> Cleaned:
    """Clean a post's HTML.

    `original` is the address it was first published at: it chooses the site's rules, and relative addresses are
    resolved against it, or else against `base_url`; with neither they stay as they are. Never raises.
    """
    rules = rules or packaged_rules()
    site = rules.site_of(host_of(original))
    body, fallback = _clean_body(html, original, title, base_url, rules, [])
    return Cleaned(html=body, summary=summarize(body), image=_image(body, original, site), fallback=fallback)


def explain(
    html: str, *, original: str = "", title: str = "", base_url: str = "", rules: Rules | None = None
) -> tuple[Removal, ...]:
    """Tell what cleaning takes out of a post's HTML, in the order of the steps; takes what `clean` takes."""
    removals: list[Removal] = []
    _clean_body(html, original, title, base_url, rules or packaged_rules(), removals)
    return tuple(removals)


def _clean_body(html: str, original: str, title: str, base_url: str, rules: Rules, removals: list[Removal]) -> tuple[str, str]:
    source = repair(legal(html))
    site = rules.site_of(host_of(original))
    hosts = rules.hosts | site.iframes
    if len(source) > MAX_LENGTH or source.count("<") > MAX_TAGS:
        return _reduce(source, hosts), f"more than {MAX_LENGTH} characters or {MAX_TAGS} tags: text and pictures only"
    bare = from_bare_text(source)
    if bare is not None:
        return sanitize(bare, hosts), ""
    page = Page(parse(source), rules, site, original or base_url, title)
    before = text_size(page.root)
    for step in STEPS:
        step(page)
    removals += [Removal(rule, str(element)) for rule, element in page.removed]
    after = text_size(page.root)
    if before > ENOUGH_TEXT and after < LEAST_LEFT * before:
        return sanitize(parse(source).decode_contents(), hosts), f"{after} of {before} characters left: sanitised only"
    return sanitize(write(page.root), hosts), ""


_REDUCED = re.compile(r"<(?!/?(?:p|br|hr|img)[\s/>])[^<>]*>?", re.IGNORECASE)


def _reduce(source: str, hosts: frozenset[str]) -> str:
    """Take off every tag that can hold others: what is left is read in linear time."""
    return sanitize(_REDUCED.sub(" ", source), hosts)


_FIRST_IMAGE = re.compile(r'<img [^>]*?src="(https?://[^"]+)"')


def _image(body: str, original: str, site: Site) -> str:
    first = _FIRST_IMAGE.search(body)
    if first:
        return unescape(first[1])
    if not site.image:
        return ""
    values = {key: values[0] for key, values in parse_qs(urlsplit(original).query).items()}
    try:
        return site.image.format_map(values)
    except (KeyError, ValueError, IndexError, AttributeError):
        return ""
