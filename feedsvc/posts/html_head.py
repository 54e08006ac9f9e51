"""The head of an HTML file without front matter → values, and the article of the page.

Pure, linear time. The names are those of https://docs.getpelican.com/en/stable/content.html#file-metadata, the Open
Graph protocol, Dublin Core and schema.org.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feedsvc.posts.headers import LISTS, split_list
from feedsvc.posts.html_page import choose_title, find_article
from feedsvc.text import decode_references

MAX_HEAD = 200_000  # characters; what begins later than that is not looked for
_SEARCHED = 1024  # bytes at whose start browsers look for the encoding: https://html.spec.whatwg.org/#charset

_OPENING = re.compile(
    r"\s*+(?:(?:<!--(?:(?!-->).)*+-->|<!doctype[^>]*>|<\?xml[^>]*>)\s*+)*+<(?:html|head)(?=[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_PUBLISHED = re.compile(r'"datePublished"\s*+:\s*+"([^"<>]++)"')  # of schema.org in JSON
# What browsers write into a page that they save, and SingleFile: https://github.com/gildas-lormeau/SingleFile
_SAVED = re.compile(
    r"<!--\s*+(?:saved from url=\(\d++\)|Page saved with SingleFile\s++url:\s*+)(https?://[^\s<>]++)\s", re.IGNORECASE
)
_END = re.compile(r"<body(?:\s[^<>]*)?>|</head\s*>(?!\s*<body)", re.IGNORECASE)
_TITLE = re.compile(r"<title(?:\s[^>]*)?>([^<]*+(?:<(?!/title)[^<]*+)*+)</title", re.IGNORECASE)
_HTML = re.compile(r"<html(\s[^<>]*)>", re.IGNORECASE)
_META = re.compile(r"<meta(\s[^<>]*)>", re.IGNORECASE)
_LINK = re.compile(r"<link(\s[^<>]*)>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^/?#\s]+/[^\s]+", re.IGNORECASE)  # of a page, not of a whole site
_PLUS = re.compile(r"\\u002b", re.IGNORECASE)  # as Go writes it in JSON
_ATTRIBUTE = re.compile(r"""([A-Za-z:_-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_COMMENT_IN_BYTES = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CHARSET = re.compile(
    rb"""\s*+(?=<[!a-z?]).*?<meta\s[^<>]*?(?<=[\s;])charset\s*+=\s*+["']?\s*+([\w:-]++)""", re.IGNORECASE | re.DOTALL
)

# Python's encodings by the labels that browsers know (https://encoding.spec.whatwg.org/#names-and-labels), as far as
# pages are written in them and no text in them is UTF-8.
_ENCODINGS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-jp", "x-euc-jp"), "euc_jp"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "windows-949"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5", "windows-1254"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874"), "cp874"),
    **{f"iso-8859-{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows-{page}": f"cp{page}" for page in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
}

_SITE = "og:site_name"  # no key of front matter

# Names of <meta> by the keys of front matter that they mean.
_KEYS = {name: name for name in ("date", "modified", "tags", "category", "authors", "author", "summary", "slug")} | {
    **{name: name for name in ("status", "lang", "draft", "private", "password", "save_as", "url", "image")},
    "keywords": "tags",
    "description": "description",
    "og:description": "description",
    "og:site_name": _SITE,
    "og:title": "title",
    "twitter:title": "title",
    "og:image": "image",
    "article:published_time": "date",
    "datepublished": "date",
    "datemodified": "modified",
    "article:modified_time": "modified",
    "article:tag": "tags",
    "article:section": "category",
    "dc.date": "date",
    "dcterms.date": "date",
    "dcterms.created": "date",
    "dcterms.modified": "modified",
    "dc.creator": "author",
    "dcterms.creator": "author",
    "dc.language": "lang",
    "dcterms.language": "lang",
}
_DECODED_LATER = frozenset({"title", "summary", "description", "tags", "category", "author", "authors"})


@dataclass(frozen=True, slots=True)
class Page:
    """What the head of an HTML file says, by keys of front matter; where it ends; the article behind it."""

    values: dict[str, Any]
    end: int
    article: str


def find_page(text: str) -> Page | None:
    """Return the head of an HTML file and its article; None if the text does not begin as such a file does."""
    if not _OPENING.match(text):
        return None
    end = _END.search(text, 0, MAX_HEAD)
    if end is None:
        return None
    saved = _SAVED.search(text, 0, end.start())
    values: dict[str, Any] = {"link": saved[1]} if saved else {}
    pairs = list(_pairs(_COMMENT.sub("", text[: end.start()])))
    for key, value in pairs:
        if key in LISTS:
            values.setdefault(key, []).extend(split_list(value))
        else:
            values.setdefault(key, value)
    site = values.pop(_SITE, "")
    page = text[end.end() :]
    article = find_article(page)
    if titles := [value for key, value in pairs if key == "title"]:
        values["title"] = choose_title(titles, page, article, site)
    return Page(values, end.end(), article)


def find_encoding(data: bytes) -> str:
    """Return the encoding that the head of an HTML file names, as Python calls it; "" if that is not known."""
    named = _CHARSET.match(_COMMENT_IN_BYTES.sub(b"", data[:_SEARCHED]))
    return _ENCODINGS.get(named[1].decode("ascii", "ignore").lower(), "") if named else ""


def _pairs(head: str) -> Iterator[tuple[str, str]]:
    """Yield the keys and texts of a head, the title first."""
    if title := _TITLE.search(head):
        yield "title", title[1].strip()
    for found in _META.finditer(head):
        attributes = _attributes_of(found[1])
        name = next((attributes[key] for key in ("name", "property", "itemprop") if key in attributes), "")
        content = (attributes.get("content") or attributes.get("contents", "")).strip()  # Pelican reads the latter too
        if (key := _KEYS.get(name.lower())) and content:
            yield key, content if key in _DECODED_LATER else decode_references(content)
    if published := _PUBLISHED.search(head):
        yield "date", _PLUS.sub("+", published[1])
    if address := _find_address(head):
        yield "link", address
    if (opening := _HTML.search(head)) and (language := _attributes_of(opening[1]).get("lang")):
        yield "lang", language


def _find_address(head: str) -> str:
    """Return the URL at which a page says that it was published, "" for none (RFC 6596)."""
    links = map(_attributes_of, _LINK.findall(head))
    canonical = (link.get("href", "") for link in links if link.get("rel", "").lower() == "canonical")
    return next((url for url in map(decode_references, canonical) if _ADDRESS.match(url)), "")


def _attributes_of(tag: str) -> dict[str, str]:
    return {name.lower(): double or single or bare for name, double, single, bare in _ATTRIBUTE.findall(tag)}
