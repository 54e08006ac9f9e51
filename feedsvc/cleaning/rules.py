"""Rules as data: what `rules.toml` and an operator's file say, checked, joined and made quick to ask.

Reads the packaged file and the package's own source, once; whatever an operator can get wrong is a SettingError.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from bs4 import BeautifulSoup
from soupsieve import SelectorSyntaxError

from feedsvc.errors import SettingError

Tables = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of one site: CSS selectors, hosts of iframes that stay, blocks that go, where its picture is.

    `content` selects what the article is; `image` is an address with parameters of the original's query in braces.
    """

    host: str = ""
    remove: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    unwrap: tuple[str, ...] = ()
    iframes: frozenset[str] = frozenset()
    text: re.Pattern[str] | None = None
    image: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that says what is junk, in the words of `rules.toml`.

    `fingerprint` changes whenever any of it, or the code that uses it, does.
    """

    names: frozenset[str]
    prefixes: tuple[str, ...]
    roles: frozenset[str]
    tags: frozenset[str]
    head: re.Pattern[str]
    tail: re.Pattern[str]
    labels: re.Pattern[str]
    anywhere: re.Pattern[str]
    lazy: tuple[str, ...]
    lazy_sets: tuple[str, ...]
    placeholders: re.Pattern[str]
    pixels: re.Pattern[str]
    tracking: frozenset[str]
    tracking_prefixes: tuple[str, ...]
    redirectors: Mapping[str, tuple[str, ...]]
    share: re.Pattern[str]
    promotions: re.Pattern[str]
    hosts: frozenset[str]
    buttons: re.Pattern[str]
    sites: Mapping[str, Site]
    fingerprint: str

    def site_of(self, host: str) -> Site:
        """Give the rules of a host: those of the longest name that is the host or a domain above it."""
        labels = host.lower().split(".")
        names = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.sites[name] for name in names if name in self.sites), _NO_SITE)


_NO_SITE = Site()


def load_rules(text: str, where: str) -> Rules:
    """Add the rules of an operator's file to the packaged ones.

    `where` names the file in messages. Raises SettingError("where: what: why") for what cannot be read or is unknown.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{where}: not TOML: {error}") from error
    return _build([("rules.toml", _packaged()), (where, given)], text)


@cache
def packaged_rules() -> Rules:
    """Give the rules that come with feedsvc."""
    return _build([("rules.toml", _packaged())], "")


def _packaged() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("rules.toml").read_text("utf-8"))


def _fingerprint(text: str) -> str:
    digest = sha256(text.encode())
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith((".py", ".toml")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


# --- checking ------------------------------------------------------------------------------------


def _build(sources: list[tuple[str, dict[str, Any]]], text: str) -> Rules:
    values: dict[str, list[str]] = {key: [] for keys in _LISTS.values() for key in keys}
    sites: dict[str, Site] = {}
    for where, given in sources:
        _check_keys(given, (*_LISTS, "site"), where)
        for table, lists in _LISTS.items():
            part = _check_keys(given.get(table, {}), lists, f"{where}: [{table}]")
            for key, entries in part.items():
                values[key] += _strings(entries, f"{where}: [{table}] {key}")
        sites |= _sites(given.get("site", []), where)
        _compile_all(values, where)
    return Rules(**_compile_all(values, sources[-1][0]), sites=sites, fingerprint=_fingerprint(text))


def _check_keys(given: Any, known: Iterable[str], where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SettingError(f"{where}: {given!r}: must be a table")
    for key in given:
        if key not in known:
            raise SettingError(f"{where}: unknown key {key!r}: known are {', '.join(known)}")
    return given


def _strings(value: Any, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise SettingError(f"{where}: {value!r}: must be a list of strings")
    return value


def _compile_all(values: dict[str, list[str]], where: str) -> dict[str, Any]:
    converters = {key: converter for table in _LISTS.values() for key, converter in table.items()}
    compiled = {}
    for key, entries in values.items():
        try:
            compiled[key] = converters[key](entries)
        except (re.error, ValueError) as error:
            raise SettingError(f"{where}: {key}: {error}") from error
    return compiled


def _whole(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})\Z", re.IGNORECASE)


def _within(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _redirectors(entries: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        address, _, parameter = entry.partition(" ")
        if not parameter:
            raise ValueError(f"{entry!r} is not 'host/path parameter'")
        found[address] = (*found.get(address, ()), parameter)
    return found


_LISTS: dict[str, dict[str, Callable[[list[str]], Any]]] = {
    "remove": {"names": frozenset, "prefixes": tuple, "roles": frozenset, "tags": frozenset},
    "phrases": {"head": _whole, "tail": _whole, "labels": _whole, "anywhere": _whole},
    "images": {"lazy": tuple, "lazy_sets": tuple, "placeholders": _within, "pixels": _within},
    "links": {
        "tracking": frozenset,
        "tracking_prefixes": tuple,
        "redirectors": _redirectors,
        "share": _within,
        "promotions": _within,
    },
    "embeds": {"hosts": frozenset, "buttons": _within},
}


# --- sites ---------------------------------------------------------------------------------------


def _sites(tables: Any, where: str) -> dict[str, Site]:
    if not isinstance(tables, list):
        raise SettingError(f"{where}: site: must be written [[site]]")
    sites = (_site(table, where) for table in tables)
    return {site.host: site for site in sites}


def _site(table: Any, where: str) -> Site:
    known = tuple(field.name for field in fields(Site))
    host = table.get("host") if isinstance(table, dict) else None
    if not isinstance(host, str) or not host:
        raise SettingError(f"{where}: [[site]]: needs a host; known keys are {', '.join(known)}")
    place = f"{where}: {host}"
    _check_keys(table, known, place)
    image = table.get("image", "")
    if not isinstance(image, str):
        raise SettingError(f"{place}: image: {image!r}: must be a string")
    lists = {key: _strings(table.get(key, []), f"{place}: {key}") for key in known[1:-1]}
    for key in ("remove", "content", "unwrap"):
        _check_selectors(lists[key], f"{place}: {key}")
    return Site(
        host=host,
        remove=tuple(lists["remove"]),
        content=tuple(lists["content"]),
        unwrap=tuple(lists["unwrap"]),
        iframes=frozenset(lists["iframes"]),
        text=_site_text(lists["text"], place),
        image=image,
    )


def _site_text(patterns: list[str], place: str) -> re.Pattern[str] | None:
    try:
        return _whole(patterns) if patterns else None
    except re.error as error:
        raise SettingError(f"{place}: text: {error}") from error


def _check_selectors(selectors: list[str], where: str) -> None:
    for selector in selectors:
        try:
            BeautifulSoup("", "lxml").css.compile(selector)
        except SelectorSyntaxError as error:
            raise SettingError(f"{where}: bad selector {selector!r}: {str(error).splitlines()[0]}") from error
