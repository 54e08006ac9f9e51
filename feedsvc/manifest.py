"""What a build has written: the names of its files, each with a digest of what was written under it. Pure."""

import json
from collections.abc import Iterable

from feedsvc.errors import OutputError
from feedsvc.files import is_encodable, is_name

# Digests of files whose build may have been interrupted.
UNKNOWN = ""  # may be missing, or hold anything
CHANGED = "?"  # is there, and may hold anything


class Manifest(dict[str, str]):
    """Digests by the names of files: only these files are ever removed."""

    @classmethod
    def parse(cls, text: bytes, where: str) -> "Manifest":
        """Return what `dump` wrote, or the list of names of earlier versions; what cannot be a name is ignored.

        Raise OutputError for anything else.
        """
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise OutputError(f"{where}: cannot be read: {error}") from error
        names = dict.fromkeys(found, UNKNOWN) if isinstance(found, list) and _are_texts(found) else found
        if not isinstance(names, dict) or not _are_texts(names.values()):
            raise OutputError(f"{where}: cannot be read: not a list of names")
        return cls({name: digest for name, digest in names.items() if is_path_below(name)})

    def dump(self) -> bytes:
        """Return the manifest as text."""
        return json.dumps(dict(sorted(self.items())), ensure_ascii=False, indent=0).encode()

    def is_there(self, name: str) -> bool:
        """True if there is certainly a file of this name."""
        return self.get(name, UNKNOWN) != UNKNOWN

    def doubt(self, names: Iterable[str]) -> None:
        """Note that files may hold anything until they have been written."""
        self.update({name: CHANGED if self.is_there(name) else UNKNOWN for name in names})

    def forget(self, names: Iterable[str]) -> None:
        """Note that files may be missing."""
        self.update(dict.fromkeys(names, UNKNOWN))


def is_path_below(name: str) -> bool:
    """True if a file below a folder can have this path."""
    return is_encodable(name) and all(map(is_name, name.split("/")))


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
