"""Files beside posts (attachments) compared with the index; only their stamps are looked at, never their content."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from feedsvc.attachments import is_attachment, may_hold_attachments, roots_of
from feedsvc.files import Folder, Stamp
from feedsvc.index.writer import Writer
from feedsvc.ingest.folder import File, look, pass_over, walk
from feedsvc.ingest.sources import Sources
from feedsvc.settings import Settings


class AttachmentChanges:
    """How attachments, includes and data files differ from the index.

    `known` are the attachments of the index, as `ReferenceQueries.attachments` returns them.
    """

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known
        self._sources: Sources | None = None
        self._seen: set[str] = set()
        self._changed: dict[str, tuple[int, Stamp]] = {}

    def separate(self, files: Iterable[File]) -> Iterator[File]:
        """Yield the posts among files of the posts folder; compare the attachments with the index."""
        for file in files:
            if file.is_attachment:
                self._compare(file, 0)
            else:
                yield file

    def compare_sources(self, settings: Settings, known: Mapping[str, str]) -> None:
        """Compare includes and data files of the site with those of the index."""
        self._sources = Sources(settings, known)

    def compare_static_files(self, files: Iterable[tuple[int, File]]) -> None:
        """Compare the generator's static files, each after the number of its folder; the posts folder comes first."""
        for number, file in files:
            self._compare(file, number)

    def _compare(self, file: File, root: int) -> None:
        if file.problem or file.path in self._seen:  # an earlier folder has this path
            return
        self._seen.add(file.path)
        if self._known.pop(file.path, "") != to_known(file, root):
            self._changed[file.path] = root, file.stamp

    def differs(self) -> bool:
        """True if the index differs."""
        return bool(self._changed or self._known or (self._sources and self._sources.differs()))

    def store(self, writer: Writer, unreadable: tuple[str, ...] = ()) -> None:
        """Store the changes; files of folders that are `unreadable` at present are kept, for they may come back."""
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
    """Yield the static files of the site's generator, each with the number of its folder.

    With `prefix`, only those below it. A folder that is missing holds nothing.
    """
    for number, root in enumerate(roots_of(settings)[1:], 1):
        with suppress(OSError), Folder(root) as folder:
            files = walk(folder, settings.site, has_posts=False, prefix=prefix, note=note)
            yield from ((number, file) for file in files)


def look_in_static_folders(
    settings: Settings, paths: Iterable[str], note: Callable[[int], None]
) -> Iterator[tuple[int, File]]:
    """Yield those of `walk_static_folders` that have one of some paths."""
    wanted = [path for path in paths if is_attachment(path) and may_hold_attachments(path.rpartition("/")[0])]
    for number, root in enumerate(roots_of(settings)[1:], 1):
        with suppress(OSError), Folder(root) as folder:
            for path in wanted:
                if file := look(folder, path, settings.site):
                    yield number, file
                note(folder.last_modified())


def to_known(file: File, root: int) -> str:
    """Return "root:stamp", as the index stores an attachment in the folder with the number `root`."""
    return f"{root}:{file.stamp.to_text()}"
