"""The sanitizer: nh3 lets through the elements, attributes, schemes and frames of the allow-list, and nothing else.

It has the last word: afterwards only characters that XML forbids, frames without a URL and the content of frames are
removed from the HTML.
"""

import re
from functools import lru_cache
from html import escape

import nh3
from bs4 import Tag

from feedsvc.cleaning.allowlist import ATTRIBUTES, FRAME_ATTRIBUTES, SCHEMES, TAGS, URL_ATTRIBUTES, VOID, to_names
from feedsvc.cleaning.text import remove_useless
from feedsvc.cleaning.urls import resolve
from feedsvc.urls import is_frame_of

_REMOVED_WHOLE = to_names("script style noscript template title textarea noembed noframes xmp")
_FRAME = re.compile("(<iframe[^<>]*>).*?</iframe>", re.DOTALL)  # nh3 escapes "<" and ">" in attributes


def sanitize(html: str, hosts: frozenset[str]) -> str:
    """Make HTML safe: only the elements of a clean body, and only frames of these hosts.

    Without hosts all frames are removed.
    """
    return _FRAME.sub(_empty_frame, remove_useless(_make_cleaner(hosts).clean(html)))


def _empty_frame(frame: re.Match[str]) -> str:
    """Return a frame without its content, which browsers ignore and nh3 leaves unescaped; "" for one without a URL."""
    return f"{frame[1]}</iframe>" if ' src="' in frame[1] else ""


def to_html(root: Tag) -> str:
    """Return the HTML of a tree as the sanitizer would write it, without the tags of other elements."""
    pieces: list[str] = []
    _write(root, pieces)
    return "".join(pieces)


def _write(parent: Tag, pieces: list[str]) -> None:
    for child in parent.contents:
        if not isinstance(child, Tag):
            pieces.append(_escape(str(child)))
        elif child.name not in TAGS:
            _write(child, pieces)
        else:
            attributes = "".join(_to_attribute(key, value) for key, value in child.attrs.items())
            pieces.append(f"<{child.name}{attributes}>")
            _write(child, pieces)
            if child.name not in VOID:
                pieces.append(f"</{child.name}>")


def _to_attribute(key: str, value: object) -> str:
    quoted = _escape(str(value)).replace('"', "&quot;")
    return f' {key}="{quoted}"'


def _escape(text: str) -> str:
    return escape(text, quote=False).replace("\u00a0", "&nbsp;")


@lru_cache(maxsize=64)
def _make_cleaner(hosts: frozenset[str]) -> nh3.Cleaner:
    def admit(tag: str, attribute: str, value: str) -> str | None:
        if tag == "iframe" and attribute == "src":
            return value if is_frame_of(value, hosts) else None
        return (resolve(value, "") or None) if attribute in URL_ATTRIBUTES else value

    no_frames = set() if hosts else {"iframe"}
    return nh3.Cleaner(
        tags=set(TAGS - no_frames),
        clean_content_tags=_REMOVED_WHOLE | no_frames,
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items() if tag not in no_frames},
        attribute_filter=admit,
        set_tag_attribute_values={} if no_frames else {"iframe": FRAME_ATTRIBUTES},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
