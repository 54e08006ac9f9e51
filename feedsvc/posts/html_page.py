"""A whole HTML page → its article and its title, without what the site puts around them.

Pure, linear time. https://html.spec.whatwg.org/multipage/sections.html#the-article-element
"""

import re
from collections.abc import Iterator, Sequence

from feedsvc.text import decode_references, to_line

MIN_ARTICLE = 100
"""Characters of text in an element that is taken for the article of a page."""

_TAG = re.compile(r"<[^<>]*>")
_PASSED = r"<!--.*?(?:-->|\Z)|<(?P<passed>pre|script|style|template|textarea)(?=[\s>]).*?(?:</(?P=passed)\s*>|\Z)"
_ELEMENTS = tuple(
    re.compile(rf"{_PASSED}|<(?P<closing>/?){name}(?=[\s/>])[^<>]*+>", re.IGNORECASE | re.DOTALL)
    for name in ("article", "main")
)
# Not one with a link, which is the name of the site.
_HEADING = re.compile(r"<h1(?:\s[^<>]*)?>((?:[^<]|<(?!/?h1|a[\s>])){1,1000})</h1", re.IGNORECASE)
# What stands between a title and the name of a site; blanks are around it, or it is beside a script that has none.
_BORDER = re.compile(r"\s+[-–—|·•:«»/~]+\s+|\s*[_|｜]+\s*|(?<![\0-\x7f])[-–—·]+|[-–—·]+(?![\0-\x7f])")


def find_article(page: str) -> str:
    """Return what the article of a page holds, else what its `<main>` does; all of a page with neither, or several.

    The cards of other articles are articles too: the one that is longer than all others counts.
    """
    for element in _ELEMENTS:
        parts = list(_outermost(element, page))
        longest = max(parts, key=len, default="")
        is_alone = 2 * len(longest) > sum(map(len, parts))
        if is_alone and len(to_line(_TAG.sub(" ", longest))) >= MIN_ARTICLE:
            return longest
    return page


def _outermost(element: re.Pattern[str], page: str) -> Iterator[str]:
    """Yield what each element of a name holds that is in no other such."""
    depth = start = 0
    for tag in element.finditer(page):
        if tag["closing"] is None:
            continue
        if not tag["closing"]:
            start = start if depth else tag.end()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield page[start : tag.start()]


def choose_title(titles: Sequence[str], page: str) -> str:
    """Return the title of an article: the first of those in the head, without the name of the site that is beside it.

    Without it is what another title of the head says, or the heading of the page.
    """
    first = _plain(titles[0])
    for title in titles[1:]:
        if _is_at_border(_plain(title), first):
            return title
    heading = _HEADING.search(page)
    text = _plain(heading[1]) if heading else ""
    is_whole = bool(text) and first.startswith(text) and _BORDER.match(first, len(text)) is not None
    return text if is_whole else titles[0]


def _plain(text: str) -> str:
    return to_line(decode_references(_TAG.sub("", text)))


def _is_at_border(part: str, title: str) -> bool:
    """Return True if a title is this part, and before or behind it a border and something else."""
    if not part or part == title:
        return False
    is_before = title.startswith(part) and _BORDER.match(title, len(part))
    return bool(is_before or (title.endswith(part) and re.search(rf"(?:{_BORDER.pattern})\Z", title[: -len(part)])))
