"""The folder against the index: what is read, what is left alone, and what a bad file costs (nothing else)."""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from checkout import Repository, turn
from waiting import wait_until

from feedsvc.errors import FolderError, FolderReplaced
from feedsvc.files import Folder
from feedsvc.index import queries as index_module
from feedsvc.index.records import BodyRow
from feedsvc.ingest import reading
from feedsvc.ingest import scanner as scanning
from feedsvc.ingest.scanner import ScanReport, scan, scan_paths
from feedsvc.ingest.settling import Settling
from feedsvc.models import NEVER, Content, FeedRequest, Format, Scope
from feedsvc.posts.post_file import open_front
from feedsvc.settings import Settings
from feedsvc.sites import Jekyll

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conftest import Site

    from feedsvc.index.records import Row
    from feedsvc.ingest.folder import File
    from feedsvc.models import Post
    from feedsvc.posts.metadata import Front

NAME = "2024-01-01-a.md"
T = TypeVar("T")
ALL = FeedRequest(Scope(), Format.RSS, 200, Content.FULL)


def titles(site: Site) -> list[str]:
    return [post.title for post in site.index.select(ALL, NEVER)]


def problems(site: Site) -> list[str]:
    return [str(problem) for problem in site.index.problems()]


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


# --- what changed --------------------------------------------------------------------------------


def test_new_posts_are_read(site: Site) -> None:
    site.write(NAME, title="A")
    site.write("sub/2024-01-02-b.html", title="B")

    report = site.scan()

    assert (report.read, report.unchanged, titles(site)) == (2, 0, ["B", "A"])


def test_unchanged_folder_is_not_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.publish(NAME)
    monkeypatch.setattr(reading, "open_front", lambda *_: pytest.fail("read again"))

    report = site.scan()

    assert (report.read, report.removed, report.unchanged) == (0, 0, 1)


def test_unchanged_folder_is_not_written_to_the_index(site: Site) -> None:
    site.publish(NAME)
    before = site.index.version()

    site.scan()

    assert site.index.version() == before


def test_touched_file_does_not_move_the_version(site: Site) -> None:
    file = site.publish(NAME)
    before = site.index.version()
    os.utime(file, (1, 1))

    report = site.scan()

    assert (report.read, site.index.version()) == (1, before)


def test_touched_file_is_read_once(site: Site) -> None:
    file = site.publish(NAME)
    os.utime(file, (1, 1))
    site.scan()

    assert site.scan().read == 0


@dataclass
class Parsed:
    """The paths of the files that were parsed."""

    paths: list[str] = field(default_factory=list)

    def open_front(self, path: str, *given: Any) -> Front:
        self.paths.append(path)
        return open_front(path, *given)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    parsed = Parsed()
    monkeypatch.setattr(reading, "open_front", parsed.open_front)
    return parsed


def touch(site: Site) -> None:
    os.utime(site.posts / NAME, (1, 1))


def put_in_its_place(site: Site) -> None:
    """Replace a file by a copy, as another checkout does."""
    shutil.copy2(site.posts / NAME, site.posts / "copy")
    (site.posts / "copy").rename(site.posts / NAME)


@pytest.mark.parametrize("change", [touch, put_in_its_place, lambda site: (site.posts / NAME).chmod(0o600)])
def test_file_whose_content_is_the_same_is_not_parsed_again(
    site: Site, parsed: Parsed, change: Callable[[Site], None]
) -> None:
    site.publish(NAME, title="A", hint="x")
    version = site.index.version()
    parsed.paths.clear()
    change(site)

    reports = site.scan(), site.scan()

    assert [report.read for report in reports] == [1, 0]
    assert (parsed.paths, titles(site), site.index.version()) == ([], ["A"], version)


def test_folder_that_is_a_copy_is_not_parsed_again(site: Site, parsed: Parsed) -> None:
    site.publish(NAME, title="A")
    shutil.copytree(site.posts, site.posts.with_name("copy"), copy_function=shutil.copyfile)
    shutil.rmtree(site.posts)
    site.posts.with_name("copy").rename(site.posts)
    parsed.paths.clear()

    site.scan()

    assert (parsed.paths, titles(site)) == ([], ["A"])


