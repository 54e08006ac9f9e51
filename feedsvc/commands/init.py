"""`feedsvc init`: a settings file for the site or the posts of this folder."""

import os
from pathlib import Path

import click

from feedsvc.initial_settings import guess_settings, write_settings


@click.command()
def init() -> None:
    """Write a settings file for the site or the posts of this folder."""
    guesses = guess_settings(Path.cwd(), os.environ)
    path = write_settings(Path.cwd(), guesses)
    for line in (*guesses, f"{path.name}: written; next: feedsvc serve"):
        click.echo(line)
