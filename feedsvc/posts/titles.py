"""Titles and written summaries as plain text, and the title of a post that names none. Pure, linear time."""

import re
from collections import defaultdict
from collections.abc import Sequence

from feedsvc.markup.comments import may_hide, strip_comments, without_html_comments
from feedsvc.posts.metadata import SUMMARY, Front, to_text
from feedsvc.text import decode_references, to_subscript, to_superscript

# HTML's elements. Of these, a tag that is not closed means a break; of the others, it is one that the text is about.
_BREAKS = frozenset({"br", "p", "li", "dt", "dd", "hr", "wbr"})
_BLOCKS = frozenset({"div", "blockquote", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"})
_INLINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("img", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span"),
        *("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "center", "figure", "figcaption", "picture"),
    }
)
_ELEMENTS = _BREAKS | _BLOCKS | _INLINE
_ATTRIBUTE = r"""\s+[A-Za-z][A-Za-z0-9:_-]*+\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>]++)"""
_TAG = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9]{{0,15}})((?:{_ATTRIBUTE})*+)\s*+/?>")


_LEVEL = re.compile(r"<(su[bp])>([^<>]{1,40})</\1>", re.IGNORECASE)


def shown_text(front: Front, *keys: str) -> str:
    """Return the text under one of the keys as people see it, on one line; a comment that is never closed stays."""
    text = front.text(*keys)
    if "<!--" in text or may_hide(text):
        found = strip_comments(text, is_html=True, is_jekyll=front.is_jekyll)
        text = text if found.hints else to_text(without_html_comments(found.text))
    return to_plain(text)


def summary_of(front: Front) -> str:
    """Return the summary that a post's author wrote, "" if there is none."""
    return shown_text(front, *SUMMARY)


def to_plain(text: str) -> str:
    """Return a text of one line without the tags of HTML's elements, and with character references decoded."""
    if "<" in text:
        text = _without_tags(text)
    return to_text(decode_references(text)) if "&" in text else text


def _without_tags(text: str) -> str:
    """Return a text without tags; one that names no element, or that is not closed as elements are, is text."""
    text = _LEVEL.sub(_to_level, text)
    tags = [found for found in _TAG.finditer(text) if found[2].lower() in _ELEMENTS]
    if not tags:
        return text
    start, parts = 0, []
    for tag in _closed(tags):
        parts += [text[start : tag.start()], "" if tag[2].lower() in _INLINE | {"wbr"} else " "]
        start = tag.end()
    return " ".join("".join((*parts, text[start:])).split())


def _to_level(found: re.Match[str]) -> str:
    """Return digits and signs raised or lowered, as in H₂O; letters as they are."""
    change = to_superscript if found[1].lower() == "sup" else to_subscript
    return change(found[2]) or found[2]


def _closed(tags: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Return the tags that are markup: pairs, breaks, and those with attributes."""
    kept = [bool(tag[3]) or tag[2].lower() in _BREAKS for tag in tags]
    opened: defaultdict[str, list[int]] = defaultdict(list)
    for number, tag in enumerate(tags):
        places = opened[tag[2].lower()]
        if not tag[1]:
            places.append(number)
        elif places:
            kept[number] = kept[places.pop()] = True
    return [tag for tag, is_markup in zip(tags, kept, strict=True) if is_markup]


def title_from(slug: str) -> str:
    """Return the title for a post that has none, from its file name."""
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_\s]+", slug) if word) or slug
