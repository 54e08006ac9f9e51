"""Formulas as text: MathML, and what MathJax makes of it, as a line that says the same: `a² + b²`, `½`, `√(x + 1)`.

Reads presentation MathML (https://www.w3.org/TR/mathml-core/); MathJax 3 writes its elements as `<mjx-msup>` and as
`<g data-mml-node="msup">`, its characters as `<mjx-c class="mjx-c32">` and `<use data-c="32">`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from unicodedata import normalize

from bs4 import Tag
from bs4.element import PageElement

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.budget import spend
from feedsvc.cleaning.nodes import find_elements
from feedsvc.text import join_words, to_subscript, to_superscript

_READ_STEPS = 2  # of an element, as often as it is read: those in one another are read several times
_FRACTIONS = {normalize("NFKC", sign).replace("⁄", "/"): sign for sign in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
_ROOTS = {"2": "√", "3": "∛", "4": "∜"}
_ACCENTS = {
    **dict.fromkeys("^ˆ", "\u0302"),
    **dict.fromkeys("~˜", "\u0303"),
    **dict.fromkeys("˙.", "\u0307"),
    **dict.fromkeys("→⃗", "\u20d7"),
    "ˉ": "\u0304",
    "¨": "\u0308",
    "ˇ": "\u030c",
}
"""Signs above a letter, and the characters that put them there."""
_LINES = frozenset("¯‾―–—_")
_BRACES = frozenset("⏞⏟︷︸_̲")
_SPACED = frozenset("+-−±∓×÷⋅·∘=≠<>≤≥≪≫≈≃≅≡∼∝∈∉∋⊂⊃⊆⊇∪∩∧∨→←↔⇒⇐⇔↦∖⊕⊗∣")
_OPENING = frozenset("([{,")
_PRIMES = frozenset("′″‴'*†∗")
_INVISIBLE = {0x2061: " ", 0x2062: None, 0x2063: ",", 0x2064: "+"}  # operators without a sign
_SKIPPED = to_names("annotation annotation-xml none mphantom surd nstrut dstrut line spacer")
_BOXES = to_names("script box base frac num dbox dtable row den sqrt root over under table itable")
"""What MathJax puts around the parts of a construct."""
_SIMPLE = re.compile(r"\w+(?:[.,]\d+)?|\W|\(.*\)|\[.*\]|.[\u0300-\u036f\u20d7]", re.DOTALL)
_CHARACTER = re.compile(r"(?:mjx-c|\A)([0-9A-Fa-f]{2,5})\b")
_LIMITED = re.compile(r"[∑∏∐∫∬∮⋃⋂⋁⋀]|lim|max|min|sup|inf|arg ?(?:max|min)")


def to_text(element: Tag) -> str:
    """Return a formula as readable text, in one line."""
    return join_words(_read(element).translate(_INVISIBLE))


def _read(element: Tag) -> str:
    spend(_READ_STEPS)
    kind = _kind_of(element)
    if kind in _SKIPPED:
        return ""
    show = _KINDS.get(kind)
    return show(element) if show else _read_row(element)


def _kind_of(element: Tag) -> str:
    if element.name == "span":  # KaTeX's
        return next((_KATEX[token] for token in str(element.get("class", "")).split() if token in _KATEX), "")
    return str(element.get("data-mml-node") or element.name.removeprefix("mjx-").rpartition(":")[2])


def _children(element: Tag) -> list[Tag]:
    """Return the elements a construct is made of, out of MathJax's boxes."""
    children: list[Tag] = []
    for child in element.contents:
        if isinstance(child, Tag) and _kind_of(child) not in _SKIPPED - {"none"}:
            children += _children(child) if _kind_of(child) in _BOXES else [child]
    return children


def _is_chtml(element: Tag) -> bool:
    """True for MathJax's elements of HTML: what is above comes before what is below."""
    return element.name.startswith("mjx-")


def _read_row(element: Tag) -> str:
    """Return the parts of a row, with blanks around operators between two others."""
    text = ""
    for child in element.contents:
        part = _read(child) if isinstance(child, Tag) else _read_string(element, child)
        last = text.rstrip()[-1:]
        is_between = last and last not in _SPACED and last not in _OPENING
        text += f" {part} " if part in _SPACED and is_between else part
    return text


def _read_string(parent: Tag, string: PageElement) -> str:
    """Return a string; white space counts in KaTeX's text alone."""
    return str(string) if parent.name == "span" else join_words(str(string))


def _read_token(element: Tag) -> str:
    text = join_words(element.get_text())
    if text:
        return text
    codes = [str(below.get("data-c") or below.get("class") or "") for below in find_elements(element)]
    found = [match[1] for match in map(_CHARACTER.search, codes) if match]
    return normalize("NFKC", "".join(chr(int(code, 16)) for code in found))


def _read_text(element: Tag) -> str:
    return f" {_read_token(element)} "


# --- constructs ------------------------------------------------------------------------------------


def _group(text: str) -> str:
    """Return a text in parentheses, unless it is one thing."""
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _parts(element: Tag, count: int) -> list[str]:
    parts = [_read(child).strip() for child in _children(element)][:count]
    return parts + [""] * (count - len(parts))


def _to_fraction(above: str, below: str) -> str:
    """Return a fraction as one sign, if there is one."""
    fraction = f"{_group(above)}/{_group(below)}"
    return _FRACTIONS.get(fraction, fraction)


def _base_and_above(element: Tag) -> tuple[str, str]:
    """Return the base of a construct and what is above it."""
    first, second = _parts(element, 2)
    return (second, first) if _is_chtml(element) else (first, second)


