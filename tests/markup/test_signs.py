"""Rules are asked at their signs, and read what they read when asked everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.markup import markdown
from feedsvc.markup.signs import signs_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

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

SPANS = (
    *(
        "a",
        " ",
        "  ",
        "\\",
        "\\*",
        "`",
        "``",
        "*",
        "**",
        "_",
        "~",
        "~~",
        "=",
        "==",
        "$",
        "$$",
        "$`",
        "`$",
        "&",
        "&amp;",
    ),
    *("[", "]", "](", "](b)", "[b]", "[[a]]", "![", "![[a.png]]", "^[", "[^a]", "<", ">", "<b>", "<http://a>", "<a:b>"),
    *("{", "}", "{: .a}", "{#a}", "!", "^", ":", "|", "http://a.b", "中", "\n"),
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
    plain, by_signs = parser(), parser().use(signs_plugin)
    for text in texts_with(first):
        assert by_signs.render(text) == plain.render(text), text


@pytest.mark.parametrize("is_jekyll", [False, True])
@pytest.mark.parametrize("first", LINES)
def test_blocks_of_our_dialects_are_those_of_all_rules(
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    is_jekyll: bool,  # noqa: FBT001
) -> None:
    plain, by_signs = make_parsers(monkeypatch, is_jekyll=is_jekyll)
    for text in texts_with(first):
        assert by_signs.render(text) == plain.render(text), text


@pytest.mark.parametrize("is_jekyll", [False, True])
@pytest.mark.parametrize("first", SPANS)
def test_spans_of_our_dialects_are_those_of_all_rules(
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    is_jekyll: bool,  # noqa: FBT001
) -> None:
    plain, by_signs = make_parsers(monkeypatch, is_jekyll=is_jekyll)
    for second, third in zip(SPANS * 2, SPANS + SPANS[::-1], strict=True):
        text = f"a{first}{second}b{third}{first}\n\n[^a]: c\n\n[b]: /d"
        assert by_signs.render(text) == plain.render(text), text


def make_parsers(monkeypatch: pytest.MonkeyPatch, *, is_jekyll: bool) -> tuple[MarkdownIt, MarkdownIt]:
    """Return a parser whose rules are asked everywhere, and one whose rules are asked at their signs."""
    make = markdown.make_parser.__wrapped__
    by_signs = make(is_jekyll=is_jekyll, is_vault=False)
    monkeypatch.setattr(markdown, "signs_plugin", lambda _: None)
    return make(is_jekyll=is_jekyll, is_vault=False), by_signs


def test_a_rule_is_not_asked_at_lines_without_its_signs() -> None:
    asked = []

    def rule(state: StateBlock, line: int, _end: int, _silent: bool) -> bool:  # noqa: FBT001
        asked.append(state.src[state.bMarks[line] : state.eMarks[line]])
        return False

    reader = parser()
    reader.block.ruler.at("fence", rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    reader.use(signs_plugin).render("text\nmore\n`code`\n- item\n\n# head\n")

    assert set(asked) == {"`code`"}


def test_a_rule_of_spans_is_not_asked_at_signs_that_are_not_its() -> None:
    asked = []

    def rule(state: StateInline, _silent: bool) -> bool:  # noqa: FBT001
        asked.append(state.src[state.pos])
        return False

    reader = parser()
    reader.inline.ruler.at("entity", rule)
    reader.use(signs_plugin).render("text *a* `b` [c](d) R&D <e>\nand more")

    assert asked == ["&"]
