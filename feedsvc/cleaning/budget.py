"""The work that cleaning of one body may take, counted in steps.

A step is about the time of one look at a node of the tree. Counted, because a clock would give slower machines other
bodies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

MAX_STEPS = 2_000_000
TAG_STEPS, URL_STEPS = 80, 125  # of parsing a tag and writing it again; of resolving or finding a URL


class TooManySteps(Exception):
    """Cleaning a body has taken more than its steps."""


@dataclass(slots=True)
class _Budget:
    left: int


_budget: ContextVar[_Budget | None] = ContextVar("_budget", default=None)


@contextmanager
def limit_steps(steps: int = MAX_STEPS) -> Iterator[None]:
    """Let the work of the block take so many steps: then `spend` raises TooManySteps.

    Within another such block, the steps of that one count.
    """
    token = _budget.set(_budget.get() or _Budget(steps))
    try:
        yield
    finally:
        _budget.reset(token)


def spend(steps: int) -> None:
    """Count steps; raise TooManySteps if there were too many. Without `limit_steps` nothing is counted."""
    budget = _budget.get()
    if budget:
        budget.left -= steps
        if budget.left < 0:
            raise TooManySteps
