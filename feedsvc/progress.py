"""The protocol by which long work reports its progress, and the implementation that shows nothing."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Passes items through, and may show how many of `total` have passed; `total` is None if it is unknown."""

    def __call__(self, items: Iterable[T], total: int | None, action: str, /) -> Iterable[T]:
        """Return the same items; `action` says what is done with them."""


def show_nothing(items: Iterable[T], total: int | None, action: str, /) -> Iterable[T]:  # noqa: ARG001 - a Progress
    """Return the items unchanged."""
    return items
