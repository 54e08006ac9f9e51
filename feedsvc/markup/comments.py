"""A body → the body without the comments of kramdown, Obsidian, MDX, Hugo and Liquid; code is not changed.

Pure, one pass, linear time: no search for the end of a comment reads a part of the text twice. HTML comments stay, as
cleaning removes them, except those that Markdown would show: after text on their line and across a blank line.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from feedsvc.markup.blocks import Blocks
from feedsvc.markup.code_spans import CodeSpans
from feedsvc.markup.spans import MAX_PREFIX, REST_OF_LINE, Cuts, Finder


@dataclass(frozen=True, slots=True)
class Visible:
    """A body without its comments; `hints` name comments that are never closed, with the effect."""

    text: str
    hints: tuple[str, ...] = ()


MAX_LINES = 50_000  # of a text with more, code is not known by its lines
MAX_SIGNS = 50_000  # that may begin a comment or code; what comes after so many is left out
_ENCRYPTED = ("hugo-encryptor", "encrypt", "encrypted", "password", "secret")  # shortcodes of several themes
_NAMES = "|".join(("comment", *_ENCRYPTED))
# Each alternative begins with one character, so that `re` passes over all others at once.
_EVERYWHERE = rf"""
    \\(?P<escape>[`\\%]|\{{(?![{{%]))
    |`(?P<ticks>`*)
    |<(?P<element>pre|code|script|style|textarea)(?=[\s>/])
    |\{{%-?\s*(?P<block>raw|highlight|codeblock|code)\b
    |\{{\{{[<%]\s*(?P<short>highlight|code)\b
    |<(?P<html>!--)
    |\{{(?P<kramdown>::comment\b[^{{}}\n]*\}})
    |\{{(?<!\{{\{{)(?P<liquid>%-?\s*comment\b[^%\n]*%\}})
    |\{{\{{[<%]\s*(?P<hugo>{_NAMES})(?=[\s/>%])[^{{}}\n]*[>%]\}}\}}
"""
_TOKEN_OF_JEKYLL = re.compile(_EVERYWHERE, re.VERBOSE | re.IGNORECASE)
_TOKEN = re.compile(
    rf"{_EVERYWHERE}|%(?<!%%)(?P<percent>%)(?!%)|\{{(?P<mdx>/\*)|\{{(?P<template>\{{-?\s*/\*)",
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN_OF_HEXO = re.compile(rf"{_TOKEN.pattern}|(?P<nunjucks>\{{\#)", re.VERBOSE | re.IGNORECASE)
_SIGN = re.compile(r"<!--(?![^<>\n]{0,200}-->)|\{::|\{%|\{\{|\{/\*|\{#|%%")

_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_PERCENT_AT_END = re.compile(r"(?<!%)%%(?!%)[ \t]*$", re.MULTILINE)
_KRAMDOWN_END = re.compile(r"\{:/(?:comment)?\}")
_KRAMDOWN_BLOCK_END = re.compile(r"^[ \t>]*\{:/(?:comment)?\}(?=[ \t]*$)", re.MULTILINE)
_MDX_END = re.compile(r"\*/[ \t\n]{0,200}\}")
_TEMPLATE_END = re.compile(r"\*/\s{0,200}-?\}\}")
_LIQUID_PAIR = re.compile(r"(?<!\{)\{%-?\s*(end)?comment\b[^%\n]*%\}", re.IGNORECASE)
_HUGO_PAIRS = {
    name: re.compile(rf"\{{\{{[<%]\s*(/\s*)?{name}(?=[\s/>%])[^{{}}\n]*[>%]\}}\}}", re.IGNORECASE)
    for name in ("comment", *_ENCRYPTED)
}
_ENDS_OF_CODE: Mapping[str, str] = {
    "element": r"</{name}\s*>",
    "block": r"\{{%-?\s*end{name}\b",
    "short": r"\{{\{{[<%]\s*/\s*{name}\b",
}


def may_hide(text: str) -> bool:
    """Return True if a text has a sign that may open a comment; few have."""
    return ("%%" in text or "{" in text or "<!--" in text) and _SIGN.search(text) is not None


def strip_comments(text: str, *, is_html: bool = False, is_jekyll: bool = False, is_hexo: bool = False) -> Visible:
    """Return a body without its comments.

    With `is_html` indentation and backticks have no meaning. With `is_jekyll` `%%…%%` and `{/* … */}` stay: Jekyll
    shows them. With `is_hexo` `{# … #}` is a comment too: Hexo runs Nunjucks.
    """
    token = _TOKEN_OF_JEKYLL if is_jekyll else _TOKEN_OF_HEXO if is_hexo else _TOKEN
    return _Scanner(text, token, is_html=is_html).run()


def without_html_comments(text: str) -> str:
    """Return a line of text without HTML comments; one that is never closed stays."""
    parts: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 2)) >= 0:
        parts.append(text[position:start])
        position = end + len("-->")
    return "".join(parts) + text[position:]


class _Scanner:
    """Reads a text once, from sign to sign, and collects the spans that are hidden."""

    def __init__(self, text: str, token: re.Pattern[str], *, is_html: bool) -> None:
        self._text, self._token, self._is_html = text, token, is_html
        self._blocks, self._finder, self._cuts = Blocks(), Finder(text), Cuts(text)
        self._code_spans = CodeSpans(text, self._finder)
        self._reads_lines = not is_html and text.count("\n") <= MAX_LINES
        self._signs = 0
        self._opened: _Percent | None = None
        self._handlers: Mapping[str, Callable[[re.Match[str]], int]] = {
            "escape": re.Match.end,
            "ticks": self._skip_ticks,
            **dict.fromkeys(_ENDS_OF_CODE, self._skip_code),
            "html": self._handle_html,
            "kramdown": self._handle_kramdown,
            "liquid": self._handle_liquid,
            "hugo": self._handle_hugo,
            "percent": self._handle_percent,
            "mdx": lambda found: self._handle_braces(found, _MDX_END, "*/", "{/*"),
            "nunjucks": self._handle_nunjucks,
            "template": lambda found: self._handle_braces(found, _TEMPLATE_END, "*/", "{{/*"),
        }

    def run(self) -> Visible:
        """Return the text that is left, with hints."""
        position = 0
        while position < len(self._text):
            end = self._end_of_line(position)
            if self._reads_lines and self._blocks.is_code(self._text[position:end]):
                position = end + 1
            else:
                position = self._scan_line(position, end)
        if self._opened and self._opened.begins_line:
            self._cuts.hint("%%", self._opened.start, "shown")
        return Visible(self._cuts.rest(), tuple(self._cuts.hints.values()))

    def _scan_line(self, position: int, end: int) -> int:
        """Handle the signs of a line, also where they end on a later line; return where the next line begins."""
        while found := self._token.search(self._text, position, end):
            self._signs += 1
            if self._signs > MAX_SIGNS:
                self._cuts.hints["signs"] = f"more than {MAX_SIGNS:,} signs of comments and code: the rest is left out"
                return self._cuts.hide(found.start(), len(self._text))
            position = self._handlers[found.lastgroup or ""](found)
            if position > end:
                end = self._end_of_line(position)
        return end + 1

    def _end_of_line(self, position: int) -> int:
        return self._finder.end_of_line(position) if self._reads_lines else len(self._text)

    # --- code ------------------------------------------------------------------------------------

    def _skip_ticks(self, found: re.Match[str]) -> int:
        """Return the end of the code that a run of backticks opens; of the run alone if it opens none."""
        return self._code_spans.end_of(*found.span()) or found.end()

    def _skip_code(self, found: re.Match[str]) -> int:
        """Return the end of an element or a tag that holds code; only of its opening sign if it is never closed."""
        kind = found.lastgroup or ""
        pattern = _compiled(_ENDS_OF_CODE[kind].format(name=found[kind].lower()))
        return self._finder.span_after(pattern, found.end())[1] or found.end()

    # --- comments --------------------------------------------------------------------------------

    def _handle_html(self, found: re.Match[str]) -> int:
        begins = self._begins_line(found.start())
        end = self._finder.span_after(_compiled("-->"), found.start() + 2)[1]  # `<!-->` is a whole comment
        if end:
            if not begins and not self._is_html and _BLANK_LINE.search(self._text, found.end(), end):
                self._cuts.hide(found.start(), end)
            return end
        return self._cuts.hide_rest(found.start(), "<!--") if begins or self._is_html else found.end()

    def _handle_kramdown(self, found: re.Match[str]) -> int:
        if found[0].endswith("/}"):
            return self._cuts.hide(found.start(), found.end())
        end = 0
        if self._begins_line(found.start()) and REST_OF_LINE.match(self._text, found.end()):
            end = self._finder.span_after(_KRAMDOWN_BLOCK_END, found.end())[1]
        end = end or self._finder.span_after(_KRAMDOWN_END, found.end())[1]
        if not end:  # as kramdown decides: an extension without a body
            self._cuts.hint("{::comment}", found.start(), "what follows is shown, as kramdown does")
        return self._cuts.hide(found.start(), end or found.end())

    def _handle_liquid(self, found: re.Match[str]) -> int:
        end = self._finder.end_of_pair(_LIQUID_PAIR, found.end())
        return self._cuts.hide(found.start(), end) if end else self._cuts.hide_rest(found.start(), "{% comment %}")

    def _handle_hugo(self, found: re.Match[str]) -> int:
        name = found["hugo"].lower()
        if found[0][:-3].endswith("/"):  # `{{< comment "…" />}}`
            return self._cuts.hide(found.start(), found.end())
        end = self._finder.end_of_pair(_HUGO_PAIRS[name], found.end())
        if name in _ENCRYPTED:
            if not end:
                return found.end()  # another shortcode of that name, which needs no end
            self._cuts.hints[name] = f"{{{{< {name} >}}}}: what it protects is left out"
        return (
            self._cuts.hide(found.start(), end) if end else self._cuts.hide_rest(found.start(), f"{{{{< {name} >}}}}")
        )

    def _handle_braces(self, found: re.Match[str], pattern: re.Pattern[str], sign: str, name: str) -> int:
        """Hide a comment in braces; `{/* … */ x }` of a program is no comment."""
        closed = self._finder.span_after(_compiled(re.escape(sign)), found.end())
        if closed[1]:
            end = pattern.match(self._text, closed[0])
            return self._cuts.hide(found.start(), end.end()) if end else found.end()
        return self._cuts.hide_rest(found.start(), name) if self._begins_line(found.start()) else found.end()

    def _handle_nunjucks(self, found: re.Match[str]) -> int:
        end = self._finder.span_after(_compiled("#}"), found.end())[1]
        return self._cuts.hide(found.start(), end) if end else found.end()

    def _handle_percent(self, found: re.Match[str]) -> int:
        opened, start = self._opened, found.start()
        before, after = self._text[start - 1 : start] if start else "", self._text[start + 2 : start + 3]
        begins = self._begins_line(start)
        opens = begins or before.isspace() or before == "|"
        if opened and not (opens and after.strip() and opened.is_weak and opened.paragraph_end < start):
            self._opened = None
            return self._cuts.hide(opened.start, found.end())
        if begins and REST_OF_LINE.match(self._text, found.end()):
            end = self._finder.span_after(_PERCENT_AT_END, found.end())[1]
            if end:
                return self._cuts.hide(start, end)
        if opens:
            is_weak = not begins and not after.strip()
            self._opened = _Percent(
                start, begins, is_weak, self._finder.span_after(_BLANK_LINE, start)[0] or len(self._text)
            )
        return found.end()

    def _begins_line(self, position: int) -> bool:
        first = max(position - MAX_PREFIX, 0)
        start = self._text.rfind("\n", max(first - 1, 0), position) + 1
        return start >= first and not self._text[start:position].strip(" \t>")


@dataclass(frozen=True, slots=True)
class _Percent:
    """A `%%` that is open; a weak one has blanks on both sides, as in `50 %% of it`."""

    start: int
    begins_line: bool
    is_weak: bool
    paragraph_end: int


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
