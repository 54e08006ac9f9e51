"""Rules of blocks are asked at lines that begin with their signs, and read what they read when asked everywhere."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.markup.block_signs import block_signs_plugin

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

LINES = (
    *("text", "# head", "===", "---", "- item", "+ item", "* item", "1. item", "2) item", "> quotation", "```", "~~~"),
    *(
        "<div>",
        "</div>",
        "<!-- a -->",
        "    code",
        "\tcode",
        "  text",
        "[a]: /b",
        "[^a]: note",
        ": meaning",
        "~ meaning",
    ),
    *("a | b", "- | -", "|-|-|", "***", "___", "٣. item", "**bold**", "\\# text", "", "_a_", "$$", "*[a]: b"),
)


def parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(deflist_plugin).use(footnote_plugin)


@pytest.mark.parametrize("first", LINES)
def test_blocks_are_those_of_all_rules(first: str) -> None:
    plain, by_signs = parser(), parser().use(block_signs_plugin)
    for rest in product(LINES, repeat=2):
        text = "\n".join((first, *rest))
        assert by_signs.render(text) == plain.render(text), text


def test_a_rule_is_not_asked_at_lines_without_its_signs() -> None:
    asked = []

    def rule(state: StateBlock, line: int, _end: int, _silent: bool) -> bool:  # noqa: FBT001
        asked.append(state.src[state.bMarks[line] : state.eMarks[line]])
        return False

    markdown = parser()
    markdown.block.ruler.at("fence", rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    markdown.use(block_signs_plugin).render("text\nmore\n`code`\n- item\n\n# head\n")

    assert set(asked) == {"`code`"}
