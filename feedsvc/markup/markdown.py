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
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.markup.effort import is_too_much
from feedsvc.markup.expansion import drop_unknown, expand

_MAX_REFERENCED = 10_000_000  # characters of a reference's URL and title, written out at each use

_BLOCKS = (
    "address|article|aside|audio|blockquote|body|center|details|dialog|dd|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|h[1-6]|head|header|hgroup|hr|html|iframe|legend|li|link|main|math|menu|meta|nav|noscript|object|ol|p|pre|"
    "script|section|style|summary|svg|table|tbody|td|template|tfoot|th|thead|tr|ul|video"
)
_VOID = frozenset({"hr", "link", "meta"})
_OPENING = re.compile(rf"\s*<(?:(?P<name>{_BLOCKS})(?=[\s/>])|/details(?=[\s>])|!--|!doctype|\?)", re.IGNORECASE)
_MARKDOWN_INSIDE = re.compile(r"""\s*<[^<>]*?\smarkdown\s*=\s*["']?(?:1|block|span)["']?[^<>]*>""", re.IGNORECASE)
_RUN = re.compile(r"(?<!/)\*++(?!/)|~+")  # but not /* and */ of programs
_BLANK_LINE = re.compile(r"\n[ \t]*\n")

_TOP_COMMENT = re.compile(r"\A\s*<!--\s*(?:\d+|NaN)\s*-->\s*")
# Up to the last "](" of the line: titles hold brackets. The atomic group keeps a hostile line linear.
_TOP_HEADING = re.compile(r"\A\s*\[(?P<title>(?>[^\n]*\]\())[^\n]*\)[ \t]*\n(?:-{3,}|={3,})[ \t]*(?:\n|\Z)")


def to_html(body: str, *, title: str = "", site_url: str = "") -> str:
    """Return a post's body, without front matter, as HTML. Never raise.

    A linked heading on top goes if it repeats `title`, or none is known. `site_url` is the site's URL with its
    `baseurl`, for Liquid's `site.url`, `site.baseurl` and `relative_url`.
    """
    text = _without_top(body, title)
    if is_html(text):
        return text
    if is_too_much(text):
        return _to_paragraphs(text)
    return drop_unknown(str(_parser().render(expand(text, title=title, site_url=site_url.rstrip("/")))))


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


def is_html(text: str) -> bool:
    """Return True if a body begins with a block tag and has no text outside block tags."""
    position = 0
    while opening := _OPENING.match(text, position):
        position = _end_of_block(text, opening)
        if _is_details(opening, text) and _BLANK_LINE.search(text, opening.start(), position):
            return False
    return position > 0 and not text[position:].strip()


def _without_top(body: str, title: str) -> str:
    return strip_top(body.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"), title)


def _squeeze(text: str) -> str:
    return re.sub(r"[\s\\]+", "", text)


def _to_paragraphs(text: str) -> str:
    return "\n".join(f"<p>{escape(part.strip())}</p>" for part in text.split("\n\n") if part.strip())


# --- HTML blocks ---------------------------------------------------------------------------------


def _end_of_block(text: str, opening: re.Match[str]) -> int:
    """Return the position after the matching end tag, as kramdown finds it; the end of the text if there is none."""
    name = (opening["name"] or "").lower()
    if not name or name in _VOID:
        return _after(text, "-->" if opening[0].endswith("<!--") else ">", opening.start())
    tags = re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE)
    depth = 0
    for tag in tags.finditer(text, opening.start()):
        depth += -1 if tag[1] else 1
        if depth <= 0 or (name == "p" and tag[1]):
            return _after(text, ">", tag.start())
    return len(text)


def _after(text: str, sign: str, start: int) -> int:
    found = text.find(sign, start)
    return len(text) if found < 0 else found + len(sign)


def _html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Parse an HTML block up to its end tag: a rule for markdown-it in place of CommonMark's."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    opening = None if state.is_code_block(start_line) else _OPENING.match(state.src, start)
    if not opening or silent:
        return bool(opening)
    line = (_last_line_of_details if _is_details(opening, state.src) else _last_line)(state, opening, end_line)
    state.line = line + 1
    token = state.push("html_block", "", 0)
    token.map = [start_line, state.line]
    token.content = _with_markdown_inside(state.src[start : state.eMarks[line]]) + "\n"
    return True


def _last_line(state: StateBlock, opening: re.Match[str], end_line: int) -> int:
    end = min(_end_of_block(state.src, opening), state.eMarks[end_line - 1])
    return next((line for line in range(state.line, end_line - 1) if state.eMarks[line] >= end), end_line - 1)


def _is_details(opening: re.Match[str], text: str) -> bool:
    return (opening["name"] or "").lower() == "details" and not _MARKDOWN_INSIDE.match(text, opening.start())


def _last_line_of_details(state: StateBlock, _: re.Match[str], end_line: int) -> int:
    """Return the last line of a `details` block, before the first blank line: Markdown follows, as on GitHub."""
    for line in range(state.line, end_line - 1):
        if state.isEmpty(line + 1) or "</details" in state.src[state.bMarks[line] : state.eMarks[line]].lower():
            return line
    return end_line - 1


def _with_markdown_inside(block: str) -> str:
    opening = _MARKDOWN_INSIDE.match(block)
    if not opening:
        return block
    inner, closing, tail = block[opening.end() :].rpartition("</")
    return opening[0] + str(_parser().render(inner)) + closing + tail if closing else block


# --- Markdown ------------------------------------------------------------------------------------


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 30}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin)
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, renderer=_verbatim_math)
    parser.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.inline.ruler.at("emphasis", _beside_any_script(emphasis.tokenize))
    parser.inline.ruler.at("strikethrough", _beside_any_script(strikethrough.tokenize))
    parser.core.ruler.after("block", "references", _drop_huge_references)
    parser.core.ruler.push("anchors", _add_anchors)
    return parser


def _beside_any_script(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Return a rule for which only blanks matter beside non-ASCII text, as in kramdown: `中**“文”**，` is bold."""

    def read(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        source, start, end = state.src, state.pos, state.posMax
        run = None if silent else _RUN.match(source, start, end)
        before, after = _beside(source, run, end) if run else ("", "")
        enough = any if run and len(run[0]) > 1 else all  # a single * is often a wildcard: `LC_*`
        if not run or not enough(not side.isascii() for side in (before, after)):
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
            anchor = re.sub(r"[^\w -]", "", content.content).strip().replace(" ", "-").lower()
            opening.attrSet("id", f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
            seen[anchor] += 1


def _verbatim_math(content: str, options: dict[str, bool]) -> str:
    fence = "$$" if options["display_mode"] else "$"
    return fence + escape(content, quote=False) + fence
