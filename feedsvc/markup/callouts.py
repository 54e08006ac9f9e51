"""Callouts in Markdown: GitHub's and Obsidian's `> [!NOTE]`, containers `:::note` → a quotation with a title.

Pure. Containers of other names, such as columns, leave what they hold.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

_NAMES = """
abstract attention bug caution danger details error example fail failure faq hint important info missing note question
quote seealso success summary tip tldr todo warn warning
"""
KINDS = frozenset(_NAMES.split())
_ALERT = re.compile(r"\[!(?P<kind>[A-Za-z][\w-]{0,30})(?:\|[^\]\n]*)?\][+-]?[ \t]*(?P<title>[^\n]*)(?:\n|\Z)")
_NAME = re.compile(r"\s*\{?\s*[.:]?(?:callout-)?(?P<kind>[A-Za-z][\w-]*)(?P<rest>[^\n]*)")
_BRACKETS = re.compile(r"\[([^\]\n]*)\]")
_QUOTED = re.compile(r"(?:title|label)\s*=\s*[\"']([^\"'\n]*)[\"']")


def callout_plugin(parser: MarkdownIt) -> None:
    """Make a parser read callouts."""
    container_plugin(parser, "callout", validate=lambda parameters, _: bool(_NAME.match(parameters)))
    parser.core.ruler.after("block", "callouts", _make_boxes)


def _make_boxes(state: StateCore) -> None:
    tokens: list[Token] = []
    opened: list[bool] = []  # of each container that is open, whether it is a callout
    for place, token in enumerate(state.tokens):
        if token.type == "container_callout_open":
            opened.append(_open_container(token, state.tokens[place + 1 : place + 4], tokens))
        elif token.type == "container_callout_close":
            tokens += [_html("</blockquote>")] if opened.pop() else []
        else:
            tokens.append(token)
            if token.type == "inline" and _begins_quote(state.tokens, place):
                _open_alert(token, tokens)
    state.tokens = tokens


def _begins_quote(tokens: list[Token], place: int) -> bool:
    return [token.type for token in tokens[max(0, place - 2) : place]] == ["blockquote_open", "paragraph_open"]


def _open_alert(inline: Token, tokens: list[Token]) -> None:
    """Put a title before the paragraph that an alert begins with; the quotation around it is the box."""
    found = _ALERT.match(inline.content)
    if found:
        inline.content = inline.content[found.end() :]
        tokens[-2:-2] = _title_tokens(found["title"].strip() or _to_title(found["kind"]))


def _open_container(token: Token, following: list[Token], tokens: list[Token]) -> bool:
    found = _NAME.match(token.info)
    kind = found["kind"].lower() if found else ""
    if found is None or kind not in KINDS:
        return False
    tokens.append(_html("<blockquote>"))
    title = _read_title(found["rest"])
    has_heading = bool(following) and following[0].type == "heading_open" and "{" in token.info
    if has_heading and not title:  # Quarto: the first heading is the title
        following[0].type, following[0].tag, following[2].type, following[2].tag = (
            "paragraph_open",
            "p",
            "paragraph_close",
            "p",
        )
        following[1].content = f"**{following[1].content}**"
    else:
        tokens += _title_tokens(title or _to_title(kind))
    return True


def _read_title(rest: str) -> str:
    found = _BRACKETS.search(rest) or _QUOTED.search(rest)
    if found:
        return found[1].strip()
    return "" if "}" in rest or "=" in rest or "{" in rest else rest.strip(" :").strip()


def _to_title(kind: str) -> str:
    return kind.replace("-", " ").capitalize()


def _title_tokens(title: str) -> list[Token]:
    """Return the tokens of a title in bold, read as Markdown."""
    inline = Token("inline", "", 0, content=title, children=[], block=True, map=[0, 0])
    opening = Token("paragraph_open", "p", 1, block=True)
    return [opening, _strong(1), inline, _strong(-1), Token("paragraph_close", "p", -1, block=True)]


def _strong(nesting: int) -> Token:
    return Token("html_block", "", 0, content="<strong>" if nesting > 0 else "</strong>", block=True)


def _html(html: str) -> Token:
    return Token("html_block", "", 0, content=html, block=True)
