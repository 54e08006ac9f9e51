"""Indented code of Markdown, hidden from whatever changes signs of a text, and shown again.

Pure, linear time.
"""

import re

from feedsvc.markup.blocks import Blocks

_SIGNS = {"{": "\ufdd4", "<": "\ufdd5", "]": "\ufdd6"}  # noncharacters, so in no text
_HIDDEN = {ord(hidden): sign for sign, hidden in _SIGNS.items()}
_ALL, _OTHERS = re.compile(r"[{<\]]"), re.compile(r"[<\]]|(?<!\{)\{(?![{%])")
_INDENTED = re.compile(r"^(?:[ ]{4}|[ ]{0,3}\t)[^\n]*[{<\]]", re.MULTILINE)


def hide_code(text: str, *, templates: bool = True) -> str:
    """Return a text in which other characters stand for `{`, `<` and `]` in indented code.

    Without `templates` the first brace of `{{` and `{%` stays.
    """
    if not _INDENTED.search(text):
        return text
    blocks, hidden = Blocks(), _ALL if templates else _OTHERS
    return "\n".join(
        hidden.sub(lambda sign: _SIGNS[sign[0]], line) if _is_indented(blocks, line) else line
        for line in text.split("\n")
    )


def _is_indented(blocks: Blocks, line: str) -> bool:
    return blocks.is_code(line) and not blocks.in_fence and line[:1] in (" ", "\t")


def show_code(text: str) -> str:
    """Return a text with the signs that `hide_code` has hidden."""
    return text.translate(_HIDDEN) if any(hidden in text for hidden in _SIGNS.values()) else text
