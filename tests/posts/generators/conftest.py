"""Sites of generators, laid out file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedsvc.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.settings import Settings

    Make = Callable[..., Site]


@pytest.fixture
def make(tmp_path: Path, make_site: Callable[[Settings], Site]) -> Make:
    """Lay out a site of these files and read the folder `posts` of it."""

    def lay_out(files: dict[str, str], posts: str = "", **given: object) -> Site:
        root = tmp_path / "site"
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        site = make_site(load_settings({"posts": root / posts, "index": tmp_path / "index.sqlite", **given}))
        site.scan()
        return site

    return lay_out
