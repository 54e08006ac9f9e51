"""Steps of SQLite's virtual machine, counted: what a query costs on any machine, however busy."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

from feedsvc.index.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedsvc.index.queries import Index


def count_steps(index: Index, act: Callable[[], object]) -> int:
    """Return the number of steps that the queries of `act` take, all of them without a limit."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    act()  # the schema has been read
    connection = index.connection()
    connection.set_progress_handler(count, 1)
    try:
        with patch.object(Database, "search", Database.query):
            act()
    finally:
        connection.set_progress_handler(None, 0)
    return steps
