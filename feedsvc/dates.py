"""Dates as people write them in front matter and file names → aware UTC datetimes. Pure."""

import re
from datetime import UTC, date, datetime, tzinfo

# 2024-5-1, 2024/05/01 9:30, 2014-12-15 14:11:46 +0800, 2021-11-10T07:35:25.663Z
_DATE = re.compile(
    r"""\s*(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})
    (?:(?:[Tt\s]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?\s*|\s+)
    (?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?\s*""",
    re.VERBOSE | re.ASCII,
)
_FILE_DATE = re.compile(r"\A(\d{4}|\d{2})-(\d{1,2})-(\d{1,2})(?:-|\Z)", re.ASCII)


def parse_date(value: object, zone: tzinfo) -> datetime:
    """Read a date from front matter; one without a time zone is in `zone`, one without a time at midnight.

    Raises ValueError for what is no date, and for a day or an hour that does not exist.
    """
    if isinstance(value, datetime):
        return _to_utc(value, zone)
    if isinstance(value, date):
        return _to_utc(datetime(value.year, value.month, value.day), zone)  # noqa: DTZ001 - _to_utc gives the zone
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("not a date like 2024-05-01 09:30:00 +08:00")
    return _to_utc(_from_match(found), zone)


def _from_match(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(number or 0) for number in found.groups()[:6])
    microsecond = int((found["fraction"] or "0").ljust(6, "0")[:6])
    zone = _zone(found["zone"]) if found["zone"] else None
    return datetime(year, month, day, hour, minute, second, microsecond, zone)


def _zone(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    zone = datetime.strptime(text if len(text) > 3 else f"{text}00", "%z").tzinfo  # noqa: PLR2004 - "+08"
    assert zone is not None  # noqa: S101 - %z always gives one
    return zone


def _to_utc(moment: datetime, zone: tzinfo) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999") from error


def date_in_name(name: str, zone: tzinfo) -> datetime | None:
    """Read the date a post's file name opens with, by Jekyll's rule of two or four digits of year.

    Raises ValueError for a day that does not exist.
    """
    found = _FILE_DATE.match(name)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    century = 2000 if len(found[1]) == 2 else 0  # noqa: PLR2004 - digits of a year
    return _to_utc(datetime(century + year, month, day), zone)  # noqa: DTZ001


def without_date(name: str) -> str:
    """Give what a post's file name says after its date."""
    return _FILE_DATE.sub("", name)
