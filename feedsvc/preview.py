"""One post as feeds show it, from a file named on the command line: its site, its clean body, what was removed.

Where the posts folder cannot be scanned, the body is cleaned without knowing other posts and files.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from feedsvc.cleaning import Removal
from feedsvc.config import find_named_posts, load_settings
from feedsvc.errors import FolderError, NotReady, PostError, SettingError, StorageError
from feedsvc.files import OVERSIZE_FACTOR, read_file
from feedsvc.index.queries import Index
from feedsvc.ingest.scanner import scan, scan_paths
from feedsvc.lookup import FILE, FILE_SCHEME, POST, POST_SCHEME, Reference
from feedsvc.models import EPOCH, Body, Post
from feedsvc.posts.generators.plain import SUFFIXES
from feedsvc.posts.parser import parse
from feedsvc.posts.post_file import body_of
from feedsvc.progress import Progress
from feedsvc.publishing.bodies import CachedCleaner
from feedsvc.publishing.body_cleaner import provenance_of
from feedsvc.publishing.entries import to_entry
from feedsvc.publishing.provenance import Provenance
from feedsvc.recognition import find_root
from feedsvc.settings import UNKNOWN_BASE, Settings
from feedsvc.startup import make_cleaner, open_index


@dataclass(frozen=True, slots=True)
class Preview:
    """The body of a post as its file has it and as feeds have it, and what was removed from it.

    `fallback` is the reason why it was only sanitized, `problem` why nothing is known of other files; else "".
    """

    raw: str
    html: str
    provenance: Provenance
    removals: tuple[Removal, ...]
    fallback: str
    problem: str


@dataclass(frozen=True, slots=True)
class _Source:
    """A file, with the settings of its posts folder and its path there; `is_alone` if nothing names that folder."""

    settings: Settings
    path: str
    data: bytes
    is_alone: bool


def preview(file: Path, given: Mapping[str, object], progress: Progress) -> Preview:
    """Return the body of the post in a file, which may be a link to anywhere; `given` are the options of a command.

    Raise PostError for a file that cannot be read.
    """
    settings, path, is_alone = _find_settings(file, given)
    try:
        real = Path(os.path.realpath(file))
        data = read_file(real.parent, real.name, OVERSIZE_FACTOR * settings.max_post_bytes)
        raw = body_of(data, settings.site, path=path)
    except PostError as error:
        line = f":{error.line}" if error.line else ""
        raise PostError(f"{file}{line}: {error}") from error
    except OSError as error:
        raise PostError(f"{file}: cannot be read: {error.strerror}") from error
    return _show(_Source(settings, path, data, is_alone), raw, progress)


# --- where a file belongs ------------------------------------------------------------------------


def _find_settings(file: Path, given: Mapping[str, object]) -> tuple[Settings, str, bool]:
    """Return the settings of the posts folder of a file, its path there, and whether it is merely the file's folder."""
    names = Path(os.path.normpath(file.absolute())), Path(os.path.realpath(file))
    for name in names:
        if found := find_named_posts(name):
            posts, settings_file = found
            return load_settings({**given, "posts": posts}, settings_file), name.relative_to(posts).as_posix(), False
    for name in names:
        settings = load_settings({**given, "posts": name.parent})
        if root := find_root(name.parent, settings.generator):
            return load_settings({**given, "posts": root}), name.relative_to(root).as_posix(), False
    return settings, name.name, True


# --- the body ------------------------------------------------------------------------------------


def _show(source: _Source, raw: Body, progress: Progress) -> Preview:
    try:
        with _open_index(source, raw, progress) as index:
            return _preview(source, raw, make_cleaner(source.settings, index))
    except (FolderError, NotReady, SettingError, StorageError, OSError) as error:
        found = _preview(source, raw, make_cleaner(source.settings))
        return replace(found, problem=f"other posts and files are not looked up: {error}")


def _preview(source: _Source, raw: Body, cleaner: CachedCleaner) -> Preview:
    post, settings = _read_post(source), source.settings
    body = body_of(source.data, settings.site, post) if post else raw
    post = post or Post(source.path, raw.title, EPOCH, EPOCH, original=raw.original)
    cleaned = cleaner.post_cleaner.clean_post(post, body)
    return Preview(
        raw.text,
        to_entry(post, cleaned, settings, base=settings.base_url).content,
        provenance_of(body, settings),
        tuple(replace(one, html=_to_shown(one.html, settings)) for one in cleaner.post_cleaner.explain(post, body)),
        cleaned.fallback,
        "",
    )


def _read_post(source: _Source) -> Post | None:
    """Return the post, a draft or an excluded one too; None if it is hidden otherwise or cannot be published."""
    settings = replace(source.settings, drafts=True, future=True, exclude_tags=(), exclude_categories=())
    with suppress(PostError):
        return parse(source.path, source.data, settings, now=datetime.now(UTC)).post
    return None


def _to_shown(html: str, settings: Settings) -> str:
    """Return HTML without the schemes and the base that only cleaning knows."""
    return html.replace(UNKNOWN_BASE, settings.base_url).replace(POST_SCHEME, "").replace(FILE_SCHEME, "")


# --- other posts and files -----------------------------------------------------------------------


@contextmanager
def _open_index(source: _Source, raw: Body, progress: Progress) -> Iterator[Index]:
    """Open an index of the posts folder; in a folder that no setting names, of the files that the body refers to alone.

    Such a folder may be a home directory.

    An index file that is set is not used: it may be that of a running service with other settings.
    """
    if not source.is_alone:
        settings = replace(source.settings, index=None)
        index = open_index(settings)
        scan(settings, index, progress)
        yield index
        return
    with TemporaryDirectory(prefix="feedsvc-") as folder:
        index = open_index(replace(source.settings, index=Path(folder) / "index.sqlite"))
        with index.update():  # which makes its tables
            pass
        cleaner = make_cleaner(source.settings, index)
        post = Post(source.path, raw.title, EPOCH, EPOCH, original=raw.original)
        cleaned = cleaner.post_cleaner.clean_post(post, raw)
        scan_paths(source.settings, index, _paths_of(cleaned.references))
        yield index


def _paths_of(references: tuple[Reference, ...]) -> Iterator[str]:
    """Yield the paths at which the posts and files referred to may be."""
    for one in references:
        if one.kind == FILE:
            yield one.name
        elif one.kind == POST:
            yield from (f"{one.name}{suffix}" for suffix in SUFFIXES)
