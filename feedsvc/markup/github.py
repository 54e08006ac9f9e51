"""Markdown outside Jekyll: CommonMark and GitHub's, with what other generators add to them, for markdown-it.

Footnotes, definition lists, mathematics, callouts, marked text, emoji codes. Pure, linear time.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_block_dollar
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.markup.callouts import callout_plugin
from feedsvc.markup.kramdown_spans import show_mathematics
from feedsvc.markup.marks import mark_plugin
from feedsvc.markup.wiki_links import wiki_link_plugin

MAX_DISPLAY = 50  # lines of a formula right after text

_DISPLAY = math_block_dollar(allow_labels=False)
_CODE = re.compile(r"(?<![\w:]):[a-z0-9_+-]{1,60}:(?![\w:])", re.IGNORECASE)
_FIRST_LINE = re.compile(r"(?::::|#!)([A-Za-z][\w+#-]*)(?:[ \t]+hl_lines=[^\n]*)?[ \t]*\n")
_MATHEMATICS = re.compile(r"\$`([^`\n]+)`\$")  # https://docs.github.com/get-started/writing-on-github, "expressions"
_CHUNK = re.compile(r"\s*\{\.?([\w+-]+)[^{}]*\}\s*\Z")
_CONTENTS = frozenset({"[toc]", "[[toc]]", "[[_toc_]]", "@[toc]", "${toc}", "{{toc}}"})


def github_plugin(parser: MarkdownIt) -> None:
    """Make a parser of CommonMark read GitHub's Markdown and common additions to it."""
    parser.use(footnote_plugin).use(deflist_plugin).use(admon_plugin).use(callout_plugin).use(wiki_link_plugin)
    parser.use(mark_plugin)
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, renderer=show_mathematics)
    parser.inline.ruler.before("math_inline", "github_mathematics", _read_mathematics)
    parser.block.ruler.at("math_block", _read_display, {"alt": ["paragraph"]})
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


def _drop_contents(state: StateCore) -> None:
    """Drop paragraphs that only ask for a table of contents."""
    kept = []
    skipped = 0
    for place, token in enumerate(state.tokens):
        following = state.tokens[place + 1] if place + 1 < len(state.tokens) else None
        if token.type == "paragraph_open" and following and following.content.strip().lower() in _CONTENTS:
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
    """Replace codes of emoji, as GitHub has them; unknown ones stay."""
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "text" and child.content.count(":") > 1:
                child.content = _CODE.sub(_to_emoji, child.content)


def _to_emoji(code: re.Match[str]) -> str:
    import emoji  # noqa: PLC0415 - 3 MB, and most posts have no codes

    return emoji.emojize(code[0], language="alias")
