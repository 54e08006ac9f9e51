"""What templates see of a site: its configuration, data, posts, looked up when they are asked for. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from feedsvc.markup.liquid.state import RenderState

DATA = "_data/"
DATA_SUFFIXES = (".yml", ".yaml", ".json", ".csv", ".tsv")
_UNKNOWN = ("pages", "html_pages", "static_files", "html_files", "documents", "collections")
_NAME_SIGNS = re.compile(r"[^\w\s-]+")


def _key_of(name: str) -> str:
    """Return the key of a data file (Jekyll's DataReader#sanitize_filename)."""
    return re.sub(r"\s+", "_", _NAME_SIGNS.sub("", name))


class Data(Mapping[str, Any]):
    """A folder of data files: each is read when it is asked for."""

    def __init__(self, state: RenderState, folder: str = DATA) -> None:
        self._state = state
        self._places: dict[str, str] = {}
        for path in state.inputs.lookup.list_sources(folder):
            name, is_folder, _ = path[len(folder) :].partition("/")
            stem, dot, suffix = name.rpartition(".")
            if is_folder:
                self._places.setdefault(_key_of(name), f"{folder}{name}/")
            elif f"{dot}{suffix}".lower() in DATA_SUFFIXES:
                self._places[_key_of(stem)] = path
        self._known: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        """Return the values of a file, or a folder of files."""
        place = self._places[key]
        if key not in self._known:
            is_folder = place.endswith("/")
            self._known[key] = Data(self._state, place) if is_folder else self._state.inputs.lookup.read_data(place)
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of files and folders."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return the number of files and folders."""
        return len(self._places)


class SiteValues(Mapping[str, Any]):
    """The variable `site`."""

    def __init__(self, state: RenderState) -> None:
        self._state = state
        self._config = state.inputs.site
        self._known: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        """Return a value of the configuration, or what Jekyll adds to it."""
        if key in self._known:
            return self._known[key]
        if key in _UNKNOWN:
            self._state.hints.add(f"site.{key}: not known here, so empty", f"site.{key}")
            return []
        if key not in _ADDED:
            return self._config[key]
        self._known[key] = _ADDED[key](self._state)
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the keys of the configuration."""
        return iter(self._config)

    def __len__(self) -> int:
        """Return the number of keys of the configuration."""
        return len(self._config)


class PageValues(Mapping[str, Any]):
    """The variable `page`; its neighbors are looked up when they are asked for."""

    def __init__(self, state: RenderState) -> None:
        self._state = state
        self._values = state.inputs.page

    def __getitem__(self, key: str) -> Any:
        """Return a value of the front matter, or what Jekyll adds to it."""
        return _find_neighbor(self._state, _STEPS[key]) if key in _STEPS else self._values[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the keys, but for the neighbors."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._values)


_STEPS = {"previous": 1, "next": -1}  # the newest post is the first


def _find_neighbor(state: RenderState, step: int) -> Any:
    posts = state.inputs.lookup.site_posts()
    state.budget.hold(len(posts))
    place = next((place for place, post in enumerate(posts) if post["path"] == state.inputs.path), -1)
    found = place + step
    return posts[found] if place >= 0 and 0 <= found < len(posts) else None


def _grouped(state: RenderState, key: str) -> dict[str, list[Any]]:
    """Return posts by tag or category, newest first."""
    groups: dict[str, list[Any]] = {}
    posts = state.inputs.lookup.site_posts()
    state.budget.hold(len(posts))
    for post in posts:
        for name in post[key]:
            groups.setdefault(name, []).append(post)
    return groups


_ADDED: Mapping[str, Callable[[RenderState], Any]] = {
    "data": Data,
    "posts": lambda state: state.inputs.lookup.site_posts(),
    "time": lambda state: state.inputs.now,
    "tags": lambda state: _grouped(state, "tags"),
    "categories": lambda state: _grouped(state, "categories"),
    "related_posts": lambda state: [
        post for post in state.inputs.lookup.site_posts()[:11] if post["path"] != state.inputs.path
    ][:10],
}
