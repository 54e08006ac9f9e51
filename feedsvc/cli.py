"""The command line: serve, check, build, feeds, init, clean. Errors are one line on standard error and exit code 1."""

import os
import sys
from importlib import import_module
from typing import Any

import click

from feedsvc import __version__
from feedsvc.errors import FeedsvcError

COMMANDS = ("build", "check", "clean", "feeds", "init", "serve")


class _Commands(click.Group):
    """Loads a command when it is called, and turns errors of feedsvc into one line and exit code 1."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """Return the command in the module of its name: it alone needs what that module imports."""
        return getattr(import_module(f"feedsvc.commands.{name}"), name) if name in COMMANDS else None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FeedsvcError as error:
            raise click.ClickException(str(error)) from error


_EPILOG = "Begin with `feedsvc serve FOLDER`. `feedsvc COMMAND --help` lists the options of a command."


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feedsvc")
def main() -> None:
    """Clean, correct, cached feeds from a folder of POSTS (default: posts)."""
    if sys.getfilesystemencoding() != "utf-8":  # set by the locale, but names of posts and feeds are UTF-8
        again = [sys.executable, "-m", "feedsvc", *sys.argv[1:]]
        os.execve(sys.executable, again, os.environ | {"PYTHONUTF8": "1"})  # noqa: S606 - this very program
