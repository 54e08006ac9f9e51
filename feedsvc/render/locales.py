"""Dates, numbers and plurals as a language writes them, by Babel and the CLDR: https://cldr.unicode.org. Pure."""

from datetime import date, datetime
from functools import cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from babel.units import format_unit

from feedsvc.wording import Words

_SIZES = ("byte", "kilobyte", "megabyte", "gigabyte")


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def plurals_of(language: str) -> frozenset[str]:
    """Return the names of the plural forms of a language."""
    return frozenset(_locale(language).plural_form.tags | {"other"})


def write_number(number: int, words: Words) -> str:
    """Return a number with the marks of its thousands: 12,345 or 12.345."""
    return format_decimal(number, locale=_locale(words.language))


def write_count(number: int, noun: str, words: Words) -> str:
    """Return a number with what it counts: "1 post", "2,000 posts"."""
    plural = _locale(words.language).plural_form(number)
    return words.text(f"count.{noun}.{plural}", count=write_number(number, words))


def write_day(day: date, words: Words, *, is_long: bool = False) -> str:
    """Return a day: "Jan 5, 2024", or "January 5, 2024"."""
    return format_date(day, "long" if is_long else "medium", _locale(words.language))


def write_language(tag: str, words: Words) -> str:
    """Return the name of a language: "Chinese (Simplified)"; its tag, if it has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(_locale(words.language)) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def write_moment(moment: datetime, words: Words) -> str:
    """Return a day and a time to the second, in the time zone of the moment."""
    time = format_time(moment.time(), "medium", locale=_locale(words.language))
    return f"{write_day(moment.date(), words)} {time}"


def write_seconds(seconds: float, words: Words) -> str:
    """Return a time in seconds: "1.683 sec", "1,683 Sek."."""
    return format_unit(seconds, "duration-second", "short", locale=_locale(words.language))


def write_size(length: int, words: Words) -> str:
    """Return the size of a file in the largest unit of which it has one: "900 byte", "1.2 MB"."""
    step = min(max(len(str(length)) - 1, 0) // 3, len(_SIZES) - 1)
    size = round(length / 1000**step, 1)
    whole = int(size) if size.is_integer() else size
    return format_unit(whole, f"digital-{_SIZES[step]}", "short", locale=_locale(words.language))


def write_duration(seconds: int) -> str:
    """Return a duration as players show it in all languages: `1:02:03`, `2:03`."""
    minutes = f"{seconds // 3600}:{seconds // 60 % 60:02}" if seconds >= 3600 else f"{seconds // 60}"  # noqa: PLR2004 - an hour
    return f"{minutes}:{seconds % 60:02}"
