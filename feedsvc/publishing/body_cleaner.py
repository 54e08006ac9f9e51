"""A body → a clean body: its templates, hidden text, Markdown and HTML, with hints for its author."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock

from feedsvc.cleaning import Facts, Removal, Rules, clean, explain, sanitize_only
from feedsvc.errors import NotReady
from feedsvc.lookup import NO_LOOKUP, Lookup
from feedsvc.markup.comments import may_hide, strip_comments
from feedsvc.markup.effort import MAX_MARKS, MAX_PARAGRAPHS
from feedsvc.markup.html_blocks import is_html
from feedsvc.markup.liquid.state import TemplateInputs
from feedsvc.markup.markdown import is_flood, strip_top, to_html
from feedsvc.markup.shortcode_rules import make_rules, packaged_lists
from feedsvc.markup.shortcodes import Shortcodes
from feedsvc.models import Body, Cleaned, Hint
from feedsvc.posts.generators.jekyll_excerpt import excerpt_of
from feedsvc.publishing.provenance import Provenance, find_provenance
from feedsvc.publishing.templates import RunBody, run_templates
from feedsvc.settings import UNKNOWN_BASE, Settings
from feedsvc.sites import GeneratorName
from feedsvc.text import format_count

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BodyContext:
    """What a body is cleaned with: the URL of its page, for relative URLs, and access to the rest of the folder."""

    url: str = ""
    lookup: Lookup = NO_LOOKUP
    template_inputs: TemplateInputs | None = None  # None: its templates are not run
    shortcodes: Shortcodes | None = None


NO_CONTEXT = BodyContext()


class BodyCleaner:
    """Cleans bodies by one set of rules for one base URL."""

    def __init__(self, settings: Settings, rules: Rules) -> None:
        self._settings = settings
        self._rules = rules
        self._shortcodes = make_rules(packaged_lists(), rules.shortcodes)
        self._base_url = settings.base_url or UNKNOWN_BASE

    def make_shortcodes(self, lookup: Lookup = NO_LOOKUP) -> Shortcodes:
        """Return what shows the shortcodes of one body."""
        return Shortcodes(self._shortcodes, lookup)

    def clean(self, body: Body, context: BodyContext = NO_CONTEXT) -> Cleaned:
        """Clean a body; one that is too much or that cleaning fails on is sanitized only, and `fallback` says why."""
        run = _run(body, context.template_inputs)
        visible, hints = _visible_part(run.body, self._settings)
        shortcodes = context.shortcodes or self.make_shortcodes(context.lookup)
        with _collector.paused():
            cleaned = self._clean(visible, replace(context, shortcodes=shortcodes))
        found = (*run.hints, *shortcodes.hints.all(), *hints)
        return replace(cleaned, hints=(*found, *cleaned.hints)) if found else cleaned

    def _clean(self, body: Body, context: BodyContext) -> Cleaned:
        if body.size > self._settings.max_post_bytes:
            return sanitize_only(body.text, f"{format_count(body.size, 'byte')}, more than max_post_bytes")
        if not body.is_html and is_flood(body.text, body.title):
            reason = f"more than {MAX_MARKS:,} signs of Markdown, or {MAX_PARAGRAPHS:,} paragraphs"
            return sanitize_only(to_html(body.text), reason)
        try:
            return clean(self._to_html(body, context), **self._facts_of(body, context))
        except Exception as error:  # a bug in cleaning must not remove the post or break the feed
            log.exception("%r: cleaning failed; the body is sanitized only", body.title)
            return sanitize_only(body.text, f"a fault in feedsvc: {error!r}")

    def explain(self, body: Body, context: BodyContext = NO_CONTEXT) -> tuple[Removal, ...]:
        """Return what cleaning removes from a body, each with the step or rule that removed it."""
        visible, _ = _visible_part(_run(body, context.template_inputs).body, self._settings)
        return explain(self._to_html(visible, context), **self._facts_of(visible, context))

    def _to_html(self, body: Body, context: BodyContext) -> str:
        jekyll = self._settings.jekyll
        return to_html(
            body.text,
            title=body.title,
            site_url=self._base_url,
            is_jekyll=jekyll is not None,
            is_vault=self._settings.site.generator is GeneratorName.OBSIDIAN,
            is_rendered=body.is_rendered,
            is_html_file=body.is_html,
            is_mdx=body.is_mdx,
            parses_html=jekyll is not None and jekyll.parses_html,
            shortcodes=context.shortcodes,
        )

    def _facts_of(self, body: Body, context: BodyContext) -> Facts:
        scraped = find_provenance(body, self._settings).scraped
        return Facts(
            original=body.original,
            title=body.title,
            authors=body.authors,
            base_url=(body.original if scraped else "") or context.url or f"{self._base_url}/",
            rules=self._rules if scraped else self._rules.own,
            lookup=context.lookup,
        )


class _Collector:
    """Python's garbage collector, which is the same for all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pauses = 0
        self._was_enabled = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Collect nothing while any thread is in here: the trees of a body live until it is clean."""
        with self._lock:
            self._was_enabled = self._was_enabled if self._pauses else gc.isenabled()
            self._pauses += 1
            gc.disable()
        try:
            yield
        finally:
            with self._lock:
                self._pauses -= 1
                if self._was_enabled and not self._pauses:
                    gc.enable()


_collector = _Collector()


def provenance_of(body: Body, settings: Settings) -> Provenance:
    """Return where a post is from, as cleaning sees it."""
    return find_provenance(_visible_part(body, settings)[0], settings)


def _run(body: Body, inputs: TemplateInputs | None) -> RunBody:
    """Return a body after its templates; as it was, with a hint, where running them fails."""
    if inputs is None:
        return RunBody(body)
    try:
        return run_templates(body, inputs)
    except NotReady:
        raise
    except Exception as error:  # a bug in templates must not remove the post or break the feed
        log.exception("%r: running Liquid failed; the body is shown without it", body.title)
        return RunBody(body, (Hint(f"Liquid: a fault in feedsvc: {error!r}: the body is shown without running it"),))


def _visible_part(body: Body, settings: Settings) -> tuple[Body, tuple[Hint, ...]]:
    """Return a body without hidden text, or the excerpt of one that is withheld; and hints for its author."""
    hints: tuple[Hint, ...] = ()
    if may_hide(body.text):
        found = strip_comments(
            body.text,
            is_html=body.is_html or is_html(strip_top(body.text, body.title)),
            is_jekyll=settings.jekyll is not None,
            is_hexo=settings.site.generator is GeneratorName.HEXO,
        )
        body, hints = replace(body, text=found.text), tuple(map(Hint, found.hints))
    if body.separator is not None:
        body = replace(body, text=excerpt_of(body.text, body.separator))
    return body, hints
