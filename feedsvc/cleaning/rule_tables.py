"""Files with rules → Rules: checked, joined and compiled. Reads no file.

Whatever an operator can get wrong raises SettingError.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import soupsieve

from feedsvc.cleaning.rules import Rules, SiteRules
from feedsvc.errors import SettingError
from feedsvc.rule_files import RuleFiles
from feedsvc.urls import to_host_name

Converters = Mapping[str, Callable[[list[str]], Any]]


def make_rules(files: RuleFiles) -> Rules:
    """Return the packaged rules with those of an operator's file added.

    Raise SettingError("where: what: why") for what cannot be used or is unknown.
    """
    defaults, given, where = files.packaged, files.given, files.where
    _check_keys(given, (*_TABLES, "shortcodes", "site"), where)
    sites = _read_sites(defaults["site"], "rules.toml", _PACKAGED_SITE)
    sites |= _read_sites(given.get("site", []), where, _SITE)
    shortcodes = _read(given.get("shortcodes", {}), _SHORTCODES, f"{where}: [shortcodes]", {})
    common: dict[str, Any] = {"sites": sites, "shortcodes": shortcodes}
    own = Rules(**_read_tables(given, where, _for_own(defaults)), **common, scraped=False)
    return Rules(**_read_tables(given, where, _for_scraped(defaults)), **common, scraped=True, other=own)


def _for_scraped(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the packaged tables for posts taken from other sites: the widgets are removed with all else."""
    widgets, remove = defaults["widgets"], defaults["remove"]
    return {**defaults, "remove": {key: widgets.get(key, []) + entries for key, entries in remove.items()}}


def _for_own(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the packaged tables for all other posts: of names the widgets alone, no phrases, no promotions."""
    links, images = {**defaults["links"], "promotions": []}, {**defaults["images"], "icons": []}
    return {**defaults, "remove": defaults["widgets"], "phrases": {}, "links": links, "images": images}


def _read_tables(given: Mapping[str, Any], where: str, packaged: Mapping[str, Any]) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for table, converters in _TABLES.items():
        rules |= _read(given.get(table, {}), converters, f"{where}: [{table}]", packaged[table])
    return rules


def _read_sites(tables: Any, where: str, converters: Converters) -> dict[str, SiteRules]:
    if not isinstance(tables, list):
        raise SettingError(f"{where}: site: must be written [[site]]")
    sites = (_read_site(table, where, converters) for table in tables)
    return {site.host: site for site in sites}


def _read_site(table: Any, where: str, converters: Converters) -> SiteRules:
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
    return SiteRules(to_host_name(host), image, **_read(lists, converters, place, {}))


# --- checking ------------------------------------------------------------------------------------

_NOTHING = "(?!)"  # a regular expression that matches nothing


def _check_keys(given: Any, known: Iterable[str], where: str) -> None:
    if not isinstance(given, dict):
        raise SettingError(f"{where}: {given!r}: must be a table")
    for key in given:
        if key not in known:
            raise SettingError(f"{where}: unknown key {key!r}: known are {', '.join(known)}")


def _read(given: Any, converters: Converters, where: str, packaged: Mapping[str, list[str]]) -> dict[str, Any]:
    """Check the lists of a table, add them to the packaged ones, and convert each into the form that steps use."""
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


def _compile_whole(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns) or _NOTHING})\Z", re.IGNORECASE)


def _compile_search(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or _NOTHING, re.IGNORECASE)


def _to_redirectors(entries: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        url, _, parameter = entry.partition(" ")
        if not parameter:
            raise ValueError(f"{entry!r} is not 'host/path parameter'")
        found[url] = (*found.get(url, ()), parameter)
    return found


def _to_pages(entries: Iterable[str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return "pattern template" pairs: a URL that a pattern is found in leads to the page of its template."""
    pages = []
    for entry in entries:
        written, _, template = entry.rpartition(" ")
        pattern = re.compile(written, re.IGNORECASE)
        try:
            pattern.sub(template, "")  # a template is read before a match is looked for
        except (re.error, IndexError) as error:
            raise ValueError(f"{entry!r}: {error}") from error
        pages.append((pattern, template))
    return tuple(pages)


def _to_widgets(entries: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return attributes and URL templates by the name of an element, or by a dot and a class."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for entry in entries:
        name, attribute, template = f"{entry}  ".split(" ", 2)
        if "{}" not in template:
            raise ValueError(f"{entry!r} is not 'element attribute URL', with {{}} in the URL")
        found[name] = (*found.get(name, ()), (attribute, template.strip()))
    return found


def _to_players(entries: list[str]) -> tuple[str, ...]:
    for entry in entries:
        _, parameters, template = f"{entry}  ".split(" ", 2)
        if template.count("{}") != parameters.count(",") + 1:
            raise ValueError(f"{entry!r} is not 'name parameters URL', with {{}} in the URL for each parameter")
    return tuple(entries)


def _to_hosts(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(to_host_name, names))


def _check_selectors(selectors: list[str]) -> tuple[str, ...]:
    for selector in selectors:
        try:
            soupsieve.compile(selector)
        except (soupsieve.SelectorSyntaxError, NotImplementedError) as error:  # a pseudo-element
            raise ValueError(f"bad selector {selector!r}: {str(error).splitlines()[0]}") from error
    return tuple(selectors)


_TABLES: Mapping[str, Converters] = {
    "remove": {
        "names": frozenset,
        "prefixes": tuple,
        "roles": frozenset,
        "tags": frozenset,
        "sections": frozenset,
        "section_prefixes": tuple,
        "subjects": frozenset,
        "parts": frozenset,
    },
    "phrases": dict.fromkeys(
        ("head", "tail", "end", "labels", "anywhere", "by", "contents", "tag_labels"), _compile_whole
    ),
    "images": {
        "lazy": tuple,
        "lazy_sets": tuple,
        "placeholders": _compile_search,
        "pixels": _compile_search,
        "icons": _compile_search,
    },
    "links": {
        "tracking": frozenset,
        "tracking_prefixes": tuple,
        "tracking_pairs": tuple,
        "redirectors": _to_redirectors,
        "share": _compile_search,
        "promotions": _compile_search,
        "tag_paths": _compile_search,
        "shops": _compile_search,
    },
    "embeds": {
        "hosts": _to_hosts,
        "buttons": _compile_search,
        "pages": _to_pages,
        "widgets": _to_widgets,
        "cards": frozenset,
    },
    "code": dict.fromkeys(("line_numbers", "code_lines", "code_boxes", "code_labels", "copy_buttons"), frozenset),
    "callouts": dict.fromkeys(("callout_boxes", "callout_titles", "callout_kinds"), frozenset),
}
# What shortcodes show, by kind; `markup.shortcodes.toml` has those that are built in.
_SHORTCODES: Converters = {
    **dict.fromkeys(("figures", "links", "posts", "quotes", "texts", "nothing"), tuple),
    "players": _to_players,
}
_SITE: Converters = {
    "remove": _check_selectors,
    "content": _check_selectors,
    "unwrap": _check_selectors,
    "iframes": _to_hosts,
    "text": lambda patterns: _compile_whole(patterns) if patterns else None,
}
# Parsing a selector takes a hundredth of a second: the packaged ones are parsed when they are used, and by tests.
_PACKAGED_SITE: Converters = {**_SITE, **dict.fromkeys(("remove", "content", "unwrap"), tuple)}
