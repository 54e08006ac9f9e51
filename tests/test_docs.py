"""The documentation names all there is and nothing else, and the output it shows is what comes out."""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
import shlex
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from click import Context
from click.testing import CliRunner
from conftest import ROOT, Samples, Site
from test_layers import ORDER

import feedsvc
from feedsvc.checks import PROBLEM_FORMATS
from feedsvc.cleaning import load_rules
from feedsvc.cli import main
from feedsvc.config import WORKERS
from feedsvc.errors import SettingError
from feedsvc.models import Content, FeedRequest, Filter, Format, Scope
from feedsvc.names import FOLDERS
from feedsvc.podcast_settings import KEYS
from feedsvc.posts import episodes, names, urls, visibility
from feedsvc.posts import metadata as fields
from feedsvc.posts.dates import parse_date
from feedsvc.posts.generators import jekyll_config
from feedsvc.posts.generators.plain import SUFFIXES
from feedsvc.posts.parser import parse
from feedsvc.publishing.legacy_urls import LEGACY_RULES
from feedsvc.publishing.routing import FILTERS, PARAMETERS, formats_by_file, parameters
from feedsvc.render import FORMATS, HTML_TYPE
from feedsvc.render.opml import OPML_TYPE
from feedsvc.setting_sources import VARIABLES, from_toml, merge
from feedsvc.settings import OPTIONS, Settings
from feedsvc.web.access_log import Line
from feedsvc.web.metrics import SERIES

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = {
    path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
_context = Context(main)
COMMANDS = {name: main.get_command(_context, name) for name in main.list_commands(_context)}
MANUAL = [name for name in PAGES if not name.endswith("README.md")]
USERS_FILES = {
    *(
        "etag.txt",
        "feedsvc.toml",
        "_config.yml",
        "_data/authors.yml",
        "out.feedsvc/",
        "index.html",
        "404.html",
        "hugo.toml",
        "config.toml",
    ),
    *("pelicanconf.py", "publishconf.py", "_quarto.yml", "blog.json"),
}
TOKEN = "correct-horse-battery-staple"


def text_of(name: str) -> str:
    return PAGES[name].read_text(encoding="utf-8")


def prose_of(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def section(name: str, title: str) -> str:
    """Return what stands below a heading, up to the next one of its level or a higher one."""
    found = re.search(rf"^(#+) {re.escape(title)}$(.*?)(?=^#{{1,2}} |\Z)", text_of(name), re.MULTILINE | re.DOTALL)
    assert found, title
    return found[2]


def spans_of(text: str) -> list[str]:
    return re.findall("`([^`\n]+)`", prose_of(text))


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of the rows of all tables, without their heads."""
    rows = [re.split(r"(?<!\\) *\| *", line)[1:-1] for line in prose_of(text).splitlines() if line.startswith("|")]
    heads = {number - 1 for number, row in enumerate(rows) if set("".join(row)) == {"-"}}
    return [row for number, row in enumerate(rows) if number not in heads and set("".join(row)) != {"-"}]


def column(text: str, number: int) -> list[str]:
    return [span for row in rows_of(text) for span in spans_of(row[number])]


def blocks_of(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands_of(text: str) -> list[tuple[str, str]]:
    """Return every command of the console blocks with the output that is shown."""
    return [
        (command, output)
        for block in blocks_of(text, "console")
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


ALL_COMMANDS = [(name, *shown) for name in PAGES for shown in commands_of(text_of(name))]
OURS = [(*shown,) for shown in ALL_COMMANDS if re.match(r"(?:\.venv/bin/)?feedsvc ", shown[1])]


# --- pages ---------------------------------------------------------------------------------------


def anchors_of(text: str) -> set[str]:
    titles = re.findall("^#+ (.+)$", prose_of(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().replace(" ", "-").lower() for title in titles}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_files_and_headings(name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", prose_of(text_of(name)))
    ours = [(PAGES[name].parent / target if target else PAGES[name], anchor) for target, anchor in links]

    lost = [
        (path, anchor)
        for path, anchor in ours
        if "://" not in str(path).replace(":/", "://")
        and (not path.exists() or (anchor and anchor not in anchors_of(path.read_text(encoding="utf-8"))))
    ]

    assert lost == []


@pytest.mark.parametrize("index", ["README.md", "docs/README.md"])
def test_every_page_is_in_the_index(index: str) -> None:
    linked = {(PAGES[index].parent / target).resolve() for target in re.findall(r"\]\(([\w./]+)", text_of(index))}

    assert [name for name in MANUAL if PAGES[name].resolve() not in linked] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_path_of_a_private_machine_is_shown(name: str) -> None:
    assert re.findall(r"(?<![\w.~/<>])/(?:work|tmp|root|home|Users|mnt)\b[^\s`]*|file://\S*", text_of(name)) == []


@pytest.mark.parametrize("name", PAGES)
def test_files_that_are_named_exist(name: str) -> None:
    text = text_of(name)
    words = [*spans_of(text), *(word for command, _ in commands_of(text) for word in command.split())]
    files = [word for word in words if re.fullmatch(r"[\w-][\w./-]*(?:\.(?:py|toml|txt|css|html|yml|md|json)|/)", word)]
    folders = (ROOT, *(ROOT / "feedsvc" / package for package in ("cleaning", "publishing", "render")))

    unknown = {file for file in {*files} - {*ORDER} if not any((folder / file).exists() for folder in folders)}

    examples = {file for file in unknown if re.search(r"\b(?:name|_?index)\.(?:fr\.)?md", file)}
    assert unknown - USERS_FILES - examples == set()


# --- commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "docs/commands.md"])
def test_commands_are_those_there_are(name: str) -> None:
    named = [span.split()[1] for span in column(text_of(name), 0) if span.startswith("feedsvc ")]

    assert sorted(named) == sorted(COMMANDS)


def options_of(command: str) -> set[str]:
    """Return a command's own options, without those of the settings."""
    settings = {f"--{name.replace('_', '-')}" for name in OPTIONS}
    return {option for parameter in COMMANDS[command].params for option in parameter.opts} & ANY_OPTION - settings


ANY_OPTION = {
    option
    for command in COMMANDS.values()
    for parameter in command.params
    for option in (*parameter.opts, *parameter.secondary_opts)
    if option.startswith("--")
} | {"--help", "--version"}


@pytest.mark.parametrize("command", COMMANDS)
def test_options_of_a_command_are_those_it_has(command: str) -> None:
    below = section("docs/commands.md", command)

    assert {span for span in column(below, 0) if span.startswith("--")} == options_of(command)


@pytest.mark.parametrize("name", PAGES)
def test_options_that_are_named_exist(name: str) -> None:
    named = [span.split()[0] for span in spans_of(text_of(name)) if re.match("--[a-z]", span)]

    assert set(named) - ANY_OPTION == set()


def test_formats_of_check_are_those_there_are() -> None:
    (row,) = (row for row in rows_of(section("docs/commands.md", "check")) if row[0] == "`--format`")

    assert set(spans_of(row[1])) == PROBLEM_FORMATS.keys()


@pytest.mark.parametrize(("name", "command", "output"), OURS)
def test_command_lines_can_be_read(name: str, command: str, output: str) -> None:
    _, chosen, *arguments = shlex.split(command)

    group = main.context_class(main, **main.context_settings)
    assert COMMANDS[chosen].make_context(chosen, arguments, parent=group).params, (name, output)


@pytest.mark.parametrize(
    ("command", "output"),
    sorted({(command, output) for _, command, output in OURS if output and " serve" not in command}),
)
def test_output_is_what_comes_out(command: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "posts", tmp_path / "posts")
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    monkeypatch.setenv("FEEDSVC_INDEX", str(tmp_path / "index.sqlite"))
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, shlex.split(command)[1:])

    beginning, is_cut, _ = output.partition("…\n")
    assert result.output.startswith(beginning) if is_cut else result.output == output


# --- settings ------------------------------------------------------------------------------------

SETTINGS = {spans_of(row[0])[0]: row for row in rows_of(text_of("docs/settings.md")) if len(row) == 4}
COMPUTED = {"title": "a host, else Posts", "author": "the title", "index": "in the cache directory"}


def test_every_setting_is_in_the_tables_and_no_other() -> None:
    assert SETTINGS.keys() == OPTIONS.keys()


@pytest.mark.parametrize("name", OPTIONS)
def test_default_of_a_setting_is_that_of_the_code(name: str) -> None:
    default = getattr(Settings(), name)
    shown = {bool: "no", int: f"{default:,}" if isinstance(default, int) else ""}.get(
        type(default), str(default or "–")
    )

    assert SETTINGS[name][1].strip("`") == COMPUTED.get(name, "–" if default in ((), "") else shown)


@pytest.mark.parametrize("name", OPTIONS)
def test_values_of_a_setting_are_those_of_the_code(name: str) -> None:
    with pytest.raises(ValueError, match="must") as error:
        OPTIONS[name].read(object())

    shown = SETTINGS[name][2].replace("`", "")
    told = re.fullmatch("must be (?:a whole number from|one of)? ?(.* to .*|.*, .*|yes or no)", str(error.value))
    assert not told or Counter(shown.split(", ")) == Counter(told[1].split(", "))


def test_example_of_a_settings_file_has_every_setting() -> None:
    (example,) = (block for block in blocks_of(text_of("docs/settings.md"), "toml") if "aliases" in block)

    source = from_toml(example, Path("feedsvc.toml"))

    assert source.keys() == {*OPTIONS, "aliases", "podcast"}
    assert merge(source).limit == 50


@pytest.mark.parametrize(
    ("name", "block"),
    [
        (name, block)
        for name in PAGES
        for block in blocks_of(text_of(name), "toml")
        if re.search(r"^(?:base_url|\[aliases\])", block, re.MULTILINE)
    ],
)
def test_settings_files_that_are_shown_can_be_used(name: str, block: str) -> None:
    assert merge(from_toml(block, Path(name)))


def test_environment_variables_are_those_that_are_read() -> None:
    sources = [(ROOT / "feedsvc" / f"{name}.py").read_text(encoding="utf-8") for name in ("config", "startup", "cli")]
    read = {name for text in sources for name in re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', text)}
    named = set(column(section("docs/settings.md", "Environment variables"), 0))

    assert named - {"FEEDSVC_BASE_URL"} == read | {WORKERS}


@pytest.mark.parametrize("name", PAGES)
def test_variables_of_settings_exist(name: str) -> None:
    assert set(re.findall(r"\bFEEDSVC_[A-Z_]*[A-Z]\b", text_of(name))) - VARIABLES.keys() == set()


# --- addresses -----------------------------------------------------------------------------------


@pytest.fixture
def sampled(settings: Settings) -> Site:
    """Return the sample posts of the repository, as `feedsvc serve` in a clone has them, at port 8000."""
    shutil.copytree(ROOT / "posts", settings.posts, dirs_exist_ok=True)
    site = Site(settings)
    site.scan()
    return site


def test_addresses_are_those_there_are(sampled: Site) -> None:
    rules = {rule.rule for rule in sampled.app.url_map.iter_rules()} - {"/<path:_>"}
    feeds = {f"/{name}/<{folder.kind}>/{file}" for name, folder in FOLDERS.items() for file in formats_by_file()}
    expected = {f"/{file}" for file in formats_by_file()} | feeds | {f"/{folder}/" for folder in FOLDERS}
    expected |= {
        re.sub("<path:stem>", "<path>/", rule).replace("<path:path>", "<path>").replace("<path:name>", "<name>")
        for rule in rules
    }
    table = text_of("docs/addresses.md").partition("\n## ")[0]

    assert {span for span in spans_of(table) if span.startswith("/")} == expected


@pytest.mark.usefixtures("compared")
@pytest.mark.parametrize(
    "url", [span for span in spans_of(text_of("docs/addresses.md").partition("\n## ")[0]) if span[0] == "/"]
)
def test_addresses_answer(sampled: Site, url: str) -> None:
    names = {"tag": "rss", "category": "kitchen", "author": "Devika%20Rao", "name": "feed.css", "part": "posts-1"}
    names |= {"path": "2023-02-14-bread-by-percentages", "section": "notes", "language": "ja"}

    reply = sampled.get(re.sub("<([a-z]+)>", lambda found: names[found[1]], url))

    assert reply.status == (
        404 if url == "/metrics" or url.startswith(("/sections/", "/files/")) else 200
    )  # of no generator, no files


def test_sample_posts_show_pictures_without_a_network(sampled: Site) -> None:
    pictures = re.findall('<img src="./([^"]*)"', sampled.get("/").text)

    types = [sampled.get(f"/{picture}").headers["Content-Type"] for picture in pictures]

    assert len(types) == sampled.get("/").text.count("<img") > 0
    assert {*types} == {"image/svg+xml"}


def test_parameters_are_those_there_are() -> None:
    day = datetime(2024, 5, 1, tzinfo=UTC)
    chosen = tuple(Filter(kind, ("x",), exclude) for kind, exclude in FILTERS.values())
    request = FeedRequest(Scope(), Format.RSS, 7, Content.NONE, 2, chosen, ("word",), day, day)
    made = {name for name, _ in parameters(request, Settings())}

    assert set(column(section("docs/addresses.md", "Parameters"), 0)) == made


def test_media_types_are_those_there_are() -> None:
    named = {span for span in column(section("docs/addresses.md", "Responses"), 1) if "/" in span}

    assert named == {*(row.media_type for row in FORMATS.values()), HTML_TYPE, OPML_TYPE}


def test_statuses_are_those_there_are(sampled: Site, make_site: Callable[[Settings], Site], tmp_path: Path) -> None:
    (sampled.posts / "feedsvc.toml").unlink()
    private = make_site(Settings(posts=sampled.posts, index=tmp_path / "i", reader_token=TOKEN))
    aliased = make_site(Settings(posts=sampled.posts, index=sampled.settings.index, aliases=(("/x", "gone"),)))
    etag = sampled.get("/rss.xml").headers["ETag"]
    replies = [
        sampled.get("/rss.xml"),
        sampled.get("/rss.xml", method="OPTIONS"),
        sampled.get("/rss.xml", method="POST"),
        sampled.get("/feed/"),
        sampled.get("/rss.xml", if_none_match=etag),
        sampled.get("/rss.xml", if_match='"x"'),
        sampled.get("/rss.xml?limit=x"),
        sampled.get("/none"),
        sampled.get(f"/{'x' * 20_000}"),
        sampled.get("/", if_none_match="x" * 9_000),
        aliased.get("/x"),
        private.get("/rss.xml"),
        private.get("/rss.xml", http_authorization="", authorization=f"Bearer {TOKEN}"),
    ]
    named = {int(row[0]) for row in rows_of(section("docs/addresses.md", "Responses")) if row[0].isdecimal()}

    assert named == {reply.status for reply in replies} | {500}


@pytest.mark.parametrize(
    ("command", "output"),
    [
        (command, output)
        for _, command, output in ALL_COMMANDS
        if command.startswith("curl ") and "$FEEDSVC" not in command
    ],
)
def test_curl_gets_what_is_shown(sampled: Site, command: str, output: str) -> None:
    (url,) = re.findall(r"http://127\.0\.0\.1:8000(/[^\s']*)", command)
    url = url.replace("联合早报", "%E8%81%94%E5%90%88%E6%97%A9%E6%8A%A5")
    etag = sampled.get(url).headers.get("ETag", "")

    reply = sampled.get(url, http_host="127.0.0.1:8000", if_none_match=etag if "--etag-compare" in command else "")

    status, _, location = output.strip().partition(" ") if "http_code" in command else ("", "", "")
    assert reply.status == int(status or (400 if "limit=many" in url else 200))
    assert reply.headers.get("Location", "") == location.removeprefix("http://127.0.0.1:8000")
    assert status or output.strip() in reply.text


# --- old addresses -------------------------------------------------------------------------------

OLD = [(spans_of(row[0])[0], spans_of(row[1])[0]) for row in rows_of(section("docs/moving.md", "Old feed URLs"))]


@pytest.mark.parametrize(("old", "new"), OLD)
def test_old_addresses_redirect(site: Site, old: str, new: str) -> None:
    site.publish(tags=["rust"], categories=["essays"], author="li", summary="word")

    reply = site.get(old)

    assert (reply.status, unquote(reply.headers["Location"])) == (301, new)


def test_no_rule_for_old_urls_is_missing() -> None:
    patterns = [rule.path for rule in LEGACY_RULES]

    assert [pattern for pattern in patterns if not any(pattern.fullmatch(old) for old, _ in OLD)] == []


# --- posts ---------------------------------------------------------------------------------------


def test_front_matter_keys_are_those_that_are_read() -> None:
    keys = section("docs/posts.md", "Keys").partition("Values that are mappings")[0]

    assert Counter(column(keys, 1)) == Counter(fields.KNOWN)


@pytest.mark.parametrize(
    "keys",
    [fields.PUBLISHED, fields.UPDATED, fields.ORIGINAL, fields.SUMMARY, fields.IMAGE, fields.EXPIRES, fields.GUID],
)
def test_front_matter_keys_are_in_the_order_they_count(keys: tuple[str, ...]) -> None:
    assert list(keys) in [spans_of(row[1]) for row in rows_of(section("docs/posts.md", "Keys"))]


def test_keys_of_mappings_are_those_that_are_read() -> None:
    source = inspect.getsource(names) + inspect.getsource(urls)
    read = set(re.findall(r'\.get\("(\w+)"', source))
    lists = re.findall(r'(?:for key in \(|_first_of\(item, )("[^)]*)\)', source)
    read |= {key for keys in lists for key in re.findall(r"\w+", keys)}
    mappings = section("docs/posts.md", "Keys").partition("Values that are mappings")[2]

    assert set(column(mappings, 1)) == read


def test_keys_of_podcasts_are_those_that_are_read() -> None:
    tables = ("FILE", "SIZE", "DURATION", "SEASON", "NUMBER", "KIND", "EXPLICIT", "IMAGE", "CHAPTERS", "TRANSCRIPT")

    assert [spans_of(row[1]) for row in rows_of(section("docs/podcasts.md", "The episodes"))] == [
        *(list(getattr(episodes, name)) for name in tables),
        list(episodes.PERSONS),
    ]


def test_keys_of_a_show_are_those_that_are_read(tmp_path: Path) -> None:
    (example,) = blocks_of(text_of("docs/podcasts.md"), "toml")

    show = merge(from_toml(example, tmp_path / "feedsvc.toml")).podcast

    assert set(re.findall(r"^(\w+) =", example, re.MULTILINE)) == {"language", *KEYS}
    assert show.categories == (("Society & Culture", "Documentary"),)


def test_elements_of_podcasts_are_those_that_are_written(site: Site) -> None:
    (example,) = blocks_of(text_of("docs/podcasts.md"), "toml")
    (front,) = re.findall(r"---\n(.*?)---", blocks_of(text_of("docs/podcasts.md"), "markdown")[0], re.DOTALL)
    settings = merge(from_toml(example, site.posts / "feedsvc.toml"))
    show = Site(replace(settings, posts=site.posts, index=site.settings.index))
    more = "duration: 1:00\nepisode_type: full\nexplicit: no\nimage: /a.png\nchapters: [/a.json, 0:00 Intro]\n"
    (site.posts / "2024-05-01-a.md").write_text(f"---\n{front}{more}---\nText", encoding="utf-8")
    (site.posts / "moon.mp3").write_bytes(b"x")
    show.scan()

    written = set(re.findall(r"<((?:itunes|podcast|psc):\w+|enclosure)", show.get("/rss.xml").text))

    assert written - {"itunes:name", "itunes:email"} == set(
        column(section("docs/podcasts.md", "What the feeds say"), 0)
    )


@pytest.mark.parametrize("row", rows_of(section("docs/posts.md", "Names")), ids=lambda row: row[0])
def test_names_are_read_as_shown(row: list[str]) -> None:
    post = parse("2024-05-01-a.md", f"---\n{spans_of(row[0])[0]}\n---\nText".encode(), Settings()).post

    assert post
    assert [*post.tags, *post.categories, *(author.name for author in post.authors)] == spans_of(row[1])


@pytest.mark.parametrize("date", column(section("docs/posts.md", "Dates"), 0))
def test_dates_are_read(date: str) -> None:
    assert parse_date(date, UTC).date().isoformat() == "2024-05-01"


@pytest.mark.parametrize("word", sorted(visibility.NO))
def test_words_that_mean_no_are_named(word: str) -> None:
    assert f"`{word}`" in section("docs/posts.md", "Hidden posts")


def test_statuses_that_hide_a_post_are_named() -> None:
    (row,) = (row for row in rows_of(section("docs/posts.md", "Hidden posts")) if "status" in row[0])

    named = {span.removeprefix("status: ").replace("-", "") for span in spans_of(row[0])}
    assert named == visibility.DRAFT_STATUSES | visibility.HIDDEN_STATUSES


@pytest.mark.parametrize(
    "front", ["draft: true", "published: false", "feed: false", "eleventyExcludeFromCollections: true"]
)
def test_front_matter_hides_a_post_as_shown(front: str) -> None:
    assert f"`{front}`" in section("docs/posts.md", "Hidden posts")
    assert parse("2024-05-01-a.md", f"---\n{front}\n---\nText".encode(), Settings()).post is None


def test_suffixes_are_those_that_are_read() -> None:
    (line,) = re.findall("Files that end in (.*?), in any letter case", text_of("docs/posts.md"))

    assert tuple(spans_of(line)) == SUFFIXES


def test_keys_of_jekyll_sites_are_those_that_are_read() -> None:
    source = inspect.getsource(jekyll_config)
    table = section("docs/moving.md", "From Jekyll").partition("key of `_config.yml`")[2].partition("\n\n")[0]
    named = {span for row in table.splitlines()[2:] for span in spans_of(row.split("|")[1])}

    assert named == set(re.findall(r'\.get\("(\w+)"', source))


# --- cleaning ------------------------------------------------------------------------------------


def known_keys(rules: str) -> set[str]:
    with pytest.raises(SettingError) as error:
        load_rules(rules, "rules.toml")
    return set(str(error.value).partition("known are ")[2].split(", "))


RULES = section("docs/cleaning.md", "Your own rules").partition("These tables apply")


def test_tables_of_rules_are_those_there_are() -> None:
    assert {span.strip("[]") for span in column(RULES[2], 0)} == known_keys("unknown = 1") - {"site"}


@pytest.mark.parametrize("table", sorted(known_keys("unknown = 1") - {"site"}))
def test_keys_of_a_table_of_rules_are_those_there_are(table: str) -> None:
    (row,) = (row for row in rows_of(RULES[2]) if row[0] == f"`[{table}]`")

    assert set(spans_of(row[1])) == known_keys(f"[{table}]\nunknown = []")


def test_keys_of_a_site_are_those_there_are() -> None:
    assert set(column(RULES[0], 0)) == known_keys('[[site]]\nhost = "x.example"\nunknown = []')


def test_rules_that_are_shown_are_those_of_the_example() -> None:
    assert blocks_of(RULES[0], "toml") == [(ROOT / "docs" / "examples" / "rules.toml").read_text(encoding="utf-8")]


# --- bounds --------------------------------------------------------------------------------------

BOUND = re.compile(r"^(?:MAX|MIN|MOST|LONGEST|LARGEST|LEAST|SHORTEST)_\w+$")
NO_BOUNDS = {
    "models.MIN_CODED",
    "posts.misspellings.MIN_SIMILARITY",
    "posts.yaml_values.MAX_PLAIN",
    "cleaning.lists.MIN_LINKED_SHARE",
    "console.MIN_PROGRESS",
    "markup.blocks.MAX_CONTAINERS",
    "markup.spans.MAX_PREFIX",
    "render.colors.MIN_CONTRAST",
    "language_detection.MIN_LETTERS",
}  # they choose a way, and nothing is lost beyond


@cache
def constants() -> dict[str, Any]:
    """Return the upper-case numbers that modules define, as `module.NAME`."""
    found = {}
    for module in pkgutil.walk_packages(feedsvc.__path__, "feedsvc."):
        if module.name.endswith("__main__"):
            continue
        loaded = import_module(module.name)
        defined = "".join(re.findall(r"^[A-Z][A-Z_, ]* = ", inspect.getsource(loaded), re.MULTILINE))
        for name in re.findall(r"\w+", defined):
            if isinstance(vars(loaded).get(name), int | float):
                found[f"{module.name.removeprefix('feedsvc.')}.{name}"] = vars(loaded)[name]
    return found


BOUNDS = rows_of(text_of("docs/bounds.md"))


@pytest.mark.parametrize("row", BOUNDS, ids=lambda row: row[0])
def test_bounds_are_those_of_the_code(row: list[str]) -> None:
    (name,) = spans_of(row[2])
    value = getattr(Settings(), name) if row[2].startswith("setting ") else constants()[name]

    assert re.findall(r"[0-9][0-9,.]*", row[1]) == [f"{value:,.0f}" if value >= 1 else str(value)]


def test_no_bound_is_missing() -> None:
    bounds = {name for name in constants() if BOUND.match(name.rpartition(".")[2])}

    assert bounds - NO_BOUNDS - {name for row in BOUNDS for name in spans_of(row[2])} == set()


# --- architecture --------------------------------------------------------------------------------


def test_modules_are_those_there_are_from_the_ground_up() -> None:
    assert column(section("docs/architecture.md", "Modules"), 0) == ORDER


def test_eight_likely_changes_have_a_place() -> None:
    rows = rows_of(section("docs/architecture.md", "Where do I change …?"))

    assert len(rows) >= 8
    assert [row[0] for row in rows if not spans_of(row[1])] == []


# --- operation -----------------------------------------------------------------------------------


def test_caches_keep_the_parameters_that_there_are_and_no_others() -> None:
    (pattern,) = set(re.findall(r"\(q\|[^=]*=", text_of("docs/caches.md")))
    known = {*PARAMETERS, "feed", "s", "token"}

    kept = {name for name in (*known, "utm_source", "x", "ref", "tags") if re.search(rf"[?&]{pattern}", f"?y&{name}=1")}

    assert kept == known


def test_metrics_are_those_there_are(sampled: Site, make_site: Callable[[Settings], Site]) -> None:
    site = make_site(Settings(posts=sampled.posts, index=sampled.settings.index, operator_token=TOKEN))
    site.get("/rss.xml")
    shown = site.get("/metrics", authorization=f"Bearer {TOKEN}").text
    names = set(re.findall(r"^# TYPE (feedsvc_\w+)", shown, re.MULTILINE))

    assert set(column(section("docs/deploy.md", "Metrics"), 0)) == names


def test_labels_of_metrics_are_those_there_are() -> None:
    (row,) = (row for row in rows_of(section("docs/deploy.md", "Metrics")) if "requests_total" in row[0])
    labels = {value for series in SERIES for value in (series.kind, series.cache)}

    assert set(spans_of(row[1])) == {*SERIES[0]._fields, *labels}


def without_numbers(log: str) -> str:
    return re.sub(r"\d+", "0", log.replace(f"{ROOT}/", ""))


START = next(output for command, output in commands_of(text_of("README.md")) if command.endswith("feedsvc serve"))
LOG = blocks_of(section("docs/deploy.md", "Log"), "text")[0]


@pytest.mark.parametrize("shown", [START, LOG], ids=["README.md", "docs/deploy.md"])
def test_start_is_logged_as_shown_by_two_processes(samples: Samples, shown: str, until: Callable[..., None]) -> None:
    lines = without_numbers(shown).splitlines()[: len(START.splitlines())]
    assert lines

    until(lambda: set(lines) <= set(without_numbers(samples.log.read_text(encoding="utf-8")).splitlines()))


def test_requests_are_logged_with_the_members_shown() -> None:
    (request, event) = map(json.loads, blocks_of(text_of("docs/deploy.md"), "json")[0].splitlines())

    assert list(request) == ["time", "level", *Line._fields]
    assert list(event) == ["time", "level", "message"]