@dataclass
class Flipped:
    """A site whose posts folder is reached by a link to a checkout, and what is read once it leads to another one."""

    site: Site
    repository: Repository
    reads: list[str] = field(default_factory=list)

    def write(self, path: str, title: str) -> None:
        (self.repository.folder / path).parent.mkdir(exist_ok=True)
        (self.repository.folder / path).write_text(f"---\ntitle: {title}\n---\n")

    def check_out(self, name: str) -> Path:
        worktree = self.repository.check_out(name)
        later = max(file.stat().st_mtime_ns for file in worktree.rglob("*")) + 1
        os.utime(self.repository.folder / ".git" / "worktrees" / name / "index", ns=(later, later))
        return worktree

    def turn(self, worktree: Path) -> None:
        turn(self.repository.folder / "current", worktree)
        self.reads.clear()


@pytest.fixture
def flipped(site: Site, make_site: Callable[[Settings], Site], monkeypatch: pytest.MonkeyPatch) -> Flipped:
    monkeypatch.setattr(scanning, "KEPT_FROM", 1)
    monkeypatch.setattr(scanning, "LOOK_EVERY", 1)
    repository = Repository(site.posts.with_name("repository"))
    link = repository.folder / "current"
    flipped = Flipped(make_site(replace(site.settings, posts=link / "posts")), repository)
    for letter in "abc":
        flipped.write(f"posts/2024-01-01-{letter}.md", letter)
    link.symlink_to(flipped.check_out("one"))
    flipped.site.scan()
    read = Folder.read

    def count(folder: Folder, path: str, *given: Any) -> bytes:
        flipped.reads.extend([path] if path.endswith(".md") else [])
        return read(folder, path, *given)

    monkeypatch.setattr(Folder, "read", count)
    return flipped


@needs_git
def test_of_another_checkout_only_files_that_its_commit_changed_are_read(flipped: Flipped, parsed: Parsed) -> None:
    flipped.write("posts/2024-01-01-b.md", "B")
    flipped.turn(flipped.check_out("two"))
    parsed.paths.clear()

    reports = flipped.site.scan(), flipped.site.scan()

    assert [(report.read, report.unchanged) for report in reports] == [(1, 2), (0, 3)]
    assert set(flipped.reads) == {*parsed.paths} == {"2024-01-01-b.md"}
    assert titles(flipped.site) == ["a", "B", "c"]


def edit_a(worktree: Path) -> None:
    (worktree / "posts" / "2024-01-01-a.md").write_text("---\ntitle: A\n---\n")


def touch_a(worktree: Path) -> None:
    os.utime(worktree / "posts" / "2024-01-01-a.md", (1, 1))


def forget(worktree: Path) -> None:
    (worktree / ".git").unlink()


@needs_git
@pytest.mark.parametrize(
    ("change", "read", "first"),
    [(edit_a, "a", "A"), (touch_a, "a", "a"), (forget, "abc", "a")],
    ids=["edit", "touch", "no git"],
)
def test_file_that_is_not_as_git_wrote_it_is_read(
    flipped: Flipped, parsed: Parsed, change: Callable[[Path], None], read: str, first: str
) -> None:
    worktree = flipped.check_out("two")
    change(worktree)
    flipped.turn(worktree)
    parsed.paths.clear()

    flipped.site.scan()

    assert set(flipped.reads) == {f"2024-01-01-{letter}.md" for letter in read}
    assert (titles(flipped.site), len(parsed.paths)) == ([first, "b", "c"], int(first == "A"))


@needs_git
def test_content_that_git_converts_is_what_is_in_the_file(flipped: Flipped, parsed: Parsed) -> None:
    (flipped.repository.folder / ".gitattributes").write_text("*.md text eol=crlf\n")
    flipped.turn(flipped.check_out("two"))
    flipped.site.scan()
    flipped.write("posts/2024-01-01-b.md", "B")
    flipped.turn(flipped.check_out("three"))
    parsed.paths.clear()

    flipped.site.scan()

    assert (titles(flipped.site), parsed.paths, len({*flipped.reads})) == (["a", "B", "c"], ["2024-01-01-b.md"], 3)


