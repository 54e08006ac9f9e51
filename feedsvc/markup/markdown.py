"""A body of Markdown or HTML → HTML: Markdown by markdown-it, with the rules of kramdown, Jekyll's parser.

Pure, linear time. Removes the comment and the linked title that some tools put on top; leaves mathematics as it is
written. The HTML is neither safe nor clean: see `cleaning`.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from markdown_it.token import Token

from feedsvc.markup.block_ids import block_id_plugin
from feedsvc.markup.effort import MAX_PARAGRAPHS, is_too_much
from feedsvc.markup.expansion import adapt_rendered, drop_unknown, expand
from feedsvc.markup.github import github_plugin
from feedsvc.markup.html_blocks import ask_for_markdown, has_markdown_inside, has_text_after_blank_line, is_html
from feedsvc.markup.kramdown import kramdown_plugin
from feedsvc.markup.link_destinations import link_destination_plugin
from feedsvc.markup.mdx_blocks import mdx_plugin
from feedsvc.markup.shortcodes import Shortcodes
from feedsvc.markup.signs import signs_plugin
from feedsvc.markup.tasks import task_plugin
from feedsvc.text import to_anchor

MAX_URL = 20_000
"""Characters of a URL in which those that no URL may hold are encoded: longer are pictures written into the text."""
_MAX_REFERENCED = 10_000_000  # characters of a reference's URL and title, written out at each use

# Where one of the rules of spans may begin, or a link's text end: markdown-it stops at ten more signs, for other rules.
_STOPS = re.compile(r"[\n!$&*<=\[\\\]^_`{~]")
_RUN = re.compile(r"(?<!/)\*++(?!/)|~+")  # but not /* and */ of programs
_HEADING_ATTRIBUTES = re.compile(r"(?<=\S)[ \t]{1,50}\{(?:#(?P<id>[\w:.-]+)|\.[\w-]+)[^{}\n]*\}\Z")

_TEMPLATE = re.compile(r"\{[{%]")
_CLOSING = re.compile(r"[ \t]{1,50}#{1,50}\Z")
_TOP_COMMENT = re.compile(r"\A\s*<!--\s*(?:\d+|NaN)\s*-->\s*")
# Up to the last "](" of the line: titles hold brackets. The atomic group keeps a hostile line linear.
_TOP_HEADING = re.compile(r"\A\s*\[(?P<title>(?>[^\n]*\]\())[^\n]*\)[ \t]*\n(?:-{3,}|={3,})[ \t]*(?:\n|\Z)")


def to_html(  # noqa: PLR0913 - all by name
    body: str,
    *,
    title: str = "",
    site_url: str = "",
    is_jekyll: bool = False,
    is_vault: bool = False,
    is_rendered: bool = False,
    is_html_file: bool = False,
    is_mdx: bool = False,
    parses_html: bool = False,
    shortcodes: Shortcodes | None = None,
) -> str:
    """Return a post's body, without front matter, as HTML. Never raise.

    A linked heading on top goes if it repeats `title`, or none is known. `site_url` is the site's URL with its
    `baseurl`, for Liquid's `site.url`, `site.baseurl` and `relative_url`. With `is_vault` ids of blocks are no text.
    With `is_rendered` Liquid has been run. A body of an HTML file (`is_html_file`) is no Markdown, unless templates
    are in it; in MDX (`is_mdx`) indented text is no code. With `parses_html` elements of a Jekyll site's posts hold
    Markdown. `shortcodes` has what those show, and gathers hints.
    """
    if is_html_file and not _TEMPLATE.search(body):
        return body
    text = _without_top(body, title)
    if is_jekyll:
        text = ask_for_markdown(text, everywhere=parses_html)
    if (
        not is_mdx
        and is_html(text)
        and not (has_markdown_inside(text) if is_jekyll else has_text_after_blank_line(text))
    ):
        return text
    if is_too_much(text):
        return _to_paragraphs(text)
    expanded = (
        adapt_rendered(text)
        if is_rendered
        else expand(
            text,
            title=title,
            site_url=site_url.rstrip("/"),
            is_jekyll=is_jekyll,
            shortcodes=Shortcodes() if shortcodes is None else shortcodes,
        )
    )
    parser = make_parser(is_jekyll=is_jekyll, is_vault=is_vault, is_mdx=is_mdx)
    return drop_unknown(str(parser.render(f"{expanded}\n")))  # containers are read beyond an end without a line break


def is_flood(body: str, title: str = "") -> bool:
    """Return True if `to_html` shows a body as plain text, because parsing would take too long."""
    text = _without_top(body, title)
    return is_too_much(text) and not is_html(text)


def strip_top(text: str, title: str = "") -> str:
    """Return a body without the comment and the linked setext heading that some tools put on top."""
    rest = _TOP_COMMENT.sub("", text, count=1)
    heading = _TOP_HEADING.match(rest)
    if heading and (rest != text or not title or _squeeze(heading["title"][:-2]) == _squeeze(title)):
        return rest[heading.end() :]
    return rest


def _without_top(body: str, title: str) -> str:
    return strip_top(body.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"), title)


def _squeeze(text: str) -> str:
    return re.sub(r"[\s\\]+", "", text)


def _to_paragraphs(text: str) -> str:
    paragraphs = list(filter(None, map(str.strip, escape(text).split("\n\n"))))
    return "\n".join(
        map("<p>{}</p>".format, paragraphs if len(paragraphs) <= MAX_PARAGRAPHS else ["\n".join(paragraphs)])
    )


# --- Markdown ------------------------------------------------------------------------------------


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - markdown-it's name
        """Return a URL with characters encoded that no URL may hold."""
        return super().normalizeLink(url) if len(url) <= MAX_URL else url

    def validateLink(self, _url: str) -> bool:  # noqa: N802 - markdown-it's name
        """Return True: cleaning removes a URL that is not safe, and keeps the text of its link."""
        return True


@cache
def make_parser(*, is_jekyll: bool, is_vault: bool, is_mdx: bool = False) -> MarkdownIt:
    """Return the parser of Markdown of a Jekyll site, of an Obsidian vault, or of any other folder; or that of MDX."""
    parser = _Parser("commonmark", {"maxNesting": 30, "strikethrough_single_tilde": not is_jekyll}).enable(
        ["table", "strikethrough"]
    )
    parser.inline.terminator_re = _STOPS
    parser.use(kramdown_plugin if is_jekyll else github_plugin)
    parser.inline.ruler.at("emphasis", _beside_any_script(emphasis.tokenize, is_jekyll=is_jekyll))
    parser.inline.ruler.at("strikethrough", _beside_any_script(strikethrough.tokenize, is_jekyll=is_jekyll))
    parser.core.ruler.after("block", "references", _drop_huge_references)
    parser.core.ruler.after("block", "anchors", _add_anchors)
    if is_vault:
        parser.use(block_id_plugin)
    if is_mdx:
        parser.use(mdx_plugin)
    return parser.use(link_destination_plugin).use(task_plugin).use(signs_plugin)


InlineRule = Callable[[StateInline, bool], bool]


def _beside_any_script(rule: InlineRule, *, is_jekyll: bool) -> InlineRule:
    """Return a rule for which only blanks matter beside non-ASCII text, as in kramdown: `中**“文”**，` is bold.

    On a Jekyll site only blanks matter beside any text.
    """

    def read(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        source, start, end = state.src, state.pos, state.posMax
        run = None if silent else _RUN.match(source, start, end)
        before, after = _beside(source, run, end) if run else ("", "")
        enough = any if run and len(run[0]) > 1 else all  # a single * is often a wildcard: `LC_*`
        if not run or not (is_jekyll or enough(not side.isascii() for side in (before, after))):
            return rule(state, silent)
        window = re.sub(r"\S", "a", before) + run[0] + re.sub(r"\S", "a", after)
        state.src, state.pos, state.posMax = window, len(before), len(window)
        found = rule(state, silent)
        state.src, state.pos, state.posMax = source, start + state.pos - len(before), end
        return found

    return read


def _beside(source: str, run: re.Match[str], end: int) -> tuple[str, str]:
    return source[max(run.start() - 1, 0) : run.start()], source[run.end() : min(run.end() + 1, end)]


def _drop_huge_references(state: StateCore) -> None:
    """Drop each reference whose text would be too long if every bracket used it."""
    limit = _MAX_REFERENCED // (state.src.count("[") + 1)
    known = state.env.get("references", {})
    for name in [name for name, to in known.items() if len(to["href"]) + len(to.get("title", "")) > limit]:
        del known[name]


def _add_anchors(state: StateCore) -> None:
    """Set kramdown's ids on headings, so that links of a table of contents written by hand work."""
    seen: Counter[str] = Counter()
    for opening, content in pairwise(state.tokens):
        if opening.type == "heading_open":
            own = _take_attributes(content)
            anchor = to_anchor(content.content)
            opening.attrSet("id", own or (f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor))
            seen[anchor] += 1


def _take_attributes(inline: Token) -> str:
    """Remove a list of attributes, `{#id .class}`, from the end of a heading; return its id."""
    found = _HEADING_ATTRIBUTES.search(inline.content) if inline.content.endswith("}") else None
    if not found:
        return ""
    inline.content = _CLOSING.sub("", inline.content[: found.start()])
    return found["id"] or ""
