"""<noscript>: shown, as feed readers run no scripts, unless it repeats a picture, counts readers or wants scripts."""

import re

from bs4 import Tag

from feedsvc.cleaning.nodes import find_elements, is_inside
from feedsvc.cleaning.text import squeeze
from feedsvc.cleaning.tree import Tree

MAX_REQUEST = 300
"""Characters of a text that asks to allow scripts."""
MAX_CAPTION = 200
"""Characters of the text of a picture that is shown without it too."""

_REQUEST = re.compile(
    r"java\s?script|ｊａｖａｓｃｒｉｐｔ|脚本|腳本|スクリプト|\bJS\b|commentspoweredby", re.IGNORECASE
)
_SIZE = "(?:w|h|width|height|size|resize|fit|crop|dpr|quality|q|strip|ssl|auto|format)=[^&]*"
_PICTURE = re.compile(rf"(.*\.(?:avif|gif|jpe?g|png|webp))\?{_SIZE}(?:&{_SIZE})*", re.IGNORECASE)  # of any size
_UNSEEN = re.compile(r"(?:left|top)\s*:\s*-\d{3,}|display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SOLID = ("pre", "table", "audio", "video", "iframe", "ul", "ol")


def resolve_noscript(tree: Tree) -> None:
    """Show every <noscript>, but for one that repeats pictures, counts readers or asks to allow scripts."""
    fallbacks = tree.find("noscript")
    if not fallbacks:
        return
    shown = {_url_of(image) for image in tree.find("img") if not is_inside(image, {"noscript"})}
    for fallback in fallbacks:
        images = find_elements(fallback, "img")
        urls = {_url_of(image) for image in images}
        if _is_useless(fallback, images, shown):
            tree.remove(fallback, "<noscript>")
            continue
        for image in images:
            if _url_of(image) in shown:
                tree.remove(image, "<noscript>")
        fallback.name = "span"
        shown |= urls


def _url_of(image: Tag) -> str:
    """Return the URL of a picture, the same for each of its sizes."""
    url = str(image["src"])
    return found[1] if (found := _PICTURE.fullmatch(url)) else url


def _is_useless(fallback: Tag, images: list[Tag], shown: set[str]) -> bool:
    text = squeeze(fallback.get_text())
    if any(_UNSEEN.search(str(image.get("style", ""))) for image in images):
        return True
    if not text:
        return shown.issuperset(map(_url_of, images)) and not find_elements(fallback, *_SOLID)
    if images and shown.issuperset(map(_url_of, images)):
        return len(text) <= MAX_CAPTION
    return len(text) <= MAX_REQUEST and bool(_REQUEST.search(text)) and not find_elements(fallback, *_SOLID, "img")
