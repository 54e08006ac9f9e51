"""Permalink templates, such as `/:year/:title/` → the URLs of posts, and the ids of a Jekyll site's posts.

Pure. The rules are those of Jekyll 4.3 and Addressable 2.8; tests compare them with sites that Jekyll built.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import quote, unquote, urlsplit

from feedsvc.markup.liquid.best_effort import MARKDOWN
from feedsvc.names import slugify
from feedsvc.urls import to_uri

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}

_PCHAR = ":@!$&'()*+,;=~"  # RFC 3986 section 3.3, beside letters, digits and "-._"
_PLACEHOLDER = re.compile(":([a-z_]+)")


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the URL of a post is made of."""

    path: str  # of its file in the site
    slug: str
    categories: tuple[str, ...]
    local: datetime
    collection: str = "posts"

    @property
    def stem(self) -> str:
        """The path without the suffix."""
        folder, _, name = self.path.rpartition("/")
        return f"{folder}/{name.rpartition('.')[0]}"

    @property
    def suffix(self) -> str:
        """The suffix with its dot."""
        _, dot, suffix = self.path.rpartition("/")[2].rpartition(".")
        return dot + suffix


def _format_date(form: str) -> Callable[[_Subject], str]:
    return lambda post: post.local.strftime(form)


_DATES = {  # days and months in English: Python leaves LC_TIME at C in any locale
    "short_year": "%y",
    "month": "%m",
    "short_month": "%b",
    "long_month": "%B",
    "day": "%d",
    "short_day": "%a",
    "long_day": "%A",
    "y_day": "%j",
    "w_year": "%G",
    "week": "%V",
    "w_day": "%u",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
}
_VALUES: Mapping[str, Callable[[_Subject], str]] = {
    **{name: _format_date(form) for name, form in _DATES.items()},
    "title": lambda post: slugify(post.slug, is_pretty=True),
    "slug": lambda post: slugify(post.slug),
    "name": lambda post: slugify(post.stem.rpartition("/")[2]),
    "path": lambda post: post.stem.replace("_posts", "", 1).rstrip("."),
    "collection": lambda post: post.collection,
    "categories": lambda post: "/".join(dict.fromkeys(category.lower() for category in post.categories)),
    "slugified_categories": lambda post: "/".join(dict.fromkeys(map(slugify, post.categories))),
    "output_ext": lambda post: ".html" if post.suffix.lower() in MARKDOWN else post.suffix,
    "i_day": lambda post: str(post.local.day),
    "i_month": lambda post: str(post.local.month),
    "year": lambda post: f"{post.local.year:04}",
}


# --- paths ---------------------------------------------------------------------------------------


def quote_path(path: str) -> str:
    """Return a path percent-encoded, with the escapes and the query that it has."""
    return quote(path, safe=f"/?%#{_PCHAR}")


# --- URLs of a Jekyll site's posts ---------------------------------------------------------------


def url_of_post(  # noqa: PLR0913 - the last one by name
    template: str, path: str, slug: str, categories: tuple[str, ...], local: datetime, *, collection: str = "posts"
) -> str:
    """Return the path of a post's page on its site, percent-encoded (Jekyll::URL).

    `path` is the path of the post's file in the site, `slug` is not yet slugified, `local` is the post's date in the
    site's time zone. Raise ValueError for an unknown placeholder.
    """
    post = _Subject(path, slug, categories, local, collection)
    filled = f"/{_PLACEHOLDER.sub(partial(_fill, post), template)}".replace("..", "/").replace("./", "")
    return re.sub("/{2,}", "/", filled)


def _fill(post: _Subject, found: re.Match[str]) -> str:
    name = found[1]
    for key in (name, name.removesuffix("_")):  # ":year_:month" is a year, "_" and a month
        if key in _VALUES:
            return quote(_VALUES[key](post), safe=f"/?{_PCHAR}") + name.removeprefix(key)
    raise ValueError(f"permalink: no placeholder {found[0]!r}")


def id_of_post(url: str, slug: str) -> str:
    """Return Jekyll's `post.id`: the folder of its URL and the slug as written (Document#id)."""
    folder = url.rstrip("/").rpartition("/")[0]
    return f"{folder}/{slug.removeprefix('/')}"


def to_absolute(path: str, site_url: str) -> str:
    """Return the absolute URL of a site's path, as Liquid's `absolute_url`: normalized by Addressable, with NFKC."""
    site = urlsplit(site_url)
    rest, _, fragment = (site.path + path).partition("#")
    rest, _, query = rest.partition("?")
    normal = "/".join(_normalize(segment, _PCHAR) for segment in rest.strip().split("/"))
    pairs = "&".join(_normalize(pair, re.sub("[&;]", "", f"{_PCHAR}/?")) for pair in query.split("&"))
    tail = "".join(mark + text for mark, text in (("?", pairs), ("#", _normalize(fragment, f"{_PCHAR}/?"))) if text)
    return f"{site.scheme}://{urlsplit(to_uri(site_url)).netloc}{normal}{tail}"


def _normalize(part: str, safe: str) -> str:
    """Return a part of a URL normalized and percent-encoded; Addressable's tables are those of Unicode 3.0."""
    pieces = _SINCE_UNICODE_3_1.split(unquote(part, errors="surrogateescape"))
    plain = [piece if number % 2 else _normalize_kc(piece) for number, piece in enumerate(pieces)]
    return quote("".join(plain), safe=safe, errors="surrogateescape")


_normalize_kc = partial(unicodedata.ucd_3_2_0.normalize, "NFKC")
_SINCE_UNICODE_3_1 = re.compile(
    "([\U0001d15e-\U0001d164\U0001d1bb-\U0001d1c0\U0001d400-\U0001d7ff\U0002f800-\U0002fa1d"
    "\u03f4-\u03f5\u2047\u2057\u205f\u2071\u213d-\u2140\u2145-\u2149\u2a0c\u2a74-\u2a76\u2adc\u309f\u30ff"
    "\u3251-\u325f\u32b1-\u32bf\ufa30-\ufa6a\ufb1d\ufdfc\uff5f-\uff60]+)"
)
