"""Front matter that a Hugo site's configuration and the pages of its sections hand down to posts. Pure.

The rules are those of https://gohugo.io/configuration/cascade/.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from feedsvc.errors import PostError
from feedsvc.posts.front_matter import split
from feedsvc.posts.generators.hugo_files import merge
from feedsvc.posts.generators.interface import SiteFiles
from feedsvc.posts.generators.plain import GENERATED
from feedsvc.posts.generators.values import lower_keys, text_of, to_items, to_mapping, to_pattern
from feedsvc.posts.metadata import Front

_TARGETS = {"target", "_target"}
_ENVIRONMENTS = {"", "production", "*", "**"}  # of a site that is published


@dataclass(frozen=True, slots=True)
class Cascade:
    """Values for the posts in and below a folder of content, "" for all.

    `pattern` is a regular expression for their paths, and `language` their language; "" for any. `problem` says why the
    values cannot be read.
    """

    folder: str
    values: Mapping[str, Any]
    pattern: str = ""
    language: str = ""
    problem: str = ""


def cascades_of(value: object, folder: str = "") -> Iterator[Cascade]:
    """Yield what one key `cascade` hands down to the posts in a folder; a list is several."""
    for row in map(to_mapping, to_items(value)):
        lower = {str(key).lower(): item for key, item in row.items()}
        target = to_mapping(lower_keys(next((lower[key] for key in lower if key in _TARGETS), None)))
        if not (_is_for_pages(target) and text_of(target.get("environment")) in _ENVIRONMENTS):
            continue
        values = {key: item for key, item in row.items() if str(key).lower() not in _TARGETS}
        yield Cascade(folder, values, to_pattern(text_of(target.get("path"))), text_of(target.get("lang")).lower())


def _is_for_pages(target: Mapping[str, Any]) -> bool:
    return text_of(target.get("kind")) in {"", "page", "{page}"}


@dataclass(frozen=True, slots=True)
class Section:
    """The page of a section: its path among all content, the language in its file's name, its front matter.

    `problem` says why that cannot be read, if it hands anything down.
    """

    path: str
    language: str
    values: Mapping[str, Any]
    problem: str = ""


def sections_in(files: SiteFiles, folder: str, target: str) -> Iterator[Section]:
    """Yield the pages of sections in a folder of the site, which is at `target` among all content."""
    for found in files.folders_with(folder.rstrip("/"), "_index."):
        section = f"{found}/".removeprefix(folder).rstrip("/")
        for name in files.names_in(found):
            if name.startswith("_index.") and name.endswith(GENERATED):
                values, problem = _read_front(f"{found}/{name}", files.read(f"{found}/{name}"))
                language = name.split(".")[1] if name.count(".") > 1 else ""
                yield Section((target + section).strip("/"), language, values, problem)


def _read_front(path: str, text: str) -> tuple[Mapping[str, Any], str]:
    try:
        return split(text.encode()).values, ""
    except PostError as error:
        return {}, error.found_in(path) if "cascade" in text else ""


def handed_down(page: Section) -> Iterator[Cascade]:
    """Yield what the page of a section hands down."""
    folder = f"{page.path}/".lstrip("/")
    if page.problem:
        yield Cascade(folder, {}, problem=page.problem)
    yield from cascades_of(page.values.get("cascade"), folder)


def add_cascades(front: Front, cascades: Iterable[Cascade], path: str, language: str) -> None:
    """Add to a post's front matter what is handed down to it; its own values win, then those of the nearest folder.

    Raise PostError if that cannot be read: it may say that the post is hidden.
    """
    found = [one for one in cascades if _is_for(one, path, language)]
    if not found:
        return
    if problem := next((one.problem for one in found if one.problem), ""):
        raise PostError(f"{problem}: so no post that it is for is published")
    values: Mapping[str, Any] = {}
    for one in sorted(found, key=lambda one: len(one.folder)):
        values = merge(values, one.values)
    front.source = replace(front.source, values=merge(values, front.source.values))
    front.take(front.source.values)


def _is_for(cascade: Cascade, path: str, language: str) -> bool:
    if not path.startswith(cascade.folder) or cascade.language not in {"", language}:
        return False
    return not cascade.pattern or bool(re.fullmatch(cascade.pattern, f"/{path}".lower()))
