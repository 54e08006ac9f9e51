"""markdown-it's rules of blocks, each asked only at lines that begin with one of its signs.

markdown-it itself asks some fifteen rules at each block, and a dozen at each further line of a paragraph, twice.
"""

from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from feedsvc.markup.kramdown import BlockRule

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


def block_signs_plugin(parser: MarkdownIt) -> None:
    """Make a parser ask its rules by their signs; it must have all its rules by then."""
    ruler = parser.block.ruler
    chains = ("paragraph", "reference", "blockquote", "list")
    readers = {"": [_ask(parser, "", _SIGNS)], **{chain: [_ask(parser, chain, _IN_TEXT)] for chain in chains}}
    find = ruler.getRules

    def find_rules(chainName: str = "") -> list[BlockRule]:  # noqa: N803 - markdown-it's name
        return readers.get(chainName) or find(chainName)

    ruler.getRules = find_rules  # type: ignore[method-assign]


def _ask(parser: MarkdownIt, chain: str, signs: Mapping[str, str]) -> BlockRule:
    """Return the rules of a chain as one rule."""
    rules = [rule for rule in parser.block.ruler.__rules__ if rule.enabled and (not chain or chain in rule.alt)]
    others = [rule.fn for rule in rules if rule.name not in signs]
    by_sign = {
        sign: [rule.fn for rule in rules if sign in signs.get(rule.name, sign)] for sign in set("".join(signs.values()))
    }

    def read(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
        first = state.bMarks[line] + state.tShift[line]
        asked = by_sign.get(state.src[first : first + 1], others)
        return any(rule(state, line, end_line, silent) for rule in asked)

    return read
