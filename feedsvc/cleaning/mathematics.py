"""Mathematics: one copy of each formula, as the TeX it was made from; where there is none, as readable text.

Few feed readers show MathML, and none runs the scripts that set TeX. Known are MathML, MathJax 2 to 4, KaTeX, MediaWiki
and editors that keep the TeX in an attribute.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from feedsvc.cleaning.allowlist import to_names
from feedsvc.cleaning.budget import spend
from feedsvc.cleaning.formulas import to_text
from feedsvc.cleaning.nodes import count_text, find_elements
from feedsvc.cleaning.tree import Tree

_ELEMENTS = to_names("math mjx-container")
_CLASSES = re.compile(
    r"(?:\A|\s)(?:katex(?:-display)?|MathJax(?:_Display|_SVG|_SVG_Display|_CHTML|_MathML)?|mjx-chtml|MJXc-display|"
    r"mwe-math-element|ztext-math)(?:\s|\Z)"
)
_HINTS = ("math", "Math", "MATH", "mjx-", "MJX", "katex", "data-latex", "data-tex", "data-formula", "data-equation")
"""What the source of every formula has, one or another."""
_PREVIEW = re.compile(r"(?:\A|\s)MathJax_Preview(?:\s|\Z)")
_ATTRIBUTES = to_names("data-latex data-tex data-formula data-math data-equation")
_FLAGS = to_names("true false on off yes no 0 1 inline block display")
MAX_GROWTH = 12
"""An element holds at most so many times the characters of its TeX: MathML, what is set, and the TeX again."""
_PLAIN = to_names("a br h1 h2 h3 h4 h5 h6 iframe img source td th")
"""Elements that never stand for a formula, and most of those with attributes."""
_ENCODINGS = to_names("application/x-tex application/x-latex text/x-tex text/x-latex tex latex")
_SPEECH = re.compile(r"[^\\^_{}]*[A-Za-z]{2,}\s+[A-Za-z]{2,}[^\\^_{}]*\Z")
"""Words for screen readers in the place of TeX."""
_FRAME_ID = re.compile(r"(MathJax-Element-\d+)-Frame\Z")
_WRAPPERS = (
    re.compile(r"%\s*<!\[CDATA\[(.*?)%?\s*\]\]>", re.DOTALL),  # kramdown's, around TeX with "<" or "&"
    re.compile(r"\{\\(?:displaystyle|textstyle)\s(.*)\}", re.DOTALL),  # MediaWiki's
)
_DISPLAYED = re.compile(r"(?:\A|[\s_=-])(?:display|block)(?:\s|\Z)", re.IGNORECASE)
_DISPLAYING = to_names("div figure p section")


def keep_mathematics(tree: Tree) -> None:
    """Replace every formula, with all its copies, by TeX between dollar signs, or by readable text."""
    if not tree.mentions(*_HINTS):
        return
    elements = find_elements(tree.root)
    scripts = {str(script.get("id", "")) for script in elements if _is_script(script)}
    has_mathjax = bool(scripts)
    handled: set[int] = set()
    for element in elements:
        if id(element) in handled or not _is_formula(element):
            continue
        parts = [element, *find_elements(element)]
        spend(len(parts))
        has_mathjax = has_mathjax or "MathJax" in str(element.get("class", ""))
        text = "" if _is_copy(parts, scripts) else _read(parts)
        if text is not None:
            handled.update(map(id, parts))
            tree.replace(element, *([NavigableString(text)] if text else ()))
    for element in elements if has_mathjax else ():
        if _PREVIEW.search(str(element.get("class", ""))):
            tree.replace(element)


def _is_script(element: Tag) -> bool:
    return element.name == "script" and str(element.get("type", "")).strip().lower().startswith("math/")


def _is_formula(element: Tag) -> bool:
    attributes = element.attrs
    if element.name in _ELEMENTS:
        return True
    if not attributes or element.name in _PLAIN:
        return False
    if "class" in attributes and _CLASSES.search(str(attributes["class"])):
        return True
    return _is_script(element) or any(_find_attributes(element))


def _find_attributes(element: Tag) -> Iterator[str]:
    """Yield the values of attributes that are TeX: not flags, and not of elements that hold more than a formula."""
    for key in sorted(element.attrs.keys() & _ATTRIBUTES):
        tex = str(element.attrs[key]).strip()
        if tex and tex.lower() not in _FLAGS and count_text(element) <= MAX_GROWTH * (len(tex) + 4):
            yield tex


def _is_copy(parts: list[Tag], scripts: set[str]) -> bool:
    """True for what MathJax 2 made of a script that is there too."""
    frames = (_FRAME_ID.match(str(part.get("id", ""))) for part in parts)
    return any(frame and frame[1] in scripts for frame in frames)


def _read(parts: list[Tag]) -> str | None:
    """Return a formula as TeX between dollar signs, else as text; None for an element that is none."""
    tex = next(_find_tex(parts), "")
    if tex:
        fence = (
            "$$"
            if _is_displayed(parts[0]) or any(_is_displayed(part) for part in parts[1:] if part.name == "math")
            else "$"
        )
        return f"{fence}{tex}{fence}"
    return next(filter(None, _find_text(parts)), None)


# --- where the formula is written ----------------------------------------------------------------


def _find_tex(parts: list[Tag]) -> Iterator[str]:
    """Yield what may be the TeX of a formula, the likeliest first."""
    if _is_script(parts[0]):
        if "tex" in str(parts[0]["type"]).lower():
            yield _unwrap(_read_script(parts[0]))
        return
    yield from map(_unwrap, _find_attributes(parts[0]))
    for part in parts:
        if part.name == "annotation" and str(part.get("encoding", "")).lower() in _ENCODINGS:
            yield _unwrap(part.get_text())
    for part in parts:
        written = part.get("data-latex") or part.get("alttext") if part.name in ("math", "mjx-math") else ""
        if written and not _SPEECH.match(str(written)):
            yield _unwrap(str(written))


def _read_script(script: Tag) -> str:
    return "".join(map(str, script.contents)).replace("&lt;", "<")  # `source.repair` wrote it before it knew of scripts


def _unwrap(tex: str) -> str:
    for wrapper in _WRAPPERS:
        found = wrapper.fullmatch(tex.strip())
        tex = found[1] if found else tex
    return tex.strip()


def _find_text(parts: list[Tag]) -> Iterator[str]:
    """Yield what may be the formula as text: from MathML, also in attributes and scripts, else from what was set."""
    yield from (to_text(part) for part in parts if part.name == "math")
    sources = [str(part["data-mathml"]) for part in parts if "data-mathml" in part.attrs]
    if _is_script(parts[0]):
        sources.append(_read_script(parts[0]))
    for source in sources:
        yield to_text(BeautifulSoup(source, "lxml")) if "<" in source else source.strip()
    yield from (to_text(part) for part in parts if part.name == "mjx-math" or part.get("data-mml-node") == "math")
    yield from (to_text(part) for part in parts if part.get("class") == "katex-html")


def _is_displayed(part: Tag) -> bool:
    attributes = part.attrs
    if part.name in ("math", "mjx-container") and attributes.get("display") in ("block", "true"):
        return True
    if part.name in _DISPLAYING and any(key in attributes for key in _ATTRIBUTES):
        return True
    return any(key in attributes and _DISPLAYED.search(str(attributes[key])) for key in ("class", "type", "data-type"))
