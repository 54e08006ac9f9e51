"""Settings from the environment, the working directory and the files around the posts; where the index lies.

The only module that reads environment variables, the working directory and the home directory.
"""

import hashlib
import logging
import os
import tempfile
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from feedsvc.errors import SettingError
from feedsvc.recognition import recognize
from feedsvc.run_folder import temporary_folders
from feedsvc.setting_sources import (
    Given,
    Source,
    from_command_line,
    from_environment,
    from_site,
    from_toml,
    merge,
    read_given,
    refuse_conflicts,
    unknown_variables,
)
from feedsvc.setting_values import whole
from feedsvc.settings import Listening, Settings, reading_fingerprint, site_title

log = logging.getLogger(__name__)

FILE_NAME = "feedsvc.toml"
WORKERS = "WEB_CONCURRENCY"
TRIAL_BYTES = 2**20  # written to find out whether a directory has room


def read_listening(environ: Mapping[str, str], host: str | None, port: str | None, workers: str | None) -> Listening:
    """Read host, port and workers from the command line, else from $PORT and $WEB_CONCURRENCY, which platforms set."""
    return Listening(
        host or ("0.0.0.0" if environ.get("PORT") else "127.0.0.1"),  # noqa: S104 - a platform that sets $PORT connects from outside
        _first(whole(1, 65_535), Given("--port", port), Given("PORT", environ.get("PORT")), default=8000),
        _first(whole(1, 64), Given("--workers", workers), Given(WORKERS, environ.get(WORKERS)), default=2),
    )


def _first(read: Callable[[object], int], *candidates: Given, default: int) -> int:
    return next((read_given(read, given) for given in candidates if given.value), default)


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
    if settings.rules and not settings.rules.is_file():
        raise SettingError(f"{ChainMap(*sources)['rules'].label}: {str(settings.rules)!r}: no such file")
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
            trial.write(bytes(TRIAL_BYTES))
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
