"""Text of Quarto that its web pages leave out: blocks and spans for other formats, and the options of cells.

Pure, linear time. No profile is active. The code of a cell always stays, for its output is not at hand.
(https://quarto.org/docs/authoring/conditional.html, https://pandoc.org/MANUAL.html#generic-raw-attribute)
"""

import re

from feedsvc.markup.code_spans import between_backticks

MAX_SPAN = 2_000  # characters of a text with attributes
MAX_MARKS = 500  # characters of the attributes of a text

_FORMATS = frozenset({"html", "html4", "html5", "html:js"})  # those of a web page
_RAW = frozenset({"html", "html4", "html5", "markdown"})  # those that are read as the text around them
_PART = re.compile(
    rf"""^[ \t]*(?P<fence>`{{3,}}|~{{3,}})(?P<info>[^\n]*)\n(?P<code>.*?)(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)
    |{between_backticks()}
    |^[ \t]*:{{3,}}[ \t]*(?:(?P<opening>[^\s:][^\n]*)|(?P<closing>))$
    |\[(?P<text>[^\[\]\n]{{0,{MAX_SPAN}}})\]\{{(?P<marks>[^{{}}\n]{{0,{MAX_MARKS}}})\}}""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_CLASS = re.compile(r"\.content-(visible|hidden)(?![\w-])")
_CONDITION = re.compile(r"(?<![\w-])(when|unless)-(format|profile|meta)\s*=\s*[\"']?([\w:.-]+)")
_LANGUAGE = re.compile(r"[ \t]*\{(=?)([A-Za-z][\w.+-]*)")
_OPTION = re.compile(r"[ \t]*(?:\#|//|--|%%)\|[^\n]*\n?")


def leave_out_hidden(text: str) -> str:
    """Return a text as Quarto shows it on a web page; a hidden block that is never closed hides the rest."""
    shown: list[str] = []
    opened: list[bool | None] = []  # what `_hides` says of each block that is open
    depth = position = 0  # depth: of hidden blocks
    for found in _PART.finditer(text):
        if not depth:
            shown.append(text[position : found.start()])
        position = found.end()
        if found["opening"]:
            hides = _hides(found["opening"])
            opened.append(hides)
            depth += hides is True
            part = found[0] if hides is None and not depth else ""
        elif found["closing"] is not None and opened:
            hides = opened.pop()
            part = found[0] if hides is None and not depth else ""
            depth -= hides is True
        else:
            part = "" if depth else _show(found)
        shown.append(part)
    return "".join(shown) + ("" if depth else text[position:])


def _hides(attributes: str) -> bool | None:
    """Return whether attributes hide what they are given to, None if they say nothing of it."""
    kind = _CLASS.search(attributes)
    if not kind:
        return None
    conditions = _CONDITION.findall(attributes)
    if any(what == "meta" for _, what, _ in conditions):  # of values that are not all known
        return True
    is_met = all((what == "format" and name in _FORMATS) == (word == "when") for word, what, name in conditions)
    return not is_met if kind[1] == "visible" else is_met


def _show(found: re.Match[str]) -> str:
    if found["marks"] is not None:
        hides = _hides(found["marks"])
        return found[0] if hides is None else "" if hides else found["text"]
    language = _LANGUAGE.match(found["info"] or "")
    if not language:
        return found[0]
    if language[1]:
        return found["code"] if language[2] in _RAW else ""
    start = 0
    while option := _OPTION.match(found["code"], start):
        start = option.end()
    at = found.start("code") - found.start()
    return found[0][:at] + found[0][at + start :]
