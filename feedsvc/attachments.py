"""Files beside posts: which may be served, and as what media type, where they lie."""

import os
import re
from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from urllib.parse import unquote

from feedsvc.names import fold
from feedsvc.settings import Settings

# By suffix. What a browser would run as a page of this host (HTML, XML) is not among them; SVG is sent sandboxed.
MEDIA_TYPES: Mapping[str, str] = {
    "apng": "image/apng",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "jxl": "image/jxl",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "ogv": "video/ogg",
    "webm": "video/webm",
    "srt": "application/x-subrip",
    "vtt": "text/vtt; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "epub": "application/epub+zip",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
    "gz": "application/gzip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

UNSHOWN_PICTURES = (".heic", ".heif")  # what phones make, and browsers do not show

_UNPUBLISHED = frozenset(
    (
        *("node_modules", "_site", "_build", "_book", "_output", "_cache", "_freeze", "_deploy", "_generated"),
        *("_includes", "_layouts", "_partials", "_templates", "_sass", "_plugins", "_data", "_drafts", "_macros"),
    )
)


def media_type_of(path: str) -> str:
    """Return the media type of a file by its suffix; "" for one that is not served."""
    return MEDIA_TYPES.get(path.rpartition(".")[2].lower(), "")


def is_attachment(path: str) -> bool:
    """True if a file of this name may be served to readers: a known suffix, and no hidden file or folder on the way."""
    return bool(media_type_of(path)) and not any(part.startswith(".") for part in path.split("/"))


def may_hold_attachments(path: str) -> bool:
    """True if a folder may hold files that are served: none that is hidden, and none of templates, drafts or output."""
    return not any(part.startswith(".") or part in _UNPUBLISHED for part in path.split("/"))


# Where the name of a file may begin: not in white space, quotes, brackets, or what parts values.
_PARTS = bytes.maketrans(b"\t\n\r\f\v\"'()<>[]{}|=,", b" " * 18)
# In one letter case or the other: without regard to case, the search would take twice the time. By first letter: most
# dots of a text are followed by no such suffix, and each letter is then compared once.
_SUFFIXES = sorted({*MEDIA_TYPES, *map(str.upper, MEDIA_TYPES)})
_ENDINGS = "|".join(f"{first}(?:{'|'.join(s[1:] for s in some)})" for first, some in groupby(_SUFFIXES, itemgetter(0)))
_SUFFIX = re.compile(rf"\.(?:{_ENDINGS})(?![0-9A-Za-z])".encode())
MAX_MENTION = 255  # bytes of a name


def find_mentions(data: bytes) -> tuple[str, ...]:
    """Return the folded names of files that a post may refer to: too many rather than too few, but none by a URL.

    Of a name with blanks it is the part after the last one.
    """
    names = set()
    for found in _SUFFIX.finditer(data):
        text = data[max(0, found.start() - MAX_MENTION) : found.end()].translate(_PARTS)
        token = text.rpartition(b" ")[2]
        if b"://" not in token and not token.startswith(b"//"):
            names.add(mention_of(unquote(token.decode("utf-8", "ignore"))))
    return tuple(sorted(names))


def mention_of(path: str) -> str:
    """Return what `find_mentions` returns where a post refers to the file at a path."""
    return fold(path.replace("\\", "/").rpartition("/")[2].rpartition(" ")[2])


def roots_of(settings: Settings) -> list[Path]:
    """Return the folders whose files may be served: the posts folder, then those of the site's static files."""
    root = site_root(settings)
    return [_posts_of(settings), *(root / folder for folder in settings.site.static)]


def site_root(settings: Settings) -> Path:
    """Return the folder of the site that the posts folder belongs to."""
    depth = settings.site.prefix.count("/")
    posts = _posts_of(settings)
    return posts.parents[depth - 1] if depth else posts


def _posts_of(settings: Settings) -> Path:
    return Path(os.path.abspath(settings.posts))  # noqa: PTH100 - links stay: the site's root is above the path given
