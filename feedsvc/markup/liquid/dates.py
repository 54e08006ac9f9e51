"""Dates in templates: values read as moments, and written by Ruby's directives. Pure: "now" is handed in."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from feedsvc.markup.liquid.limits import MAX_OUTPUT, OutOfBudget

_DIRECTIVE = re.compile(r"%(?P<flags>[-0^#_:]{0,9})(?P<width>\d{0,3})(?P<name>[A-Za-z%+])")
_NUMBERED = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\.\d{1,9})?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_WORDED = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month>[A-Za-z]{3,9})"
    r"|(?P<month2>[A-Za-z]{3,9})\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?),?\s+(?P<year>\d{4})"
)
_SECONDS = re.compile(r"\d{1,11}")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def to_moment(value: Any, now: datetime) -> datetime | None:
    """Return a value as a moment; None for what is none. A date is its midnight; "now" and "today" are `now`."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), now.tzinfo)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_seconds(int(value), now)
    return _from_text(value.strip(), now) if isinstance(value, str) else None


def _from_seconds(seconds: int, now: datetime) -> datetime | None:
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(seconds, now.tzinfo)
    return None


def _from_text(text: str, now: datetime) -> datetime | None:
    if text.lower() in {"now", "today"}:
        return now
    if _SECONDS.fullmatch(text) and len(text) > len("20240501"):
        return _from_seconds(int(text), now)
    with suppress(ValueError, TypeError, IndexError):
        found = _NUMBERED.match(text)
        if found:
            return _from_numbers(found, now)
        worded = _WORDED.match(text)
        if worded and "," not in text[:4]:
            month = (worded["month"] or worded["month2"])[:3].title()
            place = next(number for number, name in enumerate(MONTHS, 1) if name.startswith(month))
            return datetime(int(worded["year"]), place, int(worded["day"] or worded["day2"]), tzinfo=now.tzinfo)
        return parsedate_to_datetime(text)
    return None


def _from_numbers(found: re.Match[str], now: datetime) -> datetime:
    parts = [int(found[name] or default) for name, default in _PARTS.items()]
    return datetime(*parts, tzinfo=_zone_of(found["zone"] or "", now))  # type: ignore[misc,arg-type]


_PARTS = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}


def _zone_of(text: str, now: datetime) -> Any:
    if not text:
        return now.tzinfo
    if text[0] not in "+-":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _offset(moment: datetime, colon: str = "") -> str:
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{colon}{rest:02}"


def _week(moment: datetime, first_day: int) -> int:
    day_of_year = int(f"{moment:%j}")
    weekday = (moment.weekday() - first_day) % 7
    return (day_of_year + 6 - weekday) // 7


_NUMBERS: Mapping[str, tuple[Callable[[datetime], int], int, str]] = {  # directive → value, width, filling
    "Y": (lambda at: at.year, 1, "0"),
    "C": (lambda at: at.year // 100, 2, "0"),
    "y": (lambda at: at.year % 100, 2, "0"),
    "m": (lambda at: at.month, 2, "0"),
    "d": (lambda at: at.day, 2, "0"),
    "e": (lambda at: at.day, 2, " "),
    "j": (lambda at: at.timetuple().tm_yday, 3, "0"),
    "H": (lambda at: at.hour, 2, "0"),
    "k": (lambda at: at.hour, 2, " "),
    "I": (lambda at: at.hour % 12 or 12, 2, "0"),
    "l": (lambda at: at.hour % 12 or 12, 2, " "),
    "M": (lambda at: at.minute, 2, "0"),
    "S": (lambda at: at.second, 2, "0"),
    "L": (lambda at: at.microsecond // 1000, 3, "0"),
    "N": (lambda at: at.microsecond * 1000, 9, "0"),
    "u": (lambda at: at.isoweekday(), 1, "0"),
    "w": (lambda at: at.isoweekday() % 7, 1, "0"),
    "G": (lambda at: at.isocalendar().year, 1, "0"),
    "g": (lambda at: at.isocalendar().year % 100, 2, "0"),
    "V": (lambda at: at.isocalendar().week, 2, "0"),
    "U": (lambda at: _week(at, 6), 2, "0"),
    "W": (lambda at: _week(at, 0), 2, "0"),
    "s": (lambda at: int(at.timestamp()), 1, "0"),
}
_NAMES: Mapping[str, Callable[[datetime], str]] = {
    "A": lambda at: DAYS[at.weekday()],
    "a": lambda at: DAYS[at.weekday()][:3],
    "B": lambda at: MONTHS[at.month - 1],
    "b": lambda at: MONTHS[at.month - 1][:3],
    "h": lambda at: MONTHS[at.month - 1][:3],
    "p": lambda at: f"{at:%p}",
    "P": lambda at: f"{at:%p}".lower(),
    "Z": lambda at: at.tzname() or "",
    "n": lambda _: "\n",
    "t": lambda _: "\t",
    "%": lambda _: "%",
}
_SHORT = {
    "F": "%Y-%m-%d",
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "D": "%m/%d/%y",
    "x": "%m/%d/%y",
    "c": "%a %b %e %H:%M:%S %Y",
    "v": "%e-%^b-%Y",
    "+": "%a %b %e %H:%M:%S %Z %Y",
}


def format_date(moment: datetime, form: str) -> str:
    """Return a moment written by Ruby's directives (Time#strftime); unknown ones stay."""
    if len(form) > MAX_OUTPUT // 100:
        raise OutOfBudget("a long form of a date")
    return _DIRECTIVE.sub(lambda found: _write(moment, found), form)


def _write(moment: datetime, found: re.Match[str]) -> str:
    name, flags = found["name"], found["flags"]
    if name in _NUMBERS:
        read, width, filling = _NUMBERS[name]
        filling = "0" if "0" in flags else " " if "_" in flags else filling
        digits = str(read(moment))
        return digits if "-" in flags else digits.rjust(int(found["width"] or width), filling)
    if name == "z":
        return _offset(moment, ":" if ":" in flags else "")
    text = _NAMES[name](moment) if name in _NAMES else found[0]
    text = format_date(moment, _SHORT[name]) if name in _SHORT else text
    return text.upper() if "^" in flags else text.swapcase() if "#" in flags else text


def to_xmlschema(moment: datetime) -> str:
    """Return a moment as Jekyll's `date_to_xmlschema` writes it."""
    return format_date(moment, "%Y-%m-%dT%H:%M:%S%:z")


def to_rfc822(moment: datetime) -> str:
    """Return a moment as Jekyll's `date_to_rfc822` writes it."""
    return format_datetime(moment)


def to_words(moment: datetime, month: str, kind: str = "", style: str = "") -> str:
    """Return a date in words: "01 May 2024"; as an ordinal "1st May 2024", in style US "May 1st, 2024"."""
    if kind != "ordinal":
        return format_date(moment, f"%d {month} %Y")
    day = f"{moment.day}{_ending(moment.day)}"
    return format_date(moment, f"{month} {day}, %Y" if style == "US" else f"{day} {month} %Y")


def _ending(day: int) -> str:
    is_teen = 11 <= day <= 13  # noqa: PLR2004 - 11th, 12th, 13th
    return "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
