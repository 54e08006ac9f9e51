"""Find the posts folder; explain what to do if it is missing."""

import os
from collections.abc import Iterator
from pathlib import Path

from feedsvc.errors import FeedsvcError, FolderError, SettingError
from feedsvc.files import Folder
from feedsvc.ingest.folder import walk
from feedsvc.posts.generators.table import describe_site, is_plain
from feedsvc.recognition import recognize
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName

USUAL_FOLDERS = ("posts", "_posts", "content", "blog")


def find_posts(folder: Path) -> Path:
    """Return `folder` itself if it is a site or has posts, else one of the usual folders in it that has posts.

    Raise SettingError if there are none.
    """
    if not is_plain(recognize(folder, GeneratorName.AUTO).configuration.site):
        return folder
    usual = [place for name in USUAL_FOLDERS if (place := folder / name).is_dir()]
    for place in (*usual, folder):
        if next(paths_in(place), None):
            return place
    raise SettingError(f"{folder}: no posts here: run it in the folder of a site, or of posts")


def paths_in(posts: Path) -> Iterator[str]:
    """Yield the paths of the files in a folder that may be posts. Raise SettingError if it cannot be read."""
    site = recognize(posts, GeneratorName.AUTO).configuration.site
    try:
        with Folder(posts) as folder:
            yield from (file.path for file in walk(folder, site) if not (file.is_attachment or file.problem))
    except FolderError as error:
        raise SettingError(str(error)) from error


def refuse_missing_folder(posts: Path, command: str) -> None:
    """Raise FolderError if the posts folder is missing or cannot be read, with what to run instead."""
    where = f"posts: {str(posts)!r}"
    try:
        os.scandir(posts).close()
    except FileNotFoundError as error:
        raise FolderError(f"{where}: no such folder: {_find_remedy(posts, command)}") from error
    except NotADirectoryError as error:
        what = "is a file: name its folder" if posts.exists() else f"no such folder: {_find_remedy(posts, command)}"
        raise FolderError(f"{where}: {what}") from error
    except OSError as error:
        raise FolderError(f"{where}: cannot be read: {error.strerror}") from error


def _find_remedy(posts: Path, command: str) -> str:
    """Return what to do about a missing folder: the command may have been run in the folder of a site."""
    if posts != Settings().posts:
        return f"name it: feedsvc {command} FOLDER"
    try:
        found = find_posts(posts.parent)
        site = recognize(found, GeneratorName.AUTO).configuration.site
    except FeedsvcError:
        return f"name it: feedsvc {command} FOLDER"
    place = "this folder" if found == posts.parent else f"{found.name!r}"
    kind = "has posts" if is_plain(site) else f"is {describe_site(site)}"
    return f"{place} {kind}: run feedsvc {command} {found} (or feedsvc init)"
