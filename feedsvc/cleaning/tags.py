"""Tags that the parser would read in another way than their author meant: written so that it cannot.

Elements without an end tag end where they stand (https://html.spec.whatwg.org/#void-elements). A tag that is named in
prose and never closed becomes text, as on GitHub (https://github.github.com/gfm/#disallowed-raw-html-extension-).
Pure, linear time: the text is read once for tags and once for the borders of paragraphs.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice

from feedsvc.cleaning.allowlist import to_names

MAX_REPAIRED = 20_000  # tags; of a body with more, `source` leaves none
Borders = Callable[[], list[re.Match[str]]]
"""Returns the begins and ends of paragraphs, in order: most texts need none."""
Edit = tuple[int, int, str]
"""A part of the source, by its start and end, and what is written in its place."""

_VOID = to_names("bgsound command embed image keygen menuitem nextid source spacer track wbr")
"""Void elements that libxml2 makes containers of."""
_TEXTLESS = to_names("area base col frame img input link meta param") | _VOID - {"wbr"}
"""Void elements that mean nothing without an attribute."""
_RAW = to_names("script style xmp")
"""Elements whose content, up to the first end tag, is no HTML."""
_PLAYERS = to_names("audio object svg video")
"""Elements that hold what they need."""
_OTHERS = to_names(
    "button canvas datalist dialog head iframe map meter noembed noframes noscript option plaintext portal progress "
    "select template textarea title"
)
_SWALLOWING = _RAW | _PLAYERS | _OTHERS
"""Elements whose content is removed, or is no HTML: without an end tag, all that follows them is their content."""

_ROOTS = to_names("body html")
_NAMES = "|".join(sorted(_ROOTS | _VOID | _TEXTLESS | _SWALLOWING, key=len, reverse=True))
_TOKEN = re.compile(
    rf"""<!--(?:-?>|.*?(?:-->|\Z))
    |<(?P<slash>/?)(?P<name>{_NAMES})(?=[\s/>])(?P<rest>(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))|[^<>])*+)(?P<end>>?)
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_REST = to_names(
    "a abbr acronym address applet article aside b basefont bdi bdo big blink blockquote br caption center cite code "
    "colgroup content data dd del details dfn dir div dl dt em fieldset figcaption figure font footer form frameset h1 "
    "h2 h3 h4 h5 h6 header hgroup hr i ins isindex kbd label legend li listing main mark marquee math menu nav "
    "multicol nobr ol optgroup output p picture pre q rb rp rt rtc ruby s samp search section slot small span strike "
    "strong sub summary sup table tbody td tfoot th thead time tr tt u ul var"
)
_KNOWN = _ROOTS | _VOID | _TEXTLESS | _SWALLOWING | _REST
"""The elements of HTML, old ones too."""
_TAGS = _KNOWN | {f"/{name}" for name in _KNOWN}
_REPAIRED = _ROOTS | _VOID | _SWALLOWING | {f"/{name}" for name in _SWALLOWING}
"""Names of the tags that may have to be written in another way."""
_NAME = re.compile(r"<(/?[A-Za-z][A-Za-z0-9_]*)")
_EMPTY = re.compile(rf"<(?:{'|'.join(sorted(_TEXTLESS))})\s*/?>", re.IGNORECASE)
_BARE = re.compile(r"<(?P<name>[A-Za-z][A-Za-z0-9_]*+)(?:[\w\s,.&;?]|\[\])*+>")
"""A tag without attributes; of no element it is a type's parameter: `List<Item>`, `Map<Key, Value>`."""
_BORDER = re.compile(r"<(?P<slash>/?)(?:p|div|li|td|th|dd|blockquote|h[1-6])(?=[\s/>])|\n[ \t]*\n", re.IGNORECASE)
_DRAWN = to_names("svg math")
_DIRECTION = re.compile(r"\sdir\s*=|\bdirection\s*:", re.IGNORECASE)
_BEFORE = frozenset(",;(\"'“‘「（，、；")
_AFTER = frozenset(".,;:)!?\"'”’」）。，、；：！？")
"""Signs that may stand around a tag in prose, beside letters and digits."""


def repair_tags(html: str) -> str:
    """Return HTML in which void elements hold nothing, and elements that are never closed do not take text along."""
    names = set(map(str.lower, _NAME.findall(html)))
    edits = [] if names <= _TAGS else list(_show_unknown(html, names))
    if not names.isdisjoint(_REPAIRED) or (not names.isdisjoint(_TEXTLESS) and _EMPTY.search(html)):
        tags = [found for found in islice(_TOKEN.finditer(html), MAX_REPAIRED + 1) if found["end"]]
        edits += _find_edits(html, tags) if len(tags) <= MAX_REPAIRED else []
    return _apply(html, sorted(edits)) if edits else html


