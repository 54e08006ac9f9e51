"""Where destinations of links end: as in markdown-it, in a step a sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.helpers import parse_link_destination
from markdown_it.helpers.parse_link_destination import parseLinkDestination

from feedsvc.markup.link_destinations import MAX_BRACKETS, read_destination
from feedsvc.markup.markdown import make_parser

ENDS = {
    "bracket": ("a/b)", 3),
    "blank": ("a/b c", 3),
    "end": ("a/b", 3),
    "control character": ("a\x7fb", 1),
    "brackets in it": ("a(b)c)", 5),
    "escaped brackets": (r"a\)b)", 4),
    "backslash before a blank": ("a\\ b", 1),
    "backslash at the end": ("a\\", 2),
    "as many brackets as allowed": ("(" * MAX_BRACKETS + ")" * MAX_BRACKETS, 2 * MAX_BRACKETS),
    "angle brackets": ("<a b>c", 5),
}


@pytest.mark.parametrize(("text", "end"), ENDS.values(), ids=ENDS.keys())
def test_destination_ends(text: str, end: int) -> None:
    found = read_destination(text, 0, len(text))

    assert (found.ok, found.pos) == (True, end)


@pytest.mark.parametrize("text", ["", ")", " a", "a(b", "<a", "(" * (MAX_BRACKETS + 1) + ")" * (MAX_BRACKETS + 1)])
def test_no_destination(text: str) -> None:
    assert not read_destination(text, 0, len(text)).ok


@given(st.text(alphabet="ab()\\ \n\t<>&;\x7f", max_size=20), st.integers(0, 3))
def test_destination_is_that_of_markdown_it(text: str, start: int) -> None:
    found, expected = read_destination(text, start, len(text)), parseLinkDestination(text, start, len(text))

    assert (found.ok, found.pos, found.str) == (expected.ok, expected.pos, expected.str)


def test_long_address_takes_no_step_a_character(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    monkeypatch.setattr(parse_link_destination, "charCodeAt", lambda _text, place: steps.append(place))
    html = make_parser(is_jekyll=False, is_vault=False).render(f"![a](data:image/png;base64,{'A' * 100_000})")

    assert (html.startswith('<p><img src="data:'), steps) == (True, [])