@needs_git
@pytest.mark.parametrize("stage", ["looking for posts", "reading posts"])
def test_scan_of_a_folder_that_is_watched_ends_when_another_one_is_in_its_place(flipped: Flipped, stage: str) -> None:
    site, third = flipped.site, flipped.check_out("three")
    flipped.write("posts/2024-01-01-b.md", "B")
    flipped.turn(flipped.check_out("two"))

    def turn_again(rows: Iterable[T], _: int | None, what: str, /) -> Iterator[T]:
        for row in rows:
            if what == stage:
                flipped.turn(third)
            yield row

    with pytest.raises(FolderReplaced):
        scan(site.settings, site.index, turn_again, settling=Settling(site.settings))
    ended = titles(site)
    scan(site.settings, site.index, turn_again)

    assert (ended, titles(site)) == (["a", "b", "c"], ["a", "b", "c"])


@pytest.mark.parametrize("text", ["No date.", '{"date": "2024-01-02", "draft": true}'], ids=["page", "hidden"])
def test_file_that_is_no_post_is_not_parsed_again_either(site: Site, parsed: Parsed, text: str) -> None:
    file = site.posts / "notes.md"
    file.write_text(text)
    site.scan()
    hints = problems(site)
    parsed.paths.clear()
    os.utime(file, (1, 1))

    report = site.scan()

    assert (report.read, parsed.paths, problems(site)) == (1, [], hints)


def break_and_mend(site: Site) -> None:
    whole = (site.posts / NAME).read_bytes()
    (site.posts / NAME).write_text("---\ntitle: [\n---\n")
    site.scan()
    assert problems(site)
    (site.posts / NAME).write_bytes(whole)


def edit(site: Site) -> None:
    site.write(NAME, "Other words.", title="A")


def hide_and_show(site: Site) -> None:
    whole = (site.posts / NAME).read_bytes()
    site.write(NAME, title="A", draft=True)
    site.scan()
    assert titles(site) == []
    (site.posts / NAME).write_bytes(whole)


@pytest.mark.parametrize("change", [break_and_mend, edit, hide_and_show])
def test_file_that_may_read_otherwise_is_parsed_again(
    site: Site, parsed: Parsed, change: Callable[[Site], None]
) -> None:
    site.publish(NAME, title="A")
    change(site)
    parsed.paths.clear()

    site.scan()

    assert (parsed.paths, problems(site), titles(site)) == ([NAME], [], ["A"])


def test_draft_is_parsed_again_since_its_date_may_be_that_of_its_file(
    site: Site, make_site: Callable[[Settings], Site], parsed: Parsed
) -> None:
    site = make_site(replace(site.settings, drafts=True))
    site.publish(NAME, title="A")
    parsed.paths.clear()
    touch(site)

    site.scan()

    assert parsed.paths == [NAME]


