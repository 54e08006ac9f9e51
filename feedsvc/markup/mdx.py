"""Bodies of MDX without what only a compiler of JavaScript understands: imports, exports and tags of components.

Pure, linear time. The text within components stays, and so does code. (https://mdxjs.com/docs/what-is-mdx/)
"""

import re
from collections.abc import Iterator

MAX_TAG = 2_000  # characters of a component's tag
MAX_UNCLOSED = 1_000  # tags without an end in a body; what follows the last one stays as it is

_CODE = re.compile(
    rf"""^[ \t]*(?P<fence>`{{3,}}|~{{3,}}).*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)
    |(?<!`)(?P<ticks>`+)(?!`)[^\n]{{1,{MAX_TAG}}}?(?<!`)(?P=ticks)(?!`)""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
# At the start of a block, up to the next blank line; not "import of goods".
_MODULE = re.compile(
    r"""(?:\A|(?<=\n\n))(?:import\s+(?:["'{*]|[\w$]+\s*(?:,|from\s))|export\s+(?:const|let|var|function|async|default
    |class|[{*]))[^\n]*+(?:\n[^\n]*\S[^\n]*+)*+\n?""",
    re.VERBOSE,
)
_COMPONENT = re.compile(r"</?(?:[A-Z][\w.]*+|(?=>))(?=[\s/>])")
_SIGN = re.compile("[{}>\"'`]")


def strip_mdx(text: str) -> str:
    """Return a body of MDX as Markdown."""
    parts: list[str] = []
    position = 0
    text = text.lstrip("\n")
    for code in _CODE.finditer(text):
        parts += _strip(text[position : code.start()]), code[0]
        position = code.end()
    return "".join(parts) + _strip(text[position:])


def _strip(text: str) -> str:
    parts: list[str] = []
    position = 0
    without_modules = _MODULE.sub("", text)
    for start, end in _tags(without_modules):
        parts.append(without_modules[position:start])
        position = end
    return "".join(parts) + without_modules[position:]


def _tags(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the tags of components begin and end."""
    position = unclosed = 0
    while unclosed < MAX_UNCLOSED and (found := _COMPONENT.search(text, position)):
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
