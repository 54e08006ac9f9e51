"""Bodies of MDX without what only a compiler of JavaScript understands: imports, exports and tags of components.

Pure, linear time. The text within components stays, what they show by their tags (see `jsx`), and so does code.
(https://mdxjs.com/docs/what-is-mdx/)
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from feedsvc.markup.code_spans import CODE
from feedsvc.markup.jsx import find_imports, show_component, to_html_tag

MAX_TAG = 2_000  # characters of a component's tag
MAX_UNCLOSED = 1_000  # tags without an end in a body; what follows the last one stays as it is

_CODE = re.compile(CODE, re.MULTILINE | re.DOTALL)
# At the start of a block, up to the next blank line; not "import of goods".
_MODULE = re.compile(
    r"""(?:\A|(?<=\n\n))(?:import\s+(?:["'{*]|[\w$]+\s*(?:,|from\s))|export\s+(?:const|let|var|function|async|default
    |class|[{*]))[^\n]*+(?:\n[^\n]*\S[^\n]*+)*+\n?""",
    re.VERBOSE,
)
_COMPONENT = re.compile(r"</?(?:[A-Z][\w.]*+|(?=>))(?=[\s/>])")
_ELEMENT = re.compile(r"<[a-z][a-z0-9-]*+(?=[\s/>])")
_TAG = re.compile(f"{_COMPONENT.pattern}|{_ELEMENT.pattern}")
_BRACES = re.compile(r"=\s*\{|\s\{\s*\.\.\.|\sclassName=")
_OF_JSX = re.compile(r"""<[a-z][^<>\n]*?\s[\w-]+=\{(?:\{\s*\w+\s*:|require\(|useBaseUrl\(|\s*["'`\d])""")
_LITERAL = r"""(?:"([^"\\\n{}]*)"|'([^'\\\n{}]*)'|`([^`$\\\n{}]*)`|(-?\d[\d.]*))"""
_TEXT = re.compile(rf"(?<!\\)\{{\s*(?:{_LITERAL}|([A-Za-z_$][\w$]*))\s*\}}")
_CONSTANT = re.compile(rf"^export\s+(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*{_LITERAL}\s*;?[ \t]*$", re.MULTILINE)
_OF_DOCUSAURUS = re.compile(r"""(?:\A\s*|\n\n)import\s[^\n]{1,300}\sfrom\s+["']@(?:site|theme|docusaurus)/""")
_END_OF_SUMMARY = re.compile(r"\{/\*[ \t]*(truncate|more)[ \t]*\*/\}")
_INDENTED_COMMENT = re.compile(r"^(?:[ ]{4}|\t)[ \t]*(?=\{/\*)", re.MULTILINE)  # no code in MDX
# Alone on its line: what follows is Markdown again, as behind a blank line elsewhere.
_LONE_TAG = re.compile(
    r"""^[ \t]*(?:<(?P<end>/?)(?!(?:pre|code|script|style|textarea|img|br|hr|input|source|wbr)\b)
    (?P<name>[a-z][a-z0-9-]*)
    (?:[ ][^<>\n]*)?(?<!/)>|<summary>[^<\n]*</summary>)[ \t]*$""",
    re.MULTILINE | re.VERBOSE,
)
# Within text, whose lines they may stand on.
_OF_TEXT = frozenset({"a", "b", "em", "i", "kbd", "mark", "small", "span", "strong", "sub", "sup", "u"})
_WITH_LINES = re.compile(  # where blank lines would be text, or end an element
    rf"{CODE}|<(?P<with_lines>pre|math|svg)[\s>].*?(?:</(?P=with_lines)>|\Z)", re.MULTILINE | re.DOTALL
)
_NEXT_LINE = re.compile(r"\n[ \t]*\S")
_SIGN = re.compile("[{}>\"'`]")


@dataclass(frozen=True, slots=True)
class _Names:
    """What the names in a body stand for: files that it imports, texts that it exports."""

    imports: Mapping[str, str]
    constants: Mapping[str, str]


def strip_mdx(text: str) -> str:
    """Return a body of MDX as Markdown."""
    text = text.lstrip("\n")
    names = _Names(find_imports(text), _find_constants(text))
    stripped = change_outside_code(text, lambda part: _strip(part, names))
    separate = partial(_separate, within_text=Counter())
    return change_outside_code(stripped, partial(_LONE_TAG.sub, separate), _WITH_LINES)


def _separate(found: re.Match[str], within_text: Counter[str]) -> str:
    """Return a tag between blank lines; but as it is, if it goes on with a line of text, or ends what does."""
    name = found["name"]
    if name in _OF_TEXT:
        if found["end"] and within_text[name]:
            within_text[name] -= 1
            return found[0]
        if not found["end"] and _is_within_text(found.string, *found.span()):
            within_text[name] += 1
            return found[0]
    return f"\n{found[0]}\n"


def _is_within_text(text: str, start: int, end: int) -> bool:
    """Return True if the line before is text, not a tag, and the one behind is not blank."""
    before = text[text.rfind("\n", 0, max(start - 1, 0)) + 1 : start].strip()
    return bool(before) and not before.endswith(">") and _NEXT_LINE.match(text, end) is not None


def change_outside_code(text: str, change: Callable[[str], str], code: re.Pattern[str] = _CODE) -> str:
    """Return Markdown with its parts between code changed."""
    parts: list[str] = []
    position = 0
    for piece in code.finditer(text):
        parts += change(text[position : piece.start()]), piece[0]
        position = piece.end()
    return "".join(parts) + change(text[position:])


def _find_constants(text: str) -> dict[str, str]:
    """Return the texts and numbers that a body exports, by their names."""
    return {found[1]: _first(found.groups()[1:]) for found in _CONSTANT.finditer(_CODE.sub("", text))}


def _first(groups: Iterable[str | None]) -> str:
    return next((group for group in groups if group is not None), "")


def is_of_docusaurus(text: str) -> bool:
    """Return True if a body imports what only Docusaurus has: it is MDX, whatever its file is called."""
    return "import" in text and _OF_DOCUSAURUS.search(_CODE.sub("", text)) is not None


def repair_tags_of_jsx(text: str) -> str:
    """Return Markdown with attributes of tags as HTML has them: Docusaurus reads `.md` as MDX too."""
    if "={" not in text or not _OF_JSX.search(text):
        return text
    return change_outside_code(text, _repair)


def _repair(text: str) -> str:
    parts: list[str] = []
    position = 0
    for start, end in _tags(text):
        tag = text[start:end]
        is_element = _ELEMENT.match(tag) and _OF_JSX.search(tag)
        parts += text[position:start], to_html_tag(tag, {}) if is_element else tag
        position = end
    return "".join(parts) + text[position:]


def _strip(text: str, names: _Names) -> str:
    parts: list[str] = []
    position = 0
    without_modules = _INDENTED_COMMENT.sub("", _MODULE.sub("", text))
    for start, end in _tags(without_modules):
        tag = without_modules[start:end]
        parts += _show_texts(without_modules[position:start], names), _show_tag(tag, names.imports)
        position = end
    return "".join(parts) + _show_texts(without_modules[position:], names)


def _show_texts(text: str, names: _Names) -> str:
    """Replace texts, numbers and names of such in braces, as in `{" "}`, by themselves."""

    def show(found: re.Match[str]) -> str:
        *literal, name = found.groups()
        return names.constants.get(name, found[0]) if name else _first(literal)

    text = _END_OF_SUMMARY.sub(r"<!-- \1 -->", text) if "{/*" in text else text  # Docusaurus' mark, as Markdown has it
    return _TEXT.sub(show, text)


def _show_tag(tag: str, imports: Mapping[str, str]) -> str:
    if _COMPONENT.match(tag):
        return "" if tag.startswith("</") else show_component(tag, imports)
    return to_html_tag(tag, imports) if _BRACES.search(tag) else tag


def _tags(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the tags of components begin and end, and the opening tags of elements."""
    position = unclosed = 0
    while unclosed < MAX_UNCLOSED and (found := _TAG.search(text, position)):
        end = _end_of_tag(text, found.end())
        if end:
            yield found.start(), end
        unclosed += not end
        position = end or found.end()


def _end_of_tag(text: str, start: int) -> int:
    """Return the end of the tag whose name ends at `start`, 0 if it has none; quotes and braces are skipped."""
    depth, quote = 0, ""
    for found in _SIGN.finditer(text, start, start + MAX_TAG):
        sign = found[0]
        if quote or sign in "\"'`":
            quote = "" if sign == quote else quote or sign
        elif sign == ">":
            if depth == 0:
                return found.end()
        else:
            depth += 1 if sign == "{" else -1
    return 0
