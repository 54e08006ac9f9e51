"""`feedsvc build`: everything as files."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from feedsvc.command_options import GroupedCommand, takes_posts, takes_settings
from feedsvc.commands.scanning import scan_posts
from feedsvc.config import load_settings
from feedsvc.console import show_progress
from feedsvc.export import export, open_destination
from feedsvc.models import Level
from feedsvc.publishing.publisher import Publisher
from feedsvc.startup import make_cleaner


@click.command(cls=GroupedCommand)
@click.argument("out")
@click.option(
    "--max-deletes",
    type=click.IntRange(0),
    metavar="NUMBER",
    help="Files to remove at most; of a bucket 256 by default.",
)
@takes_posts
@takes_settings
def build(out: str, max_deletes: int | None, **given: Any) -> None:
    """Write everything as files, to a folder or a bucket.

    OUT is the folder, where files are precompressed too, or the URL of a bucket such as s3://name/folder.
    The exit code is 1 if a post or a URL is missing.
    """
    settings = replace(load_settings(given), static=True, cache_bytes=0)  # each document is made once
    index = scan_posts(settings, "build OUT")
    publisher = Publisher(settings, index, make_cleaner(settings, index), lambda: datetime.now(UTC))
    with open_destination(out, settings.posts) as destination:
        report = export(publisher, destination, show_progress, max_deletes)
    errors = [problem for problem in index.problems() if problem.level is Level.ERROR]
    for line in (*errors, *report.refused):
        click.echo(line)
    click.echo(f"{out}: {report}", err=True)
    sys.exit(1 if errors or report.refused else 0)
