"""The composition root: settings, index, cleaner and publisher put together into a Flask application."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from flask import Flask

from feedsvc.bodies import Cleaner
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
from feedsvc.frontdoor import FrontDoor
from feedsvc.index import Index
from feedsvc.jekyll import AUTHORS_NAME, CONFIG_NAME, POSTS
from feedsvc.ops import COUNTS, checks
from feedsvc.publish import Publisher
from feedsvc.scan import Clean
from feedsvc.settings import Settings
from feedsvc.traffic import Counts, Traffic
from feedsvc.watch import keep_fresh_in_thread
from feedsvc.web import EXTENSION, views

log = logging.getLogger(__name__)

ROOM = 2**20  # bytes that must fit where an index is to be
MEMORY = Path("/dev/shm")  # noqa: S108 - the last resort: a file system in memory, where there is one


def create_app(
    settings: Settings | None = None, *, is_kept_fresh: bool = False, patience: float = 0, counts: Path | None = None
) -> Flask:
    """Make the WSGI application; without settings, from the environment and `feedsvc.toml`.

    It keeps the index fresh itself, from its first request on, unless told that another process does. It looks at the
    index at most every `patience` seconds; two processes may disagree for that long. `counts` is a folder in which
    processes that serve together count; without one, each speaks of itself in `/metrics`.
    """
    settings = settings or load_settings({})
    index = open_index(settings)
    tally = Counts(counts)
    cleaner = make_cleaner(settings)
    publisher = Publisher(settings, index, cleaner, lambda: datetime.now(UTC), on_build=tally.add_build)
    app = Flask("feedsvc", static_folder=None)
    app.extensions[EXTENSION] = publisher
    app.extensions[COUNTS] = tally
    app.url_map.merge_slashes = False
    app.register_blueprint(views)
    app.register_blueprint(checks)
    before_each = (lambda: None) if is_kept_fresh else _starter(settings, index, cleaner.prepare)
    app.wsgi_app = FrontDoor(  # type: ignore[method-assign]
        app.wsgi_app, publisher, before_each, patience, traffic=Traffic(settings, tally)
    )
    return app


def load_settings(given: Mapping[str, object]) -> Settings:
    """Gather the settings: from the command line, the environment, `feedsvc.toml`, a Jekyll site's `_config.yml`.

    Raises SettingError for one that cannot be used.
    """
    for name in unknown_variables(os.environ):
        log.warning("%s: no such setting, ignored", name)
    sources = [from_command_line(given), from_environment(os.environ)]
    posts = merge(*sources).posts
    return refuse_conflicts(merge(*sources, *_sources_around(posts)))


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
    return Index(path, fingerprint, shown, latest_path_first=settings.jekyll is not None)  # as Jekyll orders them


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
    private = Path(tempfile.gettempdir()), MEMORY
    return [*(path / "feedsvc" for path in absolute), *(path / f"feedsvc-{os.getuid()}" for path in private)]


def _starter(settings: Settings, index: Index, clean: Clean) -> Callable[[], None]:
    """Start the watch with the first request of each process: threads do not survive a preloaded application's fork."""
    started: set[int] = set()

    def start() -> None:
        if os.getpid() not in started:
            started.add(os.getpid())
            keep_fresh_in_thread(settings, index, Event(), clean)

    return start
