"""Values of settings by where they are written: command line, environment, `feedsvc.toml`, a generator's site. Pure.

Each source is read by a function of its own; `merge` makes settings of them, and refuses what cannot work, by name.
"""

import logging
import re
from collections import ChainMap
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from feedsvc.errors import PostError, SettingError
from feedsvc.podcast_settings import read_show
from feedsvc.posts.front_matter import load_toml
from feedsvc.posts.generators.table import generator_of
from feedsvc.recognition import Recognition
from feedsvc.settings import GONE, OPTIONS, IdScheme, Settings

log = logging.getLogger(__name__)

PREFIX = "FEEDSVC_"
VARIABLES = {PREFIX + name.upper(): name for name in OPTIONS}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was written; `label` is the setting's name as it was written, and where."""

    label: str
    value: object


Source = dict[str, Given]  # by name of setting


def read_given(read: Callable[[object], T], given: Given, *, is_secret: bool = False) -> T:
    """Return what `read` makes of a value. Raise SettingError for one that it refuses; a secret is not shown."""
    try:
        return read(given.value)
    except ValueError as error:
        value = "" if is_secret else f" {str(given.value)!r}:"
        raise SettingError(f"{given.label}:{value} {error}") from error


def from_environment(environ: Mapping[str, str]) -> Source:
    """Return the settings in the environment; an empty variable counts as not set."""
    return {name: Given(key, environ[key]) for key, name in VARIABLES.items() if environ.get(key)}


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the FEEDSVC_* variables that are no settings; they are no error, for orchestrators set some."""
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in VARIABLES)


def from_command_line(values: Mapping[str, object]) -> Source:
    """Return the options of the command line; None means not given."""
    return {name: Given(f"--{name.replace('_', '-')}", value) for name, value in values.items() if value is not None}


def from_toml(text: str, where: Path) -> Source:
    """Read a settings file; paths in it are relative to its folder.

    Raise SettingError for bad TOML and for an unknown name, with the one that may be meant or all that are known.
    """
    try:
        values = load_toml(text)
    except PostError as error:
        raise SettingError(error.found_in(where)) from error
    aliases, podcast = values.pop("aliases", {}), values.pop("podcast", {})
    if unknown := sorted(values.keys() - OPTIONS.keys()):
        raise SettingError(f"{where}: {unknown[0]!r}: unknown setting; {_describe_known(unknown[0])}")
    for name in ("posts", "index", "rules"):
        value = values.get(name)
        if isinstance(value, str) and value.strip() and not value.startswith("~"):
            values[name] = where.parent / value
    return _from_file(values | _aliases(aliases, where) | _podcast(podcast, where), where)


def _describe_known(name: str) -> str:
    """Return the setting that a name is similar to, else all of them."""
    if near := get_close_matches(name.lower().replace("-", "_"), OPTIONS, n=1, cutoff=0.7):
        return f"did you mean {near[0]!r}?"
    return "known are " + ", ".join((*OPTIONS, "[aliases]", "[podcast]"))


def _aliases(table: object, where: Path) -> dict[str, object]:
    """Read the table of old paths, each with the path of the feed that replaces it, or `gone`."""
    if not isinstance(table, dict):
        raise SettingError(f"{where}: aliases: must be a table of old paths with feed paths")
    for old, new in table.items():
        if not old.startswith("/") or not isinstance(new, str) or not (new == GONE or re.match("/(?!/)", new)):
            raise SettingError(f"{where}: aliases: {old!r} = {new!r}: must be a path and a feed's path, or {GONE!r}")
    return {"aliases": tuple(table.items())} if table else {}


def _is_usable(name: str, value: object) -> bool:
    with suppress(ValueError):
        OPTIONS[name].read(value)
        return True
    return False


def _podcast(table: object, where: Path) -> dict[str, object]:
    """Read the table that says what the posts with sound are as a podcast."""
    try:
        return {"podcast": read_show(table)} if table else {}
    except ValueError as error:
        raise SettingError(f"{where}: podcast: {error}") from error


def from_site(found: Recognition, site_url: str) -> Source:
    """Return the settings that a generator's site implies, and the site; `site_url` is the setting, "" if not set."""
    site = found.configuration.site
    values = dict(found.configuration.settings)
    if generator_of(site).has_feed and (site.url or site_url):
        values.setdefault("id_scheme", IdScheme.SITE)
    for name in [name for name in ("timezone", "language") if name in values and not _is_usable(name, values[name])]:
        log.warning("%s: %s: %.40r: cannot be used: left out", found.where, name, values.pop(name))
    return _from_file(values | {"site": site}, found.where)


def _from_file(values: Mapping[str, object], where: Path) -> Source:
    return {name: Given(f"{where}: {name}", value) for name, value in values.items()}


def merge(*sources: Source) -> Settings:
    """Merge sources into settings; an earlier source wins. Raise SettingError for a value that cannot be used."""
    values: dict[str, Any] = {name: _value(name, given) for name, given in ChainMap(*sources).items()}
    return Settings(**values)


def _value(name: str, given: Given) -> object:
    option = OPTIONS.get(name)
    if option is None:
        return given.value
    value = read_given(option.read, given, is_secret=option.is_secret)
    return read_given(_expand, replace(given, value=value)) if isinstance(value, Path) else value


def _expand(path: object) -> Path:
    try:
        return Path(str(path)).expanduser()
    except RuntimeError as error:
        raise ValueError("no such home directory") from error


def refuse_conflicts(settings: Settings) -> Settings:
    """Return the settings. Raise SettingError if they contradict each other."""
    scheme = settings.id_scheme
    if scheme in {IdScheme.JEKYLL, IdScheme.JEKYLL_FEED} and not (settings.jekyll and settings.jekyll.url):
        raise SettingError(f"id_scheme: {str(scheme)!r}: needs a Jekyll site's _config.yml with its url")
    if settings.websub_hub and not settings.base_url:
        raise SettingError("websub_hub: needs base_url, by which the hub reaches the feeds")
    if scheme is not IdScheme.UUID and not settings.own_url:
        raise SettingError(f"id_scheme: {str(scheme)!r}: needs a site with a URL: set site_url")
    return settings