def test_edit_in_place_with_the_size_and_time_of_before_is_noticed(site: Site) -> None:
    file = site.publish(NAME, title="old")
    status = file.stat()
    probe = site.posts.with_name("probe")
    wait_until(lambda: probe.touch() or probe.stat().st_ctime_ns > status.st_ctime_ns)  # the next tick of that clock
    file.write_bytes(file.read_bytes().replace(b"old", b"new"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    site.scan()

    assert titles(site) == ["new"]


def test_file_replaced_by_one_of_its_size_and_time_is_noticed(site: Site) -> None:
    file = site.publish(NAME, title="old")
    status = file.stat()
    site.write(NAME, title="new")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    site.scan()

    assert titles(site) == ["new"]


def test_removed_post_is_gone(site: Site) -> None:
    site.publish(NAME).unlink()

    report = site.scan()

    assert (report.removed, titles(site)) == (1, [])


def test_post_made_a_draft_disappears(site: Site) -> None:
    site.publish(NAME)

    site.publish(NAME, draft=True)

    assert titles(site) == []


def test_draft_made_a_post_appears(site: Site) -> None:
    site.publish(NAME, draft=True)

    site.publish(NAME, title="A")

    assert titles(site) == ["A"]


def test_renamed_folder_takes_its_posts_along(site: Site) -> None:
    site.publish(f"old/{NAME}", title="A")
    (site.posts / "old").rename(site.posts / "new")

    site.scan()

    assert (titles(site), list(site.index.stamps())) == (["A"], [f"new/{NAME}"])


def test_changed_setting_that_shapes_reading_reads_everything_again(
    site: Site, make_site: Callable[[Settings], Site]
) -> None:
    site.publish(NAME, title="A", draft=True)
    other = make_site(replace(site.settings, drafts=True))

    report = other.scan()

    assert (report.read, titles(other)) == (1, ["A"])


def test_empty_folder_makes_an_empty_index(site: Site) -> None:
    site.scan()

    assert (site.index.count(), site.index.version() > 0) == (0, True)


def test_empty_folder_is_stored_once(site: Site) -> None:
    site.scan()
    before = site.index.version()

    site.scan()

    assert site.index.version() == before


def test_missing_folder_is_told_in_a_line(site: Site) -> None:
    site.posts.rmdir()

    with pytest.raises(FolderError, match=r"^posts: '.*': no such folder: name it, or run feedsvc init$"):
        site.scan()


def test_missing_folder_costs_no_post(site: Site) -> None:
    site.publish(NAME, title="A")
    site.posts.rename(site.posts.with_name("away"))

    with pytest.raises(FolderError):
        site.scan()

    assert titles(site) == ["A"]


@pytest.mark.parametrize("paths", [None, [NAME]])
def test_folder_that_cannot_be_opened_is_told_in_a_line_and_costs_no_post(
    site: Site, monkeypatch: pytest.MonkeyPatch, paths: list[str] | None
) -> None:
    site.publish(NAME, title="A")
    monkeypatch.setattr(os, "open", fail_at(str(site.posts)))

    with pytest.raises(FolderError, match=r"^posts: '.*': cannot be read: Permission denied$"):
        scan_paths(site.settings, site.index, paths) if paths else site.scan()

    assert titles(site) == ["A"]


def test_folder_may_be_a_link(site: Site, make_site: Callable[[Settings], Site]) -> None:
    site.write(NAME, title="A")
    link = site.posts.with_name("current")
    link.symlink_to(site.posts)

    linked = make_site(replace(site.settings, posts=link))
    linked.scan()

    assert titles(linked) == ["A"]


def test_two_scanners_at_once_end_with_one_truth(site: Site) -> None:
    for number in range(10, 40):
        site.write(f"2024-01-01-{number}.md")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: site.scan(), range(4)))

    assert (site.index.count(), site.scan().read) == (30, 0)


def test_report_is_a_line() -> None:
    assert str(ScanReport(1_200, 1, 0, 0.25)) == "1,200 read, 1 gone, 0 unchanged in 0.2 s"


def test_progress_sees_every_row_go_by(site: Site) -> None:
    site.write(NAME)
    seen: list[object] = []

    def watch(rows: Iterable[Any], total: int | None, what: str) -> Iterable[Any]:
        seen.append((what, total))
        for row in rows:
            seen.append(row.path)
            yield row

    scanning.scan(site.settings, site.index, watch)

    assert seen == [("looking for posts", None), NAME, ("reading posts", 1), NAME]


# --- some paths alone ----------------------------------------------------------------------------


def test_named_paths_alone_are_looked_at(site: Site) -> None:
    site.publish("2024-01-01-gone.md").unlink()
    site.write("2024-01-02-new.md", title="new")
    site.write("2024-01-03-other.md", title="other")

    report = scan_paths(site.settings, site.index, ["2024-01-01-gone.md", "2024-01-02-new.md", "2024-01-04-none.md"])

    assert (report.read, report.removed, titles(site)) == (1, 1, ["new"])


def test_named_path_that_did_not_change_is_not_stored(site: Site) -> None:
    site.publish(NAME)
    before = site.index.version()

    report = scan_paths(site.settings, site.index, [NAME, NAME])

    assert (report.read, report.unchanged, site.index.version()) == (0, 1, before)


# --- files that are no posts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        f".{NAME}",
        f"._{NAME}",
        f"_{NAME}",
        f"#{NAME}#",
        f"#{NAME}",
        f"{NAME}~",
        f"{NAME}.swp",
        f".{NAME}.AbC12",
        f".git/{NAME}",
        f"a/.hidden/{NAME}",
        "2024-01-01-a.txt",
        "feedsvc.toml",
        "md",
    ],
)
def test_hidden_and_editors_files_are_left_alone(site: Site, name: str) -> None:
    site.publish(name)

    assert site.index.stamps() == {}


