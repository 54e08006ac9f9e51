"""Rules of kramdown, Jekyll's parser, for markdown-it: https://kramdown.gettalong.org/syntax.html and its GFM parser.

Attribute lists, the end-of-block marker, lists, terms, abbreviations, escapes and `$$` alone around mathematics; tables
are in `kramdown_tables`, HTML blocks in `html_blocks`. Pure, linear time.
"""

import re
from collections.abc import Callable, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.markup.html_blocks import html_block
from feedsvc.markup.kramdown_tables import table_block

MAX_TERMS = 20  # of one definition
MAX_ABBREVIATIONS = 200

_ATTRIBUTES = re.compile(r"[ ]{0,3}\{:(?![:/])(?:\\\}|[^}\n])*\}[ \t]*\Z")
_SPAN_ATTRIBUTES = re.compile(r"\{:(?![:/])(?P<list>(?:\\\}|[^}{]){0,300})\}")
_ID = re.compile(r"(?:^|[\s:])#([A-Za-z][\w:.-]*)|\bid\s*=\s*[\"']?([\w:.-]+)")
_END_OF_BLOCK = re.compile(r"\^[ \t]*\Z")
_ABBREVIATION = re.compile(r"[ ]{0,3}\*\[(?P<name>[^\]\n]+)\]:(?P<meaning>.*)\Z")
_ORDERED_OTHERWISE = re.compile(r"[ ]*\d{1,9}\)")
_DEFINITION = re.compile(r"[ ]{0,3}:[ \t]")
_NEVER_ESCAPED = frozenset("%&,/;?@^")  # a backslash before one of them is shown

_SPAN_ENDS = frozenset({"code_inline", "image", "link_close", "html_inline", "math_inline", "footnote_ref"})
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}

BlockRule = Callable[[StateBlock, int, int, bool], bool]


