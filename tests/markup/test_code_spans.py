"""Code between runs of backticks, in one paragraph."""

import re

import pytest

from feedsvc.markup.code_spans import MAX_PARTS, between_backticks, find_code_spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a `b` c", ["`b`"]),
        ("``a ` b`` `c`", ["``a ` b``", "`c`"]),
        ("a `b\nc` d", ["`b\nc`"]),
        ("a `b\n#c` d", ["`b\n#c`"]),
        ("> a `b\n> c` d", ["`b\n> c`"]),
        ("a ` b", []),
        ("a `` b ` c", []),
        (r"a \`b\` c", []),
        ("a `b\n\nc` d", []),
        ("> a `b\n>\n> c` d", []),
        ("- a `b\n- c` d", []),
        ("a `b\n1. c` d", []),
        ("a `b\n# c` d", []),
        ("a `b\n| c` d |", []),
    ],
)
def test_code_spans_are_found(text: str, spans: list[str]) -> None:
    assert [text[start:end] for start, end in find_code_spans(text)] == spans


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a `b` c", "`b`"),
        ("a `` b ` c ``` d `` e", "`` b ` c ``` d ``"),
        ("a `b\nc` d", "`b\nc`"),
        ("a `b\n\nc` d", ""),
        ("a `b `` c", ""),
        ("a ``` b", ""),
        (f"`{'a' * 2_000}`", f"`{'a' * 2_000}`"),
        (f"``a{'`b' * ((MAX_PARTS - 1) // 2)}``", f"``a{'`b' * ((MAX_PARTS - 1) // 2)}``"),
        (f"``a{'`b' * MAX_PARTS}``", "`b`"),
        (f"`{'a' * 100 * (MAX_PARTS + 1)}`", ""),
    ],
)
def test_code_between_backticks_has_an_expression(text: str, span: str) -> None:
    found = re.search(between_backticks(r"\n(?!\n)"), text)

    assert (found[0] if found else "") == span


def test_code_of_one_line_between_backticks_has_an_expression() -> None:
    assert [found[0] for found in re.finditer(between_backticks(), "`a` `b\nc` `d`")] == ["`a`", "` `"]
