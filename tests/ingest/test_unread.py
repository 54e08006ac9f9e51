"""Files that look like posts and are not read because of their suffix."""

from pathlib import Path

import pytest

from feedsvc.ingest.unread import count_unread, describe_absence, describe_unread
from feedsvc.settings import Settings
from feedsvc.sites import PLAIN_SITE, Jekyll, Site


def counted(tmp_path: Path, files: dict[str, str], **options: object) -> dict[str, int]:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return dict(count_unread(Settings(posts=tmp_path, **options)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.rst", "Title\n=====\n\n:date: 2024-05-01\n:tags: x\n"),
        ("a.rst", ".. title: A\n.. date: 2024-05-01\n"),
        ("x/a.org", "#+TITLE: A\n#+DATE: 2024-05-01\n"),
        ("a.adoc", "= Title\n\nText\n"),
        ("a.TXT", "---\ntitle: A\n---\nText"),
        ("2024-05-01-a.textile", "h1. Text"),
    ],
)
def test_file_that_looks_like_a_post_is_counted(tmp_path: Path, name: str, text: str) -> None:
    assert counted(tmp_path, {name: text}) == {Path(name).suffix.lower(): 1}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("robots.txt", "User-agent: *\nDisallow:\n"),
        ("requirements.txt", "flask\n"),
        ("a.md", "---\ntitle: A\n---\n"),
        ("_drafts/a.rst", ":date: 2024-05-01\n"),
        (".hidden.rst", ":date: 2024-05-01\n"),
        ("a.py", "---\ntitle: A\n---\n"),
        ("README.rst", "Text only\n=========\n"),
    ],
)
def test_other_files_are_not_counted(tmp_path: Path, name: str, text: str) -> None:
    assert counted(tmp_path, {name: text}) == {}


def test_what_jekyll_reads_is_read(tmp_path: Path) -> None:
    assert counted(tmp_path, {"_posts/2024-05-01-a.txt": "---\ntitle: A\n---\n"}, site=Jekyll()) == {}


def test_each_suffix_is_one_phrase(tmp_path: Path) -> None:
    counted(tmp_path, {f"{number}.rst": ":date: 2024-05-01\n" for number in range(3)} | {"a.org": "#+TITLE: A\n"})

    assert describe_unread(Settings(posts=tmp_path)) == [
        "3 files end in .rst, which is not read",
        "1 file ends in .org, which is not read",
    ]


@pytest.mark.parametrize(
    ("files", "site", "phrase"),
    [
        (
            (),
            PLAIN_SITE,
            "no posts: feedsvc reads files that end in .md, .markdown, .mkd, .mdown, .mdx, .mdoc, .qmd, .rmd, .html",
        ),
        ((), Site(content=("content/", "blog/")), "in content/ and blog/"),
        ((), Jekyll(), "in _posts/"),
        (("a.txt", "b/c.docx", "d.TXT", "e"), PLAIN_SITE, "; the files here end in .txt, .docx"),
        (tuple(f"a.{suffix}" for suffix in "abcdefgh"), PLAIN_SITE, "here end in .a, .b, .c, .d, .e"),
        ((".git/a.txt", "_site/b.txt", ".DS_Store"), PLAIN_SITE, "start of their names"),
    ],
)
def test_folder_without_posts_is_told_what_would_be_read(
    tmp_path: Path, files: tuple[str, ...], site: Site, phrase: str
) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    assert phrase in describe_absence(Settings(posts=tmp_path, site=site))


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.rst").symlink_to("/etc/hostname")

    assert count_unread(Settings(posts=tmp_path)) == {}
