"""Replace drawings (SVG) and pictures in `data:` URLs, which feed readers do not show, by their descriptions.

Icons are removed. For what a reader would have seen, the author gets a hint.
"""

import re

from bs4 import Tag
from bs4.element import NavigableString

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.nodes import find_elements, is_inside
from feedsvc.cleaning.tree import Tree
from feedsvc.text import join_words

MAX_ICON = 48
"""Width and height, in pixels, up to which a drawing is an icon."""
MIN_PICTURE = 200
"""Characters of a `data:` URL from which on it is a picture, and no placeholder."""

_CONTROLS = to_names("button label nav option select")
_ICON = re.compile(
    r"(?:\A|[\s_-])(?:icons?|fa|bi|octicon|feather|lucide|svg-inline--fa|emoji)(?:[\s_-]|\Z)", re.IGNORECASE
)
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(px|pt|em|rem|ex)?\s*\Z")
_STORES = to_names("symbol defs style metadata")
_PIXELS = {"em": 16, "rem": 16, "ex": 8}
_SHAPE = re.compile(
    r"<(?:path|rect|circle|ellipse|line|poly|text|image|use)|%3c(?:path|rect|circle|ellipse|poly|text|image)",
    re.IGNORECASE,
)


def keep_drawings(tree: Tree) -> None:
    """Replace drawings and pictures written into the post by their descriptions."""
    if not tree.mentions("<svg", "<SVG", "data:", "DATA:"):
        return
    for element in find_elements(tree.root, "svg", "img"):
        if element.name == "svg" and not is_inside(element, {"svg"}) and not _is_icon(element):
            _describe(tree, element, "drawing (SVG)", _find_name(element))
        elif element.name == "img" and _is_written_in(element, tree):
            names = (str(element.get(key, "")) for key in ("alt", "title", "aria-label"))
            _describe(tree, element, "picture in a data: URL", next(filter(str.strip, names), ""))


def _describe(tree: Tree, element: Tag, kind: str, name: str) -> None:
    tree.hint(f"{kind}: feed readers cannot show it" + ("" if name else ", and it has no description"))
    beside = isinstance(element.next_sibling, Tag) and element.next_sibling.name in {"svg", "img"}
    shown = join_words(name) + (" " if beside else "")
    tree.replace(element, *([NavigableString(shown)] if name.strip() else ()))


# --- drawings --------------------------------------------------------------------------------------


def _find_name(drawing: Tag) -> str:
    """Return the name of a drawing: https://www.w3.org/TR/svg-aam-1.0/#mapping_additional_nd."""
    own = (child.get_text() for child in drawing.contents if isinstance(child, Tag) and child.name == "title")
    label = str(drawing.get("aria-label", ""))
    below = (found.get_text() for found in find_elements(drawing, "title", "desc"))
    return next(filter(str.strip, (label, *own, *below)), "")


def _is_icon(drawing: Tag) -> bool:
    if drawing.get("aria-hidden") == "true" or drawing.get("role") in ("presentation", "none"):
        return True
    if _is_store(drawing) or _ICON.search(str(drawing.get("class", ""))) or is_inside(drawing, _CONTROLS):
        return True
    sizes = [size for size in map(_to_pixels, _find_sizes(drawing)) if size is not None]
    return bool(sizes) and max(sizes) <= MAX_ICON


def _is_store(drawing: Tag) -> bool:
    """True if nothing is drawn: other drawings use what it holds."""
    held = {child.name for child in drawing.contents if isinstance(child, Tag)}
    return bool(held) and held <= _STORES


def _find_sizes(drawing: Tag) -> list[str]:
    written = [str(drawing[key]) for key in ("width", "height") if key in drawing.attrs]
    return written or str(drawing.get("viewbox") or drawing.get("viewBox") or "").replace(",", " ").split()[2:]


def _to_pixels(size: str) -> float | None:
    found = _SIZE.match(size)
    return float(found[1]) * _PIXELS.get(found[2], 1) if found else None


# --- pictures in URLs ------------------------------------------------------------------------------


def _is_written_in(image: Tag, tree: Tree) -> bool:
    """True for a picture in a `data:` URL that is no placeholder of another."""
    url = str(image.get("src", "")).strip()
    is_told = len(str(image.get("alt", "")).split()) > 1  # a placeholder's is a word at most
    if url[:5].lower() != "data:" or (len(url) < MIN_PICTURE and not is_told):
        return False
    if tree.rules.is_lazy(image.attrs) or _has_twin(image):
        return False
    return url[:14].lower() != "data:image/svg" or "base64" in url[:40] or bool(_SHAPE.search(url))


def _has_twin(image: Tag) -> bool:
    """True if a <noscript> follows, or is around what follows: it holds the picture itself."""
    following = image.find_next_sibling()
    return following is not None and following.name == "noscript"