def kramdown_plugin(parser: MarkdownIt) -> None:
    """Make a parser of CommonMark read as kramdown does."""
    parser.disable("table").use(footnote_plugin).use(deflist_plugin)
    parser.use(dollarmath_plugin, allow_labels=False, renderer=show_mathematics)
    block, inline = parser.block.ruler, parser.inline.ruler
    block.at("html_block", html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    block.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    block.at("deflist", _with_terms(_rule_of(parser, "deflist")), {"alt": ["paragraph", "reference", "blockquote"]})
    block.before("fence", "attributes", _attributes, _INTERRUPTS)
    block.before("fence", "end_of_block", _end_of_block, _INTERRUPTS)
    block.before("fence", "abbreviation", _abbreviation, _INTERRUPTS)
    block.before("paragraph", "kramdown_table", table_block)
    block.at("math_block", _at_border(_rule_of(parser, "math_block")))
    inline.at("math_inline", _mathematics)
    inline.before("escape", "kramdown_escape", _escape)
    inline.before("escape", "span_attributes", _span_attributes)
    parser.core.ruler.push("abbreviations", _mark_abbreviations)
    parser.add_render_rule("footnote_caption", _show_number)
    parser.add_render_rule("footnote_anchor", _show_way_back)


def _rule_of(parser: MarkdownIt, name: str) -> BlockRule:
    return next(rule.fn for rule in parser.block.ruler.__rules__ if rule.name == name)


def _line_of(state: StateBlock, line: int) -> str:
    """Return a line as it stands in its containers; "" for one that is indented like code."""
    if state.is_code_block(line):
        return ""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


# --- blocks --------------------------------------------------------------------------------------


def _attributes(state: StateBlock, start_line: int, _: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a line that is an attribute list; its id is that of the block before it, else of the one after."""
    text = _line_of(state, start_line)
    if not text.startswith("{:") or not _ATTRIBUTES.match(text):
        return False
    if not silent:
        state.line = start_line + 1
        if found := _ID.search(text[2:].rstrip("} \t")):
            _set_id(state, start_line, found[1] or found[2])
    return True


def _set_id(state: StateBlock, line: int, identifier: str) -> None:
    level = state.level
    before = reversed(state.tokens)
    opening = next((token for token in before if token.level == level and token.nesting >= 0), None)
    if opening is not None and line and not state.isEmpty(line - 1) and opening.nesting == 1:
        opening.attrSet("id", identifier)
    else:
        token = state.push("html_block", "", 0)
        token.content = f'<span id="{escape(identifier)}"></span>'


def _end_of_block(state: StateBlock, start_line: int, _: int, silent: bool) -> bool:  # noqa: FBT001
    """Read the end-of-block marker, a line with a single `^`."""
    if not _END_OF_BLOCK.match(_line_of(state, start_line)):
        return False
    if not silent:
        state.line = start_line + 1
    return True


def _abbreviation(state: StateBlock, start_line: int, _: int, silent: bool) -> bool:  # noqa: FBT001
    found = _ABBREVIATION.match(_line_of(state, start_line))
    if not found:
        return False
    if not silent:
        state.line = start_line + 1
        known = state.env.setdefault("abbreviations", {})
        if len(known) < MAX_ABBREVIATIONS:
            known[found["name"]] = found["meaning"].strip()
    return True


def _list(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a list: any item may follow a line of text, and numbers have dots."""
    if _ORDERED_OTHERWISE.match(state.src, state.bMarks[start_line] + state.tShift[start_line]):
        return False
    if not silent or state.parentType != "paragraph":
        return list_block(state, start_line, end_line, silent)
    state.parentType = "root"
    found = list_block(state, start_line, end_line, silent)
    state.parentType = "paragraph"
    return found


def _at_border(read: BlockRule) -> BlockRule:
    """Return the rule of mathematics for that which stands alone: other text makes it part of a line."""

    def read_alone(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        place = len(state.tokens)
        if not read(state, start_line, end_line, silent):
            return False
        line = state.line
        is_alone = silent or line >= end_line or state.isEmpty(line) or _line_of(state, line)[:2] in ("^", "{:")
        if not is_alone:
            del state.tokens[place:]
            state.line = start_line
        return is_alone

    return read_alone


def _with_terms(read: BlockRule) -> BlockRule:
    """Return the rule of definitions for one that several terms stand above, each on a line."""

    def read_terms(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        count = 0 if silent else _count_terms(state, start_line, end_line)
        if count < 2:  # noqa: PLR2004 - one is what the rule itself reads
            return read(state, start_line, end_line, silent)
        place = len(state.tokens)
        last = start_line + count - 1
        if not read(state, last, end_line, silent):
            return False
        state.tokens[place + 1 : place + 1] = [
            token for line in range(start_line, last) for token in _term_tokens(state, line)
        ]
        return True

    return read_terms


def _count_terms(state: StateBlock, start_line: int, end_line: int) -> int:
    """Return the number of lines of text before a definition; 0 if none follows."""
    for line in range(start_line, min(start_line + MAX_TERMS, end_line)):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent or state.is_code_block(line):
            return line - start_line if line + 1 < end_line and _is_definition(state, line + 1) else 0
        if _is_definition(state, line):
            return line - start_line
    return 0


def _is_definition(state: StateBlock, line: int) -> bool:
    return _DEFINITION.match(_line_of(state, line)) is not None


def _term_tokens(state: StateBlock, line: int) -> list[Token]:
    opening = Token("dt_open", "dt", 1, level=state.level + 1, block=True, map=[line, line])
    content = state.getLines(line, line + 1, state.blkIndent, False).strip()
    inline = Token("inline", "", 0, level=state.level + 2, content=content, children=[], map=[line, line], block=True)
    return [opening, inline, Token("dt_close", "dt", -1, level=state.level + 1, block=True)]


# --- spans ---------------------------------------------------------------------------------------


def _escape(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    r"""Read `\\` at the end of a line as a line break, and show a backslash that escapes nothing."""
    source, start = state.src, state.pos
    if source[start] != "\\":
        return False
    if source.startswith("\\\\\n", start):
        if not silent:
            state.push("hardbreak", "br", 0)
        state.pos += 3
        return True
    follows = source[start + 1 : start + 2]
    if follows != "\n" and follows not in _NEVER_ESCAPED:
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
    if not silent and (identifier := _ID.search(found["list"])):
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
    """Set the title of each abbreviation to what its definition says."""
    known: dict[str, str] = state.env.get("abbreviations", {})
    if not known:
        return
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)({names})(?!\w)")
    for token in state.tokens:
        if token.children:
            token.children = [part for child in token.children for part in _split(child, pattern, known)]


def _split(token: Token, pattern: re.Pattern[str], known: dict[str, str]) -> list[Token]:
    if token.type != "text" or not pattern.search(token.content):
        return [token]
    pieces = pattern.split(token.content)
    parts = []
    for place, piece in enumerate(pieces):
        title = f' title="{escape(known[piece])}"' if place % 2 and known[piece] else ""
        content = f"<abbr{title}>{escape(piece, quote=False)}</abbr>" if place % 2 else piece
        parts.append(Token("html_inline" if place % 2 else "text", "", 0, content=content, level=token.level))
    return parts
