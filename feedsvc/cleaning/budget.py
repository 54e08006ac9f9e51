"""The work that cleaning one body may take, counted in steps: a clock would give slower machines other bodies.

A step takes about as long as looking at one node of the tree.
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
    """Let `spend` raise TooManySteps once the block has taken more than `steps`.

    Within another such block, the limit of the outer one counts.
    """
    token = _budget.set(_budget.get() or _Budget(steps))
    try:
        yield
    finally:
        _budget.reset(token)


def spend(steps: int) -> None:
    """Count steps. Raise TooManySteps beyond the limit; outside of `limit_steps` there is none."""
    budget = _budget.get()
    if budget:
        budget.left -= steps
        if budget.left < 0:
            raise TooManySteps
