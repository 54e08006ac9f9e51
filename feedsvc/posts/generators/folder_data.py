"""Front matter that data files of a folder hand down to the posts in it: Eleventy's and Quarto's. Pure.

The rules are those of https://www.11ty.dev/docs/data-template-dir/ and https://quarto.org/docs/projects/quarto-projects.html;
of tags, titles, dates and links only a post's own are taken.
"""

from collections.abc import Iterator

from feedsvc.errors import PostError
from feedsvc.posts.generators.hugo_cascade import Cascade
from feedsvc.posts.generators.interface import SiteFiles
from feedsvc.posts.generators.values import load_config
from feedsvc.posts.metadata import CATEGORIES, GUID, PUBLISHED, TAGS

_OWN = {"title", "slug", "permalink", *TAGS, *CATEGORIES, *GUID, *PUBLISHED}
_ELEVENTY = (".11tydata.json", ".json")
_QUARTO = ("_metadata.yml", "_metadata.yaml")


def of_eleventy(files: SiteFiles, prefix: str) -> Iterator[Cascade]:
    """Yield what `posts/posts.json` says for all posts in `posts`, and `posts/first.json` for `posts/first.md`."""
    for folder in _folders(files, prefix):
        names = files.names_in(folder)
        stems = {name.rpartition(".")[0] for name in names if not name.endswith(".json")}
        for name in names:
            suffix = next((suffix for suffix in _ELEVENTY if name.endswith(suffix)), "")
            stem = name.removesuffix(suffix)
            if suffix and stem == folder.rpartition("/")[2]:
                yield _to_cascade(f"{folder}/", files, f"{folder}/{name}")
            elif suffix and stem in stems:
                yield _to_cascade(f"{folder}/{stem}.", files, f"{folder}/{name}")


def of_quarto(files: SiteFiles, prefix: str) -> Iterator[Cascade]:
    """Yield what `_metadata.yml` says for all posts in its folder."""
    for folder in _folders(files, prefix):
        yield from (_to_cascade(f"{folder}/", files, f"{folder}/{name}") for name in _QUARTO)


def _folders(files: SiteFiles, prefix: str) -> Iterator[str]:
    """Yield the folder of posts, those around it and those in it; "" for the root."""
    parts = prefix.strip("/").split("/")
    yield from ("/".join(parts[:count]) for count in range(len(parts)))
    yield from ("" if folder == "." else folder for folder in files.folders_with(prefix.rstrip("/"), ""))


def _to_cascade(start: str, files: SiteFiles, path: str) -> Cascade:
    """Return what a data file says for the posts whose paths have a start."""
    start, path = start.lstrip("/"), path.lstrip("/")
    try:
        found = load_config(path, files.read(path))
    except PostError as error:
        return Cascade(start, {}, problem=error.found_in(path))
    return Cascade(start, {str(key): value for key, value in found.items() if key not in _OWN})
