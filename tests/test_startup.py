"""Settings from all their sources, and the place of the index."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from feedsvc import run_folder
from feedsvc.config import load_settings
from feedsvc.errors import SettingError
from feedsvc.settings import Settings
from feedsvc.startup import open_index

pytestmark = pytest.mark.usefixtures("elsewhere")


# --- settings ------------------------------------------------------------------------------------


def test_settings_have_defaults() -> None:
    assert load_settings({}) == Settings(title="Posts")


@pytest.mark.parametrize("place", ["posts/feedsvc.toml", "feedsvc.toml"])
def test_settings_file_is_in_the_posts_folder_or_beside_it(tmp_path: Path, place: str) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / place).write_text("title = 'Daily'")

    assert load_settings({}).title == "Daily"


def test_settings_file_in_the_posts_folder_comes_before_the_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "feedsvc.toml").write_text("title = 'inside'")
    (tmp_path / "feedsvc.toml").write_text("title = 'beside'")

    assert load_settings({}).title == "inside"


def test_command_line_comes_before_environment_before_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "feedsvc.toml").write_text("title = 'file'\ndescription = 'file'\nlanguage = 'de'")
    monkeypatch.setenv("FEEDSVC_TITLE", "environment")
    monkeypatch.setenv("FEEDSVC_DESCRIPTION", "environment")

    settings = load_settings({"title": "given", "limit": None})

    assert (settings.title, settings.description, settings.language) == ("given", "environment", "de")


def test_variable_that_is_no_setting_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FEEDSVC_SERVICE_HOST", "10.0.0.1")

    load_settings({})

    assert "FEEDSVC_SERVICE_HOST: unknown setting: ignored" in caplog.text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"title = [", "feedsvc.toml: "),
        (b"titel = 'x'", "feedsvc.toml: 'titel': unknown setting; did you mean 'title'"),
        (b"limit = 'x'", "feedsvc.toml: limit: 'x': must be a whole number"),
        (b"\xff", "feedsvc.toml: cannot be read: "),
    ],
)
def test_bad_settings_file_is_told_with_its_name(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "feedsvc.toml").write_bytes(data)

    with pytest.raises(SettingError, match=message):
        load_settings({})


def test_settings_file_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "feedsvc.toml").mkdir()

    with pytest.raises(SettingError, match=r"feedsvc\.toml: cannot be read"):
        load_settings({})


# --- the index file ------------------------------------------------------------------------------


def test_index_is_the_file_that_is_set(tmp_path: Path) -> None:
    assert open_index(Settings(index=tmp_path / "x")).path == tmp_path / "x"


def test_index_is_never_among_the_posts(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="in the posts folder, which is only read: name another file"):
        load_settings({"posts": tmp_path / "posts", "index": str(tmp_path / "posts" / "2024-01-01-a.md")})


def test_index_is_in_the_cache_directory_named_after_the_folder(tmp_path: Path) -> None:
    path = open_index(Settings()).path

    assert path.parent == tmp_path / "home" / ".cache" / "feedsvc"
    assert path.name.startswith("posts-")


def test_index_is_in_the_named_cache_directory_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))

    assert open_index(Settings()).path.parent == tmp_path / "xdg" / "feedsvc"


def test_named_cache_directory_that_is_relative_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "xdg")

    assert open_index(Settings()).path.parent == tmp_path / "home" / ".cache" / "feedsvc"


def test_index_is_the_same_however_the_folder_is_called(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "link").symlink_to("posts")

    assert open_index(Settings(posts=tmp_path / "link")).path == open_index(Settings()).path


def test_folders_of_one_name_have_an_index_each() -> None:
    assert open_index(Settings(posts=Path("a/posts"))).path != open_index(Settings(posts=Path("b/posts"))).path


def test_index_is_in_the_runtime_directory_where_there_is_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))

    assert open_index(Settings()).path.parent == tmp_path / "run" / "feedsvc"


def test_index_of_a_user_the_system_does_not_know_is_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    folder = open_index(Settings()).path.parent

    assert (folder, folder.stat().st_mode & 0o777) == (tmp_path / "tmp" / f"feedsvc-{os.getuid()}", 0o700)


def test_nowhere_to_write_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "home" / "tmp"))
    monkeypatch.setattr(run_folder, "MEMORY", tmp_path / "home")

    with pytest.raises(SettingError, match="set FEEDSVC_INDEX"):
        open_index(Settings())


def test_system_without_a_place_for_temporary_files_is_served_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    (tmp_path / "home").touch()
    monkeypatch.setattr(tempfile, "gettempdir", refuse)
    monkeypatch.setattr(run_folder, "MEMORY", tmp_path / "memory")

    assert open_index(Settings()).path.parent == tmp_path / "memory" / f"feedsvc-{os.getuid()}"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_directory_that_cannot_be_written_to_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    make = tempfile.TemporaryFile

    def refuse(dir: Path) -> Any:  # noqa: A002 - the library's name
        if "home" in str(dir):
            raise OSError(number, os.strerror(number))
        return make(dir=dir)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    assert "home" not in str(open_index(Settings()).path)


def test_directory_of_another_user_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_242)
    monkeypatch.setattr(run_folder, "MEMORY", tmp_path / "none")
    folder = tmp_path / "home" / ".cache" / "feedsvc"
    folder.mkdir(parents=True)
    os.chown(folder, 4_243, -1) if os.geteuid() == 0 else pytest.skip("only root gives files away")

    assert open_index(Settings()).path.parent != folder
