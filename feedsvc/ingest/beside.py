"""Files beside posts compared with the index: they are looked at while the posts folder is walked, and never read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from feedsvc.attachments import is_attachment, may_hold_attachments, roots_of
from feedsvc.files import Folder, Stamp
from feedsvc.index.writer import Writer
from feedsvc.ingest.folder import File, look, pass_over, walk
from feedsvc.ingest.sources import Sources
from feedsvc.settings import Settings


class Beside:
    """The attachments that a scan found; `known` are those of the index by path, as `ReferenceQueries` returns them."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known
        self._sources: Sources | None = None
        self._seen: set[str] = set()
        self._changed: dict[str, tuple[int, Stamp]] = {}

    def take_out(self, files: Iterable[File]) -> Iterator[File]:
        """Yield the posts among files of the posts folder, and note the attachments."""
        for file in files:
            if file.is_attachment:
                self._note(file, 0)
            else:
                yield file

    def note_sources(self, settings: Settings, known: Mapping[str, str]) -> None:
        """Compare includes and data files of the site with those of the index."""
        self._sources = Sources(settings, known)

    def note_static_files(self, files: Iterable[tuple[int, File]]) -> None:
        """Note what the site's generator keeps in folders of its own, after the posts folder: its files come first."""
        for number, file in files:
            self._note(file, number)

    def _note(self, file: File, root: int) -> None:
        if file.problem or file.path in self._seen:  # the same path in a folder before this one
            return
        self._seen.add(file.path)
        if self._known.pop(file.path, "") != to_known(file, root):
            self._changed[file.path] = root, file.stamp

    def differs(self) -> bool:
        """True if the index has to be brought up to date."""
        return bool(self._changed or self._known or (self._sources and self._sources.differs()))

    def store(self, writer: Writer, unreadable: tuple[str, ...] = ()) -> None:
        """Store what differs; what is gone with a folder that cannot be read at present may come back."""
        for path in self._known:
            if not path.startswith(unreadable):
                writer.remove_attachment(path)
        for path, (root, stamp) in self._changed.items():
            writer.put_attachment(path, root, stamp)
        if self._sources:
            self._sources.store(writer)


def walk_static_folders(
    settings: Settings, note: Callable[[int], None] = pass_over, *, prefix: str = ""
) -> Iterator[tuple[int, File]]:
    """Yield the files that the site's generator keeps in folders of their own, each after the number of its folder.

    With `prefix`, those below alone. A folder that is not there holds nothing.
    """
    for number, root in enumerate(roots_of(settings)[1:], 1):
        with suppress(OSError), Folder(root) as folder:
            files = walk(folder, settings.site, has_posts=False, prefix=prefix, note=note)
            yield from ((number, file) for file in files)


def look_in_static_folders(
    settings: Settings, paths: Iterable[str], note: Callable[[int], None]
) -> Iterator[tuple[int, File]]:
    """Yield those files at some paths that `walk_static_folders` would yield."""
    wanted = [path for path in paths if is_attachment(path) and may_hold_attachments(path.rpartition("/")[0])]
    for number, root in enumerate(roots_of(settings)[1:], 1):
        with suppress(OSError), Folder(root) as folder:
            for path in wanted:
                if file := look(folder, path, settings.site):
                    yield number, file
                note(folder.last_modified())


def to_known(file: File, root: int) -> str:
    """Return what the index knows of an unchanged attachment in the folder with a number: "root:stamp"."""
    return f"{root}:{file.stamp.to_text()}"
