"""A whole HTML page → its article and its title, without what the site puts around them.

Pure, linear time. https://html.spec.whatwg.org/multipage/sections.html#the-article-element
"""

import re
from collections.abc import Iterator, Sequence

from feedsvc.text import decode_references, to_line

MIN_ARTICLE = 100
"""Characters of text in an element that is taken for the article of a page."""
MAX_BORDER = 100
"""Characters between the name of a site and the title behind it."""

_TAG = re.compile(r"<[^<>]*>")
_PASSED = r"<!--.*?(?:-->|\Z)|<(?P<passed>pre|script|style|template|textarea)(?=[\s>]).*?(?:</(?P=passed)\s*>|\Z)"


def _element(names: str) -> re.Pattern[str]:
    return re.compile(rf"{_PASSED}|<(?P<closing>/?)(?:{names})(?=[\s/>])[^<>]*+>", re.IGNORECASE | re.DOTALL)


_ARTICLE, _MAIN, _EITHER, _FORM = map(_element, ("article", "main", "article|main", "form"))
_AROUND = _element("header|nav|aside|footer")
_UNREAD = re.compile(_PASSED, re.IGNORECASE | re.DOTALL)
_LINKED = re.compile(r"<a\s[^<>]*+>(?:[^<]|<(?!/?a[\s>]))*+</a\s*+>", re.IGNORECASE)
_PARAGRAPH = re.compile(
    r"<(?:img|picture|video|audio)[\s/>]"
    r"|<(?:p|li|pre|blockquote|td)(?:\s[^<>]*+)?>(?:\s|<(?:a|b|i|em|strong|span|code)(?:\s[^<>]*+)?>)*+[^<\s]",
    re.IGNORECASE,
)
_HEADING = re.compile(r"<h1(?:\s[^<>]*)?>((?:[^<]|<(?!/?h1)){1,1000})</h1", re.IGNORECASE)
_LINK = re.compile(r"<a[\s>]", re.IGNORECASE)
# What stands between a title and the name of a site; blanks are around it, or it is beside a script that has none.
_BORDER = re.compile(r"\s+[-–—|·•:«»/~]+\s+|\s*[_|｜]+\s*|(?<![\0-\x7f])[-–—·]+|[-–—·]+(?![\0-\x7f])")

_Span = tuple[int, int]


def find_article(page: str) -> str:
    """Return what the article of a page holds, else what its `<main>` does; all of a page if neither has most of it.

    Most is two thirds of the text that is in no link, header, navigation, aside or footer, and a third with the links.
    """
    start, end = _find_span(page)
    return page[start:end]


def _find_span(page: str) -> _Span:
    """Return where the article of a page starts and ends."""
    text = _blank(_AROUND, _UNREAD.sub(_blank_unread, page))  # as long as the page: places are the same in all
    unlinked = _LINKED.sub(_blank_unread, text)
    least, least_unlinked = _size(text) / 3, max(MIN_ARTICLE, _size(unlinked) * 2 / 3)

    def has_most(span: _Span) -> bool:
        return _size(text[slice(*span)]) >= least and _size(unlinked[slice(*span)]) >= least_unlinked

    mains = list(_outermost(_MAIN, text))
    more = [(start, end) for start, end in mains if _has_more(unlinked[start:end])]
    articles = (
        (start, end)
        for start, end in _outermost(_ARTICLE, text)
        if not any(first <= start and end <= last for first, last in more)
    )
    return next(filter(has_most, (*articles, *mains)), (0, len(page)))


def _size(text: str) -> int:
    return len(to_line(_TAG.sub(" ", text)))


def _has_more(main: str) -> bool:
    """Return True if a `<main>` has a paragraph or picture, such as a lede or a note, that is in no article."""
    return _PARAGRAPH.search(_blank(_FORM, _blank(_ARTICLE, main))) is not None


def _blank_unread(found: re.Match[str]) -> str:
    return found[0] if found[0][:4].lower() == "<pre" else " " * len(found[0])


def _blank(element: re.Pattern[str], page: str) -> str:
    """Return a page with blanks for all that elements of a name hold."""
    parts, at = [], 0
    for start, end in _outermost(element, page):
        parts += [page[at:start], " " * (end - start)]
        at = end
    return "".join([*parts, page[at:]])


def _outermost(element: re.Pattern[str], page: str) -> Iterator[_Span]:
    """Yield where the content of each element of a name starts and ends that is in no other such."""
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
                yield start, tag.start()


def choose_title(titles: Sequence[str], page: str, article: str, site: str = "") -> str:
    """Return the title of an article: the first of those in the head, without the name of the site that is beside it.

    Without it is what another title of the head says, or the heading of the article. What `site` or a heading around
    the article says is the name of the site. All of the title stays where nothing is certain.
    """
    whole = _plain(titles[0])
    is_article = article != page
    own, around = _part_headings(page, article)
    names = {_plain(site)} if site else set(around).difference(own)
    heading = _find_heading([text for text in own if text not in names], whole, is_article=is_article)
    others = (title for title in titles[1:] if _plain(title) not in names)
    other = next((title for title in others if _is_at_border(_plain(title), whole)), "")
    is_better = is_article and heading not in _plain(other)
    return (heading if is_better else other or heading) or titles[0]


def _part_headings(page: str, article: str) -> tuple[list[str], list[str]]:
    """Return the headings that may be the title of an article, and those around it that may be the name of the site.

    One with a link is the name of the site, and so may be one in a header that is in `<main>`, but in no article.
    """
    outside = _blank(_EITHER, page)
    if article == page:
        around = _HEADING.findall(_inside(_AROUND, outside))
        own = [heading for heading in _HEADING.findall(page) if heading not in around]
    else:
        around = _HEADING.findall(outside)
        own = _HEADING.findall(_blank(_AROUND, _inside(_MAIN, page)) + article)
    return [_plain(heading) for heading in own if not _LINK.search(heading)], list(map(_plain, around))


def _inside(element: re.Pattern[str], page: str) -> str:
    return "".join(page[start:end] for start, end in _outermost(element, page))


def _find_heading(headings: Sequence[str], title: str, *, is_article: bool) -> str:
    """Return the last heading that is a part of a title; "" for none, or for one that may be the name of the site."""
    parts = [text for text in headings if _is_at_border(text, title)]
    is_certain = is_article or len(parts) > 1 or any(map(title.startswith, parts))
    return parts[-1] if parts and is_certain else ""


def _plain(text: str) -> str:
    return to_line(decode_references(_TAG.sub("", text)))


def _is_at_border(part: str, title: str) -> bool:
    """Return True if a title is this part, and before or behind it a border and something else."""
    if not part or part == title:
        return False
    is_before = title.startswith(part) and _BORDER.match(title, len(part))
    before = title[: -len(part)][-MAX_BORDER:]
    return bool(is_before or (title.endswith(part) and re.search(rf"(?:{_BORDER.pattern})\Z", before)))
