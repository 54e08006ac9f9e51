"""Language tags as people set them: well formed (BCP 47), with a hint for one who writes the language's name."""

import tomllib
from importlib.resources import files

from feedsvc.text import to_language


def read_language(text: str) -> str:
    """Return a language tag in its usual letter case; "" for "".

    Raise ValueError for a text that is none, with the tag if the text is the name of a language.
    """
    tag = to_language(text)
    if text and not tag:
        meant = _tag_of(text)
        hint = f": {meant!r} for {text}" if meant else ", such as 'en' or 'zh-CN'"
        raise ValueError(f"must be a language tag (BCP 47){hint}")
    return tag


def _tag_of(name: str) -> str:
    """Return the tag of a language by its name in English or in its own words; "" for a name that is not known."""
    names = tomllib.loads((files("feedsvc") / "language_names.toml").read_text(encoding="utf-8"))
    return next((tag for tag, known in names.items() if name.lower() in known), "")
