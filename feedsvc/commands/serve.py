"""`feedsvc serve`: the service."""

import os
from typing import Any

import click

from feedsvc.command_options import GroupedCommand, takes_posts, takes_settings
from feedsvc.config import load_settings, read_listening
from feedsvc.limits import refuse_low_limits
from feedsvc.server import serve as run
from feedsvc.supervisor import exit_on_signal


@click.command(cls=GroupedCommand)
@takes_posts
@click.option("--host", help="Host to listen on; by default 127.0.0.1, or 0.0.0.0 if $PORT is set.")
@click.option("--port", metavar="NUMBER", help="Port to listen on; by default $PORT, else 8000.")
@click.option("--workers", metavar="NUMBER", help="Number of worker processes; by default $WEB_CONCURRENCY, else 2.")
@takes_settings
def serve(host: str | None, port: str | None, workers: str | None, **given: Any) -> None:
    """Serve the feeds, and follow changes of the posts."""
    refuse_low_limits()
    with exit_on_signal():
        run(load_settings(given), read_listening(os.environ, host, port, workers))
