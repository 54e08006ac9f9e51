"""An unknown front-matter key → the known one that its author probably meant. Pure."""

import re
from difflib import get_close_matches
from functools import lru_cache

from feedsvc.posts.metadata import KNOWN, plain_key

MIN_SIMILARITY = 0.8  # difflib's ratio from which a key counts as misspelt: `titel`, `autor`, `catagories`

# Plain keys of other tools and themes that are as similar to known ones.
_OTHERS = {
    *("authorbox", "authored", "authorurl", "canonical", "covers", "createdate", "creator", "dates", "external"),
    *("featuredimage", "feeds", "form", "guide"),
    *("headerimage", "heroimage", "imagesdir", "langs", "languages", "links", "locales", "previewimage", "publisher"),
    *("related", "resources", "sources", "stats", "titles", "uid", "update", "updates"),
}
_KNOWN = {plain_key(name): name for name in sorted(KNOWN) if name != "id"}  # `pid` is no misspelt `id`
_LONGEST = max(map(len, _KNOWN))


@lru_cache(4096)  # the same few keys stand in post after post
def find_meant_key(key: str) -> str:
    """Return the known key that an unknown one is similar to, "" if there is none."""
    if key in KNOWN or plain_key(key) in _OTHERS:
        return ""
    close = _swapped(plain_key(key)) or get_close_matches(plain_key(key), _KNOWN, n=1, cutoff=MIN_SIMILARITY)
    words = [word.lower() for word in re.findall("[A-Z]?[a-z]+", key)]
    is_other = len(words) > 1 and close and close[0] in words  # `author_id` is no misspelt `author`
    return "" if is_other or not close else _KNOWN[close[0]]


def _swapped(plain: str) -> list[str]:
    """Return the known keys that a key is with two neighboring letters swapped; difflib counts these as two slips."""
    pairs = range(1, min(len(plain), _LONGEST))
    return [key for at in pairs if (key := plain[: at - 1] + plain[at] + plain[at - 1] + plain[at + 1 :]) in _KNOWN]
