"""Find what has certainly changed in a folder that has taken the place of another one, without reading a post.

All its stamps are new, and comparing the content of all files takes a while: what is found here is scanned first.
"""

import os
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain, groupby, islice
from pathlib import Path

from feedsvc.attachments import is_attachment, may_hold_attachments
from feedsvc.index.queries import Index
from feedsvc.ingest.checkouts import CommittedFile, read_checkout
from feedsvc.ingest.folder import is_post_path, walk
from feedsvc.ingest.reading import open_posts_folder
from feedsvc.settings import Settings

MAX_FIRST = 1_000  # paths that are scanned first
CHUNK = 200  # files compared at a time


def find_first(settings: Settings, index: Index) -> set[str]:
    """Return at most MAX_FIRST paths that are to be scanned first.

    Raise FolderError if the posts folder cannot be read, NotReady if there is no index.
    """
    entries = read_checkout(Path(os.path.realpath(settings.posts)))
    for entry in entries:
        return set(islice(_find_committed(chain([entry], entries), settings, index), MAX_FIRST))
    return _find_resized(settings, index)


def _find_committed(entries: Iterable[CommittedFile], settings: Settings, index: Index) -> Iterator[str]:
    """Yield the posts whose content in git is not that in the index, and new files beside posts."""
    committed = ((entry.path, entry.digest) for entry in entries)
    pairs = groupby(merge(index.contents(), committed))  # both are in the order of paths
    differing = (path for (path, _), same in pairs if len([*same]) == 1)
    while chunk := [*islice(differing, CHUNK)]:
        yield from (path for path in chunk if is_post_path(path, settings.site))
        beside = [path for path in chunk if is_attachment(path) and may_hold_attachments(path.rpartition("/")[0])]
        yield from {*beside} - index.attachments(beside).keys()


def _find_resized(settings: Settings, index: Index) -> set[str]:
    """Return the posts that are new or have another size, and those of another time if these are few."""
    resized: set[str] = set()
    dated: set[str] = set()
    with open_posts_folder(settings) as folder:
        posts = (file for file in walk(folder, settings.site) if not file.is_attachment and not file.problem)
        while len(resized) < MAX_FIRST and (chunk := [*islice(posts, CHUNK)]):
            known = index.stamps(file.path for file in chunk)
            for path, stamp, *_ in chunk:
                if not known.get(path, "").startswith(f"{stamp.size}:"):
                    resized.add(path)
                elif not known[path].startswith(f"{stamp.size}:{stamp.modified}:"):
                    dated.add(path)
    return resized | dated if len(resized | dated) <= MAX_FIRST else {*islice(resized, MAX_FIRST)}
