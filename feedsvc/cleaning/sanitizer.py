"""The last word: nh3 lets through the tags, attributes, schemes and frames on the list, and nothing else.

Nothing edits the HTML afterwards but to take out what XML forbids, frames left without an address and what others hold.
"""

import re
from functools import lru_cache
from html import escape

import nh3
from bs4 import Tag

from feedsvc.cleaning.media import FRAME_ATTRIBUTES
from feedsvc.cleaning.structure import ATTRIBUTES, TAGS, VOID
from feedsvc.cleaning.text import legal
from feedsvc.cleaning.urls import SCHEMES, resolve
from feedsvc.urls import is_frame_of

_GONE = {"script", "style", "noscript", "template", "title", "textarea", "noembed", "noframes", "xmp"}
_FRAME = re.compile("(<iframe[^<>]*>).*?</iframe>", re.DOTALL)  # nh3 escapes "<" and ">" in attributes
_URLS = frozenset({"href", "src", "poster", "cite"})


def sanitize(html: str, hosts: frozenset[str]) -> str:
    """Make HTML safe: only the elements of a clean body, and frames of these hosts only.

    Without hosts no frame is left.
    """
    return _FRAME.sub(_empty_frame, legal(_cleaner(hosts).clean(html)))


def _empty_frame(frame: re.Match[str]) -> str:
    """Return a frame without what it holds, which no browser shows and nh3 writes as it came; "" for one of nothing."""
    return f"{frame[1]}</iframe>" if ' src="' in frame[1] else ""


def write(root: Tag) -> str:
    """Write a tree in shape just as the sanitizer would: the elements of a clean body, of the others what they hold."""
    pieces: list[str] = []
    _write(root, pieces)
    return "".join(pieces)


def _write(parent: Tag, pieces: list[str]) -> None:
    for child in parent.contents:
        if not isinstance(child, Tag):
            pieces.append(_text(str(child)))
        elif child.name not in TAGS:
            _write(child, pieces)
        else:
            attributes = "".join(_attribute(key, value) for key, value in child.attrs.items())
            pieces.append(f"<{child.name}{attributes}>")
            _write(child, pieces)
            if child.name not in VOID:
                pieces.append(f"</{child.name}>")


def _attribute(key: str, value: object) -> str:
    quoted = _text(str(value)).replace('"', "&quot;")
    return f' {key}="{quoted}"'


def _text(text: str) -> str:
    return escape(text, quote=False).replace("\u00a0", "&nbsp;")


@lru_cache(maxsize=64)
def _cleaner(hosts: frozenset[str]) -> nh3.Cleaner:
    def admit(tag: str, attribute: str, value: str) -> str | None:
        if tag == "iframe" and attribute == "src":
            return value if is_frame_of(value, hosts) else None
        return (resolve(value, "") or None) if attribute in _URLS else value

    no_frames = set() if hosts else {"iframe"}
    return nh3.Cleaner(
        tags=set(TAGS - no_frames),
        clean_content_tags=_GONE | no_frames,
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items() if tag not in no_frames},
        attribute_filter=admit,
        set_tag_attribute_values={} if no_frames else {"iframe": FRAME_ATTRIBUTES},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
