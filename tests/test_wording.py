"""The languages of the interface: every text in each of them, and which one a tag chooses."""

import re
from importlib.resources import files

import pytest

from feedsvc.render.locales import plurals_of
from feedsvc.wording import LANGUAGES, find_language, words_for

ENGLISH = words_for("en").texts
OTHERS = pytest.mark.parametrize("language", LANGUAGES[1:])


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


def without_plural(key: str) -> str:
    return key.rpartition(".")[0] if key.startswith("count.") else key


def test_each_language_is_a_file() -> None:
    assert {file.name for file in (files("feedsvc") / "languages").iterdir()} == {f"{one}.toml" for one in LANGUAGES}


@OTHERS
def test_language_has_the_texts_of_english_and_no_others(language: str) -> None:
    assert {*map(without_plural, words_for(language).texts)} == {*map(without_plural, ENGLISH)}


@OTHERS
def test_texts_have_the_placeholders_of_english(language: str) -> None:
    others = {key: placeholders(text) for key, text in words_for(language).texts.items() if "count." not in key}

    assert others == {key: placeholders(text) for key, text in ENGLISH.items() if "count." not in key}


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_have_the_plurals_of_the_language(language: str) -> None:
    texts = {key: text for key, text in words_for(language).texts.items() if key.startswith("count.")}
    nouns = {without_plural(key) for key in texts}

    assert {*texts} == {f"{noun}.{plural}" for noun in nouns for plural in plurals_of(language)}
    assert {frozenset(placeholders(text)) for text in texts.values()} == {frozenset({"count"})}


@OTHERS
def test_texts_are_translated(language: str) -> None:
    texts = words_for(language).texts
    same = {key for key, text in texts.items() if text == ENGLISH.get(key) and re.search("[a-z]{2}", text)}

    assert len(same) < 12


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        *(("", ""), ("en", "en"), ("en-GB", "en"), ("EN_us", "en"), ("de-AT", "de"), ("fr_CA", "fr"), ("es-419", "es")),
        *(("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh_SG", "zh-Hans"), ("zh-Hans", "zh-Hans"), ("zh-TW", "zh-Hant")),
        *(("zh-HK", "zh-Hant"), ("zh-hant-cn", "zh-Hant"), ("zh-Hans-TW", "zh-Hans"), ("ja-JP", "ja")),
        *(("pt-BR", ""), ("ko", ""), ("Chinese", ""), ("z", ""), ("eng", "")),
    ],
)
def test_language_is_found_by_any_tag_of_it(tag: str, language: str) -> None:
    assert find_language(tag) == language
    assert words_for(tag).language == (language or "en")
