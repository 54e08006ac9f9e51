"""The README names what there is, and nothing else."""

import re
import tomllib
from pathlib import Path

import pytest

from feedsvc import cache, cleaning, fields, front_matter, frontdoor, index, markup, publish, scan, scopes, server
from feedsvc.cleaning import page
from feedsvc.cli import main
from feedsvc.scopes import FILES, FILTERS, FOLDERS
from feedsvc.settings import OPTIONS, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def names_in_first_column(table: str) -> set[str]:
    rows = (row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    return {name for row in rows for name in re.findall("`([^`]+)`", row)}


def test_every_setting_is_in_the_table_and_no_other() -> None:
    assert names_in_first_column(section("Settings")) == OPTIONS.keys()


def test_every_command_is_in_the_table_and_no_other() -> None:
    commands = {name.split()[1] for name in names_in_first_column(section("Commands"))}

    assert commands == main.commands.keys()


@pytest.mark.parametrize("name", [*FILES, *FOLDERS, *FILTERS])
def test_addresses_and_parameters_are_named(name: str) -> None:
    assert name in section("Addresses")


def test_bounds_are_those_of_the_code() -> None:
    modules = (scan, front_matter, fields, scopes, markup, cleaning, page, index, frontdoor, publish, server, cache)
    table = section("Bounds").replace("ten times that", f"{scan.NEVER_READ}")
    names = re.findall(r"`(?:\w+\.)?([A-Z_]+)`", table)
    bounds = [next(vars(module)[name] for module in modules if name in vars(module)) for name in names]

    wrong = [
        bound
        for bound in (*bounds, Settings().max_post_bytes, Settings().cache_bytes)
        if not re.search(rf"(?<![\d,]){bound:,.0f}(?![\d,])", table)
    ]

    assert wrong == []


def test_every_file_it_names_exists() -> None:
    named = [*re.findall(r"`([\w./-]+\.(?:py|txt|toml)|Procfile)`", README), *re.findall(r"\]\(([\w./-]+)\)", README)]

    assert [name for name in named if name != "feedsvc.toml" and not (ROOT / name).exists()] == []


def test_pictures_are_small() -> None:
    pictures = re.findall(r"!\[.+\]\((.+)\)", README)

    assert [(ROOT / name).stat().st_size < 100_000 for name in pictures] == [True]


def test_both_command_lines_start_from_nothing() -> None:
    lines = re.findall(r"^\$ (python3 -m venv .*)$", README, re.MULTILINE)

    assert lines == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/feedsvc serve",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest",
    ]


def test_requirements_pin_every_dependency_with_hashes_and_without_an_index() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==\S+ \\\n    (--hash=sha256:)", text, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split("[>=]", dependency)[0] for dependency in project["dependencies"]}

    assert needed <= pinned.keys()
    assert "http" not in text
