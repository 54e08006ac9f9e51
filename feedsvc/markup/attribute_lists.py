"""Attributes in braces behind pictures, links, spans and blocks: of other Markdown than kramdown's. Pure, linear time.

They are those of pandoc, Python-Markdown (attr_list), markdown-it-attrs and Goldmark: `{.class #id key="value"}`. No
reader sees what they do.
"""

import re

CODE_SIGN = "\ufdd7"
"""Stands around the number of a piece of code while the rest of a text is changed."""

_VALUE = r"(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|[^\s{}\"'=<>]{1,300})"
_ITEM = rf"(?:[.#][A-Za-z_][\w:-]{{0,100}}|[A-Za-z_][\w:-]{{0,100}}={_VALUE})"
_LIST = rf"(?<!\{{)\{{:?[ ]?{_ITEM}(?:[ ]{{1,3}}{_ITEM}){{0,20}}[ ]?\}}"
_NAMED = r"(?=\{:?[ ]?[.#])"  # begins with a class or an id: `x_{i=1}` is mathematics
_BELOW_TEXT = r"(?:(?<=\S\n)|(?<=\S[ ]\n)|(?<=\S[ ]{2}\n))"
_OF_ANY_BLOCK = rf"{_BELOW_TEXT}(?=[ ]{{0,3}}\{{[ ]?(?:[.#]|[\w:-]{{1,100}}=[\"']))"
_OF_BLOCK_BEFORE = r"(?=[ ]{0,3}\{(?:[ ]?(?:\.[a-z_]|\#)|:))"  # beyond a blank line; `{a="b"}` is a query of logs there

MAX_MARKED = 500
"""Characters before a list in which the text that it is of may begin."""

_OF_IMAGE = re.compile(r"(!\[[^\[\]\n]*\]\([^()\n]*\))\{[^{}\n:%][^{}\n]*\}")
# But at the end of a heading, whose id they are, and in mathematics.
_OF_LINK_OR_MARKED = re.compile(
    rf"(?P<kept>^[ ]{{0,3}}#{{1,6}}[ \t][^\n]*|\$\$[^$]{{1,2000}}\$\$"
    rf"|(?<![\\$])\$(?=[^\s$])[^$\n]{{1,500}}(?<!\s)\$(?!\d)"
    rf"|\\\((?:(?!\\[()])[^\n]){{1,500}}\\\)|\\\[(?:(?!\\[\[\]]|\n\n)[^$]){{1,500}}\\\])"
    rf"|(?P<link>\]\([^()\n]{{0,2000}}\))(?:(?:{_LIST})+|[ ]{_NAMED}{_LIST}[ \t]*$)"
    rf"|(?:(?<=[^\s*_/\\])(?P<run>\*{{1,3}}|_{{1,3}})|(?<={CODE_SIGN})){_NAMED}{_LIST}",
    re.MULTILINE,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_OF_SPAN = re.compile(r"(?<![!\]])\[([^\[\]\n]{1,300})\]\{[ ]?[.#][A-Za-z][^{}\n:%]{0,300}\}")  # pandoc's
_OF_BLOCK = re.compile(rf"^(?:{_OF_ANY_BLOCK}|{_OF_BLOCK_BEFORE})[ ]{{0,3}}{_LIST}[ \t]*$", re.MULTILINE)
_OF_KRAMDOWN = re.compile(r"(?:(?<=\S)|^[ ]{0,3})\{:[ ]?[.#][\w-][^{}\n]*\}", re.MULTILINE)
_CROSS_REFERENCE = re.compile(r"[ \t]\{#(?:tbl|fig|eq|lst|sec)-[^{}\n]{1,300}\}[ \t]*$", re.MULTILINE)  # Quarto's


def drop_attributes(text: str) -> str:
    """Return Markdown without lists of attributes; the text of a span that has one stays."""
    if "{" not in text:
        return text
    text = _OF_SPAN.sub(r"\1", text)
    for attributes in (_CROSS_REFERENCE, _OF_KRAMDOWN, _OF_BLOCK):
        text = attributes.sub("", text)
    return _OF_IMAGE.sub(r"\1", _OF_LINK_OR_MARKED.sub(_drop_one, text))


def _drop_one(found: re.Match[str]) -> str:
    run = found["run"]
    if run and not _is_end_of_marked(found.string, found.start(), run):
        return found[0]
    return found["kept"] or found["link"] or run or ""


def _is_end_of_marked(text: str, position: int, run: str) -> bool:
    """Return True if a run of `*` or `_` ends what one like it begins: of a wildcard, `src*{.js}`, there is none."""
    paragraph = _BLANK_LINE.split(text[max(position - MAX_MARKED, 0) : position])[-1]
    sign = re.escape(run[0])
    before = rf"(?<![\\/{sign}])" + (r"(?<![A-Za-z0-9])" if run[0] == "_" else "")
    return re.search(rf"{before}(?:{sign}{{{len(run)}}}|{sign}{{3}})(?=[^\s*_/.{{])", paragraph) is not None
