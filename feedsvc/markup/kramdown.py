"""Rules of kramdown, Jekyll's parser, for markdown-it: https://kramdown.gettalong.org/syntax.html and its GFM parser.

Attribute lists, the end-of-block marker, headings, fences, lists, terms, definitions of abbreviations; tables are in
`kramdown_tables`, HTML blocks in `html_blocks`, spans in `kramdown_spans`. Pure, linear time.
"""

import re
from collections.abc import Callable
from html import escape

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, hr, list_block
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.markup.html_blocks import html_block
from feedsvc.markup.kramdown_spans import ID, show_mathematics, span_plugin
from feedsvc.markup.kramdown_tables import table_block

MAX_TERMS = 20  # of one definition
MAX_ABBREVIATIONS = 200
MAX_MEANING = 500  # characters of what one means

_ATTRIBUTES = re.compile(r"[ ]{0,3}\{:(?![:/])(?:\\\}|[^}\n])*\}[ \t]*\Z")
_END_OF_BLOCK = re.compile(r"\^[ \t]*\Z")
_ABBREVIATION = re.compile(r"[ ]{0,3}\*\[(?P<name>[^\]\n]+)\]:(?P<meaning>.*)\Z")
_ITEM = re.compile(r"(?:[-+*]|\d{1,9}\.)[ \t]")
_DEFINITION = re.compile(r"[ ]{0,3}:[ \t]")

_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}

BlockRule = Callable[[StateBlock, int, int, bool], bool]


def kramdown_plugin(parser: MarkdownIt) -> None:
    """Make a parser of CommonMark read as kramdown does."""
    parser.disable("table").use(footnote_plugin).use(deflist_plugin)
    parser.use(dollarmath_plugin, allow_labels=False, renderer=show_mathematics)
    block = parser.block.ruler
    block.at("hr", hr, {"alt": ["reference", "blockquote", "list"]})
    block.at("heading", _with_text(_rule_of(parser, "heading")), {"alt": ["paragraph", "reference", "blockquote"]})
    block.at("lheading", _of_one_line(_rule_of(parser, "lheading")))
    block.at("fence", _with_end(_rule_of(parser, "fence")), _INTERRUPTS)
    block.at("html_block", html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    block.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    block.at("deflist", _with_terms(_rule_of(parser, "deflist")), {"alt": ["paragraph", "reference", "blockquote"]})
    block.before("fence", "attributes", _attributes, _INTERRUPTS)
    block.before("fence", "end_of_block", _end_of_block, _INTERRUPTS)
    block.before("fence", "abbreviation", _abbreviation, _INTERRUPTS)
    block.before("paragraph", "kramdown_table", table_block)
    block.at("math_block", _at_border(_rule_of(parser, "math_block")))
    span_plugin(parser)


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
        if found := ID.search(text[2:].rstrip("} \t")):
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
        if len(known) < MAX_ABBREVIATIONS and len(found["meaning"]) <= MAX_MEANING:
            known[found["name"]] = found["meaning"].strip()
    return True


def _with_text(read: BlockRule) -> BlockRule:
    """Return the rule of headings, applied only to those with text: `#` alone is text."""

    def read_heading(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        return bool(_line_of(state, start_line).strip("# \t")) and read(state, start_line, end_line, silent)

    return read_heading


def _of_one_line(read: BlockRule) -> BlockRule:
    """Return the rule of underlined headings, applied only to those of one line: several are a paragraph."""

    def read_underlined(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        place, parent = len(state.tokens), state.parentType
        if not read(state, start_line, end_line, silent):
            return False
        if state.line == start_line + 2:
            return True
        del state.tokens[place:]
        state.line, state.parentType = start_line, parent
        return False

    return read_underlined


def _with_end(read: BlockRule) -> BlockRule:
    """Return the rule of fences, applied only to those that are closed: an open one is text.

    Where the search for an end stopped is kept, so that many open fences take linear time.
    """

    def read_fence(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        line = _line_of(state, start_line)
        signs = line[: len(line) - len(line.lstrip(line[:1]))]
        known = state.env.setdefault("open_fences", {})
        length, stop = known.get((signs[:1], state.blkIndent, end_line), (0, -1))
        if start_line < stop and len(signs) >= length:
            return False
        if not read(state, start_line, end_line, silent):
            return False
        last = _line_of(state, state.line - 1).strip()
        if silent or (state.line > start_line + 1 and last.startswith(signs) and not last.strip(signs[0])):
            return True
        known[signs[0], state.blkIndent, end_line] = len(signs), state.line
        state.tokens.pop()
        state.line = start_line
        return False

    return read_fence


def _list(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a list: any item may follow a line of text; numbers have dots, and a blank follows each sign."""
    if not _ITEM.match(state.src, state.bMarks[start_line] + state.tShift[start_line]):
        return False
    if not silent or state.parentType != "paragraph":
        return list_block(state, start_line, end_line, silent)
    state.parentType = "root"
    found = list_block(state, start_line, end_line, silent)
    state.parentType = "paragraph"
    return found


def _at_border(read: BlockRule) -> BlockRule:
    """Return the rule of blocks of mathematics, applied only where no text stands beside them."""

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
    """Return the rule of definitions, which also reads several terms above one definition, each on a line."""

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
