"""Where settings come from, which source wins, and the one line that refuses each impossible value."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.config import load_settings, read_listening
from feedsvc.errors import SettingError
from feedsvc.models import Content
from feedsvc.setting_sources import (
    Given,
    from_command_line,
    from_environment,
    from_toml,
    merge,
    refuse_conflicts,
    unknown_variables,
)
from feedsvc.settings import (
    OPTIONS,
    AccessLog,
    LinkTo,
    Listening,
    LogFormat,
    Settings,
    reading_fingerprint,
    showing_fingerprint,
    site_title,
)

FILE = Path("/srv/blog/feedsvc.toml")
ANYTHING = settings(max_examples=100, deadline=None, derandomize=True)


def value_of(name: str, text: str) -> Any:
    return getattr(merge(from_environment({f"FEEDSVC_{name.upper()}": text})), name)


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("posts", "blog/_posts", Path("blog/_posts")),
        ("posts", "~/posts", Path.home() / "posts"),
        ("index", "/var/cache/x.sqlite", Path("/var/cache/x.sqlite")),
        ("base_url", "https://example.org", "https://example.org"),
        ("base_url", " https://Example.org/blog/ ", "https://example.org/blog"),
        ("base_url", "http://localhost:8000/", "http://localhost:8000"),
        ("base_url", "http://[::1]:8000", "http://[::1]:8000"),
        ("base_url", "https://例子.example/博客", "https://xn--fsqu00a.example/%E5%8D%9A%E5%AE%A2"),
        ("title", " 每日新闻 ", "每日新闻"),
        ("description", "A & B", "A & B"),
        ("language", "zh-CN", "zh-CN"),
        ("author", "李雷", "李雷"),
        ("timezone", "Asia/Shanghai", ZoneInfo("Asia/Shanghai")),
        ("timezone", "utc", UTC),
        ("id_namespace", "blog", "blog"),
        ("link_to", "original", LinkTo.ORIGINAL),
        ("limit", "1", 1),
        ("limit", " 200 ", 200),
        ("content", "none", Content.NONE),
        ("max_age", "60", 60),
        ("exclude_tags", "a, b c,,a b ", ("a", "b c", "a b")),
        ("exclude_categories", "e\u0301", ("é",)),
        ("future", "yes", True),
        ("future", "0", False),
        ("drafts", "ON", True),
        ("drafts", "False", False),
        ("max_post_bytes", "1_000_000", 1_000_000),
        ("settle_ms", "0", 0),
        ("scan_interval", "1", 1),
        ("cache_bytes", "0", 0),
        ("operator_token", f" {'t' * 16} ", "t" * 16),
        ("reader_token", "!#+/=~0123456789", "!#+/=~0123456789"),
        ("trusted_proxies", "1", 1),
        ("log_format", "json", LogFormat.JSON),
        ("access_log", "off", AccessLog.OFF),
    ],
)
def test_a_setting_is_read_from_text(name: str, text: str, value: object) -> None:
    assert value_of(name, text) == value


def test_every_setting_is_covered_by_an_option() -> None:
    assert {field.name for field in fields(Settings)} == {
        *OPTIONS,
        "aliases",
        "podcast",
        "site",
        "base_url_from",
        "configured",
    }  # these have files of their own


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("posts", " ", "must be a path"),
        ("posts", "a\0b", "must be a path"),
        ("posts", "~nobody-of-this-name/x", "no such home directory"),
        ("index", "~nobody-of-this-name/x", "no such home directory"),
        ("base_url", "feeds.example.net", "must be a URL like https://feeds.example.net"),
        ("base_url", "feeds.example.net/blog/", "must be a URL like https://feeds.example.net/blog/"),
        ("base_url", "//feeds.example.net", "must be a URL like https://feeds.example.net"),
        ("site_url", "www.example.net", "must be a URL like https://www.example.net"),
        ("base_url", "localhost:8000", "must be a URL like http://localhost:8000"),
        ("base_url", "example", "must be a URL like https://example.org or https://example.org/blog"),
        ("base_url", "ftp://example.org", "must be a URL like https://example.org or https://example.org/blog"),
        ("base_url", "https://", "must be a URL like https://example.org or https://example.org/blog"),
        ("base_url", "https://e.org?a=b", "must be a URL like https://example.org or https://example.org/blog"),
        ("base_url", "https://e.org#a", "must be a URL like https://example.org or https://example.org/blog"),
        ("base_url", "https://e.org:port", "must be a URL like https://example.org or https://example.org/blog"),
        ("base_url", "https://e.org/\udcff", "must be UTF-8 without control characters"),
        ("title", "a\x08b", "must be UTF-8 without control characters"),
        ("id_namespace", "\udcff", "must be UTF-8 without control characters"),
        ("timezone", "Mars/Base", "must be a time zone like Asia/Shanghai"),
        ("timezone", "Berlin", "must be a time zone like Europe/Berlin"),
        ("timezone", "europe/berlin", "must be a time zone like Europe/Berlin"),
        ("timezone", "Los Angeles", "must be a time zone like America/Los_Angeles"),
        ("timezone", "Europe/Berln", "must be a time zone like Europe/Berlin"),
        ("timezone", "UTC+2", "must be a time zone like Etc/GMT-2"),
        ("timezone", "GMT-05:00", "must be a time zone like Etc/GMT+5"),
        ("timezone", "+08:00", "must be a time zone like Etc/GMT-8"),
        ("timezone", "UTC+99", "must be a time zone like Asia/Shanghai"),
        ("timezone", "Etc", "must be a time zone like Asia/Shanghai"),
        ("timezone", "../Etc/UTC", "must be a time zone like Etc/UTC"),
        ("timezone", "/etc/localtime", "must be a time zone like Asia/Shanghai"),
        ("timezone", "x" * 5000, "must be a time zone like Asia/Shanghai"),
        ("timezone", "时区", "must be a time zone like Asia/Shanghai"),
        ("link_to", "elsewhere", "must be one of auto, site, original, page"),
        ("content", "FULL", "must be one of full, summary, none"),
        ("limit", "0", "must be a whole number from 1 to 200"),
        ("limit", "201", "must be a whole number from 1 to 200"),
        ("limit", "-1", "must be a whole number from 1 to 200"),
        ("limit", "1.5", "must be a whole number from 1 to 200"),
        ("limit", "二", "must be a whole number from 1 to 200"),
        ("limit", "２", "must be a whole number from 1 to 200"),
        ("limit", "9" * 5000, "must be a whole number from 1 to 200"),
        ("max_age", "59", "must be a whole number from 60 to 86,400"),
        ("max_post_bytes", "999", "must be a whole number from 1,000 to 100,000,000"),
        ("scan_interval", "0", "must be a whole number from 1 to 86,400"),
        (
            "image_proxy",
            "https://x.example/",
            "must be a URL with {url} in it, like https://images.example/?url={url}",
        ),
        ("cache_bytes", "-1", "must be a whole number from 0 to 1,000,000,000,000"),
        ("trusted_proxies", "10", "must be a whole number from 0 to 9"),
        ("log_format", "xml", "must be one of text, json"),
        ("access_log", "none", "must be one of errors, all, off"),
        ("future", "maybe", "must be yes or no"),
        ("drafts", "2", "must be yes or no"),
    ],
)
def test_an_impossible_value_is_refused_by_name(name: str, text: str, reason: str) -> None:
    with pytest.raises(SettingError) as raised:
        value_of(name, text)

    assert str(raised.value) == f"FEEDSVC_{name.upper()}: {text!r}: {reason}"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("limit = 5", 5),
        ("future = true", True),
        ("drafts = false", False),
        ('exclude_tags = ["a", " b "]', ("a", "b")),
        ('exclude_tags = "a, b"', ("a", "b")),
        ("exclude_categories = []", ()),
        ('content = "summary"', Content.SUMMARY),
    ],
)
def test_a_setting_is_read_from_toml(line: str, value: object) -> None:
    assert getattr(merge(from_toml(line, FILE)), line.partition(" ")[0]) == value


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("limit = true", "limit: 'True': must be a whole number from 1 to 200"),
        ("limit = 5.0", "limit: '5.0': must be a whole number from 1 to 200"),
        ("limit = [5]", "limit: '[5]': must be a whole number from 1 to 200"),
        ("title = 5", "title: '5': must be text"),
        ("timezone = 8", "timezone: '8': must be text"),
        ("timezone = ''", "timezone: '': must be a time zone like Asia/Shanghai"),
        ("base_url = ['x']", "base_url: \"['x']\": must be text"),
        ("exclude_tags = 5", "exclude_tags: '5': must be a list of names"),
        ("exclude_tags = ['a', 5]", "exclude_tags: \"['a', 5]\": must be a list of names"),
        ("exclude_tags = {a = 'b'}", "exclude_tags: \"{'a': 'b'}\": must be a list of names"),
        ("posts = 5", "posts: '5': must be a path"),
        ("posts = ['a']", "posts: \"['a']\": must be a path"),
        ("posts = ''", "posts: '': must be a path"),
        ("index = '~nobody-of-this-name/x'", "index: '~nobody-of-this-name/x': no such home directory"),
        ("future = 'perhaps'", "future: 'perhaps': must be yes or no"),
        ("content = {}", "content: '{}': must be one of full, summary, none"),
    ],
)
def test_an_impossible_value_in_a_file_names_file_and_setting(line: str, message: str) -> None:
    with pytest.raises(SettingError) as raised:
        merge(from_toml(line, FILE))

    assert str(raised.value) == f"{FILE}: {message}"


# --- sources -------------------------------------------------------------------------------------


def test_without_any_source_the_defaults_hold() -> None:
    assert merge() == Settings()


def test_an_earlier_source_wins() -> None:
    command_line = from_command_line({"title": "a"})
    environment = from_environment({"FEEDSVC_TITLE": "b", "FEEDSVC_AUTHOR": "b"})
    file = from_toml("title = 'c'\nauthor = 'c'\nlanguage = 'de'", FILE)

    found = merge(command_line, environment, file)

    assert (found.title, found.author, found.language) == ("a", "b", "de")


def test_a_value_that_is_overruled_need_not_be_possible() -> None:
    assert merge(from_command_line({"limit": "5"}), from_environment({"FEEDSVC_LIMIT": "x"})).limit == 5


def test_an_empty_variable_is_not_set() -> None:
    assert value_of("timezone", "") == UTC


def test_an_option_that_was_not_given_is_not_set() -> None:
    assert merge(from_command_line({"limit": None, "future": False})) == Settings()


def test_the_command_line_names_its_options() -> None:
    with pytest.raises(SettingError, match=r"^--max-age: '5': must be a whole number from 60 to 86,400$"):
        merge(from_command_line({"max_age": "5"}))


@pytest.mark.parametrize(
    ("environ", "unknown"),
    [
        ({"FEEDSVC_TITLE": "a", "PATH": "b", "feedsvc_x": "c"}, []),
        ({"FEEDSVC_PORT": "1", "FEEDSVC_": "", "FEEDSVC_title": "a"}, ["FEEDSVC_", "FEEDSVC_PORT", "FEEDSVC_title"]),
    ],
    ids=["none", "some"],
)
def test_unknown_variables_are_listed_in_order(environ: Mapping[str, str], unknown: list[str]) -> None:
    assert unknown_variables(environ) == unknown


def test_unknown_variables_set_nothing() -> None:
    assert merge(from_environment({"FEEDSVC_NONSENSE": "a"})) == Settings()


@pytest.mark.parametrize(
    ("written", "path"),
    [("_posts", "/srv/blog/_posts"), ("../x", "/srv/blog/../x"), ("/abs", "/abs"), ("~/x", str(Path.home() / "x"))],
)
@pytest.mark.parametrize("name", ["posts", "index"])
def test_a_path_in_a_file_is_relative_to_it(name: str, written: str, path: str) -> None:
    assert getattr(merge(from_toml(f"{name} = '{written}'", FILE)), name) == Path(path)


def test_an_unknown_setting_in_a_file_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError) as raised:
        from_toml("colour = 'x'", FILE)

    known = ", ".join([*OPTIONS, "[aliases]", "[podcast]"])
    assert str(raised.value) == f"{FILE}: 'colour': unknown setting; known are {known}"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("titel", "title"), ("base-url", "base_url"), ("Title", "title"), ("timezon", "timezone"), ("limits", "limit")],
)
def test_a_misspelt_setting_in_a_file_is_refused_with_the_one_that_is_meant(name: str, meant: str) -> None:
    with pytest.raises(SettingError) as raised:
        from_toml(f"{name} = 'x'", FILE)

    assert str(raised.value) == f"{FILE}: {name!r}: unknown setting; did you mean {meant!r}?"


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("title = x", 1, "put the value in quotes"),
        ("limit = 5\ntitle = My letters", 2, "put the value in quotes"),
        ("title = “Letters”", 1, "write straight quotes, \" or '"),
        ("title: Letters", 1, "write each line as `name = value`"),
        ('limit = 5\ntitle = "Letters\n', 2, "a quote is opened and never closed"),
        ('exclude_tags = ["a" "b"]', 1, "put a comma between values"),
        ('posts = "C:\\Users\\ann"', 1, "write \\\\ for a \\, or use single quotes"),
        ('posts = "C:\\posts"', 1, "write \\\\ for a \\, or use single quotes"),
        ('[aliases]\n/feed.php = "/rss.xml"', 2, "put the name in quotes"),
    ],
)
def test_a_slip_in_a_file_is_told_with_what_to_do(text: str, line: int, remedy: str) -> None:
    with pytest.raises(SettingError, match=f"^{FILE}:{line}: ") as raised:
        from_toml(text, FILE)

    assert str(raised.value).endswith(f": {remedy}")


def test_a_rules_file_that_is_missing_is_told_with_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "feedsvc.toml").write_text("rules = 'my-rules.toml'")

    with pytest.raises(SettingError) as raised:
        load_settings({"posts": tmp_path})

    assert str(raised.value) == f"{tmp_path}/feedsvc.toml: rules: '{tmp_path}/my-rules.toml': no such file"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("title = ", id="no value"),
        pytest.param("title = 'a'\ntitle = 'b'", id="twice"),
        pytest.param("limit = " + "1" * 5_000, id="a long number"),
        pytest.param("title = " + "[" * 5_000, id="brackets"),
        pytest.param("title = 2024-02-30", id="no such day"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingError, match=rf"^{FILE}(:\d+)?: "):
        from_toml(text, FILE)


def test_an_empty_file_sets_nothing() -> None:
    assert merge(from_toml("# nothing yet\n", FILE)) == Settings()


# --- listening -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "given", "expected"),
    [
        pytest.param({}, (None, None, None), Listening("127.0.0.1", 8000, 2), id="defaults"),
        pytest.param({"PORT": "80"}, (None, None, None), Listening("0.0.0.0", 80, 2), id="a platform's port"),
        pytest.param({"PORT": ""}, (None, None, None), Listening("127.0.0.1", 8000, 2), id="an empty variable"),
        pytest.param({"WEB_CONCURRENCY": "4"}, (None, None, None), Listening("127.0.0.1", 8000, 4), id="workers"),
        pytest.param({"PORT": "80"}, ("::1", "81", "1"), Listening("::1", 81, 1), id="the command line first"),
        pytest.param({"PORT": "80"}, ("", None, None), Listening("0.0.0.0", 80, 2), id="an empty host"),
    ],
)
def test_where_to_listen_comes_from_the_command_line_else_the_platform(
    environ: Mapping[str, str], given: tuple[str | None, str | None, str | None], expected: Listening
) -> None:
    assert read_listening(environ, *given) == expected


@pytest.mark.parametrize(
    ("environ", "port", "workers", "message"),
    [
        ({}, "0", None, "--port: '0': must be a whole number from 1 to 65,535"),
        ({}, "65536", None, "--port: '65536': must be a whole number from 1 to 65,535"),
        ({"PORT": "http"}, None, None, "PORT: 'http': must be a whole number from 1 to 65,535"),
        ({}, None, "0", "--workers: '0': must be a whole number from 1 to 64"),
        ({"WEB_CONCURRENCY": "x"}, None, None, "WEB_CONCURRENCY: 'x': must be a whole number from 1 to 64"),
    ],
)
def test_an_impossible_port_is_refused_by_name(
    environ: Mapping[str, str], port: str | None, workers: str | None, message: str
) -> None:
    with pytest.raises(SettingError) as raised:
        read_listening(environ, None, port, workers)

    assert str(raised.value) == message


# --- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["operator_token", "reader_token"])
@pytest.mark.parametrize("text", ["short", "s" * 15, "with a blank inside", "geheimnis-für-alle"])
def test_a_token_that_is_too_weak_is_refused_without_being_shown(name: str, text: str) -> None:
    with pytest.raises(SettingError) as raised:
        value_of(name, text)

    assert str(raised.value) == (
        f"FEEDSVC_{name.upper()}: must be at least 16 ASCII letters, digits and signs, without spaces"
    )


def test_a_number_is_no_token() -> None:
    with pytest.raises(SettingError, match="reader_token: must be at least 16"):
        merge(from_toml("reader_token = 1234567890123456", FILE))


def test_tokens_are_not_in_what_settings_look_like() -> None:
    token = "t" * 16

    assert token not in repr(Settings(operator_token=token, reader_token=token))


@pytest.mark.parametrize(
    "changes",
    [{"operator_token": "t" * 16}, {"trusted_proxies": 1}, {"access_log": AccessLog.ALL}],
    ids=lambda changes: next(iter(changes)),
)
def test_who_may_ask_changes_no_document(changes: dict[str, Any]) -> None:
    assert showing_fingerprint(replace(Settings(), **changes)) == showing_fingerprint(Settings())


# --- what follows --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": ZoneInfo("Asia/Shanghai")},
        {"exclude_tags": ("a",)},
        {"exclude_categories": ("a",)},
        {"drafts": True},
        {"max_post_bytes": 5_000},
        {"future": True},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_setting_that_shapes_reading_changes_the_fingerprint(changes: dict[str, Any]) -> None:
    assert reading_fingerprint(replace(Settings(), **changes)) != reading_fingerprint(Settings())


@pytest.mark.parametrize(
    "changes",
    [{"title": "a"}, {"limit": 5}, {"max_age": 90}, {"base_url": "https://a.example"}, {"posts": Path("a")}],
    ids=lambda changes: next(iter(changes)),
)
def test_other_settings_leave_the_fingerprint(changes: dict[str, Any]) -> None:
    assert reading_fingerprint(replace(Settings(), **changes)) == reading_fingerprint(Settings())


@pytest.mark.parametrize(
    ("options", "title"),
    [
        (Settings(title="Daily", posts=Path("/srv/blog")), "Daily"),
        (Settings(posts=Path("/srv/blog")), "Posts"),
        (Settings(posts=Path("/srv/release-7/posts")), "Posts"),
        (Settings(posts=Path("/")), "Posts"),
        (Settings(base_url="https://feeds.example.org/x"), "feeds.example.org"),
        (Settings(base_url="https://feeds.example.org", site_url="https://example.org"), "example.org"),
        (Settings(title="Daily", base_url="https://feeds.example.org"), "Daily"),
    ],
)
def test_the_title_is_the_one_that_is_set_or_the_host(options: Settings, title: str) -> None:
    assert site_title(options) == title


# --- anything ------------------------------------------------------------------------------------


@given(name=st.sampled_from(sorted(OPTIONS)), text=st.text(max_size=20) | st.integers().map(str))
@ANYTHING
def test_any_text_is_a_setting_or_a_setting_error(name: str, text: str) -> None:
    try:
        merge(from_command_line({name: text}))
        message = ""
    except SettingError as error:
        message = str(error)

    shown = "" if OPTIONS[name].is_secret else f" {text!r}:"
    assert not message or message.startswith(f"--{name.replace('_', '-')}:{shown} ")


@given(text=st.text())
@ANYTHING
def test_any_file_is_settings_or_a_setting_error(text: str) -> None:
    try:
        merge(from_toml(text, FILE))
        message = ""
    except SettingError as error:
        message = str(error)

    assert not message or re.match(rf"{FILE}(:\d+)?: ", message)


@pytest.mark.parametrize(
    "name", ["feedsvc.toml", "posts/feedsvc.toml", "_config.yml", "_data/authors.yml", "rules.toml"]
)
def test_settings_know_when_their_files_were_last_modified(tmp_path: Path, elsewhere: None, name: str) -> None:  # noqa: ARG001
    for path in ("posts/_posts", "_data"):
        (tmp_path / path).mkdir(parents=True)
    written = {"_config.yml": "title: A", "_data/authors.yml": "a: {name: A}", "rules.toml": "", name: ""}
    for path, text in written.items():
        (tmp_path / path).write_text(text)
        os.utime(tmp_path / path, (1_000, 1_000))
    os.utime(tmp_path / name, (2_000, 2_000))

    found = load_settings({"posts": str(tmp_path / "posts"), "rules": str(tmp_path / "rules.toml")})

    assert found.configured == 2_000 * 10**9


# --- caches and hubs -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "targets"),
    [
        ("varnish http://127.0.0.1:6081/", ("varnish http://127.0.0.1:6081/",)),
        (["webhook https://a.example/x?key=1", " fastly  https://b.example/p"],
         ("webhook https://a.example/x?key=1", "fastly https://b.example/p")),
        ("varnish http://a/, varnish http://b/,", ("varnish http://a/", "varnish http://b/")),
        ([], ()),
    ],
)  # fmt: skip
def test_targets_of_changes_are_read(value: object, targets: tuple[str, ...]) -> None:
    assert OPTIONS["on_change"].read(value) == targets


@pytest.mark.parametrize(
    "value", ["http://a/", "squid http://a/", "varnish", "varnish ftp://a/", "varnish http://u:secret@a/", 1, [1]]
)
def test_targets_that_cannot_be_used_are_refused_without_showing_them(value: object) -> None:
    with pytest.raises(SettingError, match="on_change: must") as error:
        merge({"on_change": Given("on_change", value)})

    assert "secret" not in str(error.value)


def test_hub_needs_the_url_at_which_it_reaches_feeds() -> None:
    refuse_conflicts(Settings(websub_hub="https://hub.example/", base_url="https://feeds.example"))

    with pytest.raises(SettingError, match="needs base_url"):
        refuse_conflicts(Settings(websub_hub="https://hub.example/"))


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Run a test as a user who may not look into everything."""
    user = os.geteuid()
    os.seteuid(user or 65_534)
    yield
    os.seteuid(user)


def test_folder_without_permission_is_named(tmp_path: Path, unprivileged: None) -> None:  # noqa: ARG001
    folder = tmp_path / "posts"
    with suppress(PermissionError):  # root has made `tmp_path` for itself
        folder.mkdir(mode=0)

    with pytest.raises(SettingError, match="posts: no permission to look into this folder"):
        load_settings({"posts": folder})
