"""`feedsvc check`: problems of the posts."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from feedsvc.checks import (
    HIDDEN_FORMATS,
    PROBLEM_FORMATS,
    compare,
    describe_folder,
    find_missing_enclosures,
    find_missing_pictures,
    find_undated,
)
from feedsvc.command_options import GroupedCommand, takes_posts, takes_settings
from feedsvc.commands.scanning import scan_posts
from feedsvc.config import load_settings
from feedsvc.console import show_progress
from feedsvc.errors import PostError
from feedsvc.files import OVERSIZE_FACTOR, read_file
from feedsvc.index.queries import Index, count_left_out
from feedsvc.index.records import to_problems
from feedsvc.ingest.unread import describe_absence, describe_unread
from feedsvc.models import NEVER, Cleaned, Level, Post, Problem
from feedsvc.publishing.bodies import all_bodies
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner
from feedsvc.text import format_count


@click.command(cls=GroupedCommand)
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
    index = scan_posts(settings, "check")
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
