"""The files of a Hugo site's configuration → one mapping with all keys in lower case. Pure.

They are one file, or a folder for each environment with a file for each key; see
https://gohugo.io/configuration/introduction/#configuration-directory.
"""

from collections.abc import Mapping
from typing import Any

from feedsvc.posts.generators.interface import SiteFiles
from feedsvc.posts.generators.values import SUFFIXES, find_config, load_config, lower_keys

OLD = "config"  # the name of the file before Hugo 0.110
DEFAULT_FOLDER = "config/_default/"

_FOLDERS = (DEFAULT_FOLDER, "config/production/")  # the later ones win, as `hugo build` has it
_MENUS = {"menu", "menus"}


def load(files: SiteFiles) -> dict[str, Any]:
    """Return all keys of the one file and of the folders. Raise PostError or ValueError for a file with bad syntax."""
    name = find_config(files, "hugo", OLD)
    config = _read(files, name) if name else {}
    for folder in _FOLDERS:
        for name in sorted(files.names_in(folder), key=lambda name: not name.startswith(("hugo.", f"{OLD}."))):
            if name.endswith(SUFFIXES):
                config = merge(config, _nest(name.rpartition(".")[0].lower(), _read(files, folder + name)))
    return config


def _read(files: SiteFiles, name: str) -> dict[str, Any]:
    return dict(lower_keys(load_config(name, files.read(name))))


def _nest(stem: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a file under the key that it is named after: `params`, or of a language `params.fr`."""
    if stem in {"hugo", OLD}:
        return values
    key, _, language = stem.partition(".")
    if not language:
        return {key: values}
    return {"languages": {language: {key: values} if key in {"params", *_MENUS} else values}}


def merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return both mappings as one; of two values for a key the new one counts, of two mappings all keys of both."""
    merged = dict(old)
    for key, value in new.items():
        known = merged.get(key)
        merged[key] = merge(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged
