"""Files are read some at a time: each has its row, in the order of the files, whatever is wrong with others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from feedsvc.files import Folder
from feedsvc.ingest import reading
from feedsvc.ingest.folder import walk
from feedsvc.ingest.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.index.records import Row

TEXTS = {
    "1.md": "---\ndate: 2024-01-01\ntitle: A\n---\n",
    "2.md": "---\ntags: [\n---\n",
    "3.md": "a page without a date\n",
    "4.md": "---\ndate: 2024-01-01\ndraft: true\n---\n",
    "5.md": "---\ndate: 2024-01-01\ntitle: B\n---\n" + "x" * 1_000,
}


def read_all(site: Site) -> list[Row]:
    for name, text in TEXTS.items():
        (site.posts / name).write_text(text)
    with Folder(site.posts) as folder:
        files = sorted(walk(folder))
    return [*Reader(site.settings, datetime.now(UTC)).read_all(files)]


@pytest.mark.parametrize("size", [1, 100, reading.BATCH], ids=["each alone", "some together", "all together"])
def test_rows_are_in_the_order_of_the_files_however_many_are_read_together(
    site: Site, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(reading, "BATCH", size)

    rows = read_all(site)

    assert [row.path for row in rows] == [*TEXTS]
    assert [bool(row.data) for row in rows] == [True, False, False, False, True]
    assert [row.broken for row in rows] == [False, True, True, False, False]


def test_files_that_are_large_together_are_not_held_together(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", len(TEXTS["5.md"]))
    steps: list[str] = []
    for step in ("_read_bytes", "open_front"):
        monkeypatch.setattr(reading, step, _noting(getattr(reading, step), step, steps))

    read_all(site)

    assert steps == ["_read_bytes"] * 4 + ["open_front"] * 4 + ["_read_bytes", "open_front"]


def _noting(function: Callable[..., Any], name: str, steps: list[str]) -> Callable[..., Any]:
    def noting(*given: Any) -> Any:
        steps.append(name)
        return function(*given)

    return noting
