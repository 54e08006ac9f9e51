"""Parse the request headers Accept-Encoding and the dates of conditions by RFC 9110. Pure.

A client may send anything, so each function takes time that is linear in the length of its header.
"""

import re
from datetime import UTC, datetime

# A token (section 5.6.2) and a weight (section 12.4.2); no other parameter is allowed.
_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_CODING = re.compile(rf"({_WORD})(?:[ \t]*;[ \t]*q=(0(?:\.[0-9]{{0,3}})?|1(?:\.0{{0,3}})?))?", re.IGNORECASE)
_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_ALIASES = {"x-gzip": "gzip"}  # section 8.4.1.3
_BLANKS = " \t"
# Section 5.6.7. A date in any other form must be ignored (section 13.1.3), even if it is valid in e-mail.
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
_FIRST_SHORT_YEAR = 69  # two digits from here on are of the 1900s, as in C libraries; independent of the clock
_LAST_SECOND = 59  # of a minute; a leap second is read as this


def parse_codings(header: str) -> dict[str, float]:
    """Return the quality of each content coding of an Accept-Encoding header, by its name in lower case.

    Members that do not match the grammar are ignored; if one coding has several, the best counts.
    """
    codings: dict[str, float] = {}
    for member in header.split(","):
        if match := _CODING.fullmatch(member.strip(_BLANKS)):
            name, quality = match[1].lower(), float(match[2] or 1)
            name = _ALIASES.get(name, name)
            codings[name] = max(codings.get(name, 0.0), quality)
    return codings


def is_html_wanted(accept: str) -> bool:
    """True if an Accept header (RFC 9110 section 12.5.1) names HTML, and not plain text with a higher quality.

    Ranges such as `*/*` count for nothing: programs send them, and do not show pages.
    """
    qualities: dict[str, float] = {}
    for member in accept.split(","):
        name, *parameters = (part.strip(_BLANKS).lower() for part in member.split(";"))
        weights = [match[1] for part in parameters if (match := _WEIGHT.fullmatch(part))]
        qualities[name] = max(qualities.get(name, 0.0), float(weights[0]) if weights else 1.0)
    html = max(qualities.get("text/html", 0.0), qualities.get("application/xhtml+xml", 0.0))
    return html > 0 and html >= qualities.get("text/plain", 0.0)


def parse_date(header: str) -> datetime | None:
    """Return the time of an HTTP-date, None if the header is not one."""
    match = next(filter(None, (form.fullmatch(header.strip(_BLANKS)) for form in _DATES)), None)
    return _to_time(match) if match else None


def _to_time(match: re.Match[str]) -> datetime | None:
    year, month = int(match["year"]), _MONTHS.index(match["month"]) + 1
    if len(match["year"]) < len("2000"):
        year += 1900 if year >= _FIRST_SHORT_YEAR else 2000
    second = min(int(match["second"]), _LAST_SECOND)
    try:
        return datetime(year, month, int(match["day"]), int(match["hour"]), int(match["minute"]), second, tzinfo=UTC)
    except ValueError:  # such as the 31st of a month of 30 days
        return None
