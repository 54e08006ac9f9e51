"""Rules of kramdown for what stands within a line, for markdown-it: https://kramdown.gettalong.org/syntax.html.

Attribute lists of spans, escapes, code, links by reference, abbreviations, `$$` alone around mathematics. Pure, linear
time.
"""

import re
from collections.abc import Callable, Sequence
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

InlineRule = Callable[[StateInline, bool], bool]

ID = re.compile(r"(?:^|[\s:])#([A-Za-z][\w:.-]*)|\bid\s*=\s*[\"']?([\w:.-]+)")
"""The id in an attribute list."""

MAX_ABBREVIATED = 2_000
"""Places in a body where abbreviations get their title."""

MAX_NAMESPACED = 2_000  # characters between a tag with a namespace and its end tag

_SPAN_ATTRIBUTES = re.compile(r"\{:(?![:/])(?P<list>(?:\\\}|[^}{]){0,300})\}")
_LINE_BREAK = re.compile(r"\\{1,2}\n[ ]*")
_TWO_SIGNS = re.compile(r"\\([*_])\1(?=[^*_\n]{1,200}\1\1(?!\1))")
_NEVER_ESCAPED = frozenset("%&,/;?@^")  # a backslash before one of them is shown
_SPAN_ENDS = frozenset({"code_inline", "image", "link_close", "html_inline", "math_inline", "footnote_ref"})
_DISTANT = re.compile(r"\]\[[^\[\]\n]{0,200}\]|\](?:[ ]|[ ]?\n[ ]*)\[(?P<label>[^\[\]\n]{1,200})\]")
_NAMESPACED = re.compile(
    r"<(?P<slash>/?)(?P<name>[A-Za-z][\w.-]{0,50}:[A-Za-z][\w.-]{0,50})"
    r"(?:\s+[\w:.-]{1,50}(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))?){0,20}\s*(?P<closed>/?)>"
)


def span_plugin(parser: MarkdownIt) -> None:
    """Make a parser of CommonMark read spans as kramdown does."""
    inline = parser.inline.ruler
    inline.at("math_inline", _mathematics)
    inline.before("escape", "kramdown_escape", _escape)
    inline.before("escape", "span_attributes", _span_attributes)
    inline.before("backticks", "lone_backtick", _lone_backtick)
    inline.before("autolink", "namespaced_tag", _namespaced_tag)
    inline.at("autolink", _as_written(_rule_of(parser, "autolink")))
    parser.core.ruler.before("inline", "distant_references", _join_references)
    parser.core.ruler.push("abbreviations", _mark_abbreviations)
    parser.add_render_rule("footnote_caption", _show_number)
    parser.add_render_rule("footnote_anchor", _show_way_back)


def _rule_of(parser: MarkdownIt, name: str) -> InlineRule:
    return next(rule.fn for rule in parser.inline.ruler.__rules__ if rule.name == name)


