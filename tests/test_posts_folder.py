"""What is said of a posts folder that is not there."""

from pathlib import Path

import pytest

from feedsvc.errors import FolderError
from feedsvc.posts_folder import refuse_missing_folder

POST = "---\ntitle: A letter\ndate: 2024-05-01\n---\nText\n"
NAME_IT = "no such folder: name it: feedsvc serve FOLDER"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def add(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(POST if path.suffix == ".md" else "")


@pytest.mark.parametrize(
    ("files", "remedy"),
    [
        (["_config.yml", "_posts/2024-05-01-a.md"], "this folder is a site of Jekyll: run feedsvc serve ."),
        (["hugo.toml", "content/a.md"], "this folder is a site of Hugo: run feedsvc serve ."),
        ([".obsidian/app.json", "a.md"], "this folder is an Obsidian vault: run feedsvc serve ."),
        (["a.md"], "this folder has posts: run feedsvc serve ."),
        (["content/a.md"], "'content' has posts: run feedsvc serve content"),
    ],
)
def test_posts_elsewhere_are_told(files: list[str], remedy: str) -> None:
    add(*files)

    assert said_of("posts") == f"posts: 'posts': no such folder: {remedy} (or feedsvc init)"


@pytest.mark.parametrize(
    ("posts", "what"),
    [
        ("posts", NAME_IT),
        ("other", NAME_IT),
        ("a.txt", "is a file: name its folder"),
        ("sub/b.txt", "is a file: name its folder"),
        ("a.txt/x", NAME_IT),
    ],
)
def test_else_only_what_is_wrong(posts: str, what: str) -> None:
    add("a.txt")
    Path("sub").mkdir()
    Path("sub/b.txt").symlink_to("../a.txt")

    assert said_of(posts) == f"posts: {posts!r}: {what}"


def test_a_folder_that_is_there_is_not_refused() -> None:
    Path("posts").mkdir()

    refuse_missing_folder(Path("posts"), "serve")


def said_of(posts: str) -> str:
    with pytest.raises(FolderError) as raised:
        refuse_missing_folder(Path(posts), "serve")
    return str(raised.value)
