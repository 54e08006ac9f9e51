"""Command line, environment, `feedsvc.toml` and the configuration of a generator's site → Settings.

The only module that knows environment variables, the working directory and the home directory. It refuses values and
combinations that cannot work, by name. Which settings there are, and how each is read, is in `settings`.
"""

import hashlib
import logging
import os
import re
import tempfile
import tomllib
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from feedsvc.errors import SettingError
from feedsvc.posts.generators.table import generator_of
from feedsvc.recognition import Recognition, recognize
from feedsvc.run_folder import temporary_folders
from feedsvc.setting_values import whole
from feedsvc.settings import GONE, OPTIONS, IdScheme, Listening, Settings, reading_fingerprint, site_title
from feedsvc.shows import read_show

log = logging.getLogger(__name__)

PREFIX = "FEEDSVC_"
FILE_NAME = "feedsvc.toml"
VARIABLES = {PREFIX + name.upper(): name for name in OPTIONS}
WORKERS = "WEB_CONCURRENCY"
_is_bare_text = re.compile(r"[ \t]*[\w-]+[ \t]*=[ \t]*[^\W\d]").match
ROOM = 2**20  # bytes that must be free in a directory


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was written; `label` is the setting's name as it was written, and where."""

    label: str
    value: object


Source = dict[str, Given]  # by name of setting


def listening(environ: Mapping[str, str], host: str | None, port: str | None, workers: str | None) -> Listening:
    """Read host, port and workers from the command line, else from $PORT and $WEB_CONCURRENCY, which platforms set."""
    return Listening(
        host or ("0.0.0.0" if environ.get("PORT") else "127.0.0.1"),  # noqa: S104 - a platform that sets $PORT connects from outside
        _first(whole(1, 65_535), Given("--port", port), Given("PORT", environ.get("PORT")), default=8000),
        _first(whole(1, 64), Given("--workers", workers), Given(WORKERS, environ.get(WORKERS)), default=2),
    )


def _first(read: Callable[[object], int], *candidates: Given, default: int) -> int:
    return next((_read(read, given) for given in candidates if given.value), default)


def _read(read: Callable[[object], T], given: Given, *, is_secret: bool = False) -> T:
    try:
        return read(given.value)
    except ValueError as error:
        value = "" if is_secret else f" {str(given.value)!r}:"
        raise SettingError(f"{given.label}:{value} {error}") from error


# --- sources -------------------------------------------------------------------------------------


