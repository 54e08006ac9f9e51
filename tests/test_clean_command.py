"""`feedsvc clean`: one post as the feeds of its site have it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from feedsvc.cli import main
from feedsvc.config import load_settings
from feedsvc.ingest.scanner import scan
from feedsvc.publishing.entries import to_entry
from feedsvc.startup import make_cleaner, open_index

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
TEXT = "A text of some length, which stands here alone."


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, with a cache of its own."""
    for name in [name for name in os.environ if name.startswith("FEEDSVC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(PICTURE if path.endswith(".png") else text.encode())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["clean", *map(str, arguments)])


def feed_body(posts: Path, path: str) -> str:
    """Return the body of a post as a feed has it, with URLs as paths."""
    settings = load_settings({"posts": posts})
    index = open_index(settings)
    scan(settings, index)
    (post,) = [post for post in index.posts() if post.path == path]
    bodies = make_cleaner(settings, index).bodies_of([post], index)
    return to_entry(post, bodies.by_path[path], settings, base="").content


OTHER = "---\ntitle: Other\ndate: 2024-01-01\n---\nOther text.\n"
HEAD = "---\ntitle: A\ndate: 2024-01-02\n---\n"

# Root of the posts, path of the post, all files, what the body has, and what it has not.
SITES = {
    "an Obsidian vault": (
        "",
        "Daily/Daily note.md",
        {
            ".obsidian/app.json": "{}",
            "Daily/Daily note.md": f"{HEAD}{TEXT}\n\n![[picture.png]] and [[Other|that]].\n",
            "Pictures/picture.png": "",
            "Notes/Other.md": OTHER,
        },
        ('src="/files/Pictures/picture.png"', '<a href="/posts/Notes/Other/">that</a>'),
    ),
    "a Jekyll site": (
        "",
        "_posts/2024-01-02-a.md",
        {
            "_config.yml": "url: https://jek.example\n",
            "_includes/note.html": "<blockquote>{{ include.text }}</blockquote>",
            "_posts/2024-01-02-a.md": (
                f"---\ntitle: A\n---\n{TEXT}\n\n{{% include note.html text='Mind the step.' %}}\n\n"
                "[that]({% post_url 2024-01-01-other %}) ![b](/assets/beside.png)\n"
            ),
            "_posts/2024-01-01-other.md": "---\ntitle: Other\n---\nOther text.\n",
            "assets/beside.png": "",
        },
        ("Mind the step.", "/other.html", "that</a>", '/files/assets/beside.png"'),
    ),
    "a Hugo site": (
        "",
        "content/blog/a.md",
        {
            "hugo.toml": 'baseURL = "https://hugo.example/"\n',
            "content/blog/a.md": f'{HEAD}{TEXT}\n\n[that]({{{{< ref "other.md" >}}}}) ![b](/b.png)\n',
            "content/blog/other.md": OTHER,
            "static/b.png": "",
        },
        ("/blog/other/", "that</a>", '/files/b.png"'),
    ),
    "a Zola site": (
        "",
        "content/a.md",
        {
            "config.toml": 'base_url = "https://zola.example"\n[markdown]\n',
            "content/_index.md": "+++\n+++\n",
            "content/a.md": f"+++\ntitle = 'A'\ndate = 2024-01-02\n+++\n{TEXT}\n\n[that](@/other.md)\n",
            "content/other.md": "+++\ntitle = 'Other'\ndate = 2024-01-01\n+++\nOther text.\n",
        },
        ("that</a>",),
    ),
    "a Hexo site": (
        "",
        "source/_posts/a.md",
        {
            "_config.yml": "url: https://hexo.example\n",
            "package.json": '{"hexo": {"version": "7.0.0"}}',
            "source/_posts/a.md": f"{HEAD}{TEXT}\n\n{{% post_link other %}}\n",
            "source/_posts/other.md": OTHER,
        },
        ("Other</a>",),
    ),
    "a folder that a settings file names": (
        "letters/all",
        "letters/all/2024/a.md",
        {
            "feedsvc.toml": 'posts = "letters/all"\n',
            "letters/all/2024/a.md": f"{HEAD}{TEXT}\n\n[that](../2023/other.md) ![b](/b.png)\n",
            "letters/all/2023/other.md": OTHER,
            "letters/all/b.png": "",
        },
        ('<a href="/posts/2023/other/">that</a>', 'src="/files/b.png"'),
    ),
    "a folder that nothing names": (
        "letters",
        "letters/a.md",
        {
            "letters/a.md": f"{HEAD}{TEXT}\n\n[that](old/other.md) ![b](b.png)\n",
            "letters/old/other.md": OTHER,
            "letters/b.png": "",
        },
        ('<a href="/posts/old/other/">that</a>', 'src="/files/b.png"'),
    ),
}


@pytest.mark.parametrize(("posts", "path", "files", "shown"), SITES.values(), ids=SITES)
def test_clean_body_is_that_of_the_feed(
    tmp_path: Path, posts: str, path: str, files: dict[str, str], shown: tuple[str, ...]
) -> None:
    root = tmp_path / "site"
    write(root, files)

    result = run(root / path)

    assert (result.exit_code, result.stderr) == (0, "")
    assert [part for part in shown if part not in result.stdout] == []
    in_posts = (root / path).relative_to(root / posts).as_posix()
    assert result.stdout == feed_body(root / posts, in_posts) + "\n"


@pytest.mark.parametrize(("path", "files"), [site[1:3] for site in SITES.values()], ids=SITES)
def test_clean_diff_calls_nothing_removed_that_the_feed_has(tmp_path: Path, path: str, files: dict[str, str]) -> None:
    write(tmp_path / "site", files)

    result = run("--diff", tmp_path / "site" / path)

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert "feedsvc-" not in result.stdout


@pytest.mark.parametrize(
    "front", ["draft: true", "date: 2999-01-01", "title: without a date", "expiryDate: 2001-01-01"]
)
def test_post_that_no_feed_has_is_cleaned_among_the_others(tmp_path: Path, front: str) -> None:
    write(
        tmp_path / "vault",
        {".obsidian/app.json": "{}", "old/b.png": "", "a.md": f"---\n{front}\n---\n{TEXT} ![[b.png]]"},
    )

    result = run(tmp_path / "vault" / "a.md")

    assert 'src="/files/old/b.png"' in result.stdout


def test_clean_diff_names_a_missing_picture_as_its_author_does(tmp_path: Path) -> None:
    write(tmp_path / "vault", {".obsidian/app.json": "{}", "a.md": f"{HEAD}{TEXT} ![[none.png]]"})

    result = run("--diff", tmp_path / "vault" / "a.md")

    assert "none.png" in result.stdout
    assert "feedsvc-" not in result.stdout


def test_of_a_folder_that_nothing_names_only_what_a_post_asks_for_is_read(tmp_path: Path) -> None:
    write(
        tmp_path / "home",
        {"a.md": f"{HEAD}{TEXT} [that](other.md)", "other.md": OTHER, "deep/broken.md": "---\na: b: c\n"},
    )

    result = run(tmp_path / "home" / "a.md")

    assert 'href="/posts/other/"' in result.stdout
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("folder", ["vault", "home"])
def test_body_is_clean_where_no_index_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    write(tmp_path, {"vault/.obsidian/app.json": "{}", f"{folder}/a.md": f"{HEAD}{TEXT}"})
    monkeypatch.setattr("feedsvc.config._cache_directories", list)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))

    result = run(tmp_path / folder / "a.md")

    assert (result.exit_code, result.stdout) == (0, f"<p>{TEXT}</p>\n")
    assert result.stderr.startswith(f"{tmp_path / folder / 'a.md'}: other posts and files are not looked up: ")


def test_index_that_is_set_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "vault", {".obsidian/app.json": "{}", "a.md": f"{HEAD}{TEXT}"})
    monkeypatch.setenv("FEEDSVC_INDEX", str(tmp_path / "index.sqlite"))

    assert run(tmp_path / "vault" / "a.md").exit_code == 0
    assert not (tmp_path / "index.sqlite").exists()


@pytest.mark.parametrize("place", [".", "empty"])
def test_settings_file_far_above_the_posts_counts_wherever_it_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    settings = 'posts = "blog/texts"\nbase_url = "https://feeds.example"\n'
    write(tmp_path, {"feedsvc.toml": settings, "blog/texts/b.png": "", "blog/texts/a.md": f"{HEAD}{TEXT} ![b](b.png)"})
    monkeypatch.chdir(tmp_path / place)

    assert 'src="https://feeds.example/files/b.png"' in run(tmp_path / "blog/texts/a.md").stdout
