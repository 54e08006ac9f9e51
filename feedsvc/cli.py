"""The command line: serve, check, clean, build, feeds. Errors are one line on standard error and exit code 1."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from feedsvc import __version__
from feedsvc.checks import (
    HIDDEN_FORMATS,
    PROBLEM_FORMATS,
    compare,
    describe_folder,
    find_missing_enclosures,
    find_missing_pictures,
    find_undated,
)
from feedsvc.command_options import GroupedCommand, takes_settings
from feedsvc.config import load_settings, read_listening
from feedsvc.console import show_progress
from feedsvc.days import format_day
from feedsvc.errors import FeedsvcError, PostError
from feedsvc.files import OVERSIZE_FACTOR, read_file
from feedsvc.index.queries import Index, count_left_out
from feedsvc.index.records import to_problems
from feedsvc.ingest.scanner import scan
from feedsvc.ingest.unread import describe_absence, describe_unread
from feedsvc.initial_settings import guess_settings, write_settings
from feedsvc.limits import refuse_low_limits
from feedsvc.models import NEVER, Cleaned, Format, Level, Post, Problem
from feedsvc.posts_folder import refuse_missing_folder
from feedsvc.preview import preview
from feedsvc.publishing.bodies import all_bodies
from feedsvc.publishing.routing import path_of
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.supervisor import exit_on_signal
from feedsvc.text import format_count


class _Commands(click.Group):
    """Turns errors of feedsvc into one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FeedsvcError as error:
            raise click.ClickException(str(error)) from error


_EPILOG = "Begin with `feedsvc serve FOLDER`. `feedsvc COMMAND --help` lists the options of a command."
# Not a `click.Path`, which would complete files too, and report a folder without permission in its own words.
takes_posts = click.argument(
    "posts", required=False, shell_complete=lambda _, __, begun: [CompletionItem(begun, type="dir")]
)


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feedsvc")
def main() -> None:
    """Clean, correct, cached feeds from a folder of POSTS (default: posts)."""
    if sys.getfilesystemencoding() != "utf-8":  # set by the locale, but names of posts and feeds are UTF-8
        again = [sys.executable, "-m", "feedsvc", *sys.argv[1:]]
        os.execve(sys.executable, again, os.environ | {"PYTHONUTF8": "1"})  # noqa: S606 - this very program


@main.command(cls=GroupedCommand)
@takes_posts
@click.option("--host", help="Host to listen on; by default 127.0.0.1, or 0.0.0.0 if $PORT is set.")
@click.option("--port", metavar="NUMBER", help="Port to listen on; by default $PORT, else 8000.")
@click.option("--workers", metavar="NUMBER", help="Number of worker processes; by default $WEB_CONCURRENCY, else 2.")
@takes_settings
def serve(host: str | None, port: str | None, workers: str | None, **given: Any) -> None:
    """Serve the feeds, and follow changes of the posts."""
    refuse_low_limits()
    with exit_on_signal():
        from feedsvc.server import serve as run  # noqa: PLC0415 - the other commands need no server

        run(load_settings(given), read_listening(os.environ, host, port, workers), show_progress)


@main.command(cls=GroupedCommand)
@takes_posts
@click.option("--strict", is_flag=True, help="Exit with 1 on a hint too.")
@click.option("--bodies", is_flag=True, help="Clean every body too, and list those that can only be sanitized.")
@click.option("--hidden", is_flag=True, help="List the posts that are left out instead, each with the reason.")
@click.option("--format", "style", type=click.Choice(list(PROBLEM_FORMATS)), default="text", help="Format of the list.")
@takes_settings
def check(*, strict: bool, bodies: bool, hidden: bool, style: str, **given: Any) -> None:
    """List problems of the posts, as file:line.

    The exit code is 1 if a post is missing, or published otherwise than its file says.
    """
    settings = load_settings(given)
    index = _scanned(settings, "check")
    unread = describe_unread(settings)
    now = NEVER if settings.future else datetime.now(UTC)
    posts = index.count() - index.count_awaited(now)
    click.echo(describe_folder(settings, posts, index.count_pages(), unread if hidden else ()), err=True)
    problems = [Problem(".", 0, Level.HINT, phrase) for phrase in unread] + _problems(settings, index, bodies=bodies)
    lines = HIDDEN_FORMATS[style](index.hidden(), settings.posts) if hidden else None
    for line in PROBLEM_FORMATS[style](problems, settings.posts) if lines is None else lines:
        click.echo(line)
    errors = sum(problem.level is Level.ERROR for problem in problems)
    counted = (posts, "post"), (errors, "error"), (len(problems) - errors, "hint")
    left_out = [f"{count:,} {why}" for count, why in count_left_out(index, now)]
    click.echo(", ".join([*(format_count(number, noun) for number, noun in counted), *left_out]), err=True)
    sys.exit(1 if errors or (strict and problems) else 0)


