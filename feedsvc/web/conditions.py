"""What fields of a request say by RFC 9110: which codings are accepted, and which time is meant. Pure.

Each function takes time that grows with the length of a field alone: whoever asks writes it.
"""

import re
from datetime import UTC, datetime

# Section 5.6.2; a weight by section 12.4.2, which no other parameter may stand beside.
_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_CODING = re.compile(rf"({_WORD})(?:[ \t]*;[ \t]*q=(0(?:\.[0-9]{{0,3}})?|1(?:\.0{{0,3}})?))?", re.IGNORECASE)
_ALIASES = {"x-gzip": "gzip"}  # section 8.4.1.3
_BLANKS = " \t"
# Section 5.6.7. A recipient must ignore a date in any other form (section 13.1.3), be it one that e-mail allows.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-5][0-9]|60)"
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{'|'.join(_DAYS)}), (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT",
        rf"(?:{'|'.join(_LONG_DAYS)}), (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT",
        rf"(?:{'|'.join(_DAYS)}) {_MONTH} (?P<day>[ 0-9][0-9]) {_TIME} (?P<year>[0-9]{{4}})",
    )
)
_FIRST_SHORT_YEAR = 69  # the first of the twentieth century, as C libraries read two digits; kept whatever the clock
_LAST_SECOND = 59  # which a leap second counts as


def parse_codings(field: str) -> dict[str, float]:
    """Return the quality of each content coding of an Accept-Encoding field, by its name in lower case.

    Members that are none by the grammar are ignored; of several for one coding the best counts.
    """
    codings: dict[str, float] = {}
    for member in field.split(","):
        if found := _CODING.fullmatch(member.strip(_BLANKS)):
            name, quality = found[1].lower(), float(found[2] or 1)
            name = _ALIASES.get(name, name)
            codings[name] = max(codings.get(name, 0.0), quality)
    return codings


def parse_date(field: str) -> datetime | None:
    """Return the time that an HTTP-date names; None for anything else."""
    found = next(filter(None, (form.fullmatch(field.strip(_BLANKS)) for form in _DATES)), None)
    return _to_time(found) if found else None


def _to_time(found: re.Match[str]) -> datetime | None:
    year, month = int(found["year"]), _MONTHS.index(found["month"]) + 1
    if len(found["year"]) < len("2000"):
        year += 1900 if year >= _FIRST_SHORT_YEAR else 2000
    second = min(int(found["second"]), _LAST_SECOND)
    try:
        return datetime(year, month, int(found["day"]), int(found["hour"]), int(found["minute"]), second, tzinfo=UTC)
    except ValueError:  # the 31st of a month that has 30 days
        return None
