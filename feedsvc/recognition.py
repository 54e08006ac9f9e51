"""Which generator's site the posts folder belongs to: the folders around it, compared with what generators look for.

Reads configuration files and nothing else; none of them is ever run.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from feedsvc.errors import PostError, SettingError
from feedsvc.posts.generators.interface import Configuration, Generator, is_around_content
from feedsvc.posts.generators.table import GENERATORS
from feedsvc.sites import PLAIN_SITE, GeneratorName


@dataclass(frozen=True, slots=True)
class FilesOnDisk:
    """The files of a folder; implements `SiteFiles`. `were_read` are the paths of those that were read."""

    root: Path
    were_read: list[Path] = field(default_factory=list)

    def has(self, path: str) -> bool:
        """Return True if there is a file or a folder at `path`."""
        return (self.root / path).exists()

    def read(self, path: str) -> str:
        """Return the text of the file at `path`, "" if there is none.

        Raise SettingError for one that is there and cannot be read.
        """
        place = self.root / path
        try:
            if not place.is_file():
                return ""
            self.were_read.append(place)
            return place.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{place}: cannot be read: {error}") from error

    def names_in(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files in a folder, sorted; none if there is no such folder."""
        with suppress(OSError):
            return tuple(sorted(path.name for path in (self.root / folder).iterdir() if path.is_file()))
        return ()

    def folders_with(self, folder: str, start: str) -> tuple[str, ...]:
        """Return the folders below `folder` that hold a file whose name has this start; no folder is a link.

        Hidden folders and those of packages are passed over.
        """
        found = []
        for path, folders, names in os.walk(self.root / folder):
            folders[:] = [name for name in folders if not name.startswith((".", "node_modules"))]
            if any(name.startswith(start) for name in names):
                found.append(Path(path).relative_to(self.root).as_posix())
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Recognition:
    """A site's configuration, where it was read, all files that were read for it, and the root of the site."""

    configuration: Configuration
    where: Path
    files: tuple[Path, ...] = ()
    root: Path | None = None


def recognize(posts: Path, name: GeneratorName) -> Recognition:
    """Return the configuration of the site that the posts folder belongs to; that of a plain folder if there is none.

    `name` is the generator that is set. Raise SettingError for a configuration that cannot be read.
    """
    folder = posts.absolute()
    found = next(_candidates(folder, name), None)
    if found is None and name in {GeneratorName.AUTO, GeneratorName.PLAIN}:
        return Recognition(Configuration(PLAIN_SITE), folder)
    return found or _read(GENERATORS[name], folder, "", "")


def find_root(folder: Path, name: GeneratorName) -> Path | None:
    """Return the root of the nearest site whose posts may be in a folder; None if there is none."""
    found = next(_candidates(folder.absolute(), name), None)
    return found.root if found else None


def _candidates(folder: Path, name: GeneratorName) -> Iterator[Recognition]:
    """Yield the sites that the folder may belong to, the nearest first."""
    wanted = [one for one in GENERATORS.values() if name in {GeneratorName.AUTO, one.name}]
    for root in [folder, *folder.parents]:
        files = FilesOnDisk(root)
        prefix = "".join(f"{part}/" for part in folder.relative_to(root).parts)
        for generator in wanted:
            if (reason := _find_reason(generator, files)) and generator.may_be_below(prefix):
                found = _read(generator, root, prefix, reason)
                if is_around_content(found.configuration.site, prefix):
                    yield found


def _find_reason(generator: Generator, files: FilesOnDisk) -> str:
    """Return what a site is recognized by; a file that cannot be read shows nothing."""
    with suppress(SettingError):
        return generator.recognize(files)
    return ""


def _read(generator: Generator, root: Path, prefix: str, reason: str) -> Recognition:
    where, files = root / reason, FilesOnDisk(root)
    try:
        found = generator.read(files, prefix)
        return Recognition(replace(found, site=replace(found.site, reason=reason)), where, tuple(files.were_read), root)
    except PostError as error:
        raise SettingError(error.found_in(where)) from error
    except (ValueError, RecursionError) as error:
        raise SettingError(f"{where}: {error}") from error
