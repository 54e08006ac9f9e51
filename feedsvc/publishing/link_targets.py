"""The posts and files of the folder that a URL in a post may mean, as paths. Pure."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote

from feedsvc.lookup import FILE, FILE_SCHEME, POST_SCHEME, Reference, without_marker
from feedsvc.models import Post
from feedsvc.settings import Settings
from feedsvc.sites import Site

FILES = "/files/"  # the path of files beside posts on this service
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# A file's name with signs of URLs in it, `pic #1.png`: as a URL it would be that of a file without a suffix.
_SIGNS_IN_NAME = re.compile(r"(?:[^#?]*/)?[^#?./]*[#?][^=&/]*\.[^=&/]*")


def to_url_path(path: str) -> str:
    """Return the URL path at which a file beside posts is served."""
    return FILES + quote(path)


def to_file_paths(url: str, path: str, site: Site) -> list[str]:
    """Return the paths of files that a URL in the post at `path` may mean, most likely first; none for a remote URL.

    Paths are relative to the posts folder, or to a folder of the site whose files are served without its name.
    """
    folders = (*site.static, site.prefix)
    paths = _to_paths(url, path, site, folders)
    return paths + _to_paths(quote(url, safe="%/:@+"), path, site, folders) if _SIGNS_IN_NAME.fullmatch(url) else paths


def to_post_paths(url: str, path: str, site: Site) -> list[str]:
    """Return the paths of posts that a URL in the post at `path` may mean, most likely first; none for a remote URL.

    Paths are relative to the posts folder.
    """
    return _to_paths(url, path, site, (site.prefix,))


def _to_paths(url: str, path: str, site: Site, folders: Sequence[str]) -> list[str]:
    written = url.removeprefix(POST_SCHEME).removeprefix(FILE_SCHEME)
    if _SCHEME.match(without_marker(written.strip())):
        return []
    text = unquote(written.partition("#")[0].partition("?")[0]).replace("\\", "/").strip()
    text = without_marker(text)
    if not text or "\0" in text:
        return []
    candidates = map(posixpath.normpath, _candidates(text, path, site))
    inside = (
        candidate.removeprefix(folder)
        for candidate in candidates
        for folder in folders
        if candidate.startswith(folder) and candidate != "." and not candidate.startswith("../")
    )
    return list(dict.fromkeys(inside))


def _candidates(text: str, path: str, site: Site) -> Iterator[str]:
    """Yield the paths in the site that a path written in a post may mean."""
    if text.startswith("/"):
        root = text.lstrip("/")
        if site.baseurl and f"/{root}/".startswith(f"{site.baseurl}/"):
            root = f"/{root}".removeprefix(site.baseurl).lstrip("/")
        yield site.prefix + root
        yield from (folder + root for folder in (*site.static, *site.content, ""))
        return
    here = site.prefix + path
    folder = posixpath.dirname(here)
    yield posixpath.join(folder, text)
    yield posixpath.join(here.rpartition(".")[0], text)  # Hexo keeps the files of `x.md` in `x/`
    yield site.prefix + text  # Hugo's and Jekyll's own references are relative to the folder of all posts
    yield from (content + text for content in (*site.content, ""))


def is_beside_post(url: str) -> bool:
    """True for a relative URL: its file can only be beside the post."""
    return bool(url) and not url.startswith("/") and not _SCHEME.match(url)


def files_of(post: Post) -> Iterator[str]:
    """Yield the URLs of files in a post's front matter, as they are written there."""
    yield post.image
    if post.enclosure:
        yield post.enclosure.url
    if post.episode:
        yield from (post.episode.image, post.episode.chapters)
        yield from (transcript.url for transcript in post.episode.transcripts)


def pictures_of(settings: Settings) -> dict[str, str]:
    """Return, by setting, the paths of files beside posts that settings name by their URL on this service."""
    urls = {"icon": settings.icon, "logo": settings.logo, "podcast.image": settings.podcast.image}
    here = {name: url.removeprefix(settings.base_url) for name, url in urls.items()}
    return {name: unquote(url.removeprefix(FILES)) for name, url in here.items() if url.startswith(FILES)}


def find_reference(url: str, path: str, site: Site, references: Sequence[Reference]) -> Reference | None:
    """Return the lookup that found the file for a URL in the post at `path`, None if there is none."""
    names = to_file_paths(url, path, site) if url else []
    found = {one.name: one for one in references if one.found and one.kind == FILE}
    return next((found[name] for name in names if name in found), None)
