"""The language of a text by its script."""

import pytest

from feedsvc.language_detection import correct_language, find_script, guess_language

SIMPLIFIED, TRADITIONAL = "河畔图书馆下月试办夜间开放", "河畔圖書館下月試辦夜間開放"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (SIMPLIFIED, "Hans"),
        (TRADITIONAL, "Hant"),
        ("山中水月", "Hani"),
        ("図書館の夜間開放について", "Jpan"),
        ("台湾の「の」字招牌：为什么我们都用这个字，还有人问它是什么意思", "Hans"),
        ("도서관 야간 개방", "Kore"),
        ("Библиотека открыта ночью", "Cyrl"),
        ("Η βιβλιοθήκη", "Grek"),
        ("المكتبة مفتوحة", "Arab"),
        ("שלום עולם", "Hebr"),
        ("ห้องสมุด", "Thai"),
        ("पुस्तकालय", "Deva"),
        ("Three cafés and a notebook", "Latn"),
        ("在 GitHub 上维护十年的小项目 feedsvc", "Hans"),
        ("A note on 茶", "Latn"),
        *(("12", ""), ("", ""), ("🙂🙂🙂", ""), ("ab", "")),
    ],
)
def test_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert find_script(text) == script


@pytest.mark.parametrize(
    ("language", "text", "corrected"),
    [
        ("en", SIMPLIFIED, "zh-Hans"),
        ("en", TRADITIONAL, "zh-Hant"),
        ("", "図書館の夜", "ja"),
        ("zh-CN", "An English letter", "und-Latn"),
        ("zh-CN", SIMPLIFIED, "zh-CN"),
        ("zh-TW", TRADITIONAL, "zh-TW"),
        ("zh-TW", SIMPLIFIED, "zh-Hans"),
        ("zh-Hant", "山中水月", "zh-Hant"),
        ("ja", "山中水月", "ja"),
        ("de", "Three cafés", "de"),
        ("pt-BR", "Três cafés", "pt-BR"),
        ("ru", "Библиотека", "ru"),
        ("en", "Библиотека", "und-Cyrl"),
        ("sr-Latn", "Biblioteka", "sr-Latn"),
        ("fa", "کتابخانه", "fa"),
        ("en", "12:30", "en"),
        ("", "", ""),
    ],
)
def test_language_stays_unless_the_script_is_another(language: str, text: str, corrected: str) -> None:
    assert correct_language(language, text) == corrected


@pytest.mark.parametrize(
    ("text", "language"),
    [(SIMPLIFIED, "zh-Hans"), ("図書館の夜", "ja"), ("Η βιβλιοθήκη", "el"), ("Three cafés", ""), ("Библиотека", "")],
)
def test_a_language_is_guessed_from_a_script_of_its_own(text: str, language: str) -> None:
    assert guess_language(text) == language
