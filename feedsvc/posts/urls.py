"""Front-matter values → the URLs of a post: its original, its picture and the file enclosed with it. Pure."""

import re
from mimetypes import MimeTypes
from typing import Any

from feedsvc.models import Enclosure, Level
from feedsvc.posts.metadata import IMAGE, ORIGINAL, Front, flatten, to_text

_WEB_URL = re.compile(r"(?i:https?)://(?:[^/?#\s\[\]]+|\[[0-9a-f:.]+\](?::\d+)?)(?=[/?#]|\Z)")
_MEDIA_TYPE = re.compile("(?:application|audio|image|text|video)/[A-Za-z0-9.+-]+")
_WIKI_LINK = re.compile(r"!?\[\[([^\[\]|#]++)(?:[|#][^\[\]]*+)?\]\]")  # in properties of Obsidian
_TYPES = MimeTypes()  # Python's own table: with the system's, bytes would differ from host to host
for _suffix, _type in {
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".m4v": "video/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".webp": "image/webp",
}.items():
    _TYPES.add_type(_type, _suffix)


def original_of(front: Front) -> str:
    """Return the URL where a post was first published, "" if there is none; other text under these keys is ignored."""
    return next((text for _, value in front.get(*ORIGINAL) if (text := to_web_url(url_in(value)))), "")


def url_in(value: object) -> str:
    """Return the URL or path in a text, or in a mapping such as `{url: …}`, "" if there is none."""
    if isinstance(value, dict):
        value = next(
            (
                value[key]
                for key in ("url", "path", "src", "href", "file", "filename", "image", "mp3", "m4a", "opus", "ogg")
                if value.get(key)
            ),
            "",
        )
    text = to_text(value)
    if linked := _WIKI_LINK.fullmatch(text):
        text = linked[1].strip()
    return "" if text.lower() in {"true", "false"} else text


def to_web_url(text: str) -> str:
    """Return an absolute http(s) URL as it is, "" for any other text."""
    return text if _WEB_URL.match(text) else ""


def image_of(front: Front) -> str:
    """Return the post's image, the first of several: a URL, or a path on the site."""
    items = (item for _, value in front.get(*IMAGE) for item in flatten(value))
    return next(filter(None, map(url_in, items)), "")


def enclosure_of(front: Front) -> Enclosure | None:
    """Return the file enclosed with a post; its type is guessed if none is written."""
    if "enclosure" not in front.values:
        return None
    first = next(flatten(front.values["enclosure"]), "")
    fields = first if isinstance(first, dict) else _wordpress_fields(first)
    url = url_in(fields or first)
    if not url:
        front.report(Level.HINT, "enclosure", "no url: left out")
        return None
    return Enclosure(url, _media_type(front, fields, url), _length(front, fields))


def _wordpress_fields(value: object) -> dict[str, Any]:
    """Return the fields of a text of URL, length and type on a line each, further ones are plugins'; none of any other.

    https://developer.wordpress.org/reference/functions/do_enclose/
    """
    text = value.strip().removeprefix("|").strip() if isinstance(value, str) else ""  # exporters write a second `|`
    lines = text.split("\n")[:3] if text else []
    if len(lines) == 1:  # YAML has folded them
        lines = lines[0].rsplit(maxsplit=2)
    url, length, kind = (line.strip() for line in (*lines, "", "", "")[:3])
    is_wordpress = _MEDIA_TYPE.fullmatch(kind) and (not length or length.isdecimal())
    return {"url": url, "length": length, "type": kind} if is_wordpress else {}


def _media_type(front: Front, fields: dict[str, Any], url: str) -> str:
    declared = to_text(fields.get("type"))
    guessed = guess_media_type(url)
    if not declared and not guessed:
        front.report(Level.HINT, "enclosure", f"no type, and {url[-40:]!r} has no known suffix: write one")
    return declared or guessed or "application/octet-stream"


def guess_media_type(url: str) -> str:
    """Return the media type of a file by the suffix in its URL, "" if that is not known."""
    return _TYPES.guess_type(re.split("[?#]", url, maxsplit=1)[0])[0] or ""


def _length(front: Front, fields: dict[str, Any]) -> int:
    text = to_text(fields.get("length") or 0).replace("_", "").replace(",", "")
    if re.fullmatch("[0-9]{1,18}", text):
        return int(text)
    front.report(Level.HINT, "enclosure", f"length {text[:40]!r} is no number of bytes: taken as unknown")
    return 0
