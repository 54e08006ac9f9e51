"""Rules as data: what `rules.toml` and an operator's file say, checked, joined and made quick to ask.

Reads the packaged file and the package's own source, once; whatever an operator can get wrong is a SettingError.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import soupsieve

from feedsvc.errors import SettingError
from feedsvc.urls import to_host_name


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of one site: CSS selectors, hosts of iframes that stay, blocks that go, where its picture is.

    `content` selects what the article is; `image` is an address with parameters of the original's query in braces.
    """

    host: str = ""
    image: str = ""
    remove: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    unwrap: tuple[str, ...] = ()
    iframes: frozenset[str] = frozenset()
    text: re.Pattern[str] | None = None


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
    end: re.Pattern[str]
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

    @property
    def frame_hosts(self) -> tuple[str, ...]:
        """Return all hosts whose frames stay somewhere, sorted."""
        return tuple(sorted(self.hosts.union(*(site.iframes for site in self.sites.values()))))

    def site_of(self, host: str) -> Site:
        """Give the rules of a host: those of the longest name that is the host or a domain above it."""
        labels = host.lower().split(".")
        names = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.sites[name] for name in names if name in self.sites), _NO_SITE)


_NO_SITE = Site()


@cache
def packaged_rules() -> Rules:
    """Give the rules that come with feedsvc."""
    return load_rules("", "rules.toml")


def load_rules(text: str, where: str) -> Rules:
    """Add the rules of an operator's file to the packaged ones.

    `where` names the file in messages. Raises SettingError("where: what: why") for what cannot be read or is unknown.
    """
    packaged = tomllib.loads(files(__package__).joinpath("rules.toml").read_text("utf-8"))
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{where}: not TOML: {error}") from error
    _check_keys(given, (*_TABLES, "site"), where)
    rules: dict[str, Any] = {}
    for table, converters in _TABLES.items():
        rules |= _read(given.get(table, {}), converters, f"{where}: [{table}]", packaged[table])
    sites = _sites(packaged["site"], "rules.toml") | _sites(given.get("site", []), where)
    return Rules(**rules, sites=sites, fingerprint=_fingerprint(text))


def _fingerprint(text: str) -> str:
    digest = sha256(text.encode())
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith((".py", ".toml")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _sites(tables: Any, where: str) -> dict[str, Site]:
    if not isinstance(tables, list):
        raise SettingError(f"{where}: site: must be written [[site]]")
    sites = (_site(table, where) for table in tables)
    return {site.host: site for site in sites}


def _site(table: Any, where: str) -> Site:
    known = ("host", "image", *_SITE)
    host = table.get("host") if isinstance(table, dict) else None
    if not isinstance(host, str) or not host:
        raise SettingError(f"{where}: [[site]]: needs a host; known keys are {', '.join(known)}")
    place = f"{where}: {host}"
    _check_keys(table, known, place)
    image = table.get("image", "")
    if not isinstance(image, str):
        raise SettingError(f"{place}: image: {image!r}: must be a string")
    lists = {key: entries for key, entries in table.items() if key in _SITE}
    return Site(to_host_name(host), image, **_read(lists, _SITE, place, {}))


# --- checking ------------------------------------------------------------------------------------

Converters = Mapping[str, Callable[[list[str]], Any]]


def _check_keys(given: Any, known: Iterable[str], where: str) -> None:
    if not isinstance(given, dict):
        raise SettingError(f"{where}: {given!r}: must be a table")
    for key in given:
        if key not in known:
            raise SettingError(f"{where}: unknown key {key!r}: known are {', '.join(known)}")


def _read(given: Any, converters: Converters, where: str, packaged: Mapping[str, list[str]]) -> dict[str, Any]:
    """Check the lists of a table, add them to the packaged ones, and make of each what is quick to ask."""
    _check_keys(given, converters, where)
    made = {}
    for key, convert in converters.items():
        entries = given.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise SettingError(f"{where}: {key}: {entries!r}: must be a list of strings")
        try:
            made[key] = convert(packaged.get(key, []) + entries)
        except (re.error, ValueError) as error:
            raise SettingError(f"{where}: {key}: {error}") from error
    return made


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


def _hosts(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(to_host_name, names))


def _selectors(selectors: list[str]) -> tuple[str, ...]:
    for selector in selectors:
        try:
            soupsieve.compile(selector)
        except soupsieve.SelectorSyntaxError as error:
            raise ValueError(f"bad selector {selector!r}: {str(error).splitlines()[0]}") from error
    return tuple(selectors)


_TABLES: Mapping[str, Converters] = {
    "remove": {"names": frozenset, "prefixes": tuple, "roles": frozenset, "tags": frozenset},
    "phrases": {"head": _whole, "tail": _whole, "end": _whole, "labels": _whole, "anywhere": _whole},
    "images": {"lazy": tuple, "lazy_sets": tuple, "placeholders": _within, "pixels": _within},
    "links": {
        "tracking": frozenset,
        "tracking_prefixes": tuple,
        "redirectors": _redirectors,
        "share": _within,
        "promotions": _within,
    },
    "embeds": {"hosts": _hosts, "buttons": _within},
}
_SITE: Converters = {
    "remove": _selectors,
    "content": _selectors,
    "unwrap": _selectors,
    "iframes": _hosts,
    "text": lambda patterns: _whole(patterns) if patterns else None,
}
