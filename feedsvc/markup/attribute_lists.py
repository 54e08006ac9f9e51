"""Attributes in braces behind pictures, links, spans and blocks: of other Markdown than kramdown's. Pure, linear time.

They are those of pandoc, Python-Markdown (attr_list), markdown-it-attrs and Goldmark: `{.class #id key="value"}`. No
reader sees what they do.
"""

import re

CODE_SIGN = "\ufdd7"
"""Stands around the number of a piece of code while the rest of a text is changed."""

_VALUE = r"(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|[^\s{}\"'=<>]{1,300})"
_ITEM = rf"(?:[.#][A-Za-z_][\w:-]{{0,100}}|[A-Za-z_][\w:-]{{0,100}}={_VALUE})"
_LIST = rf"(?<!\{{)\{{:?[ ]?{_ITEM}(?:[ ,]{{1,3}}{_ITEM}){{0,20}}[ ]?\}}"
_NAMED = r"(?=\{:?[ ]?[.#])"  # begins with a class or an id: `x_{i=1}` is mathematics
_NAMED_OR_QUOTED = r"(?=\{:?[ ]?(?:[.#]|[\w:-]{1,100}=[\"']))"

_OF_IMAGE = re.compile(r"(!\[[^\[\]\n]*\]\([^()\n]*\))\{[^{}\n:%][^{}\n]*\}")
# But at the end of a heading, whose id they are.
_OF_LINK_OR_MARKED = re.compile(
    rf"(?P<heading>^[ ]{{0,3}}#{{1,6}}[ \t][^\n]*)"
    rf"|(?P<link>\]\([^()\n]{{0,2000}}\))(?:(?:{_LIST})+|[ ]{_NAMED}{_LIST}[ \t]*$)"
    rf"|(?<=[*_{CODE_SIGN}]){_NAMED}{_LIST}",
    re.MULTILINE,
)
_OF_SPAN = re.compile(r"(?<![!\]])\[([^\[\]\n]{1,300})\]\{[ ]?[.#][A-Za-z][^{}\n:%]{0,300}\}")  # pandoc's
_OF_BLOCK = re.compile(rf"^[ ]{{0,3}}{_NAMED_OR_QUOTED}{_LIST}[ \t]*$", re.MULTILINE)
_OF_KRAMDOWN = re.compile(r"(?:(?<=\S)|^[ ]{0,3})\{:[ ]?[.#][\w-][^{}\n]*\}", re.MULTILINE)
_CROSS_REFERENCE = re.compile(r"[ \t]\{#(?:tbl|fig|eq|lst|sec)-[^{}\n]{1,300}\}[ \t]*$", re.MULTILINE)  # Quarto's


def drop_attributes(text: str) -> str:
    """Return Markdown without lists of attributes; the text of a span that has one stays."""
    if "{" not in text:
        return text
    text = _OF_SPAN.sub(r"\1", text)
    for attributes in (_CROSS_REFERENCE, _OF_KRAMDOWN, _OF_BLOCK):
        text = attributes.sub("", text)
    return _OF_IMAGE.sub(r"\1", _OF_LINK_OR_MARKED.sub(r"\g<heading>\g<link>", text))
