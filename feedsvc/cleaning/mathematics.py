"""Mathematics: MathML and MathJax scripts are replaced by the TeX they were made from."""

from bs4 import Tag
from bs4.element import NavigableString

from feedsvc.cleaning.tree import Tree, find_elements


def keep_mathematics(tree: Tree) -> None:
    """Replace mathematics by its TeX: few feed readers show MathML, and none runs scripts."""
    for element in find_elements(tree.root, "script", "math"):
        tex = _find_tex(element)
        if tex:
            fence = "$$" if _is_display(element) else "$"
            tree.replace(element, NavigableString(f"{fence}{tex}{fence}"))
        elif element.name == "math":
            tree.replace(element, NavigableString(element.get_text()))


def _is_display(element: Tag) -> bool:
    return "display" in str(element.get("type", "")) or element.get("display") == "block"


def _find_tex(element: Tag) -> str:
    if element.name == "script":
        is_tex = str(element.get("type", "")).startswith("math/tex")
        return "".join(map(str, element.contents)).strip() if is_tex else ""
    annotations = [note for note in find_elements(element, "annotation") if note.get("encoding") == "application/x-tex"]
    return (annotations[0].get_text() if annotations else str(element.get("alttext", ""))).strip()
