"""Make a temporary folder that all processes of a run share, and that is removed with it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISDIR

from feedsvc.locks import is_locked, try_lock

MEMORY = Path("/dev/shm")  # noqa: S108 - the last resort: a file system in memory, where there is one
FOLDER, _NEW_FOLDER = "feedsvc-run-", "feedsvc-new-"  # prefixes of a folder's name; the second before it is locked


def temporary_folders() -> list[Path]:
    """Return the folder for temporary files, if there is one (on a read-only system there is none), and one in memory.

    The one in memory may not exist.
    """
    with suppress(FileNotFoundError):
        return [Path(tempfile.gettempdir()), MEMORY]
    return [MEMORY]


@contextmanager
def make_run_folder() -> Iterator[Path]:
    """Make a folder for temporary files, removed at the end; folders of runs that were killed are removed first.

    Raise OSError if none can be made.
    """
    place = temporary_folders()[0]
    _remove_leftovers(place)
    new = Path(tempfile.mkdtemp(prefix=_NEW_FOLDER, dir=place))
    opened = os.open(new, os.O_RDONLY)
    try_lock(opened)  # before its name can be taken for that of a leftover; forked processes hold the lock too
    folder = new.rename(new.with_name(new.name.replace(_NEW_FOLDER, FOLDER)))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(opened)


def _remove_leftovers(place: Path) -> None:
    """Remove this user's folders of runs of which no process is left."""
    for folder in place.glob(f"{FOLDER}*"):
        with suppress(OSError):
            status = folder.lstat()
            if S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not is_locked(folder):
                shutil.rmtree(folder, ignore_errors=True)
