"""What the table `[podcast]` of a settings file says of a podcast as a whole. Pure.

The elements that are made of it: https://podcasters.apple.com/support/823-podcast-requirements and
https://podcasting2.org/docs/podcast-namespace.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from feedsvc.text import UNWANTED
from feedsvc.urls import to_uri

MAX_CATEGORIES = 3  # of which directories show the first or the first three
# Apple's categories, which all directories use: https://podcasters.apple.com/support/1691-apple-podcasts-categories
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
    "Business": ("Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "Health & Fitness": ("Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"),
    "History": (),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": (
        *("Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden"),
        "Video Games",
    ),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": (
        *("Business News", "Daily News", "Entertainment News", "News Commentary", "Politics", "Sports News"),
        "Tech News",
    ),
    "Religion & Spirituality": (
        *("Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"),
    ),
    "Science": (
        *("Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics", "Natural Sciences", "Nature"),
        *("Physics", "Social Sciences"),
    ),
    "Society & Culture": ("Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"),
    "Sports": (
        *("Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf", "Hockey", "Rugby", "Running"),
        *("Soccer", "Swimming", "Tennis", "Volleyball", "Wilderness", "Wrestling"),
    ),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
    "Technology": (),
    "True Crime": (),
}
_TRUTH = {"true": True, "yes": True, "explicit": True, "false": False, "no": False, "clean": False}
_BY_NAME = {main.lower(): (main, "") for main in CATEGORIES} | {
    name.lower(): (main, sub)
    for main, subs in CATEGORIES.items()
    for sub in subs
    for name in (sub, f"{main} > {sub}", f"{main}: {sub}", f"{main} / {sub}")
}


@dataclass(frozen=True, slots=True)
class Show:
    """A podcast as a whole; "", () and None stand for what is not set.

    `kind` is `episodic` or `serial`; `categories` are pairs of a category and one within it, which may be "".
    """

    author: str = ""
    owner: str = ""
    email: str = ""
    image: str = ""
    categories: tuple[tuple[str, str], ...] = ()
    explicit: bool = False
    kind: str = ""
    locked: bool | None = None
    funding: str = ""
    guid: str = ""


def read_show(table: object) -> Show:
    """Read the table. Raise ValueError with the key and the reason for what cannot be used."""
    if not isinstance(table, dict):
        raise ValueError("must be a table")  # noqa: TRY004 - as for every setting
    values: dict[str, Any] = {}
    for key, value in _with_owner(table).items():
        if key not in KEYS:
            raise ValueError(f"{key!r}: unknown; known are {', '.join(KEYS)}")
        name, read = KEYS[key]
        try:
            values[name] = read(value)
        except ValueError as error:
            raise ValueError(f"{key}: {value!r}: {error}") from error
    return Show(**values)


def _with_owner(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table with the owner's name and address apart, where they are one text or a table of their own."""
    owner = table.get("owner")
    if isinstance(owner, dict) and owner.keys() <= {"name", "email"}:
        return {**table, "owner": owner.get("name", ""), **({"email": owner["email"]} if "email" in owner else {})}
    found = re.fullmatch(r"\s*([^<>]*?)\s*<([^<>]*)>\s*", owner) if isinstance(owner, str) else None
    return {**table, "owner": found[1], "email": found[2]} if found else dict(table)


def _text(value: object) -> str:
    if not isinstance(value, str) or UNWANTED.search(value):
        raise ValueError("must be text")
    return value.strip()


def _email(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+", text):
        raise ValueError("must be an e-mail address")
    return text


def _picture(value: object) -> str:
    text = _text(value)
    if not to_uri(text) and not re.match("/(?!/)", text):
        raise ValueError("must be a URL like https://example.org/cover.jpg, or a path on the site like /cover.jpg")
    return text


def _url(value: object) -> str:
    uri = to_uri(_text(value))
    if not uri:
        raise ValueError("must be a URL like https://example.org/support")
    return uri


def _truth(value: object) -> bool:
    found = _TRUTH.get(str(value).strip().lower())
    if found is None:
        raise ValueError("must be true or false")
    return found


def _kind(value: object) -> str:
    text = _text(value)
    if text not in {"episodic", "serial"}:
        raise ValueError("must be one of episodic, serial")
    return text


def _categories(value: object) -> tuple[tuple[str, str], ...]:
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_CATEGORIES:
        raise ValueError(f"must be at most {MAX_CATEGORIES} categories")
    return tuple(map(_category, items))


def _category(value: object) -> tuple[str, str]:
    name = " ".join(_text(value).lower().split())
    if name not in _BY_NAME:
        close = get_close_matches(name, _BY_NAME, n=1)
        meant = f"; is {' > '.join(filter(None, _BY_NAME[close[0]]))!r} meant?" if close else ""
        raise ValueError(f"must be one of Apple's categories, such as 'Technology' or 'Arts > Books'{meant}")
    return _BY_NAME[name]


def _guid(value: object) -> str:
    try:
        return str(UUID(_text(value)))
    except ValueError as error:
        raise ValueError("must be a UUID") from error


# Key → the field of a Show and how it is read.
KEYS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "author": ("author", _text),
    "owner": ("owner", _text),
    "email": ("email", _email),
    "image": ("image", _picture),
    "category": ("categories", _categories),
    "explicit": ("explicit", _truth),
    "type": ("kind", _kind),
    "locked": ("locked", _truth),
    "funding": ("funding", _url),
    "guid": ("guid", _guid),
}
