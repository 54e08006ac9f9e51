"""Values of generators' configuration files → text, lists and mappings; a value of the wrong type counts as missing.

Pure. Raise PostError for a file that cannot be parsed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from feedsvc.posts.front_matter import load_json, load_toml, load_yaml
from feedsvc.posts.generators.interface import SiteFiles

SUFFIXES = (".toml", ".yaml", ".yml", ".json")
_GLOB_SIGNS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
MAX_ENTRIES = 1_000  # of a feed at its generator's own URL


def load_config(name: str, text: str) -> Mapping[str, Any]:
    """Return the values of a configuration file by the suffix of its name."""
    if not text.strip():
        return {}
    if name.endswith(".toml"):
        return load_toml(text)
    return to_mapping(load_json(text) if name.endswith(".json") else load_yaml(text))


def find_config(files: SiteFiles, *stems: str, suffixes: tuple[str, ...] = SUFFIXES) -> str:
    """Return the path of the first file with one of the stems and one of the suffixes, "" if there is none."""
    names = (stem + suffix for stem in stems for suffix in suffixes)
    return next(filter(files.has, names), "")


def lower_keys(value: Any) -> Any:
    """Return a value with the keys of all mappings in it in lower case."""
    if isinstance(value, dict):
        return {str(key).lower(): lower_keys(item) for key, item in value.items()}
    return [lower_keys(item) for item in value] if isinstance(value, list) else value


def is_given(value: object) -> bool:
    """Return True for a value that Liquid's `default` filter keeps; in YAML 1.1 `no` and `off` are false."""
    return value not in (None, False, "", [], {}) and str(value).lower() not in {"no", "off"}


def is_true(value: object) -> bool:
    """Return True for a value that means yes in YAML 1.1."""
    return str(value).lower() in {"true", "yes", "on"}


def is_false(value: object) -> bool:
    """Return True for a value that means no in YAML 1.1."""
    return str(value).lower() in {"false", "no", "off"}


def to_mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping, an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def to_items(value: object) -> list[Any]:
    """Return the items of a list; any other value is one item, and None no item."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def text_of(value: object) -> str:
    """Return a text without the blanks around it, "" for any other value."""
    return value.strip() if isinstance(value, str) else ""


def texts_of(value: object) -> tuple[str, ...]:
    """Return the texts in a list, or the one text."""
    return tuple(filter(None, map(text_of, to_items(value))))


def with_email(name: str, email: str) -> str:
    """Return an author as the setting has it: the name, behind it the e-mail address if there is one."""
    return f"{name} <{email}>".strip() if re.fullmatch(r"[^<>@\s]+@[^<>@\s]+", email) else name


def to_folder(path: str) -> str:
    """Return the path of a folder with a slash at its end, "" for the folder that paths begin in."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
    return "".join(f"{part}/" for part in parts)


def to_pattern(glob: str) -> str:
    """Return a glob as a regular expression: `**` for any path, `*` and `?` within a segment, `{a,b}` for either."""
    return "".join(_GLOB_SIGNS.get(part) or re.escape(part) for part in re.split(r"(\*\*/|\*\*|\*|\?|[{},])", glob))


def below(folder: str, globs: Iterable[str]) -> Iterator[str]:
    """Yield regular expressions for what globs name in a folder, and for all that is in folders they name."""
    for glob in globs:
        yield f"{re.escape(folder)}{to_pattern(glob.strip().removeprefix('./').strip('/'))}(?:/.*)?"


def limit_of(value: object) -> int:
    """Return a number of entries; with any other value, and without limit, the most that there can be."""
    text = str(value).strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0  # noqa: PLR2004 - digits
    return min(number or MAX_ENTRIES, MAX_ENTRIES)


def settings_of(**found: str) -> dict[str, object]:
    """Return the settings that have a value."""
    return {name: " ".join(value.split()) for name, value in found.items() if value}


def theme_folders(themes: object, folder: str) -> tuple[str, ...]:
    """Return the folder of files that each of a site's themes brings, by the names of the themes."""
    names = (text_of(name).strip("/") for name in to_items(themes))
    return tuple(f"themes/{name}/{folder}/" for name in names if name and ".." not in name)
