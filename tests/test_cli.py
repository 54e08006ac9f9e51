"""The command line: what it prints, how it ends, and never a traceback."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from feedsvc import __version__
from feedsvc.cli import main
from feedsvc.command_options import GROUPS
from feedsvc.console import MIN_PROGRESS, show_progress
from feedsvc.models import Cleaned
from feedsvc.publishing import body_cleaner
from feedsvc.settings import OPTIONS
from feedsvc.startup import make_cleaner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site


@pytest.fixture(autouse=True)
def elsewhere(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FEEDSVC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FEEDSVC_INDEX", str(site.settings.index))
    monkeypatch.setenv("XDG_CACHE_HOME", str(site.posts.parent / "cache"))
    monkeypatch.chdir(site.posts.parent)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def summary_of(result: Result) -> str:
    """Return the last line on standard error."""
    return result.stderr.splitlines()[-1]


# --- check ---------------------------------------------------------------------------------------


def test_check_names_every_problem_and_fails(site: Site) -> None:
    site.write("2024-01-01-a.md")
    (site.posts / "2024-01-02-bad.md").write_text("---\ntitle: a\ntags: b: c\n---\n")

    result = run("check")

    assert (result.exit_code, summary_of(result)) == (1, "1 post, 1 error, 0 hints")
    assert result.stdout.startswith("2024-01-02-bad.md:3: error: front matter: ")


def test_check_without_an_error_succeeds(site: Site) -> None:
    site.write("2024-01-01-a.md", enclosure="/a.unknown")

    result = run("check")

    assert (result.exit_code, summary_of(result)) == (0, "1 post, 0 errors, 1 hint")


@pytest.mark.parametrize("options", [(), ("--bodies",)])
def test_check_names_the_line_of_an_enclosed_file_that_is_missing(site: Site, options: tuple[str, ...]) -> None:
    (site.posts / "here.mp3").write_bytes(b"x")
    for day, audio in enumerate(("missing.mp3", "here.mp3", "/audio/elsewhere.mp3", "https://x.example/a.mp3"), 1):
        (site.posts / f"2024-01-0{day}-a.md").write_text(f"---\ntitle: A\naudio: {audio}\n---\nText.")

    told = [line for line in run("check", *options).stdout.splitlines() if "mp3" in line and "elsewhere" not in line]

    assert told == ["2024-01-01-a.md:3: hint: missing.mp3: no such file"]


@pytest.mark.parametrize(("name", "times"), [("b.md", 1), ("2024-01-01-a.md", 0)])
def test_check_tells_what_to_add_where_no_file_has_a_date(site: Site, name: str, times: int) -> None:
    (site.posts / name).write_text("Text.")

    assert run("check").stdout.count("write `date:` or `created:`") == times


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"2024-01-01-a.md": "x"}, "posts: a folder of posts, of no generator that is known: 1 post"),
        (
            {"_config.yml": "title: x\n", "_posts/2024-01-01-a.md": "x"},
            "posts: a site of Jekyll, by _config.yml: 1 post",
        ),
        (
            {"hugo.toml": "title = 'x'", "content/posts/2024-01-01-a.md": "x", "content/about.md": "x"},
            "posts: a site of Hugo, by hugo.toml: 1 post, 1 page",
        ),
        (
            {"2024-01-01-a.md": "x", "b.rst": ":date: 2024-01-02\n"},
            "posts: a folder of posts, of no generator that is known: 1 post",
        ),
    ],
)
def test_check_begins_with_what_the_folder_was_taken_for(site: Site, files: dict[str, str], line: str) -> None:
    for name, text in files.items():
        (site.posts / name).parent.mkdir(parents=True, exist_ok=True)
        (site.posts / name).write_text(text)

    result = run("check")

    assert (result.exit_code, result.stderr.splitlines()[0]) == (0, line)


def test_check_of_an_empty_folder_succeeds() -> None:
    result = run("check")

    assert (result.exit_code, summary_of(result)) == (0, "0 posts, 0 errors, 1 hint")
    assert result.stdout.startswith(".: hint: no posts: feedsvc reads files that end in .md, ")


@pytest.mark.parametrize(
    ("arguments", "commands"),
    [
        (("feeds", "--base-url", "https://a.example"), "serve, check, build, clean"),
        (("feeds", "--page-bytes=9"), "serve, build"),
        (("check", "--title", "A"), "serve, build"),
        (("clean", "--limit", "3", "x.md"), "serve, build"),
        (("build", "out", "--no-static"), "serve"),
    ],
)
def test_setting_of_another_command_is_refused_with_the_commands_it_is_for(
    arguments: tuple[str, ...], commands: str
) -> None:
    result = run(*arguments)

    option = arguments[-1 if arguments[0] == "build" else 1].partition("=")[0]
    assert result.exit_code == 2
    assert f"Error: {option}: no effect here: it is for feedsvc {commands}\n" in result.stderr


@pytest.mark.parametrize("option", ["--operator-token", "--on-change"])
def test_setting_that_is_no_option_is_refused_with_where_it_is_set(option: str) -> None:
    result = run("serve", option, "x")

    variable = option.replace("--", "FEEDSVC_").replace("-", "_").upper()
    assert f"Error: {option}: no option: set {variable}, or write it into feedsvc.toml\n" in result.stderr


@pytest.mark.parametrize("option", ["--prot", "--nonsense"])
def test_option_that_does_not_exist_is_told_as_such(option: str) -> None:
    assert f"No such option '{option}'" in run("serve", option).stderr


def test_check_takes_the_base_url_by_which_posts_are_scraped_or_own(site: Site) -> None:
    site.write("2024-01-01-a.md")

    assert run("check", "--bodies", "--base-url", "https://a.example").exit_code == 0


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 1)])
def test_strict_check_fails_on_a_hint(site: Site, options: list[str], code: int) -> None:
    site.write("2024-01-01-a.md", enclosure="/a.unknown")

    assert run("check", *options).exit_code == code


def test_strict_check_of_sound_posts_succeeds(site: Site) -> None:
    site.write("2024-01-01-a.md")

    assert run("check", "--strict", "--bodies").exit_code == 0


def test_check_compares_posts(site: Site) -> None:
    site.write("2024-01-01-a.md")
    site.write("2024-01-01-a.html")

    result = run("check")

    assert (result.exit_code, result.stdout[:37]) == (1, "2024-01-01-a.md: error: page: '/posts")


def test_check_of_bodies_cleans_and_keeps_them_all(site: Site) -> None:
    site.write("2024-01-01-a.md")

    result = run("check", "--bodies")

    assert (result.exit_code, summary_of(result)) == (0, "1 post, 0 errors, 0 hints")
    cleaner = make_cleaner(site.settings)
    assert site.index.bodies(site.index.posts(), cleaner.fingerprint)["2024-01-01-a.md"].html == "<p>Text.</p>"


def test_check_of_bodies_names_those_that_are_only_sanitized(site: Site) -> None:
    site.write("2024-01-01-a.md", "x" * 800_000)

    result = run("check", "--bodies")

    assert (result.exit_code, summary_of(result)) == (1, "1 post, 1 error, 0 hints")
    assert result.stdout.startswith("2024-01-01-a.md: error: sanitized only: more than 700,000 characters")


def test_check_writes_for_programs(site: Site) -> None:
    site.write("undated.md", tags=["x"])

    (problem,) = json.loads(run("check", "--format", "json").stdout)

    assert (list(problem), problem["path"]) == (["path", "line", "level", "message"], "undated.md")


def test_check_writes_for_github_with_paths_from_where_it_runs(site: Site) -> None:
    site.write("undated.md", tags=["x"])

    assert run("check", "--format", "github").stdout.startswith("::error file=posts/undated.md::date: neither in")


def test_check_lists_hidden_posts_with_the_reasons(site: Site) -> None:
    site.write("2024-01-01-a.md")
    site.write("2024-01-02-b.md", draft=True)
    site.write("c.md", status="private", visibility="members")

    result = run("check", "--hidden")

    assert result.stdout.splitlines() == ["2024-01-02-b.md: draft: true", "c.md: status: private"]
    assert (result.exit_code, summary_of(result)) == (0, "1 post, 0 errors, 0 hints, 2 hidden")


def test_check_counts_posts_whose_date_is_to_come(site: Site) -> None:
    site.write("2024-01-01-a.md")
    site.write("2999-01-01-b.md")

    assert summary_of(run("check")) == "1 post, 0 errors, 0 hints, 1 not due yet"
    assert summary_of(run("check", "--future")) == "2 posts, 0 errors, 0 hints"


def test_check_of_hidden_posts_fails_on_an_error_all_the_same(site: Site) -> None:
    site.write("2024-01-01-a.md", hide=True)

    result = run("check", "--hidden")

    assert (result.exit_code, result.stdout) == (1, "2024-01-01-a.md: hide: true\n")
    assert run("check").stdout.startswith("2024-01-01-a.md: error: hide: unknown, but its name says")


def test_check_writes_hidden_posts_for_programs(site: Site) -> None:
    site.write("2024-01-02-b.md", draft=True)

    as_json, as_command = (run("check", "--hidden", "--format", style).stdout for style in ("json", "github"))

    assert json.loads(as_json) == [{"path": "2024-01-02-b.md", "reason": "draft: true"}]
    assert as_command == "::notice file=posts/2024-01-02-b.md::hidden: draft: true\n"


def test_check_of_bodies_tells_of_comments_that_are_never_closed(site: Site) -> None:
    site.write("2024-01-01-a.md", "Text.\n\n{{< comment >}}\nHush.")

    result = run("check", "--bodies")

    assert result.stdout.startswith("2024-01-01-a.md: hint: {{< comment >}}: opened in line ")
    assert (result.exit_code, summary_of(result)) == (0, "1 post, 0 errors, 1 hint")
    assert run("check").stdout == result.stdout


def test_second_check_finds_the_same(site: Site) -> None:
    site.write("undated.md")

    first, second = run("check"), run("check")

    assert (first.output, first.exit_code) == (second.output, second.exit_code)


# --- feeds ---------------------------------------------------------------------------------------


def test_feeds_are_listed_with_their_counts(site: Site) -> None:
    site.write("2024-01-01-a.md", tags=["联合早报"])
    site.write("2024-01-02-b.md", author="Li")

    assert run("feeds").stdout.splitlines() == [
        "      2  2024-01-02  all  /rss.xml",
        "      1  2024-01-01  tag 联合早报  /tags/%E8%81%94%E5%90%88%E6%97%A9%E6%8A%A5/rss.xml",
        "      1  2024-01-02  author Li  /authors/Li/rss.xml",
    ]


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", "2024-01-01"), ("Asia/Shanghai", "2024-01-02"), ("America/New_York", "2024-01-01")]
)
def test_days_of_feeds_are_the_site_s(site: Site, zone: str, day: str) -> None:
    site.write("a.md", date="2024-01-01T20:30:00Z")

    assert run("feeds", "--timezone", zone).stdout.split()[1] == day


@pytest.mark.parametrize(("options", "count"), [([], 1), (["--future"], 2), (["--no-future"], 1)])
def test_future_posts_are_listed_where_that_is_set(site: Site, options: list[str], count: int) -> None:
    site.write("2024-01-01-a.md")
    site.write("2999-01-01-b.md")

    assert run("feeds", *options).stdout.split()[0] == str(count)


def test_posts_may_be_named(site: Site, tmp_path: Path) -> None:
    site.write("2024-01-01-a.md")
    site.posts.rename(tmp_path / "other")

    assert run("feeds", "other").stdout.split()[0] == "1"


# --- clean ---------------------------------------------------------------------------------------


def test_clean_prints_the_clean_body(site: Site) -> None:
    file = site.write("2024-01-01-a.md", "Some *text*.\n\n<script>alert(1)</script>")

    result = run("clean", str(file))

    assert "<p>Some <em>text</em>.</p>" in result.stdout
    assert "script" not in result.stdout


def test_clean_diff_names_what_goes_and_the_rule(site: Site) -> None:
    file = site.write("2024-01-01-a.md", '<p>A text of some length.</p><div class="sharedaddy">Share</div>')

    result = run("clean", str(file), "--diff")

    assert result.stdout.splitlines() == [
        "own: it names no original",
        'class sharedaddy: <div class="sharedaddy">Share</div>',
    ]


def test_clean_without_a_base_url_leaves_addresses_of_the_site_as_they_are(site: Site) -> None:
    file = site.write("2024-01-01-a.md", "[there](/about/)")

    assert 'href="/about/"' in run("clean", str(file)).stdout


def test_clean_raw_prints_the_body_as_it_came(site: Site) -> None:
    file = site.write("2024-01-01-a.md", "Some *text*.")

    result = run("clean", str(file), "--raw")

    assert result.stdout.strip() == "Some *text*."


def test_clean_takes_an_operators_rules(site: Site, tmp_path: Path) -> None:
    file = site.write("2024-01-01-a.md", "<p>Text.</p><p class=x>Extra</p>", link="https://blog.example/a")
    rules = tmp_path / "rules.toml"
    rules.write_text('[[site]]\nhost = "blog.example"\nremove = [".x"]\n')

    result = run("clean", str(file), "--rules", str(rules))

    assert result.stdout == "<p>Text.</p>\n"


def test_unknown_rule_is_told_with_the_known_ones(site: Site, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[site]]\nhost = "blog.example"\nremoves = [".x"]\n')

    result = run("clean", str(site.write("2024-01-01-a.md")), "--rules", str(rules))

    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert f"{rules}" in result.stderr
    assert "remove" in result.stderr


def test_clean_of_a_post_that_cannot_be_taken_apart_is_told_with_its_line(site: Site) -> None:
    file = site.posts / "bad.md"
    file.write_text("---\ntitle: a\ntags: b: c\n---\n")

    result = run("clean", str(file))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {file}:3: front matter: ")


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10 * 2**30)


@pytest.mark.parametrize(
    ("make", "reason"),
    [(os.mkfifo, "not a regular file"), (make_huge, "10,737,418,240 bytes, more than 10,000,000: not read")],
)
def test_clean_reads_no_pipe_and_nothing_huge(site: Site, make: Callable[[Path], None], reason: str) -> None:
    make(site.posts / "a.md")

    result = run("clean", str(site.posts / "a.md"))

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert reason in result.stderr


def test_clean_follows_a_link_that_is_named(site: Site) -> None:
    link = site.posts.parent / "elsewhere" / "link.md"
    link.parent.mkdir()
    link.symlink_to(site.write("2024-01-01-a.md"))

    assert run("clean", str(link)).stdout == "<p>Text.</p>\n"


def test_clean_says_when_it_could_only_sanitize(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    file = site.write("2024-01-01-a.md")
    monkeypatch.setattr(body_cleaner, "clean", lambda *_, **__: Cleaned("<p>Text.</p>", "", fallback="too deep"))

    result = run("clean", str(file))

    assert (result.stdout, result.stderr) == ("<p>Text.</p>\n", f"{file}: sanitized only: too deep\n")


# --- how it ends ---------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "feeds"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none"], "Error: posts: 'none': no such folder: name it: feedsvc {command} FOLDER\n"),
        (["--max-post-bytes", "x"], "Error: --max-post-bytes: 'x': must be a whole number from 1,000 to 100,000,000\n"),
        (["--index", "file/x"], "Error: index: 'file': no such folder: File exists\n"),
        (
            ["--index", "posts"],
            "Error: index: 'posts': in the posts folder, which is only read: name another file\n",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(site: Site, command: str, arguments: list[str], message: str) -> None:
    (site.posts.parent / "file").touch()

    result = run(command, *arguments)

    assert (result.exit_code, result.stderr) == (1, message.format(command=command))


def test_bad_settings_file_is_told_in_a_line(site: Site) -> None:
    (site.posts / "feedsvc.toml").write_text("title = [\n")

    result = run("check")

    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert result.stderr.startswith("Error: posts/feedsvc.toml: ")


@pytest.mark.parametrize(
    "arguments",
    [["none"], ["check", "--none"], ["check", "--format", "x"], ["clean", "none.md"], ["clean"], ["check", "a", "b"]],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_damaged_index_is_rebuilt_without_a_word_on_stdout(site: Site) -> None:
    site.publish()
    site.index.path.write_bytes(b"garbage" * 1_000)

    result = run("feeds")

    assert (result.exit_code, result.stdout) == (0, "      1  2024-01-01  all  /rss.xml\n")


def test_version_is_told() -> None:
    assert run("--version").output == f"feedsvc, version {__version__}\n"


@pytest.mark.parametrize("command", ["serve", "check", "clean", "feeds"])
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "-h")

    assert (result.exit_code, "Usage: main" in result.output) == (0, True)


def test_every_command_is_described_in_whole_words() -> None:
    lines = run("--help").output.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()

    assert lines
    assert [line for line in lines if not line.endswith(".")] == []
    assert "..." not in "".join(lines)


def test_help_lists_settings_in_groups_with_defaults_and_choices() -> None:
    """As users of a terminal of 80 columns see it."""
    lines = [line.rstrip() for line in run("build", "--help").output.splitlines()]

    assert [line for line in lines if line.endswith(":") and not line.startswith(" ")] == [
        *("Options:", "Site:", "Entries:", "Feeds:", "Which posts:", "Cleaning:", "Reading:", "Caches:"),
    ]
    assert "  --content [full|summary|none]   What entries carry: full, summary or none." in lines
    assert "  --limit NUMBER       Number of entries on a page of a feed.  [default: 20]" in lines


@pytest.mark.parametrize(("command", "option"), [("build", "--log-format"), ("feeds", "--title"), ("clean", "--limit")])
def test_a_setting_without_effect_is_no_option(command: str, option: str) -> None:
    assert (option in run("serve", "-h").output, option in run(command, "-h").output) == (True, False)


def test_every_setting_that_is_no_secret_is_an_option_once() -> None:
    offered = [name for group in GROUPS for name in group.settings]

    assert sorted(offered) == sorted(name for name, one in OPTIONS.items() if name != "posts" and not one.is_secret)


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        (["serve", "--cont"], ["--content"]),
        (["serve", "--content", ""], ["full", "summary", "none"]),
        (["build", "--scr"], ["--scraped"]),
        (["cl"], ["clean"]),
    ],
)
def test_a_shell_completes_commands_options_and_choices(words: list[str], completions: list[str]) -> None:
    *given, begun = words

    found = ShellComplete(main, {}, "feedsvc", "_FEEDSVC_COMPLETE").get_completions(given, begun)

    assert [item.value for item in found] == completions


@pytest.mark.parametrize("command", ["serve", "check", "feeds"])
def test_a_shell_completes_folders_of_posts(command: str) -> None:
    (found,) = ShellComplete(main, {}, "feedsvc", "_FEEDSVC_COMPLETE").get_completions([command], "po")

    assert (found.type, found.value) == ("dir", "po")


@pytest.mark.parametrize(
    ("language", "hint"),
    [("Chinese", "'zh' for Chinese"), ("繁體中文", "'zh-Hant' for 繁體中文"), ("Klingon", "'en' or 'zh-CN'")],
)
def test_a_language_is_a_tag(language: str, hint: str) -> None:
    result = run("check", "--language", language)

    assert (result.exit_code, result.output.startswith(f"Error: --language: {language!r}: ")) == (1, True)
    assert hint in result.output


@pytest.mark.parametrize("name", ["operator-token", "reader-token"])
def test_secrets_are_no_options_that_a_list_of_processes_would_show(name: str) -> None:
    assert run("serve", f"--{name}", "t" * 16).exit_code == 2


def test_serve_hands_on_what_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr("feedsvc.commands.serve.run", lambda *given: calls.append(given[:2]))
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    monkeypatch.delenv("PORT", raising=False)

    result = run("serve", "posts", "--port", "81", "--title", "T")

    ((settings, listening),) = calls  # type: ignore[misc]
    assert (result.exit_code, settings.title, listening.host, listening.port, listening.workers) == (
        0,
        "T",
        "127.0.0.1",
        81,
        3,
    )


def test_module_is_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "feedsvc", "--version"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == f"feedsvc, version {__version__}\n"


# --- progress ------------------------------------------------------------------------------------


def test_names_are_utf8_whatever_the_locale_says(site: Site) -> None:
    site.write("2024-01-01-河畔.md", title="İstanbul", tags=["联合早报"])

    done = subprocess.run(
        [sys.executable, "-m", "feedsvc", "feeds", site.posts],
        env={"PYTHONPATH": ":".join(sys.path), "FEEDSVC_INDEX": str(site.index.path), "LC_ALL": "C", "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )

    assert "联合早报" in done.stdout.decode()


def test_progress_is_not_shown_where_nobody_looks(capfd: pytest.CaptureFixture[str]) -> None:
    rows = list(show_progress(iter([]), MIN_PROGRESS, "reading posts"))

    assert (rows, capfd.readouterr()) == ([], ("", ""))


def shown_by(code: str, terminal: str = "xterm") -> bytes:
    """Run code of Python with standard error on a terminal, and give what that shows."""
    master, slave = pty.openpty()
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TERM": terminal}
    with subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.DEVNULL, stderr=slave):
        os.close(slave)
        return read_all(master)


@pytest.mark.parametrize("terminal", ["xterm", "dumb"])
@pytest.mark.parametrize("total", ["len(rows)", "None"])
@pytest.mark.parametrize("rows", [MIN_PROGRESS, MIN_PROGRESS - 1])
def test_progress_is_shown_on_a_terminal_where_there_is_much_to_do(terminal: str, total: str, rows: int) -> None:
    code = f"from feedsvc.console import show_progress; rows = [*range({rows})]; [*show_progress(rows, {total}, 'x')]"

    assert bool(shown_by(code, terminal)) is (rows == MIN_PROGRESS)


@pytest.mark.parametrize(
    ("total", "lines"),
    [("2_000", [b"x: 0 of 2,000", b"x: 1,500 of 2,000", b""]), ("None", [b"x: 0", b"x: 1,500", b""])],
)
def test_progress_on_a_terminal_without_a_cursor_is_lines(total: str, lines: list[bytes]) -> None:
    code = f"from feedsvc.console import show_progress as show; [*show(range(1_500), {total}, 'x')]"

    assert shown_by(code, "dumb").split(b"\r\n") == lines


@pytest.mark.parametrize(
    ("arguments", "steps"),
    [
        (["feeds"], ["looking for posts", "reading posts"]),
        (["check", "--bodies"], ["looking for posts", "reading posts", "cleaning posts", "comparing posts"]),
        (["build", "out", "--base-url", "https://a.example"], ["reading posts", "listing pages", "writing pages"]),
    ],
    ids=["feeds", "check", "build"],
)
def test_long_commands_show_on_a_terminal_what_they_do(site: Site, arguments: list[str], steps: list[str]) -> None:
    write_many(site)

    shown = shown_by(f"from feedsvc.cli import main; main({arguments})").decode()

    assert [step for step in steps if step not in shown] == []


@pytest.mark.parametrize("total", ["500", "None"])
def test_work_begins_before_its_progress_starts_a_thread(total: str, tmp_path: Path) -> None:
    code = f"""
