"""HTML → clean, safe HTML: what a reader came for stays, everything else goes, and nothing dangerous gets through.

STEPS in order over one tree, then the sanitizer. What is junk is data: `rules.toml` and an operator's file. Pure: the
same HTML, URL, title and rules give the same result, and cleaning a result again changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypedDict, Unpack

from feedsvc.cleaning.attributes import filter_attributes
from feedsvc.cleaning.budget import MAX_STEPS, TooManySteps, limit_steps
from feedsvc.cleaning.callouts import form_callouts
from feedsvc.cleaning.code import repair_code
from feedsvc.cleaning.comments import remove_comments
from feedsvc.cleaning.drawings import keep_drawings
from feedsvc.cleaning.embeds import repair_embeds
from feedsvc.cleaning.headings import remove_heading_anchors
from feedsvc.cleaning.images import (
    fill_image_url,
    find_first_image,
    remove_repeated_images,
    repair_images,
)
from feedsvc.cleaning.junk import apply_site_rules, remove_invisible, remove_junk
from feedsvc.cleaning.linkify import link_urls
from feedsvc.cleaning.links import repair_links
from feedsvc.cleaning.losses import report_losses
from feedsvc.cleaning.mathematics import keep_mathematics
from feedsvc.cleaning.nodes import count_text
from feedsvc.cleaning.noscript import resolve_noscript
from feedsvc.cleaning.phrases import remove_phrases
from feedsvc.cleaning.plain_text import from_plain_text
from feedsvc.cleaning.pruning import prune
from feedsvc.cleaning.rule_tables import make_rules
from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.sanitizer import sanitize, to_html
from feedsvc.cleaning.source import reduce, repair
from feedsvc.cleaning.structure import form_paragraphs, separate_blocks
from feedsvc.cleaning.summary import find_teaser, summarize
from feedsvc.cleaning.tree import Tree
from feedsvc.cleaning.whitespace import collapse_whitespace
from feedsvc.cleaning.widgets import keep_widgets
from feedsvc.lookup import NO_LOOKUP, Lookup
from feedsvc.models import Cleaned, Hint
from feedsvc.rule_files import RuleFiles, packaged_rule_files, parse_rule_files
from feedsvc.text import format_count
from feedsvc.urls import to_host

__all__ = [
    "STEPS",
    "Removal",
    "Rules",
    "clean",
    "explain",
    "load_rules",
    "packaged_rules",
    "rules_of",
    "sanitize_only",
]

STEPS = (
    repair_code,
    remove_heading_anchors,
    keep_mathematics,
    keep_widgets,
    keep_drawings,
    form_callouts,
    remove_invisible,
    apply_site_rules,
    remove_comments,
    remove_junk,
    repair_images,
    resolve_noscript,
    repair_embeds,
    repair_links,
    remove_repeated_images,
    separate_blocks,
    link_urls,
    collapse_whitespace,
    prune,
    form_paragraphs,
    remove_phrases,
    filter_attributes,
)
"""What changes the tree of a body, in this order."""

MAX_ROUNDS = 2
ENOUGH_TEXT = 200
MIN_SHARE_LEFT = 0.25
"""A body of more than ENOUGH_TEXT characters that would keep less than this share is only sanitized."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that cleaning removed: the step or rule that did it, and the HTML."""

    rule: str
    html: str


@cache
def packaged_rules() -> Rules:
    """Return the rules that come with feedsvc."""
    return make_rules(packaged_rule_files())


def load_rules(text: str, where: str) -> Rules:
    """Return the packaged rules with those of an operator's file added; `where` names that file in messages.

    Raise SettingError("where: what: why") for what cannot be read or is unknown.
    """
    return rules_of(parse_rule_files(text, where))


def rules_of(files: RuleFiles) -> Rules:
    """Return the rules of files; those that come with feedsvc are made once. Raise SettingError as `load_rules`."""
    return make_rules(files) if files.given else packaged_rules()


