"""Dates in front matter and file names, in the forms people write → aware UTC datetimes. Pure."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz

# 2024-5-1, 2024/05/01 9:30 PM, 20240501, 2014-12-15 14:11:46 +0800, 2021-11-10T07:35:25.663Z
_DATE = re.compile(
    r"""\s*(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})|(?P<mm>\d{2})(?P<dd>\d{2}))
    (?:(?:[Tt\s]\s*(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?
    \s*(?P<half>[AaPp][Mm])?\s*|\s+)
    (?P<zone>[Zz]|[+-]\d{2}(?::?\d{2})?|[A-Z]{3,4})?(?:\s+UTC)?)?\s*""",
    re.VERBOSE | re.ASCII,
)
# RFC 5322 section 4.3 defines these zones; any other abbreviation has several meanings.
_ZONES = {"GMT": 0, "UTC": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_FILE_DATE = re.compile(r"\A(\d{4}|\d{2})-(\d{1,2})-(\d{1,2})(?:-|\Z)", re.ASCII)


def parse_date(value: object, zone: tzinfo) -> datetime:
    """Return the moment of a date in front matter; without a time it is midnight, without a time zone it is in `zone`.

    Raise ValueError for other text, and for a day or an hour that does not exist.
    """
    if isinstance(value, datetime):
        return _to_utc(value, zone)
    if isinstance(value, date):
        return _to_utc(datetime(value.year, value.month, value.day), zone)  # noqa: DTZ001 - _to_utc sets the zone
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found:
        return _to_utc(_from_match(found), zone)
    return _to_utc(_from_words(str(value)), zone)


def _from_words(text: str) -> datetime:
    """Return a date with the name of a month, in any order: "1 June 2020", "June 1, 2020 10:00", or as in RFC 5322."""
    is_one = re.search("[A-Za-z]{3}", text) and re.search("[0-9]{4}", text)
    parts = (parsedate_tz(text) or parsedate_tz(f"{text} 00:00")) if is_one else None
    if parts is None:
        raise ValueError("not a date like 2024-05-01 09:30:00 +08:00")
    has_zone = re.search(r"(?:[+-]\d{4}|\b[A-Z]{3})\s*$", text)
    return datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=parts[9] or 0)) if has_zone else None)


def _from_match(found: re.Match[str]) -> datetime:
    year, month, day = int(found["year"]), int(found["month"] or found["mm"]), int(found["day"] or found["dd"])
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    microsecond = int((found["fraction"] or "0").ljust(6, "0")[:6])
    return datetime(year, month, day, hour, minute, second, microsecond, _zone(found["zone"] or ""))


def _zone(text: str) -> tzinfo | None:
    if text[:1] in {"+", "-"}:
        return datetime.strptime(text if len(text) > 3 else f"{text}00", "%z").tzinfo  # noqa: PLR2004 - "+08"
    hours = 0 if text.upper() == "Z" else _ZONES.get(text)
    return None if hours is None else timezone(timedelta(hours=hours))


def _to_utc(moment: datetime, zone: tzinfo) -> datetime:
    """Return a time in UTC; where clocks are set back and it occurs twice, the later one, as C libraries do."""
    try:
        if moment.tzinfo:
            return moment.astimezone(UTC)
        return max(moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999") from error


def date_in_name(name: str, zone: tzinfo) -> datetime | None:
    """Return the date at the start of a post's file name, if any; its year has two or four digits, as in Jekyll.

    Raise ValueError for a day that does not exist.
    """
    found = _FILE_DATE.match(name)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    century = 0 if len(found[1]) > 2 else 1900 if year >= 69 else 2000  # noqa: PLR2004 - Ruby's rule
    return _to_utc(datetime(century + year, month, day), zone)  # noqa: DTZ001


def without_date(name: str) -> str:
    """Return a post's file name without the date at its start."""
    return _FILE_DATE.sub("", name)
