"""`feedsvc feeds`: the feeds, as a list."""

from datetime import UTC, datetime
from typing import Any

import click

from feedsvc.command_options import GroupedCommand, takes_posts, takes_settings
from feedsvc.commands.scanning import scan_posts
from feedsvc.config import load_settings
from feedsvc.days import format_day
from feedsvc.models import NEVER, Format
from feedsvc.publishing.routing import path_of


@click.command(cls=GroupedCommand)
@takes_posts
@takes_settings
def feeds(**given: Any) -> None:
    """List the feeds: posts, newest day, name, path."""
    settings = load_settings(given)
    for summary in scan_posts(settings, "feeds").scopes(NEVER if settings.future else datetime.now(UTC)):
        name = f"{summary.scope.kind} {summary.scope.name}".strip()
        day = format_day(summary.newest, settings.timezone)
        click.echo(f"{summary.count:>7}  {day}  {name}  {path_of(summary.scope, Format.RSS)}")