def _apply(html: str, edits: Iterable[Edit]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end, text in edits:
        if start >= position:
            pieces += html[position:start], text
            position = end
    return "".join(pieces) + html[position:]


def _show_unknown(html: str, names: set[str]) -> Iterator[Edit]:
    """Show tags of no element that have no end: they are no tags. `names` has the names of all tags, "/p" of </p>."""
    if not names.isdisjoint(_DRAWN):  # their elements need no end tags
        return
    for tag in _BARE.finditer(html):
        name = tag["name"].lower()
        if name not in _KNOWN and f"/{name}" not in names:
            yield _show(tag)


def _find_edits(html: str, tags: list[re.Match[str]]) -> Iterator[Edit]:
    borders = cache(lambda: list(_BORDER.finditer(html)))
    last_ends = {tag["name"].lower(): tag.start() for tag in tags if tag["slash"]}
    opened: defaultdict[str, list[re.Match[str]]] = defaultdict(list)
    raw = ""
    for tag in tags:
        name = tag["name"].lower()
        if raw:
            raw = "" if tag["slash"] and name == raw else raw
        elif tag["slash"]:
            yield from _close(html, borders, opened[name], tag)
        elif name in _ROOTS:
            yield from _keep_direction(tag)
        elif name not in _SWALLOWING:
            yield from _end_void(html, tag, name)
        elif tag["rest"].endswith("/"):
            yield _close_at_once(tag)
        elif name in _RAW and last_ends.get(name, 0) > tag.start():
            raw = name
        else:
            opened[name].append(tag)
    for name, unclosed in opened.items():
        for tag in unclosed:
            yield _close_unclosed(html, borders, tag, name)


# --- what is written in the place of a tag -------------------------------------------------------


def _end_void(html: str, tag: re.Match[str], name: str) -> Iterator[Edit]:
    if _is_bare(tag) and name in _TEXTLESS and _is_in_prose(html, tag):
        yield _show(tag)
    elif name == "image" or (name in _VOID and not tag["rest"].endswith("/")):
        new = "img" if name == "image" else tag["name"]
        yield tag.start(), tag.end(), f"<{new}{tag['rest'].rstrip(' /')} />"


def _keep_direction(tag: re.Match[str]) -> Iterator[Edit]:
    """Make a container of a root that says in which direction its text runs: the tree has a root of its own."""
    if _DIRECTION.search(tag["rest"]):
        yield tag.start(), tag.start() + 1 + len(tag["name"]), "<div"


def _close(html: str, borders: Borders, opened: list[re.Match[str]], tag: re.Match[str]) -> Iterator[Edit]:
    """Show tags that are named in prose: an end tag alone, or a pair that begins and ends in different paragraphs."""
    opening = opened.pop() if opened else None
    if opening is None:
        if tag["name"].lower() in _SWALLOWING and _is_in_prose(html, tag):
            yield _show(tag)
        return
    if not (_is_bare(opening) and _is_in_prose(html, opening)):
        return
    border = _find_border(borders, opening)
    if border and border.start() < tag.start() and border["slash"] != "":
        yield _show(opening)
        yield _show(tag)


def _close_unclosed(html: str, borders: Borders, tag: re.Match[str], name: str) -> Edit:
    """Show a tag that is named in prose; end any other element at the end of the paragraph, or where it begins."""
    if _is_bare(tag) and (name not in _RAW | {"head"} or _is_in_prose(html, tag)):
        return _show(tag)
    if name in _RAW | _PLAYERS and not re.search(r"\ssrc\s*=", tag["rest"]):
        border = _find_border(borders, tag)
        if border or name in _RAW:
            end = border.start() if border else len(html)
            return end, end, f"</{name}>"
    return _close_at_once(tag)


def _find_border(borders: Borders, tag: re.Match[str]) -> re.Match[str] | None:
    index = bisect_left(borders(), tag.end(), key=re.Match.start)
    return borders()[index] if index < len(borders()) else None


def _show(tag: re.Match[str]) -> Edit:
    return tag.start(), tag.start() + 1, "&lt;"


def _close_at_once(tag: re.Match[str]) -> Edit:
    return tag.start(), tag.end(), f"<{tag['name']}{tag['rest'].rstrip(' /')}></{tag['name']}>"


def _is_bare(tag: re.Match[str]) -> bool:
    return not tag["rest"].strip(" \t\n\f/")


def _is_in_prose(html: str, tag: re.Match[str]) -> bool:
    """True if words or signs of a sentence stand before a tag and after it."""
    before = html[max(tag.start() - 2, 0) : tag.start()].rstrip(" ")[-1:]
    after = html[tag.end() : tag.end() + 2].lstrip(" ")[:1]
    return (before.isalnum() or before in _BEFORE) and (after.isalnum() or after in _AFTER)
