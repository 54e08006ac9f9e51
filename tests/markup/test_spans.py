"""Spans cut out of a text, and searches that are not repeated."""

import re

import pytest

from feedsvc.markup.spans import Cuts, Finder, cut

PAIR = re.compile(r"<(/)?b>")


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        pytest.param([], "abcdef", id="none"),
        pytest.param([(1, 2), (4, 6)], "acd", id="two"),
        pytest.param([(4, 6), (1, 2)], "acd", id="in any order"),
        pytest.param([(1, 5), (2, 3)], "af", id="one in another"),
        pytest.param([(1, 3), (2, 5)], "af", id="overlapping"),
        pytest.param([(0, 6)], "", id="all"),
    ],
)
def test_spans_are_cut_out(spans: list[tuple[int, int]], left: str) -> None:
    assert cut("abcdef", spans) == left


@pytest.mark.parametrize(
    ("text", "end"),
    [
        pytest.param("x</b>y", 5, id="closed"),
        pytest.param("<b>x</b></b>y", 12, id="nested"),
        pytest.param("<b>x</b>y", 8, id="closed once too few"),
        pytest.param("x", 0, id="never closed"),
    ],
)
def test_end_of_a_pair_is_that_of_its_own_closing_tag(text: str, end: int) -> None:
    assert Finder(text).end_of_pair(PAIR, 0) == end


def test_searches_from_any_position_find_the_next_match() -> None:
    finder = Finder("a-b-c")
    dash = re.compile("-")

    assert [finder.span_after(dash, position) for position in (0, 1, 2, 4, 4)] == [
        (1, 2),
        (1, 2),
        (3, 4),
        (0, 0),
        (0, 0),
    ]


@pytest.mark.parametrize(("start", "end", "left"), [(2, 5, "a\nb"), (2, 4, "a\ny\nb")], ids=["alone", "beside text"])
def test_hidden_span_takes_its_line_along_only_if_it_is_alone_on_it(start: int, end: int, left: str) -> None:
    cuts = Cuts("a\nxxy\nb")

    assert cuts.hide(start, end) == end
    assert cuts.rest() == left


def test_one_hint_is_kept_for_each_name() -> None:
    cuts = Cuts("a\nb\nc")

    cuts.hint("%%", 2, "shown")
    cuts.hint("%%", 4, "shown")

    assert list(cuts.hints.values()) == ["%%: opened in line 2 of the body and never closed: shown"]
