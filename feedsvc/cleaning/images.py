"""Images: real URLs instead of placeholders, no tracking pixels, none twice; and the image that stands for a post."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, quote

from bs4 import Tag
from bs4.element import NavigableString

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.nodes import find_above, find_elements, find_nodes
from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.tree import Tree
from feedsvc.lookup import FoundFile
from feedsvc.urls import to_host

_TINY = re.compile(r"\s*[0-2](?:px)?\s*\Z")
_CANDIDATE = re.compile(r"([^\s,]\S*)(?:\s+(\d+(?:\.\d+)?)\w)?")
_EMOJI = to_names("emoji wp-smiley emojione joypixels twemoji")
_IMAGE = re.compile(r'<img [^>]*?src="(https?://[^"]+)"')
_PARAMETER = re.compile(r"\{(\w+)\}")


def repair_images(tree: Tree) -> None:
    """Set every image's real URL; remove tracking pixels and images without a URL."""
    for image in tree.find("img"):
        if _is_emoji(image):
            tree.replace(image, NavigableString(str(image["alt"])))
            continue
        written = _find_url(tree, image)
        found = tree.lookup.find_file(written)
        url = found.url if found else tree.resolve(written)
        reason = _reason_to_remove(tree, image, url)
        if reason:
            tree.remove(image, reason)
        else:
            image["src"] = url
            if found:
                _set_size(image, found)
    for picture in tree.find("picture"):
        # The parser makes what follows a <source> part of it.
        for source in find_elements(picture, "source"):
            source.name = "span"


def _is_emoji(image: Tag) -> bool:
    alt = str(image.get("alt", ""))
    return bool(alt) and not alt.isascii() and not _EMOJI.isdisjoint(str(image.get("class", "")).split())


def _reason_to_remove(tree: Tree, image: Tag, url: str) -> str:
    """Return why an image goes; "" if it stays."""
    if url:
        is_icon = tree.rules.icons.search(url) or tree.rules.icons.search(str(image.get("src", "")))
        return "pixel" if _is_pixel(tree, image, url) else "icon" if is_icon else ""
    is_placeholder = tree.rules.placeholders.search(str(image.get("src", "")).strip())
    return "placeholder" if is_placeholder else "image without URL"


def _is_pixel(tree: Tree, image: Tag, url: str) -> bool:
    sizes = [str(image[key]) for key in ("width", "height") if key in image.attrs]
    if sizes and all(_TINY.match(size) for size in sizes):
        return True
    # On one's own site /images/count.png is a picture.
    return bool(tree.rules.pixels.search(url)) and (tree.scraped or to_host(url) != to_host(tree.base))


def _find_url(tree: Tree, image: Tag) -> str:
    candidates = map(str.strip, _candidate_urls(image, tree.rules))
    usable = (url for url in candidates if url and not tree.rules.placeholders.search(url))
    url = next(usable, "")
    if not url and not tree.scraped and not tree.rules.is_lazy(image.attrs):
        url = str(image.get("src", ""))  # a picture of one's own that is called loading.gif
    return url


def _set_size(image: Tag, found: FoundFile) -> None:
    """Set the width and height of a picture that has none in the post, so that pages do not jump while it loads."""
    if found.width and not {"width", "height"} & image.attrs.keys():
        image["width"], image["height"] = str(found.width), str(found.height)


def _candidate_urls(image: Tag, rules: Rules) -> Iterator[str]:
    """Yield what may be the URL of an image, the likeliest first."""
    for key in ("src", *rules.lazy):
        yield str(image.get(key, ""))
    for key in rules.lazy_sets:
        yield _choose_largest(image.get(key, ""))
    picture = find_above(image, {"picture"})
    for source in find_elements(picture, "source") if picture else ():
        yield _choose_largest(source.get("srcset", ""))


def _choose_largest(srcset: object) -> str:
    """Return the URL with the largest width or density of a srcset."""
    candidates = _CANDIDATE.findall(str(srcset))
    url, _ = max(candidates, key=lambda candidate: float(candidate[1] or 0), default=("", ""))
    return url.rstrip(",")


# --- images that are there twice -----------------------------------------------------------------


def remove_repeated_images(tree: Tree) -> None:
    """Remove an image that directly follows itself; in a post of one's own it does so on purpose."""
    last = ""
    for node in find_nodes(tree.root):
        if isinstance(node, NavigableString):
            last = "" if node.strip() else last
        elif isinstance(node, Tag) and node.name == "img":
            if node["src"] == last and tree.scraped:
                tree.remove(node, "repeated image")
            last = str(node["src"])


# --- the image of a post -------------------------------------------------------------------------


def find_first_image(body: str) -> str:
    """Return the absolute URL of the first image of a clean body; "" if it has none."""
    found = _IMAGE.search(body)
    return unescape(found[1]) if found else ""


def fill_image_url(template: str, original: str) -> str:
    """Fill a site's template of an image URL from the query of the original; "" if a parameter is missing."""
    query = parse_qs(original.partition("?")[2].partition("#")[0])
    if not all(name in query for name in _PARAMETER.findall(template)):
        return ""
    return _PARAMETER.sub(lambda name: quote(query[name[1]][0]), template)
