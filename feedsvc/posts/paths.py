"""What the path of a post says of it: its name, the language in it, the date in it and in its folders. Pure."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, tzinfo

from feedsvc.posts.dates import date_in_name, to_midnight, without_date
from feedsvc.sites import Site
from feedsvc.text import to_language

# Languages of ISO 639-1 that blogs are written in, and two of ISO 639-3. Not io, ts, ml, os, sh, so: suffixes of files
# and names of subjects as well; with a country (`ml-IN`) they are languages.
_CODES = """
    af am ar az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fil fo fr fy ga gd gl gu ha he hi hr hu hy id ig
    is it ja jv ka kk km kn ko ku ky la lb ln lo lt lv mg mi mk mn mr ms mt my nb ne nl nn no oc pa pl ps pt rm ro ru
    rw sa sd si sk sl sm sn sq sr st su sv sw ta te tg th tk tl tr tt ug uk ur uz vi xh yi yo yue zh zu
"""
_LANGUAGES = frozenset(_CODES.split())
_CODE = re.compile(r"([a-z]{2,3})(?:[-_](?:[A-Za-z]{4}))?(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?", re.ASCII)
_NAMED = re.compile(rf"(.+)\.({_CODE.pattern})", re.ASCII)
# 2024_05_04, 2024.05.04, 20240504 at the start of a file's name, where no generator makes a date of them
_DATED = re.compile(
    r"\A(?:(\d{4})([._])(\d{1,2})\2(\d{1,2})|((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01]))(?:[-_ ]+|\.(?!\d)|\Z)",
    re.ASCII,
)
_DATED_FOLDER = re.compile(r"(?:\A|/)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?=[-_ /])", re.ASCII)

POSTS_FOLDERS = ("_posts", "_drafts")  # of Jekyll: no part of a page's path
MAX_FOLDERS = 8  # folders of a page's path in which they are looked for


def stem_of(path: str) -> str:
    """Return what a post is called by its path: its file without the suffix, or its folder if that is `index`.

    A language stays in it: `sea.fr` of `sea/index.fr.md`.
    """
    return page_of(path).rpartition("/")[2]


def page_of(path: str) -> str:
    """Return the path of a post without its suffix, and without `index` in a folder."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    if folder and (stem == "index" or stem.startswith("index.")) and (stem == "index" or _language_at_end(stem)):
        return folder + stem.removeprefix("index")
    return f"{folder}/{stem}" if folder else stem


def stems_of(page: str) -> tuple[str, ...]:
    """Return the paths without suffix of the files whose page may be `page`: the file itself, or an `index` in it."""
    code = _language_at_end(page.rpartition("/")[2])
    translated = (f"{page.removesuffix(f'.{code}')}/index.{code}",) if code else ()
    return page, f"{page}/index", *translated, *_stems_in_folders(page)


def _stems_in_folders(page: str) -> Iterator[str]:
    """Yield the paths that are shown as a page of this path, without the name of a folder of posts."""
    parts = page.split("/")
    for at in range(min(len(parts), MAX_FOLDERS)):
        for folder in POSTS_FOLDERS:
            stem = "/".join((*parts[:at], folder, *parts[at:]))
            yield from (stem, f"{stem}/index")


def shown_page_of(path: str) -> str:
    """Return the path of a post's page as readers see it: without the folders that Jekyll keeps posts in."""
    *folders, name = page_of(path).split("/")
    return "/".join((*(folder for folder in folders if folder not in POSTS_FOLDERS), name))


def name_of(path: str) -> str:
    """Return the name of a post by its path, without date and language."""
    stem = stem_of(path)
    name = stem.removesuffix(f".{_language_at_end(stem)}")
    return _DATED.sub("", without_date(name, is_jekyll=False))


