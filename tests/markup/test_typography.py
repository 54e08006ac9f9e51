"""Typographic quotes, dashes and dots, as kramdown sets them; expected is what Jekyll's filter `smartify` makes."""

import pytest

from feedsvc.markup.typography import smartify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pat's site", "Pat’s site"),
        ('"Quoted" words', "“Quoted” words"),
        ("He said, \"'Quoted' words\"", "He said, “‘Quoted’ words”"),
        ("'\"Twice\"' the other way", "‘“Twice”’ the other way"),
        ("in the '80s", "in the ’80s"),
        ("dogs' tails", "dogs’ tails"),
        ('("in brackets")', "(“in brackets”)"),
        ('"*loud*"', "“*loud*”"),
        ("wait...", "wait…"),
        ("a -- b --- c", "a – b — c"),
        ("<< deux >>", "«\u00a0deux\u00a0»"),
        ("a\\'b", "a'b"),
        ("an-hour 3-4", "an-hour 3-4"),
        ("“already” ’so’", "“already” ’so’"),
        ('"', "”"),
        ("", ""),
    ],
)
def test_quotes_dashes_and_dots_are_typographic(text: str, expected: str) -> None:
    assert smartify(text) == expected
