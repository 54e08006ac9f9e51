"""What the data promises: it cannot be changed, equal things are equal, and a problem reads as compilers write it."""

import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime

import pytest

from feedsvc import models
from feedsvc.models import EPOCH, NEVER, Content, FeedRequest, Filter, Format, Level, Post, Problem, Scope, ScopeKind
from feedsvc.settings import Settings

TYPES = [value for value in vars(models).values() if isinstance(value, type) and is_dataclass(value)]
POST = Post("a.md", "A", EPOCH, EPOCH, tags=("x",))


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_type_is_frozen_and_slotted(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert set(kind.__slots__) == {field.name for field in fields(kind)}  # type: ignore[attr-defined,arg-type]


def test_a_post_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        POST.title = "B"  # type: ignore[misc]


@pytest.mark.parametrize(
    "value", [POST, Settings(), Problem("a.md", 1, Level.HINT, "x")], ids=["post", "settings", "problem"]
)
def test_what_crosses_processes_can_be_pickled(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value


def test_equal_requests_are_one_key() -> None:
    filters = (Filter(ScopeKind.TAG, ("a", "b")),)
    requests = {FeedRequest(Scope(), Format.RSS, 20, Content.FULL, filters=filters) for _ in range(2)}

    assert len(requests) == 1


@pytest.mark.parametrize(
    ("line", "text"),
    [(3, "a/b.md:3: hint: title: empty"), (0, "a/b.md: hint: title: empty")],
    ids=["with a line", "of the whole file"],
)
def test_a_problem_is_written_as_compilers_do(line: int, text: str) -> None:
    assert str(Problem("a/b.md", line, Level.HINT, "title: empty")) == text


def test_every_moment_lies_between_the_epoch_of_years_and_never() -> None:
    assert datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) < NEVER


def test_a_default_scope_is_everything() -> None:
    assert Scope() == Scope(ScopeKind.ALL, "")
