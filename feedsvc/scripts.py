"""The language of a text as far as its script tells it: Chinese, Japanese, Korean and others with their own script.

Pure. A text in Latin, Cyrillic or Arabic letters may be of many languages: nothing is guessed.
"""

import re
from collections.abc import Mapping

# Letters by language; https://www.unicode.org/Public/UCD/latest/ucd/Scripts.txt. Kana decide before Han.
_LETTERS: Mapping[str, re.Pattern[str]] = {
    "ja": re.compile("[\u3041-\u30ff\uff66-\uff9f]"),
    "ko": re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]"),
    "zh": re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]"),
    "he": re.compile("[\u0591-\u05f4]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "th": re.compile("[\u0e01-\u0e5b]"),
    "hy": re.compile("[\u0531-\u058f]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "ta": re.compile("[\u0b80-\u0bff]"),
}
_LETTER = re.compile(r"[^\W\d_]")
# Of the fifty most frequent characters, those that the reforms of 1956 and 1964 simplified.
_SIMPLIFIED = re.compile("[国这说们为时会来对发个过还后见开没当经]")
_TRADITIONAL = re.compile("[國這說們為時會來對發個過還後見開沒當經]")
_WEIGHT = 3  # a Chinese character says about as much as three Latin letters
_KANA_SHARE = 5  # one letter in five: Chinese texts quote Japanese words, half of a Japanese one is kana


def guess_language(text: str) -> str:
    """Return the tag of the language that most letters of a text are of, "" if its script tells none."""
    counts = {tag: len(pattern.findall(text)) for tag, pattern in _LETTERS.items()}
    if counts["ja"] * _KANA_SHARE >= counts["ja"] + counts["zh"] > 0:
        return "ja" if _is_most(counts["ja"] + counts["zh"], text) else ""
    tag = max(counts, key=lambda one: counts[one])
    if not _is_most(counts[tag], text):
        return ""
    return _guess_chinese(text) if tag == "zh" else tag


def _is_most(count: int, text: str) -> bool:
    others = len(_LETTER.findall(text)) - count
    return count * _WEIGHT > others


def _guess_chinese(text: str) -> str:
    """Return the tag of Chinese with its script, as far as the characters tell."""
    simplified, traditional = len(_SIMPLIFIED.findall(text)), len(_TRADITIONAL.findall(text))
    if simplified == traditional:
        return "zh"
    return "zh-Hans" if simplified > traditional else "zh-Hant"