@pytest.mark.parametrize("suffix", ["md", "markdown", "html", "htm", "MD"])
def test_post_may_have_any_of_four_suffixes(site: Site, suffix: str) -> None:
    site.publish(f"2024-01-01-a.{suffix}", title="A")

    assert titles(site) == ["A"]


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path))  # its whole name may be too long


def make_device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("needs root")


@pytest.mark.parametrize("make", [os.mkfifo, make_socket, pytest.param(make_device, marks=pytest.mark.faults)])
def test_what_is_no_file_is_left_alone(site: Site, make: Callable[[Path], None]) -> None:
    make(site.posts / NAME)

    site.scan()

    assert site.index.stamps() == {}


def test_folder_named_like_a_post_is_a_folder(site: Site) -> None:
    site.publish(f"notes.md/{NAME}", title="A")

    assert titles(site) == ["A"]


@pytest.mark.parametrize("target", ["../outside.md", "/etc/passwd", NAME, "nowhere.md"])
def test_link_out_of_the_folder_or_to_nothing_is_left_alone(site: Site, target: str) -> None:
    (site.posts.parent / "outside.md").write_text('{"title": "secret", "date": "2024-01-01"}')
    (site.posts / NAME).symlink_to(target)

    site.scan()

    assert site.index.stamps() == {}


def test_link_within_the_folder_is_a_post(site: Site) -> None:
    site.write("2024-01-02-b.md", title="B")
    (site.posts / NAME).symlink_to("2024-01-02-b.md")

    site.scan()

    assert titles(site) == ["B", "B"]


@pytest.mark.parametrize("target", [".", "../outside"])
def test_linked_folder_is_not_entered(site: Site, target: str) -> None:
    outside = site.posts.parent / "outside"
    outside.mkdir()
    (outside / NAME).write_text('{"title": "secret"}')
    (site.posts / "link").symlink_to(target)

    site.scan()

    assert site.index.stamps() == {}


def test_file_that_cannot_be_looked_at_costs_no_other_and_is_not_lost(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write(f"sub/{NAME}", title="A")
    site.publish("2024-01-02-b.md", title="B")
    look = os.stat

    def fail_at_a(path: str, **options: bool) -> os.stat_result:
        if path == NAME:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return look(path, **options)

    monkeypatch.setattr(os, "stat", fail_at_a)
    site.scan()
    scan_paths(site.settings, site.index, [f"sub/{NAME}"])

    assert titles(site) == ["B", "A"]
    assert problems(site) == [f"sub/{NAME}: error: cannot be read: Input/output error"]


def test_file_name_that_is_not_utf8_is_a_problem(site: Site) -> None:
    with open(os.fsencode(site.posts) + b"/bad\xff.md", "wb"):  # noqa: PTH123 - a name in bytes
        pass

    site.publish(NAME, title="A")

    assert (titles(site), problems(site)) == (
        ["A"],
        ["bad\\udcff.md: error: file name: not UTF-8, or with a line break"],
    )


@pytest.mark.parametrize("name", ["a\nb.md", "a\u2028b.md"])
def test_file_name_no_address_can_have_is_a_problem(site: Site, name: str) -> None:
    site.publish(f"2024-01-02-{name}")

    assert ["line break" in problem for problem in problems(site)] == [True]


def test_folder_that_cannot_be_read_costs_no_other_and_loses_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write(f"locked/{NAME}", title="A")
    site.publish(NAME, title="B")
    monkeypatch.setattr(os, "open", fail_at("locked"))
    site.publish("2024-01-02-c.md", title="C")

    assert sorted(titles(site)) == ["A", "B", "C"]
    assert problems(site) == ["locked/: error: folder: cannot be read: Permission denied"]


def fail_at(name: str) -> Callable[..., int]:
    """Open everything but what has this name, whose mode would not keep root out."""
    open_any = os.open

    def open_other(path: str, *flags: int, **options: int) -> int:
        if path == name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return open_any(path, *flags, **options)

    return open_other


# --- bad posts -----------------------------------------------------------------------------------


def test_bad_post_is_a_problem_with_its_line_and_costs_no_other(site: Site) -> None:
    (site.posts / "2024-01-02-bad.md").write_text("---\ntitle: a\ntags: b: c\n---\nbody\n")

    site.publish(NAME, title="A")

    assert titles(site) == ["A"]
    assert problems(site)[0].startswith("2024-01-02-bad.md:3: error: front matter: ")


def test_problems_are_in_the_report_too(site: Site) -> None:
    site.write("undated.md")

    report = site.scan()

    assert [problem.path for problem in report.problems] == ["undated.md"]


def test_post_that_breaks_keeps_its_last_good_version(site: Site) -> None:
    file = site.publish(NAME, title="A")
    file.write_text("---\ntags: [\n---\n")

    site.scan()

    assert (titles(site), len(problems(site))) == (["A"], 1)


def test_broken_post_that_is_removed_is_gone(site: Site) -> None:
    file = site.publish(NAME, title="A")
    file.write_text("---\ntags: [\n---\n")
    site.scan()
    file.unlink()

    site.scan()

    assert (titles(site), problems(site)) == ([], [])


def test_file_that_cannot_be_read_is_a_problem(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "open_front", fail)

    site.publish(NAME)

    assert problems(site) == [f"{NAME}: error: cannot be read: Input/output error"]


def fail(*_: object, **__: object) -> bytes:
    raise OSError(5, "Input/output error")


def test_file_that_could_not_be_read_is_tried_again_though_it_has_not_changed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Folder, "read", fail)
        site.publish(NAME, title="A")

    site.scan()

    assert (titles(site), problems(site)) == (["A"], [])


