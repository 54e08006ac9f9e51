"""Imports go down only, each third-party library lives in one place, and the pure layers stay pure."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "feedsvc"

# From the ground up; within a layer a module may import those before it.
LAYERS = (
    ("errors", "models"),
    (
        "text",
        "addresses",
        "settings",
        "names",
        "scopes",
        "permalinks",
        "ids",
        "old_addresses",
        "dates",
        "blocks",
        "comments",
        "headers",
        "front_matter",
        "fields",
        "jekyll",
        "config",
        "lint",
        "visibility",
        "posts",
        "liquid",
        "markup",
        "cleaning",
        "feeds",
        "render",
    ),
    ("locks", "pool", "rows", "writer", "index", "cache"),
    ("folder", "scan", "bodies", "resolver", "publish"),
    ("access", "traffic", "responses", "frontdoor", "web", "ops", "watch", "output", "export"),
    ("startup", "app"),
    ("supervisor", "server", "cli", "__main__"),
)
ORDER = [module for layer in LAYERS for module in layer]
PURE = {*LAYERS[0], *LAYERS[1]}

HOMES = {
    "ada_url": {"addresses"},
    "bs4": {"cleaning"},
    "brotli": {"publish"},
    "cachetools": {"cache"},
    "click": {"cli"},
    "feedgen": {"render"},
    "flask": {"web", "ops", "app", "server", "__init__"},
    "frontmatter": {"front_matter"},
    "granian": {"server"},
    "jinja2": {"render"},
    "lxml": {"render", "cleaning"},
    "markdown_it": {"markup"},
    "mdit_py_plugins": {"markup"},
    "linkify_it": {"cleaning"},
    "nh3": {"cleaning"},
    "prometheus_client": {"ops"},
    "rich": {"cli"},
    "soupsieve": {"cleaning"},
    "sqlite3": {"index", "watch", "writer"},
    "watchfiles": {"watch"},
    "werkzeug": {"responses", "web"},
    "yaml": {"front_matter"},
}
IMPURE = {"os", "logging", "time", "random", "socket", "subprocess", "threading", "sqlite3", "flask", "tempfile"}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield str(node.module)


FILES = sorted(PACKAGE.rglob("*.py"))
IDS = [str(path.relative_to(PACKAGE)) for path in FILES]


def test_the_drawing_names_every_module() -> None:
    assert {part_of(path) for path in FILES} - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_imports_go_down_only(path: Path) -> None:
    ours = [name.split(".")[1] for name in imports_of(path) if name.startswith("feedsvc.")]

    if part_of(path) != "__init__":
        below = ORDER[: ORDER.index(part_of(path)) + 1]
        assert set(ours) <= set(below)


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_each_library_lives_in_one_place(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports_of(path)}

    assert {library for library in libraries & HOMES.keys() if part_of(path) not in HOMES[library]} == set()


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_every_library_has_a_home(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports_of(path)} - {"feedsvc"} - sys.stdlib_module_names

    assert libraries <= HOMES.keys()


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_pure_layers_import_nothing_that_acts(path: Path) -> None:
    if part_of(path) in PURE:
        assert {name.split(".")[0] for name in imports_of(path)} & IMPURE == set()


@pytest.mark.parametrize("module", ["scan", "bodies"])
def test_posts_are_opened_by_folder_alone(module: str) -> None:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]

    names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    assert names & {"open", "read_bytes", "read_text", "scandir", "iterdir", "stat", "lstat"} == set()
