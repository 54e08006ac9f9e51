"""Moments as a reader in a time zone sees them. Pure; reading dates is for `posts.dates`."""

from datetime import datetime, tzinfo


def to_local(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment in a time zone; as it is where that would be outside the years 1 to 9999."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def format_day(moment: datetime, zone: tzinfo) -> str:
    """Return the day of a moment in a time zone, as in ISO 8601."""
    return to_local(moment, zone).date().isoformat()
