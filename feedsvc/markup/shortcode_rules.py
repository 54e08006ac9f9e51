"""What shortcodes show, as data: `shortcodes.toml` and an operator's lists, made into one rule a name.

Whatever an operator can get wrong raises ValueError.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

KINDS = ("figures", "players", "links", "posts", "quotes", "texts", "nothing")
_URLS = ("src", "image_path", "url", "path", "image", "href")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a shortcode shows: its kind, the parameters of its URL and of its text, and the URLs of players.

    `templates` are pairs of parameters in order and the URL made of them.
    """

    kind: str
    urls: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    templates: tuple[tuple[tuple[str, ...], str], ...] = ()


Rules = Mapping[str, Rule]


def make_rules(*lists: Mapping[str, Iterable[str]]) -> Rules:
    """Return the rules of lists of entries by kind; of two on one name the later wins, but players are added."""
    rules: dict[str, Rule] = {}
    for one in lists:
        for kind, entries in one.items():
            for entry in entries:
                name, rule = _read(kind, entry)
                known = rules.get(name)
                if known and known.kind == rule.kind == "players":
                    rule = Rule(kind, templates=(*rule.templates, *known.templates))
                rules[name] = rule
    return rules


def _read(kind: str, entry: str) -> tuple[str, Rule]:
    name, *rest = entry.split(" ")
    if not name or kind not in KINDS:
        raise ValueError(f"{entry!r}: needs a name")
    if kind == "players":
        if len(rest) != 2 or rest[1].count("{}") != rest[0].count(",") + 1:  # noqa: PLR2004 - parameters and URL
            raise ValueError(f"{entry!r} is not 'name parameters URL', with {{}} in the URL for each parameter")
        return name, Rule(kind, templates=((tuple(rest[0].split(",")), rest[1]),))
    named = [tuple(filter(None, part.split(","))) for part in (*rest, "", "")]
    if kind in {"texts", "nothing"}:
        return name, Rule(kind, texts=named[0])
    return name, Rule(kind, (*named[0], *_URLS), named[1])


@cache
def packaged_lists() -> Mapping[str, tuple[str, ...]]:
    """Return the lists that come with feedsvc."""
    text = files("feedsvc.markup").joinpath("shortcodes.toml").read_text(encoding="utf-8")
    return {kind: tuple(entries) for kind, entries in tomllib.loads(text).items()}


@cache
def packaged_shortcodes() -> Rules:
    """Return the rules that come with feedsvc."""
    return make_rules(packaged_lists())
