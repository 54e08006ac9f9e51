"""How long sound or film takes, as people write it → seconds. Pure."""

import re

MAX_DURATION = 1_000_000  # seconds, eleven days
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,]\d+)?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,7})(?:[.,]\d+)?\s*(?:s|secs?|seconds?)?", re.ASCII | re.IGNORECASE)
# Also ISO 8601 (`PT1H2M`), as schema.org has it.
_WORDS = re.compile(
    r"(?:PT)?\s*(?:(\d{1,3})\s*(?:h|hours?|hrs?|std|小时|小時|時間))?[\s,]*"
    r"(?:(\d{1,4})\s*(?:m|mins?|minutes?|minuten|分钟?|分鐘?))?[\s,]*"
    r"(?:(\d{1,5})(?:[.,]\d+)?\s*(?:s|secs?|seconds?|sekunden|秒))?\.?",
    re.ASCII | re.IGNORECASE,
)


def parse_duration(text: str) -> int:
    """Return the seconds that a text such as `1:02:03`, `62:03`, `3723`, `PT1H2M3S` or `62 min` means; 0 if none."""
    written = text.strip()
    if not written:
        return 0
    found = _CLOCK.fullmatch(written) or _WORDS.fullmatch(written)
    if found:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return _within(hours * 3600 + minutes * 60 + seconds)
    plain = _SECONDS.fullmatch(written)
    return _within(int(plain[1])) if plain else 0


def _within(seconds: int) -> int:
    return seconds if seconds <= MAX_DURATION else 0
