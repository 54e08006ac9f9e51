"""Indented code, hidden from whatever changes signs of a text."""

import pytest

from feedsvc.markup.indented import hide_code, show_code
from feedsvc.markup.markdown import to_html

HIDDEN = ["Text.\n\n    a << b\n", "- a\n\n      {: .x} [a](b c)\n", "\t{% x %}\n\ttext"]
SEEN = ["a << b", "Text\n    goes <on>\n", "- a\n\n    [b](c d)\n", "```\n    {% raw %}\n```\n", "    no signs"]


@pytest.mark.parametrize("text", HIDDEN)
def test_signs_of_indented_code_are_hidden_and_shown_again(text: str) -> None:
    assert (hide_code(text) != text, show_code(hide_code(text))) == (True, text)


@pytest.mark.parametrize("text", SEEN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert hide_code(text) == text


@pytest.mark.parametrize("is_jekyll", [True, False], ids=["Jekyll", "other"])
def test_indented_code_comes_out_as_typed(is_jekyll: bool) -> None:  # noqa: FBT001 - a parameter of the test
    code = "[a](b c.md){: .x} << b"

    html = to_html(f"Text.\n\n    {code}\n", is_jekyll=is_jekyll, is_rendered=is_jekyll)

    assert f"<code>{code.replace('<', '&lt;')}\n</code>" in html


@pytest.mark.parametrize("part", ["    {\n", "- \t<\n", "> \t]\n"])
def test_long_texts_take_linear_time(part: str) -> None:
    assert len(hide_code(part * 30_000)) == len(part) * 30_000
