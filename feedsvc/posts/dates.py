"""Dates in front matter and file names, in the forms people write → aware UTC datetimes. Pure."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from feedsvc.posts.date_words import to_day, to_numeric

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?"
_HALF = r"(?P<half>[AaPp]\.?[Mm]\b\.?)?"
_ZONE = r"(?:(?:GMT|UTC)\s?)?[+-]\d{1,2}(?::?\d{2})?|[A-Z]{3,5}\b"
_NOTE = r"(?:\s+[A-Z]{3,5}|\s*\([\w\s]*+\)|\[[\w/+-]*+\])?"  # +0800 CST, GMT+0800 (China Time), +08:00[Asia/Shanghai]
# 2024-5-1, 2024/05/01 9:30 PM, 20240501, 2014-12-15 14:11:46 +0800, 2021-11-10T07:35:25.663Z, 2021-11-07 10:00 UTC+8
_DATE = re.compile(
    rf"""\s*+(?P<year>\d{{4}})(?:[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})|(?P<mm>\d{{2}})(?P<dd>\d{{2}}))
    (?:(?:(?:,|\s*[Tt]|\s)\s*+{_CLOCK}\s*+{_HALF}\s*+|\s++)(?P<zone>[Zz]|{_ZONE})?{_NOTE})?\s*+""",
    re.VERBOSE | re.ASCII,
)
# [[2024-05-01]], [[Daily/2024-05-01|the first]]: a link to a note of that day
_LINKED = re.compile(r"\A\s*\[\[(?:[^\[\]|]*/)?([^\[\]|/]*)(?:\|[^\[\]]*)?\]\]\s*\Z")
# 05/15/2023, 15-5-2023 9:30, 5-15-23
_YEAR_LAST = re.compile(r"\A(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-])", re.ASCII)
# 17:34 06/27/2017, 17:34 27-06-2017: https://learn.getgrav.org/content/headers#date
_TIME_FIRST = re.compile(r"(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?) (?P<day>\d[\d./-]{5,9})", re.ASCII)
_MONTHS = 12
# The time in a date with the name of a month: 10:00, "at 9:30 pm", 9:30 GMT+8
_TIME = re.compile(
    rf"(?:\bat\s+)?\b(?:{_CLOCK})\s*{_HALF}(?:\s*(?P<zone>{_ZONE}|Z\b))?{_NOTE}", re.ASCII | re.IGNORECASE
)
# RFC 5322 section 4.3 defines these zones; any other abbreviation has several meanings.
_ZONES = {"GMT": 0, "UTC": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s?)?([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII)
_OF_JEKYLL = re.compile(r"\A(\d{4}|\d{2})-(\d{1,2})-(\d{1,2})(?:-|\Z)", re.ASCII)
_IN_NAME = re.compile(rf"{_OF_JEKYLL.pattern}|\A(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})[_ .]+", re.ASCII)


def parse_date(value: object, zone: tzinfo, *, is_jekyll: bool = False, is_month_first: bool = False) -> datetime:
    """Return the moment of a date in front matter; without a time it is midnight, without a time zone it is in `zone`.

    A zone's short name is `zone` where that is called so, such as CST in Shanghai; not on a Jekyll site, on which
    05/15/2023 is no date either. With `is_month_first` 05/06/2023 and 05/15/23 are dates too. Raise ValueError for
    other text, and for a day or an hour that does not exist.
    """
    if isinstance(value, datetime):
        return _to_utc(value, zone)
    if isinstance(value, date):
        return _to_utc(datetime(value.year, value.month, value.day), zone)  # noqa: DTZ001 - _to_utc sets the zone
    if not isinstance(value, str):
        raise ValueError(_NO_DATE)  # noqa: TRY004 - of a value, whatever its type
    value = " ".join(value.split())  # no-break and wide spaces too
    value = _LINKED.sub(r"\1", value) if "[[" in value else value
    text = to_numeric(value if is_jekyll else _with_year_first(value, is_month_first=is_month_first))
    found = _DATE.fullmatch(text)
    moment, name = _from_match(found) if found else _from_words(text)
    if name and (is_jekyll or not _is_called(zone, moment, name)):
        moment = moment.replace(tzinfo=_to_zone(name))
    return _to_utc(moment, zone)


def _with_year_first(text: str, *, is_month_first: bool) -> str:
    """Return a date in numbers with its year at the start and its time at the end; other text as it is.

    Which number is the month is known if the other one is larger than 12; behind a time by PHP's rule, whose Grav
    writes that: 06/05/2017 is in June, 06-05-2017 in May (https://www.php.net/manual/en/datetime.formats.php).
    """
    timed = _TIME_FIRST.fullmatch(text)
    text = f"{timed['day']} {timed['time']}" if timed else text
    found = _YEAR_LAST.match(text)
    if not found or (len(found[4]) == len("24") and not is_month_first):
        return text
    first, sign, second, year = found.groups()
    is_american = bool(timed) and sign == "/" and int(first) <= _MONTHS
    is_month_first = is_month_first or int(second) > _MONTHS or is_american
    if not (is_month_first or timed or int(first) > _MONTHS):
        return text
    month, day = (first, second) if is_month_first else (second, first)
    return f"{year if len(year) > len('24') else '20' + year}-{month}-{day}{text[found.end() :]}"


_NO_DATE = "not a date like 2024-05-01 09:30:00 +08:00"


def _is_called(zone: tzinfo, moment: datetime, name: str) -> bool:
    return any(moment.replace(fold=fold, tzinfo=zone).tzname() == name for fold in (0, 1))


def _from_words(text: str) -> tuple[datetime, str]:
    """Return the time of a date with the name of a month, and its zone: "1 June 2020", "June 1st, 2020 10:00 GMT"."""
    time = _TIME.search(text)
    day = to_day(f"{text[: time.start()]} {text[time.end() :]}" if time else text)
    if day is None:
        raise ValueError(_NO_DATE)
    return _at(day, time)


def _from_match(found: re.Match[str]) -> tuple[datetime, str]:
    """Return the time of a date in numbers, and its zone as it is written."""
    day = date(int(found["year"]), int(found["month"] or found["mm"]), int(found["day"] or found["dd"]))
    return _at(day, found)


def _at(day: date, time: re.Match[str] | None) -> tuple[datetime, str]:
    if time is None:
        return datetime(day.year, day.month, day.day), ""  # noqa: DTZ001 - the zone is for the caller
    hour, minute, second = (int(time[name] or 0) for name in ("hour", "minute", "second"))
    if time["half"]:
        hour = hour % 12 + (12 if time["half"][0] in "Pp" else 0)
    microsecond = int((time["fraction"] or "0").ljust(6, "0")[:6])
    is_end = (hour, minute, second, microsecond) == (24, 0, 0, 0)  # ISO 8601-1 section 5.3.1.1: the end of a day
    moment = datetime(day.year, day.month, day.day, 0 if is_end else hour, minute, second, microsecond)  # noqa: DTZ001
    return moment + timedelta(days=is_end), time["zone"] or ""


def _to_zone(name: str) -> tzinfo | None:
    """Return the zone of an offset or a short name, None for a name with several meanings."""
    found = _OFFSET.fullmatch(name.upper())
    if not found:
        hours = 0 if name.upper() == "Z" else _ZONES.get(name)
        return None if hours is None else timezone(timedelta(hours=hours))
    hours, minutes = int(found[2]), int(found[3] or 0)
    if minutes > 59:  # noqa: PLR2004
        raise ValueError(f"no time zone has {minutes} minutes")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if found[1] == "-" else offset)


def _to_utc(moment: datetime, zone: tzinfo) -> datetime:
    """Return a time in UTC; where clocks are set back and it occurs twice, the later one, as C libraries do."""
    try:
        if moment.tzinfo:
            return moment.astimezone(UTC)
        return max(moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999") from error


def date_in_name(name: str, zone: tzinfo, *, is_jekyll: bool = True) -> datetime | None:
    """Return the date at the start of a post's file name, if any; its year has two or four digits, as in Jekyll.

    Elsewhere it may also end with an underscore or a blank: `2017-04-21_title`. Raise ValueError for a day that does
    not exist.
    """
    found = (_OF_JEKYLL if is_jekyll else _IN_NAME).match(name)
    if not found:
        return None
    written = [part for part in found.groups() if part]
    year, month, day = map(int, written)
    century = 0 if len(written[0]) > 2 else 1900 if year >= 69 else 2000  # noqa: PLR2004 - Ruby's rule
    return to_midnight(century + year, month, day, zone)


def to_midnight(year: int, month: int, day: int, zone: tzinfo) -> datetime:
    """Return the moment at which a day starts. Raise ValueError for one that does not exist."""
    return _to_utc(datetime(year, month, day), zone)  # noqa: DTZ001


def without_date(name: str, *, is_jekyll: bool = True) -> str:
    """Return a post's file name without the date at its start."""
    return (_OF_JEKYLL if is_jekyll else _IN_NAME).sub("", name)
