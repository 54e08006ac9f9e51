"""How shortcodes of Hugo (`{{< figure >}}`), of Zola (`{{ youtube(id="x") }}`) and tags of Hexo are written. Pure."""

import re
from collections.abc import Mapping, Sequence

Arguments = tuple[Sequence[str], Mapping[str, str]]  # by position, and by name

# Strings hold braces, brackets and the signs of an end, but no shortcode, so that all searches together take linear
# time; where one is never closed, its quotation mark is a sign like others.
_STRING = r"\"(?:[^\"\\\n{]|\\.|\{(?!\{[<%]))*+\"|`(?:[^`{]|\{(?!\{[<%])){0,9000}+`"
_INSIDE = rf"(?:{_STRING}|[^\"`{{}}]){{0,2000}}?|[^{{}}]{{0,2000}}?"
_CALLED = "|".join(rf"{mark}(?:[^{mark}{{]|\{{(?!\{{)){{0,5000}}+{mark}" for mark in "\"'`")
_CALL = rf"(?:{_CALLED}|[^(){{}}\"'`]){{0,500}}?|[^(){{}}]{{0,500}}"
SHORTCODE = re.compile(rf"\{{\{{([<%])\s*+(/?\s{{0,9}}[\w./-]++)({_INSIDE})[>%]\}}\}}")
ESCAPED = re.compile(r"\{\{([<%])/\*([^{}]{0,2000}?)\*/([>%])\}\}")
ZOLA = re.compile(rf"\{{\{{-?\s{{0,9}}(\w{{1,40}})\(({_CALL})\)\s{{0,9}}-?\}}\}}")
ZOLA_BODY = re.compile(
    rf"\{{%-?\s{{0,9}}(\w{{1,40}})\(({_CALL})\)\s{{0,9}}-?%\}}"
    r"((?:(?!\{%-?\s{0,9}\w{1,40}\().)*?)\{%-?\s{0,9}end\s{0,9}-?%\}",
    re.DOTALL,
)
QUOTATION = re.compile(  # Hexo's
    r"\{%\s{0,9}(?P<name>blockquote|quote|centerquote|cq|pullquote)\b([^%\n]{0,300})%\}"
    r"((?:(?!\{%\s{0,9}(?P=name)\b).)*?)\{%\s{0,9}end(?P=name)\s{0,9}%\}",
    re.DOTALL,
)
HUGO_QUOTATION = re.compile(
    rf"\{{\{{[<%]\s{{0,9}}(?P<name>blockquote|quote|pullquote|epigraph)\b(?P<given>{_INSIDE})[>%]\}}\}}"
    r"(?P<text>(?:(?!\{\{[<%]\s{0,9}(?P=name)\b).)*?)\{\{[<%]\s{0,9}/\s{0,9}(?P=name)\s{0,9}[>%]\}\}",
    re.DOTALL,
)
FORMULAS = ("katex", "math", "mathjax", "latex", "tex", "equation")  # what stands in these is TeX
FORMULA = re.compile(
    rf"\{{\{{[<%]\s{{0,9}}(?P<name>{'|'.join(FORMULAS)})\b(?P<given>{_INSIDE})[>%]\}}\}}"
    r"(?P<text>(?:(?!\{\{[<%]).)*?)\{\{[<%]\s{0,9}/\s{0,9}(?P=name)\s{0,9}[>%]\}\}",
    re.DOTALL,
)
LINK = re.compile(  # a text between two tags
    r"\{\{([<%])\s{0,9}([\w./-]{1,40})([^{}]{0,500}?)[>%]\}\}([^{}\n]{1,300})\{\{[<%]\s{0,9}/\s{0,9}\2\s{0,9}[>%]\}\}"
)
TAB = re.compile(
    r"<!--[ \t]{0,9}tab[ \t]{1,9}([^\n@<>]{1,100}?)[ \t]{0,9}(?:@[^\n<>]{0,50})?-->"
)  # within Hexo's `tabs`
CLOSING = re.compile(r"\{(?:\{[<%]\s*/\s*|%-?\s*end_?)([\w./-]+)")
DIAGRAMS = ("mermaid", "plantuml", "graphviz", "dot", "goat", "chart", "echarts")  # what stands in these is code
# Any of them but Liquid's `raw`, for what looks for code: a tag may have code in its arguments.
TAG = (
    rf"\{{%-?[ ]?(?!raw\b)\w++[^%\n{{}}]{{0,2000}}%\}}"
    rf"|\{{\{{[<%][ ]?[\w./-]++(?:{_INSIDE})[>%]\}}\}}"
    rf"|\{{\{{[ ]?\w{{1,40}}\((?:{_CALL})\)[ ]?\}}\}}"
)
_ARGUMENT = re.compile(
    r"(?:([\w-]+)\s*=\s*)?(?:\"((?:[^\"\\]|\\.)*+)\"|[\"“]([^\"“”]*)[\"”]|`([^`]*)`|'([^']*)'|([^\s\"=`']+))"
)
_COMMA = re.compile(r"(\"[^\"]*\"|'[^']*'|`[^`]*`)|,")


def arguments_of(text: str) -> Arguments:
    """Return a shortcode's arguments: those by position, and those by name."""
    found = [(name, _unescape(*values)) for name, *values in _ARGUMENT.findall(text)]
    return [value for name, value in found if not name], {name: value for name, value in found if name}


def _unescape(quoted: str, *others: str) -> str:
    return quoted.replace('\\"', '"') or "".join(others)


def zola_arguments_of(text: str) -> Arguments:
    """Return the arguments of a call in a template of Zola, which have commas between them."""
    return arguments_of(_COMMA.sub(lambda found: found[1] or " ", text))


def show_escaped(code: str) -> str:
    """Return code with the shortcodes that Hugo shows there: `{{</* x */>}}` is `{{< x >}}`."""
    return ESCAPED.sub(r"{{\1\2\3}}", code)
