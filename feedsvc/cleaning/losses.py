"""Hints for the author of a post on what cleaning removed and a reader would have seen, each with the reason.

Junk that was recognized by its name or words, in a post taken from another site, is no loss.
"""

import re
from collections.abc import Callable

from bs4 import Tag
from bs4.element import PageElement

from feedsvc.cleaning.allowlist import MEDIA
from feedsvc.cleaning.nodes import count_text, find_elements
from feedsvc.cleaning.text import squeeze
from feedsvc.cleaning.tree import Tree

LONG_TEXT = 100
"""Characters from which on the text of a widget may be its author's."""

_EMBEDDING = re.compile(r"embed|player|widget|chart|viz|gallery|slides?|poll|quiz|map", re.IGNORECASE)
_UNSEEN_INPUTS = frozenset({"hidden", "image"})
_LOADED = re.compile(r"data-\w")
_KEYS = ("src", "data-src", "srcdoc", "href", "data", "id", "class", "name", "alt")


def report_losses(tree: Tree) -> None:
    """Add a hint for each removed element that a reader would have seen."""
    for rule, element in tree.removed:
        message = _find_message(tree, rule, element) if isinstance(element, Tag) else ""
        if message:
            tree.hint(message, _find_key(element))


def _find_message(tree: Tree, rule: str, element: Tag) -> str:
    is_lost, message = _LOSSES.get(rule, (None, ""))
    if is_lost is not None:
        return message if is_lost(element) else ""
    if not tree.scraped and rule.startswith(("class ", "id ")) and _is_more_than_widget(element):
        return f"{rule}: left out as an advertisement or a share button: call it otherwise if it is neither"
    return ""


def _find_key(element: PageElement) -> str:
    """Return what the element can be found by in the source of the post: the value of an attribute, or its text."""
    attributes = element.attrs if isinstance(element, Tag) else {}
    values = (str(attributes[key]) for key in _KEYS if attributes.get(key))
    text = next((line.strip() for line in element.get_text().splitlines() if line.strip()), "")
    return next((value.splitlines()[0] for value in (*values, text, f"<{getattr(element, 'name', '')}") if value), "")


# --- what is a loss --------------------------------------------------------------------------------


def _always(_element: Tag) -> bool:
    return True


def _is_lazy(image: Tag) -> bool:
    """True if a script would have put a picture in the place of a placeholder."""
    return any(_LOADED.match(key) for key in image.attrs)


def _has_source(frame: Tag) -> bool:
    return any(frame.attrs.get(key) for key in ("src", "data-src", "srcdoc"))


def _embeds(script: Tag) -> bool:
    return bool(_EMBEDDING.search(str(script.get("src", ""))))


def _is_seen(field: Tag) -> bool:
    return str(field.get("type", "")).lower() not in _UNSEEN_INPUTS


def _has_words(button: Tag) -> bool:
    return bool(squeeze(button.get_text()))


def _is_more_than_widget(element: Tag) -> bool:
    """True if a widget holds what its author may have put there."""
    held = find_elements(element, "table", "pre", "figure", *(MEDIA - {"iframe"}))
    return bool(held) or count_text(element) > LONG_TEXT


_FORM = "form: fields and buttons are left out, for feed readers have none"
_OBJECT = "embedded object: left out, for feed readers show none"
_LOSSES: dict[str, tuple[Callable[[Tag], bool], str]] = {
    "image without URL": (_always, "picture: left out, for it has no URL that can be used"),
    "placeholder": (_is_lazy, "picture: left out, for only a script knows its URL"),
    "<audio> without URL": (_always, "player: left out, for it has no URL that can be used"),
    "<video> without URL": (_always, "player: left out, for it has no URL that can be used"),
    "frame without URL": (_has_source, "frame: left out, for it has no URL that can be used"),
    "<canvas>": (_always, "canvas: left out, for only a script can draw it"),
    "<script>": (_embeds, "script: left out, with what it would embed: link to that instead"),
    "<progress>": (_always, "progress bar: left out, for feed readers have none"),
    "<meter>": (_always, "meter: left out, for feed readers have none"),
    "<embed>": (_always, _OBJECT),
    "<frame>": (_has_source, _OBJECT),
    "<portal>": (_has_source, _OBJECT),
    "<select>": (_always, _FORM),
    "<textarea>": (_always, _FORM),
    "<input>": (_is_seen, _FORM),
    "<button>": (_has_words, _FORM),
}
