"""HTML blocks of Markdown as kramdown finds them: up to their end tag, Markdown inside where asked for.

Pure, linear time: nested blocks of Markdown are read to a bounded depth.
"""

import re
from functools import lru_cache

from markdown_it.rules_block import StateBlock

from feedsvc.markup.indented import hide_code, show_code

MAX_MARKDOWN_DEPTH = 10  # blocks with markdown="1" in one another; deeper ones stay HTML

_BLOCKS = (
    "address|article|aside|audio|blockquote|body|center|details|dialog|dd|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|h[1-6]|head|header|hgroup|hr|html|iframe|legend|li|link|main|math|menu|meta|nav|noscript|object|ol|p|pre|"
    "script|section|style|summary|svg|table|tbody|td|template|tfoot|th|thead|tr|ul|video"
)
_VOID = frozenset({"hr", "link", "meta"})
_OPENING = re.compile(rf"\s*<(?:(?P<name>{_BLOCKS})(?=[\s/>])|/details(?=[\s>])|!--|!doctype|\?)", re.IGNORECASE)
_SELF_CLOSED = re.compile(r"<[^<>\"']{0,50}(?:(?:\"[^\"<>]*\"|'[^'<>]*')[^<>\"']{0,50}){0,20}/>")
_MARKDOWN_INSIDE = re.compile(
    r"<(?P<name>[a-z][\w-]*)[^<>]*?\smarkdown\s*=\s*[\"']?(?P<how>1|block|span)[\"']?[^<>]*>", re.IGNORECASE
)
_OF_ONE_LINE = frozenset({"caption", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "legend", "p", "summary", "th"})
_CODE_AFTER_COMMENT = re.compile(r"-->[ \t]*\n[ \t]*\n(?:[ \t]*\n)*(?:[ ]{4}|\t)")
_TEXT_AFTER_BLANK_LINE = re.compile(
    r"^[ ]{0,3}<(?:article|aside|blockquote|center|dd|details|div|figure|li|main|section|td)\b[^<>\n]*>[ \t]*\n"
    r"[ \t]*\n[ ]{0,3}[^\s<]",
    re.MULTILINE | re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_OPTION = "parse_block_html"
_HOLDERS = (
    "article|aside|blockquote|details|div|fieldset|figcaption|figure|footer|h[1-6]|header|main|nav|p|section|summary"
)
_OPTION_OR_TAG = re.compile(
    rf"^[ ]{{0,3}}(?P<fence>`{{3,}}|~{{3,}}).*?(?:^[ ]{{0,3}}(?P=fence)|\Z)|`[^`\n]+`"
    rf"|\{{::options\b[^}}\n]*\b{_OPTION}=[\"'](?P<value>true|false)[\"'][^}}\n]*\}}"
    rf"|(?P<tag><(?:{_HOLDERS})(?=[\s/>])(?![^<>]*\smarkdown\s*=))",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)


@lru_cache(1)  # asked for a body when it is recognized as scraped, as too large, and when it is made HTML
def is_html(text: str) -> bool:
    """Return True if a body begins with a block tag and has no text outside block tags."""
    position = 0
    while opening := _OPENING.match(text, position):
        if _CODE_AFTER_COMMENT.match(text[position - 3 : opening.end()]):
            return False
        position = _end_of_block(text, opening)
        if _is_details(opening, text) and _BLANK_LINE.search(text, opening.start(), position):
            return False
    return position > 0 and not text[position:].strip()


def has_text_after_blank_line(text: str) -> bool:
    """Return True if text follows a line of a tag and a blank line in some HTML: outside Jekyll it is Markdown.

    https://spec.commonmark.org/0.31.2/#html-blocks: a blank line ends the block.
    """
    return _TEXT_AFTER_BLANK_LINE.search(text) is not None


def has_markdown_inside(text: str) -> bool:
    """Return True if an element of some HTML says that it holds Markdown, as kramdown has it."""
    return "markdown" in text and _MARKDOWN_INSIDE.search(text) is not None


def ask_for_markdown(text: str, *, everywhere: bool) -> str:
    """Return a text in which the elements ask for Markdown that hold some by kramdown's option `parse_block_html`.

    https://kramdown.gettalong.org/options.html. With `everywhere` the option is set from the beginning.
    """
    if not everywhere and _OPTION not in text:
        return text
    is_set = everywhere

    def change(found: re.Match[str]) -> str:
        nonlocal is_set
        is_set = found["value"].lower() == "true" if found["value"] else is_set
        return f'{found[0]} markdown="1"' if found["tag"] and is_set else found[0]

    return show_code(_OPTION_OR_TAG.sub(change, hide_code(text)))


def html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Parse an HTML block up to its end tag: a rule for markdown-it in place of CommonMark's."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    is_tag = state.src.startswith("<", start) and not state.is_code_block(start_line)
    opening = _OPENING.match(state.src, start) if is_tag else None
    if not opening or silent:
        return bool(opening)
    if _is_details(opening, state.src):
        line = _last_line_of_details(state, start_line, end_line)
        end = state.eMarks[line]
    else:
        end = _end_of_blocks(state.src, start, state.eMarks[end_line - 1])
        lines = range(start_line, end_line - 1)
        line = next((line for line in lines if state.eMarks[line] >= end), end_line - 1)
    state.line = line + 1
    _push_html(state, state.src[start:end] + "\n")
    rest = state.src[end : state.eMarks[line]].strip()
    if rest:  # what follows a block on its last line is Markdown again
        state.md.block.parse(rest, state.md, state.env, state.tokens)
    return True


def _end_of_blocks(text: str, start: int, limit: int) -> int:
    """Return the end of a chain of blocks, each of which begins on the line where the one before ends."""
    end = start
    while opening := _OPENING.match(text, end, limit):
        if end > start and "\n" in opening[0]:
            break
        end = min(_end_of_block(text, opening), limit)
    return end


def _push_html(state: StateBlock, html: str) -> None:
    """Push HTML as tokens; what stands in elements that ask for it is parsed as Markdown."""
    depth = state.env.get("markdown_depth", 0)
    position = 0
    while depth < MAX_MARKDOWN_DEPTH and "markdown" in html and (opening := _MARKDOWN_INSIDE.search(html, position)):
        end = _end_of_element(html, opening["name"].lower(), opening.start())
        closing = html.rfind("</", opening.end(), end)
        closing = end if closing < 0 else closing
        _push_token(state, html[position : opening.end()])
        state.env["markdown_depth"] = depth + 1
        _push_markdown(state, html[opening.end() : closing], opening)
        state.env["markdown_depth"] = depth
        position = closing
    _push_token(state, html[position:])


def _push_markdown(state: StateBlock, text: str, opening: re.Match[str]) -> None:
    """Parse what stands in an element: blocks, or a line in an element that holds no blocks or says so."""
    if opening["how"] == "span" or (opening["how"] == "1" and opening["name"].lower() in _OF_ONE_LINE):
        token = state.push("inline", "", 0)
        token.content, token.children = text.strip(), []
    else:
        state.md.block.parse(_without_indent(text), state.md, state.env, state.tokens)


def _without_indent(text: str) -> str:
    """Return Markdown without the indentation of its first line, which is that of the element around it."""
    first = text.lstrip("\n")
    indent = len(first) - len(first.lstrip(" "))
    return re.sub(rf"^[ ]{{1,{indent}}}", "", text, flags=re.MULTILINE) if indent else text


def _push_token(state: StateBlock, html: str) -> None:
    token = state.push("html_block", "", 0)
    token.content = html


def _end_of_block(text: str, opening: re.Match[str]) -> int:
    """Return the position after the matching end tag, as kramdown finds it; the end of the text if there is none."""
    name = (opening["name"] or "").lower()
    if not name or name in _VOID:
        return _after(text, "-->" if opening[0].endswith("<!--") else ">", opening.start())
    if closed := _SELF_CLOSED.match(text, text.index("<", opening.start())):
        return closed.end()
    return _end_of_element(text, name, opening.start())


def _end_of_element(text: str, name: str, start: int) -> int:
    tags = re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE)
    depth = 0
    for tag in tags.finditer(text, start):
        if tag[1]:
            depth -= 1
        elif not _SELF_CLOSED.match(text, tag.start()):
            depth += 1
        if depth <= 0 or (name == "p" and tag[1]):
            return _after(text, ">", tag.start())
    return len(text)


def _after(text: str, sign: str, start: int) -> int:
    found = text.find(sign, start)
    return len(text) if found < 0 else found + len(sign)


def _is_details(opening: re.Match[str], text: str) -> bool:
    is_details = (opening["name"] or "").lower() == "details"
    return is_details and not _MARKDOWN_INSIDE.match(text, text.index("<", opening.start()))


def _last_line_of_details(state: StateBlock, start_line: int, end_line: int) -> int:
    """Return the last line of a `details` block, before the first blank line: Markdown follows, as on GitHub."""
    for line in range(start_line, end_line - 1):
        if state.isEmpty(line + 1) or "</details" in state.src[state.bMarks[line] : state.eMarks[line]].lower():
            return line
    return end_line - 1
