"""Command line, environment and `feedsvc.toml` → Settings; refuses what cannot work, by name.

Pure: the caller hands in the environment and the file's text. `OPTIONS` is the one list of settings.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedsvc import __version__
from feedsvc.addresses import to_uri
from feedsvc.errors import PostError, SettingError
from feedsvc.front_matter import load_yaml
from feedsvc.jekyll import is_jekyll, to_jekyll, to_settings
from feedsvc.models import Content
from feedsvc.scopes import MAX_LIMIT, clean_name
from feedsvc.settings import GONE, AccessLog, IdScheme, LinkTo, LogFormat, Settings
from feedsvc.text import UNWANTED

PREFIX = "FEEDSVC_"
FILE_NAME = "feedsvc.toml"

Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Option:
    """A setting: how its value is read from text or from TOML, and what it means."""

    read: Reader
    help: str
    is_flag: bool = False
    is_secret: bool = False  # neither shown in errors nor taken from the command line, which everyone can list


@dataclass(frozen=True, slots=True)
class Source:
    """Values of settings from one place; `label` makes a setting's name what its author wrote there."""

    values: Mapping[str, object]
    label: Callable[[str], str]


# --- readers: each gives the value or raises ValueError with the reason ---------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - one kind of error for the caller
    if UNWANTED.search(value):
        raise ValueError("must be UTF-8 without control characters")
    return value.strip()


def _path(value: object) -> Path:
    text = str(value)
    if not isinstance(value, str | Path) or not text.strip() or "\0" in text:
        raise ValueError("must be a path")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError("no such home directory") from error


def _whole(least: int, most: int) -> Reader:
    def read(value: object) -> int:
        text = str(value).replace("_", "").strip()
        if isinstance(value, bool) or not re.fullmatch("[0-9]{1,15}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least:,} to {most:,}")
        return int(text)

    return read


def _truth(value: object) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    found = words.get(str(value).strip().lower())
    if found is None:
        raise ValueError("must be yes or no")
    return found


def _names(value: object) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError("must be a list of names")
    return tuple(name for item in items if (name := clean_name(item)))


def _zone(value: object) -> tzinfo:
    name = _text(value)
    try:
        return UTC if name.upper() == "UTC" else ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise ValueError("is no time zone like Asia/Shanghai") from error


def _url(value: object) -> str:
    text = _text(value)
    uri = to_uri(text)
    if not uri or set(uri) & set("?#"):
        raise ValueError("must be an address like https://example.org or https://example.org/blog")
    return uri.rstrip("/")


def _template(value: object) -> str:
    text = _text(value)
    if text.count("{url}") != 1 or not to_uri(text.replace("{url}", "x")):
        raise ValueError("must be an address with {url} in it, like https://images.example/?url={url}")
    return text


