"""Markdown outside Jekyll: CommonMark and GitHub's, with what other generators add to them, for markdown-it.

Footnotes, definition lists, mathematics, callouts, marked text, emoji codes. Pure, linear time.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.admon.index import admonition
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_block_dollar
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.markup.callouts import KINDS, callout_plugin
from feedsvc.markup.kramdown_spans import show_mathematics
from feedsvc.markup.marks import mark_plugin
from feedsvc.markup.wiki_links import wiki_link_plugin

MAX_DISPLAY = 50  # lines of a formula right after text

_DISPLAY = math_block_dollar(allow_labels=False)
_CODES = re.compile(r"(?<![\w:])(?<![\w.]/)(?::[a-z0-9_+-]{1,60}:)+(?![\w:])", re.IGNORECASE)
_HTML_CODE = re.compile(r"<(/?)(?:code|pre|kbd|samp|tt)\b", re.IGNORECASE)
_FIRST_LINE = re.compile(r"(?::::|#!)([A-Za-z][\w+#-]*)(?:[ \t]+hl_lines=[^\n]*)?[ \t]*\n")
_MATHEMATICS = re.compile(r"\$`([^`\n]+)`\$")  # https://docs.github.com/get-started/writing-on-github, "expressions"
_BOX = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]*([\w-]*)[^\"\n]*(\"?)")
_CHUNK = re.compile(r"\s*\{\.?([\w+-]+)[^{}]*\}\s*\Z")
_CONTENTS = re.compile(
    r"\[toc\]|@\[toc\](?:\([^()\n]*\))?|\[\[_?toc_?\]\]|\$\{toc\}|\{\{toc\}\}|\{:toc\}", re.IGNORECASE
)


def github_plugin(parser: MarkdownIt) -> None:
    """Make a parser of CommonMark read GitHub's Markdown and common additions to it."""
    parser.use(footnote_plugin).use(deflist_plugin).use(admon_plugin).use(callout_plugin).use(wiki_link_plugin)
    parser.use(mark_plugin)
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, renderer=show_mathematics)
    parser.inline.ruler.before("math_inline", "github_mathematics", _read_mathematics)
    parser.block.ruler.at("math_block", _read_display, {"alt": ["paragraph"]})
    parser.block.ruler.at("admonition", _read_box, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.core.ruler.after("block", "contents", _drop_contents)
    parser.core.ruler.after("block", "chunks", _name_chunks)
    parser.core.ruler.after("inline", "emoji", _show_emoji)


def _read_mathematics(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - of markdown-it
    """Read a formula between a dollar and a backtick on each side."""
    found = _MATHEMATICS.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("math_inline", "math", 0).content = found[1]
    state.pos = found.end()
    return True


def _read_display(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - of markdown-it
    """Read a formula between lines of `$$`, which may follow text without a blank line, as MathJax has it."""
    count, line = len(state.tokens), state.line
    found = _DISPLAY(state, start, min(end, start + MAX_DISPLAY) if silent else end, False)
    if silent:  # it is only asked whether the paragraph ends here
        del state.tokens[count:]
        state.line = line
    return found


def _read_box(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - of markdown-it
    """Read a box of Python-Markdown; a line of no known kind and without text below is prose: `!!! what a day`."""
    found = _BOX.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    if not found:
        return False
    below = next((line for line in range(start + 1, min(end, start + 3)) if not state.isEmpty(line)), None)
    has_text = below is not None and state.sCount[below] > state.sCount[start] + 1
    is_box = has_text or found[2] or found[1].lower() in KINDS
    return bool(is_box) and admonition(state, start, end, silent)


def _drop_contents(state: StateCore) -> None:
    """Drop paragraphs that only ask for a table of contents."""
    kept = []
    skipped = 0
    for place, token in enumerate(state.tokens):
        following = state.tokens[place + 1] if place + 1 < len(state.tokens) else None
        if token.type == "paragraph_open" and following and _CONTENTS.fullmatch(following.content.strip()):
            skipped = 3  # the paragraph, its text, its end
        if skipped:
            skipped -= 1
        else:
            kept.append(token)
    state.tokens = kept


def _name_chunks(state: StateCore) -> None:
    """Read the language of code as Quarto, R Markdown and pandoc write it: `{r, echo=FALSE}`, `{.python}`.

    Python-Markdown, and so Pelican, has it in the first line of indented code: `:::python`, or `#!python`.
    """
    for token in state.tokens:
        first = _FIRST_LINE.match(token.content) if token.type == "code_block" else None
        if first:
            token.type, token.info, token.content = "fence", first[1], token.content[first.end() :]
        found = _CHUNK.match(token.info) if token.type == "fence" else None
        if found:
            token.info = found[1]


def _show_emoji(state: StateCore) -> None:
    """Replace codes of emoji, as GitHub has them; unknown ones stay, and those in code and addresses."""
    for token in state.tokens:
        depth = 0  # of elements of HTML that hold code
        for child in token.children or ():
            if child.type == "html_inline" and (tag := _HTML_CODE.match(child.content)):
                depth = max(depth + (-1 if tag[1] else 1), 0)
            if child.type == "text" and not depth and child.content.count(":") > 1:
                child.content = _CODES.sub(_to_emoji, child.content)


def _to_emoji(codes: re.Match[str]) -> str:
    import emoji  # noqa: PLC0415 - 3 MB, and most posts have no codes

    return emoji.emojize(codes[0], language="alias")