def from_environment(environ: Mapping[str, str]) -> Source:
    """Return the settings in the environment; an empty variable counts as not set."""
    return {name: Given(key, environ[key]) for key, name in VARIABLES.items() if environ.get(key)}


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the FEEDSVC_* variables that are no settings: a warning and no error, for orchestrators inject such."""
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in VARIABLES)


def from_command_line(values: Mapping[str, object]) -> Source:
    """Return the options of the command line; None means not given."""
    return {name: Given(f"--{name.replace('_', '-')}", value) for name, value in values.items() if value is not None}


def from_toml(text: str, where: Path) -> Source:
    """Read a settings file; paths in it are relative to its folder.

    Raise SettingError for bad TOML and for an unknown name, with the one that may be meant or all that are known.
    """
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number too long, brackets too deep
        number = re.search(r"Invalid value \(at line (\d+)", str(error))
        is_bare = number and _is_bare_text(text.split("\n")[int(number[1]) - 1])
        remedy = "; text needs quotes" if is_bare else ""
        raise SettingError(f"{where}: {error}{remedy}") from error
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
    value = _read(option.read, given, is_secret=option.is_secret)
    return _read(_expand, replace(given, value=value)) if isinstance(value, Path) else value


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


# --- files ---------------------------------------------------------------------------------------


def find_named_posts(file: Path) -> tuple[Path, Path | None] | None:
    """Return the folder with an absolute path that holds a file and is set as `posts`, and the settings file above it.

    The environment and the settings file of the working directory come first: these need not be named. None if no
    such folder is set.
    """
    for folder in (None, *file.parents):
        with suppress(SettingError):  # in a file that is of no use here; where it is used, it is read again
            named, settings_file = _posts_set_in(folder)
            posts = named and Path(os.path.normpath((folder or Path.cwd()) / named))
            if posts and file.is_relative_to(posts):
                return posts, settings_file
    return None


def _posts_set_in(folder: Path | None) -> tuple[Path | None, Path | None]:
    """Return the setting `posts` of the settings file in a folder and that file; None for no folder: the usual ones."""
    given = {} if folder else from_environment(os.environ)
    usual = merge(given).posts
    found = _read_first(*([folder / FILE_NAME] if folder else _places_around(usual)))
    if found is None:
        return None if folder else usual, None
    return merge(given, from_toml(*found)).posts, found[1]


def _usual_sources(given: Mapping[str, object], settings_file: Path | None = None) -> list[Source]:
    sources = [from_command_line(given), from_environment(os.environ)]
    posts = merge(*sources).posts
    found = _read_first(*([settings_file] if settings_file else _places_around(posts)))
    return [*sources, from_toml(*found)] if found else sources


def load_settings(given: Mapping[str, object], settings_file: Path | None = None) -> Settings:
    """Return the settings from all sources; `given` are the options of the command line.

    `settings_file` is read instead of the one around the posts. Raise SettingError for one that cannot be used.
    """
    for name in unknown_variables(os.environ):
        log.warning("%s: unknown setting: ignored", name)
    sources = _usual_sources(given, settings_file)
    partial = merge(*sources)
    found = recognize(partial.posts, partial.generator)
    for hint in found.configuration.hints:
        log.warning("%s", hint)
    settings = refuse_conflicts(merge(*sources, from_site(found, partial.site_url)))
    if settings.index and settings.index.resolve().is_relative_to(settings.posts.resolve()):
        raise SettingError(
            f"index: {str(settings.index)!r}: in the posts folder, which is only read: name another file"
        )
    return replace(
        settings,
        title=site_title(settings),
        base_url_from="" if partial.base_url or not settings.base_url else found.where.name,
        configured=_last_modified(settings, found.files),
    )


def _last_modified(settings: Settings, files: Iterable[Path]) -> int:
    """Return when the files that settings come from were last modified, in nanoseconds since 1970."""
    times = [0]
    for path in (*files, *_places_around(settings.posts), *([settings.rules] if settings.rules else [])):
        with suppress(OSError):
            times.append(path.stat().st_mtime_ns)
    return max(times)


def _places_around(posts: Path) -> tuple[Path, ...]:
    return posts / FILE_NAME, posts.absolute().parent / FILE_NAME


def _read_first(*paths: Path) -> tuple[str, Path] | None:
    """Return the text and the path of the first file that exists."""
    for path in paths:
        try:
            return path.read_text(encoding="utf-8-sig"), path
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            if isinstance(error, PermissionError) and not os.access(path.parent, os.X_OK, effective_ids=True):
                raise SettingError(f"{path.parent}: no permission to look into this folder") from error
            raise SettingError(f"{path}: cannot be read: {error}") from error
    return None


# --- where the index is --------------------------------------------------------------------------


def index_path(settings: Settings) -> Path:
    """Return the file of the index: the one that is set, else one in the first cache directory that can be written to.

    Raise SettingError if there is no such directory.
    """
    return settings.index or _default_index(settings.posts, reading_fingerprint(settings))


def _default_index(posts: Path, fingerprint: str) -> Path:
    """Return a file named after the posts folder, in the first cache directory that can be written to.

    The fingerprint is part of the name: a command with other settings must not empty the index of a running service.
    """
    real = posts.resolve()
    name = f"{real.name}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:12]}-{fingerprint}.sqlite"
    for directory in _cache_directories():
        if _is_ours_and_has_room(directory):
            return directory / name
    raise SettingError("index: no cache directory can be written to: set FEEDSVC_INDEX to a file in a folder that can")


def _is_ours_and_has_room(directory: Path) -> bool:
    """True if an index can be in a directory; in another user's, that user could replace the file."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory) as trial:
            trial.write(bytes(ROOM))
        return directory.stat().st_uid in {0, os.getuid()}
    except OSError:
        return False


def _cache_directories() -> list[Path]:
    """Return the XDG cache and runtime directories, as far as they are set, and private ones for temporary files."""
    home = os.path.expanduser("~/.cache")  # noqa: PTH111 - no error for a user without an entry in the system's list
    named = (os.environ.get("XDG_CACHE_HOME", ""), home, os.environ.get("XDG_RUNTIME_DIR", ""))
    absolute = [path for path in map(Path, named) if path.is_absolute()]  # XDG: ignore relative ones
    private = [path / f"feedsvc-{os.getuid()}" for path in temporary_folders()]
    return [*(path / "feedsvc" for path in absolute), *private]
