"""The README fits on a few screens, and starts from nothing; what is deployed is pinned."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURES = [path for path in (ROOT / "docs").rglob("*") if path.suffix in {".png", ".svg", ".webp", ".jpg"}]


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_command_and_reasons_are_on_the_first_screen() -> None:
    first_screen = "\n".join(README.splitlines()[:30])

    assert "feedsvc serve" in first_screen
    assert "| jekyll-feed | Hugo | feedsvc |" in first_screen
    assert "![" in first_screen


def test_both_command_lines_start_from_nothing() -> None:
    lines = re.findall(r"^\$ (python3 -m venv .*)$", README, re.MULTILINE)

    assert lines == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/feedsvc serve",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest",
    ]


def test_ci_finds_the_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"sed -n \"s/\^\\\$ \\\((.*?)\\\)\$/", script)

    assert re.findall(rf"^\$ ({pattern})$", README, re.MULTILINE) == [
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest"
    ]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_pictures_are_small_and_shown(picture: Path) -> None:
    assert picture.stat().st_size < 120_000
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    links = {page: f"({os.path.relpath(picture, page.parent)})" for page in pages}
    assert [page for page, link in links.items() if link in page.read_text(encoding="utf-8")]


def test_pictures_are_small_together() -> None:
    assert sum(picture.stat().st_size for picture in PICTURES) < 300_000


def test_requirements_pin_every_dependency_with_hashes_and_without_an_index() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==\S+ \\\n    (--hash=sha256:)", text, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split("[>=]", dependency)[0] for dependency in project["dependencies"]}

    assert needed <= pinned.keys()
    assert "http" not in text