def language_in(path: str, site: Site) -> str:
    """Return the language of a post by its path: `x.fr.md`, or a top folder such as `fr`; "" if it names none."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    named = to_language(_language_at_end(stem)) if "." in stem else ""
    return named or (_language_of_folder(path, site) if site.prefix or "/" in path else "")


def _language_at_end(stem: str) -> str:
    found = _NAMED.fullmatch(stem)
    return found[2] if found and is_language(found[2]) else ""


def _language_of_folder(path: str, site: Site) -> str:
    """Return the language that the top folder of a site's posts is called by, "" if it is called otherwise."""
    whole = site.prefix + path
    folder, _, rest = whole[len(_root_of(whole, site)) :].partition("/")
    return to_language(folder) if rest and is_language(folder) else ""


def _root_of(whole: str, site: Site) -> str:
    """Return the folder of posts that a path in the site is in."""
    return max((folder for folder in site.content if whole.startswith(folder)), key=len, default="")


def is_language(code: str) -> bool:
    """Return True for the code of a language that is not also a usual suffix, or of one with a script or country."""
    found = _CODE.fullmatch(code)
    return found is not None and (found[1] in _LANGUAGES or found[1] != code)


def translations_of(path: str, languages: Iterable[str], site: Site) -> tuple[str, ...]:
    """Return the paths without suffix at which translations of a post may be, by name: `x.fr` or `fr/x` of `x`."""
    stem = path.rpartition(".")[0]
    plain = stem.removesuffix(f".{_language_at_end(stem.rpartition('/')[2])}")
    codes = dict.fromkeys(code for language in languages for code in (language, language.lower()))
    root = _root_of(site.prefix + path, site).removeprefix(site.prefix)
    top, _, rest = plain.removeprefix(root).partition("/")
    rest = rest if rest and is_language(top) else plain.removeprefix(root)
    folders = ("", *(f"{code}/" for code in codes))
    roots = {folder.removeprefix(site.prefix) for folder in site.content if folder.startswith(site.prefix)} | {root}
    below = (f"{one}{folder}{rest}" for one in sorted(roots) for folder in folders)
    found = (plain, *(f"{plain}.{code}" for code in codes), *below)
    return tuple(dict.fromkeys(one for one in found if one != stem))


def date_of(path: str, zone: tzinfo, *, is_vault: bool = False) -> datetime | None:
    """Return the date in a post's path: that of its file's name, else of the nearest folder's, as in `2024/05/01/x.md`.

    Raise ValueError for a day that does not exist at the start of the file's name. In a vault a number such as 20240501
    is the id of a note, and no date.
    """
    stem = path.rpartition("/")[2].rpartition(".")[0]
    if named := date_in_name(stem, zone, is_jekyll=False):
        return named
    if not is_vault and (named := _other_date_in(stem_of(path), zone)):
        return named
    for found in reversed([*_DATED_FOLDER.finditer(path)]):
        with suppress(ValueError):
            return to_midnight(int(found[1]), int(found[2]), int(found[3]), zone)
    return None


def _other_date_in(stem: str, zone: tzinfo) -> datetime | None:
    """Return the date at the start of a name that is written in another way, None for a day that does not exist."""
    found = _DATED.match(stem)
    if not found:
        return None
    year, month, day = map(int, found.group(1, 3, 4) if found[1] else found.group(5, 6, 7))
    with suppress(ValueError):
        return to_midnight(year, month, day, zone)
    return None


# Syncthing; Dropbox and Nextcloud; ownCloud.
_CONFLICT = re.compile(
    r"\.sync-conflict-\d{8}-\d{6}|\([^()]*\bconflicted copy\b[^()]*\)|_conflict-\d{8}-\d{6}|\(case conflict(?: \d+)?\)",
    re.IGNORECASE,
)


def is_conflict_copy(path: str) -> bool:
    """True if a synchronizing program named a file so: it could not merge two versions of another one."""
    name = path.rpartition("/")[2]
    return "conflict" in name.lower() and bool(_CONFLICT.search(name))
