"""Task lists of GitHub's Markdown: `- [ ] x` shows an empty box, `- [x] x` a ticked one. Pure."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_BOXES = {"[ ]": "☐", "[x]": "☑", "[X]": "☑"}


def task_plugin(parser: MarkdownIt) -> None:
    """Make a parser show boxes in task lists: https://github.github.com/gfm/#task-list-items-extension-."""
    parser.core.ruler.after("inline", "tasks", _show_boxes)


def _show_boxes(state: StateCore) -> None:
    for place, token in enumerate(state.tokens[2:], 2):
        before = state.tokens[place - 2 : place]
        if token.type == "inline" and [other.type for other in before] == ["list_item_open", "paragraph_open"]:
            _show_box(token)


def _show_box(inline: Token) -> None:
    box, blank = inline.content[:3], inline.content[3:4]
    first = inline.children[0] if inline.children else None
    if box in _BOXES and blank in {" ", "\t"} and first is not None and first.content.startswith(box):
        first.content = f"{_BOXES[box]}{first.content[3:]}"