def _token(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch("[!-~]{16,}", value.strip()):
        raise ValueError("must be at least 16 letters, digits and signs of ASCII, without blanks")
    return value.strip()


def _choice(choices: type[StrEnum]) -> Reader:
    def read(value: object) -> StrEnum:
        try:
            return choices(str(value))
        except ValueError:
            raise ValueError(f"must be one of {', '.join(choices)}") from None

    return read


OPTIONS: Mapping[str, Option] = {
    "posts": Option(_path, "the folder of posts"),
    "index": Option(_path, "the index file; a rebuildable cache, by default in your cache directory"),
    "base_url": Option(_url, "the address the service is reached at; without it the request's Host is used"),
    "title": Option(_text, "the title of the whole; by default the name of the folder that holds the posts"),
    "description": Option(_text, "a line on what the posts are about"),
    "language": Option(_text, "the language of the posts, such as zh-CN"),
    "author": Option(_text, "who stands for posts without an author; by default the title"),
    "timezone": Option(_zone, "where dates without a time zone are meant, such as Asia/Shanghai"),
    "id_scheme": Option(
        _choice(IdScheme), "how entry ids are made: uuid; for a Jekyll site jekyll-feed, jekyll or permalink"
    ),
    "id_namespace": Option(
        _text, "a text that tells this site's entry ids from another's; set it once, never change it"
    ),
    "link_to": Option(
        _choice(LinkTo),
        "where entries link to: auto (their page on their own site, else the original, else the page here), site, "
        "original or page",
    ),
    "limit": Option(_whole(1, MAX_LIMIT), "entries of a feed page"),
    "page_bytes": Option(
        _whole(1_000, 10**9), "a page has fewer entries where their files are longer than this together"
    ),
    "content": Option(_choice(Content), "what entries carry: full, summary or none"),
    "max_age": Option(_whole(60, 86_400), "seconds for which clients may keep a feed"),
    "exclude_tags": Option(_names, "posts with one of these tags are left out"),
    "exclude_categories": Option(_names, "posts with one of these categories are left out"),
    "future": Option(_truth, "publish posts before their date", is_flag=True),
    "drafts": Option(_truth, "publish drafts", is_flag=True),
    "rules": Option(_path, "a file with your own cleaning rules, added to the packaged ones"),
    "source_line": Option(_truth, "end each body with a line that names its original", is_flag=True),
    "image_proxy": Option(
        _template, "an address with {url} in it through which pictures are shown whose hosts refuse other sites"
    ),
    "max_post_bytes": Option(
        _whole(1_000, 100_000_000), "a larger post is sanitised only; one ten times larger is not read"
    ),
    "settle_ms": Option(_whole(0, 60_000), "milliseconds for which a file that is edited in place must be still"),
    "scan_interval": Option(_whole(1, 86_400), "seconds between looks at the whole folder, beside watching it"),
    "static": Option(_truth, "pages as `build` makes them: no search, paging by path", is_flag=True),
    "cache_bytes": Option(_whole(0, 10**12), "memory for finished documents, of each process"),
    "operator_token": Option(_token, "opens /metrics, and the problems on /status", is_secret=True),
    "reader_token": Option(_token, "everything but /healthz and /readyz asks for it", is_secret=True),
    "trusted_proxies": Option(_whole(0, 9), "how many proxies before the service say who asks, by which scheme"),
    "log_format": Option(_choice(LogFormat), "how log lines are written: text or json"),
    "access_log": Option(_choice(AccessLog), "which requests are logged: errors (and slow ones), all or off"),
}
# What shows nowhere.
_RUNNING = (
    *("posts", "index", "settle_ms", "scan_interval", "cache_bytes"),
    *("operator_token", "reader_token", "trusted_proxies", "log_format", "access_log"),
)
# What shapes the index: a change of one of these reads all posts again.
_READING = ("jekyll", "timezone", "exclude_tags", "exclude_categories", "drafts", "max_post_bytes")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where `serve` listens, and with how many processes."""

    host: str
    port: int
    workers: int


def listening(environ: Mapping[str, str], host: str | None, port: str | None, workers: str | None) -> Listening:
    """Take these from the command line, else from $PORT and $WEB_CONCURRENCY, which platforms set."""
    return Listening(
        host or ("0.0.0.0" if environ.get("PORT") else "127.0.0.1"),  # noqa: S104 - $PORT means: be reachable
        _first(_whole(1, 65_535), {"--port": port, "PORT": environ.get("PORT")}, 8000),
        _first(_whole(1, 64), {"--workers": workers, "WEB_CONCURRENCY": environ.get("WEB_CONCURRENCY")}, 2),
    )


def _first(read: Reader, given: Mapping[str, str | None], default: int) -> int:
    for label, value in given.items():
        if value:
            try:
                return int(read(value))
            except ValueError as error:
                raise SettingError(f"{label}: {value!r}: {error}") from error
    return default


# --- sources -------------------------------------------------------------------------------------


def from_environment(environ: Mapping[str, str]) -> Source:
    """Take the settings among the environment's variables; an empty variable counts as not set."""
    values = {name: environ[PREFIX + name.upper()] for name in OPTIONS if environ.get(PREFIX + name.upper())}
    return Source(values, lambda name: PREFIX + name.upper())


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """List the variables that look like ours and are not; worth a warning, for orchestrators inject such."""
    known = {PREFIX + name.upper() for name in OPTIONS}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def from_command_line(values: Mapping[str, object]) -> Source:
    """Take the options that were given; None means not given."""
    given = {name: value for name, value in values.items() if value is not None}
    return Source(given, lambda name: "--" + name.replace("_", "-"))


def from_toml(text: str, where: Path) -> Source:
    """Read a settings file; paths in it are relative to its folder.

    Raises SettingError for bad TOML and for an unknown name, with the known ones.
    """
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number too long, brackets too deep
        raise SettingError(f"{where}: {error}") from error
    aliases = values.pop("aliases", {})
    if unknown := sorted(values.keys() - OPTIONS.keys()):
        known = ", ".join((*OPTIONS, "[aliases]"))
        raise SettingError(f"{where}: {unknown[0]!r}: unknown setting; known are {known}")
    for name in ("posts", "index", "rules"):
        value = values.get(name)
        if isinstance(value, str) and value.strip() and not value.startswith("~"):
            values[name] = where.parent / value
    return Source(values | _aliases(aliases, where), lambda name: f"{where}: {name}")


def _aliases(table: object, where: Path) -> dict[str, object]:
    """Read old paths with the feed paths they mean, or `gone`."""
    if not isinstance(table, dict):
        raise SettingError(f"{where}: aliases: must be a table of old paths and feed paths")
    for old, new in table.items():
        if not old.startswith("/") or not isinstance(new, str) or not (new == GONE or re.match("/(?!/)", new)):
            raise SettingError(f"{where}: aliases: {old!r} = {new!r}: must be a path and a feed's path, or {GONE!r}")
    return {"aliases": tuple(table.items())} if table else {}


def from_jekyll(text: str, authors: str, prefix: str, where: Path) -> Source | None:
    """Read a Jekyll site's `_config.yml` and `_data/authors.yml`; None where it is another generator's.

    `prefix` is where the posts folder lies in the site. Raises SettingError for bad YAML.
    """
    try:
        config, people = load_yaml(text), load_yaml(authors)
    except PostError as error:
        raise SettingError(f"{where}:{error.line}: {str(error).removeprefix('front matter: ')}") from error
    if not is_jekyll(config):
        return None
    jekyll = to_jekyll(config, people, prefix)
    values = to_settings(config, jekyll)
    if "timezone" in values and not _is_zone(values["timezone"]):
        del values["timezone"]  # Jekyll, too, goes on in UTC
    return Source(values | {"jekyll": jekyll}, lambda name: f"{where}: {name}")


def _is_zone(value: object) -> bool:
    try:
        return bool(_zone(value))
    except ValueError:
        return False


def merge(*sources: Source) -> Settings:
    """Make the settings; an earlier source wins. Raises SettingError for a value that cannot be used."""
    values: dict[str, Any] = {}
    for source in sources:
        for name, value in source.values.items():
            if name not in values:
                values[name] = _read(source, name, value)
    return Settings(**values)


def refuse_conflicts(settings: Settings) -> Settings:
    """Give settings back that can be used together; else raises SettingError."""
    if settings.id_scheme is not IdScheme.UUID and not (settings.jekyll and settings.jekyll.url):
        raise SettingError(f"id_scheme: {str(settings.id_scheme)!r}: needs a Jekyll site's _config.yml with its url")
    return settings


def _read(source: Source, name: str, value: object) -> object:
    try:
        return OPTIONS[name].read(value) if name in OPTIONS else value
    except ValueError as error:
        shown = "" if OPTIONS[name].is_secret else f" {str(value)!r}:"
        raise SettingError(f"{source.label(name)}:{shown} {error}") from error


# --- what follows from settings ------------------------------------------------------------------


def reading_fingerprint(settings: Settings) -> str:
    """Name what shapes the reading of posts, so that an index made otherwise is not used."""
    return _fingerprint(settings, _READING)


def showing_fingerprint(settings: Settings) -> str:
    """Name what shapes feeds and pages of posts that have been read."""
    return _fingerprint(settings, OPTIONS.keys() - set(_RUNNING))


def _fingerprint(settings: Settings, names: Iterable[str]) -> str:
    shaped = [__version__, *(f"{name}={getattr(settings, name)}" for name in sorted(names))]
    return hashlib.sha256("\n".join(shaped).encode()).hexdigest()[:16]


def site_title(settings: Settings) -> str:
    """Give the site's title: the one that is set, or the name of the posts folder, of its parent if it says nothing."""
    folder = settings.posts.absolute()
    name = folder.parent.name if folder.name in {"posts", "_posts", "content"} else folder.name
    return settings.title or name or "Posts"
