"""Rules of blocks are asked at lines that begin with their signs, and read what they read when asked everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.markup import markdown
from feedsvc.markup.block_signs import block_signs_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    *("{: .a}", "^", "!!! note", "??? note", "::: tip", ":::", "$$a$$", "\u2009<div>a</div>", "\u3000<p>a</p>"),
)


def texts_with(first: str) -> Iterator[str]:
    """Yield texts in which a line begins a block, follows text, and stands in a quotation and an item."""
    for second in LINES:
        text = f"{first}\n{second}\n{first}"
        yield from (text, f"text\n{text}", f"> {first}\n> {second}\n", f"- {first}\n{second}", f"a\n\n{text}")


def parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(deflist_plugin).use(footnote_plugin)


@pytest.mark.parametrize("first", LINES)
def test_blocks_are_those_of_all_rules(first: str) -> None:
    plain, by_signs = parser(), parser().use(block_signs_plugin)
    for text in texts_with(first):
        assert by_signs.render(text) == plain.render(text), text


@pytest.mark.parametrize("is_jekyll", [False, True])
@pytest.mark.parametrize("first", LINES)
def test_blocks_of_our_dialects_are_those_of_all_rules(
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    is_jekyll: bool,  # noqa: FBT001
) -> None:
    make = markdown.make_parser.__wrapped__
    by_signs = make(is_jekyll=is_jekyll, is_vault=False)
    monkeypatch.setattr(markdown, "block_signs_plugin", lambda _: None)
    plain = make(is_jekyll=is_jekyll, is_vault=False)
    for text in texts_with(first):
        assert by_signs.render(text) == plain.render(text), text


def test_a_rule_is_not_asked_at_lines_without_its_signs() -> None:
    asked = []

    def rule(state: StateBlock, line: int, _end: int, _silent: bool) -> bool:  # noqa: FBT001
        asked.append(state.src[state.bMarks[line] : state.eMarks[line]])
        return False

    reader = parser()
    reader.block.ruler.at("fence", rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    reader.use(block_signs_plugin).render("text\nmore\n`code`\n- item\n\n# head\n")

    assert set(asked) == {"`code`"}
