"""The settings file that `feedsvc init` writes."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedsvc.cli import main
from feedsvc.errors import SettingError
from feedsvc.initial_settings import Guess, guess_settings, to_toml, write_settings

POST = "---\ntitle: {title}\ndate: 2024-05-01\n---\n{title}\n"
ENVIRONMENT = {"TZ": "Asia/Tokyo"}


def add(path: Path, title: str = "A letter") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(POST.format(title=title))


def guesses(folder: Path, **environment: str) -> dict[str, tuple[str, str]]:
    return {one.setting: (one.value, one.reason) for one in guess_settings(folder, ENVIRONMENT | environment)}


# --- the folder of posts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "posts"),
    [
        ("a.md", "."),
        ("posts/a.md", "posts"),
        ("content/a.md", "content"),
        ("notes/2024/a.md", "."),
        ("blog/x/a.md", "blog"),
    ],
)
def test_posts_are_found(file: str, posts: str, tmp_path: Path) -> None:
    add(tmp_path / file)

    assert guesses(tmp_path)["posts"] == (posts, "a folder of no generator that is known, 1 file that may be posts")


def test_the_root_of_a_site_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "hugo.toml").write_text("baseURL = 'https://example.org/'")
    add(tmp_path / "content" / "posts" / "a.md")

    assert guesses(tmp_path)["posts"] == (".", "a site of Hugo, 1 file that may be posts")


def test_a_folder_without_posts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")

    with pytest.raises(SettingError, match="no posts here"):
        guess_settings(tmp_path, {})


# --- title, time zone and language ----------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "title"), [("My notes", "My notes"), ("site/_posts", "site"), ("信", "信")])
def test_the_title_is_the_name_of_the_folder(folder: str, title: str, tmp_path: Path) -> None:
    add(tmp_path / folder / "a.md")

    assert guesses(tmp_path / folder)["title"] == (title, "the folder's name")


def test_the_time_zone_is_that_of_the_environment(tmp_path: Path) -> None:
    add(tmp_path / "a.md")

    assert guesses(tmp_path)["timezone"] == ("Asia/Tokyo", "that of the environment variable TZ")
    assert guesses(tmp_path, TZ="Mars/Olympus")["timezone"][1] == "that of this machine"


def test_the_language_is_told_by_the_letters_of_the_posts(tmp_path: Path) -> None:
    add(tmp_path / "a.md", "昨天我们去看了海")

    assert guesses(tmp_path, LANG="de_DE.UTF-8")["language"] == ("zh-Hans", "by the letters of the posts")


def test_else_it_is_that_of_the_environment(tmp_path: Path) -> None:
    add(tmp_path / "a.md")

    assert guesses(tmp_path, LANG="de_DE.UTF-8")["language"] == ("de-DE", "that of the environment variable LANG")
    assert guesses(tmp_path, LANG="C.UTF-8")["language"] == ("", "not known: set it")


def test_what_the_configuration_says_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: x\nlanguage: fr\ntimezone: Europe/Paris\nsource_dir: source\n")
    add(tmp_path / "source" / "_posts" / "a.md")

    found = guess_settings(tmp_path, ENVIRONMENT)

    assert [(one.setting, one.value) for one in found if one.reason == "of the site's configuration"] == [
        ("title", "x"),
        ("timezone", "Europe/Paris"),
        ("language", "fr"),
    ]
    assert tomllib.loads(to_toml(found)) == {"posts": "."}


def test_url_of_a_configuration_is_told_to_lead_there(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("url: https://x.example\nbaseurl: /b\n")
    add(tmp_path / "_posts" / "2024-05-01-a.md")

    reason = "of the site's configuration: feeds lead there; to try them here: feedsvc serve --base-url http://127.0.0.1:8000"
    assert guesses(tmp_path)["base_url"] == ("https://x.example/b", reason)
    assert to_toml(guess_settings(tmp_path, ENVIRONMENT)).count("base_url = ") == 1


# --- the file ------------------------------------------------------------------------------------


def test_the_file_can_be_read_with_and_without_its_comments() -> None:
    text = to_toml([Guess("posts", 'a "b"', "x"), Guess("title", "A", "x", is_set=True), Guess("language", "", "x")])
    uncommented = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())

    assert tomllib.loads(text) == {"posts": 'a "b"'}
    values = tomllib.loads(uncommented)
    assert {name: values[name] for name in ("base_url", "title", "language")} == {
        "base_url": "https://feeds.example.org",
        "title": "A",
        "language": "en",
    }


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "feedsvc.toml").write_text("title = 'mine'")

    with pytest.raises(SettingError, match="exists already"):
        write_settings(tmp_path, [])
    assert (tmp_path / "feedsvc.toml").read_text() == "title = 'mine'"


def test_after_init_the_commands_need_no_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path / "content" / "a.md")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FEEDSVC_INDEX", str(tmp_path / "index.sqlite"))

    assert run("check").exit_code == 1
    assert run("init").output.splitlines()[-1] == "feedsvc.toml: written; next: feedsvc serve"
    assert run("check").output.splitlines()[-1] == "1 post, 0 errors, 0 hints"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)
