"""The words of pages and feed titles, in each language of the interface: the files of `languages`.

Pure but for these files. How dates, numbers and plurals are written is for `render.locales`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from feedsvc.text import to_language

# By BCP 47 tags, which are the names of the files; the first stands in for all others.
LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ja", "de", "fr", "es")
_TRADITIONAL = frozenset({"Hant", "TW", "HK", "MO"})


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a language by key, such as `page.home`; `{…}` in them is filled in."""

    language: str
    texts: Mapping[str, str]

    def text(self, key: str, **values: object) -> str:
        """Return the text of a key, with `values` in it."""
        return self.texts[key].format(**values)


def words_for(language: str) -> Words:
    """Return the words of the interface for a language tag: in that language, else in English."""
    return _read(find_language(language) or LANGUAGES[0])


def find_language(tag: str) -> str:
    """Return which language of the interface is that of a tag, "" if none is.

    Chinese is traditional by its script or its country (`zh-Hant`, `zh-TW`), else simplified.
    """
    primary, *subtags = to_language(tag).split("-")
    if primary == "zh":
        is_traditional = "Hans" not in subtags and not _TRADITIONAL.isdisjoint(subtags)
        return "zh-Hant" if is_traditional else "zh-Hans"
    return primary if primary in LANGUAGES else ""


def translate_reason(line: str, words: Words) -> str:
    """Return the English line of an error in another language, "" if it is none of those with a translation."""
    for key, pattern in _reasons():
        if found := pattern.fullmatch(line):
            return words.text(key, **found.groupdict())
    return ""


@cache
def _reasons() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the English lines of errors as patterns; what is filled in has no colon."""
    texts = _read(LANGUAGES[0]).texts
    lines = ((key, re.split(r"\{(\w+)\}", text)) for key, text in texts.items() if key.startswith("error.reason."))
    return tuple((key, re.compile("".join(_to_pattern(parts)))) for key, parts in lines)


def _to_pattern(parts: list[str]) -> Iterator[str]:
    """Yield the parts of a pattern: in turn text and the name of a value."""
    for number, part in enumerate(parts):
        yield f"(?P<{part}>[^:]+)" if number % 2 else re.escape(part)


@cache
def _read(language: str) -> Words:
    data = (files("feedsvc") / "languages" / f"{language}.toml").read_text("utf-8")
    return Words(language, dict(_flatten(tomllib.loads(data))))


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of a table and of those in it, with dots between the parts of their keys."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
