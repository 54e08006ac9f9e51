"""markdown-it's rules, each asked only where one of its signs stands: of blocks at lines, of spans within them.

markdown-it itself asks some fifteen rules at each block, and a dozen at each further line of a paragraph, twice; and
some seventeen at each sign within a line.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from feedsvc.markup.kramdown import BlockRule
from feedsvc.markup.kramdown_spans import InlineRule

_Rule = TypeVar("_Rule")

# The signs by the names of rules, ours and those of plugins; the others may begin with anything.
_SIGNS: Mapping[str, str] = {
    "abbreviation": "*",
    "admonition": "!?",
    "attributes": "{",
    "blockquote": ">",
    "container_callout": ":",
    "end_of_block": "^",
    "fence": "`~",
    "footnote_def": "[",
    "heading": "#",
    "hr": "*-_",
    "html_block": "<",
    "list": "*+-0123456789",
    "math_block": "$",
    "reference": "[",
}
# Within a block: a list of definitions begins with a term, and goes on with a sign.
_IN_TEXT: Mapping[str, str] = {**_SIGNS, "deflist": ":~"}
_OF_SPANS: Mapping[str, str] = {
    "autolink": "<",
    "backticks": "`",
    "emphasis": "*_",
    "entity": "&",
    "escape": "\\",
    "footnote_inline": "^",
    "footnote_ref": "[",
    "github_mathematics": "$",
    "html_inline": "<",
    "image": "!",
    "kramdown_escape": "\\",
    "link": "[",
    "lone_backtick": "`",
    "mark": "=",
    "math_inline": "$",
    "namespaced_tag": "<",
    "newline": "\n",
    "span_attributes": "{",
    "strikethrough": "~",
    "wiki_link": "![",
}


def signs_plugin(parser: MarkdownIt) -> None:
    """Make a parser ask its rules by their signs; it must have all its rules by then."""
    ruler = parser.block.ruler
    chains = ("paragraph", "reference", "blockquote", "list")
    readers = {"": [_ask(parser, "", _SIGNS)], **{chain: [_ask(parser, chain, _IN_TEXT)] for chain in chains}}
    find = ruler.getRules

    def find_rules(chainName: str = "") -> list[BlockRule]:  # noqa: N803 - markdown-it's name
        return readers.get(chainName) or find(chainName)

    ruler.getRules = find_rules  # type: ignore[method-assign]
    spans = [_ask_within_lines(parser)]
    parser.inline.ruler.getRules = lambda chainName="": spans  # type: ignore[method-assign]  # noqa: ARG005, N803


def _ask(parser: MarkdownIt, chain: str, signs: Mapping[str, str]) -> BlockRule:
    """Return the rules of a chain as one rule."""
    rules = [rule for rule in parser.block.ruler.__rules__ if rule.enabled and (not chain or chain in rule.alt)]
    by_sign, others = _sort([(rule.name, rule.fn) for rule in rules], signs)

    def read(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        first = state.bMarks[line] + state.tShift[line]
        for rule in by_sign.get(state.src[first : first + 1], others):  # noqa: SIM110 - `any` takes longer
            if rule(state, line, end_line, silent):
                return True
        return False

    return read


def _ask_within_lines(parser: MarkdownIt) -> InlineRule:
    """Return the rules of spans as one rule; that of text, which ends before each sign, is not asked at one."""
    rules = [(rule.name, rule.fn) for rule in parser.inline.ruler.__rules__ if rule.enabled]
    by_sign, _ = _sort([rule for rule in rules if rule[0] != "text"], _OF_SPANS)
    others = [rule for name, rule in rules if name not in _OF_SPANS]

    def read(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        for rule in by_sign.get(state.src[state.pos], others):  # noqa: SIM110 - as above
            if rule(state, silent):
                return True
        return False

    return read


def _sort(rules: Sequence[tuple[str, _Rule]], signs: Mapping[str, str]) -> tuple[dict[str, list[_Rule]], list[_Rule]]:
    """Return the rules to ask at each sign, and those to ask at any other character."""
    by_sign = {
        sign: [rule for name, rule in rules if sign in signs.get(name, sign)] for sign in set("".join(signs.values()))
    }
    return by_sign, [rule for name, rule in rules if name not in signs]