def _problems(settings: Settings, index: Index, *, bodies: bool) -> list[Problem]:
    cleaned = (
        show_progress(all_bodies(make_cleaner(settings, index), index), index.count(), "cleaning posts")
        if bodies
        else ()
    )
    found = {problem for path, body in cleaned for problem in _problems_of(path, body)}
    posts = show_progress(index.posts(), index.count(), "comparing posts")
    found.update(compare(posts, index.scopes(NEVER), settings))
    found.update(find_missing_pictures(settings, lambda path: index.attachment(path) is not None))
    found.update(
        find_missing_enclosures(
            index.posts(), settings, lambda path: index.attachment(path) is not None, partial(_line_of, settings)
        )
    )
    found.update(index.problems())  # after cleaning, which replaces those of earlier versions
    kept = index.count() + index.count_hidden()
    found.update(find_undated(kept, index.count_pages()))
    if not (found or kept):
        found.add(Problem(".", 0, Level.HINT, describe_absence(settings)))
    return sorted(found, key=lambda problem: (problem.path, problem.line, problem.message))


def _line_of(settings: Settings, post: Post, text: str) -> int:
    """Return the line of a post's file where a text stands first, 0 if it does not."""
    try:
        content = read_file(settings.posts, post.path, OVERSIZE_FACTOR * settings.max_post_bytes)
    except (OSError, PostError):
        return 0
    before, found, _ = content.partition(text.encode())
    return before.count(b"\n") + 1 if found else 0


def _problems_of(path: str, body: Cleaned) -> Iterator[Problem]:
    if body.fallback:
        yield Problem(path, 0, Level.ERROR, f"sanitized only: {body.fallback}")
    yield from to_problems(path, body.hints)


@main.command(cls=GroupedCommand)
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
    from feedsvc.export import export, open_destination  # noqa: PLC0415 - renderers: a service can start without
    from feedsvc.publishing.publisher import Publisher  # noqa: PLC0415

    settings = replace(load_settings(given), static=True, cache_bytes=0)  # each document is made once
    index = _scanned(settings, "build OUT")
    publisher = Publisher(settings, index, make_cleaner(settings, index), lambda: datetime.now(UTC))
    with open_destination(out, settings.posts) as destination:
        report = export(publisher, destination, show_progress, max_deletes)
    errors = [problem for problem in index.problems() if problem.level is Level.ERROR]
    for line in (*errors, *report.refused):
        click.echo(line)
    click.echo(f"{out}: {report}", err=True)
    sys.exit(1 if errors or report.refused else 0)


@main.command()
def init() -> None:
    """Write a settings file for the site or the posts of this folder."""
    guesses = guess_settings(Path.cwd(), os.environ)
    path = write_settings(Path.cwd(), guesses)
    for line in (*guesses, f"{path.name}: written; next: feedsvc serve"):
        click.echo(line)


@main.command(cls=GroupedCommand)
@takes_posts
@takes_settings
def feeds(**given: Any) -> None:
    """List the feeds: posts, newest day, name, path."""
    settings = load_settings(given)
    for summary in _scanned(settings, "feeds").scopes(NEVER if settings.future else datetime.now(UTC)):
        name = f"{summary.scope.kind} {summary.scope.name}".strip()
        day = format_day(summary.newest, settings.timezone)
        click.echo(f"{summary.count:>7}  {day}  {name}  {path_of(summary.scope, Format.RSS)}")


@main.command(cls=GroupedCommand)
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


def _scanned(settings: Settings, command: str) -> Index:
    refuse_missing_folder(settings.posts, command)
    index = open_index(settings)
    scan(settings, index, show_progress)
    return index
