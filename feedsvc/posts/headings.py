"""The heading that stands for the title of a post whose front matter has none. Pure, linear time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from feedsvc.markup.blocks import Blocks
from feedsvc.markup.markdown import to_html
from feedsvc.posts.titles import to_plain

MAX_HEADING = 300  # characters of a heading that is a title; a longer one is a paragraph that became one

_ON_TOP = re.compile(r"(?:\s+|<!--(?:(?!-->).)*+-->|(?:import|export)\s[^\n]*+(?:\n|\Z))*+", re.DOTALL)
_MARKS = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?")
_CLOSING = re.compile(r"(?:(?<=[ \t])|\A)#+[ \t]*\Z")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[#.][^{}]*\}[ \t]*\Z")  # {#id}, {.class}, {: #id}
_UNDERLINED = re.compile(r" {0,3}(\S[^\n]*)\n {0,3}=+[ \t]*(?:\n|\Z)")
_HTML = re.compile(r"[ \t]*<h1(?:\s[^<>]*)?>(.{1,1000}?)</h1>[ \t]*(?:\n|\Z)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A title, and where its heading begins and ends in the body."""

    title: str
    start: int
    end: int

    def remove_from(self, body: str) -> str:
        """Return the body without the heading."""
        return body[: self.start] + body[self.end :]


def find_heading(body: str) -> Heading | None:
    """Return the heading of the first level that a body begins with, else the only one in it if no other is before it.

    Comments and MDX's imports may stand before it. None if there is no such heading.
    """
    top = _ON_TOP.match(body)
    start = body.rfind("\n", 0, top.end() if top else 0) + 1  # with the blanks before it
    return _heading_at(body, start) or _only_heading(body)


def _heading_at(body: str, start: int) -> Heading | None:
    if found := _HTML.match(body, start):
        return _to_heading(found[1], start, found.end())
    end = body.find("\n", start) + 1 or len(body)
    marks = _MARKS.fullmatch(body[start:end].rstrip("\n"))
    if marks:
        return _to_heading(_html_of(marks[2] or ""), start, end) if marks[1] == "#" else None
    found = _UNDERLINED.match(body, start)
    return _to_heading(_html_of(found[1]), start, found.end()) if found else None


def _only_heading(body: str) -> Heading | None:
    if "\n#" not in body:
        return None
    headings = _headings(body)
    start, level = next(headings, (0, 0))
    is_only = level == 1 and all(other != 1 for _, other in headings)
    return _heading_at(body, start) if is_only else None


def _headings(body: str) -> Iterator[tuple[int, int]]:
    """Return the position and the level of each heading with marks, outside code."""
    blocks, position = Blocks(), 0
    for line in body.split("\n"):
        if not blocks.is_code(line) and (found := _MARKS.fullmatch(line)):
            yield position, len(found[1])
        position += len(line) + 1


def _html_of(text: str) -> str:
    text = _ATTRIBUTES.sub("", _CLOSING.sub("", text.strip()).rstrip())
    return to_html(f"# {text}").strip() if len(text) <= MAX_HEADING else text


def _to_heading(html: str, start: int, end: int) -> Heading | None:
    title = to_plain(" ".join(html.split()))
    return Heading(title, start, end) if 0 < len(title) <= MAX_HEADING else None
