"""The settings file that `feedsvc init` writes: values guessed from the folder, with their reasons, and suggestions."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from feedsvc.config import FILE_NAME
from feedsvc.errors import PostError, SettingError
from feedsvc.files import Folder
from feedsvc.language_detection import guess_language
from feedsvc.posts.generators.table import describe_site, is_plain
from feedsvc.posts_folder import USUAL_FOLDERS, find_posts, paths_in
from feedsvc.recognition import Recognition, recognize
from feedsvc.setting_values import read_zone
from feedsvc.settings import OPTIONS
from feedsvc.sites import GeneratorName, Site
from feedsvc.text import clean_name, format_count, to_language

SAMPLE = 50  # posts whose text the language is guessed from
_SAMPLE_BYTES = 100_000
_LANGUAGE = "en"  # an example, where none is known
_LINKS = ": feeds lead there; to try them here: feedsvc serve --base-url http://127.0.0.1:8000"
_LOCALTIME = Path("/etc/localtime")
# What people set first, with an example of a value, as in TOML.
_SUGGESTED = {
    "description": '"What I saw on the way"',
    "author": '"Ada"',
    "base_url": '"https://feeds.example.org"',
    "site_url": '"https://example.org"',
    "limit": "20",
    "exclude_tags": '["private", "draft"]',
}


@dataclass(frozen=True, slots=True)
class Guess:
    """A value for a setting, "" if none is known, and the reason; `is_set` if it holds without the settings file."""

    setting: str
    value: str
    reason: str
    is_set: bool = False

    def __str__(self) -> str:
        """Return it as a line for people."""
        return f"{self.setting}: {self.value} ({self.reason})" if self.value else f"{self.setting}: {self.reason}"


def guess_settings(folder: Path, environ: Mapping[str, str]) -> list[Guess]:
    """Return guesses for the posts in or below a folder. Raise SettingError if there are no posts."""
    posts = find_posts(folder)
    found = recognize(posts, GeneratorName.AUTO)
    site = found.configuration.site
    name = posts.relative_to(folder).as_posix()
    guesses = [
        Guess("posts", name, _describe_site(site, posts)),
        _find_set(found, "title") or _guess_title(folder),
        _find_set(found, "timezone") or _guess_zone(environ),
        _find_set(found, "language") or _guess_language(posts, environ),
        _find_set(found, "base_url", _LINKS),
    ]
    return [one for one in guesses if one]


def write_settings(folder: Path, guesses: list[Guess]) -> Path:
    """Write the settings file into a folder, and return its path. Raise SettingError if there is one already."""
    path = folder / FILE_NAME
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(to_toml(guesses))
    except FileExistsError:
        raise SettingError(f"{path}: exists already: nothing was written") from None
    except OSError as error:
        raise SettingError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def to_toml(guesses: list[Guess]) -> str:
    """Return the text of a settings file: the guesses with their reasons, then suggestions as comments."""
    lines = ["# Settings of feedsvc. `feedsvc serve --help` lists all of them; remove the # before one to set it.", ""]
    for one in guesses:
        mark = "# " if one.is_set or not one.value else ""
        value = json.dumps(one.value or _LANGUAGE, ensure_ascii=False)
        lines += [f"# {OPTIONS[one.setting].help} ({one.reason})", f"{mark}{one.setting} = {value}", ""]
    known = {one.setting for one in guesses}
    for name, value in _SUGGESTED.items():
        lines += [] if name in known else [f"# {OPTIONS[name].help}", f"# {name} = {value}"]
    return "\n".join([*lines, ""])


def _describe_site(site: Site, posts: Path) -> str:
    count = sum(1 for _ in paths_in(posts))
    kind = "a folder of no generator that is known" if is_plain(site) else describe_site(site)
    return f"{kind}, {format_count(count, 'file')} that may be posts"


# --- title, time zone and language ----------------------------------------------------------------------


def _find_set(found: Recognition, setting: str, effect: str = "") -> Guess | None:
    """Return what the site's configuration says of a setting."""
    value = found.configuration.settings.get(setting)
    return Guess(setting, str(value), f"of the site's configuration{effect}", is_set=True) if value else None


def _guess_title(folder: Path) -> Guess:
    named_so = folder.parent if folder.name in USUAL_FOLDERS else folder
    return Guess("title", clean_name(named_so.name), "the folder's name")


def _guess_zone(environ: Mapping[str, str]) -> Guess:
    if (name := environ.get("TZ", "").lstrip(":")) and _is_zone(name):
        return Guess("timezone", name, "that of the environment variable TZ")
    name = os.path.realpath(_LOCALTIME).partition("/zoneinfo/")[2].removeprefix("Etc/")
    return Guess("timezone", name if name and _is_zone(name) else "UTC", "that of this machine")


def _is_zone(name: str) -> bool:
    try:
        return bool(read_zone(name))
    except ValueError:
        return False


def _guess_language(posts: Path, environ: Mapping[str, str]) -> Guess:
    if tag := guess_language(_sample(posts)):
        return Guess("language", tag, "by the letters of the posts")
    tag = to_language(environ.get("LANG", "").partition(".")[0])
    return Guess("language", tag, "that of the environment variable LANG" if tag else "not known: set it")


def _sample(posts: Path) -> str:
    """Return the text of some posts, as it is in their files."""
    with Folder(posts) as folder:
        return "\n".join(filter(None, (_read(folder, path) for path in islice(paths_in(posts), SAMPLE))))


def _read(folder: Folder, path: str) -> str:
    try:
        return folder.read(path, _SAMPLE_BYTES).decode(errors="ignore")
    except (OSError, PostError):
        return ""
