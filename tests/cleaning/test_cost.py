"""The cost of cleaning: counted in lines of Python that are run, which no busy machine changes."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from feedsvc import cleaning
from feedsvc.cleaning.budget import MAX_STEPS
from feedsvc.cleaning.linkify import MAX_URL
from feedsvc.markup.markdown import to_html

UNITS = 100
ORIGINAL = "https://example.org/a/post"
COUNTED = ("bs4", "cleaning")  # packages whose lines are counted: those that work on the tree


def count_lines(work: Callable[[], object]) -> int:
    """Return the number of lines of the counted packages that run."""
    lines = 0

    def note(_: FrameType, event: str, __: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return note

    def enter(frame: FrameType, *_: Any) -> Any:
        package = frame.f_globals.get("__name__", "").removeprefix("feedsvc.").partition(".")[0]
        return note if package in COUNTED else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        work()
    finally:
        sys.settrace(before)
    return lines


def clean(body: str) -> None:
    cleaning.clean(to_html(body), original=ORIGINAL, title="A Title")


@pytest.mark.parametrize(
    ("beginning", "unit"),
    [
        ("", "<http://a> "),
        ("<div><p>", "http://a.b "),
        ("", "# a a a a\n\n"),
        ("", "<div>a</div>\n\nx\n\n"),
        ("", "a\n=\n"),
        ("<div>", "a<br> "),
        ("<div>", "<span>a </span>\n"),
        ("<div>", "<p></p>"),
        ("<div>", "<p>a</p> b "),
        ("<div>", "<i> </i><b>a</b>"),
        ("<div>", "<!-- a -->b"),
        ("<div>", "<script>a</script>b"),
        ("<div>", "<p class=ad>a</p><p>some more text</p>"),
        ("<div>", "<img src=a.png width=1>"),
        ("<div>", "<img class=emoji alt=\U0001f600>"),
        ("<div>", "<math alttext=a></math>"),
        ("<div>", "<iframe></iframe>a"),
        ("<div>", "<a href='https://twitter.com/intent/tweet?a'>a</a>b"),
        ("<div>", "<a href=b><p>a</p>b</a>"),
        ("<pre>", "\n<b>a</b>"),
        ("<video>", "<source src=a.mp4>"),
        ("<div>", "<h2><p>a</p>b</h2>"),
        ("<ul>", "<li>a</li>b"),
        ("<p>", "Use <title> or List<Item>. "),
        ("<div>", "<embed src=a.swf>b"),
        ("<div>", "<noscript><p>a</p></noscript>"),
        ("<div>", "<span data-latex=a>b</span>"),
        ("<div>", "<svg width=90><title>a</title></svg>"),
        ("<div>", "<blockquote class=twitter-tweet><a href=b></a></blockquote>"),
        ("<div>", "<p>a <button>b</button> c</p>"),
        ("<table><tr>", "<td align=right><div dir=rtl>a</div><div>b</div></td>"),
        ("<div><p>", "me@a.example "),
        ("<p>a<sup><a href=#n>1</a></sup></p><p id=n>b</p>", "<h2 id=c>d <a href=#c>#</a></h2>"),
    ],
)
def test_twice_the_body_costs_twice_the_steps(beginning: str, unit: str) -> None:
    clean(beginning + unit)

    once, twice, four_times = (
        count_lines(lambda: clean(beginning + unit * UNITS * times))  # noqa: B023 - called at once
        for times in (1, 2, 4)
    )

    assert twice <= 2.1 * once
    assert four_times <= 4.2 * once


@pytest.mark.parametrize("unit", ["<style>", "<svg>", "<title>", "<input>", "<video><source src=a>", "<html dir=a>"])
def test_tags_of_a_body_that_has_too_many_are_not_repaired(unit: str) -> None:
    flood = "<div>" + unit * 50_000

    assert count_lines(lambda: cleaning.clean(flood)) <= 3 * 50_000


def test_url_that_is_longer_than_any_honest_one_stays_text() -> None:
    path = "a" * (MAX_URL - len("https://example.org/"))

    links = [cleaning.clean(f"<p>see https://example.org/{path}{more} there</p>").html for more in ("", "b")]

    assert ["<a href=" in link for link in links] == [True, False]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div><p>" + "http://a.b " * 30_000, id="URLs"),
        pytest.param("<div>" + "<a href=b>c</a>" * 9_900, id="links"),
        pytest.param("<div>" + "<h1><div>" * 95 + "<b>a</b>" * 9_900, id="headings in headings"),
        pytest.param("<div>" + "<a href=#b><span>" * 95 + "<b>a</b>" * 9_900, id="links in links"),
        pytest.param("<div>" + "<p>Advertisement</p>" * 9_900, id="phrases"),
        pytest.param("<div>a" + "<math>" * 19_900, id="formulas in formulas"),
    ],
)
def test_body_that_would_take_too_many_steps_is_sanitized_only_and_told(html: str) -> None:
    cleaned = cleaning.clean(html, original=ORIGINAL, title="A Title")

    assert cleaned.fallback == f"more than {MAX_STEPS:,} steps of cleaning"
    assert cleaned.html