class Facts(TypedDict, total=False):
    """What is known of the post of a body.

    `original` is the URL it was first published at: it chooses the site's rules. Relative URLs of posts and files that
    `lookup` knows lead to those; others are resolved against `base_url`, else against the original; without either
    they stay as they are. The `rules` are those for a post that was taken from another site, unless `rules.own` is
    given: of all other posts every word stays. The feed names the `authors`, so by-lines of theirs go.
    """

    original: str
    title: str
    authors: tuple[str, ...]
    base_url: str
    rules: Rules
    lookup: Lookup


def clean(html: str, **facts: Unpack[Facts]) -> Cleaned:
    """Clean the HTML of a post. Never raise."""
    tree = _make_tree(**facts)
    teaser = find_teaser(html)
    with limit_steps():
        body, fallback = _clean_body(html, tree)
        shown = _clean_body(teaser, _make_tree(**facts))[0] if teaser else ""
    image = find_first_image(body) or fill_image_url(tree.site.image, facts.get("original", ""))
    summary = summarize(shown) or summarize(body)
    if not fallback:
        report_losses(tree)
    return Cleaned(body, summary, image, fallback, tuple(_hints_of(tree)))


def _hints_of(tree: Tree) -> Iterator[Hint]:
    for message, count in tree.hints.items():
        text = f"{message} ({format_count(count, 'time')})" if count > 1 else message
        yield Hint(text, tree.keys[message])


def sanitize_only(html: str, reason: str) -> Cleaned:
    """Only sanitize a body, in linear time; `reason` becomes its `fallback`."""
    reduced, _ = reduce(repair(html))
    body = sanitize(reduced, frozenset())
    return Cleaned(html=body, summary=summarize(body), image=find_first_image(body), fallback=reason)


def explain(html: str, **facts: Unpack[Facts]) -> tuple[Removal, ...]:
    """Return what cleaning removes from the HTML of a post, in the order of the steps."""
    tree = _make_tree(**facts)
    _clean_body(html, tree)
    return tuple(Removal(rule, str(element)) for rule, element in tree.removed)


def _make_tree(**facts: Unpack[Facts]) -> Tree:
    rules, original = facts.get("rules") or packaged_rules(), facts.get("original", "")
    return Tree(
        rules,
        rules.find_site(to_host(original)),
        facts.get("base_url") or original,
        facts.get("title", ""),
        facts.get("authors", ()),
        facts.get("lookup", NO_LOOKUP),
    )


def _clean_body(html: str, tree: Tree) -> tuple[str, str]:
    """Return the clean body, and the reason why it was reduced or only sanitized; "" if it was not."""
    source, problem = reduce(repair(html))
    hosts = tree.rules.hosts | tree.site.iframes
    if problem:
        return sanitize(source, hosts), problem
    try:
        with limit_steps():
            return _clean_source(source, tree, hosts)
    except TooManySteps:
        return sanitize(source, hosts), f"more than {MAX_STEPS:,} steps of cleaning"


def _clean_source(source: str, tree: Tree, hosts: frozenset[str]) -> tuple[str, str]:
    plain = from_plain_text(source, tree.rules)
    if plain is not None and plain.count("<p>") <= 1:
        return sanitize(plain, hosts), ""
    tree.parse(plain or source)
    before = count_text(tree.root)
    written = _take_steps(tree)
    before, after = before - tree.aside_length, count_text(tree.root)
    if before > ENOUGH_TEXT and after < MIN_SHARE_LEFT * before:
        tree.parse(source)
        problem = f"only {after} of {before} characters would be left"
        return sanitize(tree.root.decode_contents(), hosts), problem
    return _sanitize_until_stable(tree, written, hosts), ""


def _take_steps(tree: Tree) -> str:
    for step in STEPS:
        step(tree)
        tree.commit()
    return to_html(tree.root)


def _sanitize_until_stable(tree: Tree, written: str, hosts: frozenset[str]) -> str:
    """Sanitize; if that changes the HTML, repeat the steps on the result, at most MAX_ROUNDS times."""
    body = sanitize(written, hosts)
    for _ in range(MAX_ROUNDS):
        if body == written:
            break
        tree.parse(body)
        written = _take_steps(tree)
        body = sanitize(written, hosts)
    return body
