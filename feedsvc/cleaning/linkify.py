"""URLs and e-mail addresses in running text become links; linkify-it finds where each URL ends."""

import re
from collections.abc import Iterator
from functools import cache

from bs4 import Tag
from bs4.element import NavigableString, PageElement
from linkify_it import LinkifyIt

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.budget import URL_STEPS, spend
from feedsvc.cleaning.nodes import find_strings, is_inside
from feedsvc.cleaning.tree import Tree
from feedsvc.cleaning.urls import to_direct

MAX_URL = 5_000  # characters; a longer one stays text

_VERBATIM = to_names("a pre code kbd samp")
_HINT = re.compile(r"://|www\.|@", re.IGNORECASE)
# A URL ends before the next one, and before letters of other scripts unless a part of its path begins with them.
_URL = (
    r"(?:https?://|(?<![\w.@/-])www\.(?=[\w-]+\.[a-z]))"
    r"(?:(?!(?<![/=:?&])https?://|-{4}|={4})[\w\-.~:/?#\[\]@!$&'()*+,;=%](?<![^\x00-\x7f])"
    r"|(?<=[/=])[^\W\x00-\x7f]|(?<=[^\x00-\x7f])[^\W\x00-\x7f])+"
)
# An e-mail address is none before a path (`git@a.example:b/c`), after "@" (`@me@a.example`), or called like a file.
_MAIL = (
    r"(?<![A-Za-z0-9_.+/@=%-])(?P<mail>[A-Za-z0-9](?:[A-Za-z0-9_.+-]{0,62}[A-Za-z0-9_+-])?@(?:[A-Za-z0-9-]{1,63}\.){1,6}"
    r"(?!(?:avif|css|gif|html?|jpe?g|js|json|png|svg|ts|webp)\b)(?-i:[a-z]{2,24}?(?=https?:|(?![a-z]))|[A-Z]{2,24}(?![A-Za-z])))"
    r"(?![0-9_@]|[.:/-][A-Za-z0-9])"
)
_URL_ALONE = re.compile(f"{_URL}(?P<mail>(?!))?", re.IGNORECASE)
_URL_OR_MAIL = re.compile(f"{_URL}|{_MAIL}", re.IGNORECASE)


def link_urls(tree: Tree) -> None:
    """Make links of the URLs and e-mail addresses in running text, but not in links and code."""
    for string in find_strings(tree.root):
        if _HINT.search(string) and not is_inside(string, _VERBATIM):
            pieces = split_urls(str(string))
            tree.replace(string, *(_to_link(piece, to_direct(url, tree.rules)) for piece, url in pieces))


def _to_link(text: str, url: str) -> PageElement:
    string = NavigableString(text)
    if not url:
        return string
    link = Tag(name="a", attrs={"href": url})
    link.append(string)
    return link


def split_urls(text: str) -> Iterator[tuple[str, str]]:
    """Split a text into pieces, each with its full URL; "" for a piece that is no URL or e-mail address."""
    position = 0
    pattern = _URL_OR_MAIL if "@" in text else _URL_ALONE
    for found in pattern.finditer(text) if _HINT.search(text) else ():
        spend(URL_STEPS)
        if len(found[0]) > MAX_URL:
            continue
        end, url = (found.end(), f"mailto:{found['mail']}") if found["mail"] else _read_url(found)
        if url:
            yield text[position : found.start()], ""
            yield text[found.start() : end], url
            position = end
    yield text[position:], ""


def _read_url(found: re.Match[str]) -> tuple[int, str]:
    """Return where a URL ends, and the URL with its scheme, "" if the text is no URL."""
    scheme = "" if found[0][:4].lower() == "http" else "http://"
    match = _make_linkifier().match_at_start(scheme + found[0])
    return (found.start() + match.last_index - len(scheme), match.url) if match else (found.end(), "")


@cache
def _make_linkifier() -> LinkifyIt:
    return LinkifyIt()
