"""`feedsvc clean`: the clean body of one post."""

from pathlib import Path
from typing import Any

import click

from feedsvc.command_options import GroupedCommand, takes_settings
from feedsvc.console import show_progress
from feedsvc.preview import preview


@click.command(cls=GroupedCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--diff", is_flag=True, help="Print what is removed instead, and by which step or rule.")
@click.option("--raw", is_flag=True, help="Print the body as the file has it instead.")
@takes_settings
def clean(file: Path, *, diff: bool, raw: bool, **given: Any) -> None:
    """Print the clean body of one post, as the feeds of its site have it."""
    found = preview(file, given, show_progress)
    if found.problem:
        click.echo(f"{file}: {found.problem}", err=True)
    if found.fallback:
        click.echo(f"{file}: sanitized only: {found.fallback}", err=True)
    if diff:
        click.echo(click.style(str(found.provenance), bold=True))
        for removal in found.removals:
            click.echo(f"{click.style(removal.rule, bold=True)}: {click.style(removal.html, fg='red')}")
    else:
        click.echo(found.raw if raw else found.html)
