"""The files with the rules of cleaning, `cleaning/rules.toml` and an operator's, parsed as TOML and not yet checked.

A process that only serves clean bodies needs no more. `cleaning.rule_tables` checks the rules and compiles them.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from feedsvc.errors import SettingError
from feedsvc.urls import to_host_name

CLEANING_VERSION = 2
"""Raised when the same body comes out otherwise: every installation then cleans all its bodies again."""

# Read once, when the code beside it is: no function of this module touches the disk.
_PACKAGED = files(__package__).joinpath("cleaning", "rules.toml").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The tables of the packaged rules and of an operator's file; `where` names that file in messages.

    The properties require tables that have been checked.
    """

    packaged: Mapping[str, Any]
    given: Mapping[str, Any]
    where: str
    version: int = CLEANING_VERSION

    @property
    def fingerprint(self) -> str:
        """Return a digest of what shapes a clean body; comments and the order of keys do not count."""
        shaping = self.version, self.packaged, self.given
        return sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def frame_hosts(self) -> tuple[str, ...]:
        """Return all hosts whose frames stay somewhere, sorted."""
        hosts: set[str] = set()
        for rules in (self.packaged, self.given):
            hosts.update(rules.get("embeds", {}).get("hosts", ()))
            hosts.update(*(site.get("iframes", ()) for site in rules.get("site", ())))
        return tuple(sorted(map(to_host_name, hosts)))


@cache
def packaged_rule_files() -> RuleFiles:
    """Return the rules that come with feedsvc."""
    return RuleFiles(tomllib.loads(_PACKAGED), {}, "rules.toml")


def parse_rule_files(text: str, where: str) -> RuleFiles:
    """Return the packaged rules and those in the text of an operator's file. Raise SettingError if it is not TOML."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{where}: not TOML: {error}") from error
    return replace(packaged_rule_files(), given=given, where=where)