def append(file: Path) -> None:
    with file.open("a") as half:
        half.write("nd half.")


def link_to_another(file: Path) -> None:
    outside = file.parent.parent / file.name
    outside.write_bytes(file.read_bytes().replace(b"B", b"X"))
    os.utime(outside, ns=(0, file.stat().st_mtime_ns))
    file.unlink()
    file.symlink_to(outside)


def link_folder_to_another(file: Path) -> None:
    link_to_another(file)
    file.unlink()
    file.parent.rmdir()
    file.parent.symlink_to(file.parent.parent)


def make_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def make_huge(file: Path) -> None:
    with file.open("ab") as grown:
        grown.truncate(10 * 2**30)


def replace_by_another(file: Path) -> None:
    other = file.with_name("other")
    other.write_bytes(file.read_bytes().replace(b"B", b"X"))
    other.replace(file)


@pytest.mark.parametrize(
    "change",
    [append, link_to_another, link_folder_to_another, make_pipe, make_huge, replace_by_another, Path.unlink],
)
def test_file_that_changes_between_look_and_reading_keeps_its_last_good_version(
    site: Site, change: Callable[[Path], None]
) -> None:
    file = site.publish("sub/2024-01-01-a.md", title="A")
    site.write("sub/2024-01-01-a.md", "Half a", title="B")

    def change_first(rows: Iterable[T], total: int | None, _: str) -> Iterable[T]:
        if total is not None:  # it has been looked at, and is about to be read
            change(file)
        return rows

    stuck = threading.Event()
    unblock = threading.Timer(5, feed_pipe, [file, stuck])  # else a reader that hangs there would hang for ever
    unblock.start()
    tracemalloc.start()
    scanning.scan(site.settings, site.index, change_first)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    unblock.cancel()

    assert (titles(site), len(problems(site)), peak < 10_000_000, stuck.is_set()) == (["A"], 1, True, False)


def feed_pipe(file: Path, stuck: threading.Event) -> None:
    stuck.set()
    file.write_text("{}")


def test_file_that_changed_while_it_was_read_is_read_again(site: Site) -> None:
    file = site.publish(NAME, title="A")
    site.write(NAME, "Half a", title="B")

    def change_first(rows: Iterable[T], total: int | None, _: str) -> Iterable[T]:
        if total is not None:
            append(file)
        return rows

    scanning.scan(site.settings, site.index, change_first)

    site.scan()

    assert (titles(site), problems(site)) == (["B"], [])


def test_file_of_which_only_links_and_mode_change_meanwhile_is_read(site: Site) -> None:
    file = site.write(NAME, title="A")

    def touch_first(rows: Iterable[T], total: int | None, _: str) -> Iterable[T]:
        if total is not None:
            file.chmod(0o600)
            os.link(file, site.posts.parent / "backup")
        return rows

    scanning.scan(site.settings, site.index, touch_first)

    assert (titles(site), problems(site)) == (["A"], [])


