"""How long reading a body takes. Pure."""

import re

_TAG = re.compile("<[^>]*>")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3]")  # East Asian characters
_WORDS, _CHARACTERS = 230, 420  # a minute


def count_minutes(html: str) -> int:
    """Return the whole minutes that reading the text of clean HTML takes, 0 for no text."""
    text = _TAG.sub(" ", html)
    characters = len(_WIDE.findall(text))
    words = len(_WORD.findall(_WIDE.sub(" ", text)))
    return -(-(words * _CHARACTERS + characters * _WORDS) // (_WORDS * _CHARACTERS))