def _escape(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    r"""Read one or two backslashes at the end of a line as a line break, and show a backslash that escapes nothing.

    In `\__init__` it escapes two signs: two do not close what one opens.
    """
    source, start = state.src, state.pos
    if source[start] != "\\":
        return False
    if found := _LINE_BREAK.match(source, start):
        if not silent:
            state.push("hardbreak", "br", 0)
        state.pos = found.end()
        return True
    if found := _TWO_SIGNS.match(source, start):
        state.pending += "" if silent else found[0][1:]
        state.pos = found.end()
        return True
    if source[start + 1 : start + 2] not in _NEVER_ESCAPED:
        return False
    if not silent:
        state.pending += "\\"
    state.pos += 1
    return True


def _span_attributes(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read an attribute list right after a span; after text it is text."""
    if not state.src.startswith("{:", state.pos):
        return False
    found = _SPAN_ATTRIBUTES.match(state.src, state.pos)
    if not found or state.pending or not state.tokens or not _closes_span(state):
        return False
    if not silent and (identifier := ID.search(found["list"])):
        token = state.push("html_inline", "", 0)
        token.content = f'<span id="{escape(identifier[1] or identifier[2])}"></span>'
    state.pos = found.end()
    return True


def _closes_span(state: StateInline) -> bool:
    """Return True if the last token ends a span: code, an image, a link, a tag, or signs that may end emphasis."""
    last = state.tokens[-1]
    if last.type != "text":
        return last.type in _SPAN_ENDS
    return bool(state.delimiters) and state.delimiters[-1].token == len(state.tokens) - 1 and state.delimiters[-1].close


def _mathematics(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read mathematics between `$$`; a single `$` is text."""
    source, start = state.src, state.pos
    if not source.startswith("$$", start):
        return False
    end = source.find("$$", start + 2, state.posMax)
    if end <= start + 2:
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = source[start + 2 : end], "$"
    state.pos = end + 2
    return True


def _lone_backtick(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read a single backtick between blanks as text."""
    source, start = state.src, state.pos
    if source[start] != "`" or not source[start + 1 : start + 2].isspace():
        return False
    if start and not source[start - 1].isspace():
        return False
    if not silent:
        state.pending += "`"
    state.pos += 1
    return True


def _namespaced_tag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read `<name:tag>` as a tag where it is closed; else it is an address, or text."""
    found = _NAMESPACED.match(state.src, state.pos) if state.src[state.pos] == "<" else None
    if not found or not (found["slash"] or found["closed"] or _is_closed(state, found)):
        return False
    if not silent:
        state.push("html_inline", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _is_closed(state: StateInline, tag: re.Match[str]) -> bool:
    return state.src.find(f"</{tag['name']}>", tag.end(), tag.end() + MAX_NAMESPACED) >= 0


def _as_written(read: InlineRule) -> InlineRule:
    """Return the rule of addresses in `<>`, which also reads character references, and shows no `mailto:`."""

    def read_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        place, start = len(state.tokens), state.pos
        if not read(state, silent):
            return False
        if len(state.tokens) > place:  # what comes out are a link's begin, text and end
            state.tokens[-2].content = unescape(state.src[start + 1 : state.pos - 1].removeprefix("mailto:"))
        return True

    return read_address


def _join_references(state: StateCore) -> None:
    """Remove the blank in `[text] [label]` where the label is one of a reference."""
    known = state.env.get("references", {})
    if not known:
        return

    def join(found: re.Match[str]) -> str:
        label = found["label"]  # none behind a link that has one already
        return f"][{label}]" if label and normalizeReference(label) in known else found[0]

    for token in state.tokens:
        if token.type == "inline" and ("] [" in token.content or "]\n" in token.content):
            token.content = _DISTANT.sub(join, token.content)


def show_mathematics(content: str, options: dict[str, bool]) -> str:
    """Return mathematics as it was written, for readers that render it."""
    fence = "$$" if options["display_mode"] else "$"
    return fence + escape(content, quote=False) + fence


def _show_number(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    return str(tokens[index].meta["id"] + 1)


def _show_way_back(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    """Return the link from a note to where it stands in the text; the second and later ones are numbered."""
    number, place = tokens[index].meta["id"] + 1, tokens[index].meta.get("subId", 0)
    target, mark = (f"fnref{number}:{place}", f"<sup>{place + 1}</sup>") if place else (f"fnref{number}", "")
    return f' <a href="#{target}" class="footnote-backref">\u21a9\ufe0e{mark}</a>'


def _mark_abbreviations(state: StateCore) -> None:
    """Set the title of the first abbreviations to what their definitions say."""
    known: dict[str, str] = state.env.get("abbreviations", {})
    if not known:
        return
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)({names})(?!\w)")
    left = MAX_ABBREVIATED
    for token in state.tokens:
        children: list[Token] = []
        for child in token.children or ():
            parts = _split(child, pattern, known, left) if left else [child]
            left -= len(parts) // 2
            children += parts
        token.children = children if token.children else token.children


def _split(token: Token, pattern: re.Pattern[str], known: dict[str, str], most: int) -> list[Token]:
    """Return a text in parts, every second of which is an abbreviation; of these at most so many."""
    if token.type != "text" or not pattern.search(token.content):
        return [token]
    pieces = pattern.split(token.content, most)
    parts = []
    for place, piece in enumerate(pieces):
        title = f' title="{escape(known[piece])}"' if place % 2 and known[piece] else ""
        content = f"<abbr{title}>{escape(piece, quote=False)}</abbr>" if place % 2 else piece
        parts.append(Token("html_inline" if place % 2 else "text", "", 0, content=content, level=token.level))
    return parts
