"""Steps, counted: what something costs on any machine, however busy."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from unittest.mock import patch

from feedsvc.index.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from feedsvc.index.queries import Index


def count_steps(index: Index, act: Callable[[], object]) -> int:
    """Return the number of steps of SQLite's virtual machine that the queries of `act` take, without a limit."""
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


def count_calls(act: Callable[[], object]) -> int:
    """Return the number of calls of functions, of Python's and of C's, that `act` takes."""
    calls = 0

    def note(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls
