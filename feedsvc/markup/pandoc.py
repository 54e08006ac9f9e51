"""Markdown of Quarto and R Markdown written as other Markdown: raised and lowered text, citations.

Pure, linear time. Code, mathematics and addresses stay. (https://pandoc.org/MANUAL.html#inline-formatting)
"""

import re

from feedsvc.markup.code_spans import CODE

MAX_RAISED = 100  # characters of a raised or lowered text, which holds no blanks
MAX_CITED = 500  # characters of a citation in brackets

_SKIPPED = rf"""
    {CODE}
    |^(?:[ ]{{4}}|\t)[^\n]*
    |\$\$.*?\$\$|(?<![\\\w])\$(?![\s$])[^$\n]{{1,1000}}(?<!\s)\$(?!\d)
    |\]\([^)\n]{{1,2000}}\)|<[^<>\n]{{1,2000}}>|https?://\S+|\\.
"""
_ATTRIBUTED = r"(?<=[^`]`)\{[ ]?[.#=][^{}\n`]{0,200}\}"  # `x`{.r}
_SPAN = re.compile(
    rf"""(?P<attributes>{_ATTRIBUTED})
    |(?P<skipped>{_SKIPPED})
    |(?<!\[)\^(?P<raised>[^\s^\[\]`$]{{1,{MAX_RAISED}}})\^
    |(?<!~)~(?P<lowered>[^\s~`$]{{1,{MAX_RAISED}}})~(?!~)
    |(?<![\]\w!])\[(?P<cited>(?:[^\[\]@\n]*[\s-])?@[A-Za-z0-9_{{][^\[\]\n]{{0,{MAX_CITED}}})\](?![\[({{:])""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_SIGNS = ("^", "~", "@", "`{")
_KEY = re.compile(r"(?<![\w@])-?@(?=[\w{])\{?([\w:.#$%&+?~/-]*\w)\}?")


def adapt_pandoc(text: str) -> str:
    """Return Markdown without what only pandoc reads; a citation names its sources by their keys."""
    return _SPAN.sub(_show, text) if any(sign in text for sign in _SIGNS) else text


def _show(found: re.Match[str]) -> str:
    if found["raised"]:
        return f"<sup>{found['raised']}</sup>"
    if found["lowered"]:
        return f"<sub>{found['lowered']}</sub>"
    if found["cited"]:
        return f"({_KEY.sub(lambda key: key[1], found['cited'])})"
    return "" if found["attributes"] else found[0]
