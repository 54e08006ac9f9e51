"""Hexo: which files are posts, and their URLs. Pure.

The rules are those of Hexo 8 and hexo-util 3 (plugins/processor/post.js, plugins/filter/post_permalink.js, slugize.js).
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, unquote

from feedsvc.models import Post
from feedsvc.posts.generators.finishing import keep_names_whole, raw_text
from feedsvc.posts.generators.hexo_config import Hexo, category_paths, read, recognize
from feedsvc.posts.generators.interface import Generator, is_below_content, is_in_content
from feedsvc.posts.generators.plain import GENERATED
from feedsvc.posts.metadata import TAGS, Front, flatten, to_text
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName, Site

_PARAMETER = re.compile(r":(\w*[^\W_])")
_SEGMENTS = {"year": r"\d{4}", "month": r"\d{2}", "day": r"\d{2}", "i_month": r"\d{1,2}", "i_day": r"\d{1,2}"}
_HIDDEN = re.compile(r"(?:^|/)[_.]")
_SIGNS = re.compile(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]+")
_IN_URLS = ";,/?:@&=+$-_.!~*'()#"  # what encodeURI leaves
_NO_LETTERS = {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "ß": "s"}
_CASES: Mapping[str, Callable[[str], str]] = {"1": str.lower, "2": str.upper}


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the URL of a post is made of; `slug` is its path below `_posts`, without what the name's template has."""

    hexo: Hexo
    front: Front
    slug: str
    title: str
    local: datetime
    named: Mapping[str, str]


# --- files ---------------------------------------------------------------------------------------


def is_post(path: str, site: Site) -> bool:
    """Return True if a file is in a folder of posts and not hidden."""
    whole = site.prefix + path
    inner = _below_posts(whole, site)
    is_named = path.lower().endswith(GENERATED) and not _HIDDEN.search(inner)
    return is_named and is_in_content(site, whole)


def _below_posts(whole: str, site: Site) -> str:
    folder = next((content for content in site.content if whole.startswith(content)), "")
    return whole.removeprefix(folder)


# --- front matter ---------------------------------------------------------------------------------


def _prepare(front: Front, site: Site, modified: datetime) -> None:
    """Keep names whole, and note the password that one of the tags gives to a post without one of its own."""
    keep_names_whole(front, site, modified)
    if not isinstance(site, Hexo) or not site.encrypted or "password" in front.source.values:
        return
    tags = {to_text(tag) for _, value in front.get(*TAGS) for tag in flatten(value)}
    if tags & site.encrypted:
        front.source = replace(front.source, values={**front.source.values, "password": "that of a tag"})


# --- URLs ----------------------------------------------------------------------------------------


def finish(post: Post, front: Front, settings: Settings) -> Post:
    """Return a post with its URL, which is its id too."""
    hexo = settings.site
    if not isinstance(hexo, Hexo):
        return post
    slug, named = parse_name(_below_posts(hexo.prefix + post.path, hexo), hexo.new_post_name)
    local = post.published.astimezone(settings.timezone)
    subject = _Subject(hexo, front, slug, raw_text(front, "title"), local, named)
    path = raw_text(front, "permalink") or _PARAMETER.sub(lambda found: _fill(subject, found[1]), hexo.permalink)
    if hexo.has_asset_folders and not path.endswith(("/", ".html")):
        path += "/"
    return replace(post, url=_to_url(path, hexo))


def parse_name(path: str, template: str) -> tuple[str, Mapping[str, str]]:
    """Return a post's slug, and the values that its file's name has by the template of names."""
    stem, form = path.rpartition(".")[0], template.rpartition(".")[0]
    pattern, end = "", 0
    for found in _PARAMETER.finditer(form):
        pattern += re.escape(form[end : found.start()]) + f"(?P<{found[1]}>{_SEGMENTS.get(found[1], '.+?')})"
        end = found.end()
    try:
        match = re.fullmatch(pattern + re.escape(form[end:]), stem)
    except re.error:  # a name twice
        match = None
    named = match.groupdict() if match else {}
    return named.get("title") or slugize(stem), named


def _fill(subject: _Subject, name: str) -> str:
    """Return the value of a placeholder: Hexo's own, of the front matter, or a default; else "undefined"."""
    if name in _DATES:
        return subject.local.strftime(_DATES[name])
    if name in _VALUES:
        return _VALUES[name](subject)
    values = subject.front.source.values
    written = "null" if name in values and values[name] is None else to_text(values.get(name))
    written = written or subject.named.get(name, "")
    return written or dict(subject.hexo.defaults).get(name) or "undefined"


def _hash(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:12]


def _category(subject: _Subject) -> str:
    """Return the slug of the last category, which is a path below those before it."""
    values = subject.front.source.values
    *_, names = category_paths(values.get("categories") or values.get("category"))
    renamed = dict(subject.hexo.categories)
    slugs = [slugize(renamed.get(name, name), subject.hexo.case) for name in names if name]
    return "/".join(slugs) or subject.hexo.default_category


_DATES = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"}
_VALUES: Mapping[str, Callable[[_Subject], str]] = {
    "title": lambda post: post.slug,
    "name": lambda post: post.slug.rpartition("/")[2],
    "post_title": lambda post: slugize(post.title, "1"),
    "i_month": lambda post: str(post.local.month),
    "i_day": lambda post: str(post.local.day),
    "timestamp": lambda post: str(int(post.local.timestamp())),
    "hash": lambda post: _hash(f"{post.slug}{int(post.local.timestamp())}"),
    "category": _category,
}


def _to_url(path: str, hexo: Hexo) -> str:
    """Return a path as the feed has it: pretty by the configuration, percent-encoded."""
    path = re.sub("/{2,}", "/", f"/{path}")
    url = quote(unquote(path), safe=_IN_URLS)
    if not hexo.keeps_index:
        url = re.sub(r"index\.html\Z", "", url)
    if not hexo.keeps_html and not url.endswith("index.html"):
        url = url.removesuffix(".html")
    return url


def slugize(text: str, case: str = "0") -> str:
    """Return a text with hyphens instead of signs and blanks, and without accents."""
    plain = "".join(map(_without_accent, text))
    slug = re.sub("-{2,}", "-", _SIGNS.sub("-", plain)).strip("-")
    return _CASES.get(case, str)(slug)


def _without_accent(letter: str) -> str:
    """Return the letter that is meant without its accent, circle or width; two letters in one sign stay as they are."""
    if letter.isascii():
        return letter
    base = _NO_LETTERS.get(letter) or _NO_LETTERS.get(letter.lower(), "").upper()
    bare = [sign for sign in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(sign)]
    return base or (bare[0] if len(bare) == 1 and bare[0].isascii() and bare[0].isalpha() else letter)


HEXO = Generator(
    name=GeneratorName.HEXO,
    label="Hexo",
    recognize=recognize,
    read=read,
    may_hold_posts=is_below_content,
    is_post=is_post,
    prepare=_prepare,
    finish=finish,
)
