"""Blocks of MDX for markdown-it: indented text is no code there, so any block may stand at any indent.

Linear time. (https://mdxjs.com/docs/what-is-mdx/#markdown)
"""

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock, list_block

_SLACK = 3  # blanks by which items of one list may differ


def mdx_plugin(parser: MarkdownIt) -> None:
    """Make a parser read blocks that are indented as if they were not."""
    parser.disable("code")
    parser.block.ruler.at("paragraph", _read_paragraph)
    parser.block.ruler.at("list", _read_list, {"alt": ["paragraph", "reference", "blockquote"]})


def _read_list(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - of markdown-it
    """Read a list; where its first item stands, the text around it begins."""
    indent = state.blkIndent
    if not silent:
        state.blkIndent = max(indent, state.sCount[start] - _SLACK)
    found = list_block(state, start, end, silent)
    state.blkIndent = indent
    return found


def _read_paragraph(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:  # noqa: FBT001
    """Read a paragraph, which ends where another block begins, however far that is indented."""
    parent, state.parentType = state.parentType, "paragraph"
    line = start + 1
    while line < state.lineMax and not state.isEmpty(line) and not _ends_paragraph(state, line):
        line += 1
    state.parentType = parent
    content = mdTrim(state.getLines(start, line, state.blkIndent, False))
    state.line = line
    state.push("paragraph_open", "p", 1).map = [start, line]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = content, [start, line], []
    state.push("paragraph_close", "p", -1)
    return True


def _ends_paragraph(state: StateBlock, line: int) -> bool:
    if state.sCount[line] < 0:  # belongs to a quotation
        return False
    return any(rule(state, line, state.lineMax, True) for rule in state.md.block.ruler.getRules("paragraph"))
