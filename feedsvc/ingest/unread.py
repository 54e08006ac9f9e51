"""Files that are not read because of their suffix: those that look like posts, and those of a folder without posts."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePath

from feedsvc.ingest.folder import is_folder_of_posts, is_post_path
from feedsvc.posts.generators.plain import SUFFIXES
from feedsvc.settings import Settings
from feedsvc.sites import PLAIN_SITE, Jekyll, Site

MAX_NAMED = 5  # suffixes of files in a folder without posts
MAX_HEADS = 10_000  # files whose beginnings are looked at
_HEAD_BYTES = 2_000
_SUFFIXES = (".rst", ".org", ".adoc", ".asciidoc", ".textile", ".txt", ".ipynb", ".typ")
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_. ]")
# Front matter between fences, and the fields of reStructuredText, Nikola, Org, AsciiDoc, Typst, Jupyter.
_METADATA = re.compile(
    rb"\A\s*(?:---|\+\+\+)\s*\n|\A= \S|^(?:\.\. |:|#\+)?(?:title|date|tags|author|category|slug|revdate|status)\s*:",
    re.MULTILINE | re.IGNORECASE,
)


def count_unread(settings: Settings) -> Mapping[str, int]:
    """Return the number of files of each suffix that look like posts and are not read, the most frequent first."""
    found: Counter[str] = Counter()
    for number, (path, file) in enumerate(_candidates(settings.posts, settings.site)):
        if number == MAX_HEADS:
            break
        if _DATED.match(file.name) or _METADATA.search(_head_of(file)):
            found[os.path.splitext(path)[1].lower()] += 1  # noqa: PTH122 - of 50,000 names
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def describe_absence(settings: Settings) -> str:
    """Return what would be read in a folder without posts, and which files are there instead."""
    folders = [folder for folder in settings.site.content if folder]
    if isinstance(settings.site, Jekyll):
        folders = ["_posts/"]
    place = f" in {' and '.join(folders)}" if folders else ""
    return (
        f"no posts: feedsvc reads files{place} that end in {', '.join(SUFFIXES)}, with a date in their front matter or"
        f" at the start of their names{_describe_others(settings.posts)}"
    )


def _describe_others(posts: Path) -> str:
    """Return which suffixes the files in a folder have, the most frequent first; hidden files do not count."""
    files = islice(_walk(posts, PLAIN_SITE), MAX_HEADS)
    found = Counter(suffix for path, _ in files if (suffix := PurePath(path).suffix.lower()))
    return f"; the files here end in {', '.join(suffix for suffix, _ in found.most_common(MAX_NAMED))}" if found else ""


def _candidates(posts: Path, site: Site) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield the paths and entries of regular files with these suffixes in folders that may hold posts."""
    for path, entry in _walk(posts, site):
        if entry.name.lower().endswith(_SUFFIXES) and not is_post_path(path, site):
            yield path, entry


def _walk(posts: Path, site: Site) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield the paths and entries of regular files, but for hidden ones, in folders that may hold posts."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        for entry in _list(posts / prefix):
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting += [f"{path}/"] if not entry.name.startswith(".") and is_folder_of_posts(path, site) else []
            elif entry.name[0] not in "._#" and entry.is_file(follow_symlinks=False):
                yield path, entry


def _list(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []  # the scan reports it


def _head_of(file: os.DirEntry[str]) -> bytes:
    try:
        descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        return os.read(descriptor, _HEAD_BYTES)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def describe_unread(settings: Settings) -> list[str]:
    """Return a phrase for each suffix of files that are not read: "126 files end in .rst, which is not read"."""
    return [
        f"{count:,} {'file ends' if count == 1 else 'files end'} in {suffix}, which is not read"
        for suffix, count in count_unread(settings).items()
    ]
