"""Imports go down only, each third-party library lives in one place, and pure packages stay pure."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "feedsvc"

# The base: any module may use these, and each of them those before it.
BASE = (
    *("errors", "text", "transliteration", "lookup", "models", "urls", "podcast_settings", "entries", "days", "sites"),
    *("language_tags", "language_detection", "setting_values", "settings", "names", "wording", "rule_files"),
    *("attachments", "files", "progress", "locks", "pool"),
)

# The packages from the ground up, with their modules: a module may use those before it in its package.
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "markup": (
        *(
            "blocks",
            "indented",
            *("spans", "code_spans"),
            "typography",
            *("comments", "hashtags"),
            *("hints", "shortcode_rules", "shortcode_syntax", "shortcode_output", "shortcode_kinds"),
            *("hexo_tags", "shortcodes"),
            *("liquid.limits", "liquid.values", "liquid.dates", "liquid.best_effort", "liquid.state"),
            *("liquid.text_filters", "liquid.list_filters", "liquid.site_filters", "liquid.tokens", "liquid.drops"),
            *("liquid.tags", "liquid.environment", "liquid.rendering"),
            *("attribute_lists", "expansion"),
            "effort",
            *("marks", "wiki_links"),
            "jsx",
            *("mdx", "markdoc", "pandoc", "quarto", "dialects"),
            "callouts",
        ),
        *("block_ids", "html_blocks", "kramdown_tables", "kramdown_spans", "kramdown"),
        *("signs", "link_destinations", "tasks", "github", "mdx_blocks", "markdown"),
    ),
    "posts": (
        *("date_words", "dates", "paths", "headers", "html_page", "html_head", "permalinks"),
        *("remedies", "yaml_values", "front_matter", "exported"),
        *("metadata", "urls", "durations", "episodes", "names", "titles", "headings", "misspellings"),
        *("generators.interface", "generators.finishing", "generators.values", "generators.python_values"),
        *(
            "generators.plain",
            "generators.hugo_files",
            "generators.hugo_cascade",
            "generators.hugo_config",
            "generators.hugo_paths",
            "generators.hugo_titles",
            "generators.hugo",
            "generators.zola",
        ),
        *("generators.pelican_config", "generators.pelican", "generators.hexo_config", "generators.hexo"),
        *("generators.javascript", "generators.docusaurus", "generators.folder_data", "generators.others"),
        *("generators.jekyll_config", "generators.jekyll", "generators.jekyll_excerpt"),
        *("generators.jekyll_liquid", "generators.jekyll_site"),
        *("generators.table", "visibility", "keys", "post_dates", "post_file", "parser"),
    ),
    "cleaning": (
        *("allowlist", "budget", "text", "tags", "source", "summary"),
        *("rules", "rule_tables", "urls", "parsing", "separation", "nodes", "text_blocks", "tree"),
        *("languages", "listings", "code_writer", "code", "headings", "callouts", "junk", "comments", "formulas"),
        *("mathematics", "widgets", "drawings", "images", "noscript", "embeds", "links", "linkify", "plain_text"),
        *("whitespace", "structure", "pruning", "bylines", "lists", "phrases", "attributes", "losses", "sanitizer"),
    ),
    "render": (
        *("normalize", "locales", "colors", "reading_time", "subscribing", "html", "styles", "json_feed"),
        *("podcasts", "rss_atom", "opml", "sitemaps"),
    ),
    "index": (
        *(
            "dating",
            "schema",
            "records",
            "change_table",
            "name_table",
            "reference_table",
            "file_table",
            "writer",
            "database",
            "undated",
            "scopes",
            "selection",
        ),
        *("changes", "references", "body_store", "queries"),
    ),
    "ingest": (
        "bundles",
        "folder",
        "settling",
        "reading",
        "sources",
        "attachments",
        "folder_dates",
        "checkouts",
        "scanner",
        "unread",
        "swaps",
        "polling",
        "events",
        "watcher",
    ),
    "publishing": (
        *(
            "provenance",
            "feed_requests",
            "routing",
            "tags",
            "ids",
            "link_targets",
            "media_durations",
            "attachments",
            "site_sources",
            "recorded_queries",
            "references",
            "templates",
            "body_cleaner",
            "post_cleaner",
            "bodies",
            "cache",
            "legacy_urls",
        ),
        *(
            "entries",
            "descriptions",
            "listings",
            "podcasts",
            "feeds",
            "state",
            "served_files",
            "pagination",
            "catalog",
            "status",
        ),
        *("resolver", "redirects", "documents", "static_files", "error_pages", "crawlers", "builder", "publisher"),
    ),
    "notify": ("targets", "delivery", "notifier"),
    "web": (
        *(
            "auth",
            "request_headers",
            "preconditions",
            "responses",
            "metrics",
            "access_log",
            "admission",
            "response_cache",
        ),
        *("request_checks", "error_pages", "middleware", "views", "file_views", "monitoring", "app"),
    ),
    "commands": ("scanning", "serve", "check", "build", "init", "feeds", "clean"),
}
# The commands and what they are made of.
TOP = (
    *(
        "console",
        "limits",
        "run_folder",
        "supervisor",
        "manifest",
        "destinations",
        "writable_folder",
        "folder_destination",
        "bucket",
        "document_files",
        "checks",
        "recognition",
        "posts_folder",
        "setting_sources",
        "config",
        "startup",
        "export",
        "logs",
        *("stopping", "keeper", "notifier", "workers"),
    ),
    *("server", "initial_settings", "preview", "command_options", "commands", "cli", "__main__"),
)

# What a package or a module of the top may use beside the base.
ARROWS: Mapping[str, set[str]] = {
    "markup": set(),
    "posts": {"markup"},
    "cleaning": set(),
    "render": set(),
    "index": set(),
    "ingest": {"index", "posts"},
    "publishing": {"cleaning", "index", "markup", "posts", "render"},
    "notify": {"index", "publishing", "render"},
    "web": {"index", "publishing"},
    "console": set(),
    "limits": set(),
    "run_folder": set(),
    "supervisor": set(),
    "manifest": set(),
    "destinations": {"manifest"},
    "writable_folder": set(),
    "folder_destination": {"destinations", "manifest", "writable_folder", "publishing"},
    "bucket": {"destinations", "manifest"},
    "document_files": {"destinations", "manifest", "publishing"},
    "checks": {"index", "posts", "publishing"},
    "recognition": {"posts"},
    "posts_folder": {"ingest", "posts", "recognition"},
    "setting_sources": {"posts", "recognition"},
    "config": {"recognition", "run_folder", "setting_sources"},
    "startup": {"config", "index", "posts", "publishing"},
    "export": {"bucket", "destinations", "document_files", "folder_destination", "manifest", "publishing", "render"},
    "logs": {"web"},
    "stopping": {"logs"},
    "keeper": {"console", "ingest", "startup", "stopping"},
    "notifier": {"notify", "startup", "stopping"},
    "workers": {"limits", "notify", "startup", "supervisor", "web"},
    "server": {
        "logs",
        "notify",
        "posts_folder",
        "run_folder",
        "startup",
        "supervisor",
        "workers",
    },
    "initial_settings": {"config", "posts", "posts_folder", "recognition"},
    "preview": {"cleaning", "config", "index", "ingest", "posts", "publishing", "recognition", "startup"},
    "command_options": set(),
    "commands": {
        "checks",
        "command_options",
        "config",
        "console",
        "export",
        "index",
        "ingest",
        "limits",
        "posts_folder",
        "preview",
        "publishing",
        "server",
        "initial_settings",
        "startup",
        "supervisor",
    },
    "cli": set(),  # loads a command by its name
    "__main__": {"cli"},
    "__init__": {"config", "ingest", "notify", "startup", "web"},
}
LAYERS = [*(package for package in PACKAGES if package not in TOP), *TOP]


def modules_of(part: str) -> list[str]:
    """Return the modules of a package; a module outside of packages is one itself."""
    return [f"{part}.{name}" for name in PACKAGES[part]] if part in PACKAGES else [part]


ORDER = [*BASE, *(module for part in LAYERS for module in modules_of(part))]
PURE = {*BASE[:17], "progress", "markup", "posts", "cleaning", "render"}

HOMES = {
    "ada_url": {"urls"},
    "babel": {"render.locales"},
    "bs4": {"cleaning"},
    "brotli": {"publishing.documents"},
    "cachetools": {"publishing.cache"},
    "click": {"cli", "command_options", "commands"},
    "emoji": {"markup.github"},
    "feedgen": {"render"},
    "flask": {"web", "workers", "__init__"},
    "frontmatter": {"posts.front_matter"},
    "granian": {"workers"},
    "imagesize": {"publishing.attachments"},
    "jinja2": {"render"},
    "linkify_it": {"cleaning"},
    "liquid": {"markup.liquid.tokens", "markup.liquid.tags", "markup.liquid.environment"},
    "lxml": {"render", "cleaning"},
    "markdown_it": {"markup"},
    "mdit_py_plugins": {"markup"},
    "mutagen": {"publishing.media_durations"},
    "nh3": {"cleaning"},
    "obstore": {"bucket"},
    "prometheus_client": {"web.monitoring"},
    "rich": {"console"},
    "soupsieve": {"cleaning"},
    "sqlite3": {"index", "ingest.watcher"},
    "text_unidecode": {"transliteration"},
    "watchfiles": {"ingest"},
    "werkzeug": {"web"},
    "yaml": {"posts.yaml_values"},
}
IMPURE = {"os", "logging", "time", "random", "socket", "subprocess", "threading", "sqlite3", "flask", "tempfile"}


def name_of(path: Path) -> str:
    """Return the name of a module within feedsvc, of a package that of its folder."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and parts[:-1] else parts)