@pytest.mark.parametrize("moment", [0, 1, -1, 2**32, 15_000_000_000])
def test_time_of_a_file_says_nothing_of_its_post(site: Site, moment: int) -> None:
    os.utime(site.write(NAME, title="A"), (moment, moment))
    os.utime(site.posts, (1_750_000_000, 1_750_000_000))

    site.scan()

    assert (titles(site), site.index.state(datetime.now(UTC)).modified.year) == (["A"], 2025)


def test_fault_of_ours_is_a_problem_and_logged(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reading, "open_front", lambda *_, **__: {}["x"])

    with caplog.at_level(logging.ERROR):
        site.publish(NAME)

    assert problems(site) == [f"{NAME}: error: a fault in feedsvc: KeyError('x')"]
    assert NAME in caplog.text


def test_want_of_memory_is_a_problem_of_one_file_that_is_not_read_at_once_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(NAME, title="old")
    site.write(NAME, title="new")
    site.write("2024-03-04-other.md", title="other")
    read: list[str] = []
    monkeypatch.setattr(reading, "open_front", _without_memory_for(NAME, read))

    site.scan()
    site.scan()

    assert titles(site) == ["other", "old"]
    assert problems(site) == [f"{NAME}: error: cannot be read: out of memory"]
    assert sorted(read) == sorted([NAME, "2024-03-04-other.md"])


