"""A folder as the destination of a build; the manifest is in another folder beside it, which is not served."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from feedsvc.destinations import OutputFile
from feedsvc.errors import OutputError
from feedsvc.manifest import Manifest
from feedsvc.publishing.documents import CODINGS
from feedsvc.writable_folder import WritableFolder, open_writable_folder

ASIDE = ".feedsvc"  # at the end of the name of the folder beside
MANIFEST = "manifest.json"
OLD_MANIFEST = ".feedsvc.json"  # in the folder itself: of earlier versions, and where nothing can be written beside it


class FolderDestination:
    """A folder for a build; made by `open_folder`."""

    coding = ""
    batch_bytes = 0
    codings = tuple(CODINGS)

    def __init__(self, folder: WritableFolder, aside: WritableFolder | None) -> None:
        self._folder = folder
        self._aside = aside
        self.max_removals = 10**9  # files that a folder may lose: it is built anew in seconds

    def read_manifest(self) -> Manifest:
        """Return what the last build has written. Raise OutputError for a folder that holds something else."""
        for folder, name in self._manifests():
            place = folder.path / name
            try:
                text = folder.read(name)
            except OSError as error:
                raise OutputError(f"{place}: cannot be read: {error}") from error
            if text is not None:
                return Manifest.parse(text, str(place))
        if not self._folder.is_empty():
            raise OutputError(f"{self._folder.path}: not empty, and not the output of a build: name another folder")
        return Manifest()

    def _manifests(self) -> list[tuple[WritableFolder, str]]:
        beside = [(self._aside, MANIFEST)] if self._aside else []
        return [*beside, (self._folder, OLD_MANIFEST)]

    def keep_manifest(self, manifest: Manifest) -> None:
        """Store what is written, for the next build."""
        folder, name = self._manifests()[0]
        folder.write(name, manifest.dump())
        if self._aside:
            self._folder.remove(OLD_MANIFEST)

    def keep_aside(self, name: str, body: bytes) -> None:
        """Store a file that is not for readers."""
        if self._aside and not self._aside.holds(name, body):
            self._aside.write(name, body)

    def refusal(self, name: str) -> str:  # noqa: ARG002 - of the protocol
        """Return "": a folder can have any file."""
        return ""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if it cannot be read."""
        with suppress(OSError):
            return self._folder.read(name)
        return None

    def is_current(self, file: OutputFile, known: str) -> bool:  # noqa: ARG002 - the file itself is compared
        """True if a file is there already."""
        return self._folder.holds(file.name, file.body)

    def put(self, files: Sequence[OutputFile]) -> None:
        """Write files. Raise OutputError if that fails."""
        for file in files:
            self._folder.write(file.name, file.body)

    def remove(self, names: Sequence[str]) -> int:
        """Remove files; return how many there were."""
        return sum(self._folder.remove(name) for name in names)


@contextmanager
def open_folder(path: Path) -> Iterator[FolderDestination]:
    """Open a folder to write to, created if it is missing, for this build alone. Raise OutputError if that fails."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_writable_folder(path))
        beside = Path(f"{os.path.abspath(path)}{ASIDE}")  # noqa: PTH100 - the name that was given, and no link's
        try:
            aside = stack.enter_context(open_writable_folder(beside))
        except OutputError:  # the folder is all that can be written to
            aside = None
        yield FolderDestination(folder, aside)
