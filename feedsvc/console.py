"""Progress on standard error: a bar, or lines on a terminal that cannot draw one."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from time import monotonic
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

MIN_PROGRESS = 500  # files; fewer take no time worth showing
LINE_SECONDS = 2.0  # between lines of progress on a terminal that cannot draw a bar

Row = TypeVar("Row")


def show_progress(rows: Iterable[Row], total: int | None, what: str, /) -> Iterable[Row]:
    """Return the rows; while they are read, show their number if they are many and standard error is a terminal."""
    if not Console(stderr=True).is_terminal or (total is not None and total < MIN_PROGRESS):
        return rows
    return _show(rows, total, what) if total is not None else _show_if_many(rows, what)


def _show_if_many(rows: Iterable[Row], what: str) -> Iterator[Row]:
    remaining = iter(rows)
    first = tuple(islice(remaining, MIN_PROGRESS))
    yield from first if len(first) < MIN_PROGRESS else _show(chain(first, remaining), None, what)


def _show(rows: Iterable[Row], total: int | None, what: str) -> Iterable[Row]:
    console = Console(stderr=True)
    if console.is_dumb_terminal:  # cannot draw a bar
        return _print_counts(rows, total, what)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return _draw(Progress(*columns, console=console, transient=True), rows, total, what)


def _draw(progress: Progress, rows: Iterable[Row], total: int | None, what: str) -> Iterator[Row]:
    remaining = iter(rows)
    first = tuple(islice(remaining, 1))  # may start processes, which only a process without threads can fork
    with progress:
        yield from progress.track(chain(first, remaining), total=total, description=what)


def _print_counts(rows: Iterable[Row], total: int | None, what: str) -> Iterator[Row]:
    """Print a line every LINE_SECONDS, and always the first and the last one."""
    of_all = "" if total is None else f" of {total:,}"
    done, printed = 0, monotonic()
    show = partial(Console(stderr=True).out, highlight=False)
    show(f"{what}: {done}{of_all}")
    for done, row in enumerate(rows, 1):
        yield row
        if monotonic() - printed >= LINE_SECONDS:
            show(f"{what}: {done:,}{of_all}")
            printed = monotonic()
    show(f"{what}: {done:,}{of_all}")