def test_file_that_took_too_much_memory_is_read_again_later(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write(NAME, title="new")
    with monkeypatch.context() as full:
        full.setattr(reading, "open_front", _without_memory_for(NAME, []))
        site.scan()

    scan(site.settings, site.index, clock=lambda: datetime.now(UTC) + reading.MEMORY_PAUSE)

    assert (titles(site), problems(site)) == (["new"], [])


def _without_memory_for(name: str, read: list[str]) -> Callable[..., Front]:
    def open_in_little_memory(path: str, *given: Any) -> Front:
        read.append(path)
        if path == name:
            raise MemoryError
        return open_front(path, *given)

    return open_in_little_memory


def test_large_post_is_read_and_told_of(site: Site, make_site: Callable[[Settings], Site]) -> None:
    small = make_site(replace(site.settings, max_post_bytes=1_000))
    small.publish(NAME, "x" * 2_000, title="A")

    assert titles(small) == ["A"]
    assert "bytes, more than max_post_bytes" in problems(small)[0]


def test_huge_file_is_not_even_opened(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "open_front", lambda *_: pytest.fail("read"))
    with (site.posts / NAME).open("wb") as file:
        file.truncate(10 * 2**30)

    site.scan()

    assert problems(site) == [f"{NAME}: error: 10,737,418,240 bytes, more than 10 × max_post_bytes: not read"]


@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\u0000b"', "[" * 300, '{"a": "\\udfff"}', str(10**400)])
@pytest.mark.parametrize("key", ["title", "date", "tags", "author", "image", "enclosure", "updated", "lang", "guid"])
def test_odd_value_never_stops_a_scan(site: Site, key: str, text: str) -> None:
    (site.posts / NAME).write_text(f'{{"date": "2024-01-01", "{key}": {text}}}\n')
    site.write("2024-01-02-b.md", title="B")

    site.scan()

    assert titles(site)[0] == "B"


@pytest.mark.parametrize("key", ["slug", "permalink", "categories", "tit\\ud800le", "publish\\udfffed"])
def test_odd_value_never_stops_a_scan_of_a_jekyll_site(
    site: Site, make_site: Callable[[Settings], Site], key: str
) -> None:
    other = make_site(replace(site.settings, site=Jekyll(url="https://a.example", permalink="/:title/")))
    (other.write(f"_posts/{NAME}")).write_text(f'{{"title": "A", "{key}": "\\ud800"}}\n')
    other.write("_posts/2024-01-02-b.md", title="B")

    other.scan()

    assert titles(other)[0] == "B"


# --- many posts ----------------------------------------------------------------------------------


def test_many_posts_are_read_in_other_processes(tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    for number in range(2_000):
        (posts / f"2024-01-01-{number:04}.md").write_text(json.dumps({"title": str(number)}))
    script = (
        "import sys; from pathlib import Path\n"
        "from feedsvc.index.queries import Index; from feedsvc.ingest.scanner import scan\n"
        "from feedsvc.settings import Settings\n"
        "if __name__ == '__main__':\n"
        "    index = Index(Path(sys.argv[2]), 'x')\n"
        "    print(scan(Settings(posts=Path(sys.argv[1])), index).read, index.count())\n"
    )
    (tmp_path / "read.py").write_text(script)

    done = subprocess.run(
        [sys.executable, tmp_path / "read.py", posts, tmp_path / "index.sqlite"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "2000 2000\n"


@pytest.mark.parametrize("error", [BrokenProcessPool("killed"), OSError(11, "no more processes")])
def test_processes_that_die_leave_the_rest_to_this_one(
    site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def die_after_two(files: list[File], read_some: Callable[[list[File]], list[Row]]) -> Iterator[Row]:
        yield from read_some(files[:2])
        raise error

    for number in range(5):
        site.write(f"2024-01-01-{number}.md", title=str(number))
    monkeypatch.setattr(reading, "POOL_FROM", 5)
    monkeypatch.setattr(reading, "read_in_processes", die_after_two)

    site.scan()

    assert titles(site) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(("changed", "cleaned"), [(2, 2), (3, 0)])
def test_bodies_of_a_few_changed_posts_alone_are_cleaned_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch, changed: int, cleaned: int
) -> None:
    made: list[str] = []
    settling = Settling(site.settings)

    def clean(post: Post, _: bytes) -> BodyRow:
        made.append(post.path)
        return BodyRow(post.path, *"abcdef")

    monkeypatch.setattr(scanning, "MAX_CLEANED", 2)
    site.write("2024-01-01-first.md")
    scanning.scan(site.settings, site.index, settling=settling, clean=clean)
    for number in range(changed):
        os.utime(site.write(f"2024-01-02-{number}.md"), (1, 1))

    scanning.scan(site.settings, site.index, settling=settling, clean=clean)

    assert len(made) == cleaned


def test_no_more_problems_are_listed_than_anybody_reads(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MAX_PROBLEMS", 2)
    monkeypatch.setattr(index_module, "MAX_PROBLEMS", 2)
    for number in range(4):
        site.write(f"undated-{number}.md", tags=["x"])

    report = site.scan()

    assert (len(report.problems), len(site.index.problems())) == (2, 2)


def test_post_that_expires_between_two_scans_is_left_out(site: Site) -> None:
    expiry = datetime.now(UTC) + timedelta(days=1)
    site.publish(NAME, expiryDate=expiry.isoformat())
    assert site.index.count() == 1

    assert (scan_later(site).read, site.index.count(), scan_later(site).read) == (1, 0, 0)


def scan_later(site: Site) -> ScanReport:
    """Scan as two days from now."""
    return scanning.scan(site.settings, site.index, clock=lambda: datetime.now(UTC) + timedelta(days=2))


def test_post_appears_when_its_publish_date_has_come(site: Site) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    site.publish(NAME, publishDate=tomorrow.isoformat(), date="2024-01-01")
    assert (site.index.count(), site.index.count_hidden(), site.scan().read) == (0, 1, 0)

    assert (scan_later(site).read, site.index.count(), site.index.count_hidden()) == (1, 1, 0)
    assert scan_later(site).read == 0


def test_reason_why_a_post_is_hidden_follows_its_file(site: Site) -> None:
    reasons = []
    for front in ({"draft": True}, {"hidden": True}, {}, {"status": "private"}):
        site.publish(NAME, **front)
        reasons.append([str(post) for post in site.index.hidden()])
    (site.posts / NAME).unlink()
    site.scan()

    assert reasons == [[f"{NAME}: draft: true"], [f"{NAME}: hidden: true"], [], [f"{NAME}: status: private"]]
    assert list(site.index.hidden()) == []


@pytest.mark.parametrize("folder", ["_drafts", "_private", "#old", "node_modules", "a/_b/c"])
def test_folders_of_other_things_are_never_read(site: Site, folder: str) -> None:
    site.publish(f"{folder}/{NAME}")

    assert titles(site) == []


def test_folder_called_posts_by_jekyll_and_hexo_is_read(site: Site) -> None:
    site.publish(f"source/_posts/{NAME}", title="A")

    assert titles(site) == ["A"]