def part_of(path: Path) -> str:
    """Return the package, or the module outside of packages, that a file belongs to."""
    return name_of(path).partition(".")[0]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours_of(path: Path) -> set[str]:
    """Return the modules of feedsvc that a file imports."""
    named = (name.removeprefix("feedsvc.") for name in imports_of(path) if name.startswith("feedsvc."))
    return {name for name in named if name in MODULES}


FILES = sorted(PACKAGE.rglob("*.py"))
IDS = [str(path.relative_to(PACKAGE)) for path in FILES]
MODULES = {name_of(path) for path in FILES} - {"__init__"}


def test_the_drawing_names_every_module() -> None:
    packages = {*PACKAGES, "posts.generators", "markup.liquid"}

    assert MODULES - packages == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_arrows_between_packages_are_those_drawn(path: Path) -> None:
    part, used = part_of(path), {name.partition(".")[0] for name in ours_of(path)}

    if part in BASE:
        assert used <= set(BASE[: BASE.index(part)])
    else:
        assert used - set(BASE) - {part} <= ARROWS[part]


def test_arrows_go_down_only() -> None:
    upward = {(part, used) for part, all_used in ARROWS.items() for used in all_used if part in LAYERS}

    assert {(part, used) for part, used in upward if LAYERS.index(used) >= LAYERS.index(part)} == set()


@pytest.mark.parametrize("path", [path for path in FILES if path.parent != PACKAGE and path.name != "__init__.py"])
def test_imports_within_a_package_go_down_only(path: Path) -> None:
    package, _, module = name_of(path).partition(".")
    names = PACKAGES[package]

    used = {name.partition(".")[2] for name in ours_of(path) if name.startswith(f"{package}.")} - {
        "generators",
        "liquid",
    }
    assert used <= set(names[: names.index(module)])


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_each_library_lives_in_one_place(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports_of(path)} - {"feedsvc"} - sys.stdlib_module_names

    assert {library for library in libraries if not HOMES[library] & {part_of(path), name_of(path)}} == set()


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_pure_packages_import_nothing_that_acts(path: Path) -> None:
    if part_of(path) in PURE:
        assert {name.split(".")[0] for name in imports_of(path)} & IMPURE == set()


@pytest.mark.parametrize("module", ["ingest/scanner.py", "ingest/reading.py", "publishing/post_cleaner.py"])
def test_posts_are_opened_by_files_alone(module: str) -> None:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]

    names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    assert names & {"open", "read_bytes", "read_text", "scandir", "iterdir", "stat", "lstat"} == set()
