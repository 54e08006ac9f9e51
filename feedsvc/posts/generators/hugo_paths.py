"""Names of files, folders and terms as the paths of a Hugo site have them. Pure.

The rules are those of Hugo 0.168 (common/paths/path.go, helpers/path.go).
"""

import re
import unicodedata

from feedsvc.posts.generators.hugo_config import Hugo

_IN_PATHS = "./\\_#+~-@"  # beside letters, marks and digits


def to_path_name(name: str, hugo: Hugo) -> str:
    """Return the name of a file or folder as Hugo's paths have it (NormalizePathStringBasic)."""
    return name if hugo.keeps_case else _to_lower(name).replace(" ", "-")


def sanitize(text: str, hugo: Hugo) -> str:
    """Return a text as a part of a path: without signs, a hyphen for blanks (MakePathSanitized)."""
    kept: list[str] = []
    is_parted = False
    for place, sign in enumerate(text):
        if _is_allowed(sign, text[place + 1 : place + 3]):
            if is_parted and sign != "-":
                kept.append("-")
            is_parted = False
            kept.append(sign)
        elif kept and kept[-1] != "-" and sign.isspace():
            is_parted = True
    path = "".join(kept)
    if hugo.drops_accents:
        bare = (sign for sign in unicodedata.normalize("NFD", path) if unicodedata.category(sign) != "Mn")
        path = unicodedata.normalize("NFC", "".join(bare))
    return path if hugo.keeps_case else _to_lower(path)


def _to_lower(text: str) -> str:
    """Return a text in lower case as Go has it: letter by letter, each of which stays one."""
    return text.lower() if text.isascii() else "".join(sign.lower()[:1] for sign in text)


def _is_allowed(sign: str, following: str) -> bool:
    if sign in _IN_PATHS:
        return True
    return unicodedata.category(sign)[0] in "LM" or unicodedata.category(sign) == "Nd" or _is_escape(sign, following)


def _is_escape(sign: str, following: str) -> bool:
    return sign == "%" and bool(re.fullmatch("[0-9A-Fa-f]{2}", following))
