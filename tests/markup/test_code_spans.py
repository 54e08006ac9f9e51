"""Code between runs of backticks, in one paragraph."""

import pytest

from feedsvc.markup.code_spans import find_code_spans


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
