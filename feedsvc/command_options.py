"""The options of commands: one for each setting that has an effect in the command, in groups."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import click
from click.shell_completion import CompletionItem

from feedsvc.settings import OPTIONS, Settings

# Not a `click.Path`, which would complete files too, and report a folder without permission in its own words.
takes_posts = click.argument(
    "posts", required=False, shell_complete=lambda _, __, begun: [CompletionItem(begun, type="dir")]
)

SERVE, CHECK, BUILD, FEEDS, CLEAN = "serve", "check", "build", "feeds", "clean"


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that `--help` lists together, and the commands in which they have an effect."""

    title: str
    commands: frozenset[str]
    settings: tuple[str, ...]


def _group(title: str, commands: Iterable[str], *settings: str) -> Group:
    return Group(title, frozenset(commands), settings)


_READING = (SERVE, CHECK, BUILD, FEEDS)
_SHOWING = (SERVE, BUILD)

GROUPS = (
    _group("Site", (*_READING, CLEAN), "generator", "site_url", "permalink"),
    _group("Site", _SHOWING, "title", "description", "author", "icon", "logo", "accent"),
    _group("Site", _SHOWING, "miniflux_url"),
    _group("Site", (SERVE, CHECK, BUILD, CLEAN), "base_url"),
    _group("Site", _READING, "language", "timezone"),
    _group("Entries", (SERVE, CHECK, BUILD), "id_scheme"),
    _group("Entries", _SHOWING, "id_namespace", "link_to", "content"),
    _group("Feeds", _SHOWING, "limit", "page_bytes", "max_age"),
    _group("Which posts", _READING, "exclude_tags", "exclude_categories", "future", "drafts"),
    _group("Cleaning", (SERVE, CHECK, BUILD, CLEAN), "scraped", "rules"),
    _group("Cleaning", (*_READING, CLEAN), "max_post_bytes"),
    _group("Cleaning", (SERVE, BUILD, CLEAN), "source_line", "image_proxy"),
    _group("Reading", _READING, "index"),
    _group("Reading", (SERVE,), "settle_ms", "scan_interval"),
    _group("Caches", _SHOWING, "websub_hub"),
    _group("Caches", (SERVE,), "cache_tags", "tell_after"),
    _group("Serving", (SERVE,), "static", "cache_bytes", "trusted_proxies", "log_format", "access_log"),
)
"""Every setting that is an option, in the order of `--help`; groups of one title are listed as one."""


class GroupedCommand(click.Command):
    """A command whose help lists its own options first, then the settings by group.

    The option of a setting without an effect in the command is refused, with what to do instead.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            remedy = _find_remedy(error.option_name)
            if not remedy:
                raise
            raise click.UsageError(f"{error.option_name}: {remedy}", ctx) from error

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections; https://click.palletsprojects.com/documentation/ has no groups of options itself."""
        sections: dict[str, list[tuple[str, str]]] = {"Options": []}
        for parameter in self.get_params(ctx):
            record = None if isinstance(parameter, click.Argument) else parameter.get_help_record(ctx)
            if record:
                title = parameter.title if isinstance(parameter, SettingOption) else "Options"
                sections.setdefault(title, []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


def _find_remedy(option: str) -> str:
    """Return what to do instead of using a setting's option that the command does not have; "" for any other option."""
    name = option.removeprefix("--").removeprefix("no-").replace("-", "_")
    if name not in OPTIONS:
        return ""
    commands = [
        one for one in (*_READING, CLEAN) for group in GROUPS if one in group.commands and name in group.settings
    ]
    if commands:
        return f"no effect here: it is for feedsvc {', '.join(commands)}"
    return f"no option: set FEEDSVC_{name.upper()}, or write it into feedsvc.toml"


class SettingOption(click.Option):
    """The option of a setting; without a default, so that other sources of settings count where it is not given."""

    def __init__(self, declarations: list[str], title: str, **attributes: Any) -> None:
        super().__init__(declarations, default=None, **attributes)
        self.title = title


def takes_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option to a command for every setting that has an effect in it."""
    for group in reversed(GROUPS):
        if command.__name__ in group.commands:
            for name in reversed(group.settings):
                command = _option(name, group.title)(command)
    return command


def _option(name: str, title: str) -> Callable[..., Any]:
    option = OPTIONS[name]
    dashed = name.replace("_", "-")
    meaning = f"{option.help[:1].upper()}{option.help[1:]}."
    if option.is_flag:
        return click.option(f"--{dashed}/--no-{dashed}", cls=SettingOption, title=title, help=meaning)
    default = _DEFAULTS[name]
    shown = f"{meaning}  [default: {default}]" if default not in {None, "", ()} else meaning
    return click.option(
        f"--{dashed}", cls=SettingOption, title=title, metavar=_metavar_of(name), help=shown, **_completion_of(name)
    )


_DEFAULTS: Mapping[str, object] = {one.name: one.default for one in fields(Settings)}
_METAVARS: Mapping[str, str] = {"index": "FILE", "rules": "FILE", "timezone": "ZONE", "language": "TAG"}


def _metavar_of(name: str) -> str:
    """Return what stands for the value: the choices if there are few, else the kind of value."""
    default = _DEFAULTS[name]
    if isinstance(default, StrEnum):
        return f"[{'|'.join(type(default))}]"
    kind = "NUMBER" if isinstance(default, int) else "NAMES" if isinstance(default, tuple) else "TEXT"
    return _METAVARS.get(name, kind)


def _completion_of(name: str) -> dict[str, Any]:
    """Return how a shell completes the value: with the choices, or with files."""
    default = _DEFAULTS[name]
    if isinstance(default, StrEnum):
        return {"shell_complete": lambda _, __, begun: [one for one in type(default) if one.startswith(begun)]}
    return {"type": click.Path()} if _METAVARS.get(name) == "FILE" else {}