from pathlib import Path; from threading import active_count; from feedsvc.console import show_progress
def work():
    Path({str(tmp_path / "begun")!r}).write_text(str(active_count()))
    yield from range({MIN_PROGRESS})
    Path({str(tmp_path / "ended")!r}).write_text(str(active_count()))
[*show_progress(work(), {total}, "x")]"""

    shown_by(code)

    begun, ended = (int((tmp_path / name).read_text()) for name in ("begun", "ended"))
    assert (begun, ended > 1) == (1, True)


def test_serve_shows_on_a_terminal_how_the_posts_are_read(site: Site) -> None:
    write_many(site)
    with socket.create_server(("127.0.0.1", 0)) as trial:
        port = trial.getsockname()[1]
    master, slave = pty.openpty()
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"}
    command = [sys.executable, "-m", "feedsvc", "serve", "--port", str(port), "--workers", "1"]

    with subprocess.Popen(command, env=environ, stderr=slave) as process:
        os.close(slave)
        shown = b""
        while b" feed, 0 problems in " not in shown and (part := os.read(master, 65_536)):
            shown += part
        process.terminate()
        read_all(master)

    assert (b"reading posts" in shown, f"posts: {MIN_PROGRESS} posts, 1 feed, ".encode() in shown) == (True, True)


def write_many(site: Site) -> None:
    for number in range(MIN_PROGRESS):
        site.write(f"2024-01-01-{number}.md")


def test_progress_lets_every_row_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert list(show_progress(range(MIN_PROGRESS), MIN_PROGRESS, "reading posts")) == [*range(MIN_PROGRESS)]


def read_all(terminal: int) -> bytes:
    found = b""
    try:
        while part := os.read(terminal, 65_536):
            found += part
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    return found
