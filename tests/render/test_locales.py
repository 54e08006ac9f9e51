"""Dates, numbers and plurals as each language writes them."""

import re
from datetime import UTC, date, datetime

import pytest

from feedsvc.render.locales import write_count, write_day, write_language, write_moment, write_seconds, write_size
from feedsvc.wording import words_for


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        *(("en", 0, "0 posts"), ("en", 1, "1 post"), ("en", 12_345, "12,345 posts")),
        *(("de", 1, "1 Beitrag"), ("de", 12_345, "12.345 Beiträge")),
        *(("fr", 0, "0 article"), ("fr", 1, "1 article"), ("fr", 2, "2 articles")),
        *(("es", 0, "0 entradas"), ("es", 1, "1 entrada")),
        *(("zh-CN", 1, "1 篇文章"), ("zh-TW", 2, "2 篇文章"), ("ja", 1, "記事 1 件")),
    ],
)
def test_count_is_in_the_plural_of_the_language(language: str, number: int, text: str) -> None:
    assert write_count(number, "post", words_for(language)) == text


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("en", "Jan 5, 2024", "January 5, 2024"),
        ("de", "05.01.2024", "5. Januar 2024"),
        ("fr", "5 janv. 2024", "5 janvier 2024"),
        ("zh-CN", "2024年1月5日", "2024年1月5日"),
        ("zh-TW", "2024年1月5日", "2024年1月5日"),
        ("ja", "2024/01/05", "2024年1月5日"),
    ],
)
def test_day_is_written_as_the_language_does(language: str, short: str, long: str) -> None:
    words = words_for(language)

    assert (write_day(date(2024, 1, 5), words), write_day(date(2024, 1, 5), words, is_long=True)) == (short, long)


def test_moment_has_its_seconds() -> None:
    assert write_moment(datetime(2024, 1, 5, 20, 30, 9, tzinfo=UTC), words_for("de")) == "05.01.2024 20:30:09"


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_time_are_written(day: date) -> None:
    assert str(day.year) in write_day(day, words_for("en"))


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("zh-CN", "Chinese (Simplified, China)"),
        ("zh-Hant", "Chinese (Traditional)"),
        ("fr", "French"),
        ("xx-Yyyy", "xx-Yyyy"),
        ("x", "x"),
    ],
)
def test_language_has_its_name_and_an_unknown_one_its_tag(tag: str, name: str) -> None:
    assert write_language(tag, words_for("en")) == name
    assert write_language("fr", words_for("zh-CN")) == "法语"


@pytest.mark.parametrize(("language", "text"), [("en", "1.683 sec"), ("de", "1,683 Sek."), ("ja", "1.683 秒")])
def test_seconds_are_written_as_the_language_does(language: str, text: str) -> None:
    assert write_seconds(1.683, words_for(language)).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("language", "length", "text"),
    [
        ("en", 0, "0 byte"),
        ("en", 999, "999 byte"),
        ("en", 1000, "1 kB"),
        ("en", 12_345_678, "12.3 MB"),
        ("en", 5_000_000_000_000, "5,000 GB"),
        ("de", 12_345_678, "12,3 MB"),
        ("fr", 1_250, "1,2 ko"),
    ],
)
def test_size_is_written_as_the_language_does(language: str, length: int, text: str) -> None:
    assert re.sub(r"\s", " ", write_size(length, words_for(language))) == text
