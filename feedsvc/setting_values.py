"""Readers of settings' values: each returns the value, or raises ValueError with the reason. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from feedsvc import language_tags
from feedsvc.text import UNWANTED, clean_name
from feedsvc.urls import to_uri

TARGETS = ("varnish", "fastly", "cloudflare", "webhook")  # kinds of caches that are notified of changes


_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])0?(?P<hours>[1-9]\d?)(?::?00)?")
_HOURS = 12  # from UTC, at most
_SIMILAR = 0.8  # of a name's letters
_SOME_ZONE = "Asia/Shanghai"


def read_text(value: object) -> str:
    """Read text without control characters."""
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - readers raise nothing else
    if UNWANTED.search(value):
        raise ValueError("must be UTF-8 without control characters")
    return value.strip()


def read_path(value: object) -> Path:
    """Read the path of a file or folder."""
    text = str(value)
    if not isinstance(value, str | Path) or not text.strip() or "\0" in text:
        raise ValueError("must be a path")
    return Path(text)


def whole(minimum: int, maximum: int) -> Callable[[object], int]:
    """Return a reader of whole numbers within bounds."""

    def read(value: object) -> int:
        text = str(value).replace("_", "").strip()
        if isinstance(value, bool) or not re.fullmatch("[0-9]{1,15}", text) or not minimum <= int(text) <= maximum:
            raise ValueError(f"must be a whole number from {minimum:,} to {maximum:,}")
        return int(text)

    return read


def read_truth(value: object) -> bool:
    """Read yes or no."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    found = words.get(str(value).strip().lower())
    if found is None:
        raise ValueError("must be yes or no")
    return found


def read_names(value: object) -> tuple[str, ...]:
    """Read a list of names, or text with commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError("must be a list of names")
    return tuple(name for item in items if (name := clean_name(item)))


def read_zone(value: object) -> tzinfo:
    """Read the name of a time zone."""
    name = read_text(value)
    try:
        return UTC if name.upper() == "UTC" else ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise ValueError(f"must be a time zone like {_find_similar_zone(name)}") from error


def _find_similar_zone(name: str) -> str:
    """Return the time zone that a text may mean: that of a city or an offset, or one that is spelled alike."""
    if found := _OFFSET.fullmatch(name.upper()):
        sign, hours = "-" if found["sign"] == "+" else "+", int(found["hours"])  # POSIX has them the other way round
        return f"Etc/GMT{sign}{hours}" if hours <= _HOURS else _SOME_ZONE
    zones = sorted(available_timezones())
    wanted = name.replace(" ", "_").lower()
    cities = (zone for zone in zones if wanted in {zone.lower(), zone.rpartition("/")[2].lower()})
    return next(iter((*cities, *get_close_matches(name, zones, 1, _SIMILAR))), _SOME_ZONE)


def read_url(value: object) -> str:
    """Read an http(s) URL, and drop the slash at its end."""
    uri = to_uri(read_text(value))
    if not uri or set(uri) & set("?#"):
        raise ValueError(f"must be a URL like {_complete(read_text(value))}")
    return uri.rstrip("/")


def _complete(text: str) -> str:
    """Return a host and a path with the scheme that they lack; examples if it is something else."""
    host = text.removeprefix("//")
    scheme = "http" if host.startswith(("localhost", "127.")) else "https"
    is_host = re.fullmatch(r"(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:/[^?#]*)?", host)
    return f"{scheme}://{host}" if is_host else "https://example.org or https://example.org/blog"


def read_address(value: object) -> str:
    """Read the URL of a service to which requests are sent."""
    text = read_text(value)
    uri = to_uri(text)
    if not uri or "#" in uri or "@" in text.partition("://")[2].partition("/")[0]:
        raise ValueError("must be a URL like https://example.org/path, without a password")
    return uri


def read_targets(value: object) -> tuple[str, ...]:
    """Read a list of caches, each a kind and a URL, or text with commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError("must be a list of targets")
    targets = [item.split() for item in items if item.strip()]
    if any(len(words) != len(("kind", "URL")) or words[0] not in TARGETS for words in targets):
        raise ValueError(f"must be a list of targets, each one of {', '.join(TARGETS)} and a URL")
    return tuple(f"{kind} {read_address(url)}" for kind, url in targets)


def read_template(value: object) -> str:
    """Read a URL with `{url}` in it."""
    text = read_text(value)
    if text.count("{url}") != 1 or not to_uri(text.replace("{url}", "x")):
        raise ValueError("must be a URL with {url} in it, like https://images.example/?url={url}")
    return text


def read_permalink(value: object) -> str:
    """Read a template of paths."""
    text = read_text(value)
    if text and not text.startswith("/"):
        raise ValueError("must be a path with placeholders, like /blog/:year/:slug/")
    return text


def read_picture(value: object) -> str:
    """Read the URL of a picture, or its path on the site."""
    text = read_text(value)
    if text and not to_uri(text) and not re.match("/(?!/)", text):
        raise ValueError("must be a URL like https://example.org/icon.png, or a path on the site like /icon.png")
    return text


def read_color(value: object) -> str:
    """Read a color, and write it with six digits."""
    digits = read_text(value).removeprefix("#").lower()
    if digits and not re.fullmatch("[0-9a-f]{3}|[0-9a-f]{6}", digits):
        raise ValueError("must be a color like #0b57a4")
    whole_digits = "".join(digit * 2 for digit in digits) if len(digits) < len("rrggbb") else digits
    return f"#{whole_digits}" if digits else ""


def read_language(value: object) -> str:
    """Read a language tag."""
    return language_tags.read_language(read_text(value))


def read_token(value: object) -> str:
    """Read a secret."""
    if not isinstance(value, str) or not re.fullmatch("[!-~]{16,}", value.strip()):
        raise ValueError("must be at least 16 ASCII letters, digits and signs, without spaces")
    return value.strip()


def one_of(choices: Any) -> Callable[[object], object]:
    """Return a reader of the values of an enumeration."""

    def read(value: object) -> object:
        try:
            return choices(str(value))
        except ValueError:
            raise ValueError(f"must be one of {', '.join(choices)}") from None

    return read
