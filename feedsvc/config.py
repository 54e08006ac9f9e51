"""Command line, environment and `feedsvc.toml` → Settings; refuses what cannot work, by name.

Pure: the caller hands in the environment and the file's text. What settings there are is in `settings`.
"""

import hashlib
import re
import tomllib
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from feedsvc import __version__
from feedsvc.errors import PostError, SettingError
from feedsvc.posts.front_matter import load_yaml
from feedsvc.posts.generators.jekyll import is_jekyll, to_jekyll, to_settings
from feedsvc.settings import GONE, OPTIONS, IdScheme, Listening, Settings, whole, zone

PREFIX = "FEEDSVC_"
FILE_NAME = "feedsvc.toml"
VARIABLES = {PREFIX + name.upper(): name for name in OPTIONS}
WORKERS = "WEB_CONCURRENCY"


T = TypeVar("T")


class Given(NamedTuple):
    """A value as it was given; `label` is what its author wrote for the setting's name, and where."""

    label: str
    value: object


Source = dict[str, Given]  # by the names of settings

# What shows nowhere.
_RUNNING = (
    *("posts", "index", "settle_ms", "scan_interval", "cache_bytes"),
    *("operator_token", "reader_token", "trusted_proxies", "log_format", "access_log"),
)
# What shapes the index: a change of one of these reads all posts again.
_READING = ("jekyll", "timezone", "exclude_tags", "exclude_categories", "drafts", "future", "max_post_bytes")


def listening(environ: Mapping[str, str], host: str | None, port: str | None, workers: str | None) -> Listening:
    """Take these from the command line, else from $PORT and $WEB_CONCURRENCY, which platforms set."""
    return Listening(
        host or ("0.0.0.0" if environ.get("PORT") else "127.0.0.1"),  # noqa: S104 - $PORT means: be reachable
        _first(whole(1, 65_535), Given("--port", port), Given("PORT", environ.get("PORT")), default=8000),
        _first(whole(1, 64), Given("--workers", workers), Given(WORKERS, environ.get(WORKERS)), default=2),
    )


def _first(read: Callable[[object], int], *all_given: Given, default: int) -> int:
    return next((_read(read, given) for given in all_given if given.value), default)


def _read(read: Callable[[object], T], given: Given, *, is_secret: bool = False) -> T:
    try:
        return read(given.value)
    except ValueError as error:
        shown = "" if is_secret else f" {str(given.value)!r}:"
        raise SettingError(f"{given.label}:{shown} {error}") from error


# --- sources -------------------------------------------------------------------------------------


def from_environment(environ: Mapping[str, str]) -> Source:
    """Take the settings among the environment's variables; an empty variable counts as not set."""
    return {name: Given(key, environ[key]) for key, name in VARIABLES.items() if environ.get(key)}


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """List the variables that look like ours and are not; worth a warning, for orchestrators inject such."""
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in VARIABLES)


def from_command_line(values: Mapping[str, object]) -> Source:
    """Take the options that were given; None means not given."""
    return {name: Given(f"--{name.replace('_', '-')}", value) for name, value in values.items() if value is not None}


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
    return _from_file(values | _aliases(aliases, where), where)


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
    try:
        zone(values.get("timezone", "UTC"))
    except ValueError:
        del values["timezone"]  # Jekyll, too, goes on in UTC
    return _from_file(values | {"jekyll": jekyll}, where)


def _from_file(values: Mapping[str, object], where: Path) -> Source:
    return {name: Given(f"{where}: {name}", value) for name, value in values.items()}


def merge(*sources: Source) -> Settings:
    """Make the settings; an earlier source wins. Raises SettingError for a value that cannot be used."""
    values: dict[str, Any] = {name: _value(name, given) for name, given in ChainMap(*sources).items()}
    return Settings(**values)


def _value(name: str, given: Given) -> object:
    option = OPTIONS.get(name)
    return _read(option.read, given, is_secret=option.is_secret) if option else given.value


def refuse_conflicts(settings: Settings) -> Settings:
    """Give settings back that can be used together; else raises SettingError."""
    if settings.id_scheme is not IdScheme.UUID and not (settings.jekyll and settings.jekyll.url):
        raise SettingError(f"id_scheme: {str(settings.id_scheme)!r}: needs a Jekyll site's _config.yml with its url")
    return settings


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
