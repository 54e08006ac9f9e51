"""How long reading takes."""

import pytest

from feedsvc.render.reading_time import count_minutes


@pytest.mark.parametrize(
    ("html", "minutes"),
    [
        *(("", 0), ("<p></p>", 0), ("<img alt='one two'>", 0), ("<p>One word</p>", 1)),
        *(("<p>" + "word " * 230 + "</p>", 1), ("word " * 231, 2), ("字" * 420, 1), ("字" * 421, 2)),
        ("word " * 230 + "字" * 420, 2),
        ("<p>a</p><p>b</p>" * 115, 1),
    ],
)
def test_words_and_characters_take_their_time(html: str, minutes: int) -> None:
    assert count_minutes(html) == minutes
