"""What every command starts from: the settings out of all their sources, the index in its place, the cleaner."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from feedsvc.cleaning import load_rules, packaged_rules
from feedsvc.config import (
    FILE_NAME,
    Source,
    from_command_line,
    from_environment,
    from_jekyll,
    from_toml,
    merge,
    reading_fingerprint,
    refuse_conflicts,
    showing_fingerprint,
    unknown_variables,
)
from feedsvc.errors import SettingError
from feedsvc.index.queries import Index
from feedsvc.posts.generators.jekyll import AUTHORS_NAME, CONFIG_NAME, POSTS
from feedsvc.publishing.bodies import Cleaner
from feedsvc.settings import IdScheme, Settings

log = logging.getLogger(__name__)

ROOM = 2**20  # bytes that must fit where an index is to be
MEMORY = Path("/dev/shm")  # noqa: S108 - the last resort: a file system in memory, where there is one


def load_settings(given: Mapping[str, object]) -> Settings:
    """Gather the settings: from the command line, the environment, `feedsvc.toml`, a Jekyll site's `_config.yml`.

    Raises SettingError for one that cannot be used.
    """
    for name in unknown_variables(os.environ):
        log.warning("%s: no such setting, ignored", name)
    sources = [from_command_line(given), from_environment(os.environ)]
    posts = merge(*sources).posts
    settings = refuse_conflicts(merge(*sources, *_sources_around(posts)))
    if settings.index and settings.index.resolve().is_relative_to(settings.posts.resolve()):
        raise SettingError(f"index: {str(settings.index)!r}: in the posts folder, which is only ever read")
    return settings


def _sources_around(posts: Path) -> Iterator[Source]:
    """Read `feedsvc.toml` and a Jekyll site's `_config.yml`, each in the posts folder, else beside it.

    A site's folder may also be further up, if the posts are in its `_posts`.
    """
    folders = [posts.absolute(), *posts.absolute().parents]
    if found := _read_first(posts / FILE_NAME, folders[0].parent / FILE_NAME):
        yield from_toml(*found)
    sites = folders if POSTS in folders[0].parts else folders[:2]
    if found := _read_first(*(folder / CONFIG_NAME for folder in sites)):
        text, path = found
        authors, _ = _read_first(path.parent / AUTHORS_NAME) or ("", None)
        prefix = "".join(f"{part}/" for part in folders[0].relative_to(path.parent).parts)
        if source := from_jekyll(text, authors, prefix, path):
            yield source


def _read_first(*paths: Path) -> tuple[str, Path] | None:
    """Give the text of the first file that is there, and which it is."""
    for path in paths:
        try:
            return path.read_text(encoding="utf-8-sig"), path
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{path}: cannot be read: {error}") from error
    return None


def open_index(settings: Settings) -> Index:
    """Give the index of the posts folder; nothing is opened before it is used."""
    fingerprint = reading_fingerprint(settings)
    shown = f"{showing_fingerprint(settings)} {make_cleaner(settings).fingerprint}"
    path = settings.index or _default_index(settings.posts, fingerprint)
    # Equal dates: jekyll-feed turns `site.posts` round, which has the last path first; feeds made by hand do not.
    return Index(path, fingerprint, shown, latest_path_first=settings.id_scheme is IdScheme.JEKYLL)


def make_cleaner(settings: Settings) -> Cleaner:
    """Give the cleaner the settings ask for. Raises SettingError for a rules file that cannot be used."""
    if settings.rules is None:
        return Cleaner(settings, packaged_rules())
    try:
        text = settings.rules.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(f"rules: {str(settings.rules)!r}: cannot be read: {reason}") from error
    return Cleaner(settings, load_rules(text, str(settings.rules)))


def _default_index(posts: Path, fingerprint: str) -> Path:
    """Name the index after the folder it is made from, in the first directory that can be written to.

    The fingerprint is part of the name: a command with other settings must not empty the index of a running service.
    """
    real = posts.resolve()
    name = f"{real.name}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:12]}-{fingerprint}.sqlite"
    for directory in _cache_directories():
        if _is_ours_and_has_room(directory):
            return directory / name
    raise SettingError("index: no directory can be written to: set FEEDSVC_INDEX to a file in one")


def _is_ours_and_has_room(directory: Path) -> bool:
    """Tell whether an index can be in a directory; in one of another user it might be anything."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory) as trial:
            trial.write(bytes(ROOM))
        return directory.stat().st_uid in {0, os.getuid()}
    except OSError:
        return False


def _cache_directories() -> list[Path]:
    """Give the XDG cache and runtime directories, as far as they are named, and private ones for temporary files."""
    home = os.path.expanduser("~/.cache")  # noqa: PTH111 - stays as it is for a user the system does not know
    named = (os.environ.get("XDG_CACHE_HOME", ""), home, os.environ.get("XDG_RUNTIME_DIR", ""))
    absolute = [path for path in map(Path, named) if path.is_absolute()]  # XDG: others count for nothing
    private = *_temporary_directories(), MEMORY
    return [*(path / "feedsvc" for path in absolute), *(path / f"feedsvc-{os.getuid()}" for path in private)]


def _temporary_directories() -> list[Path]:
    """Return the directory for temporary files; none where no usual place takes one, as on a read-only system."""
    with suppress(FileNotFoundError):
        return [Path(tempfile.gettempdir())]
    return []