def _read_fraction(element: Tag) -> str:
    above, below = _parts(element, 2)
    if str(element.get("linethickness", "")).startswith("0"):
        return f"{_group(above)} over {_group(below)}"
    return _to_fraction(above, below)


def _read_square_root(element: Tag) -> str:
    return f"√{_group(_read_row(element).replace('√', '').strip())}"


def _read_root(element: Tag) -> str:
    base, degree = _base_and_above(element)
    return f"{_ROOTS.get(degree) or _raise(degree) + '√'}{_group(base)}"


def _raise(text: str) -> str:
    text = text.replace(" ", "")
    if not text or text[0] in _PRIMES:
        return text
    return to_superscript(text) or f"^{_group(text)}"


def _lower(text: str) -> str:
    text = text.replace(" ", "")
    return to_subscript(text) or f"_{_group(text)}" if text else ""


def _read_superscript(element: Tag) -> str:
    base, above = _parts(element, 2)
    return f"{_group(base)}{_raise(above)}" if base else _raise(above)


def _read_subscript(element: Tag) -> str:
    base, below = _parts(element, 2)
    return f"{base}{_lower(below)}"


def _read_both(element: Tag) -> str:
    base, below, above = _parts(element, 3)
    if element.name != "msubsup":  # MathJax writes what is above first
        below, above = above, below
    return f"{base}{_lower(below)}{_raise(above)}"


def _read_over(element: Tag) -> str:
    base, above = _base_and_above(element)
    if above in _LINES:
        return "".join(f"{character}\u0305" for character in base)
    if above in _BRACES or above in _ACCENTS:
        return base + _ACCENTS.get(above, "") if len(base) == 1 else base
    return f"{base}{_raise(above)}"


def _read_under(element: Tag) -> str:
    base, below = _parts(element, 2)
    gap = " " if _LIMITED.fullmatch(base) else ""
    return base if below in _BRACES else f"{base}{_lower(below)}{gap}"


def _read_under_and_over(element: Tag) -> str:
    if element.get("limits") == "false":
        return f"{_read_both(element)} "
    base, below, above = _parts(element, 3)
    if _is_chtml(element):  # the lower one is within the base
        base, below, above = below, "", base
    return f"{base.strip()}{_lower(below)}{_raise(above)} "


def _read_scripts(element: Tag) -> str:
    names = [_kind_of(child) for child in _children(element)]
    texts = [_read(child).strip() for child in _children(element)]
    middle = names.index("mprescripts") if "mprescripts" in names else len(names)
    return _join_scripts(texts[middle + 1 :]) + "".join(texts[:1]) + _join_scripts(texts[1:middle])


def _join_scripts(texts: Sequence[str]) -> str:
    return "".join(_raise(text) if index % 2 else _lower(text) for index, text in enumerate(texts))


def _read_fence(element: Tag) -> str:
    separators = str(element.get("separators", ",")).replace(" ", "") or " "
    parts = [_read(child).strip() for child in _children(element)]
    inner = "".join(f"{part}{separators[min(index, len(separators) - 1)]} " for index, part in enumerate(parts[:-1]))
    return f"{element.get('open', '(')}{inner}{''.join(parts[-1:])}{element.get('close', ')')}"


def _read_table(element: Tag) -> str:
    rows = [child for child in _children(element) if _kind_of(child) in ("mtr", "mlabeledtr")]
    return "; ".join(", ".join(_read(cell).strip() for cell in _children(row)) for row in rows)


# --- KaTeX ---------------------------------------------------------------------------------------


def _find_levels(element: Tag) -> list[str]:
    """Return the texts that stand one above the other, the lowest first."""
    levels = next((below for below in find_elements(element, "span") if below.get("class") == "vlist"), None)
    texts = [_read(level).strip() for level in levels.contents if isinstance(level, Tag)] if levels else []
    return list(filter(None, texts))


def _read_katex_scripts(element: Tag) -> str:
    levels = _find_levels(element)
    has_lower = any("vlist-t2" in str(below.get("class", "")) for below in find_elements(element, "span")[:1])
    below, above = ("", *levels) if len(levels) == 1 and not has_lower else (*levels, "", "")[:2]
    return f"{_lower(below)}{_raise(above)}"


def _read_katex_fraction(element: Tag) -> str:
    below, above = [*_find_levels(element), "", ""][:2]
    return _to_fraction(above, below)


_KATEX: Mapping[str, str] = {
    "msupsub": "katex-scripts",
    "mfrac": "katex-fraction",
    "sqrt": "msqrt",
    "mspace": "mspace",
    **dict.fromkeys(("strut", "pstrut", "frac-line", "vlist-s", "hide-tail"), "spacer"),
}
_KINDS: Mapping[str, Callable[[Tag], str]] = {
    **dict.fromkeys(("mi", "mn", "mo"), _read_token),
    **dict.fromkeys(("mtext", "ms"), _read_text),
    "mspace": lambda _: " ",
    "semantics": lambda element: "".join(map(_read, _children(element)[:1])),
    "mfrac": _read_fraction,
    "msqrt": _read_square_root,
    "mroot": _read_root,
    "msup": _read_superscript,
    "msub": _read_subscript,
    "msubsup": _read_both,
    "mover": _read_over,
    "munder": _read_under,
    "munderover": _read_under_and_over,
    "mmultiscripts": _read_scripts,
    "mfenced": _read_fence,
    "mtable": _read_table,
    "katex-scripts": _read_katex_scripts,
    "katex-fraction": _read_katex_fraction,
}
