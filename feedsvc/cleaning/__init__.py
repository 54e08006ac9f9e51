"""HTML → clean, safe HTML: keep what a reader came for, drop everything else, let nothing dangerous through.

STEPS in order over one tree, then the sanitizer. What is junk is data: `rules.toml` and an operator's file. Pure: the
same HTML, address, title and rules give the same result, and cleaning a result again changes nothing.
"""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, quote

from feedsvc.cleaning.junk import apply_site_rules, drop_junk, drop_unseen
from feedsvc.cleaning.media import drop_doubles, drop_twins, keep_mathematics, mend_embeds, mend_images, mend_links
from feedsvc.cleaning.phrases import drop_phrases
from feedsvc.cleaning.plain_text import from_bare_text
from feedsvc.cleaning.rules import Rules, load_rules, packaged_rules
from feedsvc.cleaning.sanitizer import sanitize, write
from feedsvc.cleaning.structure import form_paragraphs, keep_attributes, part_blocks, prune
from feedsvc.cleaning.text import repair, summarize
from feedsvc.cleaning.tree import Page, text_size
from feedsvc.cleaning.whitespace import fold_white_space, link_addresses
from feedsvc.models import Cleaned
from feedsvc.urls import to_host

__all__ = ["STEPS", "Removal", "Rules", "clean", "explain", "load_rules", "packaged_rules", "sanitize_only"]

STEPS = (
    keep_mathematics,
    drop_unseen,
    apply_site_rules,
    drop_junk,
    mend_images,
    drop_twins,
    mend_embeds,
    mend_links,
    drop_doubles,
    part_blocks,
    link_addresses,
    fold_white_space,
    prune,
    form_paragraphs,
    drop_phrases,
    keep_attributes,
)
"""What is done to the tree of a post, in this order; each takes the Page and changes it."""

MAX_LENGTH = 700_000
MAX_TAGS = 30_000
MAX_REFERENCES = 60_000
"""A body with more characters, or more signs that may open a tag or a reference, keeps only text and pictures."""
MOST_ROUNDS = 2
ENOUGH_TEXT = 200
LEAST_LEFT = 0.25
"""A body of more than ENOUGH_TEXT characters that would keep less than this share is sanitized only."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Something cleaning took out: which step or rule did it, and the HTML that went."""

    rule: str
    html: str


def clean(html: str, *, original: str = "", title: str = "", base_url: str = "", rules: Rules | None = None) -> Cleaned:
    """Clean a post's HTML.

    `original` is the address it was first published at: it chooses the site's rules, and relative addresses are
    resolved against it, or else against `base_url`; with neither they stay as they are. Never raises.
    """
    page = _new_page(original, title, base_url, rules)
    body, fallback = _clean_body(html, page)
    image = _first_image(body) or _image_of(original, page.site.image)
    return Cleaned(html=body, summary=summarize(body), image=image, fallback=fallback)


def sanitize_only(html: str, reason: str) -> Cleaned:
    """Make a body safe, in linear time, and do nothing else for it; `reason` becomes its `fallback`."""
    body = sanitize(_reduce(repair(html))[0], frozenset())
    return Cleaned(html=body, summary=summarize(body), image=_first_image(body), fallback=reason)


def explain(
    html: str, *, original: str = "", title: str = "", base_url: str = "", rules: Rules | None = None
) -> tuple[Removal, ...]:
    """Tell what cleaning takes out of a post's HTML, in the order of the steps; takes what `clean` takes."""
    page = _new_page(original, title, base_url, rules)
    _clean_body(html, page)
    return tuple(Removal(rule, str(element)) for rule, element in page.removed)


def _new_page(original: str, title: str, base_url: str, rules: Rules | None) -> Page:
    rules = rules or packaged_rules()
    return Page(rules, rules.site_of(to_host(original)), original or base_url, title)


def _clean_body(html: str, page: Page) -> tuple[str, str]:
    """Give the clean body, and why it is not what it should be ("" if it is)."""
    source, problem = _reduce(repair(html))
    hosts = page.rules.hosts | page.site.iframes
    if _is_too_large(source):
        return sanitize(source, hosts), problem
    bare = from_bare_text(source, page.rules)
    if bare is not None and bare.count("<p>") <= 1:
        return sanitize(bare, hosts), problem
    page.read(bare or source)
    before = text_size(page.root)
    written = _take_steps(page)
    after = text_size(page.root)
    if before > ENOUGH_TEXT and after < LEAST_LEFT * before:
        problem = f"only {after} of {before} characters would be left: sanitized only"
        page.read(source)
        return sanitize(page.root.decode_contents(), hosts), problem
    return _settle(page, written, hosts), problem


def _take_steps(page: Page) -> str:
    for step in STEPS:
        step(page)
    return write(page.root)


def _settle(page: Page, written: str, hosts: frozenset[str]) -> str:
    """Sanitize; where that makes another tree than ours, take the steps again over what it made."""
    body = sanitize(written, hosts)
    for _ in range(MOST_ROUNDS):
        if body == written:
            break
        page.read(body)
        written = _take_steps(page)
        body = sanitize(written, hosts)
    return body


_CONTAINER = re.compile(r"<(?!/?(?:p|br|hr|img)[\s/>])[^<>]*>?", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:\w+;)?|\u00a0")


def _reduce(source: str) -> tuple[str, str]:
    """Take the tags that hold others off a body that is too large."""
    if not _is_too_large(source):
        return source, ""
    problem = f"more than {MAX_LENGTH} characters or {MAX_TAGS} tags: only text and pictures are left"
    reduced = _CONTAINER.sub(" ", source)
    # The sanitizer takes quadratic time over many references.
    return _REFERENCE.sub(" ", reduced) if _count_references(source) > MAX_REFERENCES else reduced, problem


def _is_too_large(source: str) -> bool:
    is_long = len(source) > MAX_LENGTH or source.count("<") > MAX_TAGS
    return is_long or _count_references(source) > MAX_REFERENCES


def _count_references(source: str) -> int:
    return source.count("&") + source.count("\u00a0")


# --- pictures ------------------------------------------------------------------------------------

_IMAGE = re.compile(r'<img [^>]*?src="(https?://[^"]+)"')
_PARAMETER = re.compile(r"\{(\w+)\}")


def _first_image(body: str) -> str:
    found = _IMAGE.search(body)
    return unescape(found[1]) if found else ""


def _image_of(original: str, template: str) -> str:
    """Fill a site's address of pictures from the query of the original's address; "" if a parameter is missing."""
    query = parse_qs(original.partition("?")[2].partition("#")[0])
    if not all(name in query for name in _PARAMETER.findall(template)):
        return ""
    return _PARAMETER.sub(lambda name: quote(query[name[1]][0]), template)
