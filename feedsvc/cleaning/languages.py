"""The language of code, from the classes and attributes that highlighters set on it and around it."""

import re
from collections.abc import Iterator

from bs4 import Tag

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.nodes import find_elements

MAX_WRAPPERS = 6  # elements around code that may name its language

_ATTRIBUTES = ("data-lang", "data-language", "data-enlighter-language", "data-shcb-language-slug")
_PREFIXED = re.compile(r"(?:^|\s)(?:lang(?:uage)?-|highlight-source-|brush:\s*)([\w+#.-]+)")
_AFTER_BOX = re.compile(r"(?:^|\s)highlight-([\w+#.-]+) notranslate(?:\s|$)")
_NAME = re.compile(r"[a-z][\w+#.-]{0,20}\Z", re.IGNORECASE)
_HIGHLIGHTERS = to_names("hljs highlight prism sourceCode syntaxhighlighter CodeRay enlighter")
_NO_LANGUAGE = _HIGHLIGHTERS | to_names(
    "auto chroma code code-toolbar code-with-copy codehilite copyable default figure has-numbering hljs-copy "
    "ie line-numbers linenums nogutter nohighlight none notranslate numberLines numberSource plain plaintext "
    "prettyprint prettyprinted shiki text txt undefined wp-block-code wrap z-code"
)
_WRAPPERS = to_names("div figure td tr tbody table section")


def find_language(listing: Tag) -> str:
    """Return the language of some code; "" if nothing names one."""
    inner = find_elements(listing, "code", "pre")
    own = (_PREFIXED.search(str(element.attrs.get("class", ""))) for element in inner if element.name == "code")
    named = next(filter(None, own), None)
    if named:
        return named[1]
    return next(filter(None, map(_read, (*inner, listing, *_wrappers_of(listing)))), "")


def _wrappers_of(listing: Tag) -> Iterator[Tag]:
    for _, parent in zip(range(MAX_WRAPPERS), listing.parents, strict=False):
        if parent.name not in _WRAPPERS:
            return
        yield parent


def _read(element: Tag) -> str:
    """Return the language that an element's own classes or attributes name."""
    attributes = element.attrs
    if not attributes:
        return ""
    classes = str(attributes.get("class", ""))
    found = _AFTER_BOX.search(classes) or _PREFIXED.search(classes)
    named = [found[1]] if found else [str(attributes[key]) for key in _ATTRIBUTES if key in attributes]
    tokens = classes.split()
    if not named and not _HIGHLIGHTERS.isdisjoint(tokens):
        named = [token for token in tokens if _NAME.match(token)]
    return next((name for name in named if name and name not in _NO_LANGUAGE), "")
